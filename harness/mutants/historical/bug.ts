/**
 * What a historical bug is: a mistake that somebody once made, and how it is made again in the built core.
 *
 * Plain data, and the shape of its rows. Invariant: `find` occurs exactly once in its file, where a run of white space stands for any
 * run of white space (test/harness/mutants/historical.test.ts).
 */

/** One edit of a built file. */
interface Patch {
  /** Below `core/`: `codegen/scalar/casts.js`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A bug that core can be given. */
export interface HistoricalBug extends Patch {
  /** Number of its entry in the catalogue; with a letter if the entry has several: `H05`, `H05b`. */
  readonly id: string;
  /** Issue, pull request or commit; for a defect that was found by reading, where. */
  readonly reference: string;
  /** What is wrong. */
  readonly mistake: string;
  /** Profiles whose cases are to find it, one after the other. */
  readonly profiles: readonly string[];
}

/** An entry of the catalogue that core cannot be given. */
export interface UnmatchedEntry {
  readonly id: string;
  readonly reference: string;
  readonly mistake: string;
  /** Why there is no patch. */
  readonly reason: string;
}

/** A {@link HistoricalBug}; profiles are a list with commas. */
export type BugRow = readonly [
  id: string,
  reference: string,
  profiles: string,
  file: string,
  find: string,
  replace: string,
  mistake: string,
];

/** An {@link UnmatchedEntry}. */
export type UnmatchedRow = readonly [id: string, reference: string, mistake: string, reason: string];

/** The bug that `row` is. */
export function historicalBug([id, reference, profiles, file, find, replace, mistake]: BugRow): HistoricalBug {
  return { id, reference, profiles: profiles.split(','), file, find, replace, mistake };
}

/** The entry that `row` is. */
export function unmatchedEntry([id, reference, mistake, reason]: UnmatchedRow): UnmatchedEntry {
  return { id, reference, mistake, reason };
}
