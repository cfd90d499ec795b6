/**
 * Gives every definition of a link one number, and every reference of unit and objects the number it means.
 *
 * After this phase nobody looks at a name to find a definition: a relocation goes object symbol -> target -> number. What the
 * options may ask for, and what the linker may have to make, gets its number here too. Invariant: numbers depend on inputs,
 * their order and the options only; nothing gets a number later.
 */
import { isFunctionNav } from '../../air/unit.ts';
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import type { NavIndex } from '../../intern/keys.ts';
import { INTRINSICS } from '../../mir/intrinsics.ts';
import { SymbolFlag, SymbolKind } from '../../wasm/kinds.ts';
import type { ObjDefined, ObjectId, ObjSymIndex, Space } from '../input/index-spaces.ts';
import type { ObjectSymbol, SignatureKey } from '../input/object-file.ts';
import { isCalled, typeOfSymbol } from '../input/object-symbols.ts';
import type { LinkOptions } from '../options/options.ts';
import type { LinkState } from '../unit/state.ts';
import { UNIT_FILE } from '../unit/state.ts';
import { isDiscarded } from './comdat.ts';
import type { NumberingOptions } from './number-entries.ts';
import { EntryNumbers } from './number-entries.ts';
import type { DefinitionSpaces, Meaning, NumberedSymbols, ObjectRef } from './numbered-symbols.ts';
import { at, ownMeaning } from './numbered-symbols.ts';
import type { SyntheticName } from './provided-symbols.ts';
import { FIXED_GLOBALS, THREAD_SYMBOLS } from './provided-symbols.ts';
import type { SymbolEntry, SymbolTable } from './symbol-table.ts';
import { FROM_OPTIONS } from './symbol-table.ts';
import type { FuncId } from './targets.ts';
import { Target } from './targets.ts';

/** The options that ask for names. */
export type NamingOptions = Pick<
  LinkOptions,
  'exports' | 'exportIfDefined' | 'entry' | 'undefined' | 'exportAll' | 'exportDynamic'
>;

/** Numbers everything; reports calls with another signature than the definition's. */
export function numberSymbols(
  table: SymbolTable,
  options: NumberingOptions & NamingOptions,
  diags: Diagnostics,
): NumberedSymbols {
  const { state } = table;
  const spaces = countDefinitions(table);
  const numbers = new EntryNumbers(table, spaces, options, diags);
  const navs = state ? numberNavs(state, table, spaces, numbers) : NO_NAVS;
  const symbols = numberReferences(table, spaces, numbers);
  const intrinsicTarget = state ? numberIntrinsics(state, table, numbers) : NO_INTRINSICS;
  askForNames(table, numbers, options);
  return {
    phase: 'numbered',
    table,
    ...spaces,
    extras: numbers.extras.list,
    synthetic: reserveSynthetics(numbers),
    globalImports: numbers.globalImports,
    hostFuncs: numbers.hostFuncs,
    tableImports: numbers.tableImports,
    tagImports: numbers.tagImports,
    brackets: numbers.brackets,
    ...symbols,
    navTarget: navs.target,
    navOffset: navs.offset,
    intrinsicTarget,
    meanings: numbers.meanings,
  };
}

function countDefinitions({ state, objects }: SymbolTable): DefinitionSpaces {
  const unitFuncs = state ? state.funcs.size : 0;
  const funcBase: number[] = [];
  const segmentBase: number[] = [];
  const globalBase: number[] = [];
  const tableBase: number[] = [];
  const tagBase: number[] = [];
  const globals: ObjectRef<'global'>[] = [];
  const tables: ObjectRef<'table'>[] = [];
  const tags: ObjectRef<'tag'>[] = [];
  let extraBase = unitFuncs;
  let navDataBase = 0;
  for (let o = 0 as ObjectId; o < objects.length; o++) {
    const object = objects[o]!;
    funcBase.push(extraBase);
    segmentBase.push(navDataBase);
    globalBase.push(FIXED_GLOBALS.length + globals.length);
    tableBase.push(1 + tables.length);
    tagBase.push(tags.length);
    extraBase += object.funcTypes.length;
    navDataBase += object.segments.length;
    pushRefs(globals, o, object.globals.length);
    pushRefs(tables, o, object.tables.length);
    pushRefs(tags, o, object.tags.length);
  }
  const dataCount = navDataBase + (state ? state.data.size : 0);
  return {
    unitFuncs,
    funcBase,
    extraBase,
    segmentBase,
    navDataBase,
    dataCount,
    globalBase,
    globals,
    tableBase,
    tables,
    tagBase,
    tags,
  };
}

function pushRefs<S extends Space>(refs: ObjectRef<S>[], object: ObjectId, count: number): void {
  for (let index = 0; index < count; index++) refs.push({ object, index: index as ObjDefined<S> });
}

// --- references of objects ---

function numberReferences(
  table: SymbolTable,
  spaces: DefinitionSpaces,
  numbers: EntryNumbers,
): Pick<NumberedSymbols, 'symbolTarget' | 'symbolOffset'> {
  const symbolTarget: Int32Array[] = [];
  const symbolOffset: Float64Array[] = [];
  for (let o = 0 as ObjectId; o < table.objects.length; o++) {
    const { symbols } = table.objects[o]!;
    const targets = new Int32Array(symbols.length);
    const offsets = new Float64Array(symbols.length);
    const entries = table.symbolEntries[o]!;
    for (let s = 0; s < symbols.length; s++) {
      const entry = entries[s]!;
      const found = entry
        ? namedMeaning(table, numbers, o, s as ObjSymIndex, entry)
        : localMeaning(table, spaces, o, symbols[s]!);
      targets[s] = found.target;
      offsets[s] = found.offset;
    }
    symbolTarget.push(targets);
    symbolOffset.push(offsets);
  }
  return { symbolTarget, symbolOffset };
}

/** What a symbol that takes part in resolution means in its object. */
function namedMeaning(
  table: SymbolTable,
  numbers: EntryNumbers,
  o: ObjectId,
  s: ObjSymIndex,
  entry: SymbolEntry,
): Meaning {
  const meant = table.wrapped.size === 0 ? entry : (table.wrapped.get(entry) ?? entry);
  const object = table.objects[o]!;
  const symbol = object.symbols[s]!;
  const found = numbers.as(meant, symbol.kind, object.file);
  if (!meant.isMixed || symbol.kind !== SymbolKind.function) return found;
  const type = typeOfSymbol(object, symbol) as SignatureKey;
  if (type === meant.type || !isCalled(object, s)) return found;
  return numbers.variant(meant, type, found, object.file);
}

function localMeaning(table: SymbolTable, spaces: DefinitionSpaces, o: ObjectId, symbol: ObjectSymbol): Meaning {
  const object = table.objects[o]!;
  const discarded = table.discarded[o];
  if (discarded && (symbol.flags & SymbolFlag.absolute) === 0 && isDiscarded(object, symbol, discarded)) {
    return at(Target.discarded);
  }
  return ownMeaning(spaces, object, o, symbol);
}

// --- references of the unit ---

const NO_NAVS = { target: new Int32Array(0), offset: new Float64Array(0) };

function numberNavs(
  state: LinkState,
  table: SymbolTable,
  { navDataBase }: DefinitionSpaces,
  numbers: EntryNumbers,
): { target: Int32Array; offset: Float64Array } {
  const { navs } = state.unit;
  const target = new Int32Array(navs.length).fill(Target.undefined);
  const offset = new Float64Array(navs.length);
  state.funcs.keys.forEach((nav, i) => (target[nav] = i));
  state.data.keys.forEach((nav, i) => (target[nav] = navDataBase + i));
  for (let n = 0; n < navs.length; n++) {
    if (target[n] !== Target.undefined) continue;
    const nav = n as NavIndex;
    const isFunction = isFunctionNav(navs[n]!);
    if (!isFunction && !state.hasBits(nav)) {
      target[n] = Target.null;
      continue;
    }
    const isExtern = navs[n]!.kind === 'extern_func' || navs[n]!.kind === 'extern_var';
    const named = table.entries.get(isExtern ? navs[n]!.name : state.symbolName(nav));
    if (!named) continue;
    const entry = table.wrapped.get(named) ?? named;
    let meaning = numbers.as(entry, isFunction ? SymbolKind.function : SymbolKind.data, UNIT_FILE);
    if (entry.isMixed && isFunction && state.signature(navs[n]!.ty) !== entry.type) {
      meaning = numbers.variant(entry, state.signature(navs[n]!.ty), meaning, UNIT_FILE);
    }
    target[n] = meaning.target;
    offset[n] = meaning.offset;
  }
  return { target, offset };
}

const NO_INTRINSICS: ReadonlyMap<number, Target> = new Map();

/** Runtime functions that the unit calls. */
function numberIntrinsics(
  { funcs }: LinkState,
  { entries }: SymbolTable,
  numbers: EntryNumbers,
): ReadonlyMap<number, Target> {
  let found: Map<number, Target> | null = null;
  for (const { intrinsics } of funcs.values) {
    for (const row of intrinsics) {
      if (found?.has(row)) continue;
      const entry = entries.get(INTRINSICS[row]!.name);
      (found ??= new Map()).set(row, entry ? numbers.of(entry).target : Target.undefined);
    }
  }
  return found ?? NO_INTRINSICS;
}

// --- what nothing refers to yet ---

/** In the order in which exports are collected. */
function askForNames(table: SymbolTable, numbers: EntryNumbers, options: NamingOptions): void {
  const { exports, entry, exportIfDefined, undefined: kept, exportAll, exportDynamic } = options;
  const ask = (name: string): void => {
    numbers.ask(name);
    const named = table.wrapped.size === 0 ? undefined : table.entries.get(name);
    const wrapper = named && table.wrapped.get(named);
    if (wrapper) numbers.ask(wrapper.name);
  };
  for (const name of exports) ask(name);
  if (entry !== null) ask(entry);
  for (const name of exportIfDefined) ask(name);
  if (exportAll || exportDynamic) {
    for (const { name, definedIn } of table.entries.values()) if (definedIn === FROM_OPTIONS) ask(name);
  }
  if (exportAll) {
    for (const name of ['__wasm_call_ctors', ...THREAD_SYMBOLS]) ask(name);
    for (const { segments } of table.objects) {
      for (const { name } of segments) {
        ask(`__start_${name}`);
        ask(`__stop_${name}`);
      }
    }
  }
  for (const name of kept) ask(name);
}

/** All of them have a number; which of them the output has is decided when the layout is known. */
function reserveSynthetics({ extras }: EntryNumbers): Readonly<Record<SyntheticName, FuncId>> {
  return {
    __wasm_call_ctors: extras.synthetic('__wasm_call_ctors'),
    __wasm_init_memory: extras.synthetic('__wasm_init_memory'),
    __wasm_apply_global_tls_relocs: extras.synthetic('__wasm_apply_global_tls_relocs'),
    __wasm_init_tls: extras.synthetic('__wasm_init_tls'),
  };
}
