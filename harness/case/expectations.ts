/**
 * What a stored case says its calls do: the `run` and `memory` lines of a case file as data. Plain data; the reading and
 * writing is in case-file.ts, the checking in harness/check/.
 */
import type { NavIndex } from '../../core/index.ts';
import type { TrapKind } from '../../interpreter/outcome.ts';

/** What one call of the case is expected to do; `unstated` where the file gives the call only. */
export type ExpectedOutcome =
  | { readonly kind: 'unstated' }
  /** Bit pattern as in `CallInput`, or null for a call without result. */
  | { readonly kind: 'returned'; readonly bits: bigint | null }
  | { readonly kind: 'trapped'; readonly trap: TrapKind };

/** One stored byte or pointer of a variable. */
export type ExpectedByte =
  | { readonly kind: 'byte'; readonly value: number }
  | { readonly kind: 'undefined' }
  /** First byte of a pointer; the pointer's other bytes follow as `rest`. */
  | { readonly kind: 'pointer'; readonly nav: NavIndex; readonly offset: number }
  | { readonly kind: 'rest' };

/** See the file header. */
export interface Expectations {
  /** One per call of the case, in order. */
  readonly outcomes: readonly ExpectedOutcome[];
  /** Bytes of some variables after the last call. */
  readonly memory: ReadonlyMap<NavIndex, readonly ExpectedByte[]>;
}

/** Expects nothing. */
export const NO_EXPECTATIONS: Expectations = { outcomes: [], memory: new Map() };
