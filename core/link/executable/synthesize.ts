/**
 * Functions and globals that no input contains: which of them the output needs.
 *
 * Owns the choice; their numbers come from assign-indexes.ts and their bodies from synthetic-bodies.ts, because bodies refer
 * to numbers. Invariant: runs after the layout, so every value is final.
 */
import { ExternalKind, ValType } from '../../wasm/kinds.ts';
import { addressOf } from '../layout/addresses.ts';
import type { Export } from '../live/find-roots.ts';
import type { IndirectTable } from '../layout/indirect-table.ts';
import type { Placed } from '../layout/layout-data.ts';
import type { SyntheticName } from '../symbols/linker-symbols.ts';
import { FIXED_GLOBALS, FixedGlobal } from '../symbols/linker-symbols.ts';
import type { AddressGlobal } from '../symbols/address-globals.ts';
import type { FuncId } from '../symbols/number-symbols.ts';
import type { LinkOptions } from '../options/options.ts';

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

/** See the file header. */
export interface Synthetics {
  /** FuncIds of stubs and synthetic functions, in order. */
  readonly funcs: readonly FuncId[];
  /** FuncIds by name, for those in `funcs`; -1 else. */
  readonly initMemory: number;
  readonly initTls: number;
  readonly callCtors: number;
  readonly applyTls: number;
  readonly wrappers: readonly Wrapper[];
  /** By GlobalId, for the fixed globals the output has; null else. */
  readonly fixedGlobals: readonly (SyntheticGlobal | null)[];
  /** Globals for LiveSet.addressGlobals, in their order. */
  readonly addressGlobals: readonly SyntheticGlobal[];
  /** Address globals, one per exported datum, in order of export. */
  readonly exportGlobals: readonly SyntheticGlobal[];
}

/** Decides about them all. */
export function synthesize(placed: Placed, table: IndirectTable, options: LinkOptions): Synthetics {
  const { live, memory } = placed;
  const { extraBase, resolver, extras } = live.symbols;
  const needsTls = options.sharedMemory && memory.tls !== null;
  const need = (name: SyntheticName, isNeeded: boolean): number => {
    if (isNeeded) return resolver.synthetic(name);
    const id = resolver.existingSynthetic(name);
    return id >= 0 && live.funcs[id] === 1 ? id : -1;
  };
  const wrappers = live.wrapsExports ? exportWrappers(placed) : NO_WRAPPERS;
  const callCtors = need('__wasm_call_ctors', wrappers.length > 0);
  const initMemory = need(
    '__wasm_init_memory',
    placed.groups.some((group) => group.passive),
  );
  const applyTls = need('__wasm_apply_global_tls_relocs', needsTls && live.addressGlobals.some(({ isTls }) => isTls));
  const initTls = need('__wasm_init_tls', needsTls);
  const funcs: FuncId[] = [];
  for (let i = 0; i < extras.length; i++) {
    const id = extraBase + i;
    const { role } = extras[i]!;
    if (role === 'import') continue;
    const isMade = id === callCtors || id === initMemory || id === applyTls || id === initTls;
    if (role === 'synthetic' ? isMade : live.funcs[id] === 1) funcs.push(id as FuncId);
  }
  return {
    funcs,
    initMemory,
    initTls,
    callCtors,
    applyTls,
    wrappers,
    fixedGlobals: fixedGlobals(placed, needsTls, options),
    addressGlobals: live.addressGlobals.length === 0 ? NO_GLOBALS : addressGlobals(placed, table, options),
    exportGlobals: exportGlobals(placed, live.exports),
  };
}

const NO_WRAPPERS: readonly Wrapper[] = [];
const NO_GLOBALS: readonly SyntheticGlobal[] = [];

/** One wrapper for each export of a function that has a body. */
function exportWrappers({ live }: Placed): readonly Wrapper[] {
  const { extraBase, extras } = live.symbols;
  const wrappers: Wrapper[] = [];
  live.exports.forEach(({ kind, target }, exportIndex) => {
    if (kind !== ExternalKind.function || extras[target - extraBase]?.role === 'import') return;
    wrappers.push({ target: target as FuncId, exportIndex });
  });
  return wrappers;
}

function fixedGlobals(placed: Placed, needsTls: boolean, options: LinkOptions): readonly (SyntheticGlobal | null)[] {
  const { live, memory, tableBase } = placed;
  const valType = addressType(placed);
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
    else if (id === FixedGlobal.tls_base) value = options.sharedMemory ? 0 : (memory.tls?.start ?? 0);
    else if (id === FixedGlobal.tls_size) value = memory.tls?.size ?? 0;
    else if (id === FixedGlobal.tls_align) value = memory.tls?.align ?? 0;
    result.push({ name, valType, mutable, value });
  }
  return result;
}

function addressGlobals(placed: Placed, table: IndirectTable, options: LinkOptions): readonly SyntheticGlobal[] {
  const valType = addressType(placed);
  return placed.live.addressGlobals.map((global) => ({
    name: `${global.kind === 0 ? 'GOT.func' : 'GOT.data'}.internal.${global.name}`,
    valType,
    mutable: options.sharedMemory && global.isTls,
    value: addressGlobalValue(placed, table, global),
  }));
}

function addressGlobalValue(placed: Placed, table: IndirectTable, global: AddressGlobal): number {
  if (global.kind === 0) return table.slotOf[global.target] ?? 0;
  const address = addressOf(placed, global.target, global.offset, 0);
  return global.isTls ? address - placed.memory.tls!.start : address;
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
