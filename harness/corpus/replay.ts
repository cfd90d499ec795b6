/**
 * Runs stored cases and says what became of each: what `repro` and `regress` share.
 *
 * Owns the step from a reply to buckets. A case that kills its worker is a finding like any other.
 */
import { describeDeath, findingOfDeath } from '../worker/death.ts';
import { judgeDeaths } from '../worker/deaths.ts';
import type { Tally } from '../model/tally.ts';
import { emptyTally } from '../model/tally.ts';
import type { Unit } from '../../core/index.ts';
import { checkOfBucket, needsCalls } from '../check/check-names.ts';
import { nameBucket } from '../model/bucket.ts';
import type { Finding } from '../model/finding.ts';
import { FIRST_ENGINE, NO_CALLS, NO_PROCESSOR_TIME } from '../model/case-report.ts';
import type { CaseReport } from '../model/case-report.ts';
import { bucketOf } from '../model/finding.ts';
import { HarnessError, Interrupted } from '../model/failure.ts';
import type { BucketSummary } from '../report/summary.ts';
import type { CaseSource, CaseText, Died, Workers } from '../worker/protocol.ts';

/** What became of one case. */
export interface Replay {
  readonly seed: number;
  readonly findings: readonly Finding[];
  readonly verdict: CaseReport['verdict'];
  readonly tally: Tally;
  /** Null where the worker died before it could say. */
  readonly original: CaseText | null;
}

/** Runs the case of `source` on `workers`; again when its worker dies, until it is clear what that means. */
export async function replay(workers: Workers, source: CaseSource): Promise<Replay> {
  const deaths: Died[] = [];
  for (;;) {
    const outcome = await workers.run<'check'>({ kind: 'check', source });
    if (outcome.kind === 'done') return outcome.reply;
    if (outcome.kind === 'stopped') throw new Interrupted('the worker was stopped');
    if (outcome.kind === 'failed') throw new HarnessError(outcome.message);
    deaths.push(outcome);
    const verdict = judgeDeaths(deaths);
    if (verdict === 'again') continue;
    if (verdict === 'environment') {
      throw new HarnessError(`the case cannot be run here: its workers were ended from outside (${describeDeath(outcome)})`);
    }
    const seed = source.from === 'seed' ? source.seed : 0;
    const tally = { ...emptyTally(), cases: 1 };
    return { seed, findings: [findingOfDeath(outcome)], verdict: { kind: 'completed' }, tally, original: null };
  }
}

/**
 * Why a case that shows no failure proves nothing, or null: it makes no call, or the engine could not run its calls. A case
 * whose bucket is of a check that runs nothing needs no call, if that check ran.
 */
export function whyNothing({ findings, verdict, tally }: Replay, bucket: string | null): string | null {
  if (findings.length > 0 || verdict.kind === 'discarded') return null;
  const why = reasonOf(Object.keys(tally.incomparable));
  if (why === null) return null;
  const isBuiltOnly = bucket !== null && !needsCalls(bucket) && (tally.checks[checkOfBucket(bucket)]?.ran ?? 0) > 0;
  return isBuiltOnly ? null : `${why}, so nothing was compared`;
}

function reasonOf(incomparable: readonly string[]): string | null {
  if (incomparable.includes(NO_CALLS)) return 'it makes no call';
  const reason = incomparable.find((one) => one.startsWith(FIRST_ENGINE) || one === NO_PROCESSOR_TIME);
  return reason === undefined ? null : `its calls could not be run to their end (${reason})`;
}

/**
 * Bucket of a finding: with the operation if the program is minimised, which a stored bucket says that it is.
 */
export function bucketName(finding: Finding, minimised: Unit | null): string {
  return minimised === null ? bucketOf(finding) : nameBucket(finding, minimised);
}

/** Buckets of one replayed case, each once. */
export function bucketsOfReplay(
  replayed: Replay,
  minimised: Unit | null,
  seed: string,
  caseFile: string | null,
): BucketSummary[] {
  const buckets = new Map<string, BucketSummary>();
  for (const finding of replayed.findings) {
    const id = bucketName(finding, minimised);
    const { check, stage, kind } = finding;
    const instructions = replayed.original?.instructions ?? null;
    if (!buckets.has(id)) buckets.set(id, { id, check, stage, kind, seed, count: 1, caseFile, instructions });
  }
  return [...buckets.values()];
}
