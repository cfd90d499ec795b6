/**
 * An engine: what runs a module and answers with an outcome. Types only.
 *
 * An engine knows the unit only for names and types (which exports to call, how to read their results). It never
 * compares; harness/check/judge.ts does.
 */
import type { CallInput, NavIndex, Unit } from '../../core/index.ts';
import type { HostCall, Outcome } from '../../interpreter/model/outcome.ts';
import type { MemoryPool } from './v8/memory-pool.ts';

/** How one call ended in an engine: `time` is the guard against a loop that a miscompilation made endless. */
export type EngineOutcome =
  Exclude<Outcome, { kind: 'illegal' }> | { readonly kind: 'exhausted'; readonly what: 'time' };

/** What a table slot holds. */
export type Slot =
  | { readonly kind: 'empty' }
  /** `names`: export names and, where there is a name section, the symbol name. Empty if the module keeps them to itself. */
  | { readonly kind: 'function'; readonly index: number; readonly names: readonly string[] };

/** The state of an instance after its run. Addresses are those of this instance. */
export interface EngineState {
  /** Linear memory; a live view, valid as long as the run is. */
  readonly memory: Uint8Array;
  /** Address of an exported data nav, or undefined where the module does not tell it. */
  addressOf(nav: NavIndex): number | undefined;
  /** Slot `index` of the indirect function table as the module fills it; programs do not change it. */
  slot(index: number): Slot;
  /** Value of the stack pointer, or null where the module does not show it. */
  readonly stackPointer: { readonly before: number; readonly after: number } | null;
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
  | {
      readonly kind: 'ran';
      /** One per executed call; stops after the first that is not `returned`. */
      readonly outcomes: readonly EngineOutcome[];
      readonly trace: readonly HostCall[];
      readonly state: EngineState;
    };

/**
 * Imported functions that watch a run: not in its trace, and not counted for the answers of other imported functions.
 */
export interface EngineProbe {
  /** Module that they are imported from. */
  readonly module: string;
  readonly names: readonly string[];
  /** `values` as wasm passed them; `memory` is live; `hostCalls` counts the calls in the trace so far. */
  saw(name: string, values: readonly unknown[], memory: Uint8Array, hostCalls: number): void;
}

/** How one run is made. */
export interface EngineOptions {
  /** Milliseconds for the calls of one run, or null for no guard of its own (the caller guards the whole case). */
  readonly timeout: number | null;
  readonly probe?: EngineProbe;
  /** What the module needs beside the imports of its unit. */
  readonly host?: EngineHost;
  /**
   * Where memories may come from; the state of a run is valid until they are given back. With it, the module may run in a
   * form that is made faster; without it, it runs as it is.
   */
  readonly memories?: MemoryPool;
}

/** The surroundings of a module that a decorated link made. */
export interface EngineHost {
  /** Adds to `imports` what `module` wants; the memory if it is among that. */
  extend(imports: WebAssembly.Imports, module: WebAssembly.Module, bytes: Uint8Array): WebAssembly.Memory | null;
  /** Name of the exported memory. */
  readonly memoryName: string;
  /** Runs before the first call. */
  prepare(module: WebAssembly.Module, exports: WebAssembly.Exports): void;
}

/** See the file header. */
export interface Engine {
  readonly name: string;
  /** Instantiates `bytes` afresh and makes `calls` on it. Never throws for what the module does. */
  run(bytes: Uint8Array, unit: Unit, calls: readonly CallInput[], options: EngineOptions): EngineRun;
}
