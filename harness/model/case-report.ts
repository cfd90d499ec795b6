/**
 * What became of one case: its verdict, its findings, and which checks ran.
 */
import type { Case } from './case.ts';
import type { Finding, Reason } from './finding.ts';

/** One run of one check. */
export interface CheckRun {
  readonly name: string;
  readonly failed: boolean;
}

/** Reason of a case that makes no call: its program is built, and never run. */
export const NO_CALLS: Reason = 'no-calls';

/** Reason of a case whose process did not get the processor. */
export const NO_PROCESSOR_TIME: Reason = 'no processor time';

/** How the reasons of the engine that runs every check begin: `engine:stack`. Those of others begin with their names. */
export const FIRST_ENGINE = 'engine:';

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
