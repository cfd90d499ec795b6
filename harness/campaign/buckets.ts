/**
 * Failing cases of a campaign by bucket: which there are, how often, and which cases stand for each.
 *
 * Owns the choice of representatives: the failing cases with the lowest positions, whatever order they arrive in.
 * Knows nothing of files or processes.
 */
import type { Place } from '../model/place.ts';
import type { Finding, FindingKind, Stage } from '../model/finding.ts';
import { bucketOf } from '../model/finding.ts';
import type { Rate } from '../model/rate.ts';
import type { FoundCase } from '../worker/protocol.ts';
import { NAMED_PER_BUCKET, SAMPLED_PER_BUCKET } from './config.ts';
import { LookedAt } from './looked-at.ts';
import { PositionSet } from './position-set.ts';

/** A bucket as it was before reduction, and how many of its failing cases came to one cause. */
export interface RawCount {
  readonly bucket: string;
  readonly count: number;
}

/** A bucket of the end of a campaign: all failing cases of one cause. */
export interface Bucket {
  readonly id: string;
  /** Check and kind of the case that stands for it. */
  readonly check: string;
  readonly stage: Stage;
  readonly kind: FindingKind;
  /** Seed of the first failing case. */
  readonly seed: number;
  /** Failing cases, each once. */
  readonly count: number;
  /** How they were seen, by name; a case may have failed in several ways. */
  readonly raw: readonly RawCount[];
  /** File of the minimised case, or null where there is none (the generator itself died). */
  readonly caseFile: string | null;
  /** AIR instructions of that case. */
  readonly instructions: number | null;
  /** Text of that case. */
  readonly text: string | null;
  readonly detail: string;
  /** What is known about the reduction, for people. */
  readonly reduction: string;
  /** Where the two sides part in the minimised case; null where that is not known. */
  readonly place: Place | null;
  /** How often its case failed, where that is not each time; null: each time, or not known. */
  readonly flaky: Rate | null;
}

/** A failing case that stands for its bucket. */
export interface Representative {
  readonly position: number;
  readonly seed: number;
  readonly finding: Finding;
}

/** All failing cases of one bucket, before reduction gives it its final name. */
export interface RawBucket {
  readonly bucket: string;
  /** Of all its failing cases. */
  readonly positions: PositionSet;
  /** By position, at most NAMED_PER_BUCKET. */
  readonly first: readonly Representative[];
  /** Some of the others, at most SAMPLED_PER_BUCKET. */
  readonly sample: readonly Representative[];
}

/** The cases of a bucket that are looked at. */
export function lookedAt<T extends { readonly position: number }>(): LookedAt<T> {
  return new LookedAt(NAMED_PER_BUCKET, SAMPLED_PER_BUCKET);
}

/** Failing cases by bucket. */
export class BucketTable {
  readonly #buckets = new Map<string, { readonly positions: PositionSet; readonly looked: LookedAt<Representative> }>();

  get size(): number {
    return this.#buckets.size;
  }

  /** Adds a failing case; returns the findings that open a new bucket. */
  add(found: FoundCase): Finding[] {
    const fresh: Finding[] = [];
    const counted = new Set<string>();
    for (const finding of found.findings) {
      const bucket = bucketOf(finding);
      if (counted.has(bucket)) continue;
      counted.add(bucket);
      let raw = this.#buckets.get(bucket);
      if (raw === undefined) {
        this.#buckets.set(bucket, (raw = { positions: new PositionSet(), looked: lookedAt() }));
        fresh.push(finding);
      }
      raw.positions.add(found.position);
      raw.looked.add({ position: found.position, seed: found.seed, finding });
    }
    return fresh;
  }

  /** All buckets, by the position of their first case and then by name. */
  sorted(): readonly RawBucket[] {
    return [...this.#buckets]
      .map(
        ([
          bucket,
          {
            positions,
            looked: { first, sample },
          },
        ]) => ({ bucket, positions, first, sample }),
      )
      .sort((a, b) => a.first[0]!.position - b.first[0]!.position || (a.bucket < b.bucket ? -1 : 1));
  }
}
