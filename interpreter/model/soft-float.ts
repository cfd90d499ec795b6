/**
 * What float arithmetic means in the formats that the host does not have: exact on bigints, rounded once, ties to even.
 *
 * A value is its bit pattern, NaNs included: an operation that yields a NaN yields the quiet NaN without sign and payload.
 * Works in any format, so that the host's own formats can be held against the host. Shares nothing with the constants of core.
 */
import { illegal } from './halt.ts';

/** A binary format: IEEE 754, or with the leading bit of the significand stored (x87). */
export interface SoftFormat {
  readonly bits: number;
  /** Bits of the significand, the leading one included. */
  readonly precision: number;
  /** Greatest exponent of a finite number. */
  readonly emax: number;
  readonly storesLead: boolean;
}

/** The formats of AIR by width. */
export const SOFT_FORMATS = {
  16: { bits: 16, precision: 11, emax: 15, storesLead: false },
  32: { bits: 32, precision: 24, emax: 127, storesLead: false },
  64: { bits: 64, precision: 53, emax: 1023, storesLead: false },
  80: { bits: 80, precision: 64, emax: 16383, storesLead: true },
  128: { bits: 128, precision: 113, emax: 16383, storesLead: false },
} as const satisfies Readonly<Record<number, SoftFormat>>;

/** A number: (-1)^negative * significand * 2^exponent, zero and infinity included. */
export interface Parts {
  readonly kind: 'finite' | 'infinite' | 'nan';
  readonly negative: boolean;
  readonly significand: bigint;
  readonly exponent: number;
}

const NAN_PARTS: Parts = { kind: 'nan', negative: false, significand: 0n, exponent: 0 };

function storedBits(t: SoftFormat): number {
  return t.storesLead ? t.precision : t.precision - 1;
}

/** Exponent of the last bit of subnormal numbers. */
function floorExponent(t: SoftFormat): number {
  return 2 - t.emax - t.precision;
}

function signOf(t: SoftFormat, negative: boolean): bigint {
  return negative ? 2n ** BigInt(t.bits - 1) : 0n;
}

/** Infinity. */
function infinity(t: SoftFormat, negative: boolean): bigint {
  const field = BigInt(2 * t.emax + 1) * 2n ** BigInt(storedBits(t));
  return signOf(t, negative) + field + (t.storesLead ? 2n ** BigInt(t.precision - 1) : 0n);
}

/** Zero. */
function zero(t: SoftFormat, negative: boolean): bigint {
  return signOf(t, negative);
}

/** The NaN that arithmetic makes. */
export function quietNan(t: SoftFormat): bigint {
  return infinity(t, false) + 2n ** BigInt(t.precision - 2);
}

/** Whether a pattern is that of a value: a stored leading bit goes with the exponent. */
export function isPattern(t: SoftFormat, pattern: bigint): boolean {
  if (!t.storesLead) return true;
  const field = (pattern / 2n ** BigInt(storedBits(t))) % BigInt(2 * t.emax + 2);
  const lead = (pattern / 2n ** BigInt(t.precision - 1)) % 2n;
  return (field === 0n) === (lead === 0n);
}

/** The parts of a pattern. */
export function partsOf(t: SoftFormat, pattern: bigint): Parts {
  const stored = 2n ** BigInt(storedBits(t));
  const negative = pattern >= 2n ** BigInt(t.bits - 1);
  const field = Number((pattern / stored) % BigInt(2 * t.emax + 2));
  const low = pattern % stored;
  if (field === 2 * t.emax + 1) {
    const isInfinite = pattern === infinity(t, negative);
    return isInfinite ? { kind: 'infinite', negative, significand: 0n, exponent: 0 } : NAN_PARTS;
  }
  const significand = field === 0 || t.storesLead ? low : low + stored;
  return { kind: 'finite', negative, significand, exponent: floorExponent(t) + Math.max(field - 1, 0) };
}

/** Whether a pattern is a NaN. */
export function isNan(t: SoftFormat, pattern: bigint): boolean {
  return pattern % 2n ** BigInt(t.bits - 1) > infinity(t, false);
}

/** Number of bits of a natural number. */
function lengthOf(v: bigint): number {
  return v === 0n ? 0 : v.toString(2).length;
}

/**
 * The float nearest to (-1)^negative * significand * 2^exponent, or with `more` to a number that is greater in magnitude by
 * less than one unit of 2^exponent; the significand then has at least two bits more than the format keeps.
 */
export function rounded(t: SoftFormat, negative: boolean, significand: bigint, exponent: number, more = false): bigint {
  if (significand === 0n) return zero(t, negative);
  const unit = Math.max(exponent + lengthOf(significand) - t.precision, floorExponent(t));
  let units: bigint;
  if (unit <= exponent) {
    units = significand * 2n ** BigInt(exponent - unit);
  } else {
    const weight = 2n ** BigInt(unit - exponent);
    units = significand / weight;
    const twice = 2n * (significand % weight);
    const up = twice > weight || (twice === weight && (more || units % 2n === 1n));
    if (up) units += 1n;
  }
  return packed(t, negative, units, unit);
}

/** The pattern of units * 2^unit, where `units` has no more bits than the format, or is one power of two above. */
function packed(t: SoftFormat, negative: boolean, units: bigint, unit: number): bigint {
  const lead = 2n ** BigInt(t.precision - 1);
  if (units === 2n * lead) return packed(t, negative, lead, unit + 1);
  if (units < lead) return signOf(t, negative) + units;
  const field = unit - floorExponent(t) + 1;
  if (field > 2 * t.emax) return infinity(t, negative);
  const low = t.storesLead ? units : units - lead;
  return signOf(t, negative) + BigInt(field) * 2n ** BigInt(storedBits(t)) + low;
}

/** As {@link rounded}, of a quotient of positive integers times 2^exponent. */
function roundedQuotient(t: SoftFormat, negative: boolean, over: bigint, under: bigint, exponent: number): bigint {
  const shift = Math.max(0, t.precision + 3 + lengthOf(under) - lengthOf(over));
  const scaled = over * 2n ** BigInt(shift);
  return rounded(t, negative, scaled / under, exponent - shift, scaled % under !== 0n);
}

/** Two finite numbers as signed multiples of one power of two. */
function aligned(a: Parts, b: Parts): readonly [bigint, bigint, number] {
  const exponent = Math.min(a.exponent, b.exponent);
  const x = a.significand * 2n ** BigInt(a.exponent - exponent);
  const y = b.significand * 2n ** BigInt(b.exponent - exponent);
  return [a.negative ? -x : x, b.negative ? -y : y, exponent];
}

function sum(t: SoftFormat, a: Parts, b: Parts): bigint {
  if (a.kind === 'nan' || b.kind === 'nan') return quietNan(t);
  if (a.kind === 'infinite') {
    return b.kind === 'infinite' && a.negative !== b.negative ? quietNan(t) : infinity(t, a.negative);
  }
  if (b.kind === 'infinite') return infinity(t, b.negative);
  const [x, y, exponent] = aligned(a, b);
  const total = x + y;
  if (total === 0n) return zero(t, a.negative && b.negative);
  return rounded(t, total < 0n, total < 0n ? -total : total, exponent);
}

/** The exact product of two numbers. */
function product(a: Parts, b: Parts): Parts {
  const negative = a.negative !== b.negative;
  if (a.kind === 'nan' || b.kind === 'nan') return NAN_PARTS;
  if (a.kind === 'finite' && b.kind === 'finite') {
    return {
      kind: 'finite',
      negative,
      significand: a.significand * b.significand,
      exponent: a.exponent + b.exponent,
    };
  }
  const other = a.kind === 'infinite' ? b : a;
  if (other.kind === 'finite' && other.significand === 0n) return NAN_PARTS;
  return { kind: 'infinite', negative, significand: 0n, exponent: 0 };
}

function negated(a: Parts): Parts {
  return { ...a, negative: !a.negative };
}

/** The nearest float of a number that is not rounded yet; of no number the NaN. */
export function nearest(t: SoftFormat, v: Parts): bigint {
  if (v.kind === 'nan') return quietNan(t);
  if (v.kind === 'infinite') return infinity(t, v.negative);
  return rounded(t, v.negative, v.significand, v.exponent);
}

function quotient(t: SoftFormat, a: Parts, b: Parts): bigint {
  const negative = a.negative !== b.negative;
  if (a.kind === 'nan' || b.kind === 'nan') return quietNan(t);
  if (a.kind === 'infinite') return b.kind === 'infinite' ? quietNan(t) : infinity(t, negative);
  if (b.kind === 'infinite') return zero(t, negative);
  if (b.significand === 0n) return a.significand === 0n ? quietNan(t) : infinity(t, negative);
  if (a.significand === 0n) return zero(t, negative);
  return roundedQuotient(t, negative, a.significand, b.significand, a.exponent - b.exponent);
}

/** fmod: exact, with the sign of `a`. */
function remainder(t: SoftFormat, a: Parts, b: Parts): bigint {
  if (a.kind !== 'finite' || b.kind === 'nan') return quietNan(t);
  if (b.kind === 'infinite') return nearest(t, a);
  if (b.significand === 0n) return quietNan(t);
  const [x, y, exponent] = aligned(a, b);
  const rest = x % y;
  return rounded(t, a.negative, rest < 0n ? -rest : rest, exponent);
}

function isZeroPattern(t: SoftFormat, pattern: bigint): boolean {
  return pattern % 2n ** BigInt(t.bits - 1) === 0n;
}

/** The remainder that has the sign of the divisor, or is zero. */
function modulus(t: SoftFormat, a: Parts, b: Parts): bigint {
  const rest = remainder(t, a, b);
  if (isNan(t, rest) || isZeroPattern(t, rest)) return rest;
  const parts = partsOf(t, rest);
  return parts.negative === b.negative ? rest : sum(t, parts, b);
}

/** How a number becomes an integer: the whole part of its magnitude, and twice what is cut off against one. */
type IntegerRounding = (whole: bigint, twiceRest: 'zero' | 'below' | 'one' | 'above', negative: boolean) => bigint;

const towardZero: IntegerRounding = (whole) => whole;
const down: IntegerRounding = (whole, rest, negative) => (negative && rest !== 'zero' ? whole + 1n : whole);

const INTEGER_ROUNDINGS = {
  floor: down,
  ceil: (whole, rest, negative) => down(whole, rest, !negative),
  trunc_float: towardZero,
  round: (whole, rest) => (rest === 'one' || rest === 'above' ? whole + 1n : whole),
} as const satisfies Readonly<Record<string, IntegerRounding>>;

function toInteger(t: SoftFormat, a: Parts, rounding: IntegerRounding): bigint {
  if (a.kind !== 'finite' || a.exponent >= 0) return nearest(t, a);
  const weight = 2n ** BigInt(-a.exponent);
  const twice = 2n * (a.significand % weight);
  const rest = twice === 0n ? 'zero' : twice < weight ? 'below' : twice === weight ? 'one' : 'above';
  return rounded(t, a.negative, rounding(a.significand / weight, rest, a.negative), 0);
}

/** The greatest natural number whose square is at most `v`. */
function squareRoot(v: bigint): bigint {
  if (v < 2n) return v;
  let root = 2n ** BigInt(Math.ceil(lengthOf(v) / 2));
  for (;;) {
    const next = (root + v / root) / 2n;
    if (next >= root) return root;
    root = next;
  }
}

function rootOf(t: SoftFormat, a: Parts): bigint {
  if (a.kind === 'nan') return quietNan(t);
  if (a.kind === 'finite' && a.significand === 0n) return zero(t, a.negative);
  if (a.negative) return quietNan(t);
  if (a.kind === 'infinite') return infinity(t, false);
  let shift = Math.max(0, 2 * (t.precision + 3) - lengthOf(a.significand));
  if ((a.exponent - shift) % 2 !== 0) shift++;
  const scaled = a.significand * 2n ** BigInt(shift);
  const root = squareRoot(scaled);
  return rounded(t, false, root, (a.exponent - shift) / 2, root * root !== scaled);
}

/** Sign of a - b, or null if one is a NaN; the zeros are equal. */
export function order(t: SoftFormat, a: bigint, b: bigint): number | null {
  const x = partsOf(t, a);
  const y = partsOf(t, b);
  if (x.kind === 'nan' || y.kind === 'nan') return null;
  const left = ranked(t, x, a);
  const right = ranked(t, y, b);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A number that is ordered as the float is: the magnitude of the pattern with the sign. */
function ranked(t: SoftFormat, parts: Parts, pattern: bigint): bigint {
  const magnitude = pattern % 2n ** BigInt(t.bits - 1);
  return parts.negative ? -magnitude : magnitude;
}

/** The lesser operand; of a NaN and a number the number; -0 is less than +0. */
function least(t: SoftFormat, a: bigint, b: bigint): bigint {
  if (isNan(t, a)) return isNan(t, b) ? quietNan(t) : b;
  if (isNan(t, b)) return a;
  const sign = order(t, a, b)!;
  if (sign === 0) return a > b ? a : b;
  return sign < 0 ? a : b;
}

function greatest(t: SoftFormat, a: bigint, b: bigint): bigint {
  if (isNan(t, a)) return isNan(t, b) ? quietNan(t) : b;
  if (isNan(t, b)) return a;
  const sign = order(t, a, b)!;
  if (sign === 0) return a < b ? a : b;
  return sign > 0 ? a : b;
}

function exactQuotient(t: SoftFormat, a: Parts, b: Parts): bigint {
  const result = quotient(t, a, b);
  const parts = partsOf(t, result);
  const isWhole =
    parts.kind === 'finite' && (parts.exponent >= 0 || parts.significand % 2n ** BigInt(-parts.exponent) === 0n);
  return isWhole ? result : illegal('inexact');
}

type OfParts = (t: SoftFormat, a: Parts, b: Parts) => bigint;

function onParts(apply: OfParts): (t: SoftFormat, a: bigint, b: bigint) => bigint {
  return (t, a, b) => apply(t, partsOf(t, a), partsOf(t, b));
}

function thenInteger(rounding: IntegerRounding): OfParts {
  return (t, a, b) => toInteger(t, partsOf(t, quotient(t, a, b)), rounding);
}

/** Operations of two operands, as in floats.ts. */
export const SOFT_BINARY = {
  add: onParts(sum),
  sub: onParts((t, a, b) => sum(t, a, negated(b))),
  mul: onParts((t, a, b) => nearest(t, product(a, b))),
  div_float: onParts(quotient),
  div_trunc: onParts(thenInteger(INTEGER_ROUNDINGS.trunc_float)),
  div_floor: onParts(thenInteger(INTEGER_ROUNDINGS.floor)),
  div_exact: onParts(exactQuotient),
  rem: onParts(remainder),
  mod: onParts(modulus),
  min: least,
  max: greatest,
} as const satisfies Readonly<Record<string, (t: SoftFormat, a: bigint, b: bigint) => bigint>>;

function whole(name: keyof typeof INTEGER_ROUNDINGS): (t: SoftFormat, a: bigint) => bigint {
  return (t, a) => toInteger(t, partsOf(t, a), INTEGER_ROUNDINGS[name]);
}

/** Operations of one operand, as in floats.ts. */
export const SOFT_UNARY = {
  sqrt: (t, a) => rootOf(t, partsOf(t, a)),
  floor: whole('floor'),
  ceil: whole('ceil'),
  trunc_float: whole('trunc_float'),
  round: whole('round'),
} as const satisfies Readonly<Record<string, (t: SoftFormat, a: bigint) => bigint>>;

/** a * b + c rounded once. */
export function fusedMultiplyAdd(t: SoftFormat, a: bigint, b: bigint, c: bigint): bigint {
  return sum(t, product(partsOf(t, a), partsOf(t, b)), partsOf(t, c));
}

/** The float nearest to an integer. */
export function fromInteger(t: SoftFormat, v: bigint): bigint {
  return rounded(t, v < 0n, v < 0n ? -v : v, 0);
}

/** The whole part of a float; null for an infinity and a NaN. */
export function integerOf(t: SoftFormat, a: bigint): bigint | null {
  const parts = partsOf(t, a);
  if (parts.kind !== 'finite') return null;
  const magnitude =
    parts.exponent >= 0
      ? parts.significand * 2n ** BigInt(parts.exponent)
      : parts.significand / 2n ** BigInt(-parts.exponent);
  return parts.negative ? -magnitude : magnitude;
}

/** The float of format `to` nearest to one of format `from`. */
export function resized(from: SoftFormat, to: SoftFormat, a: bigint): bigint {
  return nearest(to, partsOf(from, a));
}
