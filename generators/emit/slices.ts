/**
 * Slices: made from pointers, taken apart, indexed, and changed in memory.
 *
 * Owns what is known of a length. Invariant: an index is below the length, by what is known or by a test at run time; a
 * slice never gets longer than the memory behind it.
 */
import { drawType } from '../draw/draw-types.ts';
import type { Emitter, Gen } from './gen.ts';
import { binary, branch, can, compare, define, inBody, unlisted, use, usizeInfo } from './gen.ts';
import { atMost, indexBelow, lengthUpTo, masked } from './guards.ts';
import { operand } from './operands.ts';
import { listedPointer, pointerWhere, rawSlot, store, usizeConst } from './places.ts';
import type { Fact, Value } from '../model/scope.ts';
import { factByConvention } from '../model/scope.ts';
import { drawAddress, drawConstant } from '../draw/static-data.ts';
import type { TypeInfo } from '../model/types.ts';
import { Class, manyInfo, ptrInfo, sliceInfo } from '../model/types.ts';
import { defineLoaded, derived, disturbElement } from './pointers.ts';

/** A slice with at least `least` elements if there is one in scope, else any slice. */
function someSlice(g: Gen, least: number): Value {
  const listed = g.r.chance(190) ? listedPointer(g, Class.slice, (v) => v.fact!.ahead >= least) : null;
  if (listed !== null) return listed;
  const way = g.r.below(4);
  if (way < 2 && can(g, 'array_to_slice')) {
    const made = wholeArray(g);
    if (made !== null) return made;
  }
  if (way === 2) {
    const any = listedPointer(g, Class.slice, () => true);
    if (any !== null) return any;
  }
  return drawAddress(g.p, sliceInfo(g.p.types, drawType(g.p), g.r.chance(128)));
}

function sliceFact(base: Fact, least: number, most: number): Fact {
  return { isStatic: base.isStatic, object: base.object, ahead: least, most, behind: 0 };
}

function wholeArray(g: Gen): Value | null {
  const pointer = pointerWhere(g, false, (child) => child.cls === Class.array && child.length > 0);
  if (pointer === null) return null;
  const array = pointer.info.child!;
  const info = sliceInfo(g.p.types, array.child!, pointer.info.isConst);
  const ref = g.b.tyOp('array_to_slice', info.ip, use(pointer));
  return define(g, ref, info, 0, 0, sliceFact(pointer.fact!, array.length, array.length));
}

/** `array_to_slice`. */
export const arrayAsSlice: Emitter = (g) => wholeArray(g) !== null;

/** `slice` of `length` elements from `base`, a `[*]T` or `*[n]T`. */
export function sliceOf(g: Gen, base: Value, elem: TypeInfo, length: Value): Value {
  const info = sliceInfo(g.p.types, elem, base.info.isConst);
  const ref = g.b.tyBin('slice', info.ip, use(base), use(length));
  return define(g, ref, info, 0, 0, sliceFact(base.fact!, length.low, length.high));
}

/** `slice` from a pointer to many or to an array. */
export const slicing: Emitter = (g) => {
  const many = g.r.chance(150) ? listedPointer(g, Class.many, (v) => v.fact!.ahead > 0) : null;
  if (many !== null) {
    sliceOf(g, many, many.info.child!, lengthUpTo(g, many.fact!.ahead));
    return true;
  }
  const array = pointerWhere(g, false, (child) => child.cls === Class.array);
  if (array === null) return false;
  const { child, length } = array.info.child!;
  sliceOf(g, array, child!, lengthUpTo(g, length));
  return true;
};

function lengthOf(g: Gen, slice: Value): Value {
  const usize = usizeInfo(g);
  const { ahead, most } = slice.fact!;
  return define(g, g.b.tyOp('slice_len', usize.ip, use(slice)), usize, ahead, Math.min(most, usize.full));
}

/** `slice_len`. */
export const lengthOfSlice: Emitter = (g) => {
  lengthOf(g, someSlice(g, 0));
  return true;
};

/** `slice_ptr`. */
export const pointerOfSlice: Emitter = (g) => {
  const slice = someSlice(g, 1);
  const info = manyInfo(g.p.types, slice.info.child!, slice.info.isConst);
  const fact = { ...slice.fact!, most: Infinity };
  define(g, g.b.tyOp('slice_ptr', info.ip, use(slice)), info, 0, 0, fact);
  return true;
};

/** An index into `slice`, which has at least one element: within what is known, or any one by the length at run time. */
function indexInto(g: Gen, slice: Value): Value {
  if (!can(g, 'slice_len') || g.r.chance(140)) return indexBelow(g, slice.fact!.ahead);
  const v = operand(g, usizeInfo(g));
  return binary(g, 'rem', v, lengthOf(g, slice));
}

/** Runs `then` with an index if `slice` has elements, and yields `otherwise` if not. */
function ifNotEmpty(g: Gen, slice: Value, info: TypeInfo, then: (index: Value) => Value): Value['ref'] {
  const v = operand(g, usizeInfo(g));
  const length = lengthOf(g, slice);
  const isEmpty = compare(g, 'cmp_eq', length, usizeConst(g, 0));
  return g.b.block(info.ip, (self) => {
    g.b.condBr(
      use(isEmpty),
      () => branch(g, self, drawConstant(g.p, info)),
      () => {
        inBody(g, () => {
          const index = unlisted(g.b.bin('rem', use(v), use(length)), usizeInfo(g), 0, usizeInfo(g).full);
          branch(g, self, then(index));
        });
      },
    );
  });
}

/** `slice_elem_val`. */
export const elementOfSlice: Emitter = (g) => {
  const slice = someSlice(g, 1);
  const elem = slice.info.child!;
  if (slice.fact!.ahead === 0) {
    if (!can(g, 'slice_len')) return false;
    const ref = ifNotEmpty(g, slice, elem, (index) =>
      unlisted(g.b.bin('slice_elem_val', use(slice), use(index)), elem, 0, 0),
    );
    defineLoaded(g, ref, elem);
    return true;
  }
  const index = indexInto(g, slice);
  const value = defineLoaded(g, g.b.bin('slice_elem_val', use(slice), use(index)), elem);
  disturbElement(g, slice, index, value);
  return true;
};

/** `slice_elem_ptr`. */
export const elementAddressOfSlice: Emitter = (g) => {
  const slice = someSlice(g, 1);
  const info = ptrInfo(g.p.types, slice.info.child!, slice.info.isConst);
  if (slice.fact!.ahead === 0) {
    if (!can(g, 'slice_len')) return false;
    const ref = ifNotEmpty(g, slice, info, (index) =>
      unlisted(g.b.tyBin('slice_elem_ptr', info.ip, use(slice), use(index)), info, 0, 0),
    );
    define(g, ref, info, 0, 0, factByConvention(info, 'merged'));
    return true;
  }
  const index = indexInto(g, slice);
  const ref = g.b.tyBin('slice_elem_ptr', info.ip, use(slice), use(index));
  define(g, ref, info, 0, 0, derived(slice.fact!));
  return true;
};

function lengthPlace(g: Gen, slot: Value): Value {
  const info = ptrInfo(g.p.types, usizeInfo(g), false);
  return unlisted(g.b.tyOp('ptr_slice_len_ptr', info.ip, use(slot)), info, 0, 0);
}

function loadLength(g: Gen, place: Value, fact: Fact): Value {
  const usize = usizeInfo(g);
  return define(g, g.b.tyOp('load', usize.ip, use(place)), usize, fact.ahead, Math.min(fact.most, usize.full));
}

/** `ptr_slice_len_ptr`: a slice in a slot gets shorter. */
export const shortenInPlace: Emitter = (g) => {
  const slice = someSlice(g, 1);
  const slot = rawSlot(g, slice.info);
  store(g, slot, slice);
  const place = lengthPlace(g, slot);
  const old = loadLength(g, place, slice.fact!);
  const shorter = g.r.chance(128) ? atMost(g, old, usizeConst(g, g.r.below(6))) : masked(g, old, g.r.below(4));
  store(g, place, shorter);
  const fact = sliceFact(slice.fact!, shorter.low, Math.min(shorter.high, slice.fact!.most));
  define(g, g.b.tyOp('load', slice.info.ip, use(slot)), slice.info, 0, 0, fact);
  return true;
};

/** `ptr_slice_ptr_ptr`: a slice in a slot loses its first element, or is only looked at. */
export const advanceInPlace: Emitter = (g) => {
  const slice = someSlice(g, 1);
  const { ahead, most } = slice.fact!;
  const slot = rawSlot(g, slice.info);
  store(g, slot, slice);
  const many = manyInfo(g.p.types, slice.info.child!, slice.info.isConst);
  const placeInfo = ptrInfo(g.p.types, many, false);
  const place = unlisted(g.b.tyOp('ptr_slice_ptr_ptr', placeInfo.ip, use(slot)), placeInfo, 0, 0);
  const fact: Fact = { ...slice.fact!, most: Infinity };
  const first = define(g, g.b.tyOp('load', many.ip, use(place)), many, 0, 0, fact);
  if (ahead === 0 || !can(g, 'ptr_add') || !can(g, 'ptr_slice_len_ptr')) return true;
  const next = unlisted(g.b.tyBin('ptr_add', many.ip, use(first), use(usizeConst(g, 1))), many, 0, 0);
  store(g, place, next);
  const length = lengthPlace(g, slot);
  const rest = binary(g, 'sub', loadLength(g, length, slice.fact!), usizeConst(g, 1), ahead - 1, usizeInfo(g).full);
  store(g, length, rest);
  const tail = sliceFact(slice.fact!, ahead - 1, most - 1);
  define(g, g.b.tyOp('load', slice.info.ip, use(slot)), slice.info, 0, 0, tail);
  return true;
};
