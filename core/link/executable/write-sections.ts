/**
 * The sections of an executable, in file order (wasm core spec 5.5).
 *
 * Owns the order and the sections in front of the code; write-code.ts, write-data.ts, write-names.ts and write-custom.ts have
 * the others. Every number comes from the phases before. Invariant: equal input records give equal bytes.
 */
import type { ByteWriter } from '../../wasm/byte-writer.ts';
import { log2Exact } from '../../support/numeric.ts';
import {
  ExternalKind,
  LimitsFlag,
  MODULE_HEADER,
  PAGE_SIZE,
  SectionId,
  ValType,
  valTypeName,
} from '../../wasm/kinds.ts';
import { uleb32Length } from '../../wasm/leb128.ts';
import type { ObjDefined, ObjectId } from '../input/index-spaces.ts';
import type { ParsedObject, SignatureKey } from '../input/object-file.ts';
import { definedTagSignature } from '../input/object-symbols.ts';
import type { SegmentId } from '../layout/collect-segments.ts';
import type { LinkOptions } from '../options/options.ts';
import { writeBuildId } from '../sections/write-build-id.ts';
import { writeFeatures } from '../sections/write-linking.ts';
import { writeProducers } from '../sections/write-producers.ts';
import {
  writeAddressConst,
  writeElements,
  writeFunctions,
  writeGlobal,
  writeHeader,
  writeLimits,
  writeTypes,
} from '../sections/write-vectors.ts';
import {
  extraOf,
  firstGlobalImport,
  firstTableImport,
  firstTagImport,
  funcId,
  globalId,
  initialiserTarget,
} from '../symbols/numbered-symbols.ts';
import type { ExtraImport } from '../symbols/numbered-symbols.ts';
import { INDIRECT_TABLE } from '../symbols/provided-symbols.ts';
import type { FuncId, GlobalId, TableId, TagId, Target } from '../symbols/targets.ts';
import { FUNCTION_TABLE } from '../symbols/targets.ts';
import { writeEmittedRelocs } from './emit-relocs.ts';
import type { Indexed } from './indexed.ts';
import { funcIndexOf, globalIndexOf, tableIndexOf, tagIndexOf } from './indexed.ts';
import type { OutputBuffers } from '../../wasm/output-buffers.ts';
import type { SyntheticGlobal } from './synthesize.ts';
import { writeCode } from './write-code.ts';
import type { CustomOptions } from './write-custom.ts';
import { writeCustoms } from './write-custom.ts';
import { usesPassive, writeData } from './write-data.ts';
import { writeNames } from './write-names.ts';

/** The options that count here. */
export type OutputOptions = CustomOptions &
  Pick<
    LinkOptions,
    | 'undefinedPolicy'
    | 'importMemory'
    | 'importTable'
    | 'exportTable'
    | 'exportAll'
    | 'exportMemory'
    | 'memoryName'
    | 'sharedMemory'
    | 'growableTable'
    | 'wasmLdOrder'
    | 'compressRelocations'
    | 'keepSections'
    | 'moduleName'
    | 'displayName'
    | 'buildId'
  >;

/** Bytes of the module. */
export function writeExecutable(indexed: Indexed, options: OutputOptions, buffers: OutputBuffers): Uint8Array {
  const out = buffers.openModule(estimateSize(indexed));
  const { table, placed } = indexed;
  const { objects, is64, isTable64 } = placed.live.symbols.table;
  writeHeader(out);
  if (options.undefinedPolicy === 'dynamic') writeDylink(out, indexed);
  writeTypes(out, indexed.types.keys);
  writeImports(out, indexed, options);
  writeFunctions(out, indexed.definedTypes);
  writeTables(out, indexed, options);
  if (options.importMemory === null) {
    const mark = out.beginSection(SectionId.memory);
    out.uleb(1);
    writeMemoryType(out, indexed, options);
    out.endSized(mark);
  }
  writeTags(out, indexed);
  writeGlobals(out, indexed);
  writeExports(out, indexed, options);
  writeStart(out, indexed);
  const slots = table.funcs.map((id) => funcIndexOf(indexed, id));
  writeElements(out, { firstSlot: table.base, funcs: slots, table: tableIndexOf(indexed, FUNCTION_TABLE), isTable64 });
  if (usesPassive(indexed)) writeDataCount(out, indexed);
  const code = writeCode(out, indexed, options, buffers.body);
  const segmentStart = options.emitRelocs ? new Map<SegmentId, number>() : null;
  writeData(out, indexed, is64, segmentStart);
  if (objects.length > 0 || code.debug.length > 0) {
    const customs = writeCustoms(out, indexed, code, options);
    if (segmentStart) {
      const places = { code, data: { segmentStart }, customs, importsTable: options.importTable };
      writeEmittedRelocs(out, MODULE_HEADER.length, indexed, places);
    }
  }
  if (!options.strip || options.keepSections.includes('name')) writeNames(out, indexed, options, code.debug);
  if (!options.strip || options.keepSections.includes('producers')) {
    writeProducers(out, options.wasmLdOrder ? objects : taken(indexed), !options.wasmLdOrder);
  }
  if (!options.strip || options.keepSections.includes('target_features')) writeFeatures(out, indexed.features);
  if (options.buildId !== null) writeBuildId(out, options.buildId);
  return buffers.closeModule(out);
}

/** Room for names, numbers and everything else that is small, for each function. */
const BYTES_PER_FUNCTION = 48;

/** About the size of the output, so that bytes of objects are not moved again and again while it grows. */
function estimateSize(indexed: Indexed): number {
  const { placed, defined } = indexed;
  const { live, groups } = placed;
  const { symbols } = live;
  const { table } = symbols;
  if (table.objects.length === 0) return 0;
  let size = defined.length * BYTES_PER_FUNCTION;
  for (const { start, end, isCleared } of groups) if (!isCleared) size += end - start;
  for (let o = 0 as ObjectId; o < table.objects.length; o++) {
    if (live.included[o] === 0) continue;
    const { bodyStart, bodyEnd, customs } = table.objects[o]!;
    for (let f = 0; f < bodyStart.length; f++) {
      const id = funcId(symbols, o, f as ObjDefined<'function'>);
      if (funcIndexOf(indexed, id) >= 0) size += bodyEnd[f]! - bodyStart[f]!;
    }
    for (const { start, end } of customs) size += end - start;
  }
  return size;
}

function taken({ placed: { live } }: Indexed): readonly ParsedObject[] {
  return live.symbols.table.objects.filter((_, o) => live.included[o] === 1);
}

/** What a loader asks of a module: an alignment of memory; ours lies where it lies (tool-conventions DynamicLinking.md). */
function writeDylink(out: ByteWriter, { placed }: Indexed): void {
  const align = placed.segments.reduce((greatest, segment) => Math.max(greatest, segment.align), 1);
  const mark = out.beginCustomSection('dylink.0');
  out.u8(DYLINK_MEMORY);
  out.uleb(4);
  out.append(Uint8Array.of(0, log2Exact(align), 0, 0));
  out.endSized(mark);
}

const DYLINK_MEMORY = 1;

function writeImports(out: ByteWriter, indexed: Indexed, options: OutputOptions): void {
  const { imports, placed, types } = indexed;
  const { symbols } = placed.live;
  const { globalImports, tableImports, tagImports } = symbols;
  const { importMemory } = options;
  const importsTable = options.importTable && tableIndexOf(indexed, FUNCTION_TABLE) >= 0;
  const isLiveTable = (i: number): boolean => tableIndexOf(indexed, (firstTableImport(symbols) + i) as TableId) >= 0;
  const liveTables = tableImports.filter((_, i) => isLiveTable(i));
  const liveGlobals = globalImports.filter((_, i) => {
    return globalIndexOf(indexed, (firstGlobalImport(symbols) + i) as GlobalId) >= 0;
  });
  const liveTags = tagImports.filter((_, i) => tagIndexOf(indexed, (firstTagImport(symbols) + i) as TagId) >= 0);
  const others = liveTables.length + liveGlobals.length + liveTags.length;
  const count = imports.length + others + (importMemory ? 1 : 0) + (importsTable ? 1 : 0);
  if (count === 0) return;
  const mark = out.beginSection(SectionId.import);
  out.uleb(count);
  for (const id of imports) {
    const { module, field, signature } = extraOf(symbols, id)!;
    writeImport(out, module, field, ExternalKind.function);
    out.uleb(types.of(signature));
  }
  if (importsTable) {
    writeImport(out, 'env', INDIRECT_TABLE, ExternalKind.table);
    writeIndirectTable(out, indexed, options);
  }
  tableImports.forEach(({ module, field }, i) => {
    if (!isLiveTable(i)) return;
    const { refType, min, max, is64 } = indexed.importedTables[i]!;
    writeImport(out, module, field, ExternalKind.table);
    out.u8(refType);
    writeLimits(out, min, max, is64 ? LimitsFlag.is_64 : 0);
  });
  if (importMemory) {
    writeImport(out, importMemory.module, importMemory.field, ExternalKind.memory);
    writeMemoryType(out, indexed, options);
  }
  for (const global of liveGlobals) {
    writeImport(out, global.module, global.field, ExternalKind.global);
    writeGlobalType(out, global);
  }
  for (const { module, field, type } of liveTags) {
    writeImport(out, module, field, ExternalKind.tag);
    out.u8(0);
    out.uleb(types.of(type as SignatureKey));
  }
  out.endSized(mark);
}

function writeImport(out: ByteWriter, module: string, field: string, kind: number): void {
  out.name(module);
  out.name(field);
  out.u8(kind);
}

function writeGlobalType(out: ByteWriter, { type }: ExtraImport): void {
  const mutable = type.startsWith('mut ');
  const name = mutable ? type.slice(4) : type;
  out.u8(Object.values(ValType).find((byte) => valTypeName(byte) === name)!);
  out.u8(mutable ? 1 : 0);
}

/** Type of the table of function addresses: as many slots as there are functions; a host may give a table that grows. */
function writeIndirectTable(out: ByteWriter, indexed: Indexed, options: OutputOptions): void {
  const size = indexed.table.base + indexed.table.funcs.length;
  out.u8(ValType.funcref);
  const { isTable64 } = indexed.placed.live.symbols.table;
  const max = options.growableTable || options.importTable ? null : size;
  writeLimits(out, size, max, isTable64 ? LimitsFlag.is_64 : 0);
}

function writeTables(out: ByteWriter, indexed: Indexed, options: OutputOptions): void {
  const { tables, table } = indexed.placed.live.symbols;
  const live = tables.filter((_, t) => tableIndexOf(indexed, (1 + t) as TableId) >= 0);
  const definesIndirect = tableIndexOf(indexed, FUNCTION_TABLE) >= 0 && !options.importTable;
  const count = live.length + (definesIndirect ? 1 : 0);
  if (count === 0) return;
  const mark = out.beginSection(SectionId.table);
  out.uleb(count);
  if (definesIndirect) writeIndirectTable(out, indexed, options);
  for (const { object, index } of live) {
    const { refType, min, max, is64 } = table.objects[object]!.tables[index]!;
    out.u8(refType);
    writeLimits(out, min, max, is64 ? LimitsFlag.is_64 : 0);
  }
  out.endSized(mark);
}

function writeMemoryType(out: ByteWriter, indexed: Indexed, options: OutputOptions): void {
  const { pages, maxPages, pageSize } = indexed.placed.memory;
  const { is64 } = indexed.placed.live.symbols.table;
  let flags = options.sharedMemory ? LimitsFlag.shared : 0;
  if (is64) flags |= LimitsFlag.is_64;
  if (pageSize !== PAGE_SIZE) flags |= LimitsFlag.page_size;
  writeLimits(out, pages, maxPages, flags);
  if (pageSize !== PAGE_SIZE) out.uleb(log2Exact(pageSize));
}

function writeTags(out: ByteWriter, indexed: Indexed): void {
  const { tags, table } = indexed.placed.live.symbols;
  if (tags.length === 0) return;
  const live = tags.filter((_, t) => tagIndexOf(indexed, t as TagId) >= 0);
  if (live.length === 0) return;
  const mark = out.beginSection(SectionId.tag);
  out.uleb(live.length);
  for (const { object, index } of live) {
    out.u8(0);
    out.uleb(indexed.types.of(definedTagSignature(table.objects[object]!, index)));
  }
  out.endSized(mark);
}

function writeGlobals(out: ByteWriter, indexed: Indexed): void {
  const { synthetics, placed } = indexed;
  const { symbols } = placed.live;
  const { fixedGlobals, addressGlobals, exportGlobals } = synthetics;
  const live = symbols.globals.filter(({ object, index }) => {
    return globalIndexOf(indexed, globalId(symbols, object, index)) >= 0;
  });
  let count = addressGlobals.length + exportGlobals.length + live.length;
  for (const global of fixedGlobals) if (global) count++;
  if (count === 0) return;
  const mark = out.beginSection(SectionId.global);
  out.uleb(count);
  for (const global of fixedGlobals) if (global) writeSyntheticGlobal(out, global);
  for (const { object: o, index } of live) {
    const { bytes, globals } = symbols.table.objects[o]!;
    writeGlobal(out, bytes, globals[index]!, (ref) => {
      const target = initialiserTarget(symbols, o, ref);
      return ref.kind === 'global'
        ? globalIndexOf(indexed, target as GlobalId)
        : funcIndexOf(indexed, target as FuncId);
    });
  }
  for (const global of addressGlobals) writeSyntheticGlobal(out, global);
  for (const global of exportGlobals) writeSyntheticGlobal(out, global);
  out.endSized(mark);
}

function writeSyntheticGlobal(out: ByteWriter, global: SyntheticGlobal): void {
  out.u8(global.valType);
  out.u8(global.mutable ? 1 : 0);
  writeAddressConst(out, global.value, global.valType === ValType.i64);
}

function writeExports(out: ByteWriter, indexed: Indexed, options: OutputOptions): void {
  const { exports, exportsTable: isAsked, tablePlace } = indexed.placed.live;
  const { wrappers } = indexed.synthetics;
  // As wasm-ld: all that is defined.
  const exportsAll = options.exportAll && !options.importTable && tableIndexOf(indexed, FUNCTION_TABLE) >= 0;
  const exportsTable = isAsked || exportsAll;
  const count = exports.length + (options.exportMemory ? 1 : 0) + (exportsTable ? 1 : 0);
  if (count === 0) return;
  const mark = out.beginSection(SectionId.export);
  out.uleb(count);
  const writeMemory = (): void => {
    if (!options.exportMemory) return;
    out.name(options.memoryName);
    out.u8(ExternalKind.memory);
    out.uleb(0);
  };
  if (options.wasmLdOrder) writeMemory();
  let exportGlobal: number = indexed.exportGlobalBase;
  let wrapper = 0;
  const firstWrapper = indexed.imports.length + indexed.defined.length;
  for (let e = 0; e <= exports.length; e++) {
    if (exportsTable && e === tablePlace) {
      out.name(INDIRECT_TABLE);
      out.u8(ExternalKind.table);
      out.uleb(tableIndexOf(indexed, FUNCTION_TABLE));
    }
    if (e === exports.length) break;
    const { name, kind, target, isData } = exports[e]!;
    out.name(name);
    out.u8(kind);
    if (wrapper < wrappers.length && wrappers[wrapper]!.exportIndex === e) out.uleb(firstWrapper + wrapper++);
    else out.uleb(isData ? exportGlobal++ : exportedIndex(indexed, kind, target));
  }
  if (!options.wasmLdOrder) writeMemory();
  out.endSized(mark);
}

function exportedIndex(indexed: Indexed, kind: number, target: Target): number {
  switch (kind) {
    case ExternalKind.function:
      return funcIndexOf(indexed, target as FuncId);
    case ExternalKind.global:
      return globalIndexOf(indexed, target as GlobalId);
    case ExternalKind.table:
      return tableIndexOf(indexed, target as TableId);
    default:
      return tagIndexOf(indexed, target as TagId);
  }
}

/** Only memory is initialised at instantiation; the entry is called by the host. */
function writeStart(out: ByteWriter, indexed: Indexed): void {
  const { initMemory } = indexed.synthetics;
  if (initMemory < 0) return;
  const mark = out.beginSection(SectionId.start);
  out.uleb(funcIndexOf(indexed, initMemory));
  out.endSized(mark);
}

function writeDataCount(out: ByteWriter, indexed: Indexed): void {
  const count = indexed.placed.groups.filter((group) => !group.isCleared).length;
  out.u8(SectionId.data_count);
  out.uleb(uleb32Length(count));
  out.uleb(count);
}
