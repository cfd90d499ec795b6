/**
 * From the draft of an object to a ParsedObject: the cross checks that only the whole file allows.
 *
 * Owns the invariants that object-file.ts promises, beside the index ranges that the reading functions check: each
 * relocation lies inside one body, segment or custom section, and the tables agree with the symbols.
 */
import { assert } from '../../support/assert.ts';
import { ComdatKind, SectionId, SymbolFlag, SymbolKind, ValType } from '../../wasm/kinds.ts';
import { RELOCATIONS, WANTS_SLOT } from '../../wasm/relocations.ts';
import type { ObjSectionIndex, ObjSymIndex } from './index-spaces.ts';
import type { InitRef, ObjectCustom, ObjectGlobal, ParsedObject, RelocTable } from './object-file.ts';
import { ENVIRONMENT, NO_RELOCS } from './object-file.ts';
import type { Draft, DraftSegment, LinkingSection } from './object-draft.ts';
import { refuse } from './object-draft.ts';

/** Checks what only the whole file can tell and freezes the draft. */
export function finishObject(draft: Draft): ParsedObject {
  const linking = draft.linking;
  if (!linking) return refuse('object_missing_linking', {}, 0);
  if (draft.bodyStart.length !== draft.funcTypes.length) {
    refuse('object_malformed', { why: 'function and code section disagree' }, draft.bytes.length);
  }
  const isLegacyTable = checkTables(draft, linking);
  const tableOf = (id: number): RelocTable =>
    draft.relocs.find((section) => draft.sections[section.target]!.id === id)?.table ?? NO_RELOCS;
  const codeRelocs = tableOf(SectionId.code);
  const dataRelocs = tableOf(SectionId.data);
  checkComdats(draft, linking);
  const segmentRelocs = distributeData(draft, dataRelocs);
  draft.segments.forEach((segment, s) => {
    segment.isZero = segmentRelocs[s] === segmentRelocs[s + 1] && isZero(draft.bytes, segment);
  });
  return {
    file: draft.file,
    bytes: draft.bytes,
    types: draft.types,
    funcImports: draft.funcImports,
    globalImports: draft.globalImports,
    tableImports: draft.tableImports,
    tagImports: draft.tagImports,
    memory: draft.memory,
    funcTypes: draft.funcTypes,
    bodyStart: draft.bodyStart,
    bodyEnd: draft.bodyEnd,
    funcSymbol: firstSymbols(draft, linking),
    globals: findInitSymbols(draft, linking),
    tables: draft.tables,
    tags: draft.tags,
    customs: finishCustoms(draft),
    segments: draft.segments,
    symbols: linking.symbols,
    roots: rootSymbols(linking),
    codeRelocs,
    dataRelocs,
    takesAddress: wantsSlot(codeRelocs) || wantsSlot(dataRelocs),
    funcRelocs: distribute(draft, codeRelocs, draft.bodyStart, draft.bodyEnd, 'function body'),
    segmentRelocs,
    initFuncs: linking.initFuncs,
    exportNames: draft.exportNames,
    comdats: linking.comdats,
    features: draft.features,
    producers: draft.producers,
    names: draft.names,
    isLegacyTable,
  };
}

function wantsSlot({ count, type }: RelocTable): boolean {
  for (let r = 0; r < count; r++) if (WANTS_SLOT[type[r]!] === 1) return true;
  return false;
}

/**
 * An object built without reference types imports the function table but has no symbol for it: it gets one here. Returns
 * whether that is so; the output must then have that table at index 0.
 */
function checkTables(draft: Draft, linking: LinkingSection): boolean {
  const { tableImports, tables } = draft;
  let symbols = 0;
  for (const { kind, flags } of linking.symbols) {
    if (kind === SymbolKind.table && (flags & SymbolFlag.undefined) !== 0) symbols++;
  }
  if (tableImports.length === symbols) return false;
  const [only] = tableImports;
  if (symbols > 0 || tables.length > 0 || tableImports.length !== 1 || only!.field !== ENVIRONMENT.table) {
    refuse('object_malformed', { why: 'table import without a symbol' }, 0);
  }
  if (only!.refType !== ValType.funcref) refuse('object_malformed', { why: 'function table of another type' }, 0);
  const flags = SymbolFlag.undefined | SymbolFlag.no_strip;
  linking.symbols.push({ kind: SymbolKind.table, flags, name: ENVIRONMENT.table, index: 0, offset: 0, size: 0 });
  return true;
}

/** Every member of a group exists; section members are custom sections. */
function checkComdats(draft: Draft, linking: LinkingSection): void {
  if (linking.comdats.length === 0) return;
  const counts: Readonly<Record<number, readonly [first: number, end: number]>> = {
    [ComdatKind.data]: [0, draft.segments.length],
    [ComdatKind.function]: [draft.funcImports.length, draft.funcImports.length + draft.funcTypes.length],
    [ComdatKind.global]: [draft.globalImports.length, draft.globalImports.length + draft.globals.length],
    [ComdatKind.tag]: [draft.tagImports.length, draft.tagImports.length + draft.tags.length],
    [ComdatKind.table]: [draft.tableImports.length, draft.tableImports.length + draft.tables.length],
    [ComdatKind.section]: [0, draft.sections.length],
  };
  for (const { name, members } of linking.comdats) {
    for (const { kind, index } of members) {
      const range = counts[kind];
      if (range === undefined) refuse('object_malformed', { why: `unknown kind ${kind} in COMDAT "${name}"` }, 0);
      if (index < range[0] || index >= range[1]) {
        refuse('object_index_out_of_range', { what: `member of COMDAT "${name}"`, index, count: range[1] }, 0);
      }
    }
  }
}

/** Custom sections that the linker reads itself, or that make no sense in an output. */
const OWN_CUSTOMS: ReadonlySet<string> = new Set([
  'linking',
  'name',
  'producers',
  'target_features',
  '.llvmbc',
  '.llvmcmd',
]);

const NO_CUSTOMS: readonly ObjectCustom[] = [];

function finishCustoms(draft: Draft): readonly ObjectCustom[] {
  const customs: ObjectCustom[] = [];
  draft.sections.forEach(({ id, name, start, end }, section) => {
    if (id !== SectionId.custom || OWN_CUSTOMS.has(name) || name.startsWith('reloc.')) return;
    const relocs = draft.relocs.find((list) => list.target === section)?.table ?? NO_RELOCS;
    if (start === end) return;
    if (relocs.count > 0) distribute(draft, relocs, Uint32Array.of(start), Uint32Array.of(end), 'custom section');
    customs.push({ name, section: section as ObjSectionIndex, start, end, relocs });
  });
  return customs.length === 0 ? NO_CUSTOMS : customs;
}

/** Globals whose initialisers know the symbols of what they mention: a link has numbers for symbols only. */
function findInitSymbols({ globals }: Draft, { symbols }: LinkingSection): readonly ObjectGlobal[] {
  if (globals.every(({ refs }) => refs.length === 0)) return globals;
  const first: Record<InitRef['kind'], Map<number, ObjSymIndex>> = { global: new Map(), function: new Map() };
  symbols.forEach(({ kind, index }, s) => {
    const of = kind === SymbolKind.global ? first.global : kind === SymbolKind.function ? first.function : null;
    if (of !== null && !of.has(index)) of.set(index, s as ObjSymIndex);
  });
  return globals.map((global) => ({
    ...global,
    refs: global.refs.map((ref) => ({ ...ref, symbol: first[ref.kind].get(ref.index) ?? ref.symbol })),
  }));
}

const NO_ROOTS: readonly ObjSymIndex[] = [];

function rootSymbols(linking: LinkingSection): readonly ObjSymIndex[] {
  let roots: ObjSymIndex[] | null = null;
  for (let s = 0; s < linking.symbols.length; s++) {
    const { flags } = linking.symbols[s]!;
    const isUndefined = (flags & SymbolFlag.undefined) !== 0;
    if ((flags & (isUndefined ? SymbolFlag.no_strip : SymbolFlag.exported | SymbolFlag.no_strip)) === 0) continue;
    (roots ??= []).push(s as ObjSymIndex);
  }
  return roots ?? NO_ROOTS;
}

function firstSymbols(draft: Draft, linking: LinkingSection): Int32Array {
  const first = draft.slab.i32(draft.funcTypes.length).fill(-1);
  linking.symbols.forEach((symbol, i) => {
    const defined = symbol.index - draft.funcImports.length;
    if (symbol.kind === SymbolKind.function && defined >= 0 && first[defined] === -1) first[defined] = i;
  });
  return first;
}

/** Segments that may be memory that nobody writes. */
const ZERO_NAME = /^\.t?bss(\.|$)/;

function isZero(bytes: Uint8Array, { name, start, end }: DraftSegment): boolean {
  if (!ZERO_NAME.test(name)) return false;
  for (let at = start; at < end; at++) if (bytes[at] !== 0) return false;
  return true;
}

function distributeData(draft: Draft, table: RelocTable): Uint32Array {
  const { segments, slab } = draft;
  const starts = slab.u32(segments.length);
  const ends = slab.u32(segments.length);
  for (let s = 0; s < segments.length; s++) {
    starts[s] = segments[s]!.start;
    ends[s] = segments[s]!.end;
  }
  return distribute(draft, table, starts, ends, 'data segment');
}

/**
 * Gives each relocation to the range that holds its bytes: entry i of the result is the first relocation of range i. Both
 * ranges and relocations are sorted by position, so one pass does it. A relocation outside of every range is refused, and
 * one that overlaps another: which of them would win would depend on the way to link.
 */
function distribute(
  { slab }: Draft,
  table: RelocTable,
  starts: Uint32Array,
  ends: Uint32Array,
  owner: string,
): Uint32Array {
  const first = slab.u32(starts.length + 1);
  let next = 0;
  for (let i = 0; i < starts.length; i++) {
    first[i] = next;
    const start = starts[i]!;
    const end = ends[i]!;
    let free = start;
    for (; next < table.count && table.at[next]! < end; next++) {
      const { width, name } = RELOCATIONS[table.type[next]!]!;
      const at = table.at[next]!;
      if (at < start || at + width > end) refuse('object_reloc_outside', { type: name, owner }, at);
      if (at < free) refuse('object_reloc_overlap', { type: name }, at);
      free = at + width;
    }
  }
  if (next < table.count) {
    refuse('object_reloc_outside', { type: RELOCATIONS[table.type[next]!]!.name, owner }, table.at[next]!);
  }
  first[starts.length] = next;
  assert(next === table.count, 'every relocation has an owner');
  return first;
}
