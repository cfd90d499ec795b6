/**
 * Gives every definition of a link one number, and every reference of unit and objects the number it means.
 *
 * Owns the index spaces FuncId, DataId, GlobalId, TableId and TagId. After this phase nobody looks at a name to find a
 * definition: a relocation goes object symbol -> `symbolTarget` -> number. Invariant: numbers depend on inputs and their
 * order only; no definition is added later, but synthetic functions and globals that hold addresses are appended behind.
 */
import { isFunctionNav } from '../../air/unit.ts';
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import type { NavIndex } from '../../intern/keys.ts';
import { INTRINSICS } from '../../mir/intrinsics.ts';
import type { Brand } from '../../support/brand.ts';
import { SymbolFlag, SymbolKind } from '../../wasm/kinds.ts';
import { isDiscarded } from './comdat.ts';
import { FIXED_GLOBALS, FixedGlobal, Target } from './linker-symbols.ts';
import type { ObjectSymbol, ParsedObject, SignatureKey } from '../input/object-file.ts';
import type { LinkOptions } from '../options/options.ts';
import type { Resolution } from './resolve-entry.ts';
import { at, EntryResolver } from './resolve-entry.ts';
import type { LinkState } from '../unit/state.ts';
import type { SymbolEntry, SymbolTable } from './symbols.ts';
import { typeOfSymbol, UNIT_FILE } from './symbols.ts';
import { navHasBits } from '../unit/update.ts';

/** Functions of the unit in update order, then functions of the objects, then `ExtraFunc`s, then synthetic ones. */
export type FuncId = Brand<number, 'FuncId'>;
/** Segments of the objects, then data navs of the unit in update order. */
export type DataId = Brand<number, 'DataId'>;
/** FIXED_GLOBALS, then globals that objects define, then imported ones, then those that hold addresses. */
export type GlobalId = Brand<number, 'GlobalId'>;

/** The stack pointer's GlobalId. */
export const STACK_POINTER = FixedGlobal.stack_pointer as GlobalId;

/** What a function that no input defines is. */
export type ExtraRole = 'import' | 'undefined_weak' | 'undefined' | 'signature_mismatch' | 'synthetic';

/** A function that no input defines: imported from the host, a stub that traps, or made by the linker. */
export interface ExtraFunc {
  readonly role: ExtraRole;
  readonly name: string;
  readonly signature: SignatureKey;
  /** Imports only. */
  readonly module: string;
  readonly field: string;
}

/** A definition of an object: the object's number and the index among its own definitions. */
export interface ObjectRef {
  readonly object: number;
  readonly index: number;
}

/** Something that is not a function and comes from the host. */
export interface ExtraImport {
  readonly name: string;
  /** As SymbolEntry.type. */
  readonly type: string;
  readonly module: string;
  readonly field: string;
}

/** See the file header. */
export interface NumberedSymbols {
  readonly phase: 'numbered';
  readonly table: SymbolTable;
  /** Functions of the unit. */
  readonly unitFuncs: number;
  /** FuncId of the first function of each object. */
  readonly funcBase: readonly number[];
  readonly extraBase: number;
  readonly extras: readonly ExtraFunc[];
  /** DataId of the first segment of each object. */
  readonly segmentBase: readonly number[];
  /** DataId of the unit's first data nav; also the number of segments. */
  readonly navDataBase: number;
  /** DataIds in all. */
  readonly dataCount: number;
  /** By GlobalId - FIXED_GLOBALS.length. */
  readonly globals: readonly ObjectRef[];
  /** Behind the objects' globals. */
  readonly globalImports: readonly ExtraImport[];
  /** GlobalId of the imported global that holds the address of an imported function, by FuncId. */
  readonly hostFuncs: ReadonlyMap<number, number>;
  /** By TableId - 1; 0 is the table of function addresses. */
  readonly tables: readonly ObjectRef[];
  readonly tableImports: readonly ExtraImport[];
  readonly tags: readonly ObjectRef[];
  readonly tagImports: readonly ExtraImport[];
  /** Sections whose borders something refers to. */
  readonly brackets: readonly string[];
  /** Per object, by symbol: FuncId, DataId, GlobalId, TableId, TagId, or a Target value. */
  readonly symbolTarget: readonly Int32Array[];
  /** Per object, by symbol: offset to add for data. */
  readonly symbolOffset: readonly Float64Array[];
  /** By nav: FuncId, DataId or a Target value. */
  readonly navTarget: Int32Array;
  /** By nav: offset to add for data. */
  readonly navOffset: Float64Array;
  readonly resolver: EntryResolver;
}

/** Numbers everything; reports calls with another signature than the definition's. */
export function numberSymbols(table: SymbolTable, options: LinkOptions, diags: Diagnostics): NumberedSymbols {
  const { state, objects } = table;
  const unitFuncs = state ? state.funcs.size : 0;
  const spaces = countDefinitions(objects, unitFuncs);
  const resolver = new EntryResolver(table, spaces, options, diags);
  const navs = state ? numberNavs(state, table, spaces.segmentCount, resolver) : NO_NAVS;
  const symbolTarget: Int32Array[] = [];
  const symbolOffset: Float64Array[] = [];
  for (let o = 0; o < objects.length; o++) {
    const { symbols } = objects[o]!;
    const targets = new Int32Array(symbols.length);
    const offsets = new Float64Array(symbols.length);
    const entries = table.symbolEntries[o]!;
    for (let s = 0; s < symbols.length; s++) {
      const entry = entries[s]!;
      const found = entry ? meaningOf(table, resolver, o, s, entry) : localMeaning(table, resolver, o, symbols[s]!);
      targets[s] = found.target;
      offsets[s] = found.offset;
    }
    symbolTarget.push(targets);
    symbolOffset.push(offsets);
  }
  return {
    phase: 'numbered',
    table,
    unitFuncs,
    funcBase: spaces.funcBase,
    extraBase: spaces.funcCount,
    extras: resolver.extras,
    segmentBase: spaces.segmentBase,
    navDataBase: spaces.segmentCount,
    dataCount: spaces.segmentCount + (state ? state.data.size : 0),
    globals: spaces.globals,
    globalImports: resolver.globalImports,
    hostFuncs: resolver.hostFuncs,
    tables: spaces.tables,
    tableImports: resolver.tableImports,
    tags: spaces.tags,
    tagImports: resolver.tagImports,
    brackets: resolver.brackets,
    symbolTarget,
    symbolOffset,
    navTarget: navs.target,
    navOffset: navs.offset,
    resolver,
  };
}

/** Where the definitions of each object begin in each index space. */
export interface DefinitionSpaces {
  readonly funcBase: readonly number[];
  readonly funcCount: number;
  readonly segmentBase: readonly number[];
  readonly segmentCount: number;
  readonly globalBase: readonly number[];
  readonly globals: readonly ObjectRef[];
  readonly tableBase: readonly number[];
  readonly tables: readonly ObjectRef[];
  readonly tagBase: readonly number[];
  readonly tags: readonly ObjectRef[];
}

function countDefinitions(objects: readonly ParsedObject[], unitFuncs: number): DefinitionSpaces {
  const funcBase: number[] = [];
  const segmentBase: number[] = [];
  const globalBase: number[] = [];
  const tableBase: number[] = [];
  const tagBase: number[] = [];
  const globals: ObjectRef[] = [];
  const tables: ObjectRef[] = [];
  const tags: ObjectRef[] = [];
  let funcCount = unitFuncs;
  let segmentCount = 0;
  for (let o = 0; o < objects.length; o++) {
    const object = objects[o]!;
    funcBase.push(funcCount);
    segmentBase.push(segmentCount);
    globalBase.push(FIXED_GLOBALS.length + globals.length);
    tableBase.push(1 + tables.length);
    tagBase.push(tags.length);
    funcCount += object.funcTypes.length;
    segmentCount += object.segments.length;
    for (let index = 0; index < object.globals.length; index++) globals.push({ object: o, index });
    for (let index = 0; index < object.tables.length; index++) tables.push({ object: o, index });
    for (let index = 0; index < object.tags.length; index++) tags.push({ object: o, index });
  }
  return {
    funcBase,
    funcCount,
    segmentBase,
    segmentCount,
    globalBase,
    globals,
    tableBase,
    tables,
    tagBase,
    tags,
  };
}

/** What a symbol that takes part in resolution means in its object. */
function meaningOf(table: SymbolTable, resolver: EntryResolver, o: number, s: number, entry: SymbolEntry): Resolution {
  const meant = table.wrapped.size === 0 ? entry : (table.wrapped.get(entry) ?? entry);
  const object = table.objects[o]!;
  const symbol = object.symbols[s]!;
  const found = resolver.resolveAs(meant, symbol.kind, object.file);
  if (!meant.isMixed || symbol.kind !== SymbolKind.function) return found;
  const type = typeOfSymbol(object, symbol) as SignatureKey;
  if (type === meant.type || !isCalled(object, s)) return found;
  return resolver.variant(meant, type, found, object.file);
}

/** Whether code calls the symbol, so that its signature matters. */
export function isCalled(object: ParsedObject, symbol: number): boolean {
  const { count, type, index } = object.codeRelocs;
  for (let r = 0; r < count; r++) if (type[r] === 0 && index[r] === symbol) return true;
  return false;
}

function localMeaning(table: SymbolTable, resolver: EntryResolver, o: number, symbol: ObjectSymbol): Resolution {
  const discarded = table.discarded[o];
  if (discarded && (symbol.flags & SymbolFlag.absolute) === 0 && isDiscarded(table.objects[o]!, symbol, discarded)) {
    return at(Target.discarded);
  }
  return resolver.own(o, symbol);
}

const NO_NAVS = { target: new Int32Array(0), offset: new Float64Array(0) };

function numberNavs(
  state: LinkState,
  table: SymbolTable,
  navDataBase: number,
  resolver: EntryResolver,
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
    if (!isFunction && !navHasBits(state, nav)) {
      target[n] = Target.null;
      continue;
    }
    const isExtern = navs[n]!.kind === 'extern_func' || navs[n]!.kind === 'extern_var';
    const named = table.entries.get(isExtern ? navs[n]!.name : state.symbolName(nav));
    if (!named) continue;
    const entry = table.wrapped.get(named) ?? named;
    let resolution = resolver.resolveAs(entry, isFunction ? SymbolKind.function : SymbolKind.data, UNIT_FILE);
    if (entry.isMixed && isFunction && state.signature(navs[n]!.ty) !== entry.type) {
      resolution = resolver.variant(entry, state.signature(navs[n]!.ty), resolution, UNIT_FILE);
    }
    target[n] = resolution.target;
    offset[n] = resolution.offset;
  }
  return { target, offset };
}

/** FuncId of a runtime function by its row, or Target.undefined. */
export function intrinsicTarget(symbols: NumberedSymbols, row: number): number {
  const entry = symbols.table.entries.get(INTRINSICS[row]!.name);
  return entry ? symbols.resolver.resolve(entry).target : Target.undefined;
}
