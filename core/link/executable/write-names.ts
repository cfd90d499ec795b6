/**
 * The `name` section of an executable (wasm core spec, appendix "Custom Sections").
 *
 * Owns its bytes and the name of each thing of the output that has one: what the object's own name section says, else its
 * symbol. Locals have the names that objects give them, and those of the unit that hold variables the names of these, if there is debug information.
 */
import { eachObject } from '../input/each-object.ts';
import type { ByteWriter } from '../../wasm/byte-writer.ts';
import { NameSubsection, SymbolKind } from '../../wasm/kinds.ts';
import { functionName } from './function-name.ts';
import { definedFunc, definedPosition } from '../input/object-symbols.ts';
import {
  extraOf,
  firstGlobalImport,
  funcId,
  funcOwner,
  funcPosition,
  globalId,
  isUnitFunc,
  objectFunc,
} from '../symbols/numbered-symbols.ts';
import { INDIRECT_TABLE } from '../symbols/provided-symbols.ts';
import type { FuncId, GlobalId } from '../symbols/targets.ts';
import { FUNCTION_TABLE } from '../symbols/targets.ts';
import type { PlacedFunction } from './write-code.ts';
import type { Indexed } from './indexed.ts';
import { funcIndexOf, globalIndexOf, tableIndexOf } from './indexed.ts';
import type { LinkOptions } from '../options/options.ts';
import type { FuncLocals, IndexName } from '../sections/name-maps.ts';
import { writeLocalNames, writeModuleName, writeNameMap } from '../sections/name-maps.ts';
import { objectNames } from '../input/read-names.ts';

/** The section. */
export function writeNames(
  out: ByteWriter,
  indexed: Indexed,
  { moduleName, wasmLdOrder, displayName }: Pick<LinkOptions, 'moduleName' | 'wasmLdOrder' | 'displayName'>,
  debug: readonly PlacedFunction[],
): void {
  const mark = out.beginCustomSection('name');
  writeModuleName(out, moduleName);
  writeFunctionNames(out, indexed, displayName);
  writeLocalNames(out, namedLocals(indexed, debug));
  const table = tableIndexOf(indexed, FUNCTION_TABLE);
  if (table > 0) writeNameMap(out, NameSubsection.table, [{ index: table, name: INDIRECT_TABLE }]);
  writeNameMap(out, NameSubsection.global, globalNames(indexed, wasmLdOrder));
  const names = indexed.placed.groups.filter((group) => !group.isCleared).map(({ name }, index) => ({ index, name }));
  writeNameMap(out, NameSubsection.data, names);
  out.endSized(mark);
}

function writeFunctionNames(out: ByteWriter, indexed: Indexed, displayName: LinkOptions['displayName']): void {
  const { imports, defined, synthetics } = indexed;
  const { exports } = indexed.placed.live;
  const count = imports.length + defined.length + synthetics.wrappers.length;
  if (count === 0) return;
  out.u8(NameSubsection.function);
  const size = out.beginSized();
  out.uleb(count);
  let index = 0;
  for (const ids of [imports, defined]) {
    for (const id of ids) {
      out.uleb(index++);
      out.name(givenName(indexed, id) ?? functionName(indexed, id, displayName));
    }
  }
  for (const { exportIndex } of synthetics.wrappers) {
    out.uleb(index++);
    const name = `${exports[exportIndex]!.symbol}.command_export`;
    out.name(displayName?.(name) ?? name);
  }
  out.endSized(size);
}

/** Name that the object itself gives a function, or undefined. */
function givenName(indexed: Indexed, id: FuncId): string | undefined {
  const { symbols } = indexed.placed.live;
  if (isUnitFunc(symbols, id) || extraOf(symbols, id)) return undefined;
  const o = funcOwner(symbols, id);
  const object = symbols.table.objects[o]!;
  return objectNames(object).funcs.get(objectFunc(object, funcPosition(symbols, o, id)));
}

function namedLocals(indexed: Indexed, debug: readonly PlacedFunction[]): readonly FuncLocals[] {
  const { symbols } = indexed.placed.live;
  const named: FuncLocals[] = [];
  for (const { id, scope } of debug) {
    const locals = symbols.table.state!.debug!.localNames(scope);
    if (locals.length > 0) named.push({ func: funcIndexOf(indexed, id), locals });
  }
  eachObject(symbols.table.objects, (object, o) => {
    for (const [index, locals] of objectNames(object).locals) {
      const position = definedFunc(object, { index });
      if (position < 0 || position >= object.funcTypes.length) continue;
      const func = funcIndexOf(indexed, funcId(symbols, o, position));
      if (func >= 0) named.push({ func, locals });
    }
  });
  return named.sort((a, b) => a.func - b.func);
}

/** Ascending by index. */
function globalNames(indexed: Indexed, wasmLdOrder: boolean): readonly IndexName[] {
  const { synthetics, addressGlobalBase, exportGlobalBase, placed } = indexed;
  const { symbols } = placed.live;
  const names: IndexName[] = [];
  const importBase = firstGlobalImport(symbols);
  symbols.globalImports.forEach(({ name }, i) => {
    const index = globalIndexOf(indexed, (importBase + i) as GlobalId);
    if (index >= 0) names.push({ index, name });
  });
  synthetics.fixedGlobals.forEach((global, g) => {
    if (global) names.push({ index: globalIndexOf(indexed, g as GlobalId), name: global.name });
  });
  symbols.globals.forEach(({ object: o, index: position }) => {
    const index = globalIndexOf(indexed, globalId(symbols, o, position));
    if (index < 0) return;
    const object = symbols.table.objects[o]!;
    const symbol = object.symbols.find((one) => {
      return one.kind === SymbolKind.global && definedPosition(object, one) === position;
    });
    if (symbol) names.push({ index, name: symbol.name });
  });
  synthetics.addressGlobals.forEach(({ name }, i) => names.push({ index: addressGlobalBase + i, name }));
  if (!wasmLdOrder)
    synthetics.exportGlobals.forEach(({ name }, i) => names.push({ index: exportGlobalBase + i, name }));
  return names;
}
