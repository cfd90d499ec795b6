/**
 * Bytes of an object to an object model, so that decorations can edit what the system under test wrote.
 *
 * Takes well-formed objects of the convention (our own and clang's); anything else throws, because the harness never
 * decorates what did not pass the checks before. Offsets of custom-section relocations count from behind the name.
 */
import { Cursor, Malformed } from './cursor.ts';
import type { ImportEntry, ObjectModel, Relocation, SymbolEntry } from './object-model.ts';
import { emptyModel, Extern, Flag, importCount, Kind, RELOCATION_TYPES, Section } from './object-model.ts';

/** What relocations of a section belong to: [first byte, end, list]. */
interface Owner {
  readonly start: number;
  readonly end: number;
  readonly relocations: Relocation[];
}

interface Draft {
  readonly model: ObjectModel;
  readonly functionTypes: number[];
  /** Owners by section number. */
  readonly owners: Map<number, readonly Owner[]>;
  /** Place in `customs` by section number. */
  readonly customs: Map<number, number>;
}

/** The model of `bytes`. */
export function readObjectModel(bytes: Uint8Array): ObjectModel {
  const draft: Draft = { model: emptyModel(), functionTypes: [], owners: new Map(), customs: new Map() };
  const cursor = new Cursor(bytes, 8, bytes.length, true);
  for (let number = 0; cursor.at < bytes.length; number++) {
    const id = cursor.byte();
    const size = cursor.number();
    const end = cursor.at + size;
    readSection(draft, new Cursor(bytes.subarray(0, end), cursor.at, end, true), id, number);
    cursor.at = end;
  }
  return draft.model;
}

function readSection(draft: Draft, cursor: Cursor, id: number, number: number): void {
  const { model } = draft;
  const each = (read: () => void): void => {
    for (let left = cursor.number(); left > 0; left--) read();
  };
  switch (id) {
    case Section.type:
      each(() => {
        cursor.byte();
        model.types.push({ params: [...cursor.take(cursor.number())], results: [...cursor.take(cursor.number())] });
      });
      return;
    case Section.import:
      each(() => model.imports.push(readImport(cursor)));
      return;
    case Section.function:
      each(() => draft.functionTypes.push(cursor.number()));
      return;
    case Section.table:
      each(() => {
        model.tables.push(
          cursor.span(() => {
            cursor.byte();
            skipLimits(cursor);
          }),
        );
      });
      return;
    case Section.tag:
      each(() => {
        cursor.byte();
        model.tags.push(cursor.number());
      });
      return;
    case Section.global:
      each(() => {
        model.globals.push(
          cursor.span(() => {
            cursor.at += 2;
            skipConstant(cursor);
          }),
        );
      });
      return;
    case Section.export:
      each(() => model.exports.push({ name: cursor.name(), kind: cursor.byte(), index: cursor.number() }));
      return;
    case Section.code:
      draft.owners.set(number, readCode(draft, cursor));
      return;
    case Section.data:
      draft.owners.set(number, readData(draft, cursor));
      return;
    case Section.custom:
      readCustom(draft, cursor, number);
      return;
    default:
  }
}

function readImport(cursor: Cursor): ImportEntry {
  const module = cursor.name();
  const field = cursor.name();
  const kind = cursor.byte();
  if (kind === Extern.tag) cursor.byte();
  const type = kind === Extern.function || kind === Extern.tag ? cursor.number() : -1;
  const desc = cursor.span(() => {
    if (kind === Extern.global) cursor.at += 2;
    if (kind === Extern.table) cursor.byte();
    if (kind === Extern.table || kind === Extern.memory) skipLimits(cursor);
  });
  return { module, field, kind, type, desc };
}

function skipLimits(cursor: Cursor): void {
  const flags = cursor.byte();
  cursor.number();
  if ((flags & 1) !== 0) cursor.number();
}

/** Skips a constant expression of one instruction and `end`. */
function skipConstant(cursor: Cursor): void {
  const op = cursor.byte();
  if (op === 0x43) cursor.at += 4;
  else if (op === 0x44) cursor.at += 8;
  else Number(cursor.signed());
  if (cursor.byte() !== 0x0b) throw new Malformed('a constant expression of several instructions');
}

function readCode(draft: Draft, cursor: Cursor): Owner[] {
  const base = cursor.at;
  const owners: Owner[] = [];
  const count = cursor.number();
  for (let n = 0; n < count; n++) {
    const size = cursor.number();
    const start = cursor.at - base;
    const relocations: Relocation[] = [];
    draft.model.functions.push({ type: draft.functionTypes[n]!, body: cursor.take(size), relocations });
    owners.push({ start, end: start + size, relocations });
  }
  return owners;
}

function readData(draft: Draft, cursor: Cursor): Owner[] {
  const base = cursor.at;
  const owners: Owner[] = [];
  const count = cursor.number();
  for (let n = 0; n < count; n++) {
    const mode = cursor.number();
    if (mode === 2) cursor.number();
    if (mode !== 1) skipConstant(cursor);
    const size = cursor.number();
    const start = cursor.at - base;
    const relocations: Relocation[] = [];
    const passive = mode === 1;
    const bytes = cursor.take(size);
    draft.model.segments.push({ name: '', alignLog2: 0, flags: 0, passive, bytes, relocations });
    owners.push({ start, end: start + size, relocations });
  }
  return owners;
}

function readCustom(draft: Draft, cursor: Cursor, number: number): void {
  const { model } = draft;
  const name = cursor.name();
  if (name === 'linking') {
    readLinking(draft, cursor);
  } else if (name.startsWith('reloc.')) {
    readRelocations(draft, cursor);
  } else if (name === 'target_features') {
    model.features = [];
    for (let left = cursor.number(); left > 0; left--) {
      const prefix = String.fromCharCode(cursor.byte());
      model.features.push(prefix + cursor.name());
    }
  } else {
    const relocations: Relocation[] = [];
    const bytes = cursor.take(cursor.bytes.length - cursor.at);
    draft.customs.set(number, model.customs.length);
    // Offsets in a custom section count from behind its name.
    draft.owners.set(number, [{ start: 0, end: bytes.length, relocations }]);
    model.customs.push({ name, bytes, relocations });
  }
}

function readRelocations(draft: Draft, cursor: Cursor): void {
  const owners = draft.owners.get(cursor.number()) ?? [];
  let at = 0;
  for (let left = cursor.number(); left > 0; left--) {
    const type = cursor.byte();
    const offset = cursor.number();
    const index = cursor.number();
    const addend = RELOCATION_TYPES[type]![2] ? Number(cursor.signed()) : 0;
    while (at < owners.length && owners[at]!.end <= offset) at++;
    const owner = owners[at];
    if (owner === undefined) throw new Malformed('a relocation outside of everything');
    owner.relocations.push({ type, offset: offset - owner.start, index, addend });
  }
}

function readLinking(draft: Draft, cursor: Cursor): void {
  const { model } = draft;
  cursor.number();
  while (cursor.at < cursor.bytes.length) {
    const id = cursor.byte();
    const end = cursor.number() + cursor.at;
    const count = cursor.number();
    for (let n = 0; n < count; n++) {
      if (id === 8) model.symbols.push(readSymbol(draft, cursor));
      else if (id === 5) {
        const name = cursor.name();
        const alignLog2 = cursor.number();
        model.segments[n] = { ...model.segments[n]!, name, alignLog2, flags: cursor.number() };
      } else if (id === 6) {
        const priority = cursor.number();
        model.initFuncs.push({ priority, symbol: cursor.number() });
      } else if (id === 7) model.comdats.push(readComdat(draft, cursor));
    }
    cursor.at = end;
  }
}

function readComdat(draft: Draft, cursor: Cursor): ObjectModel['comdats'][number] {
  const name = cursor.name();
  const flags = cursor.number();
  const members: { kind: number; index: number }[] = [];
  for (let left = cursor.number(); left > 0; left--) {
    const kind = cursor.byte();
    const index = cursor.number();
    members.push({ kind, index: kind === 5 ? draft.customs.get(index)! : index });
  }
  return { name, flags, members };
}

const EXTERN_OF_KIND: Readonly<Record<number, number>> = {
  [Kind.function]: Extern.function,
  [Kind.global]: Extern.global,
  [Kind.tag]: Extern.tag,
  [Kind.table]: Extern.table,
};

function readSymbol(draft: Draft, cursor: Cursor): SymbolEntry {
  const { model } = draft;
  const kind = cursor.byte();
  const flags = cursor.number();
  const isUndefined = (flags & Flag.undefined) !== 0;
  if (kind === Kind.section) {
    return { kind, flags, name: '', index: draft.customs.get(cursor.number()) ?? -1, offset: 0, size: 0 };
  }
  if (kind === Kind.data) {
    const name = cursor.name();
    if (isUndefined) return { kind, flags, name, index: -1, offset: 0, size: 0 };
    return { kind, flags, name, index: cursor.number(), offset: cursor.number(), size: cursor.number() };
  }
  const index = cursor.number();
  if (!isUndefined || (flags & Flag.explicitName) !== 0) {
    return { kind, flags, name: cursor.name(), index, offset: 0, size: 0 };
  }
  const extern = EXTERN_OF_KIND[kind]!;
  if (index >= importCount(model, extern)) throw new Malformed('an undefined symbol that is no import');
  const name = model.imports.filter((entry) => entry.kind === extern)[index]!.field;
  return { kind, flags, name, index, offset: 0, size: 0 };
}
