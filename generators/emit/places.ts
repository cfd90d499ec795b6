/**
 * Memory at the point of insertion: fresh slots of the frame, and pointers to objects of a wanted type.
 *
 * Owns how a slot becomes defined before anything can read it. Invariant: a slot is listed in the scope only when every
 * byte that a typed access can read is defined.
 */
import { valueRef } from '../../core/index.ts';
import { intConst } from '../draw/constants.ts';
import type { Gen } from './gen.ts';
import { can, unlisted, use, usizeInfo } from './gen.ts';
import { operand, preferred } from './operands.ts';
import type { Value } from '../model/scope.ts';
import { OUTER_OBJECT, UNKNOWN_OBJECT } from '../model/scope.ts';
import { drawAddress, FIRST_UNNAMED } from '../draw/static-data.ts';
import type { TypeInfo } from '../model/types.ts';
import { Class, ptrInfo } from '../model/types.ts';

/** `alloc` of a slot that nobody else sees: not listed, content undefined. */
export function rawSlot(g: Gen, child: TypeInfo, align = 0): Value {
  const info = ptrInfo(g.p.types, child, false, align);
  g.frame += child.size + Math.max(child.align, align) + 16;
  const object = g.nextObject--;
  const fact = { isStatic: false, object, ahead: 0, most: Infinity, behind: 0 };
  return unlisted(g.b.typed('alloc', info.ip), info, -Infinity, Infinity, fact);
}

/** A fresh initialised slot for a `child`, listed. */
export function newPlace(g: Gen, child: TypeInfo): Value {
  const align = g.r.chance(30) ? Math.min(64, child.align << g.r.between(1, 6)) : 0;
  const slot = rawSlot(g, child, align > child.align ? align : 0);
  initialiseSlot(g, slot, child);
  slot.used = false;
  g.scope.add(slot);
  return slot;
}

function initialiseSlot(g: Gen, slot: Value, child: TypeInfo): void {
  const way = g.r.below(8);
  if (way === 0 && child.cls === Class.array && child.length > 0 && !child.sentinel && can(g, 'memset')) {
    const elem = operand(g, child.child!, true);
    g.b.bin('memset', use(slot), use(elem));
    return;
  }
  if (way <= 1 && child.cls === Class.struct && child.fields.length <= 5 && can(g, 'struct_field_ptr')) {
    if (g.r.chance(40)) store(g, slot, undefinedValue(g, child));
    child.fields.forEach((field, n) => {
      if (field.size > 0) storeField(g, slot, field, n);
    });
    return;
  }
  if (way === 2 && g.r.chance(60)) store(g, slot, undefinedValue(g, child));
  store(g, slot, operand(g, child, true));
}

function storeField(g: Gen, struct: Value, field: TypeInfo, n: number): void {
  const value = operand(g, field, true);
  const info = ptrInfo(g.p.types, field, false);
  const place = unlisted(g.b.field('struct_field_ptr', info.ip, use(struct), n), info, 0, 0);
  store(g, place, value);
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

/** The newest pointers of class `cls` in scope to `child` (null: whatever `accepts` the pointer), or null. */
export function listedPointer(g: Gen, cls: Class, accepts: (pointer: Value) => boolean): Value | null {
  const pointers = g.scope.ofClass(cls);
  let found: Value | null = null;
  const end = Math.max(0, pointers.length - 24);
  for (let i = pointers.length - 1; i >= end; i--) {
    const pointer = pointers[i]!;
    if (!accepts(pointer)) continue;
    found = pointer;
    if (g.r.chance(110)) break;
  }
  return found;
}

/** A pointer to one `child`, writable if `mutable`. */
export function pointerTo(g: Gen, child: TypeInfo, mutable: boolean): Value {
  const listed = g.r.chance(200)
    ? listedPointer(g, Class.ptr, (v) => v.info.child === child && !(mutable && v.info.isConst))
    : null;
  if (listed !== null) return listed;
  if (g.r.chance(110)) return newPlace(g, child);
  return drawAddress(g.p, ptrInfo(g.p.types, child, !mutable && g.r.chance(128)));
}

/** A pointer to one object of a type that `accepts`, writable if `mutable`. */
export function pointerWhere(g: Gen, mutable: boolean, accepts: (child: TypeInfo) => boolean): Value | null {
  const listed = g.r.chance(200)
    ? listedPointer(g, Class.ptr, (v) => !(mutable && v.info.isConst) && accepts(v.info.child!))
    : null;
  if (listed !== null) return listed;
  const types = g.p.aggregates;
  const start = g.r.below(types.length);
  for (let n = 0; n < types.length; n++) {
    const child = types[(start + n) % types.length]!;
    if (accepts(child)) return pointerTo(g, child, mutable);
  }
  return null;
}

/** A struct or array value of a type that `accepts`, or null. */
export function aggregateWhere(g: Gen, cls: Class, accepts: (info: TypeInfo) => boolean): Value | null {
  const values = g.scope.ofClass(cls);
  if (values.length > 0 && g.r.chance(200)) {
    const v = preferred(g, values);
    if (accepts(v.info)) return v;
  }
  const types = g.p.aggregates;
  const start = g.r.below(types.length);
  for (let n = 0; n < types.length; n++) {
    const info = types[(start + n) % types.length]!;
    if (info.cls === cls && accepts(info)) return operand(g, info);
  }
  return null;
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
