/**
 * What a campaign is told to do: plain data, made by the command line, stored with the run.
 */
import type { Shard } from '../worker/protocol.ts';

/** When a campaign ends by itself: at whichever comes first; at least one is given. */
interface Budget {
  /** Completed cases of the whole campaign, or null for any number. A shard runs its part of so many positions. */
  readonly runs: number | null;
  /** Time for the running of cases, or null for any. */
  readonly seconds: number | null;
}

/** What a campaign is to do. */
export interface CampaignConfig {
  readonly seed: number;
  readonly profile: string;
  readonly generator: number;
  readonly budget: Budget;
  readonly shard: Shard;
  readonly stopOnFirst: boolean;
  /** As given on the command line; see `WorkerSetup`. */
  readonly backend: string;
  /** As given; absent: V8 alone. */
  readonly engines?: string;
  readonly checks: string | null;
  readonly onlyOps: readonly string[] | null;
  /** Seeds are chosen for what their programs reach (`harness/reach/steered-seeds.ts`); absent: they are not. */
  readonly steer?: true;
  /** Ids of the known bugs of the back end that are counted apart; absent: none. */
  readonly known?: readonly string[];
  /** Cases that one reduction may run. */
  readonly reduceRuns: number;
  /** Seconds for all reductions together; absent: no limit, and what they come to depends on no clock. */
  readonly reduceSeconds?: number;
  /** Part of the workers' time, from 0 to 1, in which cases are reduced while others run; absent: none, all are reduced at the end. */
  readonly reduceShare?: number;
}

/** Cases that a worker gets at a time: small enough to end soon, big enough to make messages cheap. */
export const CHUNK = 32;

/** The same for a back end that compiles up to `most` programs at a time, or one at a time (null). */
export function chunkOf(most: number | null): number {
  return Math.max(CHUNK, most ?? 0);
}

/** Checks whose findings are not of a case: a dead worker cannot be asked twice, and a generator makes no smaller case. */
export const UNREDUCIBLE: readonly string[] = ['process', 'generate'];

/** Failing cases of one bucket whose causes are looked for: one of each cause is reduced. */
export const NAMED_PER_BUCKET = 8;

/** Others of the bucket whose causes are looked for where all of those came to one: it may hide what fails less often. */
export const SAMPLED_PER_BUCKET = 24;

/** The same of all buckets of a campaign. */
export const MAX_SAMPLED = 48;

/** Failing cases of one bucket that are reduced without a known cause: two bugs that look alike at first part when they are small. */
export const REDUCED_PER_BUCKET = 3;

/** Reductions of one campaign; a back end that fails everywhere must not keep it from ending. */
export const MAX_REDUCTIONS = 40;

/** The parts of the configuration that decide what a position means: equal for a run that is resumed. */
export function identityOf(config: CampaignConfig): Record<string, unknown> {
  const { seed, profile, generator, shard, backend, engines = null, checks, onlyOps, steer, known } = config;
  const identity = { seed, profile, generator, shard, backend, engines, checks, onlyOps };
  return { ...identity, ...(steer === true && { steer }), ...(known !== undefined && { known }) };
}
