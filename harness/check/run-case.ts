/**
 * Runs one case through the checks: the function that campaign, repro, reduce and regress share.
 *
 * The interpreter runs first; a case whose program is at fault is discarded before anything else runs. Never throws: what
 * the system under test throws is a finding of kind `crash`, what the harness throws one of stage `harness`.
 */
import type { Backend } from '../backend/backend.ts';
import type { Case } from '../case/case.ts';
import type { Expectations } from '../case/expectations.ts';
import type { Engine } from '../engine/engine.ts';
import type { CaseReport, Check } from './check.ts';
import type { Stopwatch } from './stopwatch.ts';

/** With what a case is run. */
export interface RunOptions {
  readonly backend: Backend;
  readonly engine: Engine;
  /** From `loadChecks`. */
  readonly checks: readonly Check[];
  /** Gets the time of each part added. */
  readonly stopwatch?: Stopwatch;
  /** Run each check that applies, whatever its frequency (repro, reduce, regress). */
  readonly every?: boolean;
  /** What a stored case says about its own runs; adds the check `expect`. */
  readonly expect?: Expectations;
}
export declare function runCase(case_: Case, options: RunOptions): CaseReport;
