/** The case file: reading and writing (design of the format: corpus/README.md). */
import type { Case } from './case.ts';
import type { Expectations } from './expectations.ts';

/** A case as it is stored. */
export interface StoredCase {
  readonly case: Case;
  /** Bucket id when the case is a finding, else null. */
  readonly bucket: string | null;
  /** Free comment lines (`; text` before the program), without the `; `. */
  readonly notes: readonly string[];
  readonly expect: Expectations;
}

/** What is wrong with a case file; lines count from 1. */
export interface CaseFileError {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export type CaseFileResult =
  | { readonly ok: true; readonly value: StoredCase }
  | { readonly ok: false; readonly errors: readonly CaseFileError[] };

/** Reads the text of case file `file` (the name is for messages). A plain `.air` text without recipe is a case too. */
export declare function readCaseFile(text: string, file: string): CaseFileResult;
/** Text of a stored case; `readCaseFile` gives an equal one back. */
export declare function writeCaseFile(stored: StoredCase): string;
/** `file:line: error: message`. */
export declare function formatCaseFileError(error: CaseFileError): string;
