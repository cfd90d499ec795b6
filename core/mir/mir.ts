/**
 * MIR: one function lowered to wasm instructions with symbolic operands, as codegen hands it to the linker.
 *
 * Self-contained: operands are interned ids (values, types), navs and intrinsic rows, never an index or an address of the
 * output. The summaries say all that the linker must know before it looks at an instruction. Made only of typed arrays
 * over ONE ArrayBuffer and plain numbers, so that a codegen thread can transfer it (`postMessage(mir, [mir.tags.buffer])`).
 * Invariants: the last tag is `dbg_epilogue_begin`; `extra` indexes in `data` are relative to this function; every symbol
 * an instruction refers to is in its summary. Build one with MirBuilder.
 */
import type { Brand } from '../support/brand.ts';

/** Index of a wasm local of one function, parameters first. */
export type LocalIndex = Brand<number, 'LocalIndex'>;

/** The stack frame of a function. Emitted in front of the instructions because its size is known last. */
export interface Prologue {
  /** log2 of the frame alignment, or -1 when the function has no frame (then the rest is meaningless). */
  readonly stackAlignLog2: number;
  /** Bytes of the frame; emit rounds it up to the alignment. */
  readonly stackSize: number;
  /** Local (parameters counted) that keeps the caller's stack pointer; the epilogue in MIR writes it back. */
  readonly spLocal: LocalIndex;
  /** Local (parameters counted) that holds the lowest address of the frame. */
  readonly bottomLocal: LocalIndex;
}

/** Whether a function with `prologue` has a stack frame. */
export function hasFrame(prologue: Prologue): boolean {
  return prologue.stackAlignLog2 >= 0;
}

/** Prologue of a function without a stack frame. */
export const NO_FRAME: Prologue = {
  stackAlignLog2: -1,
  stackSize: 0,
  spLocal: 0 as LocalIndex,
  bottomLocal: 0 as LocalIndex,
};

/** See the file header. */
export interface Mir {
  /** MirTag of each instruction. */
  readonly tags: Uint8Array;
  /** Data word of each instruction; its meaning is MIR_OPERAND[tag]. */
  readonly data: Uint32Array;
  /** Payloads that do not fit in a data word. */
  readonly extra: Uint32Array;
  /** Value type byte of each local that is no parameter, in order of index. */
  readonly locals: Uint8Array;
  readonly prologue: Prologue;
  /** Unnamed constants whose address the code takes, in order of first use: UAV_WORDS words each. */
  readonly uavs: Uint32Array;
  /** Navs the code refers to in any way, in order of first use: NAV_WORDS words each. */
  readonly navs: Uint32Array;
  /** Function navs whose table slot the code takes, in order of first use. */
  readonly indirectFunctionSet: Uint32Array;
  /** Function types: the function's own first, then each type that is called indirectly, in order of first use. */
  readonly funcTypes: Uint32Array;
  /** Rows of INTRINSICS the code calls, in order of first use. */
  readonly intrinsics: Uint32Array;
  /** Number of `error_name_table_ref` instructions. */
  readonly errorNameTableRefCount: number;
}

/** Words of an entry of `Mir.uavs`: interned value, greatest explicit alignment in bytes (0 = natural), number of uses. */
export const UAV_WORDS = 3;
/** Words of an entry of `Mir.navs`: nav, number of uses. */
export const NAV_WORDS = 2;

/** The part of a function that emit needs: slices of arrays that may hold many functions back to back. */
export interface MirCode {
  readonly tags: Uint8Array;
  readonly data: Uint32Array;
  /** Index of the function's first instruction in `tags` and `data`. */
  readonly start: number;
  readonly extra: Uint32Array;
  /** Index of the function's first word in `extra`; payload indexes are relative to it. */
  readonly extraStart: number;
  readonly locals: Uint8Array;
  readonly localsStart: number;
  readonly localsEnd: number;
  readonly prologue: Prologue;
}

/** The code of a single function. */
export function codeOf(mir: Mir): MirCode {
  return {
    tags: mir.tags,
    data: mir.data,
    start: 0,
    extra: mir.extra,
    extraStart: 0,
    locals: mir.locals,
    localsStart: 0,
    localsEnd: mir.locals.length,
    prologue: mir.prologue,
  };
}
