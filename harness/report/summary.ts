/**
 * The JSON object of `--json`: its keys are a contract with the scripts of others.
 */
import type { Stage, FindingKind } from '../model/finding.ts';
import { printSeed } from '../model/case.ts';
import type { Bucket, RawCount } from '../campaign/buckets.ts';
import type { CampaignResult } from '../campaign/events.ts';
import type { Rate } from '../model/rate.ts';
import type { CheckCount, Tally } from '../model/tally.ts';
import { sortedRecord } from '../model/tally.ts';
import { CHECK_NAMES } from '../model/check-names.ts';

/** One bucket of a {@link Summary}. */
export interface BucketSummary {
  readonly id: string;
  readonly check: string;
  readonly stage: Stage;
  readonly kind: FindingKind;
  readonly seed: string;
  readonly count: number;
  readonly caseFile: string | null;
  readonly instructions: number | null;
  /** How its failing cases were seen: buckets before reduction (`stage/check/kind/op`), by name. */
  readonly raw: readonly RawCount[];
  /** Runs of its case that failed, of all of them, where it fails now and then; absent: it failed each time. */
  readonly flaky?: Rate;
}

/** The end of a campaign or replay as one JSON object. */
export interface Summary {
  readonly schema: 1;
  readonly campaignSeed: string;
  readonly profile: string;
  readonly generator: number;
  readonly cases: number;
  readonly seconds: number;
  readonly casesPerSecond: number;
  readonly engineShare: number;
  readonly discarded: Readonly<Record<string, number>>;
  readonly incomparable: Readonly<Record<string, number>>;
  readonly checks: Readonly<Record<string, CheckCount>>;
  readonly buckets: readonly BucketSummary[];
}

/** What a summary is made of. */
export interface SummaryParts {
  readonly seed: number;
  readonly profile: string;
  readonly generator: number;
  readonly seconds: number;
  readonly tally: Tally;
  readonly buckets: readonly BucketSummary[];
}

/** The summary of a campaign. */
export function summaryOfCampaign(result: Pick<CampaignResult, 'config' | 'tally' | 'seconds' | 'buckets'>): Summary {
  const { config, tally, seconds } = result;
  const buckets = result.buckets.map((bucket) => summaryOfBucket(bucket, config.profile));
  const { seed, profile, generator } = config;
  return makeSummary({ seed, profile, generator, seconds, tally, buckets });
}

/** Fills in the keys of a summary in the order of the contract. */
export function makeSummary({ seed, profile, generator, seconds, tally, buckets }: SummaryParts): Summary {
  const { cases, busy, time } = tally;
  return {
    schema: 1,
    campaignSeed: `0x${seed.toString(16)}`,
    profile,
    generator,
    cases,
    seconds: rounded(seconds, 3),
    casesPerSecond: seconds === 0 ? 0 : rounded(cases / seconds, 1),
    engineShare: busy === 0 ? 0 : rounded(time.engine / busy, 4),
    discarded: sortedRecord(tally.discarded),
    incomparable: sortedRecord(tally.incomparable),
    checks: inCheckOrder(tally.checks),
    buckets,
  };
}

/** Part of worker time that is spent inside of WebAssembly. */
export function engineShareOf(tally: Tally): number {
  return tally.busy === 0 ? 0 : tally.time.engine / tally.busy;
}

function summaryOfBucket(bucket: Bucket, profile: string): BucketSummary {
  const { id, check, stage, kind, count, caseFile, instructions, raw, flaky } = bucket;
  const seed = printSeed({ seed: bucket.seed, profile });
  return { id, check, stage, kind, seed, count, caseFile, instructions, raw, ...(flaky !== null && { flaky }) };
}

/** Checks in the order in which they run; others (`expect`) after them. */
export function inCheckOrder(checks: Readonly<Record<string, CheckCount>>): Record<string, CheckCount> {
  const known = CHECK_NAMES.filter((name) => name in checks);
  const others = Object.keys(checks).filter((name) => !(CHECK_NAMES as readonly string[]).includes(name));
  return Object.fromEntries([...known, ...others.sort()].map((name) => [name, checks[name]!]));
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
