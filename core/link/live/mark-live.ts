/**
 * What the output needs: marking from the roots to a fixed point, and what follows from where it ends.
 *
 * Owns the order of things, what stays where nothing is collected, and the order of constructors (tool-conventions Linking.md,
 * "Start Section"). roots.ts has the roots, walk.ts the walk. Invariant: nothing gets a number here.
 */
import { eachObject } from '../input/each-object.ts';
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import type { ObjDefined, ObjectId, ObjSegIndex, ObjSymIndex } from '../input/index-spaces.ts';
import { typeOfSymbol } from '../input/object-symbols.ts';
import { SymbolKind } from '../../wasm/kinds.ts';
import type { LinkOptions } from '../options/options.ts';
import type { NumberedSymbols } from '../symbols/numbered-symbols.ts';
import {
  dataId,
  extraOf,
  firstGlobalImport,
  firstTableImport,
  firstTagImport,
  funcId,
  STACK_POINTER,
  targetOf,
} from '../symbols/numbered-symbols.ts';
import { FIXED_GLOBALS } from '../symbols/provided-symbols.ts';
import { UNDEFINED } from '../symbols/symbol-table.ts';
import type { DataId, FuncId, GlobalId, TableId, TagId, Target } from '../symbols/targets.ts';
import { isDefinition } from '../symbols/targets.ts';
import type { LiveSet } from './live-set.ts';
import { Marks } from './marks.ts';
import type { RootOptions } from './roots.ts';
import { Roots } from './roots.ts';
import type { MarkOptions } from './walk.ts';
import { Walk } from './walk.ts';

/** Marks from the roots. */
export function markLive(
  symbols: NumberedSymbols,
  options: MarkOptions & RootOptions & Pick<LinkOptions, 'gc' | 'wasmLdOrder'>,
  diags: Diagnostics,
): LiveSet {
  const marks = new Marks(symbols);
  const walk = new Walk(symbols, marks, options, diags);
  const roots = new Roots(symbols, marks, options, diags);
  const { state, isLazy, entries } = symbols.table;
  if (state) roots.exportUnit(state);
  roots.exportObjects();
  roots.exportRequested();
  if (options.exportDynamic || options.exportAll) roots.exportAll();
  for (const name of options.undefined) roots.keep(name);
  // As wasm-ld, and for debuggers: frames count from it even where no code does.
  if ((entries.get('__stack_pointer')?.definedIn ?? UNDEFINED) === UNDEFINED) marks.markGlobal(STACK_POINTER);
  for (let o = 0 as ObjectId; o < isLazy.length; o++) if (!isLazy[o]) walk.includeObject(o);
  const callDtors = roots.markDtors();
  if (!options.gc) markEverything(symbols, marks);
  walk.drain();
  if (!options.gc) walk.reportCustoms();
  if (options.exportAll) roots.exportBorders();
  const initFuncs = orderInitFuncs(symbols, marks, diags);
  const callsCtors = (entries.get('__wasm_call_ctors')?.isReferenced ?? false) || roots.names.has('__wasm_call_ctors');
  const wrapsExports = !callsCtors && (initFuncs.length > 0 || callDtors >= 0);
  const tablePlace = options.wasmLdOrder && !state ? roots.sortExports(wrapsExports) : roots.exports.length;
  return {
    phase: 'live',
    symbols,
    funcs: marks.funcs,
    data: marks.data,
    dataUses: marks.dataUses,
    globals: marks.globals,
    tables: marks.tables,
    tags: marks.tags,
    included: marks.included,
    uavs: marks.uavs,
    uavPosition: marks.uavPosition,
    addressGlobals: marks.addressGlobals,
    addressGlobalPosition: marks.addressGlobalPosition,
    nulls: options.gc ? marks.nulls : null,
    usesTable: marks.usesTable,
    exports: roots.exports,
    exportsTable: roots.exportsTable,
    tablePlace,
    initFuncs,
    callDtors,
    wrapsExports,
  };
}

/** Everything in the inputs stays, but what COMDAT groups leave out. */
function markEverything(symbols: NumberedSymbols, marks: Marks): void {
  const { table, unitFuncs, navDataBase, dataCount } = symbols;
  for (let f = 0; f < unitFuncs; f++) marks.markFunc(f as FuncId);
  eachObject(table.objects, (object, o) => {
    const discarded = table.discarded[o];
    for (let f = 0; f < object.funcTypes.length; f++) {
      if (!discarded?.funcs.has(f)) marks.markFunc(funcId(symbols, o, f as ObjDefined<'function'>));
    }
    for (let s = 0; s < object.segments.length; s++) {
      if (!discarded?.segments.has(s)) marks.markData(dataId(symbols, o, s as ObjSegIndex));
    }
  });
  for (let d = navDataBase; d < dataCount; d++) marks.markData(d as DataId);
  for (let g = FIXED_GLOBALS.length; g < firstGlobalImport(symbols); g++) marks.markGlobal(g as GlobalId);
  for (let t = 1; t < firstTableImport(symbols); t++) marks.markTable(t as TableId);
  for (let t = 0; t < firstTagImport(symbols); t++) marks.markTag(t as TagId);
  markImports(symbols, marks);
}

/** Undefined symbols of objects that lead to the host, whether or not anything uses them. */
function markImports(symbols: NumberedSymbols, marks: Marks): void {
  const { objects, symbolEntries } = symbols.table;
  eachObject(objects, (object, o) => {
    object.symbols.forEach(({ kind }, s) => {
      if (symbolEntries[o]![s]?.definedIn !== UNDEFINED) return;
      const target = targetOf(symbols, o, s as ObjSymIndex);
      if (isImport(symbols, kind, target)) marks.mark(kind, target);
    });
  });
}

function isImport(symbols: NumberedSymbols, kind: number, target: Target): boolean {
  switch (kind) {
    case SymbolKind.function:
      return isDefinition(target) && extraOf(symbols, target as FuncId)?.role === 'import';
    case SymbolKind.global:
      return target >= firstGlobalImport(symbols);
    case SymbolKind.table:
      return target >= firstTableImport(symbols);
    case SymbolKind.tag:
      return target >= firstTagImport(symbols);
    default:
      return false;
  }
}

/** Constructors of included objects by priority, then in input order. */
function orderInitFuncs(symbols: NumberedSymbols, marks: Marks, diags: Diagnostics): readonly FuncId[] {
  const { objects } = symbols.table;
  let found: { priority: number; id: FuncId; order: number }[] | null = null;
  for (let o = 0 as ObjectId; o < objects.length; o++) {
    const object = objects[o]!;
    const { initFuncs, symbols: names, file } = object;
    if (initFuncs.length === 0 || marks.included[o] === 0) continue;
    for (const { priority, symbol } of initFuncs) {
      const target = targetOf(symbols, o, symbol);
      if (!isDefinition(target)) continue;
      if (!typeOfSymbol(object, names[symbol]!).startsWith('>')) {
        diags.error('constructor_with_parameters', { name: names[symbol]!.name }, { in: 'file', file });
      }
      found ??= [];
      found.push({ priority, id: target as FuncId, order: found.length });
    }
  }
  if (found === null) return NO_FUNCS;
  found.sort((a, b) => a.priority - b.priority || a.order - b.order);
  return found.map(({ id }) => id);
}

const NO_FUNCS: readonly FuncId[] = [];
