/**
 * The binary formats that float types have, as data.
 *
 * Owns widths and field sizes; computes nothing with floats. A new format is a new width here, and every switch over
 * FloatBits then names a place that owes an answer. Source: IEEE 754-2019, table 3.5; for 80 bits the extended format of the
 * x87 (Intel SDM volume 1, 4.2.2).
 */

/** Widths of the float types in bits. */
export type FloatBits = 16 | 32 | 64 | 80 | 128;

/** Layout of a float: sign, exponent and fraction from the top bit down. */
export interface FloatFormat {
  readonly bits: FloatBits;
  readonly exponentBits: number;
  /** Stored bits of the significand, its leading bit included where that is stored. */
  readonly fractionBits: number;
  /** Whether the leading bit of the significand is stored: it is 1 unless the exponent field is 0. */
  readonly storesLead: boolean;
}

/** All formats by width. */
export const FLOAT_FORMATS: Readonly<Record<FloatBits, FloatFormat>> = {
  16: { bits: 16, exponentBits: 5, fractionBits: 10, storesLead: false },
  32: { bits: 32, exponentBits: 8, fractionBits: 23, storesLead: false },
  64: { bits: 64, exponentBits: 11, fractionBits: 52, storesLead: false },
  80: { bits: 80, exponentBits: 15, fractionBits: 64, storesLead: true },
  128: { bits: 128, exponentBits: 15, fractionBits: 112, storesLead: false },
};

/** Whether floats of `bits` bits have no wasm instructions of their own: f16, f80, f128. */
export function isSoftFloat(bits: FloatBits): boolean {
  return bits !== 32 && bits !== 64;
}

/** Pattern of infinity. */
export function infinityBits(format: FloatFormat, negative: boolean): bigint {
  const { bits, exponentBits, fractionBits, storesLead } = format;
  let magnitude = ((1n << BigInt(exponentBits)) - 1n) << BigInt(fractionBits);
  if (storesLead) magnitude |= 1n << BigInt(fractionBits - 1);
  return negative ? magnitude | (1n << BigInt(bits - 1)) : magnitude;
}

/** Whether `pattern` (0 <= pattern < 2^bits) is a NaN: greater than infinity, the sign aside. */
export function isNanPattern(format: FloatFormat, pattern: bigint): boolean {
  return BigInt.asUintN(format.bits - 1, pattern) > infinityBits(format, false);
}

/** Pattern of the quiet NaN without payload and sign. */
export function quietNanBits(format: FloatFormat): bigint {
  return infinityBits(format, false) | (1n << BigInt(format.fractionBits - (format.storesLead ? 2 : 1)));
}

/**
 * Whether `pattern` is the pattern of a value: where the leading bit of the significand is stored, it is 0 exactly if the
 * exponent field is.
 */
export function isFloatPattern(format: FloatFormat, pattern: bigint): boolean {
  if (!format.storesLead) return true;
  const exponent = BigInt.asUintN(format.exponentBits, pattern >> BigInt(format.fractionBits));
  const lead = BigInt.asUintN(1, pattern >> BigInt(format.fractionBits - 1));
  return (exponent !== 0n) === (lead === 1n);
}
