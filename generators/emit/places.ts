/**
 * Objects at the point of insertion: pointers to objects, and aggregates, of a wanted type.
 *
 * Owns the choice between what is in scope, a fresh slot, and a constant address.
 */
import { drawAddress } from '../draw/static-data.ts';
import type { Value } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';
import { Class, ptrInfo } from '../model/types.ts';
import type { Gen } from './gen.ts';
import { newPlace, operand, preferred } from './operands.ts';

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
