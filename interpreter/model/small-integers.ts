/**
 * The operations of integers.ts for types of up to 32 bits, on JS numbers: the fast path of most programs.
 *
 * Sums, differences, shifted values and quotients of such operands are exact as doubles. A product may round, but only when it
 * is far outside of every range. No result is -0. The definition is integers.ts; a test compares the two.
 */
import { illegal } from './halt.ts';
import { amountBelow } from './integers.ts';
import type { IntBinary, IntShift } from './integers.ts';

/** The range of an integer type of up to 32 bits. */
export interface SmallRange {
  readonly bits: number;
  readonly signed: boolean;
  readonly low: number;
  readonly high: number;
}

/** Modulo 2^N into the range of the type; `v` is an exact integer. */
export function smallNorm(v: number, t: SmallRange): number {
  const unused = 32 - t.bits;
  return t.signed ? (v << unused) >> unused : (v << unused) >>> unused;
}

/** Whether the type has the value. */
export function smallFits(v: number, t: SmallRange): boolean {
  return v >= t.low && v <= t.high;
}

function checked(v: number, t: SmallRange): number {
  return smallFits(v, t) ? v : illegal('integer_overflow');
}

function clamped(v: number, t: SmallRange): number {
  return v < t.low ? t.low : v > t.high ? t.high : v;
}

function remainder(a: number, b: number): number {
  return b === 0 ? illegal('division_by_zero') : (a % b) + 0;
}

function modulus(a: number, b: number): number {
  const rest = remainder(a, b);
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

/** As `INT_BINARY`. */
export const SMALL_BINARY: Readonly<Record<IntBinary, (a: number, b: number, t: SmallRange) => number>> = {
  add: (a, b, t) => checked(a + b, t),
  sub: (a, b, t) => checked(a - b, t),
  mul: (a, b, t) => checked(a * b + 0, t),
  add_wrap: (a, b, t) => smallNorm(a + b, t),
  sub_wrap: (a, b, t) => smallNorm(a - b, t),
  mul_wrap: (a, b, t) => smallNorm(Math.imul(a, b), t),
  add_sat: (a, b, t) => clamped(a + b, t),
  sub_sat: (a, b, t) => clamped(a - b, t),
  mul_sat: (a, b, t) => clamped(a * b + 0, t),
  div_trunc: (a, b, t) => checked((a - remainder(a, b)) / b + 0, t),
  div_floor: (a, b, t) => checked((a - modulus(a, b)) / b + 0, t),
  div_exact: (a, b, t) => (remainder(a, b) === 0 ? checked(a / b + 0, t) : illegal('inexact')),
  rem: remainder,
  mod: modulus,
  min: (a, b) => (a < b ? a : b),
  max: (a, b) => (a > b ? a : b),
  bit_and: (a, b, t) => smallNorm(a & b, t),
  bit_or: (a, b, t) => smallNorm(a | b, t),
  xor: (a, b, t) => smallNorm(a ^ b, t),
};

/** Results of add, sub and mul that need no range: exact, or where a product rounds, outside of every range. */
export const SMALL_EXACT: Readonly<Record<'add' | 'sub' | 'mul', (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b + 0,
};

/** As `INT_SHIFT`. */
export const SMALL_SHIFT: Readonly<Record<IntShift, (a: number, k: number, t: SmallRange) => number>> = {
  shl: (a, k, t) => smallNorm(a * 2 ** amountBelow(k, t.bits), t),
  shl_exact(a, k, t) {
    const exact = a * 2 ** amountBelow(k, t.bits);
    return smallFits(exact, t) ? exact : illegal('inexact');
  },
  shl_sat: (a, k, t) => clamped(a * 2 ** Math.min(k, t.bits), t),
  shr: (a, k, t) => Math.floor(a / 2 ** amountBelow(k, t.bits)),
  shr_exact(a, k, t) {
    const result = a / 2 ** amountBelow(k, t.bits);
    return Number.isInteger(result) ? result : illegal('inexact');
  },
};

/** The N-bit two's complement of a value, as an unsigned number. */
function patternOf(v: number, t: SmallRange): number {
  const unused = 32 - t.bits;
  return (v << unused) >>> unused;
}

/** As `BIT_COUNT`. */
export const SMALL_COUNT: Readonly<Record<'clz' | 'ctz' | 'popcount', (v: number, t: SmallRange) => number>> = {
  clz: (v, t) => Math.clz32(patternOf(v, t)) - (32 - t.bits),
  ctz(v, t) {
    const pattern = patternOf(v, t);
    let count = 0;
    while (count < t.bits && ((pattern >>> count) & 1) === 0) count++;
    return count;
  },
  popcount(v, t) {
    let count = 0;
    for (let rest = patternOf(v, t); rest !== 0; rest >>>= 1) count += rest & 1;
    return count;
  },
};

/** The pattern in pieces of `unit` bits, in reverse order: bits (1) or bytes (8). */
export function smallReversed(v: number, t: SmallRange, unit: 1 | 8): number {
  let rest = patternOf(v, t);
  let result = 0;
  for (let n = 0; n < t.bits; n += unit) {
    result = result * 2 ** unit + (rest % 2 ** unit);
    rest = Math.floor(rest / 2 ** unit);
  }
  return smallNorm(result, t);
}
