/**
 * Guard sequences: the cheap instructions that make an operand safe for an instruction with a precondition.
 *
 * Owns the sequences. They use only instructions of {@link BASE_TAGS} unless the profile allows others, and they are
 * left out where the range of the operand already proves the precondition. Invariant: the range of the value that a guard
 * returns lies in the range that was asked for.
 */
import type { AirTag } from '../../core/index.ts';
import { floatConst, intConst, maskConst, maxConst, minConst, powerConst } from '../draw/constants.ts';
import { drawWideBits } from '../draw/draw-types.ts';
import type { Value } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';
import { Class, intInfo } from '../model/types.ts';
import type { Gen } from './gen.ts';
import { binary, branch, can, compare, convert, define, use, usizeInfo } from './gen.ts';

/** What every program may contain whatever a restriction says: guards, loop counters and the ends of bodies use them. */
// prettier-ignore
export const BASE_TAGS: readonly AirTag[] = [
  'arg', 'ret', 'block', 'br', 'cond_br', 'loop', 'repeat', 'alloc', 'load', 'store', 'bit_and', 'bit_or', 'sub',
  'intcast', 'trunc', 'bitcast', 'cmp_eq', 'cmp_neq', 'cmp_lt', 'cmp_lte', 'cmp_gt', 'cmp_gte', 'rem',
];

/** Whether a value that is `low` or more is at least the least one of integer type `info`, which is infinite from 1,025 bits on. */
export function isNotBelow(info: TypeInfo, low: number): boolean {
  return low >= info.min && low !== -Infinity;
}

/** Whether a value in `low .. high` is a value of integer type `info`. */
export function fits(info: TypeInfo, low: number, high: number): boolean {
  return isNotBelow(info, low) && high <= info.max;
}

/** Whether integer type `info` certainly holds the value of `v`: by its range or by its type. */
export function holds(info: TypeInfo, v: Value): boolean {
  const from = v.info;
  if (from.signed ? info.signed && from.bits <= info.bits : from.bits <= info.bits - (info.signed ? 1 : 0)) return true;
  return fits(info, v.low, v.high);
}

/** `cond ? a : b` as a block; the bounds may say more than those of `a` and `b`. */
function select(
  g: Gen,
  cond: Value,
  a: Value,
  b: Value,
  low = Math.min(a.low, b.low),
  high = Math.max(a.high, b.high),
): Value {
  const ref = g.b.block(a.info.ip, (self) => {
    g.b.condBr(
      use(cond),
      () => branch(g, self, a),
      () => branch(g, self, b),
    );
  });
  return define(g, ref, a.info, low, high);
}

/** The lesser of `v` and `bound`. */
export function atMost(g: Gen, v: Value, bound: Value): Value {
  if (v.high <= bound.low) return v;
  const low = Math.min(v.low, bound.low);
  const high = Math.min(v.high, bound.high);
  if (can(g, 'min')) return binary(g, 'min', v, bound, low, high);
  return select(g, compare(g, 'cmp_lt', v, bound), v, bound, low, high);
}

/** The greater of `v` and `bound`. */
export function atLeast(g: Gen, v: Value, bound: Value): Value {
  if (v.low >= bound.high) return v;
  const low = Math.max(v.low, bound.low);
  const high = Math.max(v.high, bound.high);
  if (can(g, 'max')) return binary(g, 'max', v, bound, low, high);
  return select(g, compare(g, 'cmp_gt', v, bound), v, bound, low, high);
}

/** `v` with all but its low `bits` bits cleared; the result is not negative. */
export function masked(g: Gen, v: Value, bits: number): Value {
  const { info } = v;
  const bound = Math.min(info.full, 2 ** bits - 1);
  if (v.low >= 0 && v.high <= bound && v.high !== Infinity) return v;
  if (bits >= info.bits - (info.signed ? 1 : 0)) {
    return info.signed ? binary(g, 'bit_and', v, maxConst(g.p, info), 0, info.full) : v;
  }
  return binary(g, 'bit_and', v, maskConst(g.p, info, bits), 0, bound);
}

/** A value made of `v` that fits an integer of `bits` bits and the sign of its type; 1 <= bits <= width. */
export function narrowed(g: Gen, v: Value, bits: number): Value {
  const { info } = v;
  if (bits >= info.bits) return v;
  const limit = 2 ** (info.signed ? bits - 1 : bits);
  const low = info.signed ? -limit : 0;
  const high = bits <= 53 ? limit - 1 : Math.min(limit, info.full);
  // The limit itself does not fit, and above 2^53 it is `high`.
  if (v.low >= low && v.high < limit && v.low !== -Infinity) return v;
  const way = g.r.below(4);
  if (way === 0 && can(g, 'shr')) {
    const drawn = amountInfo(g, info);
    // An amount of 7 or 8 bits does not reach as far as wide integers need.
    const type = drawn.full >= info.bits - bits ? drawn : usizeInfo(g);
    return binary(g, 'shr', v, intConst(g.p, type, info.bits - bits), low, high);
  }
  if (way === 1) {
    const narrow = convert(g, 'trunc', intInfo(g.p.types, info.signed, bits), v, low, high);
    return convert(g, 'intcast', info, narrow, low, high);
  }
  return masked(g, v, info.signed ? bits - 1 : bits);
}

/** A value of `v`'s type that is never zero; its range need not show that. */
export function nonZero(g: Gen, v: Value): Value {
  if (v.low > 0 || v.high < 0) return v;
  const { info } = v;
  if (info.signed && info.bits === 1) return intConst(g.p, info, -1);
  const one = intConst(g.p, info, 1);
  const way = g.r.below(3);
  if (way === 0 && !info.signed) return atLeast(g, v, one);
  if (way === 1) {
    const other = g.r.chance(128) || info.bits === 1 ? one : maxConst(g.p, info);
    return select(g, compare(g, 'cmp_eq', v, intConst(g.p, info, 0)), other, v);
  }
  return binary(g, 'bit_or', v, one, v.low >= 0 ? 1 : info.min, info.full);
}

/** A dividend for which MIN / -1 cannot happen with `divisor`; its range need not show that. */
export function notLeast(g: Gen, dividend: Value, divisor: Value): Value {
  const { info } = dividend;
  if (!info.signed || dividend.low > info.min || divisor.low > -1 || divisor.high < -1) return dividend;
  if (info.bits === 1) return intConst(g.p, info, 0);
  const way = g.r.below(3);
  if (way === 0) return binary(g, 'bit_or', dividend, intConst(g.p, info, 1));
  if (way === 1) return atLeast(g, dividend, powerConst(g.p, info, true, info.bits - 1, 1));
  return select(g, compare(g, 'cmp_eq', dividend, minConst(g.p, info)), intConst(g.p, info, 0), dividend);
}

/** An unsigned type for shift amounts of `info`: usually the least that holds width - 1, sometimes another one. */
export function amountInfo(g: Gen, info: TypeInfo): TypeInfo {
  const least = Math.max(1, 32 - Math.clz32(info.bits - 1));
  const way = g.r.below(8);
  if (way < 4) return intInfo(g.p.types, false, least);
  if (way === 4 && !info.signed && info.cls === Class.int && info.bits >= least) return info;
  if (way === 5) return usizeInfo(g);
  return intInfo(g.p.types, false, otherWidth(g, AMOUNT_WIDTHS));
}

/** One of `widths`, or where the profile has them now and then one of more than 64 bits. */
export function otherWidth(g: Gen, widths: readonly number[]): number {
  const { wideInts } = g.p.plan.profile;
  return wideInts > 0 && g.r.chance(wideInts >> 1) ? drawWideBits(g.r, g.p.plan.profile) : g.r.pick(widths);
}

const AMOUNT_WIDTHS = [8, 32, 7, 64, 16, 33];

/** `v` as integer type `info`, keeping the value where it fits and the low bits elsewhere. */
export function toInt(g: Gen, v: Value, info: TypeInfo): Value {
  const from = v.info;
  if (from === info) return v;
  if (holds(info, v) && !(from.bits === info.bits && g.r.chance(128))) {
    return convert(g, 'intcast', info, v, v.low, Math.min(v.high, info.full));
  }
  if (from.bits === info.bits) return reinterpreted(g, v, info);
  if (info.bits < from.bits) {
    const sameSign = intInfo(g.p.types, from.signed, info.bits);
    const target = info.signed === from.signed && g.r.chance(128) ? info : sameSign;
    const cut = truncated(g, v, target);
    return target === info ? cut : reinterpreted(g, cut, info);
  }
  // Signed to wider unsigned with negative values.
  return toInt(g, reinterpreted(g, v, intInfo(g.p.types, false, from.bits)), info);
}

/** `trunc` to a type of the same sign. */
export function truncated(g: Gen, v: Value, info: TypeInfo): Value {
  if (fits(info, v.low, v.high)) return convert(g, 'trunc', info, v, v.low, v.high);
  return convert(g, 'trunc', info, v);
}

/** `bitcast` between integers of one width. */
export function reinterpreted(g: Gen, v: Value, info: TypeInfo): Value {
  if (v.info === info) return v;
  if (fits(info, v.low, v.high)) return convert(g, 'bitcast', info, v, v.low, v.high);
  return convert(g, 'bitcast', info, v);
}

/** A bool as an integer. */
export function boolToInt(g: Gen, v: Value, info: TypeInfo): Value {
  const bit = convert(g, 'bitcast', intInfo(g.p.types, false, 1), v, 0, 1);
  return info === bit.info ? bit : toInt(g, bit, info);
}

/** `v`, or a finite number in its place if it is NaN. */
export function withoutNaN(g: Gen, v: Value): Value {
  if (v.low !== -Infinity) return v;
  return select(g, compare(g, 'cmp_eq', v, v), v, floatConst(g.p, v.info, g.r.between(-2, 2)));
}
