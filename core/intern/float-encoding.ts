/**
 * Floats of any format as exact numbers: sign, integer significand and a power of two, and back with one rounding.
 *
 * For constants: text, layout and the host's numbers go through here. Rounds to nearest, ties to even. The interpreter has a
 * rounding of its own.
 */
import type { FloatFormat } from './float-formats.ts';
import { infinityBits } from './float-formats.ts';

/** (-1)^negative * significand * 2^exponent. */
export interface ExactFloat {
  readonly negative: boolean;
  readonly significand: bigint;
  readonly exponent: number;
}

/** Bits of the significand, the leading one included. */
export function precisionOf({ fractionBits, storesLead }: FloatFormat): number {
  return storesLead ? fractionBits : fractionBits + 1;
}

/** Exponent of the last significand bit of subnormal numbers. */
export function leastExponent(format: FloatFormat): number {
  return 2 - 2 ** (format.exponentBits - 1) - (precisionOf(format) - 1);
}

/** The finite float with pattern `pattern`. */
export function decodeFloat(format: FloatFormat, pattern: bigint): ExactFloat {
  const { bits, exponentBits, fractionBits, storesLead } = format;
  const field = Number(BigInt.asUintN(exponentBits, pattern >> BigInt(fractionBits)));
  const fraction = BigInt.asUintN(fractionBits, pattern);
  return {
    negative: pattern >> BigInt(bits - 1) === 1n,
    significand: field === 0 || storesLead ? fraction : fraction | (1n << BigInt(fractionBits)),
    exponent: leastExponent(format) + Math.max(field, 1) - 1,
  };
}

/**
 * Pattern of the float nearest to a number, infinity if it is too great. `isMore`: the number is greater in magnitude than
 * the parts say, by less than one unit of the significand.
 */
export function encodeFloat(
  format: FloatFormat,
  { negative, significand, exponent }: ExactFloat,
  isMore = false,
): bigint {
  const sign = negative ? 1n << BigInt(format.bits - 1) : 0n;
  const precision = precisionOf(format);
  const least = leastExponent(format);
  const length = significand === 0n ? 0 : significand.toString(2).length;
  const target = Math.max(exponent + length - precision, least);
  const cut = target - exponent;
  let units = significand;
  if (cut > 0) {
    units = significand >> BigInt(cut);
    const rest = significand - (units << BigInt(cut));
    const half = 1n << BigInt(cut - 1);
    if (rest > half || (rest === half && (isMore || (units & 1n) === 1n))) units += 1n;
  } else {
    units <<= BigInt(-cut);
  }
  if (units === 0n) return sign;
  // A carry out of the significand moves to the next exponent by itself.
  const implied = 1n << BigInt(precision - 1);
  let field = BigInt(target - least) + 1n;
  if (units >= implied << 1n) {
    units >>= 1n;
    field += 1n;
  }
  if (units < implied) field = 0n;
  const infinite = infinityBits(format, negative);
  if (field >= (1n << BigInt(format.exponentBits)) - 1n) return infinite;
  const stored = format.storesLead ? units : units & (implied - 1n);
  return sign | (field << BigInt(format.fractionBits)) | stored;
}
