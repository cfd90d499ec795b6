/**
 * What a check found: the vocabulary of findings, and the spelling of buckets.
 *
 * Names of checks, stages and kinds are stable: bucket ids in corpora and trackers are made of them.
 */

/** The parts that a finding can accuse. */
export const STAGES = [
  'interpreter',
  'codegen',
  /** What encodes the instructions of a function. */
  'emit',
  'object-writer',
  'linker',
  'text',
  'engine',
  'harness',
  /** What prints a program as source of another language: no compiler is accused. */
  'printer',
  /** Binaryen, between a module and the engine. */
  'optimizer',
  /** A linker beside ours: LLD, or Zig's own. */
  'foreign-linker',
] as const;

/** The part that a finding accuses. */
export type Stage = (typeof STAGES)[number];

/** How two sides can differ, or what can fail. */
export const FINDING_KINDS = [
  'result',
  'trap',
  'trace',
  'memory',
  /** The stack pointer is not back where it was. */
  'stack',
  /** The run did not end in its time. */
  'timeout',
  /** A module that a validator or the engine rejects. */
  'invalid',
  /** An exception inside of the system under test, or of the harness (stage harness). */
  'crash',
  /** A clean refusal of a program that should compile. */
  'refused',
  'link-error',
  /** What must be refused, and was not, or was for another reason. */
  'accepted',
  /** Two builds that should be equal byte by byte are not. */
  'bytes',
  /** A module or object is not laid out or encoded as it must be, whatever it does. */
  'layout',
  /** Text form: does not parse, or does not print the same again. */
  'text',
  /** A stored expectation is not met because the run is illegal or exhausted. */
  'illegal',
  'exhausted',
] as const;

/** How two sides differ, or what failed. */
export type FindingKind = (typeof FINDING_KINDS)[number];

/** A way from a program to a module, or to something on that way, as data: harness/way/ways.ts makes it again. */
export interface WayId {
  readonly name: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

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
  /** What it was seen on, where that is one thing that can be made again. Not part of the bucket. */
  readonly way?: WayId;
  /** Id of what is at fault, where a reduction has asked for it. Not part of the bucket of `bucketOf`. */
  readonly cause?: string;
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

/** A bucket of reduction for people: without the `-` that stands for no class. `codegen/interp-exe/result`. */
export function shownBucket(bucket: string): string {
  return bucket.replace(/\/-$/, '');
}

/** Why two sides could not be compared, or a case was not run to its end; counted and shown. */
export type Reason = string;
