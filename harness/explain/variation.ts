/** What is known of the parts of a case that may vary. Types only, plain data but for the choices that were tried. */
import type { Choice, FreePart } from './free-parts.ts';

/** One part, and what it may be. */
export interface VariedPart {
  readonly kind: FreePart['kind'];
  /** Line of the text, or null where the part has none. */
  readonly line: number | null;
  readonly place: string;
  readonly text: string;
  /** `any value`, `any value >= 31`, `also u3, u7; not u8` … */
  readonly may: string;
  /** What failed in the same way in its place, and what did not. */
  readonly fails: readonly string[];
  readonly differs: readonly string[];
}

/** What may vary. */
export interface Variation {
  readonly parts: readonly VariedPart[];
  readonly runs: number;
  /** Parts for which no runs were left. */
  readonly untried: number;
  /** All free constants and arguments changed at the same time; null: there are not two of them. */
  readonly together: { readonly tried: number; readonly failed: number } | null;
}

/** A choice that was tried. */
export interface Tried {
  readonly choice: Choice;
  /** The number that it stands for, of a range. */
  readonly number: bigint;
  readonly answer: 'fails' | 'differs';
}
