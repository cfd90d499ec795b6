/**
 * The three answers of a comparison. Types and small constructors.
 *
 * Invariant: `incomparable` is neither right nor wrong, always has a reason, and reasons are counted by the caller.
 */
import type { NavIndex } from '../../core/index.ts';
import type { FindingKind, Reason } from './finding.ts';

/** One difference, in words for people. */
export interface Difference {
  readonly kind: 'different';
  readonly what: Extract<FindingKind, 'result' | 'trap' | 'trace' | 'memory' | 'stack' | 'timeout' | 'invalid'>;
  /** Place: `call 2 @f`, `@counter+8`. */
  readonly where: string;
  /** What the reference says. */
  readonly expected: string;
  /** What the other side did. */
  readonly actual: string;
  /** Message class of a rejected module, else `-`. */
  readonly op: string;
  /** The place as data, where there is one. */
  readonly at?: DifferencePlace;
}

/** Where in memory, or in the trace, two sides differ. */
export type DifferencePlace =
  /** A variable, and the offset at each step: in the variable, then in what the pointer there leads to, and so on. */
  | {
      readonly kind: 'memory';
      readonly nav: NavIndex;
      readonly offsets: readonly number[];
      /** The address or slot that the other side has in the last pointer of the way, the one that differs included. */
      readonly pointer?: number;
    }
  /** Number of an imported call, from 1. */
  | { readonly kind: 'trace'; readonly index: number };

/** Answer of a comparison. */
export type Verdict =
  { readonly kind: 'same' } | Difference | { readonly kind: 'incomparable'; readonly reason: Reason };

/** Both sides did the same. */
export const SAME: Verdict = { kind: 'same' };

/** A difference without message class. */
export function different(
  what: Difference['what'],
  where: string,
  expected: string,
  actual: string,
  at?: DifferencePlace,
): Difference {
  const difference: Difference = { kind: 'different', what, where, expected, actual, op: '-' };
  return at === undefined ? difference : { ...difference, at };
}

/**
 * Whether two verdicts on one reference say that both sides did the same thing, right or wrong. What memory holds may
 * contain addresses, which differ from way to way; so for memory the place decides.
 */
export function agree(a: Verdict, b: Verdict): boolean {
  if (a.kind !== 'different' || b.kind !== 'different') return a.kind === 'same' && b.kind === 'same';
  return a.what === b.what && a.where === b.where && (a.what === 'memory' || a.actual === b.actual);
}

/** A difference as lines of text. */
export function describeDifference(side: string, difference: Difference): string {
  return `${difference.where}: ${difference.what}\n  reference: ${difference.expected}\n  ${side}: ${difference.actual}`;
}
