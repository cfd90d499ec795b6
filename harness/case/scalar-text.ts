/**
 * Scalars as text, and back: the values of `run` lines and of messages.
 *
 * Bit patterns as in `CallInput`. Integers are decimal by the sign of their type (hex is read too), bools `true` and
 * `false`, floats the shortest decimal that reads back to the same bits, `inf`, `-inf` or `nan(0x…)` with the whole
 * pattern. Void is `{}`. The spelling of docs/air.md section 4.
 */
import type { FloatBits, InternPool, IpIndex } from '../../core/index.ts';
import {
  FLOAT_FORMATS,
  formatFloat,
  infinityBits,
  IP,
  isNanPattern,
  isSoftFloat,
  nearestPattern,
  numberOfPattern,
  readFloat,
} from '../../core/index.ts';

/** Text of pattern `bits` of type `ty`. A pattern that does not fit its type prints as hex with a mark. */
export function printScalar(pool: InternPool, ty: IpIndex, bits: bigint): string {
  const width = widthOf(pool, ty);
  if (bits < 0n || bits >> BigInt(width) !== 0n) return `0x${bits.toString(16)} (not a value of its type)`;
  if (ty === IP.bool_type) return bits === 0n ? 'false' : 'true';
  if (pool.isInt(ty)) return (pool.intSigned(ty) ? BigInt.asIntN(width, bits) : bits).toString();
  if (pool.isFloat(ty)) return printFloat(pool.floatBits(ty), bits);
  return width === 0 ? '{}' : `0x${bits.toString(16)}`;
}

/** Pattern of `text` as a value of type `ty`, or null if it is none. */
export function parseScalar(pool: InternPool, ty: IpIndex, text: string): bigint | null {
  if (ty === IP.bool_type) return text === 'true' ? 1n : text === 'false' ? 0n : null;
  if (pool.isFloat(ty)) return parseFloatBits(text, pool.floatBits(ty));
  if (pool.isInt(ty)) {
    if (!/^-?(\d+|0x[0-9a-f]+)$/i.test(text)) return null;
    const value = text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text);
    const width = pool.intBits(ty);
    const canonical = pool.intSigned(ty) ? BigInt.asIntN(width, value) : BigInt.asUintN(width, value);
    return canonical === value ? BigInt.asUintN(width, value) : null;
  }
  return widthOf(pool, ty) === 0 && text === '{}' ? 0n : null;
}

function widthOf(pool: InternPool, ty: IpIndex): number {
  if (ty === IP.bool_type) return 1;
  if (pool.isInt(ty)) return pool.intBits(ty);
  if (pool.isPtr(ty)) return pool.target.ptrBits;
  return pool.isFloat(ty) ? pool.floatBits(ty) : 0;
}

function printFloat(width: FloatBits, bits: bigint): string {
  if (isSoftFloat(width)) return formatFloat(width, bits);
  const value = numberOfPattern(width, bits);
  if (Number.isNaN(value)) return `nan(0x${bits.toString(16)})`;
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const text = (width === 32 ? shortest32(value) : String(value)).replace('e+', 'e');
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** Shortest decimal that rounds to the f32 `value`. */
function shortest32(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}

function parseFloatBits(text: string, width: FloatBits): bigint | null {
  const nan = /^nan\(0x([0-9a-f]+)\)$/i.exec(text);
  if (nan !== null) {
    const bits = BigInt(`0x${nan[1]!}`);
    return BigInt.asUintN(width, bits) === bits && isNanPattern(FLOAT_FORMATS[width], bits) ? bits : null;
  }
  if (isSoftFloat(width)) return parseSoft(text, width);
  let value: number;
  if (text === 'inf' || text === '-inf') value = text === 'inf' ? Infinity : -Infinity;
  else if (/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) value = Number(text);
  else return null;
  return nearestPattern(width, value);
}

/** A number in the text form of AIR, whose numbers these formats are read as. */
function parseSoft(text: string, width: FloatBits): bigint | null {
  const negative = text.startsWith('-');
  const magnitude = negative ? text.slice(1) : text;
  if (magnitude === 'inf') return infinityBits(FLOAT_FORMATS[width], negative);
  return /^\d+(\.\d+)?(e[+-]?\d+)?$/i.test(magnitude) ? readFloat(width, magnitude, negative) : null;
}
