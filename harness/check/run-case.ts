/**
 * Runs cases within time: the function that campaign, repro, reduce and regress share. Everything must answer at once here;
 * run-supplied.ts is for back ends and engines that answer later.
 *
 * Time: the whole case runs under one guard. If that strikes, the case is made anew and runs again with a guard around each
 * build and each run, so that the step which does not end becomes a finding of kind `timeout`. As a guard costs as much as a
 * small compile, `runCases` puts one around several cases, and runs them in the form that the engine makes fastest: but for
 * one case in eight, and for each that fails, which must fail as it is. A step that ran out of time because the process did
 * not get the processor (suspended, or one of many) gets more of it, and is never a finding.
 */
import type { Unit } from '../../core/index.ts';
import { starvedTimeouts, withinTime, withPatience } from '../engine/time-guard.ts';
import { NO_PROCESSOR_TIME } from '../model/case-report.ts';
import type { CaseReport } from '../model/case-report.ts';
import type { Case } from '../model/case.ts';
import { isSampled } from '../model/sampling.ts';
import { Stopwatch } from '../model/stopwatch.ts';
import type { RunOptions, TimeLimits } from './run-steps.ts';
import { DEFAULT_TIME_LIMITS, runSteps } from './run-steps.ts';

/** Navs and instructions that the limits are made for; more get as many times as long. */
const USUAL_SIZE = 20_000;

/** `limits` for a program of the size of `unit`: honest work takes time linear in it. */
function limitsFor({ navs }: Unit, limits: TimeLimits): TimeLimits {
  const size = navs.reduce((sum, { body }) => sum + 1 + (body?.length ?? 0), 0);
  const factor = Math.max(1, size / USUAL_SIZE);
  return { ...limits, case: limits.case === null ? null : limits.case * factor, step: limits.step * factor };
}

/** Runs the checks on `given`. */
export function runCase(given: Case, options: RunOptions): CaseReport {
  const limits = limitsFor(given.unit, options.time ?? DEFAULT_TIME_LIMITS);
  const stopwatch = options.stopwatch ?? new Stopwatch();
  if (limits.case === null) return runGuarded(given, options, stopwatch, limits);
  const guarded = (options.guard ?? withinTime)(limits.case, () => runSteps(given, options, stopwatch, null));
  if (!guarded.timedOut) return guarded.value;
  stopwatch.reset();
  return runGuarded(anew(given, options), options, stopwatch, limits);
}

/** How much longer than its limit a starved step may take, in the end, when nothing else is said. */
const MOST_PATIENCE = 64;

/** The steps of a case, each with a guard; again with more patience while the process is starved. */
function runGuarded(given: Case, options: RunOptions, stopwatch: Stopwatch, limits: TimeLimits): CaseReport {
  let case_ = given;
  let patience = limits.patience ?? 1;
  for (;;) {
    const before = starvedTimeouts();
    const report = withPatience(patience, () => runSteps(case_, options, stopwatch, limits.step));
    if (starvedTimeouts() === before) return report;
    stopwatch.reset();
    patience *= 4;
    if (patience > (limits.mostPatience ?? MOST_PATIENCE)) return withoutTimeouts(report);
    case_ = anew(case_, options);
  }
}

function anew(given: Case, options: RunOptions): Case {
  return options.again?.(given) ?? given;
}

/** A report of a starved case: what ran out of time says nothing, and what else failed may have failed because of that. */
function withoutTimeouts(report: CaseReport): CaseReport {
  const checks = report.checks.map(({ name }) => ({ name, failed: false }));
  return { ...report, findings: [], checks, incomparable: [...report.incomparable, NO_PROCESSOR_TIME] };
}

/** Cases that share a guard. */
const BATCH = 16;

/**
 * Runs the cases 0 to `count` - 1 that `make` gives, like {@link runCase}, and hands each report to `done` in order; `done`
 * returns false to stop. `make` is called again for a case at which its batch ran out of time, and for some cases past
 * the one that `done` stops at; never for one from `count` on. With `struck`, such a case is not run again here, where the
 * guard may have left half of something: `struck` is told and may run it elsewhere; it returns false to stop.
 */
export function runCases(
  count: number,
  make: (n: number) => Case,
  options: RunOptions,
  done: (report: CaseReport, n: number) => boolean,
  struck?: (n: number) => boolean,
): void {
  const limits = options.time ?? DEFAULT_TIME_LIMITS;
  const stopwatch = options.stopwatch ?? new Stopwatch();
  const run = (given: Case): CaseReport => {
    if (isSampled(given, 'plain form', PLAIN_SHARE)) return runSteps(given, options, stopwatch, null);
    const report = runSteps(given, options, stopwatch, null, true);
    if (report.findings.length === 0) return report;
    const again = (fast: boolean): CaseReport => runSteps(given, options, stopwatch, null, fast);
    return confirm(report, again(false), () => again(true));
  };
  let next = 0;
  while (next < count) {
    const first = next;
    const reports: CaseReport[] = [];
    const end = Math.min(first + BATCH, count);
    const batch = (): void => {
      while (first + reports.length < end) {
        reports.push(run(make(first + reports.length)));
      }
    };
    const timedOut = limits.case !== null && (options.guard ?? withinTime)(limits.case, batch).timedOut;
    if (timedOut) stopwatch.reset();
    const at = first + reports.length;
    // A guard may strike when the last case of the batch is through: then there is nothing to run again.
    const isCut = timedOut && at < end;
    if (limits.case === null || (isCut && struck === undefined)) {
      reports.push(runGuarded(make(at), options, stopwatch, limits));
    }
    for (const report of reports) if (!done(report, next++)) return;
    if (isCut && struck !== undefined && !struck(next++)) return;
  }
}

/**
 * Runs `cases`, each with its own options, as {@link runCase} does but under one guard for all of them. Fewer reports than cases: the
 * guard struck at the next one, which is to be run by itself, elsewhere, as what was stopped may have left half of its work behind. `begin` is
 * told of each case before it runs.
 */
export function runTogether(
  cases: readonly { readonly case: Case; readonly options: RunOptions }[],
  begin: (n: number) => void,
  limits: TimeLimits = DEFAULT_TIME_LIMITS,
): CaseReport[] {
  const reports: CaseReport[] = [];
  if (cases.length === 0) return reports;
  const most = Math.max(...cases.map(({ case: { unit } }) => limitsFor(unit, limits).case ?? 0));
  withinTime(most, () => {
    for (const [n, { case: case_, options }] of cases.entries()) {
      begin(n);
      reports.push(runSteps(case_, options, options.stopwatch ?? new Stopwatch(), null));
    }
  });
  return reports;
}

/** Part of the cases of a batch that run as they are. */
const PLAIN_SHARE = 1 / 8;

/** What failed in the fast form must fail as it is, or the form is at fault; but for what fails in neither when it runs again, and so now and then. */
function confirm(fast: CaseReport, plain: CaseReport, again: () => CaseReport): CaseReport {
  if (plain.findings.length > 0) return plain;
  if (again().findings.length === 0) return fast;
  const { check, op, detail } = fast.findings[0]!;
  const text = `fails only in the form in which campaigns run modules (harness/engine/v8/run-form.ts):\n${detail}`;
  return { ...fast, findings: [{ check, stage: 'harness', kind: 'crash', op, detail: text }] };
}
