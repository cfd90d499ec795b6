/**
 * Debug information of a finished module: functions with their ranges, and the rows of the line table.
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
interface DebugEntry {
  readonly name: string;
  readonly low: number;
  readonly high: number;
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
  const unit = readUnit(info, section('.debug_abbrev'), section('.debug_str'));
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

type Shape = { readonly tag: number; readonly attributes: readonly (readonly [name: number, form: number])[] };

function readShapes(bytes: Uint8Array, at: number): ReadonlyMap<number, Shape> {
  const cursor = new Cursor(bytes, at, bytes.length, true);
  const shapes = new Map<number, Shape>();
  for (let code = cursor.number(); code !== 0; code = cursor.number()) {
    const tag = cursor.number();
    cursor.byte();
    const attributes: (readonly [number, number])[] = [];
    for (;;) {
      const [name, form] = [cursor.number(), cursor.number()];
      if (name === 0) break;
      attributes.push([name, form]);
    }
    shapes.set(code, { tag, attributes });
  }
  return shapes;
}

interface UnitEntry {
  readonly name: string;
  readonly addressSize: number;
  readonly ranges: number;
  readonly lines: number;
  readonly entries: readonly DebugEntry[];
}

function readUnit(info: Uint8Array, abbrev: Uint8Array, strings: Uint8Array): UnitEntry {
  const cursor = new Cursor(info, 0, info.length, true);
  const end = word(cursor, 4) + 4;
  if (word(cursor, 2) !== 4) throw new Malformed('a unit of another version than 4');
  const shapes = readShapes(abbrev, word(cursor, 4));
  const addressSize = cursor.byte();
  const sizes: Readonly<Record<number, number>> = { 0x01: addressSize, 0x05: 2, 0x06: 4, 0x0e: 4, 0x17: 4 };
  const next = (): ReadonlyMap<number, number> | null => {
    const code = cursor.number();
    if (code === 0) return null;
    const shape = shapes.get(code);
    if (shape === undefined) throw new Malformed(`an entry of unknown shape ${code}`);
    return new Map(
      shape.attributes.map(([name, form]) => {
        const size = sizes[form];
        if (size === undefined) throw new Malformed(`an attribute of unknown form ${form}`);
        return [name, word(cursor, size)];
      }),
    );
  };
  const unit = next();
  if (unit === null) throw new Malformed('an empty unit');
  const entries: DebugEntry[] = [];
  for (let entry = next(); entry !== null; entry = next()) {
    const low = entry.get(0x11)!;
    entries.push({ name: textAt(strings, entry.get(0x03)!), low, high: low + entry.get(0x12)! });
  }
  if (cursor.at !== end) throw new Malformed(`the unit ends at ${cursor.at}, not at ${end}`);
  const name = textAt(strings, unit.get(0x03)!);
  return { name, addressSize, ranges: unit.get(0x55)!, lines: unit.get(0x10)!, entries };
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
