/**
 * Replays some case files in this process: reads them, runs them together, and says what became of each.
 *
 * Owns which checks a stored case gets, and what a few cases may share: one guard where everything answers at once, one batch of
 * questions where it does not. Knows neither files nor processes.
 */
import { instructionCount } from '../../core/index.ts';
import type { StoredCase } from '../case/case-file.ts';
import { formatCaseFileError, readCaseFile } from '../case/case-file.ts';
import type { Check } from '../check/check.ts';
import { loadChecks } from '../check/checks.ts';
import { tellKnown } from '../check/known.ts';
import { enoughChecks, ownChecks } from '../check/own-checks.ts';
import { runCase, runTogether } from '../check/run-case.ts';
import type { RunOptions } from '../check/run-steps.ts';
import { answersLater, runCasesSupplied, runCaseSupplied } from '../check/run-supplied.ts';
import { requireAddresses } from '../engine/v8/memory64.ts';
import type { CaseReport } from '../model/case-report.ts';
import type { Case } from '../model/case.ts';
import { CHECK_NAMES } from '../model/check-names.ts';
import { HarnessError } from '../model/failure.ts';
import type { SettingsKind } from '../model/settings.ts';
import { Stopwatch } from '../model/stopwatch.ts';
import { countCase, emptyTally } from '../model/tally.ts';
import type { FileReply, NamedText, Refusal, Replies } from './protocol.ts';

/** With what stored cases are run. */
export interface ReplayParts extends Pick<RunOptions, 'backend' | 'engines'> {
  /** Those that were selected. */
  readonly checks: readonly Check[];
  /** Names of those that were asked for, and of those that must not run. */
  readonly required: readonly string[];
  readonly refused: readonly string[];
  /** Told of each case before it runs. */
  mark(n: number): void;
}

/** Chooses the checks of stored cases; loads those that only some of them have. */
export class CheckChoice {
  readonly #parts: Pick<ReplayParts, 'checks' | 'required' | 'refused'>;
  readonly #loaded = new Map<string, Check | null>();

  constructor(parts: Pick<ReplayParts, 'checks' | 'required' | 'refused'>) {
    this.#parts = parts;
  }

  /** The checks for `stored`: all that were selected and those that it is about, or (`own`) of these as many as its failure needs. */
  async of(stored: StoredCase, own: boolean): Promise<readonly Check[]> {
    const { checks, required, refused } = this.#parts;
    const all = [...checks];
    for (const name of ownChecks(stored) ?? []) {
      const check = refused.includes(name) || all.some((one) => one.name === name) ? null : await this.#load(name);
      if (check !== null) all.push(check);
    }
    if (all.length > checks.length) all.sort((a, b) => rankOf(a) - rankOf(b));
    if (!own) return all;
    const enough = enoughChecks(
      stored,
      all.map(({ name }) => name),
      required,
    );
    return all.filter(({ name }) => enough.includes(name));
  }

  async #load(name: string): Promise<Check | null> {
    let check = this.#loaded.get(name);
    if (check === undefined) this.#loaded.set(name, (check = (await loadChecks([name]))[0] ?? null));
    return check;
  }
}

function rankOf({ name }: Check): number {
  return (CHECK_NAMES as readonly string[]).indexOf(name);
}

/** A case that is ready to run. */
interface Ready {
  readonly stored: StoredCase;
  readonly text: NamedText;
  readonly options: RunOptions;
  readonly stopwatch: Stopwatch;
}

/** Replays `files`; `own`: with the checks that each is about. */
export async function replayFiles(
  files: readonly NamedText[],
  own: boolean,
  parts: ReplayParts,
  choice: CheckChoice,
): Promise<Replies['replay']> {
  const { backend, engines } = parts;
  const opened: (Ready | FileReply)[] = [];
  for (const text of files) {
    const stored = openText(text, backend.settings);
    if ('kind' in stored) {
      opened.push(stored);
      continue;
    }
    const stopwatch = new Stopwatch();
    const checks = await choice.of(stored, own);
    const again = (): Case => (openText(text, backend.settings) as StoredCase).case;
    const options = { backend, engines, checks, stopwatch, every: true, expect: stored.expect, again };
    opened.push({ stored, text, options, stopwatch });
  }
  const ready = opened.filter((one): one is Ready => !('kind' in one));
  const reports = await run(ready, own, parts);
  const replies: FileReply[] = [];
  let next = 0;
  for (const one of opened) {
    if ('kind' in one) {
      replies.push(one);
      continue;
    }
    const report = reports[next++];
    if (report === undefined) break;
    replies.push(replyOf(one, report, parts));
  }
  parts.mark(-1);
  return { kind: 'replay', files: replies };
}

/** The case of a file, or why it cannot be had. */
export function openText({ name, text }: NamedText, settings: SettingsKind): StoredCase | Refusal {
  const read = readCaseFile(text, name, { settings });
  if (!read.ok) return { kind: 'unreadable', message: read.errors.map(formatCaseFileError).join('\n') };
  try {
    requireAddresses(read.value.case.unit.pool.target.ptrBits);
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return { kind: 'unable', message: error.message };
  }
  return read.value;
}

async function run(ready: readonly Ready[], own: boolean, parts: ReplayParts): Promise<CaseReport[]> {
  if (answersLater(parts.backend, parts.engines)) return runLater(ready);
  const cases = ready.map(({ stored, options }) => ({ case: stored.case, options }));
  if (own) return runTogether(cases, (n) => parts.mark(n));
  // With every check a case takes so long that it has a guard of its own.
  return cases.map(({ case: case_, options }, n) => {
    parts.mark(n);
    return runCase(case_, options);
  });
}

/** All in one batch; what does not pass there runs by itself, as it does when it is run again. */
async function runLater(ready: readonly Ready[]): Promise<CaseReport[]> {
  const reports = await runCasesSupplied(
    ready.length,
    (n) => ready[n]!.options.again!(ready[n]!.stored.case),
    (n) => ready[n]!.options,
  );
  for (const [n, report] of reports.entries()) {
    const { options, stopwatch } = ready[n]!;
    if (report.findings.length === 0 && report.incomparable.length === 0) continue;
    stopwatch.reset();
    reports[n] = await runCaseSupplied(options.again!(ready[n]!.stored.case), options);
  }
  return reports;
}

function replyOf({ stored, text, stopwatch }: Ready, report: CaseReport, { backend }: ReplayParts): FileReply {
  const { case: case_, bucket, checks = [] } = stored;
  const tally = emptyTally();
  countCase(tally, report);
  tally.time = stopwatch.split();
  tally.busy = Object.values(tally.time).reduce((sum, seconds) => sum + seconds, 0);
  const findings = tellKnown(report.findings, case_, backend);
  const original = findings.length === 0 ? null : { text: text.text, instructions: instructionCount(case_.unit) };
  const { verdict } = report;
  const { seed, profile } = case_;
  return { kind: 'replayed', seed, original, findings, verdict, tally, profile, bucket, checks };
}
