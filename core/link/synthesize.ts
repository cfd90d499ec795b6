/**
 * Functions and globals that no input contains: stubs of undefined weak functions, and the globals that export data.
 *
 * Owns what they are and what they hold; their numbers come from assign-indexes.ts. Constructor calls, memory
 * initialisation and thread-local set-up will join them here. Invariant: runs after the layout, so every value is final.
 */
import { ExternalKind, ValType } from '../wasm/kinds.ts';
import { OP } from '../wasm/opcodes.ts';
import type { Placed } from './layout-data.ts';
import { addressOf } from './layout-data.ts';
import type { FuncId } from './number-symbols.ts';
import { STACK_POINTER } from './number-symbols.ts';

/** A function made here. */
export interface SyntheticFunc {
  readonly id: FuncId;
  readonly name: string;
  /** Body without its size: locals, instructions, end. */
  readonly body: Uint8Array;
}

/** A global made here: an i32 with a constant initial value. */
export interface SyntheticGlobal {
  readonly name: string;
  readonly valType: typeof ValType.i32;
  readonly mutable: boolean;
  /** Kept modulo 2^32. */
  readonly value: number;
}

/** See the file header. */
export interface Synthetics {
  readonly funcs: readonly SyntheticFunc[];
  /** The stack pointer, or null if nothing needs it. */
  readonly stackPointer: SyntheticGlobal | null;
  /** Address globals, one per exported datum, in order of export. */
  readonly addressGlobals: readonly SyntheticGlobal[];
}

const TRAP_BODY = Uint8Array.of(0, OP.unreachable, OP.end);

/** Makes them all. */
export function synthesize(placed: Placed): Synthetics {
  const { live } = placed;
  const { extras, extraBase } = live.symbols;
  const funcs: SyntheticFunc[] = [];
  extras.forEach((extra, i) => {
    if (extra.origin !== null || live.funcs[extraBase + i] === 0) return;
    funcs.push({ id: (extraBase + i) as FuncId, name: `undefined_weak:${extra.name}`, body: TRAP_BODY });
  });
  const addressGlobals: SyntheticGlobal[] = [];
  for (const { name, kind, target, offset } of live.exports) {
    if (kind !== ExternalKind.global) continue;
    const value = addressOf(placed, target, offset, 0);
    addressGlobals.push({ name, valType: ValType.i32, mutable: false, value });
  }
  const stackPointer: SyntheticGlobal | null =
    live.globals[STACK_POINTER] === 1
      ? { name: '__stack_pointer', valType: ValType.i32, mutable: true, value: placed.memory.stackPointer }
      : null;
  return { funcs, stackPointer, addressGlobals };
}
