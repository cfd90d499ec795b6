/**
 * Slots of the frame, stores, and what is known of where two pointers point.
 *
 * Chooses no operands. Invariant: a slot made here is not listed in the scope, so nothing can read it before it is defined.
 */
import { valueRef } from '../../core/index.ts';
import { intConst } from '../draw/constants.ts';
import { FIRST_UNNAMED } from '../draw/static-data.ts';
import type { Value } from '../model/scope.ts';
import { OUTER_OBJECT, UNKNOWN_OBJECT, unlisted } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';
import { ptrInfo } from '../model/types.ts';
import type { Gen } from './gen.ts';
import { use, usizeInfo } from './gen.ts';

/** `alloc` of a slot that nobody else sees: not listed, content undefined. */
export function rawSlot(g: Gen, child: TypeInfo, align = 0): Value {
  const info = ptrInfo(g.p.types, child, false, align);
  g.frame += child.size + Math.max(child.align, align) + 16;
  const object = g.nextObject--;
  const fact = { isStatic: false, object, ahead: 0, most: Infinity, behind: 0 };
  return unlisted(g.b.typed('alloc', info.ip), info, -Infinity, Infinity, fact);
}

/** The undefined value of `info`: for stores only. */
export function undefinedValue(g: Gen, info: TypeInfo): Value {
  return unlisted(valueRef(g.p.pool.undef(info.ip)), info, -Infinity, Infinity);
}

/** `store` of a value that may be in memory. */
export function store(g: Gen, place: Value, value: Value): void {
  g.b.bin('store', place.ref, use(value));
  markWritten(place);
}

/** After a write: what is in a slot of the frame is invisible until something reads it through `pointer`. */
export function markWritten(pointer: Value): void {
  pointer.used = pointer.fact?.isStatic !== false;
}

/** Whether two pointers certainly point to different objects. */
export function areApart(a: Value, b: Value): boolean {
  const x = a.fact!.object;
  const y = b.fact!.object;
  if (x === y || x === UNKNOWN_OBJECT || y === UNKNOWN_OBJECT) return false;
  // What comes from outside may be any object but a slot of this frame.
  return isSlot(x) || isSlot(y) || (x !== OUTER_OBJECT && y !== OUTER_OBJECT);
}

/** Whether the language says how two pointers to one byte or more compare. */
export function areComparable(a: Value, b: Value): boolean {
  const x = a.fact!.object;
  const y = b.fact!.object;
  if (x === UNKNOWN_OBJECT || x === OUTER_OBJECT || y === UNKNOWN_OBJECT || y === OUTER_OBJECT) return false;
  return x === y || (x < FIRST_UNNAMED && y < FIRST_UNNAMED);
}

/** Whether `object` is a slot of this frame. */
function isSlot(object: number): boolean {
  return object < OUTER_OBJECT;
}

/** A `usize` constant. */
export function usizeConst(g: Gen, value: number): Value {
  return intConst(g.p, usizeInfo(g), value);
}
