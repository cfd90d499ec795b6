/**
 * Size and alignment arithmetic on non-negative safe integers. Deliberately tiny: no value arithmetic of the language
 * lives here, because the interpreter and the code generator must not share any.
 */

/** Least multiple of `align` that is >= `value`; `align` is a power of two; exact up to 2^53. */
export function alignForward(value: number, align: number): number {
  const rest = value % align;
  return rest === 0 ? value : value + (align - rest);
}

/** Exponent of a power of two. */
export function log2Exact(value: number): number {
  return 31 - Math.clz32(value);
}

/** Least power of two >= `value`, for 1 <= value <= 2^31. */
export function ceilPowerOfTwo(value: number): number {
  return value <= 1 ? 1 : 2 ** (32 - Math.clz32(value - 1));
}

/** 0 to `count` - 1, in a new array. */
export function indexesTo(count: number): number[] {
  const indexes: number[] = [];
  for (let n = 0; n < count; n++) indexes.push(n);
  return indexes;
}
