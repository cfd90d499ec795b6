/**
 * Debug information of a finished module: functions with their ranges and variables, and the rows of the line table.
 *
 * Reads what DWARF 4 has and this project's back end writes: one file, known forms. Independent of core. Source: DWARF Debugging
 * Information Format 4, sections 6.2 and 7.5; addresses count from the start of the code section's contents.
 */
import { Cursor, Malformed } from '../wasm/cursor.ts';

/** A row of the line table; `ends` closes a sequence. */
export interface LineRow {
  readonly address: number;
  readonly line: number;
  readonly column: number;
  readonly ends: boolean;
}

/** An entry for a function: its code is `low ..< high`. */
export interface DebugEntry extends DebugScope {
  readonly name: string;
  /** The location that offsets of the frame count from; null: there is none. */
  readonly frameBase: Uint8Array | null;
}

/** A function, a block, or what was inlined: its code is `low ..< high`. */
export interface DebugScope {
  readonly low: number;
  readonly high: number;
  /** Name of the function that was inlined. */
  readonly inlined: string | null;
  readonly call: readonly [line: number, column: number] | null;
  readonly variables: readonly FoundVariable[];
  readonly scopes: readonly DebugScope[];
}

/** A variable or an argument. */
export interface FoundVariable {
  readonly name: string;
  readonly isArgument: boolean;
  /** Bytes of its type; null if they are not said. */
  readonly size: number | null;
  /** Where it is, from which place of the code to which. */
  readonly places: readonly { readonly low: number; readonly high: number; readonly location: Uint8Array }[];
}

/** All of it. */
export interface Dwarf {
  readonly unitName: string;
  readonly entries: readonly DebugEntry[];
  readonly ranges: readonly (readonly [low: number, high: number])[];
  readonly file: string;
  readonly rows: readonly LineRow[];
}

/** Contents of custom sections by name. */
export type Customs = ReadonlyMap<string, Uint8Array>;

/** The custom sections of a module. */
export function customsOf(bytes: Uint8Array): Customs {
  const customs = new Map<string, Uint8Array>();
  const cursor = new Cursor(bytes, 8, bytes.length, true);
  while (cursor.at < bytes.length) {
    const id = cursor.byte();
    const to = cursor.number() + cursor.at;
    if (id === 0) customs.set(cursor.name(), bytes.subarray(cursor.at, to));
    cursor.at = to;
  }
  return customs;
}

/** Debug information of the first unit; null if there is none. Throws Malformed for what it cannot be. */
export function readDwarf(customs: Customs): Dwarf | null {
  const info = customs.get('.debug_info');
  if (info === undefined) return null;
  const section = (name: string): Uint8Array => {
    const found = customs.get(name);
    if (found === undefined) throw new Malformed(`there is .debug_info, but no ${name}`);
    return found;
  };
  const unit = readUnit(customs, info, section('.debug_abbrev'), section('.debug_str'));
  return {
    unitName: unit.name,
    entries: unit.entries,
    ranges: readRanges(section('.debug_ranges'), unit.ranges, unit.addressSize),
    ...readLines(section('.debug_line'), unit.lines),
  };
}

/** A little-endian number of `size` bytes. */
function word(cursor: Cursor, size: number): number {
  let value = 0;
  for (let n = 0; n < size; n++) value += cursor.byte() * 2 ** (8 * n);
  return value;
}

const decoder = new TextDecoder();

/** The text that ends with a NUL at `at`. */
function textAt(bytes: Uint8Array, at: number): string {
  const end = bytes.indexOf(0, at);
  if (at >= bytes.length || end < 0) throw new Malformed(`no string at ${at}`);
  return decoder.decode(bytes.subarray(at, end));
}

type Shape = {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly (readonly [name: number, form: number])[];
};

function readShapes(bytes: Uint8Array, at: number): ReadonlyMap<number, Shape> {
  const cursor = new Cursor(bytes, at, bytes.length, true);
  const shapes = new Map<number, Shape>();
  for (let code = cursor.number(); code !== 0; code = cursor.number()) {
    const tag = cursor.number();
    const hasChildren = cursor.byte() === 1;
    const attributes: (readonly [number, number])[] = [];
    for (;;) {
      const [name, form] = [cursor.number(), cursor.number()];
      if (name === 0) break;
      attributes.push([name, form]);
    }
    shapes.set(code, { tag, hasChildren, attributes });
  }
  return shapes;
}

// Tags and attributes (DWARF 4, figures 18 and 20).
const TAG = { array: 0x01, argument: 0x05, block: 0x0b, inlined: 0x1d, length: 0x21, function: 0x2e, variable: 0x34 };
const AT = {
  location: 0x02,
  name: 0x03,
  size: 0x0b,
  lines: 0x10,
  low: 0x11,
  high: 0x12,
  origin: 0x31,
  count: 0x37,
  frameBase: 0x40,
  type: 0x49,
  ranges: 0x55,
  column: 0x57,
  line: 0x59,
};

/** One entry; values of attributes are numbers, or the bytes of a location. */
interface Entry {
  readonly tag: number;
  readonly numbers: ReadonlyMap<number, number>;
  readonly blocks: ReadonlyMap<number, Uint8Array>;
  readonly children: readonly Entry[];
}

interface UnitEntry {
  readonly name: string;
  readonly addressSize: number;
  readonly ranges: number;
  readonly lines: number;
  readonly entries: readonly DebugEntry[];
}

function readUnit(customs: Customs, info: Uint8Array, abbrev: Uint8Array, strings: Uint8Array): UnitEntry {
  const cursor = new Cursor(info, 0, info.length, true);
  const end = word(cursor, 4) + 4;
  if (word(cursor, 2) !== 4) throw new Malformed('a unit of another version than 4');
  const shapes = readShapes(abbrev, word(cursor, 4));
  const addressSize = cursor.byte();
  const places = new Map<number, Entry>();
  const next = (): Entry | null => {
    const at = cursor.at;
    const code = cursor.number();
    if (code === 0) return null;
    const shape = shapes.get(code);
    if (shape === undefined) throw new Malformed(`an entry of unknown shape ${code}`);
    const numbers = new Map<number, number>();
    const blocks = new Map<number, Uint8Array>();
    for (const [name, form] of shape.attributes) {
      if (form === 0x18) {
        const size = cursor.number();
        blocks.set(name, info.subarray(cursor.at, cursor.at + size));
        cursor.at += size;
      } else numbers.set(name, readForm(cursor, form, addressSize));
    }
    const children: Entry[] = [];
    if (shape.hasChildren) for (let child = next(); child !== null; child = next()) children.push(child);
    const entry = { tag: shape.tag, numbers, blocks, children };
    places.set(at, entry);
    return entry;
  };
  const unit = next();
  if (unit === null) throw new Malformed('an empty unit');
  if (cursor.at !== end) throw new Malformed(`the unit ends at ${cursor.at}, not at ${end}`);
  const reader: EntryReader = {
    addressSize,
    lists: customs.get('.debug_loc') ?? null,
    nameOf: ({ numbers }) => textAt(strings, numbers.get(AT.name)!),
    at: (place) => {
      const entry = places.get(place);
      if (entry === undefined) throw new Malformed(`no entry at ${place}`);
      return entry;
    },
  };
  const functions = unit.children.filter(({ tag, numbers }) => tag === TAG.function && numbers.has(AT.low));
  const entries = functions.map((entry) => ({
    ...scopeOf(reader, entry),
    name: reader.nameOf(entry),
    frameBase: entry.blocks.get(AT.frameBase) ?? null,
  }));
  return {
    name: reader.nameOf(unit),
    addressSize,
    ranges: unit.numbers.get(AT.ranges)!,
    lines: unit.numbers.get(AT.lines)!,
    entries,
  };
}

function readForm(cursor: Cursor, form: number, addressSize: number): number {
  const sizes: Readonly<Record<number, number>> = { 1: addressSize, 5: 2, 6: 4, 0xb: 1, 0xe: 4, 0x13: 4, 0x17: 4 };
  if (form === 0x0f) return cursor.number();
  if (form === 0x0d) return Number(cursor.signed());
  const size = sizes[form];
  if (size === undefined) throw new Malformed(`an attribute of unknown form ${form}`);
  return word(cursor, size);
}

interface EntryReader {
  readonly addressSize: number;
  readonly lists: Uint8Array | null;
  readonly nameOf: (entry: Entry) => string;
  readonly at: (place: number) => Entry;
}

function scopeOf(reader: EntryReader, { numbers, children }: Entry): DebugScope {
  const low = numbers.get(AT.low)!;
  const high = low + numbers.get(AT.high)!;
  const variables: FoundVariable[] = [];
  const scopes: DebugScope[] = [];
  for (const child of children) {
    const { tag } = child;
    if (tag === TAG.variable || tag === TAG.argument) variables.push(variableOf(reader, child, low, high));
    else if (tag === TAG.block || tag === TAG.inlined) scopes.push(scopeOf(reader, child));
    else throw new Malformed(`a function has an entry ${tag} in it`);
  }
  const origin = numbers.get(AT.origin);
  const line = numbers.get(AT.line);
  return {
    low,
    high,
    inlined: origin === undefined ? null : reader.nameOf(reader.at(origin)),
    call: line === undefined ? null : [line, numbers.get(AT.column) ?? 0],
    variables,
    scopes,
  };
}

function variableOf(reader: EntryReader, entry: Entry, low: number, high: number): FoundVariable {
  const block = entry.blocks.get(AT.location);
  const list = entry.numbers.get(AT.location);
  const places =
    block !== undefined ? [{ low, high, location: block }] : list !== undefined ? readList(reader, list) : [];
  return {
    name: reader.nameOf(entry),
    isArgument: entry.tag === TAG.argument,
    size: sizeOf(reader, reader.at(entry.numbers.get(AT.type)!)),
    places,
  };
}

function readList({ lists, addressSize }: EntryReader, at: number): FoundVariable['places'] {
  if (lists === null) throw new Malformed('a list of places, but no .debug_loc');
  const cursor = new Cursor(lists, at, lists.length, true);
  const places: FoundVariable['places'][number][] = [];
  for (;;) {
    const [low, high] = [word(cursor, addressSize), word(cursor, addressSize)];
    if (low === 0 && high === 0) return places;
    const size = word(cursor, 2);
    places.push({ low, high, location: lists.subarray(cursor.at, cursor.at + size) });
    cursor.at += size;
  }
}

/** Bytes of a type: those that it says, or those of the elements of an array. */
function sizeOf(reader: EntryReader, { tag, numbers, children }: Entry): number | null {
  const said = numbers.get(AT.size);
  if (said !== undefined || tag !== TAG.array) return said ?? null;
  const element = sizeOf(reader, reader.at(numbers.get(AT.type)!));
  const count = children.find((child) => child.tag === TAG.length)?.numbers.get(AT.count);
  return element === null || count === undefined ? null : element * count;
}

function readRanges(bytes: Uint8Array, at: number, size: number): Dwarf['ranges'] {
  const cursor = new Cursor(bytes, at, bytes.length, true);
  const ranges: (readonly [number, number])[] = [];
  for (;;) {
    const [low, high] = [word(cursor, size), word(cursor, size)];
    if (low === 0 && high === 0) return ranges;
    ranges.push([low, high]);
  }
}

/** Runs the line number program at `at`. */
function readLines(bytes: Uint8Array, at: number): Pick<Dwarf, 'file' | 'rows'> {
  const cursor = new Cursor(bytes, at, bytes.length, true);
  const end = word(cursor, 4) + cursor.at;
  if (word(cursor, 2) !== 4) throw new Malformed('a line table of another version than 4');
  const start = word(cursor, 4) + cursor.at;
  cursor.at += 3;
  const base = (cursor.byte() << 24) >> 24;
  const range = cursor.byte();
  const opcodes = cursor.byte();
  cursor.at += opcodes - 1;
  if (cursor.byte() !== 0) throw new Malformed('a line table with folders');
  const file = textAt(bytes, cursor.at);
  cursor.at = start;
  const rows: LineRow[] = [];
  let [address, line, column] = [0, 1, 0];
  const put = (ends: boolean): void => {
    rows.push({ address, line, column, ends });
  };
  while (cursor.at < end) {
    const opcode = cursor.byte();
    if (opcode >= opcodes) {
      address += Math.floor((opcode - opcodes) / range);
      line += base + ((opcode - opcodes) % range);
      put(false);
    } else if (opcode === 0) {
      const size = cursor.number();
      const kind = cursor.byte();
      if (kind === 1) {
        put(true);
        [address, line, column] = [0, 1, 0];
      } else if (kind === 2) address = word(cursor, size - 1);
      else throw new Malformed(`extended opcode ${kind} of a line table`);
    } else if (opcode === 1) put(false);
    else if (opcode === 2) address += cursor.number();
    else if (opcode === 3) line += Number(cursor.signed());
    else if (opcode === 5) column = cursor.number();
    else throw new Malformed(`opcode ${opcode} of a line table`);
  }
  return { file, rows };
}
