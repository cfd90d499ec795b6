/**
 * Bytes to ParsedObject: the container walk and the sections every module has (core spec 5.5; Linking convention 2).
 *
 * Pure: the same bytes give the same result or the same diagnostic with file and byte offset. Every read is checked, no
 * allocation exceeds the input. What a link cannot use yet (tags, memories, …) is refused here by name; custom sections
 * that no rule names are skipped, debug sections among them. The `linking` and `reloc.*` sections are in read-linking.ts.
 */
import { Diagnostics } from '../diagnostics/diagnostics.ts';
import { ByteReader, MalformedError } from '../wasm/byte-reader.ts';
import {
  ExternalKind,
  FUNC_TYPE,
  isValType,
  LimitsFlag,
  MODULE_HEADER,
  SECTION_NAMES,
  SECTION_RANK,
  SectionId,
  SegmentMode,
  ValType,
} from '../wasm/kinds.ts';
import { OP } from '../wasm/opcodes.ts';
import type { Draft, SectionPlace } from './object-draft.ts';
import { readIndex, RefusedError, refuse } from './object-draft.ts';
import type { ParsedObject } from './object-file.ts';
import { signatureKey } from './object-file.ts';
import { finishObject, readLinking, readReloc } from './read-linking.ts';

/** A parsed object, or what is wrong with it. */
export type ReadResult =
  { readonly ok: true; readonly value: ParsedObject } | { readonly ok: false; readonly error: Diagnostics };

const EMPTY = new Uint32Array(0);

/** Reads one relocatable object. `file` is its name in messages. */
export function readObject(bytes: Uint8Array, file: string): ReadResult {
  const draft: Draft = {
    file,
    bytes,
    sections: [],
    types: [],
    funcImports: [],
    globalImports: [],
    tableImports: [],
    funcTypes: EMPTY,
    bodyStart: EMPTY,
    bodyEnd: EMPTY,
    globals: [],
    segments: [],
    linking: null,
    relocs: [],
    features: [],
  };
  try {
    const reader = new ByteReader(bytes);
    readHeader(reader);
    readSections(reader, draft);
    return { ok: true, value: finishObject(draft) };
  } catch (error) {
    const diags = new Diagnostics();
    if (error instanceof MalformedError) {
      diags.error('object_malformed', { why: error.message }, { in: 'file', file, offset: error.offset });
    } else if (error instanceof RefusedError) {
      error.report(diags, file);
    } else {
      throw error;
    }
    return { ok: false, error: diags };
  }
}

function readHeader(reader: ByteReader): void {
  for (let i = 0; i < 4; i++) if (reader.u8() !== MODULE_HEADER[i]) reader.fail('bad magic, not a wasm file', i);
  const version = reader.u32();
  if (version !== 1) refuse('object_version', { what: 'wasm', version, need: 1 }, 4);
}

function readSections(reader: ByteReader, draft: Draft): void {
  let lastRank = 0;
  while (!reader.done) {
    const headerAt = reader.at;
    const id = reader.u8();
    const size = reader.uleb();
    if (size > reader.remaining) reader.fail('section exceeds the file', headerAt);
    const start = reader.at;
    const end = start + size;
    reader.end = end;
    const name = id === SectionId.custom ? reader.text() : (SECTION_NAMES[id] ?? '');
    if (id !== SectionId.custom) {
      const rank = SECTION_RANK[id];
      if (rank === undefined) reader.fail(`unknown section id ${id}`, headerAt);
      if (rank <= lastRank || draft.linking) refuse('object_section_order', { section: name }, headerAt);
      lastRank = rank;
    }
    const place: SectionPlace = { id, name, start, end };
    readSection(reader, draft, place);
    if (reader.at !== end) reader.fail('section size mismatch', reader.at);
    draft.sections.push(place);
    reader.end = draft.bytes.length;
  }
}

function readSection(reader: ByteReader, draft: Draft, place: SectionPlace): void {
  switch (place.id) {
    case SectionId.custom:
      readCustom(reader, draft, place);
      return;
    case SectionId.type:
      readTypes(reader, draft);
      return;
    case SectionId.import:
      readImports(reader, draft);
      return;
    case SectionId.function:
      draft.funcTypes = readFunctions(reader, draft);
      return;
    case SectionId.global:
      readGlobals(reader, draft);
      return;
    case SectionId.code:
      readCode(reader, draft);
      return;
    case SectionId.data:
      readData(reader, draft);
      return;
    // Placeholders only: the final slots come from relocations, the final exports from the symbol table.
    case SectionId.element:
    case SectionId.data_count:
    case SectionId.export:
      reader.at = place.end;
      return;
    default:
      refuse('object_unsupported', { what: `section "${place.name}" of an object` }, place.start);
  }
}

function readCustom(reader: ByteReader, draft: Draft, place: SectionPlace): void {
  if (place.name === 'linking') {
    if (draft.linking) refuse('object_section_order', { section: place.name }, place.start);
    draft.linking = readLinking(reader, draft);
  } else if (place.name.startsWith('reloc.')) {
    if (!draft.linking) refuse('object_missing_linking', {}, place.start);
    readReloc(reader, draft, place);
  } else if (place.name === 'target_features') {
    const count = reader.count(2);
    for (let i = 0; i < count; i++) {
      const prefix = String.fromCharCode(reader.u8());
      draft.features.push(prefix + reader.text());
    }
  }
  reader.at = place.end;
}

function readTypes(reader: ByteReader, draft: Draft): void {
  const count = reader.count(3);
  for (let i = 0; i < count; i++) {
    const at = reader.at;
    const form = reader.u8();
    if (form !== FUNC_TYPE) refuse('object_unsupported', { what: `type form 0x${form.toString(16)}` }, at);
    const params = readValTypes(reader);
    draft.types.push(signatureKey(params, readValTypes(reader)));
  }
}

function readValTypes(reader: ByteReader): Uint8Array {
  const types = reader.take(reader.count());
  for (let i = 0; i < types.length; i++) {
    if (!isValType(types[i]!)) reader.fail('unknown value type', reader.at - types.length + i);
  }
  return types;
}

function readImports(reader: ByteReader, draft: Draft): void {
  const count = reader.count(4);
  for (let i = 0; i < count; i++) {
    const at = reader.at;
    const module = reader.text();
    const field = reader.text();
    const kind = reader.u8();
    switch (kind) {
      case ExternalKind.function:
        draft.funcImports.push({ module, field, type: readIndex(reader, 'type', draft.types.length) });
        break;
      case ExternalKind.table: {
        const refType = reader.u8();
        if (refType !== ValType.funcref && refType !== ValType.externref) reader.fail('unknown reference type');
        readLimits(reader);
        draft.tableImports.push({ module, field, refType });
        break;
      }
      case ExternalKind.memory:
        readLimits(reader);
        break;
      case ExternalKind.global: {
        const { valType, mutable } = readGlobalType(reader);
        draft.globalImports.push({ module, field, valType, mutable });
        break;
      }
      case ExternalKind.tag:
        refuse('object_unsupported', { what: `tag import "${field}"` }, at);
      default:
        reader.fail('unknown import kind', reader.at - 1);
    }
  }
}

/** Skips limits; the final ones come from the layout. */
function readLimits(reader: ByteReader): void {
  const at = reader.at;
  const flags = reader.u8();
  if ((flags & LimitsFlag.is_64) !== 0) refuse('object_unsupported', { what: '64-bit memory' }, at);
  if ((flags & LimitsFlag.shared) !== 0) refuse('object_unsupported', { what: 'shared memory' }, at);
  if (flags > LimitsFlag.has_max) reader.fail('unknown limits flags', at);
  reader.uleb();
  if (flags === LimitsFlag.has_max) reader.uleb();
}

function readGlobalType(reader: ByteReader): { valType: number; mutable: boolean } {
  const valType = reader.u8();
  if (!isValType(valType)) reader.fail('unknown value type', reader.at - 1);
  const mutable = reader.u8();
  if (mutable > 1) reader.fail('unknown mutability', reader.at - 1);
  return { valType, mutable: mutable === 1 };
}

function readFunctions(reader: ByteReader, draft: Draft): Uint32Array {
  const count = reader.count();
  const types = new Uint32Array(count);
  for (let i = 0; i < count; i++) types[i] = readIndex(reader, 'type', draft.types.length);
  return types;
}

function readGlobals(reader: ByteReader, draft: Draft): void {
  const count = reader.count(4);
  for (let i = 0; i < count; i++) {
    const { valType, mutable } = readGlobalType(reader);
    const start = reader.at;
    skipConstant(reader);
    draft.globals.push({ valType, mutable, start, end: reader.at - 1 });
  }
}

/** Skips a constant expression of one instruction and its `end`. */
function skipConstant(reader: ByteReader): void {
  const at = reader.at;
  switch (reader.u8()) {
    case OP.i32_const:
      reader.sleb();
      break;
    case OP.i64_const:
      reader.sleb64();
      break;
    case OP.f32_const:
      reader.skip(4);
      break;
    case OP.f64_const:
      reader.skip(8);
      break;
    default:
      refuse('object_unsupported', { what: 'initialiser that is not one plain constant' }, at);
  }
  if (reader.u8() !== OP.end) refuse('object_unsupported', { what: 'initialiser that is not one plain constant' }, at);
}

function readCode(reader: ByteReader, draft: Draft): void {
  const at = reader.at;
  const count = reader.count(2);
  if (count !== draft.funcTypes.length) reader.fail('function and code section disagree', at);
  draft.bodyStart = new Uint32Array(count);
  draft.bodyEnd = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const size = reader.uleb();
    draft.bodyStart[i] = reader.at;
    reader.skip(size);
    draft.bodyEnd[i] = reader.at;
  }
}

function readData(reader: ByteReader, draft: Draft): void {
  const count = reader.count(2);
  for (let i = 0; i < count; i++) {
    const at = reader.at;
    const mode = reader.uleb();
    if (mode > SegmentMode.active_memory) reader.fail('unknown data segment mode', at);
    if (mode === SegmentMode.active_memory && reader.uleb() !== 0) {
      refuse('object_unsupported', { what: 'data segment of another memory' }, at);
    }
    if (mode !== SegmentMode.passive) skipConstant(reader);
    const size = reader.uleb();
    const start = reader.at;
    reader.skip(size);
    draft.segments.push({ passive: mode === SegmentMode.passive, start, end: reader.at });
  }
}
