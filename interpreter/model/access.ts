/**
 * Which accesses to memory are legal: docs/air.md section 6 ("Memory"), first paragraph.
 *
 * Every read and write of a program passes one of these checks first. The order of the checks is the order of the kinds when
 * several apply: undefined address, numeric address, dead object, out of bounds, misaligned, constant.
 */
import { illegal } from './halt.ts';
import type { MemoryObject } from './memory-object.ts';
import type { Pointer, Value } from './values.ts';
import { makePointer, pointerOf } from './values.ts';

/** An address that may be used: its object is live and holds the accessed range. */
export interface Place {
  readonly object: MemoryObject;
  readonly offset: number;
}

/** Checks a read of `size` bytes, `skip` bytes after the address `v` that promises `align`. */
export function placeToRead(v: Value, size: number, align: number, skip = 0): Place {
  const { object, offset } = pointerOf(v);
  if (object === null) return illegal('null_or_numeric_address');
  if (!object.alive) return illegal('dangling');
  const start = offset + skip;
  if (start < 0 || start + size > object.size) return illegal('out_of_bounds');
  if (align > 1 && (object.align < align || offset % align !== 0)) return illegal('misaligned');
  return { object, offset: start };
}

/** Checks a write, as {@link placeToRead}. */
export function placeToWrite(v: Value, size: number, align: number, skip = 0): Place {
  const place = placeToRead(v, size, align, skip);
  return place.object.readonly ? illegal('write_to_constant') : place;
}

/** The address `distance` bytes after `v`; it stays inside its object or at the end of it. */
export function moved(v: Value, distance: number): Pointer {
  const { object, offset } = pointerOf(v);
  if (object === null) return illegal('null_or_numeric_address');
  const to = offset + distance;
  if (!(to >= 0 && to <= object.size)) return illegal('out_of_bounds');
  return makePointer(object, to);
}

/** Whether two addresses are equal; illegal where the answer is a matter of layout. */
export function sameAddress(p: Pointer, q: Pointer): boolean {
  if (p.object === q.object) return p.offset === q.offset;
  if (p.object === null || q.object === null) return illegal('pointer_comparison');
  const functions = (p.object.role === 'function' ? 1 : 0) + (q.object.role === 'function' ? 1 : 0);
  if (functions === 2) return false;
  // A function is a table slot: its number and the address of data may coincide.
  if (functions === 1) return illegal('pointer_comparison');
  if (p.object.role === 'constant' && q.object.role === 'constant') return illegal('pointer_comparison');
  if (!isInside(p, p.object) || !isInside(q, q.object)) return illegal('pointer_comparison');
  return false;
}

/** Whether a pointer is the address of a byte that its object has for sure: not its end, not memory that may be in use again. */
function isInside(p: Pointer, object: MemoryObject): boolean {
  return object.alive && p.offset >= 0 && p.offset < object.size;
}
