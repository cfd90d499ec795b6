/**
 * What may change the code of a function without changing its behaviour. Plain data, drawn by generators through the
 * settings of a compilation; the pipeline fills it in.
 */
import type { NavIndex } from '../../intern/keys.ts';
import type { Peepholes } from './peepholes.ts';

/** The first five are as in the settings of a compilation. */
export interface CodegenOptions {
  /** Use `memory.copy` and `memory.fill`. */
  readonly bulkMemory: boolean;
  /** Recycle wasm locals of dead values. */
  readonly reuseLocals: boolean;
  /** Use atomic instructions. */
  readonly atomics: boolean;
  /** Use SIMD instructions. */
  readonly simd128: boolean;
  /** When a switch becomes a `br_table`. */
  readonly brTable: 'heuristic' | 'always' | 'never';
  /** What makes code smaller. */
  readonly peepholes: Peepholes;
  /** The panic function of the unit, or null if it has none: a failed check traps. */
  readonly panicNav: NavIndex | null;
  /** The function being compiled, for messages about bugs. */
  readonly ownerNav: NavIndex;
}
