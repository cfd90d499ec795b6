/**
 * Runs one case through the checks: the function that campaign, repro, reduce and regress share.
 *
 * The interpreter runs first; a case whose program is at fault is discarded before anything else runs. Never throws: what
 * the system under test throws is a finding of kind `crash`, what the harness throws one of stage `harness`.
 *
 * Time: the whole case runs under one guard. If that strikes, the case is made anew and runs again with a guard around each
 * build and each run, so that the step which does not end becomes a finding of kind `timeout`. As a guard costs as much as a
 * small compile, `runCases` puts one around several cases, and runs them in the form that the engine makes fastest: but for
 * one case in eight, and for each that fails, which must fail as it is. A step that ran out of time because the process did
 * not get the processor (suspended, or one of many) gets more of it, and is never a finding.
 */
import type { Unit } from '../../core/index.ts';
import { interpret } from '../../interpreter/interpret.ts';
import type { Outcome, ProgramRun } from '../../interpreter/model/outcome.ts';
import type { Backend } from '../backend/door.ts';
import type { Case } from '../model/case.ts';
import type { Expectations } from '../case/expectations.ts';
import type { Engine } from '../engine/door.ts';
import { MemoryPool } from '../engine/v8/memory-pool.ts';
import { requireAddresses } from '../engine/v8/memory64.ts';
import { quieten } from '../model/scalars.ts';
import { starvedTimeouts, withinTime, withPatience } from '../engine/time-guard.ts';
import { crashed } from '../way/build-result.ts';
import type { Finding, Reason } from '../model/finding.ts';
import { NO_CALLS } from '../model/case-report.ts';
import type { CaseReport, CheckRun } from '../model/case-report.ts';
import type { Check } from './check.ts';
import { CaseContext } from './context.ts';
import { brokenExpectation, expectCheck } from './expect.ts';
import { isSampled } from '../model/sampling.ts';
import { Stopwatch } from '../model/stopwatch.ts';

/** Milliseconds that things may take. */
export interface TimeLimits {
  /** For all of a case; null: no such guard, each step is guarded from the start (to reduce a timeout). */
  readonly case: number | null;
  /** For one build or one run, when steps are guarded. */
  readonly step: number;
  /** How many times as long, by the clock, a step may take whose process does not get the processor: at first, in the end. */
  readonly patience?: number;
  readonly mostPatience?: number;
}

/** Generous: a case takes milliseconds, and a machine may be busy. */
export const DEFAULT_TIME_LIMITS: TimeLimits = { case: 5000, step: 2000 };

/** The reference: `interpret` of interpreter/, or a faulty one in tests. */
export type Interpret = (unit: Unit, calls: Case['calls']) => ProgramRun;

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
  readonly time?: TimeLimits;
  readonly interpret?: Interpret;
  /** Makes a case anew: what a guard stopped may have left half of its work in the one that there was. */
  readonly again?: (given: Case) => Case;
  /** The guard of a case or batch: {@link withinTime}, or one of a test. */
  readonly guard?: typeof withinTime;
}

/** Navs and instructions that the limits are made for; more get as many times as long. */
const USUAL_SIZE = 20_000;

/** `limits` for a program of the size of `unit`: honest work takes time linear in it. */
function limitsFor({ navs }: Unit, limits: TimeLimits): TimeLimits {
  const size = navs.reduce((sum, { body }) => sum + 1 + (body?.length ?? 0), 0);
  const factor = Math.max(1, size / USUAL_SIZE);
  return { ...limits, case: limits.case === null ? null : limits.case * factor, step: limits.step * factor };
}

/** Runs `given`; see the file header. */
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

/** Why a comparison could not be made on a machine that gave the process no time. */
const NO_PROCESSOR_TIME: Reason = 'no processor time';

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
    const report = runSteps(given, options, stopwatch, null, MEMORIES);
    return report.findings.length === 0 ? report : confirm(report, runSteps(given, options, stopwatch, null));
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

/** Part of the cases of a batch that run as they are. */
const PLAIN_SHARE = 1 / 8;

/** What failed in the fast form must fail as it is, or the form is at fault. */
function confirm(fast: CaseReport, plain: CaseReport): CaseReport {
  if (plain.findings.length > 0) return plain;
  const { check, op, detail } = fast.findings[0]!;
  const text = `fails only in the form in which campaigns run modules (harness/engine/v8/run-form.ts):\n${detail}`;
  return { ...fast, findings: [{ check, stage: 'harness', kind: 'crash', op, detail: text }] };
}

function runSteps(
  given: Case,
  options: RunOptions,
  stopwatch: Stopwatch,
  stepTime: number | null,
  memories?: MemoryPool,
): CaseReport {
  const report = { case: given, incomparable: [], findings: [], checks: [], steps: 0 };
  let reference: ProgramRun;
  let case_: Case;
  try {
    case_ = { ...given, calls: quieten(given.unit, given.calls) };
  } catch (error) {
    return { ...report, verdict: COMPLETED, findings: [harnessFinding('case', error)] };
  }
  try {
    requireAddresses(case_.unit.pool.target.ptrBits);
    reference = stopwatch.time('interpret', () => (options.interpret ?? interpret)(case_.unit, case_.calls));
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (UNSUITABLE.has(name)) {
      const reason = `unsuitable:${name}`;
      return { ...report, verdict: { kind: 'discarded', reason } };
    }
    const { op, text } = crashed(error);
    const detail = `the interpreter threw:\n${text}`;
    return {
      ...report,
      verdict: COMPLETED,
      findings: [{ check: 'interp-exe', stage: 'interpreter', kind: 'crash', op, detail }],
      checks: [{ name: 'interp-exe', failed: true }],
    };
  }
  const { steps } = reference;
  const last = reference.outcomes.at(-1);
  if (last?.kind === 'illegal' || last?.kind === 'exhausted') {
    const reason = discardReason(last);
    const stated = options.expect !== undefined && options.expect.outcomes.some(({ kind }) => kind !== 'unstated');
    const findings = stated ? [brokenExpectation(last.kind, reason)] : [];
    return { ...report, verdict: { kind: 'discarded', reason }, findings, steps };
  }
  const context = new CaseContext({
    case: case_,
    backend: options.backend,
    engine: options.engine,
    reference,
    stopwatch,
    every: options.every ?? false,
    stepTime,
    ...(memories && { memories }),
  });
  // Whatever else is checked, the program was never run: only what the case states of its memory is compared.
  if (case_.calls.length === 0 && (options.expect?.memory.size ?? 0) === 0) context.incomparable(NO_CALLS);
  // A report is text: nobody looks at a run once the checks are through. What the time guard of a batch ends gives nothing
  // back; the next case does.
  try {
    const { findings, checks } = runChecks(context, options);
    if (findings.length > 0 && isStackTooSmall(case_, reference)) {
      return { ...report, verdict: { kind: 'discarded', reason: STACK_TOO_SMALL }, steps };
    }
    return { ...report, verdict: COMPLETED, incomparable: context.reasons, findings, checks, steps };
  } finally {
    memories?.giveBack();
  }
}

/** Why a program that leaves its stack is nobody's failure. */
const STACK_TOO_SMALL: Reason = 'stack too small for the program';

/** Bytes of stack below which any program may leave it, as temporary values need some too. */
const SMALL_STACK = 256;

/** Lowering may need a second slot for what it copies; generated cases have a stack for that (generators/emit/functions.ts). */
const SLOT_COPIES = 2;

/** Whether the settings give a program less stack than it needs: a stored case may say so, and what happens then is undefined. */
function isStackTooSmall({ settings }: Case, { stackBytes }: ProgramRun): boolean {
  return settings.stackSize < Math.max(SMALL_STACK, SLOT_COPIES * stackBytes);
}

/** Memories of the runs of this process, which makes one case after the other. */
const MEMORIES = new MemoryPool();

/** What the interpreter throws before it runs a case that it has no meaning for. */
const UNSUITABLE: ReadonlySet<string> = new Set(['UnsupportedInstruction', 'BadCallInput']);

const COMPLETED = { kind: 'completed' } as const;

function discardReason(outcome: Extract<Outcome, { kind: 'illegal' | 'exhausted' }>): Reason {
  return `${outcome.kind}:${outcome.what}`;
}

function runChecks(context: CaseContext, options: RunOptions): { findings: Finding[]; checks: CheckRun[] } {
  const findings: Finding[] = [];
  const checks: CheckRun[] = [];
  const list = options.expect === undefined ? options.checks : [...options.checks, expectCheck(options.expect)];
  for (const check of list) {
    if (!context.every && !isSampled(context.case, check.name, check.frequency)) continue;
    let found: readonly Finding[];
    try {
      if (!check.applies(context)) continue;
      // What no part inside claims is the checks' own work.
      found = context.stopwatch.time('compare', () => check.run(context));
    } catch (error) {
      found = [harnessFinding(check.name, error)];
    }
    findings.push(...found);
    checks.push({ name: check.name, failed: found.length > 0 });
  }
  return { findings, checks };
}

function harnessFinding(check: string, error: unknown): Finding {
  const { op, text } = crashed(error);
  return { check, stage: 'harness', kind: 'crash', op, detail: `the harness threw:\n${text}` };
}
