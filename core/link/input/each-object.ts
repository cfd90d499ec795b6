/**
 * Visiting the objects of a link with their numbers.
 *
 * Owns the one place where a position in the list of objects becomes an ObjectId.
 */
import type { ObjectId } from './index-spaces.ts';
import type { ParsedObject } from './object-file.ts';

/** In place of an object: what comes from the unit, or from the linker itself. */
export const NO_OBJECT = -1 as ObjectId;

/** Calls `visit` with each object and its number, in order. */
export function eachObject(objects: readonly ParsedObject[], visit: (object: ParsedObject, o: ObjectId) => void): void {
  for (let o = 0 as ObjectId; o < objects.length; o++) visit(objects[o]!, o);
}
