/**
 * The numbers of the output: types, functions, globals, tables, tags.
 *
 * Owns the order. Types by first use (imports, functions, tags, then what only indirect calls mention); functions: imports,
 * unit in update order, objects in input order, stubs and synthetic ones, wrappers; globals: imports, fixed, objects', those
 * that hold addresses. Invariant: runs last before writing; nothing changes a number afterwards, so minimal LEBs are safe.
 */
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import type { IpIndex } from '../../intern/keys.ts';
import type { IndirectTable } from '../layout/indirect-table.ts';
import type { Placed } from '../layout/layout-data.ts';
import { FIXED_GLOBALS } from '../symbols/linker-symbols.ts';
import type { FuncId, NumberedSymbols } from '../symbols/number-symbols.ts';
import type { ParsedObject, RelocTable, SignatureKey } from '../input/object-file.ts';
import type { LinkOptions } from '../options/options.ts';
import type { Synthetics } from './synthesize.ts';
import type { ImportedTable } from './table-limits.ts';
import { importedTables } from './table-limits.ts';

/** See the file header. */
export interface Indexed {
  readonly phase: 'indexed';
  readonly placed: Placed;
  readonly table: IndirectTable;
  readonly synthetics: Synthetics;
  /** Features of the output. */
  readonly features: readonly string[];
  /** Types of the output, in order. */
  readonly types: readonly SignatureKey[];
  /** Output type index by signature. */
  readonly typeIndex: ReadonlyMap<SignatureKey, number>;
  /** Per object: output type index by its type index; -1 for types the output does not have. */
  readonly objectTypes: readonly Int32Array[];
  /** Imported functions, in order. */
  readonly imports: readonly FuncId[];
  /** Functions with a body, in order; wrappers come behind them. */
  readonly defined: readonly FuncId[];
  /** Type index of each defined function, then of each wrapper. */
  readonly definedTypes: readonly number[];
  /** Output function index by FuncId; -1 for what is not in the output. */
  readonly funcIndex: Int32Array;
  /** Output global index by GlobalId; -1 for what is not in the output. */
  readonly globalIndex: Int32Array;
  /** Output index of the first global of Synthetics.addressGlobals. */
  readonly addressGlobalBase: number;
  /** Output index of the first global of Synthetics.exportGlobals. */
  readonly exportGlobalBase: number;
  /** Output table index by TableId; -1 for what is not in the output. */
  readonly tableIndex: Int32Array;
  /** By position in NumberedSymbols.tableImports. */
  readonly importedTables: readonly (ImportedTable | null)[];
  readonly tagIndex: Int32Array;
}

/** Numbers everything that is live. */
export function assignIndexes(
  placed: Placed,
  table: IndirectTable,
  synthetics: Synthetics,
  features: readonly string[],
  options: LinkOptions,
  diags: Diagnostics,
): Indexed {
  const { live } = placed;
  const { symbols } = live;
  const { objects, state } = symbols.table;
  const { unitFuncs, extraBase, extras } = symbols;
  const types: SignatureKey[] = [];
  const typeIndex = new Map<SignatureKey, number>();
  const needType = (key: SignatureKey): number => {
    let index = typeIndex.get(key);
    if (index === undefined) {
      index = types.length;
      types.push(key);
      typeIndex.set(key, index);
    }
    return index;
  };
  const funcIndex = new Int32Array(extraBase + extras.length).fill(-1);
  const imports: FuncId[] = [];
  for (let i = 0; i < extras.length; i++) {
    const id = extraBase + i;
    const { role, signature } = extras[i]!;
    if (role !== 'import' || live.funcs[id] === 0) continue;
    funcIndex[id] = imports.length;
    imports.push(id as FuncId);
    needType(signature);
  }
  const defined: FuncId[] = [];
  const definedTypes: number[] = [];
  const define = (id: number, key: SignatureKey): void => {
    funcIndex[id] = imports.length + defined.length;
    defined.push(id as FuncId);
    definedTypes.push(needType(key));
  };
  for (let id = 0; id < unitFuncs; id++) {
    if (live.funcs[id] === 1) define(id, state!.signature(state!.funcs.values[id]!.funcTypes[0]! as IpIndex));
  }
  for (let o = 0; o < objects.length; o++) {
    const { funcTypes, types: own } = objects[o]!;
    const base = symbols.funcBase[o]!;
    for (let f = 0; f < funcTypes.length; f++) if (live.funcs[base + f] === 1) define(base + f, own[funcTypes[f]!]!);
  }
  for (const id of synthetics.funcs) define(id, extras[id - extraBase]!.signature);
  // A wrapper has the type of the function it stands for.
  for (const { target } of synthetics.wrappers) definedTypes.push(definedTypes[funcIndex[target]! - imports.length]!);
  for (let id = 0; id < unitFuncs; id++) {
    if (live.funcs[id] === 0) continue;
    const { funcTypes } = state!.funcs.values[id]!;
    for (let i = 1; i < funcTypes.length; i++) needType(state!.signature(funcTypes[i]! as IpIndex));
  }
  const objectTypes = objects.map((object, o) => {
    const base = symbols.funcBase[o]!;
    return needRelocTypes(object, (f) => live.funcs[base + f] === 1, needType);
  });
  const tagIndex = numberTags(symbols, live.tags, needType);
  const globals = numberGlobals(symbols, live.globals, synthetics);
  return {
    phase: 'indexed',
    placed,
    table,
    synthetics,
    features,
    types,
    typeIndex,
    objectTypes,
    imports,
    defined,
    definedTypes,
    funcIndex,
    ...globals,
    tableIndex: numberTables(placed, table, options, diags),
    importedTables: importedTables(symbols, diags),
    tagIndex,
  };
}

function numberGlobals(
  symbols: NumberedSymbols,
  live: Uint8Array,
  synthetics: Synthetics,
): Pick<Indexed, 'globalIndex' | 'addressGlobalBase' | 'exportGlobalBase'> {
  const globalIndex = new Int32Array(live.length).fill(-1);
  let count = 0;
  const importBase = FIXED_GLOBALS.length + symbols.globals.length;
  for (let g = importBase; g < live.length; g++) if (live[g] === 1) globalIndex[g] = count++;
  for (let g = 0; g < FIXED_GLOBALS.length; g++) if (synthetics.fixedGlobals[g]) globalIndex[g] = count++;
  for (let g = FIXED_GLOBALS.length; g < importBase; g++) if (live[g] === 1) globalIndex[g] = count++;
  const exportGlobalBase = count + synthetics.addressGlobals.length;
  return { globalIndex, addressGlobalBase: count, exportGlobalBase };
}

function numberTags(symbols: NumberedSymbols, live: Uint8Array, needType: (key: SignatureKey) => number): Int32Array {
  const tagIndex = new Int32Array(live.length).fill(-1);
  const { tags, tagImports, table } = symbols;
  let count = 0;
  tagImports.forEach(({ type }, i) => {
    if (live[tags.length + i] === 0) return;
    tagIndex[tags.length + i] = count++;
    needType(type as SignatureKey);
  });
  tags.forEach(({ object, index }, t) => {
    if (live[t] === 0) return;
    tagIndex[t] = count++;
    const { types, tags: own } = table.objects[object]!;
    needType(types[own[index]!]!);
  });
  return tagIndex;
}

/** Imports first; the table of function addresses is the first of its kind. */
function numberTables(placed: Placed, table: IndirectTable, options: LinkOptions, diags: Diagnostics): Int32Array {
  const { tables: live, usesTable, symbols, included } = placed.live;
  const tableIndex = new Int32Array(live.length).fill(-1);
  const isNeeded = usesTable || table.funcs.length > 0 || options.exportTable;
  let count = 0;
  if (isNeeded && options.importTable) tableIndex[0] = count++;
  const importBase = 1 + symbols.tables.length;
  for (let t = importBase; t < live.length; t++) if (live[t] === 1) tableIndex[t] = count++;
  if (isNeeded && !options.importTable) tableIndex[0] = count++;
  for (let t = 1; t < importBase; t++) if (live[t] === 1) tableIndex[t] = count++;
  if (tableIndex[0]! > 0) {
    symbols.table.objects.forEach(({ isLegacyTable, file }, o) => {
      if (isLegacyTable && included[o] === 1) diags.error('legacy_table_not_first', {}, { in: 'file', file });
    });
  }
  return tableIndex;
}

const TYPE_INDEX_LEB = 6;

/** Types that relocations of live functions mention. */
function needRelocTypes(
  object: ParsedObject,
  isLive: (func: number) => boolean,
  needType: (key: SignatureKey) => number,
): Int32Array {
  const { codeRelocs: relocs, funcRelocs } = object;
  const indexes = new Int32Array(object.types.length).fill(-1);
  if (!mentionsTypes(relocs)) return indexes;
  for (let f = 0; f < object.funcTypes.length; f++) {
    if (!isLive(f)) continue;
    for (let r = funcRelocs[f]!; r < funcRelocs[f + 1]!; r++) {
      if (relocs.type[r] !== TYPE_INDEX_LEB) continue;
      const type = relocs.index[r]!;
      if (indexes[type] === -1) indexes[type] = needType(object.types[type]!);
    }
  }
  return indexes;
}

function mentionsTypes({ type }: RelocTable): boolean {
  return type.includes(TYPE_INDEX_LEB);
}
