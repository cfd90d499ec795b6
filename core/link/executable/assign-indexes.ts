/**
 * The numbers of the output: types, functions, globals, tables, tags.
 *
 * Owns the order. Types by first use (imports, functions, tags, then what only indirect calls mention); functions: imports,
 * unit in update order, objects in input order, stubs and synthetic ones, wrappers; globals: imports, fixed, objects', those
 * that hold addresses. In wasm-ld's order types of indirect calls come first, and stubs and synthetic functions before objects.
 * Invariant: runs last before writing.
 */
import { eachObject } from '../input/each-object.ts';
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { Reloc } from '../../wasm/relocations.ts';
import type { ObjDefined, ObjectId, OutIndex, OutTypeIndex } from '../input/index-spaces.ts';
import { definedSignature, definedTagSignature } from '../input/object-symbols.ts';
import type { RelocTable, SignatureKey } from '../input/object-file.ts';
import type { LiveSet } from '../live/live-set.ts';
import { hasFunc } from '../live/live-set.ts';
import type { LinkOptions } from '../options/options.ts';
import { TypeList } from '../sections/type-list.ts';
import { extraOf, firstGlobalImport, firstTableImport, firstTagImport, funcId } from '../symbols/numbered-symbols.ts';
import type { NumberedSymbols } from '../symbols/numbered-symbols.ts';
import { FIXED_GLOBALS } from '../symbols/provided-symbols.ts';
import { importedTables } from '../symbols/table-limits.ts';
import type { FuncId } from '../symbols/targets.ts';
import { FUNCTION_TABLE } from '../symbols/targets.ts';
import type { Decided, Indexed } from './indexed.ts';
import type { Synthetics } from './synthesize.ts';

/** The options that count here. */
export type IndexOptions = Pick<LinkOptions, 'exportTable' | 'importTable' | 'wasmLdOrder'>;

/** Numbers everything that is live. */
export function assignIndexes(decided: Decided, options: IndexOptions, diags: Diagnostics): Indexed {
  const { placed, synthetics } = decided;
  const { live } = placed;
  const { symbols } = live;
  const types = new TypeList<OutTypeIndex>();
  const mentionedFirst = options.wasmLdOrder && symbols.table.state === null;
  let objectTypes = mentionedFirst ? needMentionedTypes(live, types) : null;
  const functions = numberFunctions(live, synthetics, types, mentionedFirst);
  objectTypes ??= needMentionedTypes(live, types);
  const tagIndex = numberTags(symbols, live.tags, types);
  return {
    phase: 'indexed',
    ...decided,
    types,
    objectTypes,
    ...functions,
    ...numberGlobals(symbols, live.globals, synthetics),
    tableIndex: numberTables(decided, options, diags),
    importedTables: importedTables(symbols, diags),
    tagIndex,
  };
}

function numberFunctions(
  live: LiveSet,
  synthetics: Synthetics,
  types: TypeList<OutTypeIndex>,
  syntheticsFirst: boolean,
): Pick<Indexed, 'funcIndex' | 'imports' | 'defined' | 'definedTypes'> {
  const { symbols } = live;
  const { unitFuncs, extraBase, extras } = symbols;
  const { objects, state } = symbols.table;
  const funcIndex = new Int32Array(extraBase + extras.length).fill(-1);
  const imports: FuncId[] = [];
  for (let i = 0; i < extras.length; i++) {
    const id = (extraBase + i) as FuncId;
    const { role, signature } = extras[i]!;
    if (role !== 'import' || !hasFunc(live, id)) continue;
    funcIndex[id] = imports.length;
    imports.push(id);
    types.need(signature);
  }
  const defined: FuncId[] = [];
  const definedTypes: OutTypeIndex[] = [];
  const define = (id: FuncId, key: SignatureKey): void => {
    funcIndex[id] = imports.length + defined.length;
    defined.push(id);
    definedTypes.push(types.need(key));
  };
  const defineSynthetics = (): void => {
    for (const id of synthetics.funcs) define(id, extraOf(symbols, id)!.signature);
  };
  if (syntheticsFirst) defineSynthetics();
  for (let f = 0; f < unitFuncs; f++) {
    const id = f as FuncId;
    if (hasFunc(live, id)) define(id, state!.signature(state!.funcs.values[f]!.funcTypes[0]! as IpIndex));
  }
  for (let o = 0 as ObjectId; o < objects.length; o++) {
    const object = objects[o]!;
    for (let f = 0; f < object.funcTypes.length; f++) {
      const position = f as ObjDefined<'function'>;
      const id = funcId(symbols, o, position);
      if (hasFunc(live, id)) define(id, definedSignature(object, position));
    }
  }
  if (!syntheticsFirst) defineSynthetics();
  // A wrapper has the type of the function it stands for.
  for (const { target } of synthetics.wrappers) definedTypes.push(definedTypes[funcIndex[target]! - imports.length]!);
  return { funcIndex, imports, defined, definedTypes };
}

/** Types that only calls through the table mention: of the unit, then per object those of relocations in live functions. */
function needMentionedTypes(live: LiveSet, types: TypeList<OutTypeIndex>): readonly Int32Array[] {
  const { symbols } = live;
  const { objects, state } = symbols.table;
  for (let f = 0; f < symbols.unitFuncs; f++) {
    if (!hasFunc(live, f as FuncId)) continue;
    const { funcTypes } = state!.funcs.values[f]!;
    for (let i = 1; i < funcTypes.length; i++) types.need(state!.signature(funcTypes[i]! as IpIndex));
  }
  return objects.map((object, o) => {
    const indexes = new Int32Array(object.types.length).fill(-1);
    const { codeRelocs: relocs, funcRelocs } = object;
    if (!mentionsTypes(relocs)) return indexes;
    for (let f = 0; f < object.funcTypes.length; f++) {
      if (!hasFunc(live, funcId(symbols, o as ObjectId, f as ObjDefined<'function'>))) continue;
      for (let r = funcRelocs[f]!; r < funcRelocs[f + 1]!; r++) {
        if (relocs.type[r] !== Reloc.TYPE_INDEX_LEB) continue;
        const type = relocs.index[r]!;
        if (indexes[type] === -1) indexes[type] = types.need(object.types[type]!);
      }
    }
    return indexes;
  });
}

function mentionsTypes({ type }: RelocTable): boolean {
  return type.includes(Reloc.TYPE_INDEX_LEB);
}

function numberGlobals(
  symbols: NumberedSymbols,
  live: Uint8Array,
  synthetics: Synthetics,
): Pick<Indexed, 'globalIndex' | 'addressGlobalBase' | 'exportGlobalBase'> {
  const globalIndex = new Int32Array(live.length).fill(-1);
  let count = 0;
  const importBase = firstGlobalImport(symbols);
  for (let g: number = importBase; g < live.length; g++) if (live[g] === 1) globalIndex[g] = count++;
  for (let g = 0; g < FIXED_GLOBALS.length; g++) if (synthetics.fixedGlobals[g]) globalIndex[g] = count++;
  for (let g = FIXED_GLOBALS.length; g < importBase; g++) if (live[g] === 1) globalIndex[g] = count++;
  const addressGlobalBase = count as OutIndex<'global'>;
  const exportGlobalBase = (count + synthetics.addressGlobals.length) as OutIndex<'global'>;
  return { globalIndex, addressGlobalBase, exportGlobalBase };
}

function numberTags(symbols: NumberedSymbols, live: Uint8Array, types: TypeList<OutTypeIndex>): Int32Array {
  const tagIndex = new Int32Array(live.length).fill(-1);
  const { tags, tagImports, table } = symbols;
  const importBase = firstTagImport(symbols);
  let count = 0;
  tagImports.forEach(({ type }, i) => {
    if (live[importBase + i] === 0) return;
    tagIndex[importBase + i] = count++;
    types.need(type as SignatureKey);
  });
  tags.forEach(({ object, index }, t) => {
    if (live[t] === 0) return;
    tagIndex[t] = count++;
    types.need(definedTagSignature(table.objects[object]!, index));
  });
  return tagIndex;
}

/** Imports first; the table of function addresses is the first of its kind. */
function numberTables({ placed, table }: Decided, options: IndexOptions, diags: Diagnostics): Int32Array {
  const { tables: live, usesTable, symbols, included } = placed.live;
  const tableIndex = new Int32Array(live.length).fill(-1);
  const isNeeded = usesTable || table.funcs.length > 0 || options.exportTable;
  let count = 0;
  if (isNeeded && options.importTable) tableIndex[FUNCTION_TABLE] = count++;
  const importBase = firstTableImport(symbols);
  for (let t: number = importBase; t < live.length; t++) if (live[t] === 1) tableIndex[t] = count++;
  if (isNeeded && !options.importTable) tableIndex[FUNCTION_TABLE] = count++;
  for (let t = 1; t < importBase; t++) if (live[t] === 1) tableIndex[t] = count++;
  if (tableIndex[FUNCTION_TABLE]! > 0) {
    const first = symbols.tableImports.findIndex((_, t) => live[importBase + t] === 1);
    const { name, file: other } = symbols.tableImports[first]!;
    eachObject(symbols.table.objects, ({ isLegacyTable, file }, o) => {
      if (!isLegacyTable || included[o] !== 1) return;
      diags.error('legacy_table_not_first', { name, other }, { in: 'file', file });
    });
  }
  return tableIndex;
}
