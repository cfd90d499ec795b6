/**
 * Conservative value ranges of integers and floats, as pairs of doubles.
 *
 * Every value of the generator carries bounds that its run-time value never leaves. Bounds up to 2^53 are exact; larger
 * ones are rounded outward, so a range may be wider than the truth, never narrower. Knows types only by their limits. Invariant:
 * an infinite bound of an integer says nothing, so no lower one is `Infinity`, no upper one `-Infinity`, and none is NaN.
 */
import type { FloatBits } from '../../core/index.ts';
import { nearestPattern, numberOfPattern } from '../../core/index.ts';

const EXACT = 2 ** 53;

/** A lower bound that rounding cannot have lifted above the exact one; NaN, which sums and products of infinite ones give, is none. */
export function roundDown(bound: number): number {
  if (bound >= -EXACT && bound <= EXACT) return bound;
  if (Number.isNaN(bound)) return -Infinity;
  return bound === Infinity ? Number.MAX_VALUE : bound - Math.abs(bound) * 2 ** -50;
}

/** An upper bound that rounding cannot have pushed below the exact one; NaN is none. */
export function roundUp(bound: number): number {
  return -roundDown(-bound);
}

/** The float of `bits` bits nearest to `value`, a number of the host: wider formats have it as it is. */
export function roundTo(bits: FloatBits, value: number): number {
  switch (bits) {
    case 32:
      return Math.fround(value);
    case 16:
      return numberOfPattern(16, nearestPattern(16, value));
    case 64:
    case 80:
    case 128:
      return value;
  }
}

/** Least product of two ranges. */
export function productLow(aLow: number, aHigh: number, bLow: number, bHigh: number): number {
  return roundDown(Math.min(aLow * bLow, aLow * bHigh, aHigh * bLow, aHigh * bHigh));
}

/** Greatest product of two ranges. */
export function productHigh(aLow: number, aHigh: number, bLow: number, bHigh: number): number {
  return roundUp(Math.max(aLow * bLow, aLow * bHigh, aHigh * bLow, aHigh * bHigh));
}

/** Number of bits that hold every value of 0 .. high (high >= 0). */
export function bitsFor(high: number): number {
  let bits = 0;
  while (2 ** bits <= high) bits++;
  return bits;
}
