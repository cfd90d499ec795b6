/**
 * What one reduction came to, as events.jsonl keeps it, so that a merge of shards need not do it again.
 *
 * A reduction with a limit of runs alone is a function of what it starts from and of the build, so what a shard has reduced
 * is what the whole campaign would have come to. Types, and when two are the same.
 */
import type { Rate } from '../model/rate.ts';
import type { Replies } from '../worker/protocol.ts';

/** A reduction from the case of `seed`, or from the text of a case that another reduction brought to light. */
export interface Reduction {
  readonly from: { readonly seed: number } | { readonly text: string };
  /** Bucket that it keeps. */
  readonly bucket: string;
  /** Cause that it keeps, where one was known before. */
  readonly cause?: string;
  /** Cases that it was allowed to run. */
  readonly maxRuns: number;
  readonly reply: Replies['reduce'];
  /** How often its case failed, where that is not each time. */
  readonly rate?: Rate;
}

/** A reduction before it is done. */
export type WantedReduction = Omit<Reduction, 'reply' | 'rate'>;

/** Equal for reductions of the same case in the same bucket, of the same cause, with the same limit. */
export function reductionKey({ from, bucket, cause, maxRuns }: WantedReduction): string {
  return JSON.stringify([from, bucket, cause ?? null, maxRuns]);
}
