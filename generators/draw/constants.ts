/**
 * Scalar constants, mostly at the boundaries where bugs live: limits of types and containers, powers of two and their
 * neighbours, ties and neighbours of the float formats.
 *
 * Owns the choice of the numbers. Invariant: an integer pattern is canonical (extended to 64 bits by its sign) before it
 * is interned, and the range of a constant contains it.
 */
import type { FloatBits } from '../../core/index.ts';
import { IP, valueRef } from '../../core/index.ts';
import type { Program } from '../model/program.ts';
import { roundDown, roundUp } from '../model/ranges.ts';
import type { Value } from '../model/scope.ts';
import { unlisted } from '../emit/gen.ts';
import type { TypeInfo } from '../model/types.ts';

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

/** Makes the pattern in `p.words` canonical for an integer type. */
function canonicalise(words: Uint32Array, bits: number, signed: boolean): void {
  if (bits < 32) {
    const shift = 32 - bits;
    words[0] = signed ? (words[0]! << shift) >> shift : (words[0]! << shift) >>> shift;
    words[1] = signed && words[0] >>> 31 === 1 ? 0xffff_ffff : 0;
  } else if (bits === 32) {
    words[1] = signed && words[0]! >>> 31 === 1 ? 0xffff_ffff : 0;
  } else if (bits < 64) {
    const shift = 64 - bits;
    words[1] = signed ? (words[1]! << shift) >> shift : (words[1]! << shift) >>> shift;
  }
}

/** Puts `sign * 2^exponent + delta` into `words`, modulo 2^64. */
function setPower(words: Uint32Array, negative: boolean, exponent: number, delta: number): void {
  const low = exponent < 32 ? 2 ** exponent : 0;
  const high = exponent < 32 ? 0 : 2 ** (exponent - 32);
  setSum(words, negative ? -low : low, negative ? -high : high, delta);
}

function setSum(words: Uint32Array, low: number, high: number, delta: number): void {
  const sum = low + delta;
  words[0] = sum;
  words[1] = high + Math.floor(sum / TWO_32);
}

/** Draws a boundary-heavy pattern for an integer of `bits` bits into `p.words`, canonical. */
export function drawPattern(p: Program, bits: number, signed: boolean): void {
  const { r, words } = p;
  switch (r.below(16)) {
    case 0:
      setSum(words, 0, 0, 0);
      break;
    case 1:
      setSum(words, 0, 0, 1);
      break;
    case 2:
      setSum(words, 0, 0, -1);
      break;
    case 3:
      setPower(words, false, bits - 1, r.below(2)); // MIN, MIN + 1
      break;
    case 4:
      setPower(words, false, bits - 1, -1 - r.below(2)); // MAX, MAX - 1
      break;
    case 5:
      setSum(words, 0, 0, -1 - r.below(3));
      break;
    case 6:
    case 7:
      setPower(words, r.chance(64), r.pick(EXPONENTS), r.between(-1, 1));
      break;
    case 8:
      setPower(words, r.chance(64), r.below(bits), r.between(-1, 1));
      break;
    case 9:
    case 10:
    case 11:
      setSum(words, 0, 0, r.between(-8, 17));
      break;
    case 12:
      setSum(words, 0, 0, bits - r.between(-1, 1)); // amounts of shifts
      break;
    case 13: {
      // A small number that only the high word tells from another one.
      setSum(words, 0, r.between(-2, 4), r.between(-4, 12));
      break;
    }
    case 14: {
      words[0] = r.u32();
      words[1] = r.u32();
      const shift = r.below(64);
      if (shift >= 32) {
        words[0] = words[1] >>> (shift - 32);
        words[1] = 0;
      } else if (shift > 0) {
        words[0] = (words[0] >>> shift) | (words[1] << (32 - shift));
        words[1] = words[1] >>> shift;
      }
      break;
    }
    default:
      words[0] = r.u32();
      words[1] = r.u32();
  }
  canonicalise(words, bits, signed);
}

/** The integer in `p.words` (made canonical for `info`) as an operand. */
function intFromWords(p: Program, info: TypeInfo): Value {
  canonicalise(p.words, info.bits, info.signed);
  const low = p.words[0]!;
  const high = p.words[1]!;
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
  setSum(p.words, value, 0, 0);
  return intFromWords(p, info);
}

/** Integer constant `sign * 2^exponent + delta` reduced to `info`; exponent 0..63, delta small. */
export function powerConst(p: Program, info: TypeInfo, negative: boolean, exponent: number, delta: number): Value {
  setPower(p.words, negative, exponent, delta);
  return intFromWords(p, info);
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
  return bits >= 64 ? intConst(p, info, -1) : powerConst(p, info, false, bits, -1);
}

/** A boundary-heavy integer of type `info`. */
export function drawInt(p: Program, info: TypeInfo): Value {
  drawPattern(p, info.bits, info.signed);
  return intFromWords(p, info);
}

/** Draws the bit pattern of a float of `bits` bits into `p.words`; a NaN is always a quiet one. */
export function drawFloatPattern(p: Program, bits: FloatBits): void {
  const { r, words } = p;
  const kind = r.below(16);
  if (kind === 0) {
    words[0] = r.u32();
    words[1] = r.u32();
    quieten(words, bits);
  } else if (kind === 1) {
    setNaN(words, bits, r.u32());
  } else {
    const value = kind < 8 ? r.between(-100, 200) / r.pick(FRACTIONS) : r.pick(FLOATS);
    setFloat(words, bits, value);
  }
}

const scratch = new DataView(new ArrayBuffer(8));

function setFloat(words: Uint32Array, bits: FloatBits, value: number): void {
  if (Number.isNaN(value)) {
    setNaN(words, bits, 0);
    return;
  }
  switch (bits) {
    case 32:
      scratch.setFloat32(0, value, true);
      words[0] = scratch.getUint32(0, true);
      words[1] = 0;
      break;
    case 64:
      scratch.setFloat64(0, value, true);
      words[0] = scratch.getUint32(0, true);
      words[1] = scratch.getUint32(4, true);
      break;
  }
}

/** A quiet NaN with a sign and payload of up to 32 bits. */
function setNaN(words: Uint32Array, bits: FloatBits, payload: number): void {
  switch (bits) {
    case 32:
      words[0] = (0x7fc0_0000 | (payload & 0x803f_ffff)) >>> 0;
      words[1] = 0;
      break;
    case 64:
      words[0] = payload;
      words[1] = (0x7ff8_0000 | (payload & 0x8007_ffff)) >>> 0;
      break;
  }
}

/** Signalling NaNs do not survive every engine's boundary: sets the quiet bit of a NaN. */
function quieten(words: Uint32Array, bits: FloatBits): void {
  switch (bits) {
    case 32:
      if ((words[0]! & 0x7f80_0000) === 0x7f80_0000) words[0] = words[0]! | 0x0040_0000;
      words[1] = 0;
      break;
    case 64:
      if ((words[1]! & 0x7ff0_0000) === 0x7ff0_0000) words[1] = words[1]! | 0x0008_0000;
      break;
  }
}

function floatBitsOf(p: Program, info: TypeInfo): FloatBits {
  return p.pool.floatBits(info.ip);
}

function scratchNumber(bits: FloatBits): number {
  switch (bits) {
    case 32:
      return scratch.getFloat32(0, true);
    case 64:
      return scratch.getFloat64(0, true);
  }
}

function floatFromWords(p: Program, info: TypeInfo): Value {
  const low = p.words[0]!;
  const high = p.words[1]!;
  scratch.setUint32(0, low, true);
  scratch.setUint32(4, high, true);
  const value = scratchNumber(floatBitsOf(p, info));
  const ref = valueRef(p.pool.floatWords(info.ip, low, high));
  return Number.isFinite(value) ? unlisted(ref, info, value, value) : unlisted(ref, info, -Infinity, Infinity);
}

/** Float constant `value`, rounded to `info`. */
export function floatConst(p: Program, info: TypeInfo, value: number): Value {
  setFloat(p.words, floatBitsOf(p, info), value);
  return floatFromWords(p, info);
}

/** A boundary-heavy float of type `info`. */
export function drawFloat(p: Program, info: TypeInfo): Value {
  drawFloatPattern(p, floatBitsOf(p, info));
  return floatFromWords(p, info);
}

/** `true` or `false`. */
export function boolConst(info: TypeInfo, value: boolean): Value {
  return unlisted(valueRef(value ? IP.bool_true : IP.bool_false), info, value ? 1 : 0, value ? 1 : 0);
}
