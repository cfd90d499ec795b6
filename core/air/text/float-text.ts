/**
 * Floats as text, both directions: the shortest decimal that reads back to the same bits, and reading that rounds once.
 *
 * Owns the spelling of floats in AIR text and nothing else. Invariant: read(format(bits)) = bits for every pattern, NaNs
 * included. Numbers of the host are binary64, so an f32 read through one must not be rounded twice.
 */
import type { FloatBits } from '../../intern/float-formats.ts';
import { FLOAT_FORMATS, infinityBits, isFloatPattern, isNanPattern } from '../../intern/float-formats.ts';
import { nearestPattern, numberOfPattern } from '../../intern/numbers.ts';
import { formatWideDecimal, readWideDecimal } from './wide-decimal.ts';

function decimal(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  if (text.includes('e')) return text.replace('e+', 'e');
  return text.includes('.') ? text : `${text}.0`;
}

/** Text of the float of `bits` bits with bit pattern `pattern`. */
export function formatFloat(bits: FloatBits, pattern: bigint): string {
  const format = FLOAT_FORMATS[bits];
  if (isNanPattern(format, pattern) || !isFloatPattern(format, pattern)) {
    return `nan(0x${pattern.toString(16).padStart(bits / 4, '0')})`;
  }
  if (pattern === infinityBits(format, false)) return 'inf';
  if (pattern === infinityBits(format, true)) return '-inf';
  switch (bits) {
    case 32:
      return shortestF32(numberOfPattern(bits, pattern));
    case 64:
      return decimal(numberOfPattern(bits, pattern));
    case 16:
    case 80:
    case 128:
      return formatWideDecimal(format, pattern);
  }
}

/** Shortest decimal that reads back to the finite f32 `value`. */
function shortestF32(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 0x100_0000) return decimal(value);
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value && !isHalfway(Math.abs(short))) return decimal(short);
  }
  return decimal(Number(value.toPrecision(9)));
}

/** Pattern of the float of `bits` bits nearest to the decimal `text` (no sign), or null if that is infinite. */
export function readFloat(bits: FloatBits, text: string, negative: boolean): bigint | null {
  switch (bits) {
    case 32: {
      const single = nearestF32(text, Number(text));
      return single < 2 ** 128 ? nearestPattern(bits, negative ? -single : single) : null;
    }
    case 64: {
      const value = Number(text);
      return Number.isFinite(value) ? nearestPattern(bits, negative ? -value : value) : null;
    }
    case 16:
    case 80:
    case 128:
      return readWideDecimal(FLOAT_FORMATS[bits], text, negative);
  }
}

/** The two f32 around a non-negative `value` that is not one itself; 2^128 stands for infinity. */
function neighbours(value: number): readonly [number, number] {
  const scratch = new DataView(new ArrayBuffer(4));
  scratch.setFloat32(0, value, true);
  let bits = scratch.getUint32(0, true);
  if (scratch.getFloat32(0, true) > value) bits--;
  scratch.setUint32(0, bits, true);
  const below = scratch.getFloat32(0, true);
  scratch.setUint32(0, bits + 1, true);
  const above = scratch.getFloat32(0, true);
  return [below, above === Infinity ? 2 ** 128 : above];
}

function isHalfway(value: number): boolean {
  if (Math.fround(value) === value) return false;
  const [below, above] = neighbours(value);
  return (below + above) / 2 === value;
}

/** Nearest f32 to decimal `text`, whose nearest f64 is `value`; a result of 2^128 or more means infinity. */
function nearestF32(text: string, value: number): number {
  const once = Math.fround(value);
  if (once === value || !Number.isFinite(value) || value >= 2 ** 128) return once;
  const [below, above] = neighbours(value);
  if ((below + above) / 2 !== value) return once;
  const side = compareDecimal(text, value);
  return side === 0 ? once : side > 0 ? above : below;
}

/** Sign of the exact value of decimal `text` minus `value` (positive, finite). */
function compareDecimal(text: string, value: number): number {
  const [mantissa = '0', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  let left = BigInt(whole + fraction);
  const exp10 = Number(exponent) - fraction.length;
  // A positive finite binary64 is an integer multiple of 2^-1074; the f32 half-way points of 2^-150.
  let right = BigInt(value * 2 ** 150);
  left <<= 150n;
  if (exp10 >= 0) left *= 10n ** BigInt(exp10);
  else right *= 10n ** BigInt(-exp10);
  return left < right ? -1 : left > right ? 1 : 0;
}
