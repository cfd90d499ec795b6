/**
 * What lies at an offset of a module: section, function, and which instruction of it.
 *
 * Takes broken
 * modules: what it cannot read, it leaves out. Source: wasm core specification 5.4 (instructions) and 5.5 (modules).
 */
import { Cursor } from './cursor.ts';
import { readInstruction, skipLocals } from './instructions.ts';
import { functionNames } from './module-reader.ts';

/** A place in a module. */
export interface ModulePlace {
  readonly offset: number;
  /** `code`, `custom "name"`, `header`, … */
  readonly section: string;
  /** Index of the function whose body has the byte, or null outside of the code section. */
  readonly functionIndex: number | null;
  /** Name of that function in the name section. */
  readonly functionName: string | null;
  /** Number of the instruction in its body, counted from 0; null in the head of a body and outside of one. */
  readonly instruction: number | null;
}

const SECTIONS = [
  'custom',
  'type',
  'import',
  'function',
  'table',
  'memory',
  'global',
  'export',
  'start',
  'element',
  'code',
  'data',
  'data count',
  'tag',
];

/** Finds out what is at `offset` of `bytes`. */
export function placeInModule(bytes: Uint8Array, offset: number): ModulePlace {
  const nowhere: ModulePlace = {
    offset,
    section: 'header',
    functionIndex: null,
    functionName: null,
    instruction: null,
  };
  if (offset < 8) return nowhere;
  let imports = 0;
  const cursor = new Cursor(bytes, 8);
  while (cursor.at < bytes.length) {
    const start = cursor.at;
    const id = cursor.byte();
    const size = cursor.number();
    const from = cursor.at;
    const end = from + size;
    if (id === 2) imports = importedFunctions(new Cursor(bytes, from));
    if (offset < end || end >= bytes.length) {
      const known = SECTIONS[id] ?? `unknown (${id})`;
      const section = id === 0 ? `custom "${new Cursor(bytes, from).name()}"` : known;
      const place = { ...nowhere, section };
      return id === 10 && offset >= from && start < offset ? inCode(bytes, from, imports, place) : place;
    }
    cursor.at = end;
  }
  return { ...nowhere, section: 'end' };
}

/** Index of the function called `name`, from the name section, or null. */
export function functionIndexOf(bytes: Uint8Array, name: string): number | null {
  for (const [index, known] of functionNames(bytes)) if (known === name) return index;
  return null;
}

/** Number of imported functions of a module. */
export function importCount(bytes: Uint8Array): number {
  const cursor = new Cursor(bytes, 8);
  while (cursor.at < bytes.length) {
    const id = cursor.byte();
    const end = cursor.number() + cursor.at;
    if (id === 2) return importedFunctions(cursor);
    cursor.at = end;
  }
  return 0;
}

function inCode(bytes: Uint8Array, from: number, imports: number, place: ModulePlace): ModulePlace {
  const cursor = new Cursor(bytes, from);
  const count = cursor.number();
  for (let n = 0; n < count && cursor.at < bytes.length; n++) {
    const start = cursor.at;
    const end = cursor.number() + cursor.at;
    if (place.offset >= start && place.offset < end) {
      const functionIndex = imports + n;
      const functionName = functionNames(bytes).get(functionIndex) ?? null;
      return { ...place, functionIndex, functionName, instruction: instructionAt(cursor, end, place.offset) };
    }
    cursor.at = end;
  }
  return place;
}

/** Number of the instruction that covers `offset`, or null in the declarations of locals. */
function instructionAt(cursor: Cursor, end: number, offset: number): number | null {
  skipLocals(cursor);
  if (offset < cursor.at) return null;
  for (let n = 0; cursor.at < end; n++) {
    readInstruction(cursor, skipNumber);
    if (offset < cursor.at) return n;
  }
  return null;
}

function importedFunctions(cursor: Cursor): number {
  let count = 0;
  for (let n = cursor.number(); n > 0; n--) {
    cursor.name();
    cursor.name();
    const kind = cursor.byte();
    if (kind === 0) {
      count++;
      cursor.number();
    } else if (kind === 3) {
      cursor.at += 2;
    } else {
      if (kind === 1) cursor.at++;
      if (kind === 4) cursor.at++;
      const flags = kind === 4 ? 0 : cursor.number();
      cursor.number();
      if ((flags & 1) !== 0) cursor.number();
    }
  }
  return count;
}

function skipNumber(_kind: number, cursor: Cursor): void {
  cursor.number();
}
