/**
 * Stores that leave a mark where nothing is stored: `store_safe` and `memset_safe` of the constant `undef`; where rare types are
 * asked for, of values of every type as well.
 *
 * Invariant: the bytes 0xAA are a value of every type that is marked, so what is read there is defined.
 */
import { valueRef } from '../../core/index.ts';
import { drawOfAnyClass } from '../draw/any-class.ts';
import { newData } from '../draw/static-data.ts';
import { drawType } from '../draw/draw-types.ts';
import type { Value } from '../model/scope.ts';
import { unlisted } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';
import { arrayInfo, Class, intInfo, ptrInfo, sliceInfo } from '../model/types.ts';
import { lengthUpTo } from './amounts.ts';
import type { Emitter, Gen } from './gen.ts';
import { can, use } from './gen.ts';
import { operand } from './operands.ts';
import { listedPointer, pointerTo } from './places.ts';
import { defineLoaded } from './pointers.ts';
import { markWritten, rawSlot, undefinedValue } from './slots.ts';

/** Most bytes of an element that many of are filled. */
const MOST_BYTES = 8;

/** Whether this one is to be of any type. */
function wantsRare(g: Gen): boolean {
  return g.p.plan.profile.rare && g.r.chance(220);
}

/** Whether bytes 0xAA are a value of `info`. */
function canBeMarked(info: TypeInfo): boolean {
  return info.raw || (info.cls === Class.float && (info.bits === 32 || info.bits === 64));
}

/** A writable pointer to something that can be marked: listed, a variable, or a new slot. */
function drawPlace(g: Gen): Value {
  const listed = listedPointer(g, Class.ptr, (v) => !v.info.isConst && canBeMarked(v.info.child!));
  if (listed !== null && g.r.chance(128)) return listed;
  const child = drawMarked(g);
  if (g.r.chance(100)) {
    const slot = rawSlot(g, child);
    g.scope.add(slot);
    return slot;
  }
  const { nav } = newData(g.p, child, true);
  const ptr = ptrInfo(g.p.types, child, false);
  return unlisted(valueRef(g.p.pool.ptrNav(ptr.ip, nav)), ptr, 0, 0);
}

function drawMarked(g: Gen): TypeInfo {
  const drawn = drawType(g.p);
  const child = canBeMarked(drawn) ? drawn : intInfo(g.p.types, g.r.chance(128), g.r.pick([8, 16, 32, 64]));
  return g.r.chance(60) && child.size <= 8 ? arrayInfo(g.p.types, child, g.r.pick([1, 3, 5, 9, 33])) : child;
}

/** `store_safe`, usually of nothing. */
export const storingSafely: Emitter = (g) => {
  const isRare = wantsRare(g);
  const place = isRare ? pointerTo(g, drawOfAnyClass(g.p), true) : drawPlace(g);
  const child = place.info.child!;
  const isMarked = (!isRare || canBeMarked(child)) && g.r.chance(170);
  const value = isMarked ? undefinedValue(g, child) : operand(g, child, true);
  g.b.bin('store_safe', use(place), use(value));
  markWritten(place);
  if (g.r.chance(128)) defineLoaded(g, g.b.tyOp('load', child.ip, use(place)), child);
  return true;
};

/** `memset_safe` of an array or a part of it, usually with nothing. */
export const fillingSafely: Emitter = (g) => {
  const elem = wantsRare(g) ? drawOfAnyClass(g.p) : intInfo(g.p.types, g.r.chance(128), g.r.pick([8, 16, 32, 64]));
  const array = arrayInfo(g.p.types, elem, g.r.pick(elem.size > MOST_BYTES ? [1, 2, 3] : [1, 2, 3, 7, 20]));
  const ptr = ptrInfo(g.p.types, array, false);
  const base = unlisted(valueRef(g.p.pool.ptrNav(ptr.ip, newData(g.p, array, true).nav)), ptr, 0, 0);
  const value = canBeMarked(elem) && g.r.chance(190) ? undefinedValue(g, elem) : operand(g, elem, true);
  let destination = use(base);
  if (can(g, 'slice') && g.r.chance(128)) {
    destination = g.b.tyBin(
      'slice',
      sliceInfo(g.p.types, elem, false).ip,
      destination,
      use(lengthUpTo(g, array.length)),
    );
  }
  g.b.bin('memset_safe', destination, use(value));
  return true;
};
