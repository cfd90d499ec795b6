/**
 * The `linking` and `reloc.*` sections of an object, and the cross checks that make a ParsedObject of the draft.
 *
 * Source: tool-conventions Linking.md, version 2. Owns the invariants that object-file.ts promises: index ranges, the
 * kinds of relocated symbols, and that each relocation lies inside one body or segment.
 */
import { assert } from '../support/assert.ts';
import type { ByteReader } from '../wasm/byte-reader.ts';
import {
  BINDING_MASK,
  LINKING_VERSION,
  LinkingSubsection,
  SectionId,
  SYMBOL_KIND_NAMES,
  SymbolFlag,
  SymbolKind,
} from '../wasm/kinds.ts';
import type { RelocInfo } from '../wasm/relocations.ts';
import { RelocPlace, RELOCATIONS } from '../wasm/relocations.ts';
import type { ObjectSegment, ObjectSymbol, ObjSymIndex, ParsedObject, RelocTable } from './object-file.ts';
import { NO_RELOCS } from './object-file.ts';
import type { Draft, LinkingSection, SectionPlace } from './object-draft.ts';
import { readIndex, refuse } from './object-draft.ts';

/** Greatest exponent of a segment alignment: beyond it the address space could not hold two segments. */
const MAX_ALIGN_LOG2 = 30;

/** Reads the payload of `linking` after its name. */
export function readLinking(reader: ByteReader, draft: Draft): LinkingSection {
  const at = reader.at;
  const version = reader.uleb();
  if (version !== LINKING_VERSION) refuse('object_version', { what: 'linking', version, need: LINKING_VERSION }, at);
  const linking: LinkingSection = { segmentInfo: [], symbols: [], initFuncs: [], comdats: [] };
  const sectionEnd = reader.end;
  let seenSymbols = false;
  while (!reader.done) {
    const subsectionAt = reader.at;
    const id = reader.u8();
    const size = reader.uleb();
    if (size > reader.remaining) reader.fail('subsection exceeds the linking section', subsectionAt);
    reader.end = reader.at + size;
    switch (id) {
      case LinkingSubsection.segment_info:
        readSegmentInfo(reader, linking);
        break;
      case LinkingSubsection.symbol_table:
        if (seenSymbols) reader.fail('second symbol table', subsectionAt);
        seenSymbols = true;
        readSymbols(reader, draft, linking);
        break;
      case LinkingSubsection.init_funcs:
        readInitFuncs(reader, linking);
        break;
      case LinkingSubsection.comdat_info:
        readComdats(reader, linking);
        break;
      default:
        reader.at = reader.end;
    }
    if (!reader.done) reader.fail('subsection size mismatch');
    reader.end = sectionEnd;
  }
  if (linking.segmentInfo.length !== draft.segments.length) {
    reader.fail(`${linking.segmentInfo.length} segment infos for ${draft.segments.length} data segments`, at);
  }
  return linking;
}

function readSegmentInfo(reader: ByteReader, linking: LinkingSection): void {
  const count = reader.count(3);
  for (let i = 0; i < count; i++) {
    const name = reader.text();
    const at = reader.at;
    const alignLog2 = reader.uleb();
    if (alignLog2 > MAX_ALIGN_LOG2) reader.fail('segment alignment is too large', at);
    linking.segmentInfo.push({ name, alignLog2, flags: reader.uleb() });
  }
}

function readSymbols(reader: ByteReader, draft: Draft, linking: LinkingSection): void {
  const count = reader.count(3);
  for (let i = 0; i < count; i++) linking.symbols.push(readSymbol(reader, draft));
}

function readSymbol(reader: ByteReader, draft: Draft): ObjectSymbol {
  const at = reader.at;
  const kind = reader.u8();
  const flags = reader.uleb();
  if ((flags & BINDING_MASK) === BINDING_MASK) reader.fail('symbol is both weak and local', at);
  const isUndefined = (flags & SymbolFlag.undefined) !== 0;
  if (isUndefined && (flags & SymbolFlag.local) !== 0) reader.fail('local symbol without a definition', at);
  switch (kind) {
    case SymbolKind.function:
    case SymbolKind.global:
    case SymbolKind.table: {
      const imports =
        kind === SymbolKind.function
          ? draft.funcImports
          : kind === SymbolKind.global
            ? draft.globalImports
            : draft.tableImports;
      const defined =
        kind === SymbolKind.function ? draft.funcTypes.length : kind === SymbolKind.global ? draft.globals.length : 0;
      const index = readIndex(reader, SYMBOL_KIND_NAMES[kind]!, imports.length + defined);
      if (isUndefined !== index < imports.length) reader.fail('symbol disagrees with the import section', at);
      const named = !isUndefined || (flags & SymbolFlag.explicit_name) !== 0;
      const name = named ? reader.text() : imports[index]!.field;
      return { kind, flags, name, index, offset: 0, size: 0 };
    }
    case SymbolKind.data:
      return readDataSymbol(reader, draft, flags, isUndefined);
    case SymbolKind.section: {
      const index = readIndex(reader, 'section', draft.sections.length);
      return { kind, flags, name: '', index, offset: 0, size: 0 };
    }
    case SymbolKind.tag:
      return refuse('object_unsupported', { what: 'tag symbol' }, at);
    default:
      return reader.fail('unknown symbol kind', at);
  }
}

function readDataSymbol(reader: ByteReader, draft: Draft, flags: number, isUndefined: boolean): ObjectSymbol {
  const kind = SymbolKind.data;
  const name = reader.text();
  if (isUndefined) return { kind, flags, name, index: -1, offset: 0, size: 0 };
  const at = reader.at;
  const isAbsolute = (flags & SymbolFlag.absolute) !== 0;
  const index = isAbsolute ? reader.uleb() : readIndex(reader, 'data segment', draft.segments.length);
  const offset = reader.uleb();
  const size = reader.uleb();
  if (!isAbsolute) {
    const segment = draft.segments[index]!;
    if (offset + size > segment.end - segment.start) reader.fail('data symbol exceeds its segment', at);
  }
  return { kind, flags, name, index: isAbsolute ? -1 : index, offset, size };
}

function readInitFuncs(reader: ByteReader, linking: LinkingSection): void {
  const count = reader.count(2);
  for (let i = 0; i < count; i++) {
    const priority = reader.uleb();
    const at = reader.at;
    const symbol = readIndex(reader, 'symbol', linking.symbols.length);
    const { kind, flags } = linking.symbols[symbol]!;
    if (kind !== SymbolKind.function || (flags & SymbolFlag.undefined) !== 0) {
      reader.fail('constructor is not a defined function', at);
    }
    linking.initFuncs.push({ priority, symbol: symbol as ObjSymIndex });
  }
}

function readComdats(reader: ByteReader, linking: LinkingSection): void {
  const count = reader.count(3);
  for (let i = 0; i < count; i++) {
    const name = reader.text();
    if (reader.uleb() !== 0) reader.fail('unknown comdat flags');
    const members: { kind: number; index: number }[] = [];
    const memberCount = reader.count(2);
    for (let m = 0; m < memberCount; m++) members.push({ kind: reader.u8(), index: reader.uleb() });
    linking.comdats.push({ name, members });
  }
}

/** Reads the payload of a `reloc.*` section after its name into `draft.relocs`. */
export function readReloc(reader: ByteReader, draft: Draft, place: SectionPlace): void {
  const targetAt = reader.at;
  const target = readIndex(reader, 'section', draft.sections.length);
  const section = draft.sections[target]!;
  // Custom sections are not written, so neither are their relocations.
  if (section.id === SectionId.custom) return;
  if (section.id !== SectionId.code && section.id !== SectionId.data) {
    refuse('object_unsupported', { what: `relocation of section "${section.name}"` }, targetAt);
  }
  if (draft.relocs.some((other) => other.sectionId === section.id)) {
    refuse('object_section_order', { section: place.name }, place.start);
  }
  const count = reader.count(3);
  const table: RelocTable = {
    count,
    type: new Uint8Array(count),
    at: new Uint32Array(count),
    index: new Uint32Array(count),
    addend: new Float64Array(count),
  };
  const placeBit = section.id === SectionId.code ? RelocPlace.code : RelocPlace.data;
  let last = 0;
  for (let i = 0; i < count; i++) {
    const entryAt = reader.at;
    const type = reader.u8();
    const info = RELOCATIONS[type];
    if (info === undefined) refuse('object_reloc_type', { type }, entryAt);
    if ((info.places & placeBit) === 0) {
      refuse('object_reloc_misplaced', { type: info.name, section: section.name }, entryAt);
    }
    const offset = reader.uleb();
    if (offset < last) reader.fail('relocations are not sorted by offset', entryAt);
    last = offset;
    const index = readRelocIndex(reader, draft, info, entryAt);
    table.type[i] = type;
    table.at[i] = Math.min(section.start + offset, 0xffff_ffff);
    table.index[i] = index;
    if (info.hasAddend) table.addend[i] = readAddend(reader, info);
  }
  if (!reader.done) reader.fail('section size mismatch');
  draft.relocs.push({ sectionId: section.id, table });
}

function readRelocIndex(reader: ByteReader, draft: Draft, info: RelocInfo, entryAt: number): number {
  if (info.target === 'type') return readIndex(reader, 'type', draft.types.length);
  const symbols = draft.linking!.symbols;
  const index = readIndex(reader, 'symbol', symbols.length);
  const kind = SYMBOL_KIND_NAMES[symbols[index]!.kind]!;
  if (kind !== info.target) refuse('object_reloc_symbol_kind', { type: info.name, kind }, entryAt);
  return index;
}

function readAddend(reader: ByteReader, info: RelocInfo): number {
  if (info.width !== 8 && info.width !== 10) return reader.sleb();
  const lo = reader.sleb64();
  return reader.hi * 0x1_0000_0000 + lo;
}

/** Checks what only the whole file can tell and freezes the draft. */
export function finishObject(draft: Draft): ParsedObject {
  const linking = draft.linking;
  if (!linking) return refuse('object_missing_linking', {}, 0);
  if (draft.bodyStart.length !== draft.funcTypes.length) {
    refuse('object_malformed', { why: 'function and code section disagree' }, draft.bytes.length);
  }
  const tableOf = (sectionId: number): RelocTable =>
    draft.relocs.find((section) => section.sectionId === sectionId)?.table ?? NO_RELOCS;
  const codeRelocs = tableOf(SectionId.code);
  const dataRelocs = tableOf(SectionId.data);
  const segmentStart = Uint32Array.from(draft.segments, (segment) => segment.start);
  const segmentEnd = Uint32Array.from(draft.segments, (segment) => segment.end);
  const segmentRelocs = distribute(dataRelocs, segmentStart, segmentEnd, 'data segment');
  return {
    file: draft.file,
    bytes: draft.bytes,
    types: draft.types,
    funcImports: draft.funcImports,
    globalImports: draft.globalImports,
    tableImports: draft.tableImports,
    funcTypes: draft.funcTypes,
    bodyStart: draft.bodyStart,
    bodyEnd: draft.bodyEnd,
    funcSymbol: firstSymbols(draft, linking),
    globals: draft.globals,
    segments: draft.segments.map((_, s) => finishSegment(draft, linking, s, segmentRelocs)),
    symbols: linking.symbols,
    codeRelocs,
    dataRelocs,
    funcRelocs: distribute(codeRelocs, draft.bodyStart, draft.bodyEnd, 'function body'),
    segmentRelocs,
    initFuncs: linking.initFuncs,
    comdats: linking.comdats,
    features: draft.features,
  };
}

function firstSymbols(draft: Draft, linking: LinkingSection): Int32Array {
  const first = new Int32Array(draft.funcTypes.length).fill(-1);
  linking.symbols.forEach((symbol, i) => {
    const defined = symbol.index - draft.funcImports.length;
    if (symbol.kind === SymbolKind.function && defined >= 0 && first[defined] === -1) first[defined] = i;
  });
  return first;
}

function finishSegment(draft: Draft, linking: LinkingSection, s: number, relocs: Uint32Array): ObjectSegment {
  const { name, alignLog2, flags } = linking.segmentInfo[s]!;
  const { passive, start, end } = draft.segments[s]!;
  let isZero = (name === '.bss' || name.startsWith('.bss.')) && relocs[s] === relocs[s + 1];
  for (let at = start; isZero && at < end; at++) isZero = draft.bytes[at] === 0;
  return { name, alignLog2, flags, passive, start, end, isZero };
}

/**
 * Gives each relocation to the range that holds its bytes: entry i of the result is the first relocation of range i. Both
 * ranges and relocations are sorted by position, so one pass does it; a relocation outside of every range is refused.
 */
function distribute(table: RelocTable, starts: Uint32Array, ends: Uint32Array, owner: string): Uint32Array {
  const first = new Uint32Array(starts.length + 1);
  let next = 0;
  for (let i = 0; i < starts.length; i++) {
    first[i] = next;
    const start = starts[i]!;
    const end = ends[i]!;
    for (; next < table.count && table.at[next]! < end; next++) {
      const { width, name } = RELOCATIONS[table.type[next]!]!;
      const at = table.at[next]!;
      if (at < start || at + width > end) refuse('object_reloc_outside', { type: name, owner }, at);
    }
  }
  if (next < table.count) {
    refuse('object_reloc_outside', { type: RELOCATIONS[table.type[next]!]!.name, owner }, table.at[next]!);
  }
  first[starts.length] = next;
  assert(next === table.count, 'every relocation has an owner');
  return first;
}
