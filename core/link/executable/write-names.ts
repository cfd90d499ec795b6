/**
 * The `name` section of an executable (wasm core spec, appendix "Custom Sections").
 *
 * Owns its bytes and the name of each thing of the output that has one: what the object's own name section says, else its
 * symbol. Locals have the names that objects give them.
 */
import type { ByteWriter } from '../../wasm/byte-writer.ts';
import { NameSubsection } from '../../wasm/kinds.ts';
import type { Indexed } from './assign-indexes.ts';
import { functionName } from './function-name.ts';
import { FIXED_GLOBALS, INDIRECT_TABLE } from '../symbols/linker-symbols.ts';
import { ownerOf } from '../symbols/find-owner.ts';
import type { FuncId } from '../symbols/number-symbols.ts';
import type { LinkOptions } from '../options/options.ts';
import type { LocalName } from '../input/read-names.ts';
import { objectNames } from '../input/read-names.ts';

/** The section. */
export function writeNames(out: ByteWriter, indexed: Indexed, options: LinkOptions): void {
  const mark = out.beginCustomSection('name');
  writeModuleName(out, options.moduleName);
  writeFunctionNames(out, indexed);
  writeLocalNames(out, localNames(indexed));
  if (indexed.tableIndex[0]! > 0) {
    writeMap(out, NameSubsection.table, [{ index: indexed.tableIndex[0]!, name: INDIRECT_TABLE }]);
  }
  writeMap(out, NameSubsection.global, globalNames(indexed));
  const names = indexed.placed.groups.filter((group) => !group.isCleared).map(({ name }, index) => ({ index, name }));
  writeMap(out, NameSubsection.data, names);
  out.endSized(mark);
}

interface Named {
  readonly index: number;
  readonly name: string;
}

function writeMap(out: ByteWriter, id: number, names: readonly Named[]): void {
  if (names.length === 0) return;
  out.u8(id);
  const size = out.beginSized();
  out.uleb(names.length);
  for (const { index, name } of names) {
    out.uleb(index);
    out.name(name);
  }
  out.endSized(size);
}

function writeFunctionNames(out: ByteWriter, indexed: Indexed): void {
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
      out.name(givenName(indexed, id) ?? functionName(indexed, id));
    }
  }
  for (const { exportIndex } of synthetics.wrappers) {
    out.uleb(index++);
    out.name(`${exports[exportIndex]!.name}.command_export`);
  }
  out.endSized(size);
}

/** Name that the object itself gives a function, or undefined. */
function givenName(indexed: Indexed, id: FuncId): string | undefined {
  const { unitFuncs, extraBase, funcBase, table } = indexed.placed.live.symbols;
  if (id < unitFuncs || id >= extraBase) return undefined;
  const o = ownerOf(funcBase, id);
  const object = table.objects[o]!;
  return objectNames(object).funcs.get(object.funcImports.length + id - funcBase[o]!);
}

/** Names of the locals of one function of the output. */
export interface FuncLocals {
  readonly func: number;
  readonly locals: readonly LocalName[];
}

function localNames({ placed, funcIndex }: Indexed): readonly FuncLocals[] {
  const { table, funcBase } = placed.live.symbols;
  const named: FuncLocals[] = [];
  table.objects.forEach((object, o) => {
    for (const [own, locals] of objectNames(object).locals) {
      const defined = own - object.funcImports.length;
      if (defined < 0 || defined >= object.funcTypes.length) continue;
      const func = funcIndex[funcBase[o]! + defined]!;
      if (func >= 0) named.push({ func, locals });
    }
  });
  return named.sort((a, b) => a.func - b.func);
}

/** The subsection of local names, of functions in ascending order; nothing if there are none. */
export function writeLocalNames(out: ByteWriter, named: readonly FuncLocals[]): void {
  if (named.length === 0) return;
  out.u8(NameSubsection.local);
  const size = out.beginSized();
  out.uleb(named.length);
  for (const { func, locals } of named) {
    out.uleb(func);
    out.uleb(locals.length);
    for (const { index, name } of locals) {
      out.uleb(index);
      out.name(name);
    }
  }
  out.endSized(size);
}

/** The subsection of the name of the module itself; nothing if it has none. */
export function writeModuleName(out: ByteWriter, name: string | null): void {
  if (name === null) return;
  out.u8(NameSubsection.module);
  const size = out.beginSized();
  out.name(name);
  out.endSized(size);
}

/** Ascending by index. */
function globalNames(indexed: Indexed): readonly Named[] {
  const { synthetics, globalIndex, addressGlobalBase, exportGlobalBase, placed } = indexed;
  const { symbols } = placed.live;
  const names: Named[] = [];
  const importBase = FIXED_GLOBALS.length + symbols.globals.length;
  symbols.globalImports.forEach(({ name }, i) => {
    if (globalIndex[importBase + i]! >= 0) names.push({ index: globalIndex[importBase + i]!, name });
  });
  synthetics.fixedGlobals.forEach((global, g) => {
    if (global) names.push({ index: globalIndex[g]!, name: global.name });
  });
  symbols.globals.forEach(({ object: o, index }, g) => {
    const output = globalIndex[FIXED_GLOBALS.length + g]!;
    if (output < 0) return;
    const object = symbols.table.objects[o]!;
    const own = object.globalImports.length + index;
    const symbol = object.symbols.find(({ kind, index: i }) => kind === 2 && i === own);
    if (symbol) names.push({ index: output, name: symbol.name });
  });
  synthetics.addressGlobals.forEach(({ name }, i) => names.push({ index: addressGlobalBase + i, name }));
  synthetics.exportGlobals.forEach(({ name }, i) => names.push({ index: exportGlobalBase + i, name }));
  return names;
}
