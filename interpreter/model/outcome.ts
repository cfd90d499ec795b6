/**
 * What a run can end in: the vocabulary shared by the interpreter, the engines and the judge. Types only.
 *
 * Invariant: an `illegal` outcome says that the program, not a compiler, is at fault; it is never compared.
 */
import type { NavIndex } from '../../core/intern/keys.ts';

/** Why a run trapped, in classes that every engine can tell apart. */
export type TrapKind =
  | 'unreachable'
  | 'memory_out_of_bounds'
  | 'division_by_zero'
  | 'integer_overflow'
  | 'invalid_conversion'
  | 'indirect_call'
  | 'host';

/** Illegal behaviour by kind (docs/air.md section 6). */
export type IllegalKind =
  | 'integer_overflow'
  | 'division_by_zero'
  | 'inexact'
  | 'shift_too_large'
  | 'integer_out_of_range'
  | 'nan_bits'
  | 'float_encoding'
  | 'out_of_bounds'
  | 'misaligned'
  | 'dangling'
  | 'write_to_constant'
  | 'null_or_numeric_address'
  | 'overlap'
  | 'pointer_comparison'
  /** An integer that holds the address of an object was used as a number: addresses are not part of the meaning. */
  | 'address_arithmetic'
  | 'bad_call'
  | 'reached_unreachable'
  /** The payload of null or of an error, the error of a payload, the name of a value without one. */
  | 'wrong_variant'
  | 'undefined_value';

/** How one call ended. `bits` is null for a function without result. */
export type Outcome =
  | { readonly kind: 'returned'; readonly bits: bigint | null }
  | { readonly kind: 'trapped'; readonly trap: TrapKind }
  | { readonly kind: 'exhausted'; readonly what: 'fuel' | 'stack' | 'memory' }
  | { readonly kind: 'illegal'; readonly what: IllegalKind; readonly where: string };

/** One observed call of an extern function; `args` are bit patterns as in `CallInput`. */
export interface HostCall {
  readonly name: string;
  readonly args: readonly bigint[];
}

/** What a stored pointer points to, free of addresses. */
export type PointerTarget =
  | { readonly kind: 'nav'; readonly nav: NavIndex; readonly offset: number }
  | { readonly kind: 'function'; readonly nav: NavIndex }
  /** An unnamed constant, a frame slot or a nav without a known address: compared by content. */
  | { readonly kind: 'object'; readonly object: ObjectImage; readonly offset: number }
  | { readonly kind: 'number'; readonly address: number }
  /** A pointer to a slot of a function that has returned: not compared. */
  | { readonly kind: 'dangling' };

/** Bytes of one object after the run. */
export interface ObjectImage {
  readonly bytes: Uint8Array;
  /** 1 where the byte of the same index is defined. */
  readonly defined: Uint8Array;
  /** Pointers by byte offset; their bytes count as defined, but their values in `bytes` mean nothing. */
  readonly pointers: ReadonlyMap<number, PointerTarget>;
  /** Size in bytes of each NaN that arithmetic made, by byte offset: some NaN of that size. Its bytes count as undefined. */
  readonly nans: ReadonlyMap<number, 4 | 8>;
}

/** What all calls of a case did, in order, on one instance of the program. */
export interface ProgramRun {
  /** One per executed call; the run stops after the first outcome that is not `returned`. */
  readonly outcomes: readonly Outcome[];
  readonly trace: readonly HostCall[];
  /** Image of every data nav (`var` and `const`) after the last executed call. */
  readonly memory: ReadonlyMap<NavIndex, ObjectImage>;
  /** Executed AIR instructions. */
  readonly steps: number;
  /** Most bytes that the slots of all frames had at one time: a program needs that much stack and more. */
  readonly stackBytes: number;
}
