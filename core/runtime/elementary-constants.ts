/**
 * Constants of the elementary functions, computed with integers: 2/pi to the last bit that a float can ask for, pi/2 and
 * logarithms.
 *
 * Owns series and precision. Each is cut off below its last digit.
 */
import { FIXED_DIGITS, FRACTION_DIGITS } from './fixed-point.ts';

const DIGIT_BITS = 32;

/** Bits behind those that are kept, for what each term of a series loses. */
const GUARD = 64;

/** The sum of (sign)^k / ((2k + 1) n^(2k + 1)) times 2^bits: atan(1/n) for -1, atanh(1/n) for 1. */
function inverse(n: bigint, sign: 1n | -1n, bits: number): bigint {
  const square = n * n;
  let power = (1n << BigInt(bits)) / n;
  let sum = 0n;
  for (let k = 1n, s = 1n; power !== 0n; k += 2n, s *= sign) {
    sum += (s * power) / k;
    power /= square;
  }
  return sum;
}

/** pi times 2^bits, by Machin's formula. */
function pi(bits: number): bigint {
  const wide = bits + GUARD;
  return (16n * inverse(5n, -1n, wide) - 4n * inverse(239n, -1n, wide)) >> BigInt(GUARD);
}

/** Digits of `value`, the least first. */
function digitsOf(value: bigint, count: number): readonly number[] {
  return Array.from({ length: count }, (_, n) => Number(BigInt.asUintN(DIGIT_BITS, value >> BigInt(n * DIGIT_BITS))));
}

/** Zeros in front of the digits of 2/pi, for arguments that are small. */
export const LEADING_ZEROS = 6;

/** Digits of 2/pi behind the point: 2^16383 times it to {@link WINDOW} digits. */
const RECIPROCAL_DIGITS = 528;

/** Digits of 2/pi that one argument is multiplied by. */
export const WINDOW = 20;

/** 2/pi, the greatest digit first, behind {@link LEADING_ZEROS}. */
function twoOverPi(): readonly number[] {
  const bits = RECIPROCAL_DIGITS * DIGIT_BITS;
  const quotient = (1n << BigInt(2 * bits + 1)) / pi(bits);
  const digits = digitsOf(quotient, RECIPROCAL_DIGITS).toReversed();
  return [...Array.from({ length: LEADING_ZEROS }, () => 0), ...digits];
}

/** Number of digits in the table of 2/pi. */
export const TABLE_DIGITS = LEADING_ZEROS + RECIPROCAL_DIGITS;

/** Names of the constants in fixed point. */
export type FixedConstant = 'one' | 'half_pi' | 'ln2' | 'per_ln2' | 'log10_2' | 'per_ln10';

/** The data of the routines as AIR text: a table of 2/pi, and numbers in fixed point. */
export function constantsSource(): string {
  const bits = FRACTION_DIGITS * DIGIT_BITS;
  const wide = bits + GUARD;
  const one = 1n << BigInt(wide);
  const ln2 = 2n * inverse(3n, 1n, wide);
  const ln10 = 3n * ln2 + 2n * inverse(9n, 1n, wide);
  const values: Readonly<Record<FixedConstant, bigint>> = {
    one,
    half_pi: pi(wide) / 2n,
    ln2,
    per_ln2: (one * one) / ln2,
    log10_2: (one * ln2) / ln10,
    per_ln10: (one * one) / ln10,
  };
  const fixed = Object.entries(values).map(([name, value]) =>
    table(name, digitsOf(value >> BigInt(GUARD), FIXED_DIGITS)),
  );
  return [table('two_over_pi', twoOverPi()), ...fixed].join('');
}

function table(name: string, digits: readonly number[]): string {
  return `const @__elementary_${name} : [${digits.length}]u32 = .{ ${digits.join(', ')} }\n`;
}
