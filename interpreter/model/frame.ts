/**
 * What prepared code is and what it runs on: steps, bodies, functions, frames, and the signals between them. Data only.
 *
 * A step returns `NEXT`, or a signal that unwinds bodies: `RETURN`, or the number of the block or loop that it goes to.
 */
import type { InstIndex } from '../../core/air/body/ref.ts';
import type { NavIndex } from '../../core/intern/keys.ts';
import type { MemoryObject } from './memory-object.ts';
import type { Value } from './values.ts';

/** A call that is made when the frame of the caller is gone. */
export interface TailCall {
  readonly nav: NavIndex;
  readonly args: readonly Value[];
}

/** One execution of a function. */
export interface Frame {
  readonly code: Code;
  /** Results by instruction, then the constants of the function. */
  readonly values: Value[];
  readonly caller: Frame | null;
  /** Instruction that is being executed. */
  at: InstIndex;
  /** Slots of this frame; they die with it. */
  slots: MemoryObject[] | null;
  /** Slot of the result (ret_ptr), once it is asked for. */
  place: MemoryObject | null;
  /** What frame_addr is the address of, once it is asked for. */
  bottom: MemoryObject | null;
  /** Where the error trace is; undefined until it is said. */
  trace: Value;
  result: Value;
  /** The call that takes the place of this frame, if it ended in one. */
  tail: TailCall | null;
}

/** One prepared instruction. */
export type Step = (frame: Frame) => number;

/** A prepared body. */
export interface Sequence {
  readonly insts: readonly InstIndex[];
  readonly steps: readonly Step[];
}

/** A prepared function. */
export interface Code {
  readonly nav: NavIndex;
  /** Initial `Frame.values`. */
  readonly values: readonly Value[];
  readonly main: Sequence;
}

/** The next instruction of the body follows. */
export const NEXT = -1;
/** The function returns. */
export const RETURN = -2;
