/**
 * The bank of historical bugs: those that core can be given, and the entries of the catalogues that it cannot, in their order.
 *
 * Data. Invariant: each entry of the catalogues is here once, as one bug or more or as unmatched.
 */
import type { HistoricalBug, UnmatchedEntry } from './bug.ts';
import { historicalBug, unmatchedEntry } from './bug.ts';
import { LATENT_CODEGEN_ROWS } from './codegen-latent.ts';
import { REPORTED_CODEGEN_ROWS } from './codegen-reported.ts';
import { UNMATCHED_CODEGEN_ROWS } from './codegen-unmatched.ts';

/** All bugs. */
export const HISTORICAL_BUGS: readonly HistoricalBug[] = [...LATENT_CODEGEN_ROWS, ...REPORTED_CODEGEN_ROWS].map(
  historicalBug,
);

/** All entries without one. */
export const UNMATCHED_ENTRIES: readonly UnmatchedEntry[] = UNMATCHED_CODEGEN_ROWS.map(unmatchedEntry);
