/**
 * The roots of marking: what is exported, and what the options ask to keep.
 *
 * Owns which symbols are exported (flags of symbols, unit, options) and the collision of their names. Invariant: every name
 * that is asked for here has had its number since symbols were numbered.
 */
import { eachObject } from '../input/each-object.ts';
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import { ExternalKind, SymbolFlag, SymbolKind } from '../../wasm/kinds.ts';
import type { ObjectId, ObjSegIndex } from '../input/index-spaces.ts';
import type { LinkOptions } from '../options/options.ts';
import { entryMeaning, findName } from '../symbols/find-name.ts';
import type { Meaning, NamedMeaning, NumberedSymbols } from '../symbols/numbered-symbols.ts';
import {
  at,
  dataId,
  extraOf,
  funcOwner,
  funcPosition,
  isUnitFunc,
  navTargetOf,
  objectFunc,
  targetOf,
} from '../symbols/numbered-symbols.ts';
import type { ProvidedData } from '../symbols/provided-symbols.ts';
import { bracketOf, CALL_DTORS, INDIRECT_TABLE, PROVIDED_DATA, THREAD_SYMBOLS } from '../symbols/provided-symbols.ts';
import { UNDEFINED } from '../symbols/symbol-table.ts';
import { symbolOrder } from '../symbols/symbol-order.ts';
import type { FuncId } from '../symbols/targets.ts';
import { FUNCTION_TABLE, isDefinition, Target } from '../symbols/targets.ts';
import type { LinkState } from '../unit/state.ts';
import type { Export } from './live-set.ts';
import type { Marks } from './marks.ts';

/** The options that make roots. */
export type RootOptions = Pick<
  LinkOptions,
  | 'exports'
  | 'exportIfDefined'
  | 'exportDynamic'
  | 'exportAll'
  | 'exportMemory'
  | 'exportTable'
  | 'importTable'
  | 'memoryName'
  | 'entry'
  | 'undefined'
  | 'sharedMemory'
  | 'undefinedPolicy'
  | 'allowUndefined'
>;

export class Roots {
  readonly exports: Export[] = [];
  /** Names that are taken: exports, and those of memory and table. */
  readonly names = new Set<string>();
  /** The function table is exported, whatever else is. */
  exportsTable: boolean;
  readonly #exported = new Set<string>();
  readonly #allowed: ReadonlySet<string>;
  readonly #symbols: NumberedSymbols;
  readonly #marks: Marks;
  readonly #options: RootOptions;
  readonly #diags: Diagnostics;

  constructor(symbols: NumberedSymbols, marks: Marks, options: RootOptions, diags: Diagnostics) {
    this.#symbols = symbols;
    this.#marks = marks;
    this.#options = options;
    this.#diags = diags;
    this.#allowed = new Set(options.allowUndefined);
    if (options.exportMemory) this.names.add(options.memoryName);
    this.exportsTable = options.exportTable;
    if (options.exportTable) this.names.add(INDIRECT_TABLE);
  }

  exportUnit(state: LinkState): void {
    const { keys, values } = state.exports;
    for (let i = 0; i < keys.length; i++) {
      const nav = keys[i]!;
      const target = navTargetOf(this.#symbols, nav);
      if (!isDefinition(target)) continue;
      const kind = state.unit.navs[nav]!.kind === 'func' ? SymbolKind.function : SymbolKind.data;
      for (const { name, visibility } of values[i]!) if (visibility === 'default') this.#export(name, kind, at(target));
    }
  }

  /** Symbols that say so themselves. */
  exportObjects(): void {
    const { table, symbolOffset } = this.#symbols;
    for (let o = 0 as ObjectId; o < table.objects.length; o++) {
      const object = table.objects[o]!;
      for (const s of object.roots) {
        const { flags, kind, name } = object.symbols[s]!;
        if ((flags & (SymbolFlag.exported | SymbolFlag.undefined)) !== SymbolFlag.exported) continue;
        if (kind === SymbolKind.section) continue;
        // A weak definition that lost must not export the winner a second time.
        const entry = table.symbolEntries[o]![s]!;
        if (entry && entry.definedIn !== o) continue;
        // The definition is exported, also where references go to a wrapper.
        const target = targetOf(this.#symbols, o, s);
        if (entry) this.#export(name, kind, entryMeaning(this.#symbols, entry));
        else if (target !== Target.discarded) this.#export(name, kind, { target, offset: symbolOffset[o]![s]! });
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
      if (!this.#exportNamed(name)) this.#missingExport(name);
    }
    if (entry !== null && !this.#exportNamed(entry))
      this.#diags.error('entry_missing', { name: entry }, { in: 'options' });
    if (entry !== null && this.#wrapped(entry) !== entry) this.keep(this.#wrapped(entry));
    for (const name of exportIfDefined) this.#exportNamed(this.#wrapped(name));
  }

  #wrapped(name: string): string {
    const { entries, wrapped } = this.#symbols.table;
    const entry = entries.get(name);
    return entry ? (wrapped.get(entry)?.name ?? name) : name;
  }

  /** What may be undefined may be missing. */
  #missingExport(name: string): void {
    const { undefinedPolicy: policy } = this.#options;
    if (policy === 'warn') this.#diags.warn('export_missing', { name }, { in: 'options' });
    if (policy !== 'error' || this.#allowed.has(name)) return;
    this.#diags.error('export_missing', { name }, { in: 'options' });
  }

  /** All definitions that options make visible. */
  exportAll(): void {
    const { objects, entries } = this.#symbols.table;
    for (const entry of entries.values()) {
      if (entry.definedIn === UNDEFINED || this.names.has(entry.name)) continue;
      if (entry.isHidden && !this.#options.exportAll) continue;
      this.#exportNamed(entry.name);
    }
    if (this.#options.exportAll) {
      const ofThreads = this.#options.sharedMemory
        ? THREAD_SYMBOLS
        : THREAD_SYMBOLS.filter((name) => entries.get(name)?.isReferenced === true);
      for (const name of ['__wasm_call_ctors', ...PROVIDED_DATA, ...ofThreads]) {
        if (!this.names.has(name)) this.#exportNamed(name);
      }
    }
    // As wasm-ld does, where a mutable global may leave the module.
    if (objects.some(({ features }) => features.includes('+mutable-globals'))) this.#exportNamed('__stack_pointer');
  }

  /** With everything else: the borders of sections that the output has. Such an export keeps nothing alive. */
  exportBorders(): void {
    const { objects } = this.#symbols.table;
    eachObject(objects, ({ segments }, o) => {
      segments.forEach(({ name: section }, s) => {
        if (this.#marks.data[dataId(this.#symbols, o, s as ObjSegIndex)] === 0) return;
        for (const name of [`__start_${section}`, `__stop_${section}`]) {
          const found = bracketOf(name) === null || this.names.has(name) ? null : this.#find(name);
          if (found !== null) this.#enter(name, found.kind, found);
        }
      });
    });
  }

  /** Exports the definition called `name`; whether there is one. */
  #exportNamed(name: string): boolean {
    if (this.#exported.has(name)) return true;
    const found = this.#find(name);
    if (!found) return false;
    if (found.kind === SymbolKind.table && found.target === FUNCTION_TABLE) return this.#exportTable();
    this.#export(name, found.kind, found);
    return true;
  }

  /** The table of the host is defined nowhere. */
  #exportTable(): boolean {
    if (this.#options.importTable) return false;
    this.exportsTable = true;
    this.names.add(INDIRECT_TABLE);
    this.#marks.mark(SymbolKind.table, FUNCTION_TABLE);
    return true;
  }

  #find(name: string): NamedMeaning | null {
    return findName(this.#symbols, name, this.#options.sharedMemory);
  }

  #export(name: string, symbolKind: number, meaning: Meaning): void {
    this.#enter(name, symbolKind, meaning);
    this.#marks.mark(symbolKind, meaning.target);
  }

  #enter(symbolName: string, symbolKind: number, { target, offset }: Meaning): void {
    this.#exported.add(symbolName);
    const own = symbolKind === SymbolKind.function ? exportNameOf(this.#symbols, target as FuncId) : undefined;
    const name = own ?? symbolName;
    if (this.names.has(name)) {
      // One function has one such name, whatever symbols it has.
      if (own !== undefined && this.exports.some((entry) => entry.name === own && entry.target === target)) return;
      this.#diags.error('export_collision', { name }, { in: 'options' });
    }
    this.names.add(name);
    const isData = symbolKind === SymbolKind.data;
    this.exports.push({ name, symbol: symbolName, kind: EXTERNAL_KINDS[symbolKind]!, target, isData, offset });
  }

  /**
   * Puts exports into the order of the symbol table, as wasm-ld has it; the place of the function table among them. Where
   * functions are wrapped the wrappers are its newest symbols.
   */
  sortExports(wrapsExports: boolean): number {
    if (this.exports.length === 0) return 0;
    const order = symbolOrder(this.#symbols.table);
    for (const name of WASM_LD_PROVIDED) if (!order.has(name)) order.set(name, order.size);
    const first = ['__wasm_call_ctors', '__stack_pointer', ...THREAD_SYMBOLS];
    first.forEach((name, i) => order.set(name, i - first.length));
    const rank = ({ symbol, kind }: Export): number => {
      const place = order.get(symbol) ?? order.size;
      return wrapsExports && kind === ExternalKind.function ? order.size + 1 + place : place;
    };
    this.exports.sort((a, b) => rank(a) - rank(b));
    const table = order.get(INDIRECT_TABLE) ?? order.size;
    const place = this.exports.findIndex((entry) => rank(entry) > table);
    return place < 0 ? this.exports.length : place;
  }

  /** A name the options ask to keep. */
  keep(name: string): void {
    const found = this.#find(name);
    if (found) this.#marks.mark(found.kind, found.target);
  }

  /** The function that ends a command, which is kept if nothing calls the constructors; else -1. */
  markDtors(): FuncId {
    const { table } = this.#symbols;
    const entry = table.entries.get(CALL_DTORS);
    if (!entry || entry.definedIn === UNDEFINED || entry.kind !== SymbolKind.function) return NO_FUNC;
    if (table.entries.get('__wasm_call_ctors')?.isReferenced === true) return NO_FUNC;
    const id = entryMeaning(this.#symbols, entry).target as FuncId;
    this.#marks.markFunc(id);
    return id;
  }
}

/** Name that the object which defines a function gives its export, or undefined. */
function exportNameOf(symbols: NumberedSymbols, id: FuncId): string | undefined {
  if (isUnitFunc(symbols, id) || extraOf(symbols, id)) return undefined;
  const o = funcOwner(symbols, id);
  const object = symbols.table.objects[o]!;
  return object.exportNames.get(objectFunc(object, funcPosition(symbols, o, id)));
}

/** Addresses that the linker provides, in the order in which wasm-ld makes them. */
const WASM_LD_PROVIDED: readonly ProvidedData[] = [
  '__dso_handle',
  '__data_end',
  '__stack_low',
  '__stack_high',
  '__global_base',
  '__heap_base',
  '__heap_end',
  '__memory_base',
  '__table_base',
];

const NO_FUNC = -1 as FuncId;

/** ExternalKind by SymbolKind; data is exported as a global. */
const EXTERNAL_KINDS: readonly number[] = [
  ExternalKind.function,
  ExternalKind.global,
  ExternalKind.global,
  -1,
  ExternalKind.tag,
  ExternalKind.table,
];
