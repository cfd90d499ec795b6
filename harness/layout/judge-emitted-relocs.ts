/**
 * The relocations that a finished module keeps (`--emit-relocs`): each field holds what its relocation and its symbol promise.
 *
 * Owns the reading of `linking` and `reloc.*` sections of a module that runs (tool conventions, Linking.md), and the values of relocations where
 * nothing is added at run time: those against a base (`_REL_`, `_TLS_`, `_LOCREL_`) and what lies in passive data are left out.
 */
import { Cursor } from '../wasm/cursor.ts';
import { Extern, Flag, Kind, RELOCATION_TYPES, Section } from '../wasm/object-model.ts';
import type { Complaints } from './complaints.ts';
import type { FoundModule } from './found-module.ts';

const SYMBOL_TABLE = 8;

interface FoundSymbol {
  readonly kind: number;
  readonly flags: number;
  /** In its index space; of data the entry of the data section; of a section its number in the file. */
  readonly index: number;
  /** Of data: in its entry, or the address where it has none. */
  readonly offset: number;
}

/** A section that relocations count from. */
interface Owner {
  readonly name: string;
  /** Place in the module of the byte with offset 0. */
  readonly from: number;
  readonly to: number;
}

/** One relocation, and where its field is in the module. */
interface FoundRelocation {
  readonly type: string;
  /** Bytes of the field. */
  readonly size: number;
  readonly at: number;
  readonly index: number;
  readonly addend: number;
}

/** Judges what `module` keeps, linked with `options`. */
export function judgeEmittedRelocations(module: FoundModule, options: readonly string[], complaints: Complaints): void {
  if (!options.includes('--emit-relocs')) return;
  const owners = ownersOf(module);
  const linking = owners.find(({ name }) => name === 'linking');
  if (linking === undefined) {
    complaints.add('emitted-linking', 'relocations are to be kept, and there is no section linking');
    return;
  }
  const symbols = readSymbols(new Cursor(module.bytes, linking.from, linking.to, true));
  symbols.forEach((symbol, n) => judgeSymbol(module, symbol, n, complaints));
  for (const { name, from, to } of owners) {
    if (!name.startsWith('reloc.')) continue;
    const cursor = new Cursor(module.bytes, from, to, true);
    const owner = owners[cursor.number()];
    if (owner?.name !== name.slice('reloc.'.length)) {
      complaints.add('emitted-section', `${name} is about the section ${owner?.name ?? 'that is not there'}`);
      continue;
    }
    let last = -1;
    cursor.each(() => {
      const relocation = readRelocation(cursor, owner);
      if (relocation.at < last) complaints.add('emitted-order', `relocations of ${owner.name} are not in order`);
      last = relocation.at;
      judgeRelocation({ module, owners, symbols, complaints }, owner, relocation);
    });
  }
}

/** All sections by their number in the file, with the names that `reloc.*` sections have. */
function ownersOf({ bytes, sections }: FoundModule): Owner[] {
  return sections.map(({ id, from, to }) => {
    if (id === Section.code) return { name: 'CODE', from, to };
    if (id === Section.data) return { name: 'DATA', from, to };
    if (id !== Section.custom) return { name: '', from, to };
    const cursor = new Cursor(bytes, from, to, true);
    const name = cursor.name();
    return { name, from: cursor.at, to };
  });
}

function readSymbols(cursor: Cursor): FoundSymbol[] {
  const symbols: FoundSymbol[] = [];
  cursor.number();
  while (cursor.at < cursor.end) {
    const id = cursor.byte();
    const next = cursor.number() + cursor.at;
    if (id === SYMBOL_TABLE) cursor.each(() => symbols.push(readSymbol(cursor)));
    cursor.at = next;
  }
  return symbols;
}

function readSymbol(cursor: Cursor): FoundSymbol {
  const kind = cursor.byte();
  const flags = cursor.number();
  const isUndefined = (flags & Flag.undefined) !== 0;
  if (kind === Kind.data) {
    cursor.skipName();
    if (isUndefined) return { kind, flags, index: -1, offset: 0 };
    const index = cursor.number();
    const offset = cursor.number();
    cursor.number();
    return { kind, flags, index, offset };
  }
  const index = cursor.number();
  const isNamed = kind !== Kind.section && (!isUndefined || (flags & Flag.explicitName) !== 0);
  if (isNamed) cursor.skipName();
  return { kind, flags, index, offset: 0 };
}

function readRelocation(cursor: Cursor, { from }: Owner): FoundRelocation {
  const number = cursor.byte();
  const [type, size, hasAddend] = RELOCATION_TYPES[number] ?? [`type ${number}`, 0, false];
  const at = from + cursor.number();
  const index = cursor.number();
  return { type, size, at, index, addend: hasAddend ? Number(cursor.signed()) : 0 };
}

/** What a symbol is in an index space, by its kind. */
const SPACES: Readonly<Record<number, number>> = {
  [Kind.function]: Extern.function,
  [Kind.global]: Extern.global,
  [Kind.table]: Extern.table,
  [Kind.tag]: Extern.tag,
};

/** Only what is imported is undefined. */
function judgeSymbol(
  module: FoundModule,
  { kind, flags, index }: FoundSymbol,
  n: number,
  complaints: Complaints,
): void {
  const space = SPACES[kind];
  if (space === undefined) return;
  const imported = module.imports.filter((entry) => entry.kind === space).length;
  const isUndefined = (flags & Flag.undefined) !== 0;
  if (isUndefined === index < imported) return;
  complaints.add(
    'emitted-symbol',
    `symbol ${n}, kind ${kind}, index ${index}, is ${isUndefined ? '' : 'not '}undefined, and ${imported} of its kind are imported`,
  );
}

interface Scene {
  readonly module: FoundModule;
  readonly owners: readonly Owner[];
  readonly symbols: readonly FoundSymbol[];
  readonly complaints: Complaints;
}

function judgeRelocation(scene: Scene, owner: Owner, relocation: FoundRelocation): void {
  const { type, size, at, index, addend } = relocation;
  const { bytes } = scene.module;
  const where = `${type} at offset ${at - owner.from} of ${owner.name}`;
  if (size === 0 || at + size > owner.to) {
    scene.complaints.add('emitted-field', `${where} has no field there`);
    return;
  }
  const cursor = new Cursor(bytes, at, at + size, true);
  const is64 = type.endsWith('64');
  const width = is64 ? 64 : 32;
  const found = readField(cursor, type);
  const wanted = valueOf(scene, relocation);
  if (wanted === 'dangling') scene.complaints.add('emitted-dangling', `${where} is to ${index}, which is not there`);
  else if (wanted !== null && found !== BigInt.asUintN(width, wanted)) {
    const text = `${where} (to ${index}, + ${addend}) holds ${found}, and its symbol is at ${BigInt.asUintN(width, wanted)}`;
    scene.complaints.add(`emitted-${type.toLowerCase().replaceAll('_', '-')}`, text);
  }
}

/** The field as an unsigned number of its width. */
function readField(cursor: Cursor, type: string): bigint {
  // Of a padded number the sign bits are those of the value, or zeros: both give it modulo 2^width.
  if (type.includes('LEB')) return BigInt.asUintN(type.endsWith('64') ? 64 : 32, cursor.signed());
  const size = type.endsWith('64') ? 8 : 4;
  let value = 0n;
  for (let n = 0; n < size; n++) value |= BigInt(cursor.byte()) << BigInt(8 * n);
  return value;
}

/** What the field must hold; null: not said here. */
function valueOf(
  { module, owners, symbols }: Scene,
  { type, index, addend }: FoundRelocation,
): bigint | 'dangling' | null {
  if (type === 'TYPE_INDEX_LEB') return index < module.types.length ? BigInt(index) : 'dangling';
  const symbol = symbols[index];
  if (symbol === undefined) return 'dangling';
  if (/_(REL|TLS|LOCREL)_/.test(type)) return null;
  // What holds an address is a global of the linker, without a symbol.
  if (type.startsWith('GLOBAL_INDEX') && symbol.kind !== Kind.global) return null;
  const isUndefined = (symbol.flags & Flag.undefined) !== 0;
  switch (symbol.kind) {
    case Kind.data: {
      if (isUndefined) return 0n;
      if ((symbol.flags & Flag.absolute) !== 0) return BigInt(symbol.offset + addend);
      const entry = module.data[symbol.index];
      if (entry === undefined) return 'dangling';
      // Counts from the block of a thread, which is this entry.
      if ((symbol.flags & Flag.tls) !== 0) return BigInt(symbol.offset + addend);
      return entry.address === null ? null : BigInt(entry.address + symbol.offset + addend);
    }
    case Kind.section: {
      const owner = owners[symbol.index];
      return owner === undefined || owner.name === '' ? 'dangling' : BigInt(addend);
    }
    case Kind.function: {
      if (symbol.index >= module.functionTypes.length) return 'dangling';
      if (type.startsWith('FUNCTION_OFFSET')) {
        const body = module.bodies[symbol.index - module.importedFunctions];
        const code = owners.find(({ name }) => name === 'CODE');
        return body === undefined || code === undefined ? null : BigInt(body.start - code.from + addend);
      }
      if (!type.startsWith('TABLE_INDEX')) return type.startsWith('FUNCTION_INDEX') ? BigInt(symbol.index) : null;
      // Without a slot it is a function that traps in place of one that is not defined: its address is null.
      return BigInt(slotOf(module, symbol.index) ?? 0);
    }
    default:
      return BigInt(symbol.index);
  }
}

function slotOf({ elements }: FoundModule, index: number): number | null {
  for (const { first, functions } of elements) {
    const n = functions.indexOf(index);
    if (n >= 0 && first !== null) return first + n;
  }
  return null;
}
