/**
 * Does what a task asks for, in this process: runs ranges of cases, reduces, describes.
 *
 * Owns the way from a position to a case to a reply. Knows nothing of processes or messages; the worker process and tests
 * both use it. Deterministic but for the times in a tally.
 */
import { instructionCount } from '../../core/index.ts';
import type { Backend } from '../backend/door.ts';
import type { KnownBug } from '../backend/known-bugs.ts';
import { bugsMet } from '../backend/known-bugs.ts';
import { countCase, emptyTally } from '../model/tally.ts';
import type { Case } from '../model/case.ts';
import type { SettingsKind } from '../model/settings.ts';
import type { StoredCase } from '../case/case-file.ts';
import { readCaseFile, writeCaseFile } from '../case/case-file.ts';
import { NO_EXPECTATIONS } from '../case/expectations.ts';
import { crashed } from '../way/build-result.ts';
import type { Cause } from '../check/bucket-id.ts';
import { bucketId, nameBucket, partsOfBucket } from '../check/bucket-id.ts';
import type { Finding } from '../model/finding.ts';
import { bucketOf } from '../model/finding.ts';
import type { CaseReport } from '../model/case-report.ts';
import type { Check } from '../check/check.ts';
import { tellKnown } from '../check/known.ts';
import { comparedAlone } from '../check/alone.ts';
import { checksFor } from '../check/own-checks.ts';
import { runCase, runCases } from '../check/run-case.ts';
import type { RunOptions } from '../check/run-steps.ts';
import { DEFAULT_TIME_LIMITS } from '../check/run-steps.ts';
import { answersLater, runCasesSupplied, runCaseSupplied } from '../check/run-supplied.ts';
import { starvedTimeouts, unstarved } from '../engine/time-guard.ts';
import type { TimePart } from '../model/stopwatch.ts';
import { Stopwatch } from '../model/stopwatch.ts';
import { Journal } from '../reduce/journal.ts';
import type { Judged } from '../reduce/judge-bucket.ts';
import { judgeBucket, judgeBucketLater } from '../reduce/judge-bucket.ts';
import type { ReduceStep, Reduction } from '../reduce/reduce.ts';
import { reduceCase, reduceCaseLater } from '../reduce/reduce.ts';
import { Supply, supplied } from '../way/supply.ts';
import type { CaseSource, CaseText, FoundCase, Replies, Reply, Shard, Task } from './protocol.ts';
import { CheckChoice, replayFiles } from './replay-files.ts';
import { replayKnown } from './replay-known.ts';
import { seedAt } from './seed-at.ts';

/** What an executor works with. */
export interface ExecutorParts {
  readonly campaignSeed: number;
  readonly profile: string;
  readonly shard: Shard;
  /** The case of a seed. */
  generate(seed: number): Case;
  readonly backend: Backend;
  readonly engines: RunOptions['engines'];
  readonly checks: readonly Check[];
  /** Names of checks that were asked for, and of those that must not run; absent: none. */
  readonly required?: readonly string[];
  readonly refused?: readonly string[];
  /** Bugs that are counted apart; absent: none. */
  readonly known?: readonly KnownBug[];
  /** Told the position of a case before it starts; -1: no case of the campaign. */
  mark(position: number): void;
  /** Told the part of a case that starts, for cases whose worker may die. */
  markPart?(part: TimePart): void;
  /** Gets the text of a candidate of a reduction before it is run. */
  keepCandidate(text: string): void;
  /** Told of each step of a reduction. */
  onStep?(step: ReduceStep): void;
}

type SeedOfPosition = (position: number) => number;

/** Runs the tasks of one worker. */
export class Executor {
  readonly #parts: ExecutorParts;
  #beat = 0;
  #isSpent = false;
  readonly #choice: CheckChoice;

  constructor(parts: ExecutorParts) {
    this.#parts = parts;
    const { checks, required = [], refused = [] } = parts;
    this.#choice = new CheckChoice({ checks, required, refused });
  }

  /** Whether a guard has stopped something, which may have left half of it behind: to be replaced before the next task. */
  get isSpent(): boolean {
    return this.#isSpent;
  }

  /** Does `task`: at once, unless the back end or an engine answers later. */
  run(task: Task): Reply | Promise<Reply> {
    switch (task.kind) {
      case 'cases':
        if (this.#isLater) return this.#runCasesLater(task.first, task.count, task.stopOnFirst, this.#seedsOf(task));
        return this.runCases(task.first, task.count, task.stopOnFirst, task.patience, this.#seedsOf(task));
      case 'reduce':
        return this.#reduce(task);
      case 'check':
        return this.#check(task);
      case 'replay':
        return this.#replay(task);
      case 'known':
        return replayKnown(this.#parts.backend, this.#parts.engines);
      case 'describe': {
        const { case: case_ } = this.#caseOf(task.source);
        return { kind: 'describe', seed: case_.seed, original: this.#textOf(case_, null) };
      }
      case 'place':
        return this.#place(task);
      case 'name':
        return this.#name(task);
    }
  }

  get #isLater(): boolean {
    return answersLater(this.#parts.backend, this.#parts.engines);
  }

  /** `check`: the one that found what the bucket is about. */
  #textOf(case_: Case, bucket: string | null, check: string | null = null): CaseText {
    return caseText(case_, bucket, checksFor(check), this.#parts.backend.settings);
  }

  /** Seed of the case at `position`. */
  seedAt(position: number): number {
    const { campaignSeed: seed, shard, profile } = this.#parts;
    return seedAt({ seed, shard, profile }, position);
  }

  /** The seed of each position of `task`. */
  #seedsOf({ first, seeds }: Extract<Task, { kind: 'cases' }>): SeedOfPosition {
    return (position) => seeds?.[position - first] ?? this.seedAt(position);
  }

  /** Runs `count` cases from position `first`; `patience`: see the task. */
  runCases(
    first: number,
    count: number,
    stopOnFirst: boolean,
    patience?: number,
    seedOf: SeedOfPosition = (position) => this.seedAt(position),
  ): Replies['cases'] {
    const tally = emptyTally();
    const stopwatch = patience === undefined ? new Stopwatch() : this.#tellingStopwatch();
    const found: FoundCase[] = [];
    const begin = performance.now();
    const usage = process.cpuUsage();
    const cases = this.#generate(first, count, stopwatch, seedOf);
    let next = first;
    let struck = false;
    const take = (report: Reported): boolean => {
      countCase(tally, report);
      const { findings } = report;
      if (findings.length > 0) found.push({ position: next, seed: seedOf(next), findings });
      next++;
      return !stopOnFirst || found.length === 0;
    };
    const strike = (): boolean => {
      struck = this.#isSpent = true;
      return false;
    };
    const { backend, engines, checks, known = [] } = this.#parts;
    const options = { backend, engines, checks, stopwatch, known };
    const make = (n: number): Case | Error => {
      this.#parts.mark(first + n);
      return cases[n]!;
    };
    if (patience === undefined && cases.every((made) => !(made instanceof Error))) {
      runCases(count, (n) => make(n) as Case, options, take, strike);
    } else {
      const { step } = DEFAULT_TIME_LIMITS;
      const time = { case: null, step, patience: patience ?? 1, mostPatience: patience ?? 1 };
      let goesOn = true;
      for (let n = 0; n < count && goesOn; n++) {
        const made = make(n);
        const starved = starvedTimeouts();
        const report = made instanceof Error ? reportOfGenerator(made) : runCase(made, { ...options, time });
        goesOn = starvedTimeouts() === starved ? take(report) : strike();
      }
    }
    this.#parts.mark(-1);
    tally.time = stopwatch.split();
    tally.busy = (performance.now() - begin) / 1000;
    const { user, system } = process.cpuUsage(usage);
    return { kind: 'cases', tally, found, next, struck, processorSeconds: (user + system) / 1e6 };
  }

  #tellingStopwatch(): Stopwatch {
    return new Stopwatch((part) => this.#parts.markPart?.(part));
  }

  /** As {@link runCases}: the whole range is one batch of questions after the other. */
  async #runCasesLater(
    first: number,
    count: number,
    stopOnFirst: boolean,
    seedOf: SeedOfPosition,
  ): Promise<Replies['cases']> {
    const tally = emptyTally();
    const stopwatch = new Stopwatch();
    const found: FoundCase[] = [];
    const begin = performance.now();
    const made = this.#generate(first, count, stopwatch, seedOf);
    const good = made.filter((one): one is Case => !(one instanceof Error));
    const { backend, engines, checks, known = [] } = this.#parts;
    const positions = made.flatMap((one, n) => (one instanceof Error ? [] : [first + n]));
    const make = (n: number): Case => {
      this.#parts.mark(positions[n]!);
      return good[n]!;
    };
    const options = { backend, engines, checks, stopwatch, known };
    const together = await runCasesSupplied(good.length, make, options);
    const reports = [...(await comparedAlone(together, make, options))];
    let next = first;
    for (const one of made) {
      const report = one instanceof Error ? reportOfGenerator(one) : reports.shift()!;
      countCase(tally, report);
      if (report.findings.length > 0) found.push({ position: next, seed: seedOf(next), findings: report.findings });
      next++;
      if (stopOnFirst && found.length > 0) break;
    }
    this.#parts.mark(-1);
    tally.time = stopwatch.split();
    tally.busy = (performance.now() - begin) / 1000;
    return { kind: 'cases', tally, found, next, struck: false };
  }

  /** The cases of a range, or what the generator threw. */
  #generate(first: number, count: number, stopwatch: Stopwatch, seedOf: SeedOfPosition): (Case | Error)[] {
    return Array.from({ length: count }, (_, n) => {
      this.#parts.mark(first + n);
      try {
        return stopwatch.time('generate', () => this.#parts.generate(seedOf(first + n)));
      } catch (error) {
        return error instanceof Error ? error : new Error(String(error));
      }
    });
  }

  #caseOf(source: CaseSource): StoredCase {
    if (source.from === 'text') {
      const read = readCaseFile(source.text, 'case', { settings: this.#parts.backend.settings });
      if (!read.ok) throw new Error(`a stored case cannot be read: ${read.errors[0]!.message}`);
      return read.value;
    }
    const seed = source.from === 'seed' ? source.seed : this.seedAt(source.position);
    return { case: this.#parts.generate(seed), bucket: null, notes: [], expect: NO_EXPECTATIONS };
  }

  async #replay({ files, own }: Extract<Task, { kind: 'replay' }>): Promise<Replies['replay']> {
    const { backend, engines, checks, required = [], refused = [] } = this.#parts;
    const mark = (n: number): void => this.#parts.mark(n);
    const reply = await replayFiles(files, own, { backend, engines, checks, required, refused, mark }, this.#choice);
    if (reply.files.length < files.length) this.#isSpent = true;
    return reply;
  }

  async #check({ source, own = false }: Extract<Task, { kind: 'check' }>): Promise<Replies['check']> {
    this.#parts.mark(0);
    const { backend, engines } = this.#parts;
    const stored = this.#caseOf(source);
    const { case: case_, expect, bucket } = stored;
    // A case that comes from a seed is about nothing yet.
    const checks = source.from === 'text' ? await this.#choice.of(stored, own) : this.#parts.checks;
    const tally = emptyTally();
    const stopwatch = this.#tellingStopwatch();
    const begin = performance.now();
    const again = (): Case => this.#caseOf(source).case;
    const options = { backend, engines, checks, stopwatch, every: true, expect, again };
    const reply = (report: CaseReport): Replies['check'] => {
      countCase(tally, report);
      tally.time = stopwatch.split();
      tally.busy = (performance.now() - begin) / 1000;
      this.#parts.mark(-1);
      const { verdict } = report;
      const findings = tellKnown(report.findings, case_, backend);
      return { kind: 'check', seed: case_.seed, original: this.#textOf(case_, bucket), findings, verdict, tally };
    };
    return reply(this.#isLater ? await runCaseSupplied(case_, options) : runCase(case_, options));
  }

  async #reduce(task: Extract<Task, { kind: 'reduce' }>): Promise<Replies['reduce']> {
    const { backend, engines, checks } = this.#parts;
    const { case: start } = this.#caseOf(task.source);
    // A reduction must not end at a bug that is known, unless that is where it begins.
    const first = bugsMet(start.unit, backend.settings.print(start.settings), this.#parts.known ?? []);
    const known = (this.#parts.known ?? []).filter((bug) => !first.includes(bug));
    const begin = performance.now();
    const { maxSeconds, until = null, cause = null } = task;
    const expired = (): boolean =>
      (maxSeconds !== null && performance.now() - begin > maxSeconds * 1000) || (until !== null && Date.now() > until);
    const journal = new Journal(task.journal ?? null);
    const parts = { backend, engines, checks, known };
    const options = {
      bucket: task.bucket,
      ...(cause === null ? {} : { cause }),
      maxRuns: task.maxRuns,
      ...(maxSeconds === null && until === null ? {} : { expired }),
      onStep: (step: ReduceStep) => this.#parts.onStep?.(step),
      settings: backend.settings,
    };
    /** What the journal knows of `candidate`; else it is announced as the one that runs now. */
    const answered = (text: string): readonly Finding[] | null => {
      const answer = journal.answerTo(text);
      if (answer !== null) return answer;
      this.#markBeat();
      this.#parts.keepCandidate(text);
      return null;
    };
    const note = (text: string, { findings, fuel }: Judged): readonly Finding[] => {
      journal.add(text, findings, fuel);
      return findings;
    };
    const direct = judgeBucket(task.bucket, parts, journal.fuel);
    if (!this.#isLater && cause === null) {
      const judge = (candidate: Case): readonly Finding[] => {
        const { text } = this.#textOf(candidate, null);
        return answered(text) ?? note(text, direct(candidate));
      };
      return this.#reduced(task, start, reduceCase(start, { ...options, judge }));
    }
    const later = judgeBucketLater(task.bucket, parts, journal.fuel);
    const explain = cause === null ? null : await this.#explainer(false);
    const judge = async (candidate: Case): Promise<readonly Finding[]> => {
      const { text } = this.#textOf(candidate, null);
      const answer = answered(text);
      if (answer !== null) return answer;
      const judged = this.#isLater ? await later(candidate) : direct(candidate);
      if (explain === null) return note(text, judged);
      const findings: Finding[] = [];
      for (const finding of judged.findings) {
        const why = bucketOf(finding) === task.bucket ? await explain(finding, candidate) : null;
        findings.push(why === null ? finding : { ...finding, cause: bucketId(why) });
      }
      return note(text, { ...judged, findings });
    };
    return this.#reduced(task, start, await reduceCaseLater(start, { ...options, judge }));
  }

  async #name({ source, findings, minimised }: Extract<Task, { kind: 'name' }>): Promise<Replies['name']> {
    this.#markBeat();
    const { case: case_ } = this.#caseOf(source);
    const cause = await this.#explainer(minimised);
    const causes: (Cause | null)[] = [];
    for (const finding of findings) causes.push(await cause(finding, case_));
    this.#parts.mark(-1);
    const named = causes[0] ?? null;
    const text = named === null ? this.#textOf(case_, null) : this.#textOf(case_, bucketId(named), findings[0]!.check);
    return { kind: 'name', causes, text: text.text };
  }

  async #place({ text, finding }: Extract<Task, { kind: 'place' }>): Promise<Replies['place']> {
    this.#markBeat();
    const { findPlace } = await import('../explain/find-place.ts');
    const { backend, engines } = this.#parts;
    const place = await findPlace(finding, text, backend, engines[0]);
    this.#parts.mark(-1);
    return { kind: 'place', place };
  }

  /** What tells causes; loaded only where there are findings. */
  async #explainer(minimised: boolean): Promise<(finding: Finding, case_: Case) => Promise<Cause | null>> {
    const { causeOf } = await import('../explain/cause.ts');
    const { backend, engines } = this.#parts;
    return (finding, case_) => {
      const supply = new Supply(backend);
      const parts = { backend, engine: engines[0], supply, minimised };
      return supplied(supply, () => unstarved(() => causeOf(finding, case_, parts)));
    };
  }

  #markBeat(): void {
    this.#beat++;
    this.#parts.mark(-1 - this.#beat);
  }

  #reduced(task: Extract<Task, { kind: 'reduce' }>, start: Case, reduction: Reduction): Replies['reduce'] {
    this.#parts.mark(-1);
    const { finding } = reduction;
    const id = finding === null ? null : (finding.cause ?? nameBucket(finding, reduction.case.unit));
    return {
      kind: 'reduce',
      seed: start.seed,
      original: this.#textOf(start, task.bucket),
      reduced: finding === null ? null : { ...this.#textOf(reduction.case, id, finding.check), id: id!, finding },
      minimal: reduction.minimal,
      lastSweep: reduction.lastSweep,
      runs: reduction.runs,
      slips: reduction.slips.map(({ bucket, cause: why, case: slipped }) => {
        return { bucket, cause: why, text: this.#textOf(slipped, why ?? bucket, partsOfBucket(bucket).check).text };
      }),
    };
  }
}

type Reported = Pick<CaseReport, 'verdict' | 'incomparable' | 'checks' | 'findings'>;

/** A generator that throws is a bug of the harness, and no reason to stop. */
function reportOfGenerator(error: Error): Reported {
  const { op, text } = crashed(error);
  const finding: Finding = {
    check: 'generate',
    stage: 'harness',
    kind: 'crash',
    op,
    detail: `the generator threw:\n${text}`,
  };
  return { findings: [finding], verdict: { kind: 'completed' }, incomparable: [], checks: [] };
}

/** The stored form of a case. */
function caseText(case_: Case, bucket: string | null, checks: readonly string[], settings: SettingsKind): CaseText {
  return {
    text: writeCaseFile({ case: case_, bucket, checks, notes: [], expect: NO_EXPECTATIONS }, settings),
    instructions: instructionCount(case_.unit),
  };
}
