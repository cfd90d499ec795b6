/**
 * Does what a task asks for, in this process: runs ranges of cases, reduces, describes.
 *
 * Owns the way from a position to a case to a reply. Knows nothing of processes or messages; the worker process and tests
 * both use it. Deterministic but for the times in a tally.
 */
import { instructionCount } from '../../core/index.ts';
import type { Backend } from '../backend/door.ts';
import { countCase, emptyTally } from '../model/tally.ts';
import type { Case } from '../model/case.ts';
import type { StoredCase } from '../case/case-file.ts';
import { readCaseFile, writeCaseFile } from '../case/case-file.ts';
import { NO_EXPECTATIONS } from '../case/expectations.ts';
import { crashed } from '../way/build-result.ts';
import { nameBucket } from '../model/bucket.ts';
import type { Finding } from '../model/finding.ts';
import type { CaseReport } from '../model/case-report.ts';
import type { Check } from '../check/check.ts';
import { bucketOf } from '../model/finding.ts';
import { DEFAULT_TIME_LIMITS, runCase, runCases } from '../check/run-case.ts';
import type { TimePart } from '../model/stopwatch.ts';
import { Stopwatch } from '../model/stopwatch.ts';
import type { Engine } from '../engine/door.ts';
import { starvedTimeouts } from '../engine/time-guard.ts';
import { Journal } from '../reduce/journal.ts';
import { judgeBucket } from '../reduce/judge-bucket.ts';
import type { ReduceStep } from '../reduce/reduce.ts';
import { reduceCase } from '../reduce/reduce.ts';
import type { CaseSource, CaseText, FoundCase, Replies, Reply, Shard, Task } from './protocol.ts';
import { seedAt } from './seed-at.ts';

/** What an executor works with. */
export interface ExecutorParts {
  readonly campaignSeed: number;
  readonly shard: Shard;
  /** The case of a seed. */
  generate(seed: number): Case;
  readonly backend: Backend;
  readonly engine: Engine;
  readonly checks: readonly Check[];
  /** Told the position of a case before it starts; -1: no case of the campaign. */
  mark(position: number): void;
  /** Told the part of a case that starts, for cases whose worker may die. */
  markPart?(part: TimePart): void;
  /** Gets the text of a candidate of a reduction before it is run. */
  keepCandidate(text: string): void;
  /** Told of each step of a reduction. */
  onStep?(step: ReduceStep): void;
}

/** See the file header. */
export class Executor {
  readonly #parts: ExecutorParts;
  #beat = 0;
  #isSpent = false;

  constructor(parts: ExecutorParts) {
    this.#parts = parts;
  }

  /** Whether a guard has stopped something, which may have left half of it behind: to be replaced before the next task. */
  get isSpent(): boolean {
    return this.#isSpent;
  }

  /** Does `task`. */
  run(task: Task): Reply {
    switch (task.kind) {
      case 'cases':
        return this.runCases(task.first, task.count, task.stopOnFirst, task.patience);
      case 'reduce':
        return this.#reduce(task);
      case 'check':
        return this.#check(task.source);
      case 'describe': {
        const { case: case_ } = this.#caseOf(task.source);
        return { kind: 'describe', seed: case_.seed, original: caseText(case_, null) };
      }
    }
  }

  /** Seed of the case at `position`. */
  seedAt(position: number): number {
    return seedAt(this.#parts.campaignSeed, this.#parts.shard, position);
  }

  /** Runs `count` cases from position `first`; `patience`: see the task. */
  runCases(first: number, count: number, stopOnFirst: boolean, patience?: number): Replies['cases'] {
    const tally = emptyTally();
    const stopwatch = patience === undefined ? new Stopwatch() : this.#tellingStopwatch();
    const found: FoundCase[] = [];
    const begin = performance.now();
    const cases = this.#generate(first, count, stopwatch);
    let next = first;
    let struck = false;
    const take = (report: Reported): boolean => {
      countCase(tally, report);
      const { findings } = report;
      if (findings.length > 0) found.push({ position: next, seed: this.seedAt(next), findings });
      next++;
      return !stopOnFirst || found.length === 0;
    };
    const strike = (): boolean => {
      struck = this.#isSpent = true;
      return false;
    };
    const { backend, engine, checks } = this.#parts;
    const options = { backend, engine, checks, stopwatch };
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
    return { kind: 'cases', tally, found, next, struck };
  }

  #tellingStopwatch(): Stopwatch {
    return new Stopwatch((part) => this.#parts.markPart?.(part));
  }

  /** The cases of a range, or what the generator threw. */
  #generate(first: number, count: number, stopwatch: Stopwatch): (Case | Error)[] {
    return Array.from({ length: count }, (_, n) => {
      this.#parts.mark(first + n);
      try {
        return stopwatch.time('generate', () => this.#parts.generate(this.seedAt(first + n)));
      } catch (error) {
        return error instanceof Error ? error : new Error(String(error));
      }
    });
  }

  #caseOf(source: CaseSource): StoredCase {
    if (source.from === 'text') {
      const read = readCaseFile(source.text, 'case');
      if (!read.ok) throw new Error(`a stored case cannot be read: ${read.errors[0]!.message}`);
      return read.value;
    }
    const seed = source.from === 'seed' ? source.seed : this.seedAt(source.position);
    return { case: this.#parts.generate(seed), bucket: null, notes: [], expect: NO_EXPECTATIONS };
  }

  #check(source: CaseSource): Replies['check'] {
    this.#parts.mark(0);
    const { backend, engine, checks } = this.#parts;
    const { case: case_, expect, bucket } = this.#caseOf(source);
    const tally = emptyTally();
    const stopwatch = this.#tellingStopwatch();
    const begin = performance.now();
    const again = (): Case => this.#caseOf(source).case;
    const report = runCase(case_, { backend, engine, checks, stopwatch, every: true, expect, again });
    countCase(tally, report);
    tally.time = stopwatch.split();
    tally.busy = (performance.now() - begin) / 1000;
    this.#parts.mark(-1);
    const { findings, verdict } = report;
    return { kind: 'check', seed: case_.seed, original: caseText(case_, bucket), findings, verdict, tally };
  }

  #reduce(task: Extract<Task, { kind: 'reduce' }>): Replies['reduce'] {
    const { backend, engine, checks } = this.#parts;
    const { case: start } = this.#caseOf(task.source);
    const begin = performance.now();
    const { maxSeconds } = task;
    const journal = new Journal(task.journal ?? null);
    const judge = judgeBucket(task.bucket, { backend, engine, checks }, journal.fuel);
    const reduction = reduceCase(start, {
      bucket: task.bucket,
      maxRuns: task.maxRuns,
      ...(maxSeconds === null ? {} : { expired: () => performance.now() - begin > maxSeconds * 1000 }),
      onStep: (step) => this.#parts.onStep?.(step),
      judge: (candidate) => {
        const { text } = caseText(candidate, null);
        const known = journal.answerTo(text);
        if (known !== null) return known;
        this.#beat++;
        this.#parts.mark(-1 - this.#beat);
        this.#parts.keepCandidate(text);
        const { findings, fuel } = judge(candidate);
        journal.add(text, findings, fuel);
        return findings;
      },
    });
    this.#parts.mark(-1);
    const { finding } = reduction;
    const id = finding === null ? null : nameBucket(finding, reduction.case.unit);
    return {
      kind: 'reduce',
      seed: start.seed,
      original: caseText(start, task.bucket),
      reduced: finding === null ? null : { ...caseText(reduction.case, id), id: id!, finding },
      minimal: reduction.minimal,
      lastSweep: reduction.lastSweep,
      runs: reduction.runs,
      slips: reduction.slips.map((slip) => ({ bucket: slip.bucket, text: caseText(slip.case, slip.bucket).text })),
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
export function caseText(case_: Case, bucket: string | null): CaseText {
  return {
    text: writeCaseFile({ case: case_, bucket, notes: [], expect: NO_EXPECTATIONS }),
    instructions: instructionCount(case_.unit),
  };
}

/** The buckets of `findings`, each once, in order. */
export function bucketsOf(findings: readonly Finding[]): string[] {
  return [...new Set(findings.map(bucketOf))];
}
