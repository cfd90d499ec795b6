/**
 * The runtime library beside those of LLVM: each routine that compiler-rt or the mathematics of wasi-libc has too, called with the same
 * operands in two modules of which neither knows the other.
 *
 * What C leaves open is not asked: division by zero, amounts beyond the width, numbers that do not fit into an integer. NaNs are one value; results of
 * comparisons count by their sign. Routines of one's own (f16 and f80, integers of more than 128 bits) and those with a stated error bound have
 * no counterpart here: elementary.test.ts and the profiles have exact arithmetic for those.
 */
import { expect, test } from '@jest/globals';
import { INTRINSICS } from '../../../../core/mir/intrinsics.ts';
import { CORE_BACKEND } from '../../../../harness/backend/core/core-backend.ts';
import type { Llvm } from '../../../../harness/external/llvm.ts';
import { BUILTINS, LIBRARY_FOLDER } from '../../../../harness/external/sysroot.ts';
import { describeLlvm } from '../../../harness/external/describe-llvm.ts';
import { ourLinker } from '../../../harness/external/our-linker.ts';

type Value = number | bigint;
type Routine = (...args: Value[]) => Value | undefined;

/** A routine of both libraries: letters of the table of intrinsics. */
interface Shared {
  readonly name: string;
  readonly params: string;
  readonly results: string;
}

interface Library {
  readonly exports: Readonly<Record<string, Routine | undefined>>;
  readonly memory: DataView;
  readonly scratch: number;
}

/** Those that LLVM's libraries compute less exactly than here. */
const BOUNDED = /^(sin|cos|tan|exp2?|log(2|10)?)[fq]?$/;
/** Where the other library has no row of its own for a name: the C library calls a quadruple `long double`. */
const theirName = (name: string): string => name.replace(/^([a-z]+)q$/, '$1l');

const LETTERS = new Map([0x7f, 0x7e, 0x7d, 0x7c].map((type, n) => [type, 'iIfd'[n]!]));
const letters = (types: readonly number[]): string => types.map((type) => LETTERS.get(type)!).join('');

/** These say through an address whether they overflow. */
const FLAGGED = /^__mulo[dt]i4$/;

const ROWS: readonly Shared[] = INTRINSICS.map(({ name, params, results }) => ({
  name,
  params: letters(params),
  results: letters(results),
})).filter(({ name }) => !BOUNDED.test(name));

function libraryOf(module: Uint8Array): Library {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(module)), {});
  const exports = instance.exports as unknown as Library['exports'];
  const { memory, __heap_base: base } = instance.exports as unknown as {
    readonly memory: WebAssembly.Memory;
    readonly __heap_base: WebAssembly.Global;
  };
  const value = base.value as number;
  return { exports, memory: new DataView(memory.buffer), scratch: (value + 63) & ~63 };
}

const WORDS = ['--no-entry', '--export=__heap_base', '--initial-memory=2097152', '--stack-first'];

function ourLibrary(): Library {
  const objects = CORE_BACKEND.command!.runtime!(32).map(({ name, bytes }) => ({ name: `${name}.o`, bytes }));
  const { module, stderr } = ourLinker(objects, [...WORDS, ...ROWS.map(({ name }) => `--export-if-defined=${name}`)]);
  expect(stderr).toBe('');
  return libraryOf(module!);
}

function theirLibrary({ linkModule, sysroot }: Llvm): Library {
  const files = {
    'builtins.a': sysroot.read(BUILTINS),
    'libm.a': sysroot.read(`${LIBRARY_FOLDER}/libc.a`),
  };
  const names = ROWS.map(({ name }) => theirName(name));
  const words = names.flatMap((name) => [`--undefined=${name}`, `--export-if-defined=${name}`]);
  const { module, stderr } = linkModule([...WORDS, ...words, ...Object.keys(files)], files);
  expect(stderr).toBe('');
  return libraryOf(module!);
}

// --- operands ---

/** xorshift64*, from a seed. */
function randoms(seed: bigint): () => bigint {
  let state = seed;
  return () => {
    state ^= state >> 12n;
    state ^= BigInt.asUintN(64, state << 25n);
    state ^= state >> 27n;
    return BigInt.asUintN(64, state * 0x2545_f491_4f6c_dd1dn);
  };
}

const LOW: readonly bigint[] = [0n, 1n, 2n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n, 0x8000_0001n, 2n ** 32n];
/** Upper halves of quadruples: zeros, least and greatest exponents, one, two, numbers around the widths of integers, infinity, NaN. */
const HIGH: readonly bigint[] = [
  0x0000, 0x0001, 0x3fff, 0x3ffe, 0x4000, 0x401e, 0x403d, 0x403e, 0x407d, 0x7ffe, 0x7fff,
].flatMap((exponent) =>
  [0n, 1n, 0x8000_0000_0000n, 0xffff_ffff_ffffn].flatMap((fraction) => {
    const bits = (BigInt(exponent) << 48n) | fraction;
    return [bits, bits | (1n << 63n)];
  }),
);

function floatOf(bits: bigint, letter: string): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits);
  return letter === 'd' ? view.getFloat64(0) : view.getFloat32(0);
}

const DOUBLES = [
  0,
  -0,
  0.5,
  -0.5,
  1,
  1.5,
  2.5,
  -2.5,
  2 ** 31,
  2 ** 32,
  2 ** 52 + 0.5,
  2 ** 63,
  2 ** 64,
  2 ** 127,
  5e-324,
  2.2250738585072014e-308,
  65504,
  65520,
  6e-8,
  Infinity,
  NaN,
];

/** One operand of routine `name`, of class `letter`. */
function operand(name: string, letter: string, n: number, random: () => bigint): Value {
  const bits = random();
  const isChosen = n % 3 !== 0;
  if (letter === 'f' || letter === 'd') {
    const chosen = DOUBLES[Number(bits % BigInt(DOUBLES.length))]!;
    if (isChosen) return letter === 'f' ? Math.fround(chosen) : chosen;
    return floatOf(bits, letter);
  }
  if (letter === 'i') {
    if (/sh[lr]ti3$/.test(name)) return Number(bits % 128n);
    return /hf/.test(name)
      ? Number(bits & 0xffffn)
      : Number(BigInt.asIntN(32, isChosen ? LOW[Number(bits % 8n)]! : bits));
  }
  return bits;
}

/** All operands, addresses left out; pairs of words are numbers of 128 bits. */
function operandsOf({ name, params, results }: Shared, n: number, random: () => bigint): Value[] {
  const own = Array.from(results === '' ? params.slice(1) : params);
  if (FLAGGED.test(name)) own.pop();
  const isQuad = /tf|[a-z]q$/.test(name) && !/^__float/.test(name);
  let word = 0;
  return own.map((letter) => {
    if (letter !== 'I') return operand(name, letter, n, random);
    const list = isQuad && word++ % 2 === 1 ? HIGH : LOW;
    const bits = random();
    return n % 3 === 0 ? bits : list[Number(bits % BigInt(list.length))]!;
  });
}

const pair = (args: readonly Value[], at: number): bigint => ((args[at + 1] as bigint) << 64n) | (args[at] as bigint);

/** Whether C says what the routine gives for these operands. */
function isDefined({ name, params }: Shared, args: readonly Value[]): boolean {
  if (/^__u?(div|mod)ti3$/.test(name)) {
    const [a, b] = [BigInt.asIntN(128, pair(args, 0)), BigInt.asIntN(128, pair(args, 2))];
    return b !== 0n && !(a === -(2n ** 127n) && b === -1n);
  }
  const fix = /^__fix(uns)?(?:[sdthx]f)([sdt])i$/.exec(name);
  if (fix === null) return true;
  const bits = { s: 31, d: 63, t: 127 }[fix[2] as 's' | 'd' | 't'];
  const value = params.includes('II') ? quadAsNumber(args[1] as bigint) : Number(args[0]);
  return fix[1] === undefined ? Math.abs(value) < 2 ** bits : value > -1 && value < 2 ** bits;
}

/** About the value of a quadruple, by its upper half. */
function quadAsNumber(high: bigint): number {
  const exponent = Number((high >> 48n) & 0x7fffn) - 16383;
  const size = exponent === 16384 ? Infinity : (1 + Number(high & 0xffff_ffff_ffffn) / 2 ** 48) * 2 ** exponent;
  return high >> 63n === 1n ? -size : size;
}

// --- results ---

/** What a call gives, in a form that is equal where C calls it equal. */
function answer({ exports, memory, scratch }: Library, name: string, row: Shared, args: readonly Value[]): string {
  const list = [...args];
  const isIndirect = row.results === '';
  for (let at = 0; at < 64; at += 8) memory.setBigUint64(scratch + at, 0n, true);
  if (isIndirect) list.unshift(scratch);
  if (FLAGGED.test(row.name)) list.push(scratch + 32);
  const value = exports[name]!(...list);
  const flag = FLAGGED.test(row.name) ? ` ${memory.getInt32(scratch + 32, true)}` : '';
  if (isIndirect) {
    const [low, high] = [memory.getBigUint64(scratch, true), memory.getBigUint64(scratch + 8, true)];
    const isFloat = /tf$|tf[23]$|tf2$|[a-z]q$/.test(row.name) && !/^__fix/.test(row.name);
    const isNan = isFloat && ((high >> 48n) & 0x7fffn) === 0x7fffn && ((high << 16n) & (2n ** 64n - 1n) || low) !== 0n;
    return isNan ? 'nan' : `${high.toString(16)}:${low.toString(16)}${flag}`;
  }
  const compared = /^__(eq|ne|lt|le|gt|ge)tf2$/.exec(row.name)?.[1];
  if (compared !== undefined) {
    const sign = Number(value);
    return String(
      { eq: sign === 0, ne: sign !== 0, lt: sign < 0, le: sign <= 0, gt: sign > 0, ge: sign >= 0 }[compared],
    );
  }
  if (/hf2$/.test(row.name)) {
    const half = Number(value) & 0xffff;
    return (half & 0x7c00) === 0x7c00 && (half & 0x3ff) !== 0 ? 'nan' : String(half);
  }
  return Object.is(value, -0) ? '-0' : `${String(value)}${flag}`;
}

/** Whether a quadruple is below the normal ones: the C library rounds some such results of `fmal` twice (docs/found.md). */
function isSubnormal(text: string): boolean {
  return (BigInt(`0x${text.split(':')[0]!}`) & 0x7fff_0000_0000_0000n) === 0n;
}

const CALLS = 2000;

await describeLlvm('the runtime library', (llvm) => {
  const ours = ourLibrary();
  const theirs = theirLibrary(llvm);
  const shared = ROWS.filter(({ name }) => {
    return ours.exports[name] !== undefined && theirs.exports[theirName(name)] !== undefined;
  });

  test('shares these routines with compiler-rt and the C library', () => {
    expect(shared.map(({ name }) => name).sort()).toMatchInlineSnapshot(`
      [
        "__addtf3",
        "__ashlti3",
        "__ashrti3",
        "__bswapdi2",
        "__bswapsi2",
        "__divtf3",
        "__divti3",
        "__eqtf2",
        "__extenddftf2",
        "__extendhfsf2",
        "__extendsftf2",
        "__fixdfti",
        "__fixsfti",
        "__fixtfdi",
        "__fixtfsi",
        "__fixtfti",
        "__fixunsdfti",
        "__fixunssfti",
        "__fixunstfdi",
        "__fixunstfsi",
        "__fixunstfti",
        "__floatditf",
        "__floatsitf",
        "__floattidf",
        "__floattisf",
        "__floattitf",
        "__floatunditf",
        "__floatunsitf",
        "__floatuntidf",
        "__floatuntisf",
        "__floatuntitf",
        "__getf2",
        "__gttf2",
        "__letf2",
        "__lshrti3",
        "__lttf2",
        "__modti3",
        "__muloti4",
        "__multf3",
        "__multi3",
        "__netf2",
        "__subtf3",
        "__truncdfhf2",
        "__truncsfhf2",
        "__trunctfdf2",
        "__trunctfsf2",
        "__udivti3",
        "__umodti3",
        "ceilq",
        "floorq",
        "fma",
        "fmaf",
        "fmaq",
        "fmaxq",
        "fminq",
        "fmod",
        "fmodf",
        "fmodq",
        "roundq",
        "sqrtq",
        "truncq",
      ]
    `);
  });

  test.each(shared.map((row) => [row.name, row] as const))('%s gives what LLVM gives', (name, row) => {
    const random = randoms(BigInt(name.length) * 0x9e37_79b9_7f4a_7c15n + 1n);
    const wrong: string[] = [];
    let asked = 0;
    for (let n = 0; asked < CALLS && n < 20 * CALLS; n++) {
      const args = operandsOf(row, n, random);
      if (!isDefined(row, args)) continue;
      asked++;
      const [own, other] = [answer(ours, name, row, args), answer(theirs, theirName(name), row, args)];
      if (name === 'fmaq' && own !== other && isSubnormal(own)) continue;
      if (own !== other)
        wrong.push(
          `${name}(${args.map((arg) => (typeof arg === 'bigint' ? arg.toString(16) : arg)).join(', ')}): ${own}, LLVM ${other}`,
        );
    }
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(asked).toBeGreaterThan(CALLS / 4);
  });

  test('where they part in fmal, exact arithmetic says who is right', () => {
    const row = ROWS.find(({ name }) => name === 'fmaq')!;
    const args = [
      [0xbffe_0000_0000_0001n, 0x1_0000_0000n],
      [0x8001_0000_0000_0000n, 0x8000_0001n],
      [0x8001_8000_0000_0000n, 0x1_0000_0000n],
    ] as const;
    // In units of 2^-112 of the number's own power of two; those are 2^-1, 2^-16382 and 2^-16382.
    const significands = args.map(([high, low]) => (1n << 112n) | ((high & 0xffff_ffff_ffffn) << 64n) | low);
    // The sum is negative: c - a * b, in units of 2^-113 of the least subnormal number.
    const exact = (significands[2]! << 113n) - significands[0]! * significands[1]!;
    const nearest = (exact + (1n << 112n)) >> 113n;
    const words = args.flatMap(([high, low]) => [low, high]);
    expect(answer(ours, 'fmaq', row, words)).toBe(
      `${((1n << 63n) | (nearest >> 64n)).toString(16)}:${(nearest & (2n ** 64n - 1n)).toString(16)}`,
    );
    expect(answer(theirs, 'fmal', row, words)).toBe('8000ffffffffffff:8000000040000000');
  });

  test('and would tell if one gave something else', () => {
    const random = randoms(1n);
    const row = ROWS.find(({ name }) => name === '__addtf3')!;
    let wrong = 0;
    for (let n = 0; n < 300; n++) {
      const args = operandsOf(row, n, random);
      if (answer(ours, '__addtf3', row, args) !== answer(theirs, '__subtf3', row, args)) wrong++;
    }
    expect(wrong).toBeGreaterThan(100);
  });
});
