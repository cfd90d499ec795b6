/**
 * A second definition of float arithmetic, for the tests: exact fractions of bigints, rounded to a format by search for the
 * nearest number. It uses no float operation but the decoding of its operands.
 */

/** A binary IEEE format. */
export interface Format {
  readonly name: 'f32' | 'f64';
  readonly precision: number;
  /** Exponent of the unit of subnormal numbers. */
  readonly least: number;
  /** Greatest exponent of the unit of a number. */
  readonly greatest: number;
}

/** binary32. */
export const F32: Format = { name: 'f32', precision: 24, least: -149, greatest: 104 };
/** binary64. */
export const F64: Format = { name: 'f64', precision: 53, least: -1074, greatest: 971 };

/** A fraction with a positive denominator. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

/** The exact value of a finite number. */
export function fractionOf(v: number): Fraction {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, v);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const mantissa = (bits & ((1n << 52n) - 1n)) | (exponent === 0 ? 0n : 1n << 52n);
  const scale = Math.max(exponent, 1) - 1075;
  const n = bits >> 63n === 1n ? -mantissa : mantissa;
  return scale >= 0 ? { n: n << BigInt(scale), d: 1n } : { n, d: 1n << BigInt(-scale) };
}

function magnitude(v: bigint): bigint {
  return v < 0n ? -v : v;
}

/** The number of a format nearest to a fraction, ties to even; `zeroSign` where it is zero. */
export function nearest({ n, d }: Fraction, format: Format, zeroSign: 1 | -1 = 1): number {
  if (n === 0n) return zeroSign * 0;
  const sign = n < 0n ? -1 : 1;
  const limit = 1n << BigInt(format.precision);
  let low = format.least;
  // The least unit that leaves no more digits than the format has.
  let high = format.greatest + 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (unitsOf(n, d, middle).whole < limit) high = middle;
    else low = middle + 1;
  }
  const { whole, rest, of } = unitsOf(n, d, low);
  const up = rest * 2n > of || (rest * 2n === of && whole % 2n === 1n);
  const units = whole + (up ? 1n : 0n);
  if (low > format.greatest || (low === format.greatest && units >= limit)) return sign * Infinity;
  return sign * Number(units) * 2 ** low;
}

/** |n / d| in units of 2^exponent: whole ones, and the rest as a part of `of`. */
function unitsOf(n: bigint, d: bigint, exponent: number): { whole: bigint; rest: bigint; of: bigint } {
  const top = exponent < 0 ? magnitude(n) << BigInt(-exponent) : magnitude(n);
  const of = exponent < 0 ? d : d << BigInt(exponent);
  return { whole: top / of, rest: top % of, of };
}

function isMinus(v: number): boolean {
  return v < 0 || Object.is(v, -0);
}

function signsProduct(a: number, b: number): 1 | -1 {
  return isMinus(a) === isMinus(b) ? 1 : -1;
}

/** a + b. */
export function sum(a: number, b: number, format: Format): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return NaN;
  if (!Number.isFinite(a)) return b === -a ? NaN : a;
  if (!Number.isFinite(b)) return b;
  const x = fractionOf(a);
  const y = fractionOf(b);
  return nearest({ n: x.n * y.d + y.n * x.d, d: x.d * y.d }, format, isMinus(a) && isMinus(b) ? -1 : 1);
}

/** a * b. */
export function product(a: number, b: number, format: Format): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return NaN;
  const sign = signsProduct(a, b);
  if (!Number.isFinite(a) || !Number.isFinite(b)) return a === 0 || b === 0 ? NaN : sign * Infinity;
  const x = fractionOf(a);
  const y = fractionOf(b);
  return nearest({ n: x.n * y.n, d: x.d * y.d }, format, sign);
}

/** a / b. */
export function quotient(a: number, b: number, format: Format): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return NaN;
  const sign = signsProduct(a, b);
  if (!Number.isFinite(a)) return Number.isFinite(b) ? sign * Infinity : NaN;
  if (!Number.isFinite(b)) return sign * 0;
  if (b === 0) return a === 0 ? NaN : sign * Infinity;
  const x = fractionOf(a);
  const y = fractionOf(b);
  const bottom = y.n < 0n ? -y.n : y.n;
  return nearest({ n: (y.n < 0n ? -x.n : x.n) * y.d, d: x.d * bottom }, format, sign);
}

/** a - trunc(a / b) * b. */
export function remainder(a: number, b: number, format: Format): number {
  if (Number.isNaN(a) || Number.isNaN(b) || !Number.isFinite(a) || b === 0) return NaN;
  if (!Number.isFinite(b)) return a;
  const x = fractionOf(a);
  const y = fractionOf(b);
  return nearest({ n: (x.n * y.d) % (y.n * x.d), d: x.d * y.d }, format, isMinus(a) ? -1 : 1);
}

/** Square root of a number that is not negative and finite, rounded to nearest. */
export function root(v: number, format: Format): number {
  const { n, d } = fractionOf(v);
  // A root of more digits than the format has, and whether anything is left, decide the rounding.
  const shift = 600n;
  const scaled = (n << (2n * shift)) / d;
  const whole = integerRoot(scaled);
  const sticky = whole * whole === scaled && scaled * d === n << (2n * shift) ? 0n : 1n;
  return nearest({ n: whole * 2n + sticky, d: 1n << (shift + 1n) }, format);
}

function integerRoot(v: bigint): bigint {
  if (v < 2n) return v;
  let guess = 1n << BigInt((v.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (guess + v / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}

/** Floor of a finite number, as an integer. */
export function floorOf(v: number): bigint {
  const { n, d } = fractionOf(v);
  return n < 0n && n % d !== 0n ? n / d - 1n : n / d;
}

/** Bit pattern; the canonical one of a NaN. */
export function bitsOf(v: number, { name }: Format): bigint {
  const view = new DataView(new ArrayBuffer(8));
  if (Number.isNaN(v)) return name === 'f32' ? 0x7fc0_0000n : 0x7ff8_0000_0000_0000n;
  if (name === 'f32') view.setFloat32(0, v);
  else view.setFloat64(0, v);
  return name === 'f32' ? BigInt(view.getUint32(0)) : view.getBigUint64(0);
}

/** Numbers of a format at which arithmetic changes its ways, and some ordinary ones. */
export function interestingNumbers(format: Format): number[] {
  const ulp = 2 ** (1 - format.precision);
  const top = 2 ** (format.precision - 1);
  const tiny = 2 ** format.least;
  const normal = tiny * top;
  const huge = (2 - ulp) * 2 ** (format.greatest + format.precision - 1);
  const positive = [
    ...[0, tiny, tiny * 3, normal - tiny, normal, normal + tiny],
    ...[0.5 - ulp / 4, 0.5, 0.5 + ulp / 2, 1 - ulp / 2, 1, 1 + ulp, 1.5, 2.5, 3, 7.75, 1 / 3, Math.PI, 1e10, 123456789],
    ...[top / 2 - 0.5, top / 2 + 0.5, top - 0.5, top - 1, top, top + 1, 2 * top - 1, 2 * top, 4 * top],
    ...[2 ** 31, 2 ** 31 - 1, 2 ** 32, 2 ** 63, 2 ** 64, huge / 2, huge, Infinity],
  ].map((v) => (format.name === 'f32' ? Math.fround(v) : v));
  return [...new Set(positive)].flatMap((v) => [v, -v]).concat(NaN);
}
