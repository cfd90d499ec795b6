/**
 * The runtime library functions that code may call, as data: symbol name and wasm signature.
 *
 * The signature letters are i = i32, I = i64, f = f32, d = f64, p = an address. Narrow integers and f16 travel as i32; values of more
 * than 64 bits as two i64, low word first, and as a result through an address in the first parameter, which is written as
 * an i32 here and is an i64 where addresses are. Codegen chooses a row, the linker resolves its name among the inputs.
 * Append, never reorder: MIR stores the row number.
 */
import type { Brand } from '../support/brand.ts';

/** Rows: symbol name, parameters, results. */
const ROWS = [
  ['__multi3', 'iIIII', ''],
  ['__divti3', 'iIIII', ''],
  ['__udivti3', 'iIIII', ''],
  ['__modti3', 'iIIII', ''],
  ['__umodti3', 'iIIII', ''],
  ['__ashlti3', 'iIIi', ''],
  ['__ashrti3', 'iIIi', ''],
  ['__lshrti3', 'iIIi', ''],
  ['__muloti4', 'iIIIIp', ''],
  ['__mulodi4', 'IIp', 'I'],
  ['__bswapsi2', 'i', 'i'],
  ['__bswapdi2', 'I', 'I'],
  ['__bitreversesi2', 'i', 'i'],
  ['__bitreversedi2', 'I', 'I'],
  ['__addhf3', 'ii', 'i'],
  ['__addxf3', 'iIIII', ''],
  ['__addtf3', 'iIIII', ''],
  ['__subhf3', 'ii', 'i'],
  ['__subxf3', 'iIIII', ''],
  ['__subtf3', 'iIIII', ''],
  ['__mulhf3', 'ii', 'i'],
  ['__mulxf3', 'iIIII', ''],
  ['__multf3', 'iIIII', ''],
  ['__divhf3', 'ii', 'i'],
  ['__divxf3', 'iIIII', ''],
  ['__divtf3', 'iIIII', ''],
  ['__eqxf2', 'IIII', 'i'],
  ['__eqtf2', 'IIII', 'i'],
  ['__nexf2', 'IIII', 'i'],
  ['__netf2', 'IIII', 'i'],
  ['__ltxf2', 'IIII', 'i'],
  ['__lttf2', 'IIII', 'i'],
  ['__lexf2', 'IIII', 'i'],
  ['__letf2', 'IIII', 'i'],
  ['__gtxf2', 'IIII', 'i'],
  ['__gttf2', 'IIII', 'i'],
  ['__gexf2', 'IIII', 'i'],
  ['__getf2', 'IIII', 'i'],
  ['__extendhfsf2', 'i', 'f'],
  ['__extendhfxf2', 'ii', ''],
  ['__extendhftf2', 'ii', ''],
  ['__extendsfxf2', 'if', ''],
  ['__extendsftf2', 'if', ''],
  ['__extenddfxf2', 'id', ''],
  ['__extenddftf2', 'id', ''],
  ['__extendxftf2', 'iII', ''],
  ['__truncsfhf2', 'f', 'i'],
  ['__truncxfhf2', 'II', 'i'],
  ['__truncxfsf2', 'II', 'f'],
  ['__truncxfdf2', 'II', 'd'],
  ['__trunctfhf2', 'II', 'i'],
  ['__trunctfsf2', 'II', 'f'],
  ['__trunctfdf2', 'II', 'd'],
  ['__trunctfxf2', 'iII', ''],
  ['__fixhfsi', 'i', 'i'],
  ['__fixhfdi', 'i', 'I'],
  ['__fixhfti', 'ii', ''],
  ['__fixsfsi', 'f', 'i'],
  ['__fixsfdi', 'f', 'I'],
  ['__fixsfti', 'if', ''],
  ['__fixdfsi', 'd', 'i'],
  ['__fixdfdi', 'd', 'I'],
  ['__fixdfti', 'id', ''],
  ['__fixxfsi', 'II', 'i'],
  ['__fixxfdi', 'II', 'I'],
  ['__fixxfti', 'iII', ''],
  ['__fixtfsi', 'II', 'i'],
  ['__fixtfdi', 'II', 'I'],
  ['__fixtfti', 'iII', ''],
  ['__fixunshfsi', 'i', 'i'],
  ['__fixunshfdi', 'i', 'I'],
  ['__fixunshfti', 'ii', ''],
  ['__fixunssfsi', 'f', 'i'],
  ['__fixunssfdi', 'f', 'I'],
  ['__fixunssfti', 'if', ''],
  ['__fixunsdfsi', 'd', 'i'],
  ['__fixunsdfdi', 'd', 'I'],
  ['__fixunsdfti', 'id', ''],
  ['__fixunsxfsi', 'II', 'i'],
  ['__fixunsxfdi', 'II', 'I'],
  ['__fixunsxfti', 'iII', ''],
  ['__fixunstfsi', 'II', 'i'],
  ['__fixunstfdi', 'II', 'I'],
  ['__fixunstfti', 'iII', ''],
  ['__floatsihf', 'i', 'i'],
  ['__floatsisf', 'i', 'f'],
  ['__floatsidf', 'i', 'd'],
  ['__floatsixf', 'ii', ''],
  ['__floatsitf', 'ii', ''],
  ['__floatdihf', 'I', 'i'],
  ['__floatdisf', 'I', 'f'],
  ['__floatdidf', 'I', 'd'],
  ['__floatdixf', 'iI', ''],
  ['__floatditf', 'iI', ''],
  ['__floattihf', 'II', 'i'],
  ['__floattisf', 'II', 'f'],
  ['__floattidf', 'II', 'd'],
  ['__floattixf', 'iII', ''],
  ['__floattitf', 'iII', ''],
  ['__floatunsihf', 'i', 'i'],
  ['__floatunsisf', 'i', 'f'],
  ['__floatunsidf', 'i', 'd'],
  ['__floatunsixf', 'ii', ''],
  ['__floatunsitf', 'ii', ''],
  ['__floatundihf', 'I', 'i'],
  ['__floatundisf', 'I', 'f'],
  ['__floatundidf', 'I', 'd'],
  ['__floatundixf', 'iI', ''],
  ['__floatunditf', 'iI', ''],
  ['__floatuntihf', 'II', 'i'],
  ['__floatuntisf', 'II', 'f'],
  ['__floatuntidf', 'II', 'd'],
  ['__floatuntixf', 'iII', ''],
  ['__floatuntitf', 'iII', ''],
  ['__cosh', 'i', 'i'],
  ['cosf', 'f', 'f'],
  ['cos', 'd', 'd'],
  ['__cosx', 'iII', ''],
  ['cosq', 'iII', ''],
  ['__sinh', 'i', 'i'],
  ['sinf', 'f', 'f'],
  ['sin', 'd', 'd'],
  ['__sinx', 'iII', ''],
  ['sinq', 'iII', ''],
  ['__tanh', 'i', 'i'],
  ['tanf', 'f', 'f'],
  ['tan', 'd', 'd'],
  ['__tanx', 'iII', ''],
  ['tanq', 'iII', ''],
  ['__exph', 'i', 'i'],
  ['expf', 'f', 'f'],
  ['exp', 'd', 'd'],
  ['__expx', 'iII', ''],
  ['expq', 'iII', ''],
  ['__exp2h', 'i', 'i'],
  ['exp2f', 'f', 'f'],
  ['exp2', 'd', 'd'],
  ['__exp2x', 'iII', ''],
  ['exp2q', 'iII', ''],
  ['__logh', 'i', 'i'],
  ['logf', 'f', 'f'],
  ['log', 'd', 'd'],
  ['__logx', 'iII', ''],
  ['logq', 'iII', ''],
  ['__log2h', 'i', 'i'],
  ['log2f', 'f', 'f'],
  ['log2', 'd', 'd'],
  ['__log2x', 'iII', ''],
  ['log2q', 'iII', ''],
  ['__log10h', 'i', 'i'],
  ['log10f', 'f', 'f'],
  ['log10', 'd', 'd'],
  ['__log10x', 'iII', ''],
  ['log10q', 'iII', ''],
  ['__fmah', 'iii', 'i'],
  ['fmaf', 'fff', 'f'],
  ['fma', 'ddd', 'd'],
  ['__fmax', 'iIIIIII', ''],
  ['fmaq', 'iIIIIII', ''],
  ['__fmodh', 'ii', 'i'],
  ['fmodf', 'ff', 'f'],
  ['fmod', 'dd', 'd'],
  ['__fmodx', 'iIIII', ''],
  ['fmodq', 'iIIII', ''],
  ['__ceilh', 'i', 'i'],
  ['__ceilx', 'iII', ''],
  ['ceilq', 'iII', ''],
  ['__floorh', 'i', 'i'],
  ['__floorx', 'iII', ''],
  ['floorq', 'iII', ''],
  ['__trunch', 'i', 'i'],
  ['__truncx', 'iII', ''],
  ['truncq', 'iII', ''],
  ['__roundh', 'i', 'i'],
  ['roundf', 'f', 'f'],
  ['round', 'd', 'd'],
  ['__roundx', 'iII', ''],
  ['roundq', 'iII', ''],
  ['__sqrth', 'i', 'i'],
  ['__sqrtx', 'iII', ''],
  ['sqrtq', 'iII', ''],
  ['__fabsh', 'i', 'i'],
  ['__fabsx', 'iII', ''],
  ['fabsq', 'iII', ''],
  ['__fminh', 'ii', 'i'],
  ['fminf', 'ff', 'f'],
  ['fmin', 'dd', 'd'],
  ['__fminx', 'iIIII', ''],
  ['fminq', 'iIIII', ''],
  ['__fmaxh', 'ii', 'i'],
  ['fmaxf', 'ff', 'f'],
  ['fmax', 'dd', 'd'],
  ['__fmaxx', 'iIIII', ''],
  ['fmaxq', 'iIIII', ''],
  ['__truncdfhf2', 'd', 'i'],
  // No name of compiler-rt: as __muloti4, of unsigned integers.
  ['__umuloti4', 'iIIIIp', ''],
  // Integers of more than 128 bits: addresses, and numbers of address width (runtime/big-integers.ts).
  ['__air_bigmul', 'pppp', ''],
  ['__air_bigudivmod', 'ppppp', ''],
  ['__air_bigshl', 'pppp', ''],
  ['__air_bigshr', 'ppppI', ''],
  ['__air_bigfloat64', 'pp', 'd'],
  ['__air_bigfloat32', 'pp', 'f'],
  ['__air_bigfix', 'ppd', ''],
  // Of f80 and f128: a sign beside the magnitude; the address of the result, or the two words of the operand.
  ['__air_bigfloat80', 'pppI', ''],
  ['__air_bigfloat128', 'pppI', ''],
  ['__air_bigfix80', 'ppII', ''],
  ['__air_bigfix128', 'ppII', ''],
  // Loops over limbs (runtime/limb-loops.ts).
  ['__air_bigadd', 'pppp', ''],
  ['__air_bigsub', 'pppp', ''],
  ['__air_bigand', 'pppp', ''],
  ['__air_bigor', 'pppp', ''],
  ['__air_bigxor', 'pppp', ''],
  ['__air_bigflip', 'pppI', ''],
  ['__air_bignegif', 'pppI', ''],
  ['__air_bigless', 'pppI', ''],
  ['__air_bigorder', 'pppI', 'i'],
  ['__air_bigdiffer', 'ppI', 'I'],
  ['__air_bigclz', 'pp', 'I'],
  ['__air_bigctz', 'pp', 'I'],
  ['__air_bigpopcount', 'pp', 'I'],
  ['__air_bigbswap', 'ppp', ''],
  ['__air_bigbitreverse', 'ppp', ''],
  ['__air_bigextend', 'ppppI', ''],
  ['__air_bigcut', 'pppp', ''],
  ['__air_bigput', 'pppp', ''],
] as const;

/** Symbol name of a runtime function. */
export type IntrinsicName = (typeof ROWS)[number][0];

/** One runtime function. */
export interface Intrinsic {
  readonly name: IntrinsicName;
  /** Value type bytes of the parameters, for 32-bit addresses; {@link intrinsicParams} knows others. */
  readonly params: readonly number[];
  /** Value type bytes of the results (none or one). */
  readonly results: readonly number[];
}

const LETTERS: Readonly<Record<string, number>> = { i: 0x7f, I: 0x7e, f: 0x7d, d: 0x7c };

function valTypes(letters: string, address: 'i' | 'I'): readonly number[] {
  return Array.from(letters, (letter) => LETTERS[letter === 'p' ? address : letter]!);
}

/** Row of {@link INTRINSICS}. */
export type IntrinsicIndex = Brand<number, 'IntrinsicIndex'>;

/** The table; MIR refers to a row by its index. */
export const INTRINSICS: readonly Intrinsic[] = ROWS.map(([name, params, results]) => ({
  name,
  params: valTypes(params, 'i'),
  results: valTypes(results, 'i'),
}));

/** Parameters of each row where addresses have 64 bits: those that are addresses, and the address of a result. */
const PARAMS_64: ReadonlyMap<string, readonly number[]> = new Map(
  ROWS.map(([name, params, results]) => {
    const types = valTypes(params, 'I');
    return [name, results === '' ? types.with(0, LETTERS['I']!) : types];
  }),
);

/** Value type bytes of the parameters of `row` for addresses of `ptrBits` bits. */
export function intrinsicParams({ name, params }: Intrinsic, ptrBits: 32 | 64): readonly number[] {
  return ptrBits === 64 ? PARAMS_64.get(name)! : params;
}

const INDEX: ReadonlyMap<string, IntrinsicIndex> = new Map(
  ROWS.map(([name], index) => [name, index as IntrinsicIndex]),
);

/** Row number of a runtime function. */
export function intrinsicIndex(name: IntrinsicName): IntrinsicIndex {
  return INDEX.get(name)!;
}
