/**
 * What the output needs: everything that a root reaches.
 *
 * Owns the roots (exports, symbols and segments that must not be stripped, everything when collection is off) and the walk
 * along MIR summaries, data fixups and relocations, with an explicit worklist because chains are unboundedly long. Counts
 * the uses of data in code on the way, collects the constants of the unit in order of discovery with the greatest
 * alignment anyone asks for, and reports undefined symbols that are reached. Invariant: from here on no symbol is added.
 */
import type { Diagnostics, Place } from '../diagnostics/diagnostics.ts';
import type { IpIndex, NavIndex } from '../intern/keys.ts';
import { INTRINSICS } from '../mir/intrinsics.ts';
import { NAV_WORDS, UAV_WORDS } from '../mir/mir.ts';
import { ExternalKind, SegmentFlag, SymbolFlag, SymbolKind } from '../wasm/kinds.ts';
import { RELOCATIONS } from '../wasm/relocations.ts';
import type { LoweredData } from './lower-data.ts';
import { FIXUP_WORDS, FixupKind } from './lower-data.ts';
import type { NumberedSymbols } from './number-symbols.ts';
import { STACK_POINTER, Target } from './number-symbols.ts';
import type { RelocTable } from './object-file.ts';
import type { LinkOptions } from './options.ts';
import type { FuncRecord, LinkState } from './state.ts';
import { UNDEFINED } from './symbols.ts';

/** Export name of the memory. */
export const MEMORY_EXPORT = 'memory';
/** Export name of the function table. */
export const TABLE_EXPORT = '__indirect_function_table';

/** One export of the output; data becomes a global that holds its address. */
export interface Export {
  readonly name: string;
  readonly kind: typeof ExternalKind.function | typeof ExternalKind.global;
  /** FuncId for functions; DataId or a Target value for data. */
  readonly target: number;
  /** Data: bytes after the target. */
  readonly offset: number;
}

/** A constant of the unit that the output contains. */
export interface LiveUav {
  readonly value: IpIndex;
  readonly lowered: LoweredData;
  /** Greatest explicit alignment any reference asks for, 0 = none. */
  align: number;
  /** Instructions that take its address. */
  uses: number;
}

/** See the file header. */
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
  readonly uavs: readonly LiveUav[];
  /** Position in `uavs` by interned value. */
  readonly uavPosition: ReadonlyMap<IpIndex, number>;
  /** The output needs the function table even if no slot is used. */
  readonly usesTable: boolean;
  readonly exports: readonly Export[];
}

/** Marks from the roots; `symbols` is frozen from here on. */
export function markLive(symbols: NumberedSymbols, options: LinkOptions, diags: Diagnostics): LiveSet {
  const marker = new Marker(symbols, diags);
  const { state } = symbols.table;
  if (state) marker.markUnitRoots(state);
  marker.markObjectRoots();
  marker.markRequested(options);
  if (!options.gc) marker.markEverything();
  marker.drain();
  return {
    phase: 'live',
    symbols,
    funcs: marker.funcs,
    data: marker.data,
    dataUses: marker.dataUses,
    globals: marker.globals,
    uavs: marker.uavs,
    uavPosition: marker.uavPosition,
    usesTable: marker.usesTable,
    exports: marker.exports,
  };
}

/** Reports two exports of one name, those that the options add included. */
export function checkExports(live: LiveSet, options: LinkOptions, diags: Diagnostics): void {
  const seen = new Set<string>();
  if (options.exportMemory) seen.add(MEMORY_EXPORT);
  if (options.exportTable) seen.add(TABLE_EXPORT);
  for (const { name } of live.exports) {
    if (seen.has(name)) diags.error('export_collision', { name }, { in: 'options' });
    seen.add(name);
  }
}

class Marker {
  readonly funcs: Uint8Array;
  readonly data: Uint8Array;
  readonly dataUses: Uint32Array;
  readonly globals: Uint8Array;
  readonly uavs: LiveUav[] = [];
  readonly uavPosition = new Map<IpIndex, number>();
  readonly exports: Export[] = [];
  usesTable = false;
  readonly #symbols: NumberedSymbols;
  readonly #diags: Diagnostics;
  readonly #state: LinkState | null;
  /** Functions and data that are marked but not visited. */
  readonly #funcWork: number[] = [];
  readonly #dataWork: number[] = [];
  #visitedUavs = 0;
  readonly #reported = new Set<string>();

  constructor(symbols: NumberedSymbols, diags: Diagnostics) {
    this.#symbols = symbols;
    this.#diags = diags;
    this.#state = symbols.table.state;
    this.funcs = new Uint8Array(symbols.extraBase + symbols.extras.length);
    this.data = new Uint8Array(symbols.dataCount);
    this.dataUses = new Uint32Array(symbols.dataCount);
    this.globals = new Uint8Array(symbols.globals.length + 1);
    // Code of a unit refers to the stack pointer by its fixed place.
    if (this.#state) this.globals[STACK_POINTER] = 1;
  }

  // --- roots ---

  markUnitRoots(state: LinkState): void {
    const { navTarget } = this.#symbols;
    state.exports.keys.forEach((nav, i) => {
      const target = navTarget[nav]!;
      if (target < 0) return;
      const isFunction = state.unit.navs[nav]!.kind === 'func';
      for (const { name, visibility } of state.exports.values[i]!) {
        if (visibility === 'default') this.#export(name, isFunction, target, 0);
      }
    });
  }

  markObjectRoots(): void {
    const { table, symbolTarget, symbolOffset, segmentBase } = this.#symbols;
    table.objects.forEach((object, o) => {
      object.symbols.forEach((symbol, s) => {
        const { flags, kind, name } = symbol;
        if ((flags & (SymbolFlag.exported | SymbolFlag.no_strip)) === 0 || (flags & SymbolFlag.undefined) !== 0) return;
        if (kind !== SymbolKind.function && kind !== SymbolKind.data) return;
        const isFunction = kind === SymbolKind.function;
        const target = symbolTarget[o]![s]!;
        // A weak definition that lost must not export the winner a second time.
        const isLoser = (flags & SymbolFlag.local) === 0 && table.entries.get(name)!.definedIn !== o;
        if (isLoser) return;
        if ((flags & SymbolFlag.exported) !== 0) this.#export(name, isFunction, target, symbolOffset[o]![s]!);
        else if (isFunction) this.#markFunc(target);
        else this.#markData(target);
      });
      object.segments.forEach((segment, s) => {
        if ((segment.flags & SegmentFlag.retain) !== 0) this.#markData(segmentBase[o]! + s);
      });
    });
  }

  /** Exports and entry that the options name. */
  markRequested(options: LinkOptions): void {
    const names = options.entry === null ? options.exports : [...options.exports, options.entry];
    for (const name of names) {
      if (this.exports.some((existing) => existing.name === name)) continue;
      const entry = this.#symbols.table.entries.get(name);
      if (!entry || entry.definedIn === UNDEFINED || entry.kind > SymbolKind.data) {
        const code = name === options.entry ? 'entry_missing' : 'export_missing';
        this.#diags.error(code, { name }, { in: 'options' });
        continue;
      }
      const { target, offset } = this.#symbols.resolve(entry);
      this.#export(name, entry.kind === SymbolKind.function, target, offset);
    }
  }

  markEverything(): void {
    for (let f = 0; f < this.#symbols.extraBase; f++) this.#markFunc(f);
    for (let d = 0; d < this.#symbols.dataCount; d++) this.#markData(d);
    this.globals.fill(1, STACK_POINTER + 1);
  }

  #export(name: string, isFunction: boolean, target: number, offset: number): void {
    const kind = isFunction ? ExternalKind.function : ExternalKind.global;
    this.exports.push({ name, kind, target, offset });
    if (isFunction) this.#markFunc(target);
    else this.#markData(target);
  }

  // --- marking ---

  #markFunc(id: number): void {
    if (this.funcs[id] === 1) return;
    this.funcs[id] = 1;
    this.#funcWork.push(id);
  }

  #markData(id: number): void {
    if (id < 0 || this.data[id] === 1) return;
    this.data[id] = 1;
    this.#dataWork.push(id);
  }

  #markUav(value: IpIndex, align: number, uses: number): void {
    let position = this.uavPosition.get(value);
    if (position === undefined) {
      position = this.uavs.length;
      this.uavPosition.set(value, position);
      this.uavs.push({ value, lowered: this.#state!.uavs.get(value)!, align: 0, uses: 0 });
    }
    const uav = this.uavs[position]!;
    if (align > uav.align) uav.align = align;
    uav.uses += uses;
  }

  /** Visits marked things until none is left. */
  drain(): void {
    for (;;) {
      const func = this.#funcWork.pop();
      if (func !== undefined) {
        this.#visitFunc(func);
        continue;
      }
      const data = this.#dataWork.pop();
      if (data !== undefined) {
        this.#visitData(data);
        continue;
      }
      if (this.#visitedUavs === this.uavs.length) return;
      const uav = this.uavs[this.#visitedUavs++]!;
      this.#visitFixups(uav.lowered, { in: 'nav', nav: '<constant>' });
    }
  }

  // --- visiting ---

  #visitFunc(id: number): void {
    const { unitFuncs, extraBase, funcBase, table } = this.#symbols;
    if (id < unitFuncs) {
      this.#visitUnitFunc(this.#state!.funcs.values[id]!);
    } else if (id < extraBase) {
      const o = ownerOf(funcBase, id);
      const object = table.objects[o]!;
      const f = id - funcBase[o]!;
      this.#visitRelocs(o, object.codeRelocs, object.funcRelocs[f]!, object.funcRelocs[f + 1]!);
    }
  }

  #visitUnitFunc(func: FuncRecord): void {
    const { navTarget, intrinsicTarget } = this.#symbols;
    const navs = this.#state!.unit.navs;
    if (func.callsTable) this.usesTable = true;
    for (let i = 0; i < func.uavs.length; i += UAV_WORDS) {
      this.#markUav(func.uavs[i]! as IpIndex, func.uavs[i + 1]!, func.uavs[i + 2]!);
    }
    for (let i = 0; i < func.navs.length; i += NAV_WORDS) {
      const nav = func.navs[i]! as NavIndex;
      this.#reachNav(nav, { in: 'nav', nav: navs[func.nav]!.name });
      const target = navTarget[nav]!;
      const isFunction = navs[nav]!.kind === 'func' || navs[nav]!.kind === 'extern_func';
      if (!isFunction && target >= 0) this.dataUses[target]! += func.navs[i + 1]!;
    }
    for (const row of func.intrinsics) {
      const target = intrinsicTarget(row);
      if (target >= 0) {
        this.#markFunc(target);
      } else if (!this.#reported.has(INTRINSICS[row]!.name)) {
        this.#reported.add(INTRINSICS[row]!.name);
        const place: Place = { in: 'nav', nav: navs[func.nav]!.name };
        this.#diags.error('intrinsic_missing', { name: INTRINSICS[row]!.name }, place);
      }
    }
  }

  #visitData(id: number): void {
    const { navDataBase, segmentBase, table } = this.#symbols;
    if (id >= navDataBase) {
      const record = this.#state!.data.values[id - navDataBase]!;
      this.#visitFixups(record.lowered, { in: 'nav', nav: this.#state!.unit.navs[record.nav]!.name });
    } else {
      const o = ownerOf(segmentBase, id);
      const object = table.objects[o]!;
      const s = id - segmentBase[o]!;
      this.#visitRelocs(o, object.dataRelocs, object.segmentRelocs[s]!, object.segmentRelocs[s + 1]!);
    }
  }

  #visitFixups(lowered: LoweredData, place: Place): void {
    const { fixups } = lowered;
    for (let i = 0; i < fixups.length; i += FIXUP_WORDS) {
      if (fixups[i + 1] === FixupKind.uav) this.#markUav(fixups[i + 2]! as IpIndex, fixups[i + 4]!, 0);
      else this.#reachNav(fixups[i + 2]! as NavIndex, place);
    }
  }

  #reachNav(nav: NavIndex, place: Place): void {
    const target = this.#symbols.navTarget[nav]!;
    const { kind, name } = this.#state!.unit.navs[nav]!;
    if (target === Target.undefined) this.#reportUndefined(name, place);
    else if (kind === 'func' || kind === 'extern_func') this.#markFunc(target);
    else this.#markData(target);
  }

  #visitRelocs(o: number, relocs: RelocTable, from: number, to: number): void {
    const targets = this.#symbols.symbolTarget[o]!;
    const { file, symbols } = this.#symbols.table.objects[o]!;
    for (let r = from; r < to; r++) {
      const { target: kind, value } = RELOCATIONS[relocs.type[r]!]!;
      if (kind === 'type') continue;
      const symbol = relocs.index[r]!;
      const target = targets[symbol]!;
      if (target === Target.undefined) {
        this.#reportUndefined(symbols[symbol]!.name, { in: 'file', file, offset: relocs.at[r]! });
        continue;
      }
      switch (kind) {
        case 'function':
          // The address of an undefined weak function is null: nothing to keep.
          if (value === 'function_index' || !this.#isStub(target)) this.#markFunc(target);
          break;
        case 'data':
          this.#markData(target);
          break;
        case 'global':
          this.globals[target] = 1;
          break;
        case 'table':
          this.usesTable = true;
          break;
        case 'section':
        case 'tag':
          break;
      }
    }
  }

  #isStub(target: number): boolean {
    return this.#symbols.extras[target - this.#symbols.extraBase]?.origin === null;
  }

  #reportUndefined(name: string, place: Place): void {
    if (this.#reported.has(name)) return;
    this.#reported.add(name);
    this.#diags.error('undefined_symbol', { name }, place);
  }
}

/** Index of the last base that is <= `id` and whose range is not empty: the object that owns the number. */
export function ownerOf(bases: readonly number[], id: number): number {
  let low = 0;
  let high = bases.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (bases[middle]! <= id) low = middle;
    else high = middle - 1;
  }
  return low;
}
