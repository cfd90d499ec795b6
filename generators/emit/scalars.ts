/**
 * Comparisons, casts among scalars, and float instructions.
 *
 * Owns the guards of the casts with a precondition. Invariant: a value that `intcast` or `int_from_float` takes is in range,
 * and a float that `bitcast` takes is not NaN.
 */
import type { DescribedTag, FloatBits, TagOfForm } from '../../core/index.ts';
import { FLOAT_FORMATS, instRef, IP } from '../../core/index.ts';
import { drawInt, floatConst, intConst, longFloat, nearHalfTie, powerConst } from '../draw/constants.ts';
import { sumsOf } from '../draw/draw-sums.ts';
import { roundTo } from '../model/ranges.ts';
import type { Value } from '../model/scope.ts';
import { unlisted } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';
import { Class, intInfo } from '../model/types.ts';
import type { Emitter, Gen } from './gen.ts';
import {
  binary,
  boolInfo,
  branch,
  can,
  compare,
  convert,
  define,
  defineFull,
  infoOf,
  unary,
  use,
  usizeInfo,
} from './gen.ts';
import {
  atLeast,
  atMost,
  fits,
  holds,
  isNotBelow,
  masked,
  otherWidth,
  reinterpreted,
  truncated,
  withoutNaN,
} from './guards.ts';
import { floatOf, operand, operands, someFloat, someInt, wantsFloat } from './operands.ts';
import { mayPanic } from './panics.ts';
import { comparePointers, recastPointer } from './pointers.ts';

type Comparison = 'cmp_eq' | 'cmp_neq' | 'cmp_lt' | 'cmp_lte' | 'cmp_gt' | 'cmp_gte';

/** A comparison of ints or floats; equality of bools and pointers too. */
export function comparing(tag: Comparison): Emitter {
  return (g) => {
    if (tag === 'cmp_eq' || tag === 'cmp_neq') {
      if (g.r.chance(30) && comparePointers(g, tag)) return true;
      if (g.p.plan.profile.rare && g.r.chance(90) && compareEnums(g, tag)) return true;
    }
    const bools = (tag === 'cmp_eq' || tag === 'cmp_neq') && g.r.chance(24);
    const info = bools ? boolInfo(g) : wantsFloat(g) ? someFloat(g) : someInt(g);
    const [a, b] = operands(g, info);
    // Equal operands tell the strict comparisons from the others.
    compare(g, tag, a, g.r.chance(20) ? a : b);
    return true;
  };
}

function compareEnums(g: Gen, tag: 'cmp_eq' | 'cmp_neq'): boolean {
  const enums = sumsOf(g.p, Class.enum);
  if (enums.length === 0) return false;
  const [a, b] = operands(g, g.r.pick(enums));
  compare(g, tag, a, g.r.chance(60) ? a : b);
  return true;
}

/** A comparison of floats only. */
export function comparingFloats(tag: `${Comparison}_optimized`): Emitter {
  return (g) => {
    const [a, b] = operands(g, someFloat(g));
    define(g, g.b.bin(tag, use(a), g.r.chance(20) ? use(a) : use(b)), boolInfo(g), 0, 1);
    return true;
  };
}

const WIDTHS = [8, 16, 32, 64, 1, 7, 9, 31, 33, 63, 17, 48, 5, 12, 40];

/** A type to convert `from` to: one of the program, or any other. */
function targetOf(g: Gen, from: TypeInfo): TypeInfo {
  const info = g.r.pick(g.p.ints);
  return info !== from && g.r.chance(200) ? info : intInfo(g.p.types, g.r.chance(128), otherWidth(g, WIDTHS));
}

/** `intcast`, guarded where the range does not show that the value fits. */
export const castInt: Emitter = (g) => {
  const v = operand(g, someInt(g));
  const info = targetOf(g, v.info);
  const safe = holds(info, v) ? v : inRange(g, v, info);
  convert(g, 'intcast', info, safe, Math.max(safe.low, info.min), Math.min(safe.high, info.full));
  return true;
};

/** `intcast_safe`, as `castInt`; sometimes without the guard. */
export const castChecked: Emitter = (g) => {
  const v = operand(g, someInt(g));
  const info = targetOf(g, v.info);
  const safe = holds(info, v) || mayPanic(g) ? v : inRange(g, v, info);
  // An operand that is never in range gives a result that is never seen.
  const [low, high] = [Math.max(safe.low, info.min), Math.min(safe.high, info.full)];
  if (low <= high) convert(g, 'intcast_safe', info, safe, low, high);
  else convert(g, 'intcast_safe', info, safe);
  return true;
};

/** A value made of `v` that integer type `info` can hold; its range need not show that. */
function inRange(g: Gen, v: Value, info: TypeInfo): Value {
  const from = v.info;
  const positive = info.bits - (info.signed ? 1 : 0);
  if (g.r.chance(90)) return masked(g, v, Math.min(positive, from.bits - (from.signed ? 1 : 0)));
  let safe = v;
  if (!isNotBelow(info, safe.low)) {
    safe = atLeast(g, safe, info.signed ? powerConst(g.p, from, true, info.bits - 1, 0) : intConst(g.p, from, 0));
  }
  return safe.high > info.max && positive < from.bits
    ? atMost(g, safe, powerConst(g.p, from, false, positive, -1))
    : safe;
}

/** `trunc` to a type of the same sign and at most the same width. */
export const cutInt: Emitter = (g) => {
  const v = operand(g, someInt(g));
  const start = g.r.below(g.p.ints.length);
  for (let n = 0; n < g.p.ints.length; n++) {
    const info = g.p.ints[(start + n) % g.p.ints.length]!;
    if (info.signed === v.info.signed && info.bits < v.info.bits && g.r.chance(170)) {
      truncated(g, v, info);
      return true;
    }
  }
  const width = g.r.pick(WIDTHS);
  truncated(g, v, intInfo(g.p.types, v.info.signed, width <= v.info.bits ? width : g.r.between(1, v.info.bits)));
  return true;
};

/** `bitcast` of all kinds. */
export const recast: Emitter = (g) => {
  const way = g.r.below(16);
  if (way < 6) {
    const v = operand(g, someInt(g));
    const other = v.info.bits === usizeInfo(g).bits && g.r.chance(80);
    const info = other
      ? infoOf(g, g.r.chance(128) ? IP.usize_type : IP.isize_type)
      : intInfo(g.p.types, !v.info.signed, v.info.bits);
    reinterpreted(g, v, info);
    return true;
  }
  if (way < 8) {
    const bit = intInfo(g.p.types, false, 1);
    if (g.r.chance(128)) convert(g, 'bitcast', bit, operand(g, boolInfo(g)), 0, 1);
    else convert(g, 'bitcast', boolInfo(g), operand(g, bit), 0, 1);
    return true;
  }
  if (way < 12) {
    const info = someFloat(g);
    const bits = intInfo(g.p.types, g.r.chance(128), info.bits);
    // Of the patterns of an f80 some belong to no value.
    if (g.r.chance(128) || info.bits === 80) {
      const v = convert(g, 'bitcast', bits, withoutNaN(g, operand(g, info)));
      // Whether it fills its container shows in a wider type.
      if (info.bits < 32 && g.r.chance(128))
        convert(g, 'intcast', intInfo(g.p.types, bits.signed, 64), v, v.low, v.high);
    } else {
      convert(g, 'bitcast', info, operand(g, bits));
    }
    return true;
  }
  return recastPointer(g);
};

const HOST_FORMATS: readonly [FloatBits, FloatBits] = [32, 64];

/** Two different formats of the profile, the narrower one first. */
function twoFormats(g: Gen): readonly [FloatBits, FloatBits] {
  const { formats } = g.p.plan.profile;
  const one = g.r.pick(formats);
  const others = formats.filter((bits) => bits !== one);
  const other = g.r.pick(others);
  return one < other ? [one, other] : [other, one];
}

/** `fptrunc`, `fpext`. */
export function resizing(tag: 'fptrunc' | 'fpext'): Emitter {
  return (g) => {
    const { formats } = g.p.plan.profile;
    const [least, most] = formats.length === 2 ? HOST_FORMATS : twoFormats(g);
    const wide = infoOf(g, g.p.pool.floatType(most));
    const narrow = infoOf(g, g.p.pool.floatType(least));
    if (tag === 'fpext') convert(g, tag, wide, operand(g, narrow));
    else if (least === 16 && most === 64 && g.r.chance(100)) convert(g, tag, narrow, nearHalfTie(g.p, wide));
    else convert(g, tag, narrow, operand(g, wide));
    return true;
  };
}

/** `float_from_int`. */
export const floatFromInt: Emitter = (g) => {
  floatOf(g, operand(g, someInt(g)), someFloat(g));
  return true;
};

type Truncation = 'int_from_float' | 'int_from_float_optimized' | CheckedTruncation;
type CheckedTruncation = 'int_from_float_safe' | 'int_from_float_optimized_safe';

/** `int_from_float_safe`: of a float that may be out of range where a check may fail. */
export function truncatingSafely(tag: CheckedTruncation): Emitter {
  return (g) => {
    const v = operand(g, someFloat(g));
    const info = targetOf(g, v.info);
    if (mayPanic(g)) convert(g, tag, info, g.r.chance(128) ? v : floatBeyond(g, v.info, info));
    else if (fits(info, v.low, v.high)) convert(g, tag, info, v);
    else if (g.r.chance(128)) convert(g, tag, info, floatLimit(g, v.info, info));
    else truncateInto(g, tag, v, info);
    return true;
  };
}

/** A constant that `info` cannot hold, near one that it can. */
function floatBeyond(g: Gen, float: TypeInfo, info: TypeInfo): Value {
  const above = 2 ** Math.min(positiveBits(info), float.bits === 16 ? 15 : 100);
  return floatConst(g.p, float, g.r.pick([above, above, info.signed ? -above * 1.5 : -1, Infinity, NaN]));
}

/** A constant near a limit of `info` that `info` can hold. */
function floatLimit(g: Gen, float: TypeInfo, info: TypeInfo): Value {
  const bits = Math.min(positiveBits(info), FLOAT_FORMATS[g.p.pool.floatBits(float.ip)].fractionBits + 1, 52);
  const most = 2 ** Math.min(bits, float.bits === 16 ? 15 : 52) - 1;
  const numbers = [most, most, 0.5, -0.5, -0.75, 0, ...(info.signed ? [-most - 1, -most, -1] : [])];
  return floatConst(g.p, float, g.r.pick(numbers));
}

/** `int_from_float` under any of its names, clamped or entered only if the float is in range. */
export function intFromFloatBy(tag: Truncation): Emitter {
  return (g) => {
    const v = operand(g, someFloat(g));
    truncateInto(g, tag, v, targetOf(g, v.info));
    return true;
  };
}

function truncateInto(g: Gen, tag: Truncation, v: Value, info: TypeInfo): void {
  if (fits(info, v.low, v.high)) {
    convert(g, tag, info, v, Math.trunc(v.low), Math.trunc(v.high));
  } else if (can(g, 'min') && can(g, 'max') && g.r.chance(140)) {
    convert(g, tag, info, clampedFloat(g, v, info));
  } else {
    branchedIntFromFloat(g, tag, v, info);
  }
}

function positiveBits(info: TypeInfo): number {
  return info.bits - (info.signed ? 1 : 0);
}

/** `max(min(v, most), least)`: the minimum of a NaN and a number is the number. */
function clampedFloat(g: Gen, v: Value, info: TypeInfo): Value {
  const bits = positiveBits(info);
  const significand = FLOAT_FORMATS[g.p.pool.floatBits(v.info.ip)].fractionBits + 1;
  const most = Math.min(2 ** bits * (1 - 2 ** -Math.min(significand, 53)), greatest(v.info));
  const fraction = bits < (v.info.bits === 16 ? 7 : 20) && g.r.chance(128) ? 0.9375 : 0;
  const first = binary(g, 'min', v, floatConst(g.p, v.info, most));
  return binary(g, 'max', first, floatConst(g.p, v.info, Math.max(info.min - fraction, -greatest(v.info))));
}

/** Greatest finite number of a float type, as far as the host has it. */
function greatest(info: TypeInfo): number {
  return info.bits === 16 ? 65504 : info.bits === 32 ? (2 - 2 ** -23) * 2 ** 127 : Number.MAX_VALUE;
}

/** Whether the float type of `width` bits has the number below the least integer of `bits` bits and a sign. */
function isExact(width: FloatBits, belowMin: number, bits: number): boolean {
  switch (width) {
    case 16:
    case 32:
      return roundTo(width, belowMin) === belowMin;
    case 64:
    case 80:
    case 128:
      return bits < 53;
  }
}

/** Of the greatest power of two that the host has; `f80` and `f128` go on past it. */
const MOST_EXPONENT = 1023;

/** Converts inside of two comparisons; a constant otherwise. */
function branchedIntFromFloat(g: Gen, tag: Truncation, v: Value, info: TypeInfo): void {
  const bits = positiveBits(info);
  const belowMin = info.min - 1;
  const exact = isExact(g.p.pool.floatBits(v.info.ip), belowMin, bits);
  const aboveLow = exact
    ? compare(g, 'cmp_gt', v, floatConst(g.p, v.info, belowMin))
    : compare(g, 'cmp_gte', v, floatConst(g.p, v.info, Math.max(info.min, -greatest(v.info))));
  const ref = g.b.block(info.ip, (self) => {
    const otherwise = (): void => branch(g, self, drawInt(g.p, info));
    g.b.condBr(
      use(aboveLow),
      () => {
        const limit = floatConst(g.p, v.info, 2 ** Math.min(bits, MOST_EXPONENT));
        const belowHigh = unlisted(g.b.bin('cmp_lt', use(v), use(limit)), boolInfo(g), 0, 1);
        g.b.condBr(
          use(belowHigh),
          () => branch(g, self, unlisted(g.b.tyOp(tag, info.ip, use(v)), info, info.min, info.full)),
          otherwise,
        );
      },
      otherwise,
    );
  });
  defineFull(g, ref, info);
}

/** `div_float`. */
export const divideFloats: Emitter = (g) => {
  const info = someFloat(g);
  const [a, b] = operands(g, info);
  binary(g, 'div_float', a, b);
  return true;
};

/** `neg` under any of its names. */
export function negatedBy(tag: 'neg' | 'neg_optimized'): Emitter {
  return (g) => {
    const v = operand(g, someFloat(g));
    unary(g, tag, v, -v.high, -v.low);
    return true;
  };
}

/** `mul_add`; now and then the addend nearly undoes the product, so that a second rounding shows. */
export const multiplyAdd: Emitter = (g) => {
  const info = someFloat(g);
  const isLong = info.bits > 64 && g.r.chance(128);
  const [a, b] = isLong ? [longFloat(g.p, info), longFloat(g.p, info)] : operands(g, info);
  const addend =
    g.r.chance(110) && can(g, 'mul') && can(g, 'neg') ? unary(g, 'neg', binary(g, 'mul', a, b)) : operand(g, info);
  defineFull(g, instRef(g.b.add('mul_add', use(a), use(b), use(addend))), info);
  return true;
};

/** `sqrt`, `floor`, `ceil`, `trunc_float`, `round`. */
export function rounding(tag: TagOfForm<'un_op'> & ('sqrt' | 'floor' | 'ceil' | 'trunc_float' | 'round')): Emitter {
  return (g) => {
    const v = operand(g, someFloat(g));
    if (tag === 'sqrt' || v.low === -Infinity) unary(g, tag, v);
    else unary(g, tag, v, Math.floor(v.low), Math.ceil(v.high));
    return true;
  };
}

/** Numbers at which elementary functions change what they do, or come close to a result that is not there. */
// prettier-ignore
const TURNS: readonly number[] = [
  Math.PI / 2, Math.PI, Math.PI / 4, 1.5 * Math.PI, 2 * Math.PI, 355, 710, 22, 1e22, 1e300, 2 ** 64, 2 ** -30, 2 ** -70, 1 + 2 ** -10,
  1 - 2 ** -11, 1 + 2 ** -23, 1 - 2 ** -24, 1 + 2 ** -52, 1 - 2 ** -53, Math.E, 10, 100, 1000, 1e15, 2, 8, 0.5, 0.75, Math.SQRT2,
  11.09, 16, -14, -24, -25, 88.72, 88.73, 127, 128, -103.28, -126, -149, -150, 709.78, 709.79, -745.13, 1023, 1024, -1022, -1074,
  -1075, 11356.5, 16383, 16384, -16382, -16494, -16495, 1 / 3, 0.1,
];

/** `sin` to `log10`, often of a number at which something turns. */
export function elementary(tag: TagOfForm<'un_op'> & DescribedTag): Emitter {
  return (g) => {
    const info = someFloat(g);
    const isWide = info.bits > 64 && g.r.chance(40);
    unary(g, tag, isWide ? longFloat(g.p, info) : g.r.chance(100) ? turn(g, info) : operand(g, info));
    return true;
  };
}

function turn(g: Gen, info: TypeInfo): Value {
  const number = g.r.pick(TURNS) * (g.r.chance(60) ? g.r.pick([-1, 2, 3, 0.5, 1024]) : 1);
  return floatConst(g.p, info, number);
}
