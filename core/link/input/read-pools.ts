/**
 * What the reading of many objects has in common: the strings of their names, and the memory of their tables.
 *
 * A link of thousands of objects reads all of them with the same pools. Invariant: what an object says does not depend on
 * them.
 */
import { NamePool } from '../../support/name-pool.ts';
import { Slab } from '../../support/slab.ts';

/** See the file header. */
export interface ReadPools {
  /** Null where names hardly repeat. */
  readonly names: NamePool | null;
  readonly slab: Slab;
}

const FIRST_BUFFER = 1 << 16;

/** For the objects of one link. */
export function sharedPools(): ReadPools {
  return { names: new NamePool(), slab: new Slab(FIRST_BUFFER) };
}

/** For one object alone, of `size` bytes: its tables are seldom larger than itself. */
export function ownPools(size: number): ReadPools {
  return { names: null, slab: new Slab(size) };
}
