/**
 * What integer arithmetic means: each operation on mathematical integers, then checked, reduced or clamped to the type.
 *
 * This is the definition, written as docs/air.md section 6 states it. small-integers.ts has the same operations for types of up to
 * 32 bits on JS numbers; a test holds it against this file.
 */
import { illegal } from './halt.ts';

/** The range of an integer type. */
export interface IntRange {
  readonly bits: number;
  readonly signed: boolean;
  readonly min: bigint;
  readonly max: bigint;
}

/** Operations of two operands of one type, with a result of that type. */
export type IntBinary =
  | 'add'
  | 'sub'
  | 'mul'
  | 'add_wrap'
  | 'sub_wrap'
  | 'mul_wrap'
  | 'add_sat'
  | 'sub_sat'
  | 'mul_sat'
  | 'div_trunc'
  | 'div_floor'
  | 'div_exact'
  | 'rem'
  | 'mod'
  | 'min'
  | 'max'
  | 'bit_and'
  | 'bit_or'
  | 'xor';

/** Operations of an operand and an amount of bits, with a result of the operand's type. */
export type IntShift = 'shl' | 'shl_exact' | 'shl_sat' | 'shr' | 'shr_exact';

/** Operations that also say whether the exact result fits. */
export type IntOverflowing = 'add' | 'sub' | 'mul';

/** Modulo 2^N into the range of the type. */
export function norm(v: bigint, t: IntRange): bigint {
  return t.signed ? BigInt.asIntN(t.bits, v) : BigInt.asUintN(t.bits, v);
}

/** Whether the type has the value. */
export function fits(v: bigint, t: IntRange): boolean {
  return v >= t.min && v <= t.max;
}

function checked(v: bigint, t: IntRange): bigint {
  return fits(v, t) ? v : illegal('integer_overflow');
}

function clamped(v: bigint, t: IntRange): bigint {
  return v < t.min ? t.min : v > t.max ? t.max : v;
}

/** a - trunc(a / b) * b: bigint's remainder. */
function remainder(a: bigint, b: bigint): bigint {
  return b === 0n ? illegal('division_by_zero') : a % b;
}

/** a - floor(a / b) * b. */
function modulus(a: bigint, b: bigint): bigint {
  const rest = remainder(a, b);
  return rest !== 0n && rest < 0n !== b < 0n ? rest + b : rest;
}

/** See {@link IntBinary}. */
export const INT_BINARY: Readonly<Record<IntBinary, (a: bigint, b: bigint, t: IntRange) => bigint>> = {
  add: (a, b, t) => checked(a + b, t),
  sub: (a, b, t) => checked(a - b, t),
  mul: (a, b, t) => checked(a * b, t),
  add_wrap: (a, b, t) => norm(a + b, t),
  sub_wrap: (a, b, t) => norm(a - b, t),
  mul_wrap: (a, b, t) => norm(a * b, t),
  add_sat: (a, b, t) => clamped(a + b, t),
  sub_sat: (a, b, t) => clamped(a - b, t),
  mul_sat: (a, b, t) => clamped(a * b, t),
  div_trunc: (a, b, t) => checked((a - remainder(a, b)) / b, t),
  div_floor: (a, b, t) => checked((a - modulus(a, b)) / b, t),
  div_exact: (a, b, t) => (remainder(a, b) === 0n ? checked(a / b, t) : illegal('inexact')),
  rem: remainder,
  mod: modulus,
  min: (a, b) => (a < b ? a : b),
  max: (a, b) => (a > b ? a : b),
  bit_and: (a, b) => a & b,
  bit_or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
};

/** See {@link IntOverflowing}: the exact results. */
export const INT_EXACT: Readonly<Record<IntOverflowing, (a: bigint, b: bigint) => bigint>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
};

/** Checks a shift amount that must be below the width. */
export function amountBelow(k: number, bits: number): number {
  return k < bits ? k : illegal('shift_too_large');
}

/** a * 2^k. */
export function shiftedLeft(a: bigint, k: number): bigint {
  return a * 2n ** BigInt(k);
}

/** floor(a / 2^k): bigint's shift is arithmetic on a two's complement of infinite width. */
function shiftedRight(a: bigint, k: number): bigint {
  return a >> BigInt(k);
}

/** See {@link IntShift}; the amount `k` is not negative, and may be too large. */
export const INT_SHIFT: Readonly<Record<IntShift, (a: bigint, k: number, t: IntRange) => bigint>> = {
  shl: (a, k, t) => norm(shiftedLeft(a, amountBelow(k, t.bits)), t),
  shl_exact(a, k, t) {
    const exact = shiftedLeft(a, amountBelow(k, t.bits));
    return fits(exact, t) ? exact : illegal('inexact');
  },
  // From 2^N on, every factor clamps every value but 0; the bound keeps the exact product small.
  shl_sat: (a, k, t) => clamped(shiftedLeft(a, Math.min(k, t.bits)), t),
  shr: (a, k, t) => shiftedRight(a, amountBelow(k, t.bits)),
  shr_exact(a, k, t) {
    const result = shiftedRight(a, amountBelow(k, t.bits));
    return shiftedLeft(result, k) === a ? result : illegal('inexact');
  },
};

/** The N-bit two's complement of a value, as an unsigned number. */
export function patternOf(v: bigint, t: IntRange): bigint {
  return BigInt.asUintN(t.bits, v);
}

/** The N-bit pattern as N characters 0 and 1, the most significant bit first. */
function digitsOf(v: bigint, t: IntRange): string {
  return patternOf(v, t).toString(2).padStart(t.bits, '0');
}

/** Operations that count bits of the pattern. */
export const BIT_COUNT: Readonly<Record<'clz' | 'ctz' | 'popcount', (v: bigint, t: IntRange) => number>> = {
  clz(v, t) {
    const first = digitsOf(v, t).indexOf('1');
    return first < 0 ? t.bits : first;
  },
  ctz: (v, t) => t.bits - 1 - digitsOf(v, t).lastIndexOf('1'),
  popcount: (v, t) => digitsOf(v, t).replaceAll('0', '').length,
};

/** The N bits in reverse order. */
export function bitsReversed(v: bigint, t: IntRange): bigint {
  return norm(BigInt(`0b${Array.from(digitsOf(v, t)).reverse().join('')}`), t);
}

/** The N / 8 bytes in reverse order. */
export function bytesReversed(v: bigint, t: IntRange): bigint {
  const bytes = digitsOf(v, t).match(/.{8}/g) ?? [];
  return norm(BigInt(`0b${bytes.reverse().join('')}`), t);
}
