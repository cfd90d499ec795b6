/**
 * The `reloc.*` sections of an object.
 *
 * Source: tool-conventions Linking.md, "Relocation Sections". Owns that a type may occur where it does and that it points to
 * a symbol of a kind it can point to; finish-object.ts gives each relocation to the body or segment it lies in.
 */
import type { ByteReader } from '../wasm/byte-reader.ts';
import { SectionId, SYMBOL_KIND_NAMES, SymbolKind } from '../wasm/kinds.ts';
import type { RelocInfo } from '../wasm/relocations.ts';
import { RelocPlace, RELOCATIONS } from '../wasm/relocations.ts';
import type { Draft, SectionPlace } from './object-draft.ts';
import { readIndex, refuse } from './object-draft.ts';
import type { RelocTable } from './object-file.ts';

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
  const table: RelocTable = {
    count,
    type: new Uint8Array(count),
    at: new Uint32Array(count),
    index: new Uint32Array(count),
    addend: new Float64Array(count),
  };
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
  draft.relocs.push({ target, table });
}

function readRelocIndex(reader: ByteReader, draft: Draft, info: RelocInfo, entryAt: number): number {
  if (info.target === 'type') return readIndex(reader, 'type', draft.types.length);
  const symbols = draft.linking!.symbols;
  const index = readIndex(reader, 'symbol', symbols.length);
  const symbolKind = symbols[index]!.kind;
  const kind = SYMBOL_KIND_NAMES[symbolKind]!;
  if (kind === info.target) return index;
  // The global of a function or datum is one that holds its address.
  const holdsAddress = symbolKind === SymbolKind.function || symbolKind === SymbolKind.data;
  if (info.value !== 'global_index' || !holdsAddress)
    refuse('object_reloc_symbol_kind', { type: info.name, kind }, entryAt);
  return index;
}

function readAddend(reader: ByteReader, info: RelocInfo): number {
  if (info.width !== 8 && info.width !== 10) return reader.sleb();
  const lo = reader.sleb64();
  return reader.hi * 0x1_0000_0000 + lo;
}
