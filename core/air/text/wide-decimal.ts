/**
 * Decimals of the float formats that the host does not have, by exact arithmetic.
 *
 * Owns reading with one rounding and the shortest decimal that reads back to the same bits, of f16, f80 and f128.
 */
import type { ExactFloat } from '../../intern/float-encoding.ts';
import { decodeFloat, encodeFloat, precisionOf } from '../../intern/float-encoding.ts';
import type { FloatFormat } from '../../intern/float-formats.ts';
import { infinityBits } from '../../intern/float-formats.ts';

/** digits * 10^power. */
interface Decimal {
  readonly digits: bigint;
  readonly power: number;
}

/** Beyond this power of ten every format has only zero or infinity. */
const POWER_LIMIT = 6000;

/** Pattern of the float nearest to decimal `text` (no sign), or null if that is infinite. */
export function readWideDecimal(format: FloatFormat, text: string, negative: boolean): bigint | null {
  const [mantissa = '0', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const digits = BigInt(whole + fraction);
  const power = Math.max(-POWER_LIMIT - text.length, Math.min(POWER_LIMIT, Number(exponent))) - fraction.length;
  const pattern = nearest(format, { digits, power }, negative);
  return pattern === infinityBits(format, negative) ? null : pattern;
}

function nearest(format: FloatFormat, { digits, power }: Decimal, negative: boolean): bigint {
  if (power >= 0) return encodeFloat(format, { negative, significand: digits * 10n ** BigInt(power), exponent: 0 });
  const divisor = 10n ** BigInt(-power);
  // Enough bits that the quotient decides every rounding but that of an exact tie.
  const shift = Math.max(0, precisionOf(format) + 3 + bitLength(divisor) - (digits === 0n ? 1 : bitLength(digits)));
  const scaled = digits << BigInt(shift);
  const significand = scaled / divisor;
  return encodeFloat(format, { negative, significand, exponent: -shift }, significand * divisor !== scaled);
}

/** Shortest decimal that reads back to the finite float `pattern`. */
export function formatWideDecimal(format: FloatFormat, pattern: bigint): string {
  const { negative, significand, exponent } = decodeFloat(format, pattern);
  const sign = negative ? '-' : '';
  if (significand === 0n) return `${sign}0.0`;
  const exact: ExactFloat = { negative: false, significand, exponent };
  const magnitude = BigInt.asUintN(format.bits - 1, pattern);
  const decimalOf = (count: number): Decimal | null => {
    const decimal = rounded(exact, count);
    return nearest(format, decimal, false) === magnitude ? decimal : null;
  };
  // Between two powers of two, neighbours are equally far, so what reads back with n digits does with more.
  const isBetween = (significand & (significand - 1n)) !== 0n;
  let [wrong, count] = [0, 1];
  let found = decimalOf(count);
  while (found === null) {
    wrong = count;
    count = isBetween ? 2 * count : count + 1;
    found = decimalOf(count);
  }
  while (count - wrong > 1) {
    const middle = (wrong + count) >> 1;
    const decimal = decimalOf(middle);
    if (decimal === null) wrong = middle;
    else [count, found] = [middle, decimal];
  }
  return sign + spell(found);
}

/** Bits of a positive number up to its highest one. */
function bitLength(value: bigint): number {
  const text = value.toString(16);
  return 4 * text.length - (Math.clz32(parseInt(text[0]!, 16)) - 28);
}

/** The decimal of `count` digits nearest to a positive number. */
function rounded({ significand, exponent }: ExactFloat, count: number): Decimal {
  const numerator = exponent >= 0 ? significand << BigInt(exponent) : significand;
  const denominator = exponent >= 0 ? 1n : 1n << BigInt(-exponent);
  // The exact number of digits in front of the point, or one more.
  const bits = bitLength(significand) + exponent;
  let power = Math.ceil(bits * Math.log10(2)) - count;
  const quotient = (): bigint => {
    const top = power < 0 ? numerator * 10n ** BigInt(-power) : numerator;
    const bottom = power > 0 ? denominator * 10n ** BigInt(power) : denominator;
    return (2n * top + bottom) / (2n * bottom);
  };
  let digits = quotient();
  while (digits.toString().length < count) {
    power--;
    digits = quotient();
  }
  while (digits % 10n === 0n) {
    digits /= 10n;
    power++;
  }
  return { digits, power };
}

/** As the host spells its own: plain between 1e-7 and 1e21. */
function spell({ digits, power }: Decimal): string {
  const text = digits.toString();
  const point = text.length + power;
  if (point > 21 || point < -5) {
    const fraction = text.length > 1 ? `.${text.slice(1)}` : '';
    return `${text[0]!}${fraction}e${point - 1}`;
  }
  if (power >= 0) return `${text}${'0'.repeat(power)}.0`;
  if (point > 0) return `${text.slice(0, point)}.${text.slice(point)}`;
  return `0.${'0'.repeat(-point)}${text}`;
}
