/**
 * Functions and globals that no input contains: which of them the output needs.
 *
 * Owns the choice; the functions have had their numbers since symbols were numbered, their indexes come from assign-indexes.ts
 * and their bodies from synthetic-bodies.ts. Invariant: runs after the layout, so every value is final.
 */
import { ExternalKind, SymbolKind, ValType } from '../../wasm/kinds.ts';
import { addressOf } from '../layout/addresses.ts';
import type { IndirectTable } from '../layout/indirect-table.ts';
import { slotOf } from '../layout/indirect-table.ts';
import type { Placed } from '../layout/layout-data.ts';
import type { Export } from '../live/live-set.ts';
import { hasFunc } from '../live/live-set.ts';
import type { LinkOptions } from '../options/options.ts';
import type { AddressGlobal } from '../symbols/address-globals.ts';
import { extraOf } from '../symbols/numbered-symbols.ts';
import type { SyntheticName } from '../symbols/provided-symbols.ts';
import { FIXED_GLOBALS, FixedGlobal } from '../symbols/provided-symbols.ts';
import type { FuncId } from '../symbols/targets.ts';

/** A function that runs constructors, forwards to an exported function, and ends the command. */
export interface Wrapper {
  readonly target: FuncId;
  /** Position in `live.exports`. */
  readonly exportIndex: number;
}

/** A global made here: an address with a constant initial value. */
export interface SyntheticGlobal {
  readonly name: string;
  readonly valType: typeof ValType.i32 | typeof ValType.i64;
  readonly mutable: boolean;
  /** Kept modulo 2^32 for an i32. */
  readonly value: number;
}

/** What the linker itself adds to the output. */
export interface Synthetics {
  /** Stubs and synthetic functions, in order. */
  readonly funcs: readonly FuncId[];
  /** Those in `funcs` by what they do; -1 for what the output does not have. */
  readonly initMemory: FuncId;
  readonly initTls: FuncId;
  readonly callCtors: FuncId;
  readonly applyTls: FuncId;
  readonly wrappers: readonly Wrapper[];
  /** By GlobalId, for the fixed globals the output has; null else. */
  readonly fixedGlobals: readonly (SyntheticGlobal | null)[];
  /** Globals for LiveSet.addressGlobals, in their order. */
  readonly addressGlobals: readonly SyntheticGlobal[];
  /** Address globals, one per exported datum, in order of export. */
  readonly exportGlobals: readonly SyntheticGlobal[];
}

/** Decides about them all. */
export function synthesize(
  placed: Placed,
  table: IndirectTable,
  { sharedMemory, wasmLdOrder, gc }: Pick<LinkOptions, 'sharedMemory' | 'wasmLdOrder' | 'gc'>,
): Synthetics {
  const { live, memory } = placed;
  const { extraBase, synthetic, extras } = live.symbols;
  const needsTls = sharedMemory && memory.tls !== null;
  const need = (name: SyntheticName, isNeeded: boolean): FuncId =>
    isNeeded || hasFunc(live, synthetic[name]) ? synthetic[name] : NO_FUNC;
  const wrappers = live.wrapsExports ? exportWrappers(placed) : NO_WRAPPERS;
  const callCtors = need('__wasm_call_ctors', wrappers.length > 0 || (wasmLdOrder && !gc));
  const initMemory = need(
    '__wasm_init_memory',
    placed.groups.some((group) => group.passive),
  );
  const applyTls = need('__wasm_apply_global_tls_relocs', needsTls && live.addressGlobals.some(({ isTls }) => isTls));
  const initTls = need('__wasm_init_tls', needsTls);
  const funcs: FuncId[] = [];
  for (let i = 0; i < extras.length; i++) {
    const id = (extraBase + i) as FuncId;
    const { role } = extras[i]!;
    if (role === 'import') continue;
    const isMade = id === callCtors || id === initMemory || id === applyTls || id === initTls;
    if (role === 'synthetic' ? isMade : hasFunc(live, id)) funcs.push(id);
  }
  if (wasmLdOrder) {
    // As wasm-ld makes them: what inputs may call, stubs, and what follows from the layout.
    const rank = (id: FuncId): number =>
      id === callCtors ? 0 : id === initTls ? 1 : id === initMemory || id === applyTls ? 3 : 2;
    funcs.sort((a, b) => rank(a) - rank(b) || a - b);
  }
  return {
    funcs,
    initMemory,
    initTls,
    callCtors,
    applyTls,
    wrappers,
    fixedGlobals: fixedGlobals(placed, sharedMemory),
    addressGlobals: live.addressGlobals.map((global) => addressGlobal(placed, table, global, sharedMemory)),
    exportGlobals: exportGlobals(placed, live.exports),
  };
}

const NO_FUNC = -1 as FuncId;
const NO_WRAPPERS: readonly Wrapper[] = [];
const NO_GLOBALS: readonly SyntheticGlobal[] = [];

/** One wrapper for each export of a function that has a body. */
function exportWrappers({ live }: Placed): readonly Wrapper[] {
  const wrappers: Wrapper[] = [];
  live.exports.forEach(({ kind, target }, exportIndex) => {
    if (kind !== ExternalKind.function || extraOf(live.symbols, target as FuncId)?.role === 'import') return;
    wrappers.push({ target: target as FuncId, exportIndex });
  });
  return wrappers;
}

function fixedGlobals(placed: Placed, sharedMemory: boolean): readonly (SyntheticGlobal | null)[] {
  const { live, memory, tableBase } = placed;
  const valType = addressType(placed);
  const needsTls = sharedMemory && memory.tls !== null;
  const result: (SyntheticGlobal | null)[] = [];
  for (let id = 0; id < FIXED_GLOBALS.length; id++) {
    const isTlsGlobal = id >= FixedGlobal.tls_base && id <= FixedGlobal.tls_align;
    if (live.globals[id] === 0 && !(needsTls && isTlsGlobal)) {
      result.push(null);
      continue;
    }
    const { name, mutable } = FIXED_GLOBALS[id]!;
    let value = 0;
    if (id === FixedGlobal.stack_pointer) value = memory.stackPointer;
    else if (id === FixedGlobal.table_base) value = tableBase;
    // Each thread sets its own base; without threads it is where the data lies.
    else if (id === FixedGlobal.tls_base) value = sharedMemory ? 0 : (memory.tls?.start ?? 0);
    else if (id === FixedGlobal.tls_size) value = memory.tls?.size ?? 0;
    else if (id === FixedGlobal.tls_align) value = memory.tls?.align ?? 0;
    // As wasm-ld: without threads nobody sets the base.
    result.push({ name, valType, mutable: mutable && (sharedMemory || id !== FixedGlobal.tls_base), value });
  }
  return result;
}

function addressGlobal(
  placed: Placed,
  table: IndirectTable,
  global: AddressGlobal,
  sharedMemory: boolean,
): SyntheticGlobal {
  const isFunction = global.kind === SymbolKind.function;
  return {
    name: `${isFunction ? 'GOT.func' : 'GOT.data'}.internal.${global.name}`,
    valType: addressType(placed),
    mutable: sharedMemory && global.isTls,
    value: isFunction ? slotOf(table, global.target) : addressGlobalValue(placed, global, sharedMemory),
  };
}

/** With threads, a global of thread-local data holds its place in the block until a thread adds where its block is. */
function addressGlobalValue(placed: Placed, { target, offset, isTls }: AddressGlobal, sharedMemory: boolean): number {
  const address = addressOf(placed, target, offset, 0);
  return isTls && sharedMemory ? address - placed.memory.tls!.start : address;
}

function exportGlobals(placed: Placed, exports: readonly Export[]): readonly SyntheticGlobal[] {
  let globals: SyntheticGlobal[] | null = null;
  for (const { name, isData, target, offset } of exports) {
    if (!isData) continue;
    const value = addressOf(placed, target, offset, 0);
    (globals ??= []).push({ name, valType: addressType(placed), mutable: false, value });
  }
  return globals ?? NO_GLOBALS;
}

function addressType(placed: Placed): SyntheticGlobal['valType'] {
  return placed.live.symbols.table.is64 ? ValType.i64 : ValType.i32;
}
