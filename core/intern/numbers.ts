/**
 * Numbers as interned constants: bit patterns of any width, and floats from numbers of the host.
 *
 * Owns the conversions between bigints or JS numbers and the pool's words. What is rounded is rounded once, to nearest: by
 * the host for its own formats, by float-encoding.ts for others. Knows nothing of text.
 */
import { decodeFloat, encodeFloat } from './float-encoding.ts';
import type { FloatBits } from './float-formats.ts';
import { FLOAT_FORMATS, infinityBits, isNanPattern, quietNanBits } from './float-formats.ts';
import type { InternPool } from './intern-pool.ts';
import { intWordCount, readIntWords } from './int-words.ts';
import type { IpIndex } from './keys.ts';
import type { PoolReader } from './pool-reader.ts';

/** 32-bit words of the bit pattern of an int or float value. */
export function patternWords(pool: PoolReader, value: IpIndex): number {
  const ty = pool.typeOf(value);
  return pool.isFloat(ty) ? (pool.floatBits(ty) + 31) >> 5 : intWordCount(pool.intBits(ty));
}

/** Bit pattern of a float value. */
export function floatPattern(pool: PoolReader, value: IpIndex): bigint {
  return readIntWords((n) => pool.patternWord(value, n), patternWords(pool, value));
}

/** Pattern of the float of `bits` bits nearest to `value`; a NaN is the quiet NaN. */
export function nearestPattern(bits: FloatBits, value: number): bigint {
  if (Number.isNaN(value)) return quietNanBits(FLOAT_FORMATS[bits]);
  const view = new DataView(new ArrayBuffer(8));
  switch (bits) {
    case 32:
      view.setFloat32(0, value);
      return BigInt(view.getUint32(0));
    case 64:
      view.setFloat64(0, value);
      return view.getBigUint64(0);
    case 16:
    case 80:
    case 128:
      return convertPattern(64, bits, nearestPattern(64, value));
  }
}

/** Pattern of the float of `to` bits nearest to the one of `from` bits with pattern `pattern`, which is no NaN. */
function convertPattern(from: FloatBits, to: FloatBits, pattern: bigint): bigint {
  const negative = pattern >> BigInt(from - 1) === 1n;
  if (pattern === infinityBits(FLOAT_FORMATS[from], negative)) return infinityBits(FLOAT_FORMATS[to], negative);
  return encodeFloat(FLOAT_FORMATS[to], decodeFloat(FLOAT_FORMATS[from], pattern));
}

/** Float of type `ty` nearest to `value`; a NaN becomes the quiet NaN. */
export function floatNearest(pool: InternPool, ty: IpIndex, value: number): IpIndex {
  return pool.float(ty, nearestPattern(pool.floatBits(ty), value));
}

/** Number of the host nearest to float pattern `pattern`: the same number for up to 64 bits, but for which NaN it is. */
export function numberOfPattern(bits: FloatBits, pattern: bigint): number {
  const view = new DataView(new ArrayBuffer(8));
  switch (bits) {
    case 32:
      view.setUint32(0, Number(pattern));
      return view.getFloat32(0);
    case 64:
      view.setBigUint64(0, pattern);
      return view.getFloat64(0);
    case 16:
    case 80:
    case 128:
      if (isNanPattern(FLOAT_FORMATS[bits], pattern)) return NaN;
      view.setBigUint64(0, convertPattern(bits, 64, pattern));
      return view.getFloat64(0);
  }
}
