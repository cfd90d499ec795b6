/**
 * What a mutant is, and how it is recognised when lines have moved.
 *
 * Plain data. Invariant: the identity holds no line number; what a person changes elsewhere in a file does not change it.
 */
import { createHash } from 'node:crypto';
import type { Operator } from './operators.ts';

/** What makes a mutant this one and no other. */
export interface MutantIdentity {
  /** Built file below `core/`: `codegen/scalar/casts.js`. */
  readonly file: string;
  /** Innermost function with a name, `(module)` outside of any. */
  readonly function: string;
  readonly operator: Operator;
  /** The line of the built file that the replaced code begins on, without what surrounds it. */
  readonly line: string;
  readonly original: string;
  /** Null: the statement is dropped. */
  readonly replacement: string | null;
  /** Which of those that are equal in all of this, from 1. */
  readonly nth: number;
}

/** A mistake at a place. */
export interface Mutant extends MutantIdentity {
  /** Eight hexadecimal digits that follow from the identity. */
  readonly id: string;
  /** What takes the place of the original, as it is written into the file. */
  readonly code: string | null;
  /** Characters of the built file that are replaced. */
  readonly start: number;
  readonly end: number;
  /** Where that is in the source: `core/codegen/scalar/casts.ts:31`; in the built file if there is no source map. */
  readonly place: string;
}

/** The name of the mutant with this identity. */
export function idOf({ file, function: name, operator, line, original, replacement, nth }: MutantIdentity): string {
  const text = JSON.stringify([file, name, operator, line, original, replacement, nth]);
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** `text` on one line. */
export function onOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
