/**
 * What float arithmetic means, on JS numbers: IEEE 754 binary64, and binary32 by rounding.
 *
 * binary32: + - * / and square root are computed in binary64 and rounded once more. That is the correctly rounded binary32
 * result, because 53 >= 2 * 24 + 2: for these five operations a result that was rounded to at least 2p + 2 bits first never
 * lands on a tie of p bits that the exact result was not on (S. Figueroa, "When is double rounding innocuous?", 1995). The other
 * operations yield a value that both formats have. A NaN result is "some NaN": its bits have no meaning.
 */
import { illegal } from './halt.ts';

/** Operations of two operands of one float type. */
export type FloatBinary =
  'add' | 'sub' | 'mul' | 'div_float' | 'div_trunc' | 'div_floor' | 'div_exact' | 'rem' | 'mod' | 'min' | 'max';

/** Operations of one operand. neg and abs are operations on bits, and not here. */
export type FloatUnary = 'sqrt' | 'floor' | 'ceil' | 'trunc_float' | 'round';

/** Rounds a binary64 value to the type. */
export type Rounding = (v: number) => number;

/** What arithmetic must know of a float type. */
export interface FloatArithmetic {
  /** Nearest, ties to even. */
  readonly round: Rounding;
  /** Bits of the significand. */
  readonly precision: number;
}

/** By width of the type in bits: the formats of the host. */
export const FLOAT_ARITHMETIC: Readonly<Record<32 | 64, FloatArithmetic>> = {
  32: { round: Math.fround, precision: 24 },
  64: { round: (v) => v, precision: 53 },
};

function isNegative(v: number): boolean {
  return v < 0 || Object.is(v, -0);
}

/** The lesser of two operands; of a NaN and a number the number. */
function least(a: number, b: number): number {
  if (a !== a) return b;
  if (b !== b) return a;
  if (a === b) return isNegative(a) ? a : b;
  return a < b ? a : b;
}

/** The remainder that has the sign of the divisor, or is zero. */
function modulus(a: number, b: number, round: Rounding): number {
  const rest = a % b;
  return rest === 0 || isNegative(rest) === isNegative(b) ? rest : round(rest + b);
}

/** See {@link FloatBinary}. JS's % is fmod, which is exact in every format. */
export const FLOAT_BINARY: Readonly<Record<FloatBinary, (a: number, b: number, round: Rounding) => number>> = {
  add: (a, b, round) => round(a + b),
  sub: (a, b, round) => round(a - b),
  mul: (a, b, round) => round(a * b),
  div_float: (a, b, round) => round(a / b),
  div_trunc: (a, b, round) => Math.trunc(round(a / b)),
  div_floor: (a, b, round) => Math.floor(round(a / b)),
  div_exact(a, b, round) {
    const result = round(a / b);
    return Number.isInteger(result) ? result : illegal('inexact');
  },
  rem: (a, b) => a % b,
  mod: modulus,
  min: least,
  max: (a, b) => -least(-a, -b),
};

/** See {@link FloatUnary}. */
export const FLOAT_UNARY: Readonly<Record<FloatUnary, (v: number, round: Rounding) => number>> = {
  sqrt: (v, round) => round(Math.sqrt(v)),
  floor: Math.floor,
  ceil: Math.ceil,
  trunc_float: Math.trunc,
  round(v) {
    const whole = Math.trunc(v);
    // The fraction of a float is exact; adding one half before rounding down would not be.
    if (Math.abs(v - whole) < 0.5 || whole === v) return whole;
    return whole + (v < 0 ? -1 : 1);
  },
};

/** The float of `precision` bits (24 or 53) nearest to an integer, ties to even, in a format without a greatest exponent. */
export function nearestFloat(v: bigint, precision: number): number {
  const magnitude = v < 0n ? -v : v;
  const surplus = magnitude.toString(2).length - precision;
  if (surplus <= 0) return Number(v);
  const unit = 2n ** BigInt(surplus);
  let units = magnitude / unit;
  const twiceRest = 2n * (magnitude % unit);
  if (twiceRest > unit || (twiceRest === unit && units % 2n === 1n)) units += 1n;
  return (v < 0n ? -1 : 1) * Number(units) * 2 ** surplus;
}
