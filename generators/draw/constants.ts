/**
 * Scalar constants, mostly at the boundaries where bugs live: limits of types and containers, powers of two and their
 * neighbours, ties and neighbours of the float formats.
 *
 * Owns the choice of the numbers. Invariant: an integer pattern is canonical (extended to 64 bits by its sign) before it
 * is interned, and the range of a constant contains it.
 */
import type { FloatBits, IpIndex } from '../../core/index.ts';
import { IP, nearestPattern, numberOfPattern, refValue, valueRef } from '../../core/index.ts';
import type { Program } from '../model/program.ts';
import type { RandomStream } from '../model/random.ts';
import { roundDown, roundUp } from '../model/ranges.ts';
import type { Value } from '../model/scope.ts';
import { unlisted } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';
import { drawWideInt, wideConst } from './wide-constants.ts';
import { drawLongPattern, drawNearHalfTie, drawSoftPattern } from './soft-patterns.ts';

const TWO_32 = 4_294_967_296;

/** Exponents whose powers of two are limits of something: LEB lengths, containers, float significands. */
const EXPONENTS = [6, 7, 8, 13, 14, 15, 16, 20, 21, 23, 24, 27, 28, 31, 32, 33, 47, 48, 52, 53, 62, 63];

// prettier-ignore
const FLOATS = [
  0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3.5, 0.1, -0.1, 0.25, 3, 10, 100.5, 255, 256, 65535.5, -32768.5,
  2 ** 23, 2 ** 23 - 0.5, 2 ** 23 + 1, 2 ** 24 - 1, 2 ** 24 + 1, 2 ** 31, -(2 ** 31), 2 ** 31 - 1, 2 ** 31 - 128, 2 ** 32,
  2 ** 32 - 1, 2 ** 52, 2 ** 52 - 0.5, 2 ** 52 + 1, 2 ** 53 - 1, 2 ** 53, 2 ** 63, -(2 ** 63), 2 ** 63 - 1024, 2 ** 64,
  2 ** 64 - 2048, 2 ** -1074, -(2 ** -1074), 2 ** -1022, 2 ** -1022 - 2 ** -1074, 2 ** -149, 2 ** -126,
  2 ** -126 - 2 ** -149, 2 ** 127, (2 - 2 ** -23) * 2 ** 127, Number.MAX_VALUE, -Number.MAX_VALUE, 1e-7, 1e7, 1e16, 1e21,
  0.49999999999999994, 0.49999997, 1.0000001192092896, 4503599627370497.5, 8388609.5, Infinity, -Infinity, NaN,
];

/** Halves are ties; the others round the same way by some rules and not by others. */
const FRACTIONS = [1, 2, 2, 4, 8];

/** A bit pattern as two words of 32 bits. */
export interface Pattern {
  readonly low: number;
  readonly high: number;
}

/** `low` extended to 64 bits, after `high` where that has bits, as the canonical pattern of an integer type. */
function canonical(low: number, high: number, bits: number, signed: boolean): Pattern {
  if (bits <= 32) {
    const shift = 32 - bits;
    const cut = signed ? (low << shift) >> shift : (low << shift) >>> shift;
    return { low: cut >>> 0, high: signed && cut < 0 ? 0xffff_ffff : 0 };
  }
  const shift = 64 - bits;
  return { low: low >>> 0, high: (signed ? (high << shift) >> shift : (high << shift) >>> shift) >>> 0 };
}

/** `high * 2^32 + low + delta` modulo 2^64; the parts are safe integers. */
function sum(low: number, high: number, delta: number): Pattern {
  const total = low + delta;
  return { low: total >>> 0, high: (high + Math.floor(total / TWO_32)) >>> 0 };
}

/** `sign * 2^exponent + delta` modulo 2^64. */
function power(negative: boolean, exponent: number, delta: number): Pattern {
  const low = exponent < 32 ? (1 << exponent) >>> 0 : 0;
  const high = exponent < 32 ? 0 : 2 ** (exponent - 32);
  return sum(negative ? -low : low, negative ? -high : high, delta);
}

/** Draws a boundary-heavy pattern for an integer of `bits` bits, canonical. */
export function drawPattern(r: RandomStream, bits: number, signed: boolean): Pattern {
  const { low, high } = drawWords(r, bits);
  return canonical(low, high, bits, signed);
}

function drawWords(r: RandomStream, bits: number): Pattern {
  switch (r.below(16)) {
    case 0:
      return sum(0, 0, 0);
    case 1:
      return sum(0, 0, 1);
    case 2:
      return sum(0, 0, -1);
    case 3:
      return power(false, bits - 1, r.below(2)); // MIN, MIN + 1
    case 4:
      return power(false, bits - 1, -1 - r.below(2)); // MAX, MAX - 1
    case 5:
      return sum(0, 0, -1 - r.below(3));
    case 6:
    case 7:
      return power(r.chance(64), r.pick(EXPONENTS), r.between(-1, 1));
    case 8:
      return power(r.chance(64), r.below(bits), r.between(-1, 1));
    case 9:
    case 10:
    case 11:
      return sum(0, 0, r.between(-8, 17));
    case 12:
      return sum(0, 0, bits - r.between(-1, 1)); // amounts of shifts
    case 13:
      // A small number that only the high word tells from another one.
      return sum(0, r.between(-2, 4), r.between(-4, 12));
    case 14:
      return shiftedRight(r.u32(), r.u32(), r.below(64));
    default:
      return { low: r.u32(), high: r.u32() };
  }
}

function shiftedRight(low: number, high: number, amount: number): Pattern {
  if (amount >= 32) return { low: high >>> (amount - 32), high: 0 };
  if (amount === 0) return { low, high };
  return { low: ((low >>> amount) | (high << (32 - amount))) >>> 0, high: high >>> amount };
}

/** An integer pattern as an operand of type `info`. */
function intOf(p: Program, info: TypeInfo, pattern: Pattern): Value {
  const { low, high } = canonical(pattern.low, pattern.high, info.bits, info.signed);
  const approximate = (info.signed ? high | 0 : high) * TWO_32 + low;
  return unlisted(
    valueRef(p.pool.intWords(info.ip, low, high)),
    info,
    Math.max(info.min, roundDown(approximate)),
    Math.min(info.full, roundUp(approximate)),
  );
}

/** Integer constant `value`, a safe integer that fits `info`. */
export function intConst(p: Program, info: TypeInfo, value: number): Value {
  if (info.bits > 64) return wideConst(p, info, BigInt(value));
  return intOf(p, info, sum(value, 0, 0));
}

/** Integer constant `sign * 2^exponent + delta` reduced to `info`; the exponent is below its width, delta small. */
export function powerConst(p: Program, info: TypeInfo, negative: boolean, exponent: number, delta: number): Value {
  if (info.bits > 64) {
    const magnitude = 1n << BigInt(exponent);
    return wideConst(p, info, (negative ? -magnitude : magnitude) + BigInt(delta));
  }
  return intOf(p, info, power(negative, exponent, delta));
}

/** Least value of `info`. */
export function minConst(p: Program, info: TypeInfo): Value {
  return info.signed ? powerConst(p, info, true, info.bits - 1, 0) : intConst(p, info, 0);
}

/** Greatest value of `info`. */
export function maxConst(p: Program, info: TypeInfo): Value {
  return info.signed ? powerConst(p, info, false, info.bits - 1, -1) : intConst(p, info, -1);
}

/** Low `bits` bits set; fewer bits than `info` has value bits. */
export function maskConst(p: Program, info: TypeInfo, bits: number): Value {
  return bits >= info.bits ? intConst(p, info, -1) : powerConst(p, info, false, bits, -1);
}

/** A boundary-heavy integer of type `info`. */
export function drawInt(p: Program, info: TypeInfo): Value {
  if (info.bits > 64) return drawWideInt(p, info);
  return intOf(p, info, drawPattern(p.r, info.bits, info.signed));
}

/** As {@link drawInt}, without what is known of the value. */
export function drawIntIp(p: Program, info: TypeInfo): IpIndex {
  if (info.bits > 64) return refValue(drawWideInt(p, info).ref);
  const { low, high } = drawPattern(p.r, info.bits, info.signed);
  return p.pool.intWords(info.ip, low, high);
}

/** The formats of the host. */
type HostBits = 32 | 64;

/** Draws the bit pattern of a float of any format; a NaN is always a quiet one. */
export function drawFloatBits(r: RandomStream, bits: FloatBits): bigint {
  switch (bits) {
    case 32:
    case 64: {
      const { low, high } = drawFloatPattern(r, bits);
      return (BigInt(high) << 32n) | BigInt(low);
    }
    case 16:
    case 80:
    case 128:
      return drawSoftPattern(r, bits, FLOATS);
  }
}

/** Draws the bit pattern of a float of `bits` bits; a NaN is always a quiet one. */
function drawFloatPattern(r: RandomStream, bits: HostBits): Pattern {
  const kind = r.below(16);
  if (kind === 0) return quiet(bits, r.u32(), r.u32());
  if (kind === 1) return quietNaN(bits, r.u32());
  return patternOf(bits, kind < 8 ? r.between(-100, 200) / r.pick(FRACTIONS) : r.pick(FLOATS));
}

const scratch = new DataView(new ArrayBuffer(8));

function patternOf(bits: HostBits, value: number): Pattern {
  if (Number.isNaN(value)) return quietNaN(bits, 0);
  switch (bits) {
    case 32:
      scratch.setFloat32(0, value, true);
      return { low: scratch.getUint32(0, true), high: 0 };
    case 64:
      scratch.setFloat64(0, value, true);
      return { low: scratch.getUint32(0, true), high: scratch.getUint32(4, true) };
  }
}

function numberOf(bits: HostBits, { low, high }: Pattern): number {
  scratch.setUint32(0, low, true);
  scratch.setUint32(4, high, true);
  switch (bits) {
    case 32:
      return scratch.getFloat32(0, true);
    case 64:
      return scratch.getFloat64(0, true);
  }
}

/** A quiet NaN with a sign and payload of up to 32 bits. */
function quietNaN(bits: HostBits, payload: number): Pattern {
  switch (bits) {
    case 32:
      return { low: (0x7fc0_0000 | (payload & 0x803f_ffff)) >>> 0, high: 0 };
    case 64:
      return { low: payload, high: (0x7ff8_0000 | (payload & 0x8007_ffff)) >>> 0 };
  }
}

/** A pattern of any bits; signalling NaNs do not survive every engine's boundary, so a NaN gets its quiet bit. */
function quiet(bits: HostBits, low: number, high: number): Pattern {
  switch (bits) {
    case 32: {
      const isNaN = (low & 0x7f80_0000) === 0x7f80_0000;
      return { low: (isNaN ? low | 0x0040_0000 : low) >>> 0, high: 0 };
    }
    case 64: {
      const isNaN = (high & 0x7ff0_0000) === 0x7ff0_0000;
      return { low, high: (isNaN ? high | 0x0008_0000 : high) >>> 0 };
    }
  }
}

/** A float pattern as an operand of type `info`. */
function floatOf(p: Program, info: TypeInfo, pattern: Pattern, bits: HostBits): Value {
  const value = numberOf(bits, pattern);
  const ref = valueRef(p.pool.floatWords(info.ip, pattern.low, pattern.high));
  return Number.isFinite(value) ? unlisted(ref, info, value, value) : unlisted(ref, info, -Infinity, Infinity);
}

/** Float constant `value`, rounded to `info`. */
export function floatConst(p: Program, info: TypeInfo, value: number): Value {
  const bits = p.pool.floatBits(info.ip);
  switch (bits) {
    case 32:
    case 64:
      return floatOf(p, info, patternOf(bits, value), bits);
    case 16:
    case 80:
    case 128:
      return softOf(p, info, nearestPattern(bits, value), bits);
  }
}

/** A boundary-heavy float of type `info`. */
export function drawFloat(p: Program, info: TypeInfo): Value {
  const bits = p.pool.floatBits(info.ip);
  switch (bits) {
    case 32:
    case 64:
      return floatOf(p, info, drawFloatPattern(p.r, bits), bits);
    case 16:
    case 80:
    case 128:
      return softOf(p, info, drawSoftPattern(p.r, bits, FLOATS), bits);
  }
}

/** A float of more than 64 bits near 1 with a long significand. */
export function longFloat(p: Program, info: TypeInfo): Value {
  const bits = p.pool.floatBits(info.ip);
  return softOf(p, info, drawLongPattern(p.r, bits), bits);
}

/** A float of 64 bits that must be rounded to f16 in one step. */
export function nearHalfTie(p: Program, info: TypeInfo): Value {
  return floatConst(p, info, drawNearHalfTie(p.r));
}

/** As {@link floatOf}, of a format that the host does not have: the range is not exact where the host's number is not. */
function softOf(p: Program, info: TypeInfo, pattern: bigint, bits: FloatBits): Value {
  const value = numberOfPattern(bits, pattern);
  const ref = valueRef(p.pool.float(info.ip, pattern));
  if (!Number.isFinite(value)) return unlisted(ref, info, -Infinity, Infinity);
  const slack = nearestPattern(bits, value) === pattern ? 0 : Math.abs(value) * 2 ** -50 + 2 ** -1000;
  return unlisted(ref, info, value - slack, value + slack);
}

/** `true` or `false`. */
export function boolConst(info: TypeInfo, value: boolean): Value {
  return unlisted(valueRef(value ? IP.bool_true : IP.bool_false), info, value ? 1 : 0, value ? 1 : 0);
}
