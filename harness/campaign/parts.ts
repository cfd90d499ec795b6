/**
 * What a campaign is given: workers, listeners, what was done before. Types only.
 */
import type { FoundCase, Workers } from '../worker/protocol.ts';
import type { Emit, EndReason } from './events.ts';
import type { Reduction, WantedReduction } from './reduction-record.ts';
import type { Range } from './schedule.ts';
import type { Tally } from '../model/tally.ts';

/** Asked to stop from outside. */
export interface StopSignal {
  readonly requested: boolean;
  /** Resolves when a stop is requested. */
  readonly whenRequested: Promise<void>;
}

/** What an earlier part of the same campaign has done. */
export interface DoneBefore {
  readonly ranges: readonly Range[];
  readonly tally: Tally;
  readonly found: readonly FoundCase[];
  readonly seconds: number;
  /** What there was to warn of. */
  readonly warnings?: readonly string[];
  /** Set where no case is to be run any more: how it ended, and why nothing can be concluded of what there is, or null. */
  readonly end?: { readonly reason: EndReason; readonly failure: string | null };
}

/** With what a campaign is run. */
export interface CampaignParts {
  readonly workers: Workers;
  readonly emit: Emit;
  readonly stop: StopSignal;
  readonly before: DoneBefore | null;
  /** The seed of a position, where the campaign is steered; `workers` know it. Absent: it follows from the configuration. */
  readonly seedAt?: (position: number) => number;
  /** Programs that the back end compiles at a time, at most; null or absent: one. */
  readonly batch?: number | null;
  /** Names of the checks that were selected, with their frequency. */
  readonly checks: readonly {
    readonly name: string;
    readonly frequency: number;
    readonly onlyIn?: readonly string[];
  }[];
  /** Checks that were selected and cannot run, because a package is not installed. */
  readonly absent?: readonly string[];
  /** What was said before it began; part of the warnings of the result. */
  readonly notes?: readonly string[];
  /** Checks that were asked for by name: one that never ran is a failure however small the campaign. */
  readonly required: readonly string[];
  /** Files a bucket's case and returns the path to show. */
  saveCase(id: string, seed: number, text: string, original: string): string;
  /** What a shard of this campaign, or this campaign before it was interrupted, has already reduced `wanted` to; absent: nothing is known. */
  reductionOf?(wanted: WantedReduction): Reduction | null;
  /** A file for the answers of the reduction that `wanted` is, of its own; what an interrupted campaign has left in it is gone on with. */
  journalOf(wanted: WantedReduction): string;
}
