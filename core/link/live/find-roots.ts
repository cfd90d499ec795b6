/**
 * Roots, exports and constructors: where the marking begins, and what follows from where it ends.
 *
 * Owns which symbols are exported (flags of symbols, unit, options), the collision of their names, the order of
 * constructors, and whether exports must run them (tool-conventions Linking.md "Start Section", lld's command exports).
 * Invariant: from here on no symbol is added.
 */
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { ExternalKind, SymbolFlag, SymbolKind } from '../../wasm/kinds.ts';
import {
  bracketOf,
  CALL_DTORS,
  FIXED_GLOBALS,
  INDIRECT_TABLE,
  isSyntheticName,
  PROVIDED_DATA,
  Target,
} from '../symbols/linker-symbols.ts';
import type { AddressGlobal } from '../symbols/address-globals.ts';
import type { LiveUav } from './mark-live.ts';
import { Marker } from './mark-live.ts';
import type { FuncId, NumberedSymbols } from '../symbols/number-symbols.ts';
import { STACK_POINTER } from '../symbols/number-symbols.ts';
import type { LinkOptions } from '../options/options.ts';
import type { LinkState } from '../unit/state.ts';
import { UNDEFINED } from '../symbols/symbols.ts';

/** One export of the output; data becomes a global that holds its address. */
export interface Export {
  readonly name: string;
  /** ExternalKind: function, table, global or tag. */
  readonly kind: number;
  /** FuncId, TableId, GlobalId or TagId; of data, with `isData`: DataId or a Target value. */
  readonly target: number;
  readonly isData: boolean;
  /** Data: bytes after the target. */
  readonly offset: number;
}

/** See the file header of mark-live.ts. */
export interface LiveSet {
  readonly phase: 'live';
  readonly symbols: NumberedSymbols;
  /** 1 for each FuncId that the output contains. */
  readonly funcs: Uint8Array;
  /** 1 for each DataId that the output contains. */
  readonly data: Uint8Array;
  /** Instructions that take the address of each DataId. */
  readonly dataUses: Uint32Array;
  /** 1 for each GlobalId that the output contains. */
  readonly globals: Uint8Array;
  readonly tables: Uint8Array;
  readonly tags: Uint8Array;
  /** 1 for each object of which something is reached, or that was no lazy input. */
  readonly included: Uint8Array;
  readonly uavs: readonly LiveUav[];
  /** Position in `uavs` by interned value. */
  readonly uavPosition: ReadonlyMap<IpIndex, number>;
  readonly addressGlobals: readonly AddressGlobal[];
  /** Position in `addressGlobals` by addressGlobalKey. */
  readonly addressGlobalPosition: ReadonlyMap<string, number>;
  /** The output needs the function table even if no slot is used. */
  readonly usesTable: boolean;
  readonly exports: readonly Export[];
  /** Constructors, in the order they run. */
  readonly initFuncs: readonly FuncId[];
  /** FuncId of the function that ends a command, or -1. */
  readonly callDtors: number;
  /** Each exported function runs the constructors first, because nothing else does. */
  readonly wrapsExports: boolean;
}

/** Marks from the roots; `symbols` is frozen from here on. */
export function markLive(symbols: NumberedSymbols, options: LinkOptions, diags: Diagnostics): LiveSet {
  const marker = new Marker(symbols, options, diags);
  const roots = new Roots(symbols, marker, options, diags);
  const { state, isLazy } = symbols.table;
  if (state) roots.exportUnit(state);
  roots.exportObjects();
  roots.exportRequested();
  if (options.exportDynamic || options.exportAll) roots.exportAll();
  for (const name of options.undefined) roots.keep(name);
  // As wasm-ld, and for debuggers: frames count from it even where no code does.
  if ((symbols.table.entries.get('__stack_pointer')?.definedIn ?? UNDEFINED) === UNDEFINED) {
    marker.markGlobal(STACK_POINTER);
  }
  for (let o = 0; o < isLazy.length; o++) if (!isLazy[o]) marker.includeObject(o);
  const callDtors = roots.markDtors();
  if (!options.gc) markEverything(symbols, marker);
  marker.drain();
  if (options.exportAll) roots.exportBorders();
  const initFuncs = orderInitFuncs(symbols, marker, diags);
  const ctors = symbols.table.entries.get('__wasm_call_ctors');
  const callsCtors = (ctors?.isReferenced ?? false) || roots.names.has('__wasm_call_ctors');
  return {
    phase: 'live',
    symbols,
    funcs: marker.funcs,
    data: marker.data,
    dataUses: marker.dataUses,
    globals: marker.globals,
    tables: marker.tables,
    tags: marker.tags,
    included: marker.included,
    uavs: marker.uavs,
    uavPosition: marker.uavPosition,
    addressGlobals: marker.addressGlobals,
    addressGlobalPosition: marker.addressGlobalPosition,
    usesTable: marker.usesTable,
    exports: roots.exports,
    initFuncs,
    callDtors,
    wrapsExports: !callsCtors && (initFuncs.length > 0 || callDtors >= 0),
  };
}

/** Everything in the inputs stays, but what COMDAT groups leave out. */
function markEverything(symbols: NumberedSymbols, marker: Marker): void {
  const { table, unitFuncs, funcBase, segmentBase, navDataBase, dataCount } = symbols;
  for (let f = 0; f < unitFuncs; f++) marker.markFunc(f);
  table.objects.forEach((object, o) => {
    const discarded = table.discarded[o];
    for (let f = 0; f < object.funcTypes.length; f++) {
      if (!discarded?.funcs.has(f)) marker.markFunc(funcBase[o]! + f);
    }
    for (let s = 0; s < object.segments.length; s++) {
      if (!discarded?.segments.has(s)) marker.markData(segmentBase[o]! + s);
    }
  });
  for (let d = navDataBase; d < dataCount; d++) marker.markData(d);
  symbols.globals.forEach((_, g) => marker.markGlobal(FIXED_GLOBALS.length + g));
  symbols.tables.forEach((_, t) => marker.markTable(1 + t));
  symbols.tags.forEach((_, t) => marker.markTag(t));
}

/** Constructors of included objects by priority, then in input order. */
function orderInitFuncs(symbols: NumberedSymbols, marker: Marker, diags: Diagnostics): readonly FuncId[] {
  const { table, symbolTarget } = symbols;
  let found: { priority: number; id: number; order: number }[] | null = null;
  for (let o = 0; o < table.objects.length; o++) {
    const { initFuncs, types, funcTypes, funcImports, symbols: names, file } = table.objects[o]!;
    if (initFuncs.length === 0 || marker.included[o] === 0) continue;
    for (const { priority, symbol } of initFuncs) {
      const id = symbolTarget[o]![symbol]!;
      if (id < 0) continue;
      const { index, name } = names[symbol]!;
      if (!types[funcTypes[index - funcImports.length]!]!.startsWith('>')) {
        diags.error('constructor_with_parameters', { name }, { in: 'file', file });
      }
      found ??= [];
      found.push({ priority, id, order: found.length });
    }
  }
  if (found === null) return NO_FUNCS;
  found.sort((a, b) => a.priority - b.priority || a.order - b.order);
  return found.map(({ id }) => id as FuncId);
}

const NO_FUNCS: readonly FuncId[] = [];

class Roots {
  readonly exports: Export[] = [];
  /** Names that are taken: exports, and those of memory and table. */
  readonly names = new Set<string>();
  readonly #exported = new Set<string>();
  readonly #symbols: NumberedSymbols;
  readonly #marker: Marker;
  readonly #options: LinkOptions;
  readonly #diags: Diagnostics;

  constructor(symbols: NumberedSymbols, marker: Marker, options: LinkOptions, diags: Diagnostics) {
    this.#symbols = symbols;
    this.#marker = marker;
    this.#options = options;
    this.#diags = diags;
    if (options.exportMemory) this.names.add(options.memoryName);
    if (options.exportTable) this.names.add(INDIRECT_TABLE);
  }

  exportUnit(state: LinkState): void {
    const { navTarget } = this.#symbols;
    const { keys, values } = state.exports;
    for (let i = 0; i < keys.length; i++) {
      const nav = keys[i]!;
      const target = navTarget[nav]!;
      if (target < 0) continue;
      const kind = state.unit.navs[nav]!.kind === 'func' ? SymbolKind.function : SymbolKind.data;
      for (const { name, visibility } of values[i]!) if (visibility === 'default') this.#export(name, kind, target, 0);
    }
  }

  /** Symbols that say so themselves. */
  exportObjects(): void {
    const { table, symbolTarget, symbolOffset, resolver } = this.#symbols;
    for (let o = 0; o < table.objects.length; o++) {
      const object = table.objects[o]!;
      for (const s of object.roots) {
        const { flags, kind, name } = object.symbols[s]!;
        if ((flags & (SymbolFlag.exported | SymbolFlag.undefined)) !== SymbolFlag.exported) continue;
        if (kind === SymbolKind.section) continue;
        // A weak definition that lost must not export the winner a second time.
        const entry = table.symbolEntries[o]![s]!;
        if (entry && entry.definedIn !== o) continue;
        // The definition is exported, also where references go to a wrapper.
        if (entry) {
          const { target, offset } = resolver.resolve(entry);
          this.#export(name, kind, target, offset);
        } else if (symbolTarget[o]![s]! !== Target.discarded) {
          this.#export(name, kind, symbolTarget[o]![s]!, symbolOffset[o]![s]!);
        }
      }
    }
  }

  /** Exports and entry that the options name. */
  exportRequested(): void {
    const { exports, exportIfDefined, entry } = this.#options;
    // As wasm-ld: a name to export is a reference, which --wrap redirects; the entry point is looked for before that, but
    // what its name means afterwards is kept.
    for (const asked of exports) {
      const name = this.#wrapped(asked);
      if (!this.#exportNamed(name)) this.#missing('export_missing', name);
    }
    if (entry !== null && !this.#exportNamed(entry)) this.#missing('entry_missing', entry);
    if (entry !== null && this.#wrapped(entry) !== entry) this.keep(this.#wrapped(entry));
    for (const name of exportIfDefined) this.#exportNamed(this.#wrapped(name));
  }

  #wrapped(name: string): string {
    const { entries, wrapped } = this.#symbols.table;
    const entry = entries.get(name);
    return entry ? (wrapped.get(entry)?.name ?? name) : name;
  }

  #missing(code: 'export_missing' | 'entry_missing', name: string): void {
    this.#diags.error(code, { name }, { in: 'options' });
  }

  /** All definitions that options make visible. */
  exportAll(): void {
    for (const entry of this.#symbols.table.entries.values()) {
      if (entry.definedIn === UNDEFINED || this.names.has(entry.name)) continue;
      if (entry.isHidden && !this.#options.exportAll) continue;
      this.#exportNamed(entry.name);
    }
    if (this.#options.exportAll) {
      const ofThreads = this.#options.sharedMemory
        ? THREAD_SYMBOLS
        : THREAD_SYMBOLS.filter((name) => this.#symbols.table.entries.get(name)?.isReferenced === true);
      for (const name of ['__wasm_call_ctors', ...PROVIDED_DATA, ...ofThreads]) {
        if (!this.names.has(name)) this.#exportNamed(name);
      }
    }
    // As wasm-ld does, where a mutable global may leave the module.
    const { objects } = this.#symbols.table;
    if (objects.some(({ features }) => features.includes('+mutable-globals'))) this.#exportNamed('__stack_pointer');
  }

  /** With everything else: the borders of sections that the output has. Such an export keeps nothing alive. */
  exportBorders(): void {
    const { table, segmentBase } = this.#symbols;
    table.objects.forEach(({ segments }, o) => {
      segments.forEach(({ name: section }, s) => {
        if (this.#marker.data[segmentBase[o]! + s] === 0) return;
        for (const name of [`__start_${section}`, `__stop_${section}`]) {
          const found = bracketOf(name) === null || this.names.has(name) ? null : this.#find(name);
          if (found !== null) this.#export(name, found.kind, found.target, found.offset, false);
        }
      });
    });
  }

  /** Exports the definition called `name`; whether there is one. */
  #exportNamed(name: string): boolean {
    if (this.#exported.has(name)) return true;
    const found = this.#find(name);
    if (!found) return false;
    this.#export(name, found.kind, found.target, found.offset);
    return true;
  }

  #find(name: string): { kind: number; target: number; offset: number } | null {
    const { resolver, table } = this.#symbols;
    const entry = table.entries.get(name);
    if (entry && entry.definedIn !== UNDEFINED) return { kind: resolver.kindOf(entry), ...resolver.resolve(entry) };
    const fixed = FIXED_GLOBALS.findIndex((global) => global.name === name);
    if (fixed >= 0) return { kind: SymbolKind.global, target: fixed, offset: 0 };
    if (!entry && isSyntheticName(name) && (name === '__wasm_call_ctors' || this.#options.sharedMemory)) {
      return { kind: SymbolKind.function, target: resolver.synthetic(name), offset: 0 };
    }
    const found = resolver.provided(name, entry?.kind ?? SymbolKind.data, entry?.type ?? '');
    return found.target === Target.undefined ? null : { kind: entry?.kind ?? SymbolKind.data, ...found };
  }

  #export(name: string, symbolKind: number, target: number, offset: number, keeps = true): void {
    if (this.names.has(name)) this.#diags.error('export_collision', { name }, { in: 'options' });
    this.names.add(name);
    this.#exported.add(name);
    const isData = symbolKind === SymbolKind.data;
    this.exports.push({ name, kind: EXTERNAL_KINDS[symbolKind]!, target, isData, offset });
    if (keeps) this.#marker.mark(symbolKind, target);
  }

  /** A name the options ask to keep. */
  keep(name: string): void {
    const found = this.#find(name);
    if (found) this.#marker.mark(found.kind, found.target);
  }

  /** FuncId of the function that ends a command, which is kept if nothing calls the constructors; else -1. */
  markDtors(): number {
    const { table, resolver } = this.#symbols;
    const entry = table.entries.get(CALL_DTORS);
    if (!entry || entry.definedIn === UNDEFINED || entry.kind !== SymbolKind.function) return -1;
    if (table.entries.get('__wasm_call_ctors')?.isReferenced === true) return -1;
    const { target } = resolver.resolve(entry);
    this.#marker.markFunc(target);
    return target;
  }
}

/** What a thread needs to have thread-local data of its own. */
const THREAD_SYMBOLS = ['__tls_base', '__tls_size', '__tls_align', '__wasm_init_tls'] as const;

/** ExternalKind by SymbolKind; data is exported as a global. */
const EXTERNAL_KINDS: readonly number[] = [
  ExternalKind.function,
  ExternalKind.global,
  ExternalKind.global,
  -1,
  ExternalKind.tag,
  ExternalKind.table,
];
