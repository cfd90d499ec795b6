/**
 * From a position of a sharded campaign to the seed of its case: the one place where both sides of the process boundary
 * must agree.
 */
import { caseSeed } from '../case/seeds.ts';
import type { Shard } from './protocol.ts';

/** Seed of the case at `position` of `shard`: the case with index `shard.index + position * shard.of`. */
export function seedAt(campaignSeed: number, shard: Shard, position: number): number {
  return caseSeed(campaignSeed, shard.index + position * shard.of);
}
