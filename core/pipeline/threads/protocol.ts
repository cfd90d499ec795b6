/**
 * What the linker's thread and the codegen threads say to each other: messages, and the cells of memory they share.
 *
 * Types, numbers of cells, and nothing else. A job goes out as one message to each thread and is worked off by an atomic
 * counter; what comes back are packets of MIR, in any order. All shared memory but the cells here is read by threads only.
 */
import type { CodegenOptions } from '../../codegen/state/options.ts';
import type { SharedItems } from '../../intern/item-table.ts';
import type { Target } from '../../intern/target.ts';

/** The one cell that all threads and their owner share: it changes when there is something to look at. */
export const SIGNAL = 0;

/** Cells of a lane: its state, the function it is at (plus 1; 0: none), and a count that grows with each function. */
export const LANE_STATE = 0;
/** See {@link LANE_STATE}. */
export const LANE_AT = 1;
/** See {@link LANE_STATE}. */
export const LANE_BEAT = 2;
/** Number of cells of a lane. */
export const LANE_CELLS = 3;

/** State of a lane. */
export const LaneState = { starting: 0, ready: 1, dead: 2 } as const;

/** Cells of a job: the next function nobody has taken; not 0 when the job is given up; then who took each function. */
export const JOB_NEXT = 0;
/** See {@link JOB_NEXT}. */
export const JOB_CANCELLED = 1;
/** First of the cells that say which lane (plus 1) took a function. */
export const JOB_OWNERS = 2;

/** Words of a function in the table of a job: nav, function type, chunk number, and the place of its body. */
export const TABLE_WORDS = 7;

/** Functions that a thread takes at once, at most. */
export const MAX_TAKE = 32;

/**
 * How a test upsets the timing of a job. None of it may change what a compilation gives; `dieIn` and `exhaustIn`
 * cost the one function.
 */
export interface Disturbance {
  /** Decides all delays and orders. */
  readonly seed: number;
  /** Milliseconds a thread sleeps before a function, at most. */
  readonly maxDelay: number;
  /** Packets a thread holds back and sends in shuffled order, at most. */
  readonly holdBack: number;
  /** Function (position in the job) in which the thread that compiles it ends by an exception. */
  readonly dieIn?: number;
  /** The same, by taking memory until there is none. */
  readonly exhaustIn?: number;
}

/** Settings of a job: those of codegen that do not name a function. */
export type JobOptions = Omit<CodegenOptions, 'ownerNav'>;

/** A job as each thread gets it. */
export interface JobMessage {
  readonly job: number;
  /** Number of the pool's storage: a thread that knows it stays attached. */
  readonly pool: number;
  readonly target: Target;
  readonly items: SharedItems;
  /** Shared memory with the bodies. */
  readonly chunks: readonly SharedArrayBuffer[];
  /** TABLE_WORDS for each function, shared. */
  readonly table: Uint32Array;
  /** Cells of the job. */
  readonly cells: Int32Array;
  readonly threads: number;
  readonly options: JobOptions;
  /** Functions to do before any is taken from the counter: what a thread that died has left undone. */
  readonly first: readonly number[];
  readonly disturbance: Disturbance | null;
}

/** What a thread gets at its start. */
export interface LaneData {
  readonly lane: number;
  /** Cells of this thread. */
  readonly cells: Int32Array;
  /** The cell {@link SIGNAL}. */
  readonly signal: Int32Array;
}

/** An exception of codegen. */
export interface FunctionFailure {
  /** Position in the job. */
  readonly index: number;
  readonly message: string;
  readonly stack: string;
}

/** What a thread sends back: some functions, done or failed. */
export interface Reply {
  readonly job: number;
  /** From `packMirs`. */
  readonly packet: ArrayBuffer;
  readonly failures: readonly FunctionFailure[];
}

/** `error` as it is reported. */
export function failureOf(index: number, error: unknown): FunctionFailure {
  if (!(error instanceof Error)) return { index, message: String(error), stack: String(error) };
  return { index, message: error.message, stack: error.stack ?? error.message };
}
