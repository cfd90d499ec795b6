/**
 * From a position of a sharded campaign to the seed of its case: the one place where both sides of the process boundary
 * must agree.
 */
import { PROFILES } from '../../generators/index.ts';
import { caseSeed } from '../case/seeds.ts';
import type { Shard } from './protocol.ts';

/** A campaign, as far as it decides about seeds. */
export interface SeedSource {
  readonly seed: number;
  readonly shard: Shard;
  readonly profile: string;
}

/**
 * Seed of the case at `position`: the case with index `shard.index + position * shard.of`. A profile that sweeps goes through
 * its cells one after the other.
 */
export function seedAt({ seed, shard, profile }: SeedSource, position: number): number {
  const index = indexAt(shard, position);
  return PROFILES[profile]?.sweeps === true ? seed + index : caseSeed(seed, index);
}

/** Position in the whole campaign of what is at `position` in `shard`. */
export function indexAt({ index, of }: Shard, position: number): number {
  return index + position * of;
}
