/**
 * Bytes to ParsedObject: the container walk (core spec 5.5; Linking convention 2).
 *
 * Pure: the same bytes give the same result or the same diagnostic with file and byte offset. Every read is checked, no
 * allocation exceeds the input. What would be lost in a link (a start function) is refused here by name. The sections
 * every module has are read by read-sections.ts, the others by read-linking.ts and read-relocations.ts.
 */
import { Diagnostics } from '../../diagnostics/diagnostics.ts';
import { ByteReader, MalformedError } from '../../wasm/byte-reader.ts';
import { MODULE_HEADER, SECTION_NAMES, SECTION_RANK, SectionId } from '../../wasm/kinds.ts';
import { finishObject } from './finish-object.ts';
import type { Draft, SectionPlace } from './object-draft.ts';
import { newDraft, RefusedError, refuse } from './object-draft.ts';
import type { ParsedObject } from './object-file.ts';
import type { ReadPools } from './read-pools.ts';
import { ownPools } from './read-pools.ts';
import { readLinking } from './read-linking.ts';
import { readReloc } from './read-relocations.ts';
import {
  readCode,
  readData,
  readExports,
  readFunctions,
  readGlobals,
  readImports,
  readMemories,
  readTables,
  readTags,
  readTypes,
} from './read-sections.ts';

/** A parsed object, or what is wrong with it. */
export type ReadResult =
  { readonly ok: true; readonly value: ParsedObject } | { readonly ok: false; readonly error: Diagnostics };

/** Version 13 in layer 1: what the component model begins with. */
const COMPONENT_VERSION = 0x1000d;

/** Reads one relocatable object. `file` is its name in messages; `pools` may be those of a link. */
export function readObject(bytes: Uint8Array, file: string, pools: ReadPools = ownPools(bytes.length)): ReadResult {
  const draft = newDraft(file, bytes, pools.slab);
  try {
    const reader = new ByteReader(bytes, 0, bytes.length, pools.names);
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
  if (version === COMPONENT_VERSION) refuse('object_unsupported', { what: 'component' }, 4);
  if (version !== 1) refuse('object_version_number', { version, need: 1 }, 4);
}

function readSections(reader: ByteReader, draft: Draft): void {
  let lastRank = 0;
  while (!reader.done) {
    const headerAt = reader.at;
    const id = reader.u8();
    const size = reader.uleb();
    if (size > reader.remaining) reader.fail('section exceeds the file', headerAt);
    const end = reader.at + size;
    reader.end = end;
    const name = id === SectionId.custom ? reader.text() : (SECTION_NAMES[id] ?? '');
    const start = reader.at;
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
    case SectionId.table:
      readTables(reader, draft);
      return;
    case SectionId.memory:
      readMemories(reader, draft);
      return;
    case SectionId.tag:
      readTags(reader, draft);
      return;
    case SectionId.code:
      readCode(reader, draft);
      return;
    case SectionId.data:
      readData(reader, draft);
      return;
    case SectionId.export:
      readExports(reader, draft);
      return;
    // Placeholders only: the final slots come from relocations.
    case SectionId.element:
    case SectionId.data_count:
      reader.at = place.end;
      return;
    default:
      refuse('object_unsupported', { what: `section "${place.name}" of an object` }, place.start);
  }
}

function readCustom(reader: ByteReader, draft: Draft, place: SectionPlace): void {
  if (place.name === 'dylink.0' || place.name === 'dylink') {
    refuse('object_unsupported', { what: 'shared library' }, place.start);
  }
  if (place.name === 'linking') {
    if (draft.linking) refuse('object_section_order', { section: place.name }, place.start);
    draft.linking = readLinking(reader, draft);
  } else if (place.name.startsWith('reloc.')) {
    if (!draft.linking) refuse('object_missing_linking', {}, place.start);
    readReloc(reader, draft, place);
  } else if (place.name === 'target_features') {
    readFeatures(reader, draft);
  } else if (place.name === 'producers') {
    readProducers(reader, draft);
  } else if (place.name === 'name') {
    draft.names ??= place;
  }
  reader.at = place.end;
}

/** Prefixes are `+` used, `-` disallowed, `=` required (an old form of used). */
function readFeatures(reader: ByteReader, draft: Draft): void {
  const count = reader.count(2);
  for (let i = 0; i < count; i++) {
    const at = reader.at;
    const prefix = String.fromCharCode(reader.u8());
    if (prefix !== '+' && prefix !== '-' && prefix !== '=') reader.fail('unknown feature prefix', at);
    draft.features.push(prefix + reader.text());
  }
}

function readProducers(reader: ByteReader, draft: Draft): void {
  const fields = reader.count(2);
  for (let f = 0; f < fields; f++) {
    const field = reader.text();
    const count = reader.count(2);
    const values: { name: string; version: string }[] = [];
    for (let i = 0; i < count; i++) values.push({ name: reader.text(), version: reader.text() });
    draft.producers.push({ field, values });
  }
}
