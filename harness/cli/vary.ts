/**
 * Asks a worker which parts of a failing case may vary, for `repro --explain`.
 *
 * Owns what counts as the same failure: the same check, kind and stage, and for values the same cause.
 */
import type { Backend } from '../backend/door.ts';
import { bucketId } from '../check/bucket-id.ts';
import { readCaseFile } from '../case/case-file.ts';
import { replay } from '../corpus/replay.ts';
import { sourceOf } from '../explain/source.ts';
import type { Answer } from '../explain/vary.ts';
import type { Variation } from '../explain/variation.ts';
import { whatMayVary } from '../explain/vary.ts';
import type { Finding } from '../model/finding.ts';
import { bucketOf } from '../model/finding.ts';
import type { InstIndex, NavIndex } from '../../core/index.ts';
import { instructionCount } from '../../core/index.ts';
import { runNaming } from '../worker/run-naming.ts';
import type { CaseSource, Workers } from '../worker/protocol.ts';
import type { OneWorkerOptions } from './one-worker.ts';
import { withWorker } from './one-worker.ts';

/** Instructions of a program of which this is worth saying: nothing in a larger one is there for a reason. */
const MOST_INSTRUCTIONS = 30;

/** What may vary in the case `text` that shows `finding`; a string says why that was not tried. */
export async function variationOf(
  finding: Finding,
  text: string,
  { backend, setup, most }: { readonly backend: Backend; readonly setup: OneWorkerOptions; readonly most: number },
): Promise<Variation | string> {
  const read = readCaseFile(text, 'case', { settings: backend.settings });
  if (!read.ok || finding.check === 'expect') return 'the case states what it does, for this program alone';
  const { case: case_ } = read.value;
  const count = instructionCount(case_.unit);
  if (count > MOST_INSTRUCTIONS)
    return `the program has ${count} instructions; \`harness reduce\` makes it smaller first`;
  if (finding.kind === 'timeout') return 'each run would wait for its time limit';
  const source = sourceOf(text);
  return withWorker({ ...setup, checks: finding.check }, async (workers) => {
    const cause = await causeOf(workers, { from: 'text', text }, finding);
    return whatMayVary(case_, {
      settings: backend.settings,
      most,
      lineOf: (nav, inst) => source.lineOf(nav as NavIndex, inst as InstIndex),
      ask: (candidate, isValue) => answer(workers, candidate, finding, isValue ? cause : null),
    });
  });
}

/** `cause`: what has to be at fault, or null: the same kind of failure will do. */
async function answer(workers: Workers, text: string, finding: Finding, cause: string | null): Promise<Answer> {
  const source = { from: 'text', text } as const;
  const { findings, verdict, tally } = await replay(workers, source);
  const same = findings.find((other) => bucketOf(other) === bucketOf(finding));
  if (same === undefined) {
    const isCompared = verdict.kind === 'completed' && (tally.checks[finding.check]?.ran ?? 0) > 0;
    return findings.length > 0 || isCompared ? 'differs' : 'unknown';
  }
  return cause === null || (await causeOf(workers, source, same)) === cause ? 'fails' : 'differs';
}

async function causeOf(workers: Workers, source: CaseSource, finding: Finding): Promise<string | null> {
  const named = await runNaming(workers, { source, findings: [finding], minimised: true });
  const cause = named?.causes[0] ?? null;
  return cause === null ? null : bucketId(cause);
}
