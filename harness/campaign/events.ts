/**
 * What a campaign says while it runs: one event map. Reporters are listeners with optional methods; the campaign knows
 * no reporter. Types and the fan-out only.
 */
import type { FoundCase } from '../worker/protocol.ts';
import type { CampaignConfig } from './config.ts';
import type { Bucket } from './buckets.ts';
import type { Tally } from '../model/tally.ts';
import type { Reduction } from './reduction-record.ts';

/** How a campaign came to its end: all cases, the first failing one, its time, a signal. */
export type EndReason = 'done' | 'stopped' | 'time' | 'interrupted';

/** What there is to know at the end. */
export interface CampaignResult {
  readonly config: CampaignConfig;
  readonly end: EndReason;
  readonly tally: Tally;
  readonly buckets: readonly Bucket[];
  /** Buckets that only candidates of reductions fell into: saved and said, and no part of the run. */
  readonly slips: readonly Bucket[];
  /** Seconds from start to end, reductions included; those of resumed runs are added. */
  readonly seconds: number;
  /** Tasks that could run at the same time. */
  readonly jobs: number;
  /** Why this campaign proves less than it seems to; lines for people. */
  readonly warnings: readonly string[];
  /** Why nothing can be concluded, or null: the campaign tested nothing. */
  readonly failure: string | null;
}

/** Events by name. */
export interface CampaignEvents {
  started: {
    readonly config: CampaignConfig;
    readonly jobs: number;
    readonly folder: string;
    readonly resumed: number;
  };
  /** A range of cases was run. */
  ran: { readonly first: number; readonly next: number; readonly tally: Tally; readonly found: readonly FoundCase[] };
  /** Totals so far. */
  progress: {
    readonly tally: Tally;
    readonly failing: number;
    readonly buckets: number;
    readonly seconds: number;
    /** Whether any worker has started. */
    readonly hasStarted: boolean;
  };
  /** A bucket not seen before in this campaign. */
  found: { readonly bucket: string; readonly seed: number; readonly detail: string };
  warning: { readonly text: string };
  reducing: { readonly bucket: string; readonly number: number; readonly of: number };
  /** A step of a reduction: the best so far. `cause`: the one that it keeps, if it is known. */
  shrunk: { readonly bucket: string; readonly cause?: string; readonly runs: number; readonly instructions: number };
  /** A reduction has come to its end: what there is to reuse where shards are merged. */
  reduction: Reduction;
  reduced: {
    readonly id: string;
    readonly instructions: number;
    readonly minimal: boolean;
    readonly lastSweep: number;
  };
  ended: { readonly result: CampaignResult };
}

/** Receives the events of a campaign. */
export type Reporter = {
  readonly [K in keyof CampaignEvents as `on${Capitalize<K>}`]?: (event: CampaignEvents[K]) => void;
};

/** Sends each event to all reporters, in order. */
export function emitTo(reporters: readonly Reporter[]) {
  return <K extends keyof CampaignEvents>(name: K, event: CampaignEvents[K]): void => {
    const method = `on${name[0]!.toUpperCase()}${name.slice(1)}` as keyof Reporter;
    for (const reporter of reporters) (reporter[method] as ((e: CampaignEvents[K]) => void) | undefined)?.(event);
  };
}

/** Function that sends events. */
export type Emit = ReturnType<typeof emitTo>;
