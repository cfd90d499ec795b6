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
import { bucketId, bucketNeedsCalls, checksOfBucket, nameBucket } from '../check/bucket-id.ts';
import type { Finding, Stage } from '../model/finding.ts';
import { FIRST_ENGINE, NO_CALLS, NO_PROCESSOR_TIME } from '../model/case-report.ts';
import type { CaseReport } from '../model/case-report.ts';
import { bucketOf } from '../model/finding.ts';
import { HarnessError, Interrupted } from '../model/failure.ts';
import type { BucketSummary } from '../report/summary.ts';
import { runNaming } from '../worker/run-naming.ts';
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

/** The case cannot be run on this machine, which says nothing of others. */
export class CannotRun extends HarnessError {}

/**
 * Runs the case of `source` on `workers`; again when its worker dies, until it is clear what that means. `own`: of a stored case only the
 * checks that it is about. Throws CannotRun where workers are killed from outside again and again.
 */
export async function replay(workers: Workers, source: CaseSource, own = false): Promise<Replay> {
  const deaths: Died[] = [];
  for (;;) {
    const outcome = await workers.run<'check'>({ kind: 'check', source, own });
    if (outcome.kind === 'done') return outcome.reply;
    if (outcome.kind === 'stopped') throw new Interrupted('the worker was stopped');
    if (outcome.kind === 'failed') throw new HarnessError(outcome.message);
    deaths.push(outcome);
    const verdict = judgeDeaths(deaths);
    if (verdict === 'again') continue;
    if (verdict === 'environment') {
      throw new CannotRun(`the case cannot be run here: its workers were ended from outside (${describeDeath(outcome)})`);
    }
    const seed = source.from === 'seed' ? source.seed : 0;
    const tally = { ...emptyTally(), cases: 1 };
    return { seed, findings: [findingOfDeath(outcome)], verdict: { kind: 'completed' }, tally, original: null };
  }
}

/**
 * Why a case that shows no failure proves nothing, or null: it makes no call, or the engine could not run its calls, or none of the checks
 * `named` in its file ran. A case whose bucket is of a check that runs nothing needs no call, if that check ran.
 */
export function whyNothing(
  { findings, verdict, tally }: Replay,
  bucket: string | null,
  named: readonly string[] = [],
): string | null {
  if (findings.length > 0 || verdict.kind === 'discarded') return null;
  if (named.length > 0 && !named.some((check) => (tally.checks[check]?.ran ?? 0) > 0))
    return `it is about ${named.join(' and ')}, which did not run here`;
  const why = reasonOf(Object.keys(tally.incomparable));
  if (why === null) return null;
  const isBuiltOnly =
    bucket !== null &&
    !bucketNeedsCalls(bucket) &&
    checksOfBucket(bucket).some((check) => (tally.checks[check]?.ran ?? 0) > 0);
  return isBuiltOnly ? null : `${why}, so nothing was compared`;
}

function reasonOf(incomparable: readonly string[]): string | null {
  if (incomparable.includes(NO_CALLS)) return 'it makes no call';
  const reason = incomparable.find((one) => one.startsWith(FIRST_ENGINE) || one === NO_PROCESSOR_TIME);
  return reason === undefined ? null : `its calls could not be run to their end (${reason})`;
}

/** A finding with the name of its bucket. */
export interface NamedFinding {
  readonly id: string;
  readonly stage: Stage;
  readonly finding: Finding;
}

/**
 * The findings of a replayed case. `minimised`: the program, where nothing in it is there by chance, which a stored bucket says; then
 * they are named by their causes, which `workers` look for, or by what is left of it.
 */
export async function nameFindings(
  workers: Workers,
  source: CaseSource,
  { findings, original }: Replay,
  minimised: Unit | null,
): Promise<readonly NamedFinding[]> {
  // A case that took its worker with it would do so again.
  const isAsked = findings.length > 0 && original !== null && minimised !== null;
  const causes = (isAsked ? await runNaming(workers, { source, findings, minimised: true }) : null)?.causes ?? [];
  return findings.map((finding, n) => {
    const cause = causes[n] ?? null;
    if (cause !== null) return { id: bucketId(cause), stage: cause.stage, finding };
    const id = minimised === null ? bucketOf(finding) : nameBucket(finding, minimised);
    return { id, stage: finding.stage, finding };
  });
}

/** Buckets of one replayed case, each once. */
export function bucketsOfReplay(
  { original }: Replay,
  named: readonly NamedFinding[],
  seed: string,
  caseFile: string | null,
): BucketSummary[] {
  const buckets = new Map<string, BucketSummary>();
  for (const { id, stage, finding } of named) {
    const { check, kind } = finding;
    const raw = [{ bucket: bucketOf(finding), count: 1 }];
    const known = buckets.get(id);
    if (known !== undefined) {
      if (known.raw.every(({ bucket }) => bucket !== raw[0]!.bucket))
        buckets.set(id, { ...known, raw: [...known.raw, ...raw].sort((a, b) => (a.bucket < b.bucket ? -1 : 1)) });
      continue;
    }
    const instructions = original?.instructions ?? null;
    buckets.set(id, { id, check, stage, kind, seed, count: 1, caseFile, instructions, raw });
  }
  return [...buckets.values()];
}
