/**
 * The question that a reduction asks of each candidate: does it fail in this bucket?
 *
 * Owns the choice of what has to run for an answer: the one check that the bucket names, whatever its frequency.
 */
import type { Backend } from '../backend/door.ts';
import type { Case } from '../model/case.ts';
import type { Finding } from '../model/finding.ts';
import type { Check } from '../check/check.ts';
import { interpret } from '../../interpreter/interpret.ts';
import type { Limits } from '../../interpreter/interpret.ts';
import type { Interpret, TimeLimits } from '../check/run-case.ts';
import { runCase } from '../check/run-case.ts';
import { readCaseFile, writeCaseFile } from '../case/case-file.ts';
import { NO_EXPECTATIONS } from '../case/expectations.ts';
import type { Engine } from '../engine/door.ts';

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
  readonly engine: Engine;
  readonly checks: readonly Check[];
}

/** Name of the check in a bucket id (`stage/check/kind/op`). */
export function checkOfBucket(bucket: string): string {
  return bucket.split('/')[1] ?? '';
}

/** What a candidate shows, and the steps that the candidates after it may take. */
export interface Judged {
  readonly findings: readonly Finding[];
  readonly fuel: number;
}

/**
 * A function that runs the check of `bucket` on a case; all checks if there is none of that name. The first case that it gets is the
 * one to reduce; a candidate that needs much more steps than that has lost its way out of a loop. `fuel`: of a reduction that goes on.
 */
export function judgeBucket(
  bucket: string,
  parts: JudgeParts,
  fuel: number | null = null,
): (candidate: Case) => Judged {
  const name = checkOfBucket(bucket);
  const only = parts.checks.filter((check) => check.name === name);
  const checks = only.length === 0 ? parts.checks : only;
  const isTimeout = bucket.split('/')[2] === 'timeout';
  const time = isTimeout ? { ...CANDIDATE_TIME, case: null } : CANDIDATE_TIME;
  let most = fuel;
  return (candidate) => {
    const limits: Partial<Limits> = most === null ? {} : { fuel: most };
    const run: Interpret = (unit, calls) => interpret(unit, calls, limits);
    const report = runCase(candidate, { ...parts, checks, every: true, time, interpret: run, again: copyOf });
    most ??= Math.max(LEAST_FUEL, report.steps * FUEL_STRETCH);
    return { findings: report.findings, fuel: most };
  };
}

/** The case again, with nothing in it of what was made of it so far. */
function copyOf(case_: Case): Case {
  const text = writeCaseFile({ case: case_, bucket: null, notes: [], expect: NO_EXPECTATIONS });
  const read = readCaseFile(text, 'candidate');
  return read.ok ? read.value.case : case_;
}
