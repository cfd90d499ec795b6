/**
 * The steps of one case: the interpreter, then each check that applies.
 *
 * The interpreter runs first; a case whose program is at fault is discarded before anything else runs. What the system
 * under test throws is a finding of kind `crash`, what the harness throws one of stage `harness`. Knows no clock but the
 * time that it is given for a step.
 */
import type { InstIndex, Unit } from '../../core/index.ts';
import { interpret } from '../../interpreter/interpret.ts';
import type { Outcome, ProgramRun } from '../../interpreter/model/outcome.ts';
import type { Backend, Support } from '../backend/door.ts';
import type { KnownBug } from '../backend/known-bugs.ts';
import type { Expectations } from '../case/expectations.ts';
import type { Engine } from '../engine/door.ts';
import type { withinTime } from '../engine/time-guard.ts';
import { NO_CALLS } from '../model/case-report.ts';
import type { CaseReport, CheckRun } from '../model/case-report.ts';
import type { Case } from '../model/case.ts';
import { HarnessError } from '../model/failure.ts';
import type { Finding, Reason } from '../model/finding.ts';
import type { SettingsKind } from '../model/settings.ts';
import { isSampled } from '../model/sampling.ts';
import { quieten } from '../model/scalars.ts';
import type { Stopwatch } from '../model/stopwatch.ts';
import { crashed } from '../way/build-result.ts';
import type { Supply } from '../way/supply.ts';
import { Wanted } from '../way/supply.ts';
import type { Check } from './check.ts';
import { CaseContext } from './context.ts';
import { brokenExpectation, expectCheck } from './expect.ts';
import { withoutKnown } from './known.ts';
import { withVote } from './witness.ts';

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
  /** At least one; the first runs what every check runs. */
  readonly engines: readonly [Engine, ...Engine[]];
  /** From `loadChecks`. */
  readonly checks: readonly Check[];
  /** Gets the time of each part added. */
  readonly stopwatch?: Stopwatch;
  /** Run each check that applies, whatever its frequency (repro, reduce, regress). */
  readonly every?: boolean;
  /** What a stored case says about its own runs; adds the check `expect`. */
  readonly expect?: Expectations;
  /** Bugs that are known: what looks like one of them is counted (`known:ID`), and is no finding. */
  readonly known?: readonly KnownBug[];
  readonly time?: TimeLimits;
  readonly interpret?: Interpret;
  /** Where answers of what answers later come from; see run-supplied.ts. */
  readonly supply?: Supply;
  /** Makes a case anew: what a guard stopped may have left half of its work in the one that there was. */
  readonly again?: (given: Case) => Case;
  /** The guard of a case or batch: {@link withinTime}, or one of a test. */
  readonly guard?: typeof withinTime;
}

/** Runs `given` once. `fast`: in the form that the engine makes fastest. Throws `Wanted` where an answer is not there yet. */
export function runSteps(
  given: Case,
  options: RunOptions,
  stopwatch: Stopwatch,
  stepTime: number | null,
  fast = false,
): CaseReport {
  const missing = options.engines[0].refuses?.(given.unit.pool.target.ptrBits) ?? null;
  if (missing !== null) throw new HarnessError(missing);
  const report = { case: given, incomparable: [], findings: [], checks: [], steps: 0 };
  let reference: ProgramRun;
  let case_: Case;
  const unsupported =
    options.backend.supports === undefined ? null : whatIsUnsupported(given.unit, options.backend.supports);
  if (unsupported !== null) {
    return { ...report, verdict: { kind: 'discarded', reason: `unsupported:${unsupported}` } };
  }
  try {
    case_ = { ...given, calls: quieten(given.unit, given.calls) };
  } catch (error) {
    return { ...report, verdict: COMPLETED, findings: [harnessFinding('case', error)] };
  }
  try {
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
  const { backend, engines, every = false, supply = null } = options;
  const frequencies = new Map(options.checks.map((check) => [check.name, check.frequency]));
  const context = new CaseContext({
    case: case_,
    backend,
    engines,
    reference,
    stopwatch,
    every,
    samples: (name) => every || isSampled(case_, name, frequencies.get(name) ?? 1),
    stepTime,
    fast,
    supply,
  });
  // Whatever else is checked, the program was never run: only what the case states of its memory is compared.
  if (case_.calls.length === 0 && (options.expect?.memory.size ?? 0) === 0) context.incomparable(NO_CALLS);
  const { findings, checks } = runChecks(context, options);
  if (findings.length > 0 && isStackTooSmall(case_, reference, backend.settings)) {
    return { ...report, verdict: { kind: 'discarded', reason: STACK_TOO_SMALL }, steps };
  }
  return { ...report, verdict: COMPLETED, incomparable: context.reasons, findings, checks, steps };
}

/** Why a program that leaves its stack is nobody's failure. */
const STACK_TOO_SMALL: Reason = 'stack too small for the program';

/** Bytes of stack below which any program may leave it, as temporary values need some too (generators/emit/gen.ts). */
const SMALL_STACK = 64;

/** Lowering may need a second slot for what it copies; generated cases have a stack for that (generators/emit/functions.ts). */
const SLOT_COPIES = 2;

/** Whether the settings give a program less stack than it needs: a stored case may say so, and what happens then is undefined. */
function isStackTooSmall({ settings, unit }: Case, { stackBytes }: ProgramRun, kind: SettingsKind): boolean {
  const given = kind.stackBytes?.(settings, unit) ?? null;
  return given !== null && given < Math.max(SMALL_STACK, SLOT_COPIES * stackBytes);
}

/** What the interpreter throws before it runs a case that it has no meaning for. */
const UNSUITABLE: ReadonlySet<string> = new Set(['UnsupportedInstruction', 'BadCallInput']);

const COMPLETED = { kind: 'completed' } as const;

function discardReason(outcome: Extract<Outcome, { kind: 'illegal' | 'exhausted' }>): Reason {
  return `${outcome.kind}:${outcome.what}`;
}

function runChecks(
  context: CaseContext,
  options: RunOptions,
): { readonly findings: readonly Finding[]; readonly checks: CheckRun[] } {
  const findings: Finding[] = [];
  const checks: CheckRun[] = [];
  const list = options.expect === undefined ? options.checks : [...options.checks, expectCheck(options.expect)];
  let wanted: Wanted | null = null;
  for (const check of list) {
    if (check.possible?.(context.backend, context.engines) === false) continue;
    if (!context.samples(check.name)) continue;
    let found: readonly Finding[];
    try {
      if (!check.applies(context)) continue;
      // What no part inside claims is the checks' own work.
      found = context.stopwatch.time('compare', () => check.run(context));
    } catch (error) {
      if (error instanceof Wanted) {
        // The other checks have wishes too: all of them go into one batch.
        wanted = error;
        continue;
      }
      found = [harnessFinding(check.name, error)];
    }
    findings.push(...found);
    checks.push({ name: check.name, failed: found.length > 0 });
  }
  if (wanted !== null) throw wanted;
  const left = withoutKnown(context, withVote(context, findings), options.known ?? []);
  if (left.length === findings.length) return { findings: left, checks };
  const failing = new Set(left.map(({ check }) => check));
  return { findings: left, checks: checks.map(({ name, failed }) => ({ name, failed: failed && failing.has(name) })) };
}

function harnessFinding(check: string, error: unknown): Finding {
  const { op, text } = crashed(error);
  return { check, stage: 'harness', kind: 'crash', op, detail: `the harness threw:\n${text}` };
}

/** The first thing in `unit` that a back end does not claim to have: `tag:NAME` or `type`; null if there is none. */
function whatIsUnsupported({ pool, navs }: Unit, { tag, type }: Support): string | null {
  for (const { ty, body } of navs) {
    if (type?.(pool, ty) === false) return 'type';
    if (body === null) continue;
    for (let n = 0; n < body.length; n++) {
      const inst = n as InstIndex;
      const name = body.tag(inst);
      if (tag?.(name) === false) return `tag:${name}`;
    }
  }
  return null;
}
