/**
 * sin, cos, tan, exp, exp2, log, log2 and log10 of floats: correctly rounded, in every format.
 *
 * A result is enclosed between two numbers by integers at a scale of 2^bits, with a bound of the error that is proven where it is
 * made, and rounded when both round to the same float; else there are twice as many bits (A. Ziv, 1991). Results that are
 * rational, which no number of bits would decide, are answered first: all others are transcendental, and never in the middle of two
 * floats. Shares nothing with the runtime library of core.
 */
import type { Parts, SoftFormat } from './soft-float.ts';
import { fromInteger, nearest, partsOf, quietNan, rounded } from './soft-float.ts';

/** The functions, by their instructions. */
export type Elementary = 'sin' | 'cos' | 'tan' | 'exp' | 'exp2' | 'log' | 'log2' | 'log10';

/** A number between middle - error and middle + error, in units of 2^exponent. */
interface Enclosure {
  readonly middle: bigint;
  readonly error: bigint;
  readonly exponent: number;
}

/** A finite number other than zero: value * 2^exponent. */
interface Dyadic {
  readonly value: bigint;
  readonly exponent: number;
}

function power2(n: number): bigint {
  return 2n ** BigInt(n);
}

/** The whole part of v * 2^n. */
function scaled(v: bigint, n: number): bigint {
  return n >= 0 ? v * power2(n) : v >> BigInt(-n);
}

function magnitude(v: bigint): bigint {
  return v < 0n ? -v : v;
}

/** Number of bits of a natural number. */
function lengthOf(v: bigint): number {
  return v === 0n ? 0 : v.toString(16).length * 4 - Math.clz32(parseInt(v.toString(16)[0]!, 16)) + 28;
}

/** A function of a scale, remembered for the greatest one: what is asked for less is cut off, which adds an error of 1. */
function remembered(make: (bits: number) => bigint): (bits: number) => bigint {
  let known = { bits: -1, value: 0n };
  return (bits) => {
    if (known.bits < bits) known = { bits, value: make(bits) };
    return known.value >> BigInt(known.bits - bits);
  };
}

/** atan(1 / n) * 2^bits; the error is below the number of terms, bits. */
function arcCotangent(n: bigint, bits: number): bigint {
  let power = power2(bits) / n;
  let sum = 0n;
  for (let k = 1n; power > 0n; k += 2n) {
    sum += k % 4n === 1n ? power / k : -(power / k);
    power /= n * n;
  }
  return sum;
}

/** pi / 2 * 2^bits with an error of at most 2: Gauss's formula with 40 more bits. */
const halfPi = remembered((bits) => {
  const wide = bits + 40;
  const quarter = 12n * arcCotangent(18n, wide) + 8n * arcCotangent(57n, wide) - 5n * arcCotangent(239n, wide);
  return (2n * quarter) >> 40n;
});

/** Error of {@link exponential}, for fewer than 2^20 bits. */
const POWER_ERROR = power2(10);

/** e^(r / 2^bits) * 2^bits for |r| <= 2^bits: halved ten times, squared ten times. */
function exponential(r: bigint, bits: number): bigint {
  const halvings = 10;
  const wide = bits + 2 * halvings;
  const one = power2(wide);
  // Each of at most `bits` terms loses less than 2, and ten squarings make 2^12 times as much of that, in units of 2^-20.
  const small = scaled(r, halvings);
  let term = one;
  let sum = one;
  for (let n = 1n; term !== 0n; n++) {
    term = (term * small) / one / n;
    sum += term;
  }
  for (let n = 0; n < halvings; n++) sum = (sum * sum) / one;
  return sum >> BigInt(2 * halvings);
}

/**
 * ln(m / 2^bits) * 2^bits for a number from 3/4 to 3/2: Halley's method on e^y = m, and what is left of m / e^y as the error.
 */
function logarithm(m: bigint, bits: number): { readonly middle: bigint; readonly error: bigint } {
  const one = power2(bits);
  let y = scaled(BigInt(Math.round(Math.log(Number((m * power2(60)) >> BigInt(bits)) / 2 ** 60) * 2 ** 52)), bits - 52);
  for (let right = 40; ; right *= 3) {
    const power = exponential(y, bits);
    // |ln(m / e^y)| <= 2 |m - e^y| for numbers in this range.
    if (right > bits) return { middle: y, error: 2n * (magnitude(m - power) + POWER_ERROR) };
    y += (2n * one * (m - power)) / (m + power);
  }
}

/** Error of {@link ln2}: three logarithms, each of them wrong by a little more than twice what a power is. */
const LN2_ERROR = power2(14);

/** ln 2 * 2^bits: it is 2 ln(4/3) - ln(8/9). */
const ln2 = remembered((bits) => {
  const parts = [power2(bits + 2) / 3n, power2(bits + 3) / 9n].map((m) => logarithm(m, bits).middle);
  return 2n * parts[0]! - parts[1]!;
});

/** Error of {@link ln10}. */
const LN10_ERROR = 4n * LN2_ERROR;

/** ln 10 * 2^bits: it is 3 ln 2 + ln(5/4). */
const ln10 = remembered((bits) => 3n * ln2(bits) + logarithm((5n * power2(bits)) / 4n, bits).middle);

/** What e^x and 2^x are told to be where no format has them. */
const BEYOND = 200_000;

function outOfRange(negative: boolean): Enclosure {
  return { middle: 1n, error: 0n, exponent: negative ? -BEYOND : BEYOND };
}

/** e^r * 2^n for |r| <= 1. */
function scaledPower(r: bigint, rError: bigint, n: number, bits: number): Enclosure {
  // e^(r + d) <= e^r + 4 d, where both are at most e.
  return { middle: exponential(r, bits), error: POWER_ERROR + 4n * rError, exponent: n - bits };
}

/** The exponent of the leading bit. */
function orderOf({ value, exponent }: Dyadic): number {
  return lengthOf(magnitude(value)) + exponent - 1;
}

function powerOfE(x: Dyadic, bits: number): Enclosure {
  const order = orderOf(x);
  if (order > 15) return outOfRange(x.value < 0n);
  // x = n ln 2 + r. The error of ln 2 grows by n, and shrinks with what is cut off.
  const wide = bits + 14;
  const exact = scaled(x.value, x.exponent + wide);
  const n = (2n * exact + ln2(wide)) / (2n * ln2(wide)) - (exact < 0n ? 1n : 0n);
  return scaledPower((exact - n * ln2(wide)) >> 14n, magnitude(n) + 2n, Number(n), bits);
}

function powerOf2(x: Dyadic, bits: number): Enclosure {
  if (orderOf(x) > 15) return outOfRange(x.value < 0n);
  const n = scaled(x.value, x.exponent);
  const fraction = x.exponent >= 0 ? 0n : x.value - n * power2(-x.exponent);
  const r = scaled(fraction * ln2(bits), x.exponent);
  return scaledPower(r, LN2_ERROR + 1n, Number(n), bits);
}

/** ln m and n of m * 2^n = x, with m from 3/4 to 3/2. */
function splitLogarithm(x: Dyadic, bits: number) {
  const order = orderOf(x);
  const isUpper = 2n * x.value >= 3n * scaled(1n, lengthOf(x.value) - 1);
  const n = isUpper ? order + 1 : order;
  return { n: BigInt(n), ...logarithm(scaled(x.value, x.exponent - n + bits), bits) };
}

/** The bits that logarithms have to have behind the point: a number may be as close to 1 as it has bits. */
function bitsFor(x: Dyadic, bits: number): number {
  return bits + lengthOf(x.value) + 8;
}

function naturalLogarithm(x: Dyadic, least: number): Enclosure {
  const bits = bitsFor(x, least);
  const { n, middle, error } = splitLogarithm(x, bits);
  return { middle: n * ln2(bits) + middle, error: error + magnitude(n) * LN2_ERROR, exponent: -bits };
}

function binaryLogarithm(x: Dyadic, least: number): Enclosure {
  const bits = bitsFor(x, least);
  const { n, middle, error } = splitLogarithm(x, bits);
  // The quotient is at most 1 and by at most 1.5 times as wrong as both together.
  const one = power2(bits);
  return { middle: n * one + (middle * one) / ln2(bits), error: 2n * (error + LN2_ERROR), exponent: -bits };
}

function decimalLogarithm(x: Dyadic, bits: number): Enclosure {
  const { middle, error, exponent } = naturalLogarithm(x, bits);
  // ln 10 is above 2, and the quotient below 2^13.
  return { middle: (middle * power2(-exponent)) / ln10(-exponent), error: error + power2(13) * LN10_ERROR, exponent };
}

/** Sine and cosine of r / 2^bits for |r| <= 2^bits, each with an error below the number of terms, bits. */
function circle(r: bigint, bits: number): { readonly sine: bigint; readonly cosine: bigint } {
  const one = power2(bits);
  const parts = [one, 0n];
  let term = one;
  for (let n = 1; term !== 0n; n++) {
    term = (term * r) / one / BigInt(n);
    parts[n % 2]! += n % 4 < 2 ? term : -term;
  }
  return { sine: parts[1]!, cosine: parts[0]! };
}

/** x = n pi/2 + r: sine and cosine of x at a scale of 2^bits. */
function turned(x: Dyadic, bits: number) {
  const extra = Math.max(0, orderOf(x)) + 8;
  const half = halfPi(bits + extra);
  const exact = scaled(x.value, x.exponent + bits + extra);
  const moved = exact + half / 2n;
  const turns = (moved < 0n ? moved - half + 1n : moved) / half;
  const { sine, cosine } = circle((exact - turns * half) >> BigInt(extra), bits);
  // r is wrong by 2 at most: n times the error of half a pi, cut off by as many bits as n has and more.
  const error = BigInt(bits) + 8n;
  const quadrant = Number(BigInt.asUintN(2, turns));
  const [s, c] = quadrant % 2 === 0 ? [sine, cosine] : [cosine, -sine];
  return quadrant < 2 ? { sine: s, cosine: c, error } : { sine: -s, cosine: -c, error };
}

function sineOf(x: Dyadic, bits: number): Enclosure {
  const { sine, error } = turned(x, bits);
  return { middle: sine, error, exponent: -bits };
}

function cosineOf(x: Dyadic, bits: number): Enclosure {
  const { cosine, error } = turned(x, bits);
  return { middle: cosine, error, exponent: -bits };
}

function tangentOf(x: Dyadic, bits: number): Enclosure {
  const { sine, cosine, error } = turned(x, bits);
  const one = power2(bits);
  const least = magnitude(cosine) - error;
  // Not known at all while the cosine may be zero.
  if (least <= 0n) return { middle: 0n, error: one, exponent: 0 };
  const middle = (sine * one) / cosine;
  return { middle, error: (error * (one + magnitude(middle))) / least + 2n, exponent: -bits };
}

const ENCLOSURES: Readonly<Record<Elementary, (x: Dyadic, bits: number) => Enclosure>> = {
  sin: sineOf,
  cos: cosineOf,
  tan: tangentOf,
  exp: powerOfE,
  exp2: powerOf2,
  log: naturalLogarithm,
  log2: binaryLogarithm,
  log10: decimalLogarithm,
};

/** The float that every number of an enclosure rounds to; null if there are two. */
function decided(t: SoftFormat, { middle, error, exponent }: Enclosure): bigint | null {
  const [low, high] = [middle - error, middle + error];
  if (low < 0n !== high < 0n || low === 0n) return null;
  const [a, b] = [low, high].map((v) => rounded(t, v < 0n, magnitude(v), exponent));
  return a === b ? a! : null;
}

/** Whether x is so small that x + x^3 and 1 + x round to x and 1. */
function isTiny(t: SoftFormat, x: Dyadic, times: number): boolean {
  return orderOf(x) * times < -t.precision - 3;
}

/** The integer that is the logarithm of x to `base`, or null. */
function wholeLogarithm(x: Dyadic, base: 2 | 10): bigint | null {
  if (base === 2) return BigInt(lengthOf(x.value)) === trailing(x.value) + 1n ? BigInt(orderOf(x)) : null;
  // 10^n has n zero bits at the end.
  const n = trailing(x.value) + BigInt(x.exponent);
  if (n < 0n || Number(n) * 3 > orderOf(x)) return null;
  return scaled(10n ** n, -x.exponent) === x.value ? n : null;
}

/** Number of zero bits below the last one. */
function trailing(v: bigint): bigint {
  return BigInt(lengthOf(v & -v) - 1);
}

/** A result that is known without computing; null: there is none. */
function known(name: Elementary, t: SoftFormat, x: Dyadic): bigint | null {
  const integer = (n: bigint | null): bigint | null => (n === null ? null : fromInteger(t, n));
  switch (name) {
    case 'sin':
    case 'tan':
      return isTiny(t, x, 2) ? rounded(t, x.value < 0n, magnitude(x.value), x.exponent) : null;
    case 'cos':
      return isTiny(t, x, 2) ? fromInteger(t, 1n) : null;
    case 'exp':
      return isTiny(t, x, 1) ? fromInteger(t, 1n) : null;
    case 'exp2': {
      if (isTiny(t, x, 1)) return fromInteger(t, 1n);
      if (orderOf(x) > 15 || (x.exponent < 0 && trailing(x.value) < BigInt(-x.exponent))) return null;
      return rounded(t, false, 1n, Number(scaled(x.value, x.exponent)));
    }
    case 'log':
      return wholeLogarithm(x, 2) === 0n ? fromInteger(t, 0n) : null;
    case 'log2':
      return integer(wholeLogarithm(x, 2));
    case 'log10':
      return integer(wholeLogarithm(x, 10));
  }
}

/** What a function is of zero, of infinities and of negative numbers; null: something else. */
function special(name: Elementary, t: SoftFormat, x: Parts): bigint | null {
  const infinite = (negative: boolean): bigint =>
    nearest(t, { kind: 'infinite', negative, significand: 0n, exponent: 0 });
  const isZero = x.kind === 'finite' && x.significand === 0n;
  if (x.kind === 'nan') return quietNan(t);
  switch (name) {
    case 'sin':
    case 'tan':
      return isZero ? nearest(t, x) : x.kind === 'infinite' ? quietNan(t) : null;
    case 'cos':
      return isZero ? fromInteger(t, 1n) : x.kind === 'infinite' ? quietNan(t) : null;
    case 'exp':
    case 'exp2':
      if (isZero) return fromInteger(t, 1n);
      if (x.kind !== 'infinite') return null;
      return x.negative ? fromInteger(t, 0n) : infinite(false);
    case 'log':
    case 'log2':
    case 'log10':
      if (isZero) return infinite(true);
      if (x.negative) return quietNan(t);
      return x.kind === 'infinite' ? infinite(false) : null;
  }
}

/** The float nearest to the function of a float, each as a pattern. */
export function elementary(name: Elementary, t: SoftFormat, pattern: bigint): bigint {
  const parts = partsOf(t, pattern);
  const answer = special(name, t, parts);
  if (answer !== null) return answer;
  const x = { value: parts.negative ? -parts.significand : parts.significand, exponent: parts.exponent };
  const exact = known(name, t, x);
  if (exact !== null) return exact;
  for (let bits = t.precision + 60; ; bits *= 2) {
    const result = decided(t, ENCLOSURES[name](x, bits));
    if (result !== null) return result;
  }
}
