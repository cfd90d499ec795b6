/**
 * The sections of an executable, in file order (wasm core spec 5.5).
 *
 * Owns the bytes and nothing else: every number comes from the phases before. Bodies of the unit are emitted here, because
 * only now are the numbers final that their LEBs depend on; bodies of objects are copied at their length and patched in
 * place. Invariant: equal input records give equal bytes.
 */
import { emitBody } from '../mir/emit.ts';
import { ByteWriter } from '../wasm/byte-writer.ts';
import { ExternalKind, NameSubsection, SectionId, SegmentMode } from '../wasm/kinds.ts';
import { OP } from '../wasm/opcodes.ts';
import type { Indexed } from './assign-indexes.ts';
import { FIRST_SLOT } from './indirect-table.ts';
import type { Group } from './layout-data.ts';
import { MEMORY_EXPORT, ownerOf, TABLE_EXPORT } from './mark-live.ts';
import type { FuncId } from './number-symbols.ts';
import { functionName } from './link-map.ts';
import type { LinkOptions } from './options.ts';
import { applyFixups, applyRelocations, ExecutableSink } from './relocate.ts';
import type { SyntheticGlobal } from './synthesize.ts';
import {
  writeElements,
  writeFunctions,
  writeHeader,
  writeI32Const,
  writeLimits,
  writeTableType,
  writeTypes,
} from './write-vectors.ts';

/** Bytes of the module. */
export function writeExecutable(indexed: Indexed, options: LinkOptions): Uint8Array {
  const out = new ByteWriter(4096);
  writeHeader(out);
  writeTypes(out, indexed.types);
  writeImports(out, indexed);
  writeFunctions(out, indexed.definedTypes);
  writeTable(out, indexed, options);
  writeMemory(out, indexed);
  writeGlobals(out, indexed);
  writeExports(out, indexed, options);
  writeElements(
    out,
    FIRST_SLOT,
    indexed.table.funcs.map((id) => indexed.funcIndex[id]!),
  );
  writeCode(out, indexed);
  writeData(out, indexed);
  if (!options.strip) writeNames(out, indexed);
  return out.toBytes();
}

function writeImports(out: ByteWriter, indexed: Indexed): void {
  const { imports, placed } = indexed;
  if (imports.length === 0) return;
  const { extras, extraBase } = placed.live.symbols;
  const mark = out.beginSection(SectionId.import);
  out.uleb(imports.length);
  for (const id of imports) {
    const { origin, signature } = extras[id - extraBase]!;
    out.name(origin!.module);
    out.name(origin!.field);
    out.u8(ExternalKind.function);
    out.uleb(indexed.typeIndex.get(signature)!);
  }
  out.endSized(mark);
}

function hasTable(indexed: Indexed, options: LinkOptions): boolean {
  return indexed.placed.live.usesTable || indexed.table.funcs.length > 0 || options.exportTable;
}

function writeTable(out: ByteWriter, indexed: Indexed, options: LinkOptions): void {
  if (!hasTable(indexed, options)) return;
  const mark = out.beginSection(SectionId.table);
  const size = FIRST_SLOT + indexed.table.funcs.length;
  out.uleb(1);
  writeTableType(out, size, size);
  out.endSized(mark);
}

function writeMemory(out: ByteWriter, indexed: Indexed): void {
  const { pages, maxPages } = indexed.placed.memory;
  const mark = out.beginSection(SectionId.memory);
  out.uleb(1);
  writeLimits(out, pages, maxPages);
  out.endSized(mark);
}

function writeGlobals(out: ByteWriter, indexed: Indexed): void {
  const { synthetics, placed, globalIndex } = indexed;
  const { globals, table } = placed.live.symbols;
  const liveGlobals = globals.filter((_, g) => globalIndex[g + 1]! >= 0);
  const count = (synthetics.stackPointer ? 1 : 0) + liveGlobals.length + synthetics.addressGlobals.length;
  if (count === 0) return;
  const mark = out.beginSection(SectionId.global);
  out.uleb(count);
  if (synthetics.stackPointer) writeSyntheticGlobal(out, synthetics.stackPointer);
  for (const { object: o, global: g } of liveGlobals) {
    const object = table.objects[o]!;
    const { valType, mutable, start, end } = object.globals[g]!;
    out.u8(valType);
    out.u8(mutable ? 1 : 0);
    out.appendRange(object.bytes, start, end);
    out.u8(OP.end);
  }
  for (const global of synthetics.addressGlobals) writeSyntheticGlobal(out, global);
  out.endSized(mark);
}

function writeSyntheticGlobal(out: ByteWriter, global: SyntheticGlobal): void {
  out.u8(global.valType);
  out.u8(global.mutable ? 1 : 0);
  writeI32Const(out, global.value);
}

function writeExports(out: ByteWriter, indexed: Indexed, options: LinkOptions): void {
  const { exports } = indexed.placed.live;
  const exportTable = options.exportTable;
  const count = exports.length + (options.exportMemory ? 1 : 0) + (exportTable ? 1 : 0);
  if (count === 0) return;
  const mark = out.beginSection(SectionId.export);
  out.uleb(count);
  let addressGlobal = indexed.addressGlobalBase;
  for (const { name, kind, target } of exports) {
    out.name(name);
    out.u8(kind);
    out.uleb(kind === ExternalKind.function ? indexed.funcIndex[target]! : addressGlobal++);
  }
  if (exportTable) {
    out.name(TABLE_EXPORT);
    out.u8(ExternalKind.table);
    out.uleb(0);
  }
  if (options.exportMemory) {
    out.name(MEMORY_EXPORT);
    out.u8(ExternalKind.memory);
    out.uleb(0);
  }
  out.endSized(mark);
}

function writeCode(out: ByteWriter, indexed: Indexed): void {
  const { defined, placed, synthetics } = indexed;
  if (defined.length === 0) return;
  const { unitFuncs, extraBase, table } = placed.live.symbols;
  const { state } = table;
  const mark = out.beginSection(SectionId.code);
  out.uleb(defined.length);
  const sink = new ExecutableSink(indexed);
  const body = new ByteWriter(1024);
  for (const id of defined) {
    if (id < unitFuncs) {
      body.clear();
      emitBody(state!.codeOf(state!.funcs.values[id]!), body, sink);
      out.uleb(body.length);
      out.appendRange(body.bytes, 0, body.length);
    } else if (id < extraBase) {
      writeObjectBody(out, indexed, id);
    } else {
      const { body: made } = synthetics.funcs.find((func) => func.id === id)!;
      out.uleb(made.length);
      out.append(made);
    }
  }
  out.endSized(mark);
}

function writeObjectBody(out: ByteWriter, indexed: Indexed, id: FuncId): void {
  const { funcBase, table } = indexed.placed.live.symbols;
  const o = ownerOf(funcBase, id);
  const object = table.objects[o]!;
  const f = id - funcBase[o]!;
  const start = object.bodyStart[f]!;
  const end = object.bodyEnd[f]!;
  out.uleb(end - start);
  const base = out.length;
  out.appendRange(object.bytes, start, end);
  const { codeRelocs, funcRelocs } = object;
  applyRelocations(indexed, o, codeRelocs, funcRelocs[f]!, funcRelocs[f + 1]!, out.bytes, start, base, 0);
}

function writeData(out: ByteWriter, indexed: Indexed): void {
  const { groups } = indexed.placed;
  if (groups.length === 0) return;
  const mark = out.beginSection(SectionId.data);
  out.uleb(groups.length);
  for (const group of groups) {
    out.uleb(SegmentMode.active);
    writeI32Const(out, group.start);
    out.uleb(group.end - group.start);
    writeGroup(out, indexed, group);
  }
  out.endSized(mark);
}

/** The content of a group: padding, then bytes, segment by segment. */
function writeGroup(out: ByteWriter, indexed: Indexed, group: Group): void {
  const { objects } = indexed.placed.live.symbols.table;
  const base = out.length;
  for (const { address, size, lowered, object: o, segment: s } of group.segments) {
    const at = base + address - group.start;
    out.zeros(at - out.length);
    if (lowered) {
      if (lowered.bytes) out.append(lowered.bytes);
      else out.zeros(size);
      applyFixups(indexed, lowered, out.bytes, at);
    } else {
      const object = objects[o]!;
      const { start, end } = object.segments[s]!;
      out.appendRange(object.bytes, start, end);
      const { dataRelocs, segmentRelocs } = object;
      const from = segmentRelocs[s]!;
      applyRelocations(indexed, o, dataRelocs, from, segmentRelocs[s + 1]!, out.bytes, start, at, address);
    }
  }
}

function writeNames(out: ByteWriter, indexed: Indexed): void {
  const mark = out.beginCustomSection('name');
  writeFunctionNames(out, indexed);
  writeGlobalNames(out, indexed);
  const { groups } = indexed.placed;
  if (groups.length > 0) {
    out.u8(NameSubsection.data);
    const size = out.beginSized();
    out.uleb(groups.length);
    groups.forEach((group, i) => {
      out.uleb(i);
      out.name(group.name);
    });
    out.endSized(size);
  }
  out.endSized(mark);
}

function writeFunctionNames(out: ByteWriter, indexed: Indexed): void {
  const { imports, defined } = indexed;
  if (imports.length + defined.length === 0) return;
  out.u8(NameSubsection.function);
  const size = out.beginSized();
  out.uleb(imports.length + defined.length);
  let index = 0;
  for (const ids of [imports, defined]) {
    for (const id of ids) {
      out.uleb(index++);
      out.name(functionName(indexed, id));
    }
  }
  out.endSized(size);
}

function writeGlobalNames(out: ByteWriter, indexed: Indexed): void {
  const { synthetics, addressGlobalBase } = indexed;
  const { stackPointer, addressGlobals } = synthetics;
  const count = (stackPointer ? 1 : 0) + addressGlobals.length;
  if (count === 0) return;
  out.u8(NameSubsection.global);
  const size = out.beginSized();
  out.uleb(count);
  if (stackPointer) {
    out.uleb(0);
    out.name(stackPointer.name);
  }
  addressGlobals.forEach((global, i) => {
    out.uleb(addressGlobalBase + i);
    out.name(global.name);
  });
  out.endSized(size);
}
