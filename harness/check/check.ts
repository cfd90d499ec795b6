/**
 * Vocabulary of the checks: findings, buckets, verdicts, and what a check is. Types and the spelling of buckets only.
 *
 * Names of checks, stages and kinds are stable: bucket ids in corpora and trackers are made of them.
 */
import type { Case } from '../model/case.ts';
import type { CaseContext } from './context.ts';

/** The part that a finding accuses. */
export type Stage = 'interpreter' | 'codegen' | 'object-writer' | 'linker' | 'text' | 'engine' | 'harness';

/** How two sides differ, or what failed. */
export type FindingKind =
  | 'result'
  | 'trap'
  | 'trace'
  | 'memory'
  /** The stack pointer is not back where it was. */
  | 'stack'
  /** The run did not end in its time. */
  | 'timeout'
  /** A module that a validator or the engine rejects. */
  | 'invalid'
  /** An exception inside of the system under test, or of the harness (stage harness). */
  | 'crash'
  /** A clean refusal of a program that should compile. */
  | 'refused'
  | 'link-error'
  /** Two builds that should be equal byte by byte are not. */
  | 'bytes'
  /** Text form: does not parse, or does not print the same again. */
  | 'text'
  /** A stored expectation is not met because the run is illegal or exhausted. */
  | 'illegal'
  | 'exhausted';

/** One failure that one check saw. */
export interface Finding {
  readonly check: string;
  readonly stage: Stage;
  readonly kind: FindingKind;
  /**
   * Class of the failure that its own evidence gives, free of numbers and names of the program: the message class of a
   * crash, refusal or validation error. `-` where the evidence gives none (differences); see `nameBucket`.
   */
  readonly op: string;
  /** For people: what differs and where. Several lines. Not part of the bucket. */
  readonly detail: string;
}

/**
 * The bucket of a finding while it is being reduced: stable under every step that keeps the failure.
 * `codegen/interp-exe/result/-`.
 */
export function bucketOf(finding: Finding): string {
  return `${finding.stage}/${finding.check}/${finding.kind}/${finding.op}`;
}

/** Why two sides could not be compared, or a case was not run to its end; counted and shown. */
export type Reason = string;

/** What the checks are run on, once each; a check computes nothing that the context has. */
export interface Check {
  readonly name: string;
  /** Runs on one case in `frequency`, chosen by the seed. */
  readonly frequency: number;
  /** Profiles whose cases the check is about; in others it may have nothing to run on. Absent: all. */
  readonly onlyIn?: readonly string[];
  /** The stage accused when the evidence says no more. */
  readonly stage: Stage;
  applies(context: CaseContext): boolean;
  run(context: CaseContext): readonly Finding[];
}

/** One run of one check. */
export interface CheckRun {
  readonly name: string;
  readonly failed: boolean;
}

/** What became of a case. */
export interface CaseReport {
  readonly case: Case;
  /** `discarded`: the program is at fault (`illegal:overlap`) or too long (`exhausted:fuel`); no check ran. */
  readonly verdict: { readonly kind: 'completed' } | { readonly kind: 'discarded'; readonly reason: Reason };
  /** Comparisons that could not be made, each reason once per case. */
  readonly incomparable: readonly Reason[];
  readonly findings: readonly Finding[];
  /** Checks that really ran; one that did not apply is not in the list. */
  readonly checks: readonly CheckRun[];
  /** AIR instructions that the interpreter executed. */
  readonly steps: number;
}
