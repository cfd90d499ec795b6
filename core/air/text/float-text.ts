/**
 * Floats as text, both directions: the shortest decimal that reads back to the same bits, and reading that rounds once.
 *
 * Owns the spelling of floats in AIR text and nothing else. Invariant: read(format(bits)) = bits for every pattern, NaNs
 * included. Numbers of the host are binary64, so an f32 read through one must not be rounded twice.
 */

const scratch = new DataView(new ArrayBuffer(8));

/** What makes a number token a float. */
export interface FloatBits {
  readonly lo: number;
  readonly hi: number;
}

function decimal(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  if (text.includes('e')) return text.replace('e+', 'e');
  return text.includes('.') ? text : `${text}.0`;
}

function hex(word: number, digits: number): string {
  return (word >>> 0).toString(16).padStart(digits, '0');
}

/** Text of the f32 with bit pattern `bits`. */
export function formatF32(bits: number): string {
  scratch.setUint32(0, bits, true);
  const value = scratch.getFloat32(0, true);
  if (Number.isNaN(value)) return `nan(0x${hex(bits, 8)})`;
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Number.isInteger(value) && Math.abs(value) < 0x100_0000) return decimal(value);
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value && !isHalfway(Math.abs(short))) return decimal(short);
  }
  return decimal(Number(value.toPrecision(9)));
}

/** Text of the f64 with the bit pattern `hi:lo`. */
export function formatF64(lo: number, hi: number): string {
  scratch.setUint32(0, lo, true);
  scratch.setUint32(4, hi, true);
  const value = scratch.getFloat64(0, true);
  if (Number.isNaN(value)) return `nan(0x${hex(hi, 8)}${hex(lo, 8)})`;
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return decimal(value);
}

/** Bits of the f32 nearest to the decimal `text` (no sign), or null if that is infinite. */
export function readF32(text: string, negative: boolean): number | null {
  const value = nearestF32(text, Number(text));
  if (!(value < 2 ** 128)) return null;
  scratch.setFloat32(0, negative ? -value : value, true);
  return scratch.getUint32(0, true);
}

/** Words of the f64 nearest to the decimal `text` (no sign), or null if that is infinite. */
export function readF64(text: string, negative: boolean): FloatBits | null {
  const value = Number(text);
  if (!Number.isFinite(value)) return null;
  scratch.setFloat64(0, negative ? -value : value, true);
  return { lo: scratch.getUint32(0, true), hi: scratch.getUint32(4, true) };
}

/** Bits of an infinite f32. */
export function infF32(negative: boolean): number {
  return negative ? 0xff80_0000 : 0x7f80_0000;
}

/** High word of an infinite f64; the low word is 0. */
export function infF64(negative: boolean): number {
  return negative ? 0xfff0_0000 : 0x7ff0_0000;
}

/** Whether `bits` is a NaN of f32. */
export function isNanF32(bits: number): boolean {
  return (bits & 0x7fff_ffff) >>> 0 > 0x7f80_0000;
}

/** Whether `hi:lo` is a NaN of f64. */
export function isNanF64(lo: number, hi: number): boolean {
  const magnitude = (hi & 0x7fff_ffff) >>> 0;
  return magnitude > 0x7ff0_0000 || (magnitude === 0x7ff0_0000 && lo !== 0);
}

/** The two f32 around a non-negative `value` that is not one itself; 2^128 stands for infinity. */
function neighbours(value: number): readonly [number, number] {
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
