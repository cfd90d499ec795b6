/**
 * The `reloc.*` sections of an object.
 *
 * Source: tool-conventions Linking.md, "Relocation Sections". Owns that a type may occur where it does and that it points to
 * a symbol of a kind it can point to; finish-object.ts gives each relocation to the body or segment it lies in.
 */
import type { ByteReader } from '../../wasm/byte-reader.ts';
import { SectionId, SYMBOL_KIND_NAMES, SymbolKind } from '../../wasm/kinds.ts';
import type { RelocInfo } from '../../wasm/relocations.ts';
import { RelocPlace, RELOCATIONS } from '../../wasm/relocations.ts';
import type { Draft, SectionPlace } from './object-draft.ts';
import { readIndex, refuse } from './object-draft.ts';

const PLACE_OF_SECTION: ReadonlyMap<number, number> = new Map([
  [SectionId.code, RelocPlace.code],
  [SectionId.data, RelocPlace.data],
  [SectionId.custom, RelocPlace.custom],
]);

/** Reads the payload of a `reloc.*` section after its name into `draft.relocs`. */
export function readReloc(reader: ByteReader, draft: Draft, place: SectionPlace): void {
  const targetAt = reader.at;
  const target = readIndex(reader, 'section', draft.sections.length);
  const section = draft.sections[target]!;
  const placeBit = PLACE_OF_SECTION.get(section.id);
  if (placeBit === undefined) {
    return refuse('object_unsupported', { what: `relocation of section "${section.name}"` }, targetAt);
  }
  if (draft.relocs.some((other) => other.target === target)) {
    refuse('object_section_order', { section: place.name }, place.start);
  }
  const count = reader.count(3);
  const { slab } = draft;
  const types = slab.u8(count);
  const at = slab.u32(count);
  const indexes = slab.u32(count);
  const addend = slab.f64(count);
  const { start, name } = section;
  let last = 0;
  for (let i = 0; i < count; i++) {
    const entryAt = reader.at;
    const type = reader.u8();
    if (type >= RELOCATIONS.length) refuse('object_reloc_type', { type }, entryAt);
    if ((PLACES[type]! & placeBit) === 0) {
      refuse('object_reloc_misplaced', { type: RELOCATIONS[type]!.name, section: name }, entryAt);
    }
    const offset = reader.uleb();
    if (offset < last) reader.fail('relocations are not sorted by offset', entryAt);
    last = offset;
    types[i] = type;
    at[i] = Math.min(start + offset, 0xffff_ffff);
    indexes[i] = readRelocIndex(reader, draft, type, entryAt);
    if (HAS_ADDEND[type] === 1) addend[i] = readAddend(reader, RELOCATIONS[type]!);
  }
  if (!reader.done) reader.fail('section size mismatch');
  draft.relocs.push({ target, table: { count, type: types, at, index: indexes, addend } });
}

// Columns of the table of types, which is read for each of some hundred thousand relocations.
const PLACES = Uint8Array.from(RELOCATIONS, ({ places }) => places);
const HAS_ADDEND = Uint8Array.from(RELOCATIONS, ({ hasAddend }) => (hasAddend ? 1 : 0));
/** Kind of the symbols that a type points to, -1 for types. */
const TARGET_KIND = Int8Array.from(RELOCATIONS, ({ target }) => SYMBOL_KIND_NAMES.indexOf(target));

function readRelocIndex(reader: ByteReader, draft: Draft, type: number, entryAt: number): number {
  const kind = TARGET_KIND[type]!;
  if (kind < 0) return readIndex(reader, 'type', draft.types.length);
  const { symbols } = draft.linking!;
  const index = readIndex(reader, 'symbol', symbols.length);
  const symbolKind = symbols[index]!.kind;
  if (symbolKind === kind) return index;
  // The global of a function or datum is one that holds its address.
  const holdsAddress = symbolKind === SymbolKind.function || symbolKind === SymbolKind.data;
  const { name, value } = RELOCATIONS[type]!;
  if (value !== 'global_index' || !holdsAddress) {
    refuse('object_reloc_symbol_kind', { type: name, kind: SYMBOL_KIND_NAMES[symbolKind]! }, entryAt);
  }
  return index;
}

function readAddend(reader: ByteReader, info: RelocInfo): number {
  if (info.width !== 8 && info.width !== 10) return reader.sleb();
  const lo = reader.sleb64();
  return reader.hi * 0x1_0000_0000 + lo;
}
