/**
 * Bit patterns of the float formats that the host does not have, mostly where roundings go wrong.
 *
 * Owns the choice: limits of the format and their neighbours, ties, numbers of the host, and significands that meet others a
 * few bits apart. A NaN is always a quiet one.
 */
import type { FloatBits, FloatFormat } from '../../core/index.ts';
import { FLOAT_FORMATS, infinityBits, isNanPattern, nearestPattern, quietNanBits } from '../../core/index.ts';
import type { RandomStream } from '../model/random.ts';

/** Bits of the fraction that lie behind the leading bit. */
function fractionLength({ fractionBits, storesLead }: FloatFormat): number {
  return storesLead ? fractionBits - 1 : fractionBits;
}

/** The pattern of an exponent field and the fraction behind the leading bit. */
function patternOf(format: FloatFormat, negative: boolean, field: number, fraction: bigint): bigint {
  const length = BigInt(fractionLength(format));
  const lead = format.storesLead && field > 0 ? 1n << length : 0n;
  const magnitude = (BigInt(field) << BigInt(format.fractionBits)) | lead | BigInt.asUintN(Number(length), fraction);
  return negative ? magnitude | (1n << BigInt(format.bits - 1)) : magnitude;
}

function randomBits(r: RandomStream): bigint {
  let value = 0n;
  for (let n = 0; n < 4; n++) value = (value << 32n) | BigInt(r.u32());
  return value;
}

/** A significand of few ones, of few zeros, or of any bits. */
function drawFraction(r: RandomStream, format: FloatFormat): bigint {
  const length = fractionLength(format);
  switch (r.below(5)) {
    case 0:
      return 0n;
    case 1:
      return BigInt(r.between(-3, 3));
    case 2:
      return 1n << BigInt(r.below(length));
    case 3:
      return -(1n << BigInt(r.below(length)));
    default:
      return randomBits(r);
  }
}

/** Draws the pattern of a number near 1 whose significand has ones everywhere: what products of it lose shows. */
export function drawLongPattern(r: RandomStream, bits: FloatBits): bigint {
  const format = FLOAT_FORMATS[bits];
  const bias = 2 ** (format.exponentBits - 1) - 1;
  return patternOf(format, r.chance(128), bias + r.between(-4, 5), randomBits(r));
}

/** Draws a number that lies next to the middle of two f16, so near that an f32 in between would be just the middle. */
export function drawNearHalfTie(r: RandomStream): number {
  const middle = (r.between(1024, 2047) + 0.5) * 2 ** r.between(-24, 5);
  return (r.chance(128) ? middle : -middle) * (r.chance(128) ? 1 + 2 ** -30 : 1 - 2 ** -30);
}

/** Draws the pattern of a float of `bits` bits; `numbers` are those of the host that are worth trying. */
export function drawSoftPattern(r: RandomStream, bits: FloatBits, numbers: readonly number[]): bigint {
  const format = FLOAT_FORMATS[bits];
  const top = 2 ** format.exponentBits - 1;
  const bias = top >> 1;
  const negative = r.chance(100);
  switch (r.below(16)) {
    case 0: {
      const any = patternOf(format, negative, r.below(top + 1), randomBits(r));
      return isNanPattern(format, any) ? any | quietNanBits(format) : any;
    }
    case 1:
      return r.chance(128) ? quietNanBits(format) | BigInt(r.below(512)) : infinityBits(format, negative);
    case 2: // subnormals, and the first normal numbers
      return patternOf(format, negative, r.below(3), drawFraction(r, format));
    case 3: // the greatest numbers
      return patternOf(format, negative, top - 1 - r.below(2), drawFraction(r, format));
    case 4:
    case 5:
    case 6:
      return nearestPattern(bits, r.between(-100, 200) / r.pick([1, 2, 2, 4, 8]));
    case 7:
    case 8:
      return nearestPattern(bits, r.pick(numbers));
    case 9: // limits of integers
      return patternOf(
        format,
        negative,
        Math.min(top - 1, bias + r.pick([6, 7, 8, 15, 16, 31, 32, 63, 64])),
        drawFraction(r, format),
      );
    case 10: // numbers whose last bits are halves
      return patternOf(
        format,
        negative,
        Math.min(top - 1, bias + fractionLength(format) - r.below(3)),
        drawFraction(r, format),
      );
    case 11: // numbers whose product is near the least numbers
      return patternOf(
        format,
        negative,
        Math.max(0, (bias >> 1) - r.below(fractionLength(format))),
        drawFraction(r, format),
      );
    default:
      return patternOf(format, negative, bias + r.between(-4, 5), drawFraction(r, format));
  }
}
