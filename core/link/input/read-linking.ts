/**
 * The `linking` section of an object: segment names, symbol table, constructors, COMDAT groups.
 *
 * Source: tool-conventions Linking.md, version 2. Owns the ranges of every index it reads; what only the whole file can tell
 * is checked by finish-object.ts.
 */
import type { ByteReader } from '../../wasm/byte-reader.ts';
import {
  BINDING_MASK,
  LINKING_VERSION,
  LinkingSubsection,
  SegmentFlag,
  SYMBOL_KIND_NAMES,
  SymbolFlag,
  SymbolKind,
} from '../../wasm/kinds.ts';
import type { Draft, LinkingSection } from './object-draft.ts';
import { readIndex, refuse } from './object-draft.ts';
import type { ObjSymIndex } from './index-spaces.ts';
import type { ObjectSymbol } from './object-file.ts';

/** Greatest exponent of a segment alignment: beyond it the address space could not hold two segments. */
const MAX_ALIGN_LOG2 = 30;

/** Reads the payload of `linking` after its name. */
export function readLinking(reader: ByteReader, draft: Draft): LinkingSection {
  const at = reader.at;
  const version = reader.uleb();
  if (version !== LINKING_VERSION) refuse('object_version', { what: 'linking', version, need: LINKING_VERSION }, at);
  const linking: LinkingSection = { segmentInfos: 0, symbols: [], initFuncs: [], comdats: [] };
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
        readSegmentInfo(reader, draft, linking);
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
  if (linking.segmentInfos !== draft.segments.length) {
    reader.fail(`${linking.segmentInfos} segment infos for ${draft.segments.length} data segments`, at);
  }
  return linking;
}

function readSegmentInfo(reader: ByteReader, draft: Draft, linking: LinkingSection): void {
  const count = reader.count(3);
  for (let i = 0; i < count; i++) {
    const name = reader.text();
    const at = reader.at;
    const alignLog2 = reader.uleb();
    if (alignLog2 > MAX_ALIGN_LOG2) reader.fail('segment alignment is too large', at);
    const flags = reader.uleb();
    // Old objects mark thread-local segments by name only.
    const isTls = name.startsWith('.tdata') || name.startsWith('.tbss');
    // Too many are reported when all have been read.
    const segment = draft.segments[linking.segmentInfos++];
    if (segment === undefined) continue;
    segment.name = name;
    segment.alignLog2 = alignLog2;
    segment.flags = isTls ? flags | SegmentFlag.tls : flags;
  }
}

function readSymbols(reader: ByteReader, draft: Draft, linking: LinkingSection): void {
  const count = reader.count(3);
  const symbols = new Array<ObjectSymbol>(count);
  const names = new Set<string>();
  for (let i = 0; i < count; i++) {
    const symbolAt = reader.at;
    const symbol = readSymbol(reader, draft);
    symbols[i] = symbol;
    // References of other objects could mean either.
    if ((symbol.flags & SymbolFlag.local) !== 0 || symbol.kind === SymbolKind.section) continue;
    if (names.has(symbol.name)) reader.fail('two symbols have one name', symbolAt);
    names.add(symbol.name);
  }
  linking.symbols = symbols;
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
      return readIndexedSymbol(reader, kind, flags, { imports: draft.funcImports, defined: draft.funcTypes.length });
    case SymbolKind.global:
      return readIndexedSymbol(reader, kind, flags, { imports: draft.globalImports, defined: draft.globals.length });
    case SymbolKind.table:
      return readIndexedSymbol(reader, kind, flags, { imports: draft.tableImports, defined: draft.tables.length });
    case SymbolKind.tag:
      return readIndexedSymbol(reader, kind, flags, { imports: draft.tagImports, defined: draft.tags.length });
    case SymbolKind.data:
      return readDataSymbol(reader, draft, flags);
    case SymbolKind.section: {
      const index = readIndex(reader, 'section', draft.sections.length);
      return { kind, flags, name: '', index, offset: 0, size: 0 };
    }
    default:
      return reader.fail('unknown symbol kind', at);
  }
}

/** An index space of the object: what it imports, and how many things it defines. */
interface IndexSpace {
  readonly imports: readonly { readonly field: string }[];
  readonly defined: number;
}

/** A symbol of a kind that has an index space, imports first. */
function readIndexedSymbol(
  reader: ByteReader,
  kind: number,
  flags: number,
  { imports, defined }: IndexSpace,
): ObjectSymbol {
  const at = reader.at;
  const isUndefined = (flags & SymbolFlag.undefined) !== 0;
  const index = readIndex(reader, SYMBOL_KIND_NAMES[kind]!, imports.length + defined);
  if (isUndefined !== index < imports.length) reader.fail('symbol disagrees with the import section', at);
  const named = !isUndefined || (flags & SymbolFlag.explicit_name) !== 0;
  const name = named ? reader.text() : imports[index]!.field;
  return { kind, flags, name, index, offset: 0, size: 0 };
}

function readDataSymbol(reader: ByteReader, draft: Draft, flags: number): ObjectSymbol {
  const kind = SymbolKind.data;
  const name = reader.text();
  if ((flags & SymbolFlag.undefined) !== 0) return { kind, flags, name, index: -1, offset: 0, size: 0 };
  const at = reader.at;
  const isAbsolute = (flags & SymbolFlag.absolute) !== 0;
  const index = isAbsolute ? reader.uleb() : readIndex(reader, 'data segment', draft.segments.length);
  const offset = reader.uleb();
  const size = reader.uleb();
  if (!isAbsolute) {
    const segment = draft.segments[index]!;
    // Its size may reach beyond the segment: a symbol of a common block or of a shortened one does.
    if (offset > segment.end - segment.start) reader.fail('data symbol begins behind its segment', at);
  }
  return { kind, flags, name, index: isAbsolute ? -1 : index, offset, size };
}

function readInitFuncs(reader: ByteReader, linking: LinkingSection): void {
  const count = reader.count(2);
  for (let i = 0; i < count; i++) {
    const priority = reader.uleb();
    const at = reader.at;
    const symbol = readIndex(reader, 'symbol', linking.symbols.length);
    // Another object may define it.
    if (linking.symbols[symbol]!.kind !== SymbolKind.function) reader.fail('constructor is not a function', at);
    linking.initFuncs.push({ priority, symbol: symbol as ObjSymIndex });
  }
}

function readComdats(reader: ByteReader, linking: LinkingSection): void {
  const count = reader.count(3);
  for (let i = 0; i < count; i++) {
    const name = reader.text();
    if (reader.uleb() !== 0) reader.fail('unknown comdat flags');
    const memberCount = reader.count(2);
    // Most groups have one member; an array that grows makes room for many.
    const members = new Array<{ kind: number; index: number }>(memberCount);
    for (let m = 0; m < memberCount; m++) members[m] = { kind: reader.u8(), index: reader.uleb() };
    linking.comdats.push({ name, members });
  }
}
