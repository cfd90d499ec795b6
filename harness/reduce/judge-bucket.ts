/**
 * The question that a reduction asks of each candidate: does it fail in this bucket?
 *
 * Owns the choice of what has to run for an answer: the one check that the bucket names, whatever its frequency.
 */
import type { Backend } from '../backend/door.ts';
import type { Finding } from '../model/finding.ts';
import type { Check } from '../check/check.ts';
import type { CaseReport } from '../model/case-report.ts';
import type { Judge, LaterJudge } from './reduce.ts';
import { interpret } from '../../interpreter/interpret.ts';
import type { Limits } from '../../interpreter/interpret.ts';
import { runCase } from '../check/run-case.ts';
import type { Interpret, RunOptions, TimeLimits } from '../check/run-steps.ts';
import { runCaseSupplied } from '../check/run-supplied.ts';

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
}

/** Name of the check in a bucket id (`stage/check/kind/op`). */
export function checkOfBucket(bucket: string): string {
  return bucket.split('/')[1] ?? '';
}

/** How candidates of `bucket` are run. The limits of the interpreter follow from the first case, the one to reduce. */
class Candidates {
  readonly #parts: JudgeParts;
  readonly #checks: readonly Check[];
  readonly #time: TimeLimits;
  #limits: Partial<Limits> = {};

  constructor(bucket: string, parts: JudgeParts) {
    const name = checkOfBucket(bucket);
    const only = parts.checks.filter((check) => check.name === name);
    this.#parts = parts;
    this.#checks = only.length === 0 ? parts.checks : only;
    const isTimeout = bucket.split('/')[2] === 'timeout';
    this.#time = isTimeout ? { ...CANDIDATE_TIME, case: null } : CANDIDATE_TIME;
  }

  get options(): RunOptions {
    const limits = this.#limits;
    const run: Interpret = (unit, calls) => interpret(unit, calls, limits);
    return { ...this.#parts, checks: this.#checks, every: true, time: this.#time, interpret: run };
  }

  findingsOf(report: CaseReport): readonly Finding[] {
    // A candidate that needs much more steps than the first case has lost its way out of a loop.
    if (this.#limits.fuel === undefined) {
      this.#limits = { fuel: Math.max(LEAST_FUEL, report.steps * FUEL_STRETCH) };
    }
    return report.findings;
  }
}

/** A function that runs the check of `bucket` on a case; all checks if there is none of that name. */
export function judgeBucket(bucket: string, parts: JudgeParts): Judge {
  const candidates = new Candidates(bucket, parts);
  return (candidate) => candidates.findingsOf(runCase(candidate, candidates.options));
}

/** The same for a back end or engine that answers later. */
export function judgeBucketLater(bucket: string, parts: JudgeParts): LaterJudge {
  const candidates = new Candidates(bucket, parts);
  return async (candidate) => candidates.findingsOf(await runCaseSupplied(candidate, candidates.options));
}
