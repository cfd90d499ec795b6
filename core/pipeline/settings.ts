/**
 * Settings of one compilation and link: everything that may change bytes without changing behaviour. Plain data that is
 * drawn by generators, stored in case files and shrunk toward {@link DEFAULT_SETTINGS} by the reducer.
 */
import type { Peepholes } from '../codegen/state/peepholes.ts';
import { NO_PEEPHOLES } from '../codegen/state/peepholes.ts';

/** See the field comments for units. */
export interface Settings extends Peepholes {
  /** Bytes of linear stack; a multiple of 16. */
  readonly stackSize: number;
  /** Stack below the data (grows toward address 0) or above it. */
  readonly stackFirst: boolean;
  /** First data address, or null for the default of the chosen order (0 after the stack, or 1024 data-first). */
  readonly globalBase: number | null;
  /** Use `memory.copy` and `memory.fill`. */
  readonly bulkMemory: boolean;
  /** Recycle wasm locals of dead values. */
  readonly reuseLocals: boolean;
  /** Use atomic instructions (feature `atomics`); without, atomic AIR becomes plain loads and stores of one thread. */
  readonly atomics: boolean;
  /** Use tail calls (feature `tail-call`); without, a `call_always_tail` is refused. */
  readonly tailCall: boolean;
  /** Use SIMD instructions (feature `simd128`); without, vectors are worked on lane by lane. */
  readonly simd128: boolean;
  /** When a switch becomes a `br_table`. */
  readonly brTable: 'heuristic' | 'always' | 'never';
  /** Drop what no export reaches. */
  readonly gc: boolean;
  /** Leave out the name section. */
  readonly strip: boolean;
  /** Name of the source file whose lines `dbg_stmt` counts: the output gets debug information. Null: it gets none. */
  readonly debugInfo: string | null;
  /** With 64-bit addresses: slots of the function table are 64 bits wide too, as LLVM's; nothing changes without. */
  readonly table64: boolean;
  /** Identification of the executable, made of its bytes (tool-conventions BuildId.md). */
  readonly buildId: 'none' | 'fast' | 'sha1';
}

/** What a user gets who asks for nothing. */
export const DEFAULT_SETTINGS: Settings = {
  stackSize: 65536,
  stackFirst: true,
  globalBase: null,
  bulkMemory: true,
  reuseLocals: true,
  atomics: false,
  tailCall: false,
  simd128: false,
  brTable: 'heuristic',
  gc: true,
  strip: false,
  debugInfo: null,
  table64: false,
  buildId: 'none',
  ...NO_PEEPHOLES,
};
