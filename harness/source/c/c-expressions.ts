/**
 * Arithmetic, bits, comparisons and casts of AIR as C, without undefined behaviour: what may wrap is computed unsigned, what overflows by
 * clang's checked builtins.
 *
 * `_BitInt` operands are not promoted, so an operation is of its type. An operation of AIR whose overflow is illegal is C's own, which
 * lets the compiler make use of that. Source: C23, 6.3.1.1, 6.5; clang's language extensions.
 */
import type { InstIndex, IpIndex } from '../../../core/index.ts';
import { fieldOffset } from '../../../core/index.ts';
import { NotPrintable } from '../not-printable.ts';
import type { CBody, CSpelling } from './c-body.ts';
import { PANIC_CODES, panicOf } from './c-panics.ts';

/** Text of the value of an instruction. */
export type CExpression = (p: CBody, inst: InstIndex) => string;

/** An instruction whose result is an expression. */
export function value(expression: CExpression): CSpelling {
  return (p, inst, indent) => {
    if (p.shape(p.typeOf(inst)).kind !== 'none') p.define(inst, expression(p, inst), indent);
  };
}

const isFloat = (p: CBody, ty: IpIndex): boolean => p.pool.isFloat(ty);

/** The operator of C. */
export const operator =
  (sign: string): CExpression =>
  (p, inst) =>
    p.pair(inst).join(` ${sign} `);

/** The operator on the bits of the operands: it wraps. */
export const wrapping =
  (sign: string): CExpression =>
  (p, inst) => {
    const { bits, signed } = p.integer(p.typeOf(inst));
    const unsigned = p.types.int(bits, false);
    const [a, b] = p.pair(inst);
    return signed
      ? `(${p.types.text(p.typeOf(inst))})((${unsigned})${a} ${sign} (${unsigned})${b})`
      : `${a} ${sign} ${b}`;
  };

/** Greatest and least value of an integer type, as C. */
function limits(p: CBody, ty: IpIndex): { readonly most: string; readonly least: string } {
  const { bits, signed } = p.integer(ty);
  const most = signed ? (1n << BigInt(bits - 1)) - 1n : (1n << BigInt(bits)) - 1n;
  return { most: p.values.int(bits, signed, most), least: p.values.int(bits, signed, signed ? -most - 1n : 0n) };
}

type Checked = 'add' | 'sub' | 'mul';

const overflows = (p: CBody, inst: InstIndex, what: Checked): string =>
  `__builtin_${what}_overflow(${p.pair(inst).join(', ')}, &v${inst})`;

export const saturating =
  (what: Checked): CSpelling =>
  (p, inst, indent) => {
    const ty = p.typeOf(inst);
    const { most, least } = limits(p, ty);
    const [a, b] = p.pair(inst);
    p.declare(inst, indent);
    const { signed } = p.integer(ty);
    const isLow = signed ? (what === 'mul' ? `(${a} < 0) != (${b} < 0)` : `${a} < 0`) : what === 'sub' ? '1' : '0';
    p.line(indent, `if (${overflows(p, inst, what)}) v${inst} = ${isLow} ? ${least} : ${most};`);
  };

export const checked =
  (what: Checked): CSpelling =>
  (p, inst, indent) => {
    p.integer(p.typeOf(inst));
    p.declare(inst, indent);
    p.line(indent, `if (${overflows(p, inst, what)}) { ${panicOf(p, PANIC_CODES.integer_overflow)} }`);
  };

/** The wrapped result, and whether it overflowed: a tuple of bytes. */
export const withOverflow =
  (what: Checked): CSpelling =>
  (p, inst, indent) => {
    const number = p.pool.fieldType(p.typeOf(inst), 0);
    p.integer(number);
    p.line(indent, `${p.types.text(number)} r${inst};`);
    p.line(indent, `_Bool o${inst} = __builtin_${what}_overflow(${p.pair(inst).join(', ')}, &r${inst});`);
    overflowTuple(p, inst, indent);
  };

function overflowTuple(p: CBody, inst: InstIndex, indent: string): void {
  const tuple = p.typeOf(inst);
  p.declare(inst, indent);
  for (const [n, name] of ['r', 'o'].entries()) {
    const ty = p.pool.fieldType(tuple, n);
    p.line(
      indent,
      `${p.at(ty, `v${inst}.b + ${fieldOffset(p.pool, tuple, n)}`)} = (${p.types.text(ty)})${name}${inst};`,
    );
  }
}

/** `a << b`, for an amount below the width. */
function shifted(p: CBody, inst: InstIndex, ty: IpIndex): string {
  const { bits } = p.integer(ty);
  const [a, b] = p.pair(inst);
  return `(${p.types.text(ty)})((${p.types.int(bits, false)})${a} << (unsigned)${b})`;
}

export const shl: CExpression = (p, inst) => shifted(p, inst, p.typeOf(inst));

export const shr: CExpression = (p, inst) => {
  const [a, b] = p.pair(inst);
  return `${a} >> (unsigned)${b}`;
};

export const shlWithOverflow: CSpelling = (p, inst, indent) => {
  const number = p.pool.fieldType(p.typeOf(inst), 0);
  const [a, b] = p.pair(inst);
  p.line(indent, `${p.types.text(number)} r${inst} = ${shifted(p, inst, number)};`);
  p.line(indent, `_Bool o${inst} = (r${inst} >> (unsigned)${b}) != ${a};`);
  overflowTuple(p, inst, indent);
};

export const shlSat: CSpelling = (p, inst, indent) => {
  const ty = p.typeOf(inst);
  const { bits, signed } = p.integer(ty);
  const { most, least } = limits(p, ty);
  const [a, b] = p.pair(inst);
  const limit = signed ? `(${a} < 0 ? ${least} : ${most})` : most;
  p.declare(inst, indent);
  // An amount of a narrow type is never too large, and its type may not have the number.
  const amount = p.integer(p.refType(p.body.rhs(inst)));
  const isLarge =
    BigInt(bits) >> BigInt(amount.bits) > 0n ? '0' : `${b} >= ${p.values.int(amount.bits, false, BigInt(bits))}`;
  p.line(indent, `if (${isLarge}) v${inst} = ${a} == 0 ? ${a} : ${limit};`);
  p.line(indent, `else {`);
  p.line(`${indent}    `, `v${inst} = ${shifted(p, inst, ty)};`);
  p.line(`${indent}    `, `if ((v${inst} >> (unsigned)${b}) != ${a}) v${inst} = ${limit};`);
  p.line(indent, `}`);
};

const floatCall =
  (name: string): CExpression =>
  (p, inst) =>
    `${name}(${p.ref(p.body.operand(inst))})`;

/** A function of a float that is one instruction of wasm. */
export const elementwise = (name: string): CExpression => floatCall(`__builtin_elementwise_${name}`);

const widthOf = (p: CBody, inst: InstIndex): number => (p.shape(p.typeOf(inst)) as { bits: number }).bits;

export const round: CExpression = (p, inst) => `air_round${widthOf(p, inst)}(${p.ref(p.body.operand(inst))})`;

export const divTrunc: CExpression = (p, inst) => {
  const [a, b] = p.pair(inst);
  return isFloat(p, p.typeOf(inst)) ? `__builtin_elementwise_trunc(${a} / ${b})` : `${a} / ${b}`;
};

export const divFloor: CExpression = (p, inst) => {
  const [a, b] = p.pair(inst);
  if (isFloat(p, p.typeOf(inst))) return `__builtin_elementwise_floor(${a} / ${b})`;
  const type = p.types.text(p.typeOf(inst));
  if (!p.integer(p.typeOf(inst)).signed) return `${a} / ${b}`;
  return `${a} / ${b} - (${type})(${a} % ${b} != 0 && (${a} < 0) != (${b} < 0))`;
};

/** The remainder of MIN by -1, which C leaves open, is 0. */
const remainder = (p: CBody, ty: IpIndex, a: string, b: string): string => {
  if (isFloat(p, ty)) return `air_fmod${(p.shape(ty) as { bits: number }).bits}(${a}, ${b})`;
  const { bits, signed } = p.integer(ty);
  return signed
    ? `(${b} == ${p.values.int(bits, true, -1n)} ? ${p.values.int(bits, true, 0n)} : ${a} % ${b})`
    : `${a} % ${b}`;
};

export const rem: CExpression = (p, inst) => remainder(p, p.typeOf(inst), ...p.pair(inst));

export const mod: CExpression = (p, inst) => {
  const ty = p.typeOf(inst);
  const [a, b] = p.pair(inst);
  if (isFloat(p, ty)) return `air_mod${(p.shape(ty) as { bits: number }).bits}(${a}, ${b})`;
  if (!p.integer(ty).signed) return `${a} % ${b}`;
  const rest = remainder(p, ty, a, b);
  return `${rest} != 0 && (${rest} < 0) != (${b} < 0) ? ${rest} + ${b} : ${rest}`;
};

export const least =
  (isMost: boolean): CExpression =>
  (p, inst) => {
    const [a, b] = p.pair(inst);
    const ty = p.typeOf(inst);
    if (isFloat(p, ty)) return `air_${isMost ? 'max' : 'min'}${(p.shape(ty) as { bits: number }).bits}(${a}, ${b})`;
    return `${a} ${isMost ? '>' : '<'} ${b} ? ${a} : ${b}`;
  };

export const abs: CExpression = (p, inst) => {
  const operand = p.ref(p.body.operand(inst));
  const ty = p.typeOf(inst);
  if (isFloat(p, ty)) return `__builtin_fabs${(p.shape(ty) as { bits: number }).bits === 32 ? 'f' : ''}(${operand})`;
  const unsigned = p.types.text(ty);
  if (!p.integer(p.refType(p.body.operand(inst))).signed) return operand;
  return `${operand} < 0 ? (${unsigned})0 - (${unsigned})${operand} : (${unsigned})${operand}`;
};

export const not: CExpression = (p, inst) =>
  `${p.shape(p.typeOf(inst)).kind === 'bool' ? '!' : '~'}${p.ref(p.body.operand(inst))}`;

/** A count of bits by one of clang's generic builtins. */
export const count =
  (name: 'clz' | 'ctz' | 'popcount'): CExpression =>
  (p, inst) => {
    const { bits } = p.integer(p.refType(p.body.operand(inst)));
    const operand = `(${p.types.int(bits, false)})${p.ref(p.body.operand(inst))}`;
    const result = p.types.text(p.typeOf(inst));
    return `(${result})__builtin_${name}g(${operand}${name === 'popcount' ? '' : `, ${bits}`})`;
  };

/** Bits or bytes in reverse order: of the next wider type that has a builtin, shifted down. */
export const reversed =
  (name: 'bswap' | 'bitreverse'): CExpression =>
  (p, inst) => {
    const { bits } = p.integer(p.typeOf(inst));
    const operand = `(${p.types.int(bits, false)})${p.ref(p.body.operand(inst))}`;
    const type = p.types.text(p.typeOf(inst));
    if (name === 'bswap' && bits === 8) return p.ref(p.body.operand(inst));
    if (bits > 64) return `(${type})(air_${name}128((unsigned __int128)${operand}) >> ${128 - bits})`;
    const width = [8, 16, 32, 64].find((one) => one >= bits && (name === 'bitreverse' || one > 8))!;
    return `(${type})((unsigned long long)__builtin_${name}${width}((unsigned long long)${operand}) >> ${width - bits})`;
  };

/** A conversion that keeps the value, or its low bits. */
export const converted: CExpression = (p, inst) => `(${p.types.text(p.typeOf(inst))})${p.ref(p.body.operand(inst))}`;

export const intcastSafe: CSpelling = (p, inst, indent) => {
  const from = p.refType(p.body.operand(inst));
  const operand = p.ref(p.body.operand(inst));
  p.define(inst, converted(p, inst), indent);
  const isOther = `(${p.types.text(from)})v${inst} != ${operand} || (v${inst} < 0) != (${operand} < 0)`;
  p.line(indent, `if (${isOther}) { ${panicOf(p, PANIC_CODES.integer_out_of_range)} }`);
};

export const floatToIntSafe: CSpelling = (p, inst, indent) => {
  const { bits, signed } = p.integer(p.typeOf(inst));
  const float = (p.shape(p.refType(p.body.operand(inst))) as { bits: number }).bits;
  const suffix = float === 32 ? 'f' : '';
  const power = (n: number): string =>
    n > (float === 32 ? 127 : 1023) ? `__builtin_inf${suffix}()` : `0x1p${n}${suffix}`;
  const [low, high] = signed ? [`-${power(bits - 1)}`, power(bits - 1)] : [`0.0${suffix}`, power(bits)];
  const type = float === 32 ? 'float' : 'double';
  p.line(indent, `${type} t${inst} = __builtin_elementwise_trunc(${p.ref(p.body.operand(inst))});`);
  p.line(indent, `if (!(t${inst} >= ${low} && t${inst} < ${high})) { ${panicOf(p, PANIC_CODES.float_out_of_range)} }`);
  p.define(inst, `(${p.types.text(p.typeOf(inst))})t${inst}`, indent);
};

/** The bits of a scalar as an unsigned integer. */
export function bitsOf(p: CBody, ty: IpIndex, text: string): string {
  const shape = p.shape(ty);
  switch (shape.kind) {
    case 'int':
      return `(${p.types.int(shape.bits, false)})${text}`;
    case 'bool':
      return `(${p.types.int(1, false)})${text}`;
    case 'float':
      return `(${p.types.int(shape.bits, false)})air_bits${shape.bits}(${text})`;
    case 'none':
    case 'pointer':
    case 'bytes':
      throw new NotPrintable('the bits of something that is no scalar');
  }
}

/** The `ty` that has the bits `text`, an unsigned integer of its width. */
export function ofBits(p: CBody, ty: IpIndex, text: string): string {
  const shape = p.shape(ty);
  if (shape.kind === 'float') return `air_float${shape.bits}(${text})`;
  if (shape.kind === 'bool') return `(_Bool)(${text})`;
  return `(${p.types.text(ty)})(${text})`;
}

export const bitcast: CExpression = (p, inst) => {
  const [to, from] = [p.typeOf(inst), p.refType(p.body.operand(inst))];
  const text = p.ref(p.body.operand(inst));
  const [a, b] = [p.shape(from).kind, p.shape(to).kind];
  if (a === b && (a === 'pointer' || a === 'bytes')) return text;
  if (a === 'pointer') return `(${p.types.text(to)})(unsigned long)${text}`;
  if (b === 'pointer') return `(unsigned char *)(unsigned long)${text}`;
  return ofBits(p, to, bitsOf(p, from, text));
};
