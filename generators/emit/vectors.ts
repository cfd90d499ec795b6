/**
 * Vectors: instructions on lanes, comparisons and choices, lanes taken out, put together and in another order.
 *
 * Instructions with a precondition get constants that keep it: divisors above zero, amounts below the width. Invariant: a
 * vector with undefined lanes is not listed.
 */
import type { FloatBits, InstIndex, MaskItem, TagOfForm } from '../../core/index.ts';
import { COMPARISONS, instRef, IP, REDUCTIONS, refValue, valueRef } from '../../core/index.ts';
import { floatConst } from '../draw/constants.ts';
import { hasLanes, rangeConstant, vectorInfo } from '../draw/draw-vectors.ts';
import { drawConstant } from '../draw/static-data.ts';
import { bitsFor } from '../model/ranges.ts';
import type { Value } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';
import { Class, intInfo, typeInfo } from '../model/types.ts';
import { indexBelow } from './amounts.ts';
import type { Emitter, Gen } from './gen.ts';
import { defineFull, infoOf, use } from './gen.ts';
import { operand, operands, preferred } from './operands.ts';
import { defineLoaded } from './pointers.ts';

/** In programs with vectors: `vector` often, and `plain` where that finds nothing, and in all others. */
export function orVector(plain: Emitter, vector: Emitter): Emitter {
  return (g) => (g.p.plan.profile.vectors && g.r.chance(170) && vector(g)) || plain(g);
}

/** A vector type whose lanes `accepts`: one in scope, or one of the program; null if there is none. */
export function someVector(g: Gen, accepts: (lane: TypeInfo) => boolean): TypeInfo | null {
  const listed = g.scope.ofClass(Class.vector).filter(({ info }) => accepts(info.child!));
  if (listed.length > 0 && g.r.chance(170)) return preferred(g, listed).info;
  const types = g.p.sums.filter((info) => info.cls === Class.vector && accepts(info.child!));
  if (types.length > 0) return g.r.pick(types);
  return listed.length > 0 ? listed.at(-1)!.info : null;
}

/** As {@link someVector}, of floats; one of the formats of the profile if there is none. */
function someFloats(g: Gen): TypeInfo {
  const info = someVector(g, isFloat);
  if (info !== null) return info;
  const lane = typeInfo(g.p.types, g.p.pool.floatType(g.r.pick([32, 64] as const)));
  return vectorInfo(g.p, lane, g.r.pick([2, 3, 4]));
}

export const isInt = ({ cls }: TypeInfo): boolean => cls === Class.int;
export const isFloat = ({ cls }: TypeInfo): boolean => cls === Class.float;
const isNumber = ({ cls }: TypeInfo): boolean => cls === Class.int || cls === Class.float;
const isAny = (): boolean => true;

const KINDS = { int: isInt, float: isFloat, number: isNumber } as const;

/** Two vectors, and a result of their type. */
export function lanesOfTwo(tag: TagOfForm<'bin_op'>, kind: keyof typeof KINDS): Emitter {
  return (g) => {
    const info = someVector(g, KINDS[kind]);
    if (info === null) return false;
    const [a, b] = operands(g, info);
    defineFull(g, g.b.bin(tag, use(a), use(b)), info);
    return true;
  };
}

/** One vector of floats. */
export function lanesOfOne(tag: TagOfForm<'un_op'>): Emitter {
  return (g) => {
    const info = someVector(g, isFloat);
    if (info === null) return false;
    defineFull(g, g.b.un(tag, use(operand(g, info))), info);
    return true;
  };
}

/** A quotient or remainder by constants above zero. */
export function lanesDivided(tag: TagOfForm<'bin_op'>): Emitter {
  return (g) => {
    const info = someVector(g, (lane) => isInt(lane) && lane.max >= 1);
    if (info === null) return false;
    const divisor = rangeConstant(g.p, info, 1, Math.min(100, info.child!.max));
    defineFull(g, g.b.bin(tag, use(operand(g, info)), divisor.ref), info);
    return true;
  };
}

/** A shift by constants; `anyAmount`: also ones that reach the width. */
export function lanesShifted(tag: TagOfForm<'bin_op'>, anyAmount: boolean): Emitter {
  return (g) => {
    const info = someVector(g, isInt);
    if (info === null) return false;
    const { bits } = info.child!;
    const amounts = vectorInfo(g.p, intInfo(g.p.types, false, g.r.pick([6, 7, 8, 16, 32, 33])), info.length);
    const amount = rangeConstant(g.p, amounts, 0, anyAmount ? 63 : Math.min(63, bits - 1));
    defineFull(g, g.b.bin(tag, use(operand(g, info)), amount.ref), info);
    return true;
  };
}

type Target = (g: Gen, lane: TypeInfo) => TypeInfo | null;

/** A ty_op whose result has lanes of the type that `target` says. */
function lanesTo(tag: TagOfForm<'ty_op'>, from: (lane: TypeInfo) => boolean, target: Target): Emitter {
  return (g) => {
    const info = someVector(g, from);
    if (info === null) return false;
    const lane = target(g, info.child!);
    if (lane === null) return false;
    const result = vectorInfo(g.p, lane, info.length);
    defineFull(g, g.b.tyOp(tag, result.ip, use(operand(g, info))), result);
    return true;
  };
}

const WIDTHS = [8, 16, 17, 32, 33, 64, 3];
const EVERY_WIDTH = [...WIDTHS, 65, 100, 128, 200];
const FORMATS: readonly FloatBits[] = [16, 32, 64];
const EVERY_FORMAT: readonly FloatBits[] = [...FORMATS, 80, 128];

const same: Target = (_, lane) => lane;
const otherWidth =
  (wider: boolean): Target =>
  (g, { signed, bits }) => {
    const widths = (g.p.plan.profile.everyVector ? EVERY_WIDTH : WIDTHS).filter((width) =>
      wider ? width > bits : width < bits,
    );
    return widths.length === 0 ? null : intInfo(g.p.types, signed, g.r.pick(widths));
  };
const otherFormat =
  (wider: boolean): Target =>
  (g, { bits }) => {
    const formats = (g.p.plan.profile.everyVector ? EVERY_FORMAT : FORMATS).filter((format) =>
      wider ? format > bits : format < bits,
    );
    return formats.length === 0 ? null : typeInfo(g.p.types, g.p.pool.floatType(g.r.pick(formats)));
  };

export const lanesInverted = lanesTo('not', (lane) => isInt(lane) || lane.cls === Class.bool, same);
export const lanesReversed = lanesTo('bit_reverse', isInt, same);
export const lanesSwapped = lanesTo('byte_swap', (lane) => isInt(lane) && lane.bits % 8 === 0, same);
export const lanesAbsolute = lanesTo('abs', isNumber, (g, lane) => {
  if (lane.cls === Class.float) return lane;
  return lane.ip === IP.isize_type || lane.ip === IP.usize_type
    ? infoOf(g, IP.usize_type)
    : intInfo(g.p.types, false, lane.bits);
});
export const lanesWidened = lanesTo('intcast', isInt, otherWidth(true));
export const lanesCut = lanesTo('trunc', isInt, otherWidth(false));
export const lanesExtended = lanesTo('fpext', isFloat, otherFormat(true));
export const lanesRounded = lanesTo('fptrunc', isFloat, otherFormat(false));
export const lanesToFloat = lanesTo('float_from_int', isInt, (g) => {
  const formats = g.p.plan.profile.everyVector ? EVERY_FORMAT : FORMATS;
  return typeInfo(g.p.types, g.p.pool.floatType(g.r.pick(formats)));
});

/** clz, ctz, popcount; the lanes of the result hold the width. */
export function lanesCounted(tag: TagOfForm<'ty_op'>): Emitter {
  return lanesTo(tag, isInt, (g, { bits }) =>
    intInfo(g.p.types, false, Math.max(g.r.pick([7, 8, 16, 33]), bitsFor(bits))),
  );
}

/** int_from_float, of constants that every integer of 8 bits holds. */
export const lanesToInt: Emitter = (g) => {
  const info = someVector(g, isFloat);
  if (info === null) return false;
  const result = vectorInfo(g.p, intInfo(g.p.types, g.r.chance(128), g.r.pick([8, 16, 33, 64])), info.length);
  const lanes = Array.from({ length: info.length }, () =>
    refValue(floatConst(g.p, info.child!, g.r.between(0, 500) / 4).ref),
  );
  const from = g.p.pool.aggregate(info.ip, lanes);
  defineFull(g, g.b.tyOp('int_from_float', result.ip, valueRef(from)), result);
  return true;
};

/** mul_add. */
export const lanesFused: Emitter = (g) => {
  const info = someVector(g, isFloat);
  if (info === null) return false;
  const [a, b] = operands(g, info);
  defineFull(g, instRef(g.b.add('mul_add', use(a), use(b), use(operand(g, info)))), info);
  return true;
};

function boolsOf(g: Gen, count: number): TypeInfo {
  return vectorInfo(g.p, infoOf(g, IP.bool_type), count);
}

/** cmp_vector. */
export function comparingLanes(tag: 'cmp_vector' | 'cmp_vector_optimized'): Emitter {
  return (g) => {
    const info = tag === 'cmp_vector' ? someVector(g, isAny) : someFloats(g);
    if (info === null) return false;
    const [a, b] = operands(g, info);
    const words = hasLanes(info, Class.bool) ? (['eq', 'neq'] as const) : COMPARISONS;
    const result = boolsOf(g, info.length);
    const word = COMPARISONS.indexOf(g.r.pick(words));
    defineFull(g, instRef(g.b.add(tag, result.ip, use(a), use(b), word)), result);
    return true;
  };
}

/** select. */
export const selecting: Emitter = (g) => {
  const info = someVector(g, isAny);
  if (info === null) return false;
  const choice = operand(g, boolsOf(g, info.length));
  const [a, b] = operands(g, info);
  defineFull(g, instRef(g.b.add('select', use(choice), use(a), use(b))), info);
  return true;
};

/** splat. */
export const spreading: Emitter = (g) => {
  const info = someVector(g, isAny);
  if (info === null) return false;
  defineFull(g, g.b.tyOp('splat', info.ip, use(operand(g, info.child!))), info);
  return true;
};

/** reduce. */
export function reducing(tag: 'reduce' | 'reduce_optimized'): Emitter {
  return (g) => {
    const info = tag === 'reduce' ? someVector(g, isAny) : someFloats(g);
    if (info === null) return false;
    const lane = info.child!;
    const words = REDUCTIONS.filter((word) => {
      const isBitwise = word === 'and' || word === 'or' || word === 'xor';
      return isBitwise ? lane.cls !== Class.float : lane.cls !== Class.bool;
    });
    const inst = g.b.add(tag, use(operand(g, info)), REDUCTIONS.indexOf(g.r.pick(words)));
    defineFull(g, instRef(inst), lane);
    return true;
  };
}

/** shuffle_one, shuffle_two; lanes that are left undefined are left behind by another shuffle. */
export function shuffling(tag: 'shuffle_one' | 'shuffle_two'): Emitter {
  return (g) => {
    const info = someVector(g, isAny);
    if (info === null) return false;
    const lane = info.child!;
    const a = operand(g, info);
    const b = tag === 'shuffle_two' ? operand(g, vectorInfo(g.p, lane, g.r.pick([1, 2, 3, 4, info.length]))) : null;
    const result = vectorInfo(g.p, lane, g.r.pick([1, 2, 3, 4, info.length, info.length]));
    const isPartial = g.r.chance(50);
    const mask = Array.from({ length: result.length }, (_, k): MaskItem => {
      if (isPartial && k > 0 && g.r.chance(60)) return { from: 'nothing' };
      if (b === null && g.r.chance(40)) return { from: 'value', value: refValue(drawConstant(g.p, lane).ref) };
      const isFirst = b === null || g.r.chance(128);
      return { from: 'operand', operand: isFirst ? 0 : 1, lane: g.r.below(isFirst ? info.length : b.info.length) };
    });
    const inst = b === null ? g.b.add('shuffle_one', result.ip, use(a), mask) : shuffleTwo(g, result, a, b, mask);
    if (!isPartial) {
      defineFull(g, instRef(inst), result);
      return true;
    }
    const defined = mask.flatMap(({ from }, k) => (from === 'nothing' ? [] : [k]));
    const again = vectorInfo(g.p, lane, defined.length);
    const items = defined.map((k): MaskItem => ({ from: 'operand', operand: 0, lane: k }));
    g.frame += result.size + 16;
    defineFull(g, instRef(g.b.add('shuffle_one', again.ip, instRef(inst), items)), again);
    return true;
  };
}

function shuffleTwo(g: Gen, result: TypeInfo, a: Value, b: Value, mask: readonly MaskItem[]): InstIndex {
  return g.b.add('shuffle_two', result.ip, use(a), use(b), mask);
}

/** array_elem_val. */
export const laneOfVector: Emitter = (g) => {
  const info = someVector(g, isAny);
  if (info === null) return false;
  const v = operand(g, info);
  const index = indexBelow(g, info.length);
  defineLoaded(g, g.b.bin('array_elem_val', use(v), use(index)), info.child!);
  return true;
};

/** aggregate_init. */
export const fromLanes: Emitter = (g) => {
  const info = someVector(g, isAny);
  if (info === null || info.length > 8) return false;
  const lanes = Array.from({ length: info.length }, () => use(operand(g, info.child!)));
  defineFull(g, g.b.aggregate(info.ip, lanes), info);
  return true;
};
