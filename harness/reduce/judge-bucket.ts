/**
 * The question that a reduction asks of each candidate: does it fail in this bucket?
 *
 * Owns the choice of what has to run for an answer: the one check that the bucket names, whatever its frequency.
 */
import type { Backend } from '../backend/door.ts';
import type { KnownBug } from '../backend/known-bugs.ts';
import type { Finding } from '../model/finding.ts';
import { checksOfBucket, partsOfBucket } from '../check/bucket-id.ts';
import type { Check } from '../check/check.ts';
import type { CaseReport } from '../model/case-report.ts';
import { interpret } from '../../interpreter/interpret.ts';
import type { Limits } from '../../interpreter/interpret.ts';
import { runCase } from '../check/run-case.ts';
import type { Interpret, RunOptions, TimeLimits } from '../check/run-steps.ts';
import { runCaseSupplied } from '../check/run-supplied.ts';
import { readCaseFile, writeCaseFile } from '../case/case-file.ts';
import { NO_EXPECTATIONS } from '../case/expectations.ts';
import type { SettingsKind } from '../model/settings.ts';
import type { Case } from '../model/case.ts';

/**
 * Candidates are small and take milliseconds, but a step may make a loop endless; a reduction cannot wait seconds for each.
 * A bucket of kind `timeout` is judged step by step from the start.
 */
const CANDIDATE_TIME: TimeLimits = { case: 400, step: 200 };

/** Steps that a candidate may take at least, and by how much it may exceed the first case. */
const LEAST_FUEL = 5000;
const FUEL_STRETCH = 4;

/** With what candidates are run. */
export interface JudgeParts {
  readonly backend: Backend;
  readonly engines: RunOptions['engines'];
  readonly checks: readonly Check[];
  /** Bugs that a candidate must not end at; absent: none. */
  readonly known?: readonly KnownBug[];
}

/** What a candidate shows, and the steps that the candidates after it may take. */
export interface Judged {
  readonly findings: readonly Finding[];
  readonly fuel: number;
}

/**
 * How candidates of `bucket` are run. The first case is the one to reduce; a candidate that needs much more steps than that
 * has lost its way out of a loop.
 */
class Candidates {
  readonly #parts: JudgeParts;
  readonly #checks: readonly Check[];
  readonly #time: TimeLimits;
  #fuel: number | null;

  constructor(bucket: string, parts: JudgeParts, fuel: number | null) {
    const names = checksOfBucket(bucket);
    const only = parts.checks.filter((check) => names.includes(check.name));
    this.#parts = parts;
    this.#checks = only.length === 0 ? parts.checks : only;
    const isTimeout = partsOfBucket(bucket).kind === 'timeout';
    this.#time = isTimeout ? { ...CANDIDATE_TIME, case: null } : CANDIDATE_TIME;
    this.#fuel = fuel;
  }

  get options(): RunOptions {
    const limits: Partial<Limits> = this.#fuel === null ? {} : { fuel: this.#fuel };
    const run: Interpret = (unit, calls) => interpret(unit, calls, limits);
    const again = (case_: Case): Case => copyOf(case_, this.#parts.backend.settings);
    return { ...this.#parts, checks: this.#checks, every: true, time: this.#time, interpret: run, again };
  }

  judged({ steps, findings }: CaseReport): Judged {
    this.#fuel ??= Math.max(LEAST_FUEL, steps * FUEL_STRETCH);
    return { findings, fuel: this.#fuel };
  }
}

/**
 * A function that runs the check of `bucket` on a case; all checks if there is none of that name. `fuel`: of a reduction
 * that goes on.
 */
export function judgeBucket(
  bucket: string,
  parts: JudgeParts,
  fuel: number | null = null,
): (candidate: Case) => Judged {
  const candidates = new Candidates(bucket, parts, fuel);
  return (candidate) => candidates.judged(runCase(candidate, candidates.options));
}

/** The same for a back end or engine that answers later. */
export function judgeBucketLater(
  bucket: string,
  parts: JudgeParts,
  fuel: number | null = null,
): (candidate: Case) => Promise<Judged> {
  const candidates = new Candidates(bucket, parts, fuel);
  return async (candidate) => candidates.judged(await runCaseSupplied(candidate, candidates.options));
}

/** The case again, with nothing in it of what was made of it so far. */
function copyOf(case_: Case, settings: SettingsKind): Case {
  const text = writeCaseFile({ case: case_, bucket: null, notes: [], expect: NO_EXPECTATIONS }, settings);
  const read = readCaseFile(text, 'candidate', { settings });
  return read.ok ? read.value.case : case_;
}
