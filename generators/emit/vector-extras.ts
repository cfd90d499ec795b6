/**
 * Vectors in programs that have everything of them: results with overflow, checked operations, exact ones, shifts by one amount,
 * lanes stored by themselves, bits seen as other types.
 *
 * Invariant: where no check may fail and nothing may be inexact, operands are made small first. Bits of a float that are looked at are those
 * of a format whose NaN has known ones.
 */
import type { TagOfForm } from '../../core/index.ts';
import { IP, refValue, StructLayout, valueRef } from '../../core/index.ts';
import { floatConst } from '../draw/constants.ts';
import { rangeConstant, vectorInfo } from '../draw/draw-vectors.ts';
import type { Value } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';
import { arrayInfo, Class, intInfo, structInfo, typeInfo } from '../model/types.ts';
import { indexBelow, shiftAmount } from './amounts.ts';
import type { Emitter, Gen } from './gen.ts';
import { can, defineFull, infoOf, use } from './gen.ts';
import { operand, operands } from './operands.ts';
import { mayPanic } from './panics.ts';
import { pointerTo } from './places.ts';
import { markWritten } from './slots.ts';
import { isFloat, isInt, someVector } from './vectors.ts';

/** In programs with everything of vectors: `vector` often, and `plain` where that finds nothing, and in all others. */
export function orEveryVector(plain: Emitter, vector: Emitter): Emitter {
  return (g) => (g.p.plan.profile.everyVector && g.r.chance(170) && vector(g)) || plain(g);
}

/** In programs with instructions of rare types: `vector` often, and `plain` where that finds nothing, and in all others. */
export function orRareVector(plain: Emitter, vector: Emitter): Emitter {
  return (g) => (g.p.plan.profile.rare && g.r.chance(170) && vector(g)) || plain(g);
}

/** One or the other. */
export function either(one: Emitter, other: Emitter): Emitter {
  return (g) => (g.r.chance(128) ? one(g) : other(g));
}

/** `v` with its lanes shifted to the right by `count`, or all 0 where they have no more bits than that. */
function lessened(g: Gen, v: Value, count: number): Value {
  const { info } = v;
  if (info.child!.bits <= count) return rangeConstant(g.p, info, 0, 0);
  const amounts = vectorInfo(g.p, intInfo(g.p.types, false, 8), info.length);
  return defineFull(g, g.b.bin('shr', use(v), rangeConstant(g.p, amounts, count, count).ref), info);
}

type Operation = 'add' | 'sub' | 'mul';

/** Operands whose exact result fits: of a product, one factor is 0 or 1. */
function withinRange(g: Gen, operation: Operation, info: TypeInfo): [Value, Value] {
  const [a, b] = operands(g, info);
  const lane = info.child!;
  if (operation === 'mul') return [a, rangeConstant(g.p, info, 0, lane.max >= 1 ? 1 : 0)];
  const [x, y] = [lessened(g, a, 1), lessened(g, b, 1)];
  if (operation === 'add' || lane.signed) return [x, y];
  const [most, least] = (['max', 'min'] as const).map((tag) => defineFull(g, g.b.bin(tag, use(x), use(y)), info));
  return [most!, least!];
}

/** add, sub, mul of integers, exact. */
export function lanesExact(operation: Operation): Emitter {
  return (g) => {
    const info = someVector(g, isInt);
    if (info === null) return false;
    const [a, b] = withinRange(g, operation, info);
    defineFull(g, g.b.bin(operation, use(a), use(b)), info);
    return true;
  };
}

/** add_safe, sub_safe, mul_safe. */
export function lanesChecked(operation: Operation): Emitter {
  return (g) => {
    const info = someVector(g, isInt);
    if (info === null) return false;
    const [a, b] = mayPanic(g) ? operands(g, info) : withinRange(g, operation, info);
    defineFull(g, g.b.bin(`${operation}_safe`, use(a), use(b)), info);
    return true;
  };
}

/** add_with_overflow and its kin: the pair is taken apart. */
export function lanesReported(operation: Operation | 'shl'): Emitter {
  return (g) => {
    const info = someVector(g, isInt);
    if (info === null) return false;
    const [a, other] = operands(g, info);
    const b = operation === 'shl' ? someAmount(g, info, info.child!.bits - 1) : other;
    const bits = vectorInfo(g.p, intInfo(g.p.types, false, 1), info.length);
    const fields = [info, bits].map(({ ip }) => ({ ty: ip, align: 0 }));
    const pair = structInfo(g.p.types, StructLayout.tuple, fields);
    const result = defineFull(g, g.b.tyBin(`${operation}_with_overflow`, pair.ip, use(a), use(b)), pair);
    if (!can(g, 'struct_field_val')) return true;
    if (g.r.chance(220)) defineFull(g, g.b.field('struct_field_val', bits.ip, use(result), 1), bits);
    if (g.r.chance(200)) defineFull(g, g.b.field('struct_field_val', info.ip, use(result), 0), info);
    return true;
  };
}

/** An amount of up to `most`: one for all lanes, or one for each. */
function someAmount(g: Gen, info: TypeInfo, most: number): Value {
  if (g.r.chance(128)) return shiftAmount(g, info.child!, most);
  const amounts = vectorInfo(g.p, intInfo(g.p.types, false, g.r.pick([9, 16, 33])), info.length);
  return rangeConstant(g.p, amounts, 0, most);
}

/** A shift of all lanes by one amount. */
export function lanesShiftedAlike(tag: TagOfForm<'bin_op'>): Emitter {
  return (g) => {
    const info = someVector(g, isInt);
    if (info === null) return false;
    defineFull(g, g.b.bin(tag, use(operand(g, info)), use(shiftAmount(g, info.child!, info.child!.bits - 1))), info);
    return true;
  };
}

/** shl_exact, shr_exact: of what the other shift has left. */
export function lanesShiftedExactly(tag: 'shl_exact' | 'shr_exact'): Emitter {
  return (g) => {
    const info = someVector(g, isInt);
    if (info === null) return false;
    const amount = someAmount(g, info, info.child!.bits - 1);
    const before = g.b.bin(tag === 'shl_exact' ? 'shr' : 'shl', use(operand(g, info)), use(amount));
    g.frame += info.size + 16;
    defineFull(g, g.b.bin(tag, before, amount.ref), info);
    return true;
  };
}

const MOST_FACTOR = 7;
const FACTOR_BITS = 3;

/** div_exact of a product. */
export const lanesDividedExactly: Emitter = (g) => {
  const info = someVector(g, (lane) => isInt(lane) && lane.max > MOST_FACTOR);
  if (info === null) return false;
  const factor = rangeConstant(g.p, info, 1, MOST_FACTOR);
  const product = defineFull(g, g.b.bin('mul', use(lessened(g, operand(g, info), FACTOR_BITS)), factor.ref), info);
  defineFull(g, g.b.bin('div_exact', use(product), factor.ref), info);
  return true;
};

/** div_exact_optimized of a product of small whole numbers. */
export const lanesOfFloatsDividedExactly: Emitter = (g) => {
  const info = someVector(g, isFloat);
  if (info === null || !can(g, 'mul') || !can(g, 'float_from_int')) return false;
  // The product has twice the bits, and all of them are in the significand.
  const bits = info.child!.bits === 16 ? 6 : 12;
  const whole = vectorInfo(g.p, intInfo(g.p.types, true, bits), info.length);
  const sign = g.r.chance(90) ? -1 : 1;
  const limits = [sign, sign * (2 ** (bits - 1) - 1)] as const;
  const divisors = rangeConstant(g.p, whole, Math.min(...limits), Math.max(...limits));
  const [quotient, divisor] = [operand(g, whole), divisors].map((v) =>
    defineFull(g, g.b.tyOp('float_from_int', info.ip, use(v)), info),
  );
  const product = defineFull(g, g.b.bin('mul', use(quotient!), use(divisor!)), info);
  defineFull(g, g.b.bin('div_exact_optimized', use(product), use(divisor!)), info);
  return true;
};

/** bool_and, bool_or. */
export function lanesOfBools(tag: 'bool_and' | 'bool_or'): Emitter {
  return (g) => {
    const info = someVector(g, ({ cls }) => cls === Class.bool);
    if (info === null) return false;
    const [a, b] = operands(g, info);
    defineFull(g, g.b.bin(tag, use(a), use(b)), info);
    return true;
  };
}

/** intcast_safe: to more bits of the same sign nothing can fail. */
export const lanesCastSafely: Emitter = (g) => {
  const isFree = mayPanic(g);
  const info = someVector(g, isInt);
  if (info === null) return false;
  const { signed, bits } = info.child!;
  const target = isFree
    ? intInfo(g.p.types, g.r.chance(128), g.r.pick([3, 8, 16, 31, 64, 65, 100]))
    : intInfo(g.p.types, signed, bits + g.r.pick([0, 1, 7, 33]));
  const result = vectorInfo(g.p, target, info.length);
  if (result.size > 16 * info.size + 64) return false;
  defineFull(g, g.b.tyOp('intcast_safe', result.ip, use(operand(g, info))), result);
  return true;
};

/** int_from_float and its kin, of constants that every integer of 8 bits holds, and where that may fail of anything. */
export function lanesToIntBy(tag: TagOfForm<'ty_op'>, isChecked: boolean): Emitter {
  return (g) => {
    const info = someVector(g, isFloat);
    if (info === null) return false;
    const lane = intInfo(g.p.types, g.r.chance(128), g.r.pick([8, 16, 33, 64, 65, 128]));
    const result = vectorInfo(g.p, lane, info.length);
    const lanes = Array.from({ length: info.length }, () =>
      refValue(floatConst(g.p, info.child!, g.r.between(0, 500) / 4).ref),
    );
    const from = isChecked && mayPanic(g) ? use(operand(g, info)) : valueRef(g.p.pool.aggregate(info.ip, lanes));
    defineFull(g, g.b.tyOp(tag, result.ip, from), result);
    return true;
  };
}

/** vector_store_elem, and the whole after it. */
export const storingLane: Emitter = (g) => {
  const info = someVector(g, () => true);
  if (info === null) return false;
  const pointer = pointerTo(g, info, true);
  const index = indexBelow(g, info.length);
  g.b.add('vector_store_elem', use(pointer), use(index), use(operand(g, info.child!)));
  markWritten(pointer);
  if (g.r.chance(170)) defineFull(g, g.b.tyOp('load', info.ip, use(pointer)), info);
  return true;
};

const LANE_BITS = [1, 2, 3, 4, 5, 7, 8, 12, 16, 17, 24, 31, 32, 33, 40, 48, 64, 65, 80, 96, 100, 128];
const MOST_LANES = 64;
/** Most bits of an integer that is worked on limb by limb. */
const MOST_UNROLLED = 512;
/** Lanes of vectors of more bits. */
const FEW_LANES = [1, 2, 3, 4, 5, 6, 7, 9, 27];
const MOST_BYTES = 128;

/** Whether the bits of values of `info` are known whatever they are. */
function hasKnownBits({ cls, bits, ip }: TypeInfo): boolean {
  if (cls === Class.int) return ip !== IP.usize_type && ip !== IP.isize_type;
  return cls === Class.bool || (cls === Class.float && (bits === 16 || bits === 128));
}

/** bitcast: between vectors, to an integer of all the bits and back, to an array and back. */
export const lanesRecast: Emitter = (g) => {
  const info = someVector(g, hasKnownBits);
  if (info === null) return false;
  const bits = info.length * (info.child!.cls === Class.bool ? 1 : info.child!.bits);
  const way = g.r.below(4);
  const other = way === 0 ? arrayInfo(g.p.types, info.child!, info.length) : way === 1 ? null : vectorOfBits(g, bits);
  const to = other ?? intInfo(g.p.types, g.r.chance(100), bits);
  const [source, target] = g.r.chance(128) ? [info, to] : [to, info];
  defineFull(g, g.b.tyOp('bitcast', target.ip, use(operand(g, source))), target);
  return true;
};

/** A vector of `bits` bits, or null if none is small enough. */
function vectorOfBits(g: Gen, bits: number): TypeInfo | null {
  const isLong = g.p.plan.profile.longInts > 0 && bits > MOST_UNROLLED;
  const widths = isLong
    ? FEW_LANES.filter((count) => bits % count === 0).map((count) => bits / count)
    : LANE_BITS.filter((width) => bits % width === 0 && bits / width <= MOST_LANES);
  if (widths.length === 0) return null;
  const width = g.r.pick(widths);
  const isBool = width === 1 && g.r.chance(128);
  const isFloat16 = (width === 16 || width === 128) && g.r.chance(80);
  const lane = isBool
    ? infoOf(g, IP.bool_type)
    : isFloat16
      ? typeInfo(g.p.types, g.p.pool.floatType(width === 16 ? 16 : 128))
      : intInfo(g.p.types, g.r.chance(128), width);
  const info = vectorInfo(g.p, lane, bits / width);
  return isLong || info.size <= MOST_BYTES ? info : null;
}
