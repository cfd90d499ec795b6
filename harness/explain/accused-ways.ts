/**
 * The ways that a finding may have been seen on, and what the case does on each.
 *
 * Owns which ways can be stepped through: plain ones, whose module has the navs of the case.
 */
import { interpret } from '../../interpreter/interpret.ts';
import { judge } from '../check/judge.ts';
import type { EngineRun } from '../engine/door.ts';
import type { Case } from '../model/case.ts';
import type { Finding } from '../model/finding.ts';
import type { Difference } from '../model/verdict.ts';
import type { Way } from '../way/ways.ts';
import { DECORATED, wayOf, waysOf } from '../way/ways.ts';
import type { TracePart } from './explanation.ts';
import { callText } from './parting.ts';
import type { Bench } from './runner.ts';

/** Calls shown before and behind the first that differs. */
const CALLS_AROUND = 2;

/** The way that `finding` was seen on; where it does not say, or it cannot be stepped through, all plain ways. */
export function accusedWays(finding: Finding, case_: Case, { backend }: Bench): readonly Way[] {
  if (finding.way === undefined) return waysOf(case_, backend);
  const way = wayOf(finding.way, backend);
  const isPlain = way !== null && way.id.name !== DECORATED.id.name && way.accuses !== 'object-writer';
  return isPlain ? [way] : waysOf(case_, backend);
}

/** What the case did on one way. */
export interface Ran {
  readonly run: EngineRun;
  readonly difference: Difference | null;
  readonly trace: TracePart | null;
}

/** Runs `case_` on `way`; null where there is no module. */
export function runOnce(case_: Case, way: Way, bench: Bench): Ran | null {
  const { unit, calls } = case_;
  const built = way.make(bench.store(case_, unit));
  if (built?.kind !== 'built') return null;
  const reference = interpret(unit, calls);
  const run = bench.run(built.bytes, unit, calls, null, reference);
  const verdict = judge(unit, calls, reference, run);
  const difference = verdict.kind === 'different' ? verdict : null;
  if (difference?.at?.kind !== 'trace' || run.kind !== 'ran') return { run, difference, trace: null };
  const { index } = difference.at;
  const first = Math.max(1, index - CALLS_AROUND);
  const shown = (trace: typeof reference.trace): string[] =>
    trace.slice(first - 1, index + CALLS_AROUND).map((call) => callText(unit, call));
  return { run, difference, trace: { index, first, expected: shown(reference.trace), actual: shown(run.trace) } };
}
