/**
 * The binary interchange formats of IEEE 754 that float types have, as data.
 *
 * Owns widths and field sizes; computes nothing with floats. A new format is a new width here, and every switch over
 * FloatBits then names a place that owes an answer. Source: IEEE 754-2019, table 3.5.
 */

/** Widths of the float types in bits. */
export type FloatBits = 32 | 64;

/** Layout of a float: sign, exponent and fraction from the top bit down, the leading significand bit implied. */
export interface FloatFormat {
  readonly bits: FloatBits;
  readonly exponentBits: number;
  /** Stored bits of the significand. */
  readonly fractionBits: number;
}

/** All formats by width. */
export const FLOAT_FORMATS: Readonly<Record<FloatBits, FloatFormat>> = {
  32: { bits: 32, exponentBits: 8, fractionBits: 23 },
  64: { bits: 64, exponentBits: 11, fractionBits: 52 },
};

/** Pattern of infinity. */
export function infinityBits(format: FloatFormat, negative: boolean): bigint {
  const magnitude = ((1n << BigInt(format.exponentBits)) - 1n) << BigInt(format.fractionBits);
  return negative ? magnitude | (1n << BigInt(format.bits - 1)) : magnitude;
}

/** Whether `pattern` (0 <= pattern < 2^bits) is a NaN: greater than infinity, the sign aside. */
export function isNanPattern(format: FloatFormat, pattern: bigint): boolean {
  return BigInt.asUintN(format.bits - 1, pattern) > infinityBits(format, false);
}

/** Pattern of the quiet NaN without payload and sign. */
export function quietNanBits(format: FloatFormat): bigint {
  return infinityBits(format, false) | (1n << BigInt(format.fractionBits - 1));
}
