/**
 * The door to an engine: what runs a module and answers with a snapshot. Types only, and plain data only.
 *
 * Nothing here is alive: a request says beforehand what is to be looked at, an answer holds copies. So an engine may be this
 * process or another one at the end of a pipe (wire.ts). An engine never compares; harness/check/judge.ts does.
 */
import type { HostCall, Outcome, TrapKind } from '../../interpreter/model/outcome.ts';
import type { Scalar } from '../model/scalars.ts';

/** How one call ended in an engine: `time` is the guard against a loop that a miscompilation made endless. */
export type EngineOutcome =
  | Exclude<Outcome, { kind: 'illegal' }>
  | { readonly kind: 'exhausted'; readonly what: 'time' }
  /** The engine has one text for `trap` and for those of `also`. */
  | { readonly kind: 'trapped'; readonly trap: TrapKind; readonly also: readonly TrapKind[] };

/** A function that the module may import. It is observed, and answers by the rule of docs/air.md section 6 ("Calls"). */
export interface ImportedFunction {
  readonly module: string;
  readonly name: string;
  readonly params: readonly Scalar[];
  readonly result: Scalar;
}

/** A call of an exported function; `args` are bit patterns. */
export interface EngineCall {
  readonly fn: string;
  readonly params: readonly Scalar[];
  readonly result: Scalar;
  readonly args: readonly bigint[];
}

/** An object in memory whose bytes are wanted, and what the pointers in it lead to. */
export interface WishedObject {
  readonly size: number;
  /** At byte `at` is a pointer to byte `offset` of object `to`. */
  readonly pointers: readonly { readonly at: number; readonly to: number; readonly offset: number }[];
}

/** A variable under the names that it is exported by; `object`: what lies there, or null where only its address counts. */
export interface WishedVariable {
  readonly names: readonly string[];
  readonly object: number | null;
}

/** What a probe is to copy from memory: bytes at the address that it is given, or those that a slice there points to. */
export type ProbeRead =
  | { readonly kind: 'bytes'; readonly size: number }
  | { readonly kind: 'slice'; readonly elementSize: number; readonly most: number };

/** Imported functions that watch a run: not in its trace, and not counted for the answers of other imported functions. */
export interface ProbeWish {
  /** Module that they are imported from. */
  readonly module: string;
  readonly functions: readonly { readonly name: string; readonly read: ProbeRead | null }[];
  /** Sightings that are told, at most. */
  readonly most: number;
}

/** One run: a module, what it may import, what is called, what is looked at. */
export interface EngineRequest {
  readonly bytes: Uint8Array;
  /** Width of addresses. */
  readonly ptrBits: 32 | 64;
  readonly imports: readonly ImportedFunction[];
  readonly calls: readonly EngineCall[];
  readonly variables: readonly WishedVariable[];
  /** By number, as `variables` and pointers name them. */
  readonly objects: readonly WishedObject[];
  readonly probes: ProbeWish | null;
  /** Milliseconds for all calls, or null for no guard of its own (the caller guards the whole case). */
  readonly timeout: number | null;
}

/** A function in a table slot. `names`: export names and the symbol name; empty if the module keeps them to itself. */
export interface Slot {
  readonly index: number;
  readonly names: readonly string[];
}

/** One call of a probe: the values as wasm passed them, and the bytes that were asked for (fewer at the end of memory). */
export interface ProbeSight {
  readonly name: string;
  readonly values: readonly (number | bigint)[];
  readonly bytes: Uint8Array | null;
  /** Calls in the trace so far. */
  readonly hostCalls: number;
}

/** An instance after its run, as far as it was asked for. Addresses are those of this instance. */
export interface EngineState {
  /** Address by export name. */
  readonly addresses: ReadonlyMap<string, number>;
  /** Size of the memory; 0 where there is none. */
  readonly memoryBytes: number;
  /** Copies of what was asked for, by address. */
  readonly ranges: ReadonlyMap<number, Uint8Array>;
  /** The function table as the module fills it, without empty slots; programs do not change it. */
  readonly slots: ReadonlyMap<number, Slot>;
  /** Value of the stack pointer, or null where the module does not show it. */
  readonly stackPointer: { readonly before: number; readonly after: number } | null;
  readonly sights: readonly ProbeSight[];
}

/** What all calls of a case did, in order, on one instance. */
export type EngineRun =
  /** The module could not even be instantiated. `message` has no numbers in it. */
  | {
      readonly kind: 'rejected';
      readonly phase: 'compile' | 'instantiate';
      readonly message: string;
      readonly detail: string;
    }
  /** The engine is not to be compared here: it lacks a feature of the module (`lacks:memory64`), or its process was ended from outside. */
  | { readonly kind: 'not-run'; readonly reason: string }
  | {
      readonly kind: 'ran';
      /** One per executed call; stops after the first that is not `returned`. */
      readonly outcomes: readonly EngineOutcome[];
      readonly trace: readonly HostCall[];
      readonly state: EngineState;
    };

/** An engine that answers at once: one in this process. */
export interface DirectEngine {
  readonly kind: 'direct';
  readonly name: string;
  /** Instantiates the module afresh and makes the calls on it. Never throws for what the module does. */
  run(request: EngineRequest): EngineRun;
  /** The same run in a form that costs less. What fails in it is run again by `run`, which has the last word. */
  readonly fast?: (request: EngineRequest) => EngineRun;
  /** Why programs with addresses of `ptrBits` cannot be run, or null. Absent: all can. */
  readonly refuses?: (ptrBits: 32 | 64) => string | null;
}

/** An engine that takes many runs at a time and answers later: one in another process. */
export interface BatchEngine {
  readonly kind: 'batch';
  readonly name: string;
  /** Runs at a time, at most. */
  readonly most: number;
  /** One answer for each request, in order. Ends by itself what takes too long. */
  run(requests: readonly EngineRequest[]): Promise<readonly EngineRun[]>;
  readonly refuses?: (ptrBits: 32 | 64) => string | null;
}

/** An engine. */
export type Engine = DirectEngine | BatchEngine;
