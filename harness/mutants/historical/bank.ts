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
import { REPORTED_LINKER_ROWS } from './linker-reported.ts';
import { UNMATCHED_LINKER_ROWS } from './linker-unmatched.ts';
import { ZIG_LINKER_ROWS } from './linker-zig.ts';

/** All bugs. */
export const HISTORICAL_BUGS: readonly HistoricalBug[] = [
  ...LATENT_CODEGEN_ROWS,
  ...REPORTED_CODEGEN_ROWS,
  ...ZIG_LINKER_ROWS,
  ...REPORTED_LINKER_ROWS,
].map(historicalBug);

/** All entries without one. */
export const UNMATCHED_ENTRIES: readonly UnmatchedEntry[] = [...UNMATCHED_CODEGEN_ROWS, ...UNMATCHED_LINKER_ROWS].map(
  unmatchedEntry,
);
