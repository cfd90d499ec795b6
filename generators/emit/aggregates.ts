/**
 * Struct and array values: made, taken apart, partly undefined and completed; and the bulk instructions on their memory.
 *
 * Invariant: memcpy never overlaps, no copy is longer than its source, and an undefined part is overwritten before it can
 * be read.
 */
import type { Emitter, Gen } from './gen.ts';
import { can, define, unlisted, use, usizeInfo } from './gen.ts';
import { atMost, indexBelow, lengthUpTo } from './guards.ts';
import { initialised, operand } from './operands.ts';
import {
  aggregateWhere,
  areApart,
  listedPointer,
  markWritten,
  newPlace,
  pointerTo,
  rawSlot,
  store,
  undefinedValue,
  usizeConst,
} from './places.ts';
import type { Value } from '../model/scope.ts';
import { drawAddress } from '../draw/static-data.ts';
import type { TypeInfo } from '../model/types.ts';
import { arrayInfo, Class, manyInfo, ptrInfo } from '../model/types.ts';
import { defineLoaded, elementsOf, loadAndDisturb } from './pointers.ts';
import { sliceOf } from './slices.ts';

/** `struct_field_val`. */
export const fieldOfStruct: Emitter = (g) => {
  const struct = aggregateWhere(g, Class.struct, (info) => info.fields.length > 0);
  if (struct === null) return false;
  const n = g.r.below(struct.info.fields.length);
  const info = struct.info.fields[n]!;
  defineLoaded(g, g.b.field('struct_field_val', info.ip, use(struct), n), info);
  return true;
};

/** `array_elem_val`; the sentinel may be read too. */
export const elementOfArray: Emitter = (g) => {
  const array = aggregateWhere(g, Class.array, (info) => info.length > 0);
  if (array === null) return false;
  const index = indexBelow(g, array.info.length + (array.info.sentinel ? 1 : 0));
  defineLoaded(g, g.b.bin('array_elem_val', use(array), use(index)), array.info.child!);
  return true;
};

/** `aggregate_init`, or one that is completed in memory after a part of it was undefined. */
export const initialising: Emitter = (g) => {
  const info = g.r.pick(g.p.aggregates);
  if (info.length > 12 && (info.length > 40 || g.r.chance(190))) return false;
  if (info.cls === Class.struct && info.fields.length > 1 && can(g, 'struct_field_ptr') && g.r.chance(30)) {
    completeLater(g, info);
  } else {
    initialised(g, info);
  }
  return true;
};

/** One field is undefined while the struct is copied, and stored before the struct is read. */
function completeLater(g: Gen, info: TypeInfo): void {
  const missing = g.r.below(info.fields.length);
  const elems = info.fields.map((field, n) => (n === missing ? undefinedValue(g, field) : operand(g, field, true)));
  const partial = unlisted(g.b.aggregate(info.ip, elems.map(use)), info, 0, 0);
  g.frame += info.size + 16;
  const slot = rawSlot(g, info);
  store(g, slot, partial);
  const field = info.fields[missing]!;
  const value = operand(g, field, true);
  const place = ptrInfo(g.p.types, field, false);
  store(g, unlisted(g.b.field('struct_field_ptr', place.ip, use(slot), missing), place, 0, 0), value);
  loadAndDisturb(g, slot);
}

/** A pointer to elements, with the number of them that may be used. */
interface Sequence {
  /** `[*]T` or `*[n]T`. */
  readonly base: Value;
  readonly count: number;
  readonly elem: TypeInfo;
}

function sequenceIn(v: Value): Sequence {
  if (v.info.cls === Class.many) return { base: v, count: v.fact!.ahead, elem: v.info.child! };
  const array = v.info.child!;
  return { base: v, count: array.length, elem: array.child! };
}

/** Elements of type `elem` (null: of any type) that may be written if `mutable`. */
function sequence(g: Gen, elem: TypeInfo | null, mutable: boolean): Sequence {
  const writable = (v: Value): boolean => !(mutable && v.info.isConst);
  const many = g.r.chance(110)
    ? listedPointer(g, Class.many, (v) => writable(v) && v.fact!.ahead > 0 && (elem ?? v.info.child) === v.info.child)
    : null;
  if (many !== null) return sequenceIn(many);
  const array = listedPointer(g, Class.ptr, (v) => {
    const { cls, child, length } = v.info.child!;
    return writable(v) && cls === Class.array && length > 0 && (elem ?? child) === child;
  });
  if (array !== null && g.r.chance(200)) return sequenceIn(array);
  if (elem !== null) return sequenceIn(drawAddress(g.p, manyInfo(g.p.types, elem, !mutable && g.r.chance(128))));
  const arrays = g.p.aggregates.filter((info) => info.cls === Class.array && info.length > 0);
  return sequenceIn(pointerTo(g, g.r.pick(arrays), mutable));
}

/** `memset` of an array or of a part of it. */
export const filling: Emitter = (g) => {
  const slice = g.r.chance(80) ? listedPointer(g, Class.slice, (v) => !v.info.isConst) : null;
  if (slice !== null) {
    g.b.bin('memset', use(slice), use(operand(g, slice.info.child!, true)));
    markWritten(slice);
    return true;
  }
  const target = sequence(g, null, true);
  const destination = destinationOf(g, target, lengthUpTo(g, target.count));
  const value = operand(g, target.elem, true);
  if (g.r.chance(12)) g.b.bin('memset', use(destination), use(undefinedValue(g, target.elem)));
  g.b.bin('memset', use(destination), use(value));
  markWritten(target.base);
  return true;
};

/** The first `length` elements as the left operand of a bulk instruction. */
function destinationOf(g: Gen, target: Sequence, length: Value): Value {
  const isWhole = target.base.info.cls === Class.ptr && length.low === target.count;
  return isWhole || !can(g, 'slice') ? wholeOf(g, target) : sliceOf(g, target.base, target.elem, length);
}

/** `*[n]T` for all elements of a sequence. */
function wholeOf(g: Gen, target: Sequence): Value {
  if (target.base.info.cls === Class.ptr) return target.base;
  const info = ptrInfo(g.p.types, arrayInfo(g.p.types, target.elem, target.count), target.base.info.isConst);
  return define(g, g.b.tyOp('bitcast', info.ip, use(target.base)), info, 0, 0, target.base.fact);
}

/** `memcpy` between different objects, or between parts of one that do not overlap. */
export const copying: Emitter = (g) => {
  const target = sequence(g, null, true);
  if (g.r.chance(40) && target.count >= 2 && can(g, 'ptr_add') && can(g, 'slice')) {
    const half = target.count >> 1;
    const to = g.r.chance(128) ? 0 : half;
    copyWithin(g, 'memcpy', target, to, half - to, half);
    return true;
  }
  let source = sequence(g, target.elem, false);
  if (!areApart(source.base, target.base)) {
    source = sequenceIn(newPlace(g, arrayInfo(g.p.types, target.elem, target.count)));
  }
  copyBetween(g, 'memcpy', target, source);
  return true;
};

/** Copies as many elements as both have, or fewer. */
function copyBetween(g: Gen, tag: 'memcpy' | 'memmove', target: Sequence, source: Sequence): void {
  const count = Math.min(target.count, source.count);
  const partial = count < target.count || g.r.chance(100);
  if (partial && !can(g, 'slice')) return;
  const length = partial ? lengthUpTo(g, count) : usizeConst(g, count);
  const destination = destinationOf(g, target, length);
  // The source may be longer than what is copied; its own length does not matter.
  const from = g.r.chance(60) && can(g, 'slice') ? sliceOf(g, source.base, source.elem, length) : source.base;
  g.b.bin(tag, use(destination), use(from));
  markWritten(target.base);
}

/** Copies up to `count` elements of one object from index `from` to index `to`. */
function copyWithin(
  g: Gen,
  tag: 'memcpy' | 'memmove',
  object: Sequence,
  to: number,
  from: number,
  count: number,
): void {
  const start = object.base.info.cls === Class.many ? object.base : elementsOf(g, object.base);
  const length = lengthUpTo(g, count);
  const destination = sliceOf(g, advanced(g, start, to), object.elem, length);
  const source = advanced(g, start, from);
  g.b.bin(tag, use(destination), use(g.r.chance(128) ? sliceOf(g, source, object.elem, length) : source));
  markWritten(object.base);
}

function advanced(g: Gen, start: Value, by: number): Value {
  if (by === 0) return start;
  const fact = { ...start.fact!, ahead: start.fact!.ahead - by, behind: start.fact!.behind + by };
  return define(g, g.b.tyBin('ptr_add', start.info.ip, use(start), use(usizeConst(g, by))), start.info, 0, 0, fact);
}

/** `memmove`: overlapping in both directions, or as `memcpy`. */
export const overlapping: Emitter = (g) => {
  const target = sequence(g, null, true);
  if (g.r.chance(170) && target.count >= 2 && can(g, 'ptr_add') && can(g, 'slice')) {
    // A short way from near the start, so that most of what is read is overwritten too.
    const way = g.r.chance(40) ? 0 : Math.min(target.count - 1, g.r.between(1, 2));
    const near = g.r.below(Math.max(1, (target.count - way) >> 1));
    const [to, from] = g.r.chance(150) ? [near + way, near] : [near, near + way];
    copyWithin(g, 'memmove', target, to, from, target.count - near - way);
    return true;
  }
  const slices = can(g, 'slice_len') && can(g, 'slice_ptr') && can(g, 'slice') && g.r.chance(128);
  if (slices && moveBetweenSlices(g)) return true;
  copyBetween(g, 'memmove', target, sequence(g, target.elem, false));
  return true;
};

/** Between two slices of which nothing is known: the lesser length decides. */
function moveBetweenSlices(g: Gen): boolean {
  const target = listedPointer(g, Class.slice, (v) => !v.info.isConst);
  if (target === null) return false;
  const elem = target.info.child!;
  const source = listedPointer(g, Class.slice, (v) => v.info.child === elem) ?? target;
  const usize = usizeInfo(g);
  const length = (v: Value): Value =>
    define(g, g.b.tyOp('slice_len', usize.ip, use(v)), usize, v.fact!.ahead, Math.min(v.fact!.most, usize.full));
  const ours = length(target);
  const count = source === target ? ours : atMost(g, ours, length(source));
  const many = manyInfo(g.p.types, elem, false);
  const first = define(g, g.b.tyOp('slice_ptr', many.ip, use(target)), many, 0, 0, { ...target.fact!, most: Infinity });
  g.b.bin('memmove', use(sliceOf(g, first, elem, count)), use(source));
  return true;
}
