/**
 * Ways to break what an object says, not how it says it: symbols, relocations, segments, constructors, COMDAT groups.
 *
 * The sections that a mutation does not name stay as they are, and those that it names are written well-formed again. So most
 * of these objects are read without complaint, and the phases behind the reader get to see them.
 */
import type { ParsedObject } from '../../core/link/input/object-file.ts';
import { readObject } from '../../core/link/input/read-object.ts';
import type { LinkingContent, LinkingSymbol } from '../../core/link/sections/write-linking.ts';
import { writeLinking } from '../../core/link/sections/write-linking.ts';
import { ByteWriter } from '../../core/wasm/byte-writer.ts';
import { ComdatKind, SegmentFlag, SymbolFlag, SymbolKind } from '../../core/wasm/kinds.ts';
import { RELOCATIONS } from '../../core/wasm/relocations.ts';
import { pick } from './random.ts';
import type { Random } from './random.ts';
import { contentStart, customName, joinBytes, joinSections, leb, readLeb, splitSections } from './sections.ts';

/** Names that mean something to a linker. */
const SPECIAL_NAMES = [
  ...['', 'memory', '_start', '_initialize', 'main', '__original_main', '__main_void', '__wrap_d', '__real_d'],
  ...['__heap_base', '__heap_end', '__data_end', '__global_base', '__dso_handle', '__stack_low', '__stack_high'],
  ...['__stack_pointer', '__tls_base', '__tls_size', '__tls_align', '__memory_base', '__table_base'],
  ...['__wasm_call_ctors', '__wasm_init_memory', '__wasm_init_tls', '__wasm_apply_data_relocs'],
  ...['__indirect_function_table', '__start_kept', '__stop_kept', '__cpp_exception'],
];

const FLAGS = Object.values(SymbolFlag);
const NUMBERS = [0, 1, 2, 3, 4, 8, 0x7f, 0x80, 0xffff, 0x10000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
const SEGMENT_NAMES = [
  '.bss',
  '.bss.x',
  '.tdata',
  '.tbss.x',
  '.rodata..L.str',
  '.data.rel.ro',
  '.init_array',
  'kept',
  '',
];

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
interface Content {
  segments: Mutable<LinkingContent['segments'][number]>[];
  symbols: Mutable<LinkingSymbol>[];
  initFuncs: Mutable<NonNullable<LinkingContent['initFuncs']>[number]>[];
  comdats: { name: string; members: { kind: number; index: number }[] }[];
}

/** Changes the meaning of an object; bytes that are no object come back as they are. */
export function mutateMeaning(bytes: Uint8Array, random: Random): Uint8Array {
  const object = readObject(bytes, 'seed');
  if (!object.ok) return bytes;
  let mutated = bytes;
  for (let n = 1 + random(3); n > 0; n--) {
    mutated = random(3) === 0 ? mutateRelocations(mutated, object.value, random) : mutateLinking(mutated, random);
  }
  return mutated;
}

function mutateLinking(bytes: Uint8Array, random: Random): Uint8Array {
  const object = readObject(bytes, 'seed');
  if (!object.ok) return bytes;
  const content = contentOf(object.value);
  if (random(4) > 0) changeSymbol(content, random);
  else pick(random, [changeSegment, changeConstructors, changeGroups])(content, random);
  const out = new ByteWriter();
  writeLinking(out, content);
  const linking = splitSections(joinBytes([new Uint8Array(8), out.toBytes()]))[0]!;
  const pieces = splitSections(bytes);
  return joinSections(pieces.map((piece) => (customName(piece) === 'linking' ? linking : piece)));
}

function contentOf(object: ParsedObject): Content {
  const symbols = object.symbols.map((symbol) => ({ ...symbol }));
  // The reader made it up.
  if (object.isLegacyTable) symbols.pop();
  return {
    segments: object.segments.map(({ name, alignLog2, flags }) => ({ name, align: 2 ** alignLog2, flags })),
    symbols,
    initFuncs: object.initFuncs.map(({ priority, symbol }) => ({ priority, symbol })),
    comdats: object.comdats.map(({ name, members }) => ({ name, members: members.map((member) => ({ ...member })) })),
  };
}

function changeSymbol({ symbols }: Content, random: Random): void {
  if (symbols.length === 0) return;
  const number = random(symbols.length);
  const symbol = symbols[number]!;
  const alike = symbols.filter(({ kind }) => kind === symbol.kind);
  const other = pick(random, random(8) > 0 ? alike : symbols);
  switch (random(9)) {
    case 0:
    case 1:
      symbol.flags ^= pick(random, FLAGS);
      return;
    case 2:
      (symbol as { name: string }).name = other.name;
      symbol.flags |= symbol.kind === SymbolKind.section ? 0 : SymbolFlag.explicit_name;
      return;
    case 3:
      (symbol as { name: string }).name = pick(random, SPECIAL_NAMES);
      symbol.flags |= SymbolFlag.explicit_name;
      return;
    case 4:
      symbol.index = other.kind === symbol.kind || random(4) === 0 ? other.index : symbol.index + 1;
      return;
    case 5:
      if (random(2) === 0) symbol.offset = pick(random, NUMBERS);
      else symbol.size = pick(random, NUMBERS);
      return;
    case 6:
      symbol.kind = random(6);
      return;
    case 7:
      symbols[number] = { ...other };
      return;
    case 8:
      symbols.splice(random(symbols.length + 1), 0, { ...other });
      return;
  }
}

function changeSegment({ segments }: Content, random: Random): void {
  if (segments.length === 0) return;
  const segment = pick(random, segments);
  const kind = random(3);
  if (kind === 0) segment.name = random(2) === 0 ? pick(random, SEGMENT_NAMES) : pick(random, segments).name;
  else if (kind === 1) segment.align = 2 ** random(31);
  else segment.flags = (segment.flags ?? 0) ^ pick(random, Object.values(SegmentFlag));
}

function changeConstructors({ initFuncs, symbols }: Content, random: Random): void {
  const priority = pick(random, NUMBERS);
  if (initFuncs.length > 0 && random(2) === 0) pick(random, initFuncs).priority = priority;
  else {
    const functions = symbols.flatMap(({ kind, flags }, i) =>
      kind === SymbolKind.function && (flags & SymbolFlag.undefined) === 0 ? [i] : [],
    );
    if (functions.length > 0) initFuncs.push({ priority, symbol: pick(random, functions) });
  }
}

function changeGroups({ comdats, symbols }: Content, random: Random): void {
  if (comdats.length === 0 || random(4) === 0) {
    const grouped = symbols.filter(({ kind, index }) => kind <= SymbolKind.data && index >= 0);
    if (grouped.length === 0) return;
    const { kind, name, index } = pick(random, grouped);
    comdats.push({
      name,
      members: [{ kind: kind === SymbolKind.data ? ComdatKind.data : ComdatKind.function, index }],
    });
    return;
  }
  const group = pick(random, comdats);
  const kind = random(4);
  if (kind === 0) group.name = pick(random, comdats).name;
  else if (kind === 1) group.members.push(...pick(random, comdats).members);
  else if (kind === 2) group.members.pop();
  else for (const member of group.members) member.index += random(3) - 1;
}

interface Entry {
  type: number;
  offset: number;
  index: number;
  addend: Uint8Array;
}

const NO_ADDEND = new Uint8Array(0);
/** 0, 1, -1, -64, 65536, the extremes of 32 bits, and one of 64. */
const ADDENDS = [
  ...[[0x00], [0x01], [0x7f], [0x40], [0x80, 0x80, 0x04]],
  ...[
    [0xff, 0xff, 0xff, 0xff, 0x07],
    [0x80, 0x80, 0x80, 0x80, 0x78],
    [0xff, 0xff, 0xff, 0xff, 0xff, 0x0f],
  ],
].map((bytes) => Uint8Array.from(bytes));

function mutateRelocations(bytes: Uint8Array, object: ParsedObject, random: Random): Uint8Array {
  const pieces = splitSections(bytes);
  const tables = pieces.flatMap((piece, i) => (customName(piece).startsWith('reloc.') ? [i] : []));
  if (tables.length === 0) return bytes;
  const number = pick(random, tables);
  const piece = pieces[number]!;
  const target = readLeb(piece.payload, contentStart(piece));
  const entries = readEntries(piece.payload, target.end);
  if (entries.length === 0) return bytes;
  changeEntry(entries, object.symbols, random);
  entries.sort((a, b) => a.offset - b.offset);
  const parts = [piece.payload.subarray(0, target.end), leb(entries.length)];
  for (const { type, offset, index, addend } of entries)
    parts.push(Uint8Array.of(type), leb(offset), leb(index), addend);
  pieces[number] = { id: piece.id, payload: joinBytes(parts) };
  return joinSections(pieces);
}

function readEntries(payload: Uint8Array, from: number): Entry[] {
  const count = readLeb(payload, from);
  const entries: Entry[] = [];
  let at = count.end;
  for (let i = 0; i < count.value && at < payload.length; i++) {
    const type = payload[at]!;
    const offset = readLeb(payload, at + 1);
    const index = readLeb(payload, offset.end);
    at = index.end;
    if (RELOCATIONS[type]?.hasAddend === true) while (at < payload.length && payload[at++]! > 0x7f);
    entries.push({ type, offset: offset.value, index: index.value, addend: payload.subarray(index.end, at) });
  }
  return entries;
}

function changeEntry(entries: Entry[], symbols: ParsedObject['symbols'], random: Random): void {
  const entry = pick(random, entries);
  const { kind } = symbols[entry.index] ?? { kind: -1 };
  const alike = symbols.flatMap((symbol, i) => (symbol.kind === kind ? [i] : []));
  switch (random(6)) {
    case 0:
      entry.type = random(RELOCATIONS.length + 1);
      if (RELOCATIONS[entry.type]?.hasAddend !== true) entry.addend = NO_ADDEND;
      else if (entry.addend.length === 0) entry.addend = pick(random, ADDENDS);
      return;
    case 1:
    case 2:
      entry.index = alike.length > 0 && random(8) > 0 ? pick(random, alike) : random(Math.max(1, symbols.length));
      return;
    case 3:
      if (entry.addend.length > 0) entry.addend = pick(random, ADDENDS);
      else entry.index = pick(random, entries).index;
      return;
    case 4:
      entry.offset = Math.max(0, random(2) === 0 ? entry.offset + random(11) - 5 : pick(random, entries).offset);
      return;
    case 5:
      entries.push({ ...entry });
      return;
  }
}
