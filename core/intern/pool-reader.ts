/**
 * A pool as its readers see it: what can be asked of it, and how a thread attaches to the pool of another one.
 *
 * Owns the list of what is reading. Layout, bodies and codegen take this type, so code that may run on any thread cannot
 * even be written to intern.
 */
import type { Target } from './target.ts';
import { InternPool } from './intern-pool.ts';
import type { SharedItems } from './item-table.ts';

/**
 * The pool of another thread, read in place: nothing is copied. `items` is what `share` of that pool gave; `refresh` shows
 * what was interned since.
 */
export function attachPool(target: Target, items: SharedItems): PoolReader {
  return new InternPool(target, items);
}

/** What can be read of a pool. */
export type PoolReader = Pick<
  InternPool,
  | 'target'
  | 'sizeCache'
  | 'alignCache'
  | 'fieldOffsetCache'
  | 'nameType'
  | 'size'
  | 'refresh'
  | 'isType'
  | 'typeKind'
  | 'valueKind'
  | 'word'
  | 'typeOf'
  | 'isInt'
  | 'intBits'
  | 'intSigned'
  | 'simpleType'
  | 'isFloat'
  | 'floatBits'
  | 'isPtr'
  | 'isFnPtr'
  | 'childType'
  | 'ptrIsMany'
  | 'ptrIsConst'
  | 'ptrAlign'
  | 'arrayLen'
  | 'arraySentinel'
  | 'structLayout'
  | 'fieldCount'
  | 'fieldType'
  | 'fieldAlign'
  | 'fnReturn'
  | 'fnParamCount'
  | 'fnParam'
  | 'patternWord'
  | 'intBig'
  | 'ptrOffset'
>;
