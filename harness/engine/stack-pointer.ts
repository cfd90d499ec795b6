/**
 * Makes the stack pointer of a module visible from outside: one more export, `__stack_pointer`.
 *
 * A linked module keeps its stack pointer to itself, but a function that does not put it back leaks its frame with every
 * call, and only the value tells. Owns the conventions by which it is recognised (tool-conventions Linking: a global of
 * the module, mutable, an address; it is the first such global) and the rewriting of the export section. Does not ask core.
 * Invariant: whatever is not understood, or has no stack pointer, comes back as it is.
 */

/** Export name of the stack pointer. */
export const STACK_POINTER_EXPORT = '__stack_pointer';

const SECTION_IMPORT = 2;
const SECTION_MEMORY = 5;
const SECTION_GLOBAL = 6;
const SECTION_EXPORT = 7;
const KIND_GLOBAL = 3;
const TYPE_I32 = 0x7f;
const TYPE_I64 = 0x7e;
const OP_I32_CONST = 0x41;
const OP_I64_CONST = 0x42;
const OP_END = 0x0b;
const LIMITS_64 = 4;
const NAME = new TextEncoder().encode(STACK_POINTER_EXPORT);

/** A section: its id byte is at `start`, its contents are `from ..< to`. */
interface Section {
  readonly start: number;
  readonly from: number;
  readonly to: number;
}

/** `bytes` with an export of the stack pointer, or `bytes`. */
export function exposeStackPointer(bytes: Uint8Array): Uint8Array {
  const sections = findSections(bytes);
  const globals = sections.get(SECTION_GLOBAL);
  const exports = sections.get(SECTION_EXPORT);
  if (globals === undefined || exports === undefined) return bytes;
  const wide = hasWideMemory(bytes, sections.get(SECTION_MEMORY));
  const index = stackPointerIndex(new Cursor(bytes, globals.from, globals.to), wide ? TYPE_I64 : TYPE_I32);
  // An imported global would come before it in the index space; none of ours imports any.
  if (index < 0 || importsGlobal(bytes, sections.get(SECTION_IMPORT))) return bytes;
  const cursor = new Cursor(bytes, exports.from, exports.to);
  const count = cursor.number();
  const entries = cursor.at;
  for (let n = 0; n < count; n++) {
    const length = cursor.number();
    if (isName(bytes, cursor.at, length)) return bytes;
    cursor.at += length + 1;
    cursor.number();
  }
  if (cursor.at !== exports.to) return bytes;
  return withExport(bytes, exports, entries, count + 1, index);
}

function withExport(bytes: Uint8Array, section: Section, entries: number, count: number, index: number): Uint8Array {
  const newCount = leb(count);
  const entry = [...leb(NAME.length), ...NAME, KIND_GLOBAL, ...leb(index)];
  const size = leb(newCount.length + (section.to - entries) + entry.length);
  const parts = [
    bytes.subarray(0, section.start + 1),
    size,
    newCount,
    bytes.subarray(entries, section.to),
    entry,
    bytes.subarray(section.to),
  ];
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Whether the module's own memory has 64-bit addresses; one of the host comes with an import that is not looked into. */
function hasWideMemory(bytes: Uint8Array, section: Section | undefined): boolean {
  if (section === undefined) return false;
  const cursor = new Cursor(bytes, section.from, section.to);
  return cursor.number() > 0 && (cursor.byte() & LIMITS_64) !== 0;
}

/** Index of the first mutable global of `wanted` type that starts as a constant, -1 if there is none. */
function stackPointerIndex(cursor: Cursor, wanted: number): number {
  const count = cursor.number();
  for (let n = 0; n < count; n++) {
    const type = cursor.byte();
    const mutable = cursor.byte();
    // Initial values of other forms are not understood: what comes behind them is not looked at.
    const op = cursor.byte();
    if (op !== OP_I32_CONST && op !== OP_I64_CONST) return -1;
    cursor.number();
    if (cursor.byte() !== OP_END) return -1;
    if (type === wanted && mutable === 1) return n;
  }
  return -1;
}

/** Whether the import section may import a global: anything that is no function will do. */
function importsGlobal(bytes: Uint8Array, section: Section | undefined): boolean {
  if (section === undefined) return false;
  const cursor = new Cursor(bytes, section.from, section.to);
  for (let n = cursor.number(); n > 0; n--) {
    cursor.skipName();
    cursor.skipName();
    // Imports of our modules are functions: one type index.
    if (cursor.byte() !== 0) return true;
    cursor.number();
  }
  return false;
}

function isName(bytes: Uint8Array, at: number, length: number): boolean {
  return length === NAME.length && NAME.every((byte, n) => bytes[at + n] === byte);
}

/** First section of each id. */
function findSections(bytes: Uint8Array): Map<number, Section> {
  const sections = new Map<number, Section>();
  const cursor = new Cursor(bytes, 8, bytes.length);
  while (cursor.at < bytes.length) {
    const start = cursor.at;
    const id = cursor.byte();
    const size = cursor.number();
    if (cursor.at + size > bytes.length) break;
    if (!sections.has(id)) sections.set(id, { start, from: cursor.at, to: cursor.at + size });
    cursor.at += size;
  }
  return sections;
}

class Cursor {
  at: number;
  readonly #bytes: Uint8Array;
  readonly #end: number;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.#bytes = bytes;
    this.at = at;
    this.#end = end;
  }

  /** Next byte, 0 behind the end. */
  byte(): number {
    return this.at < this.#end ? this.#bytes[this.at++]! : 0;
  }

  /** A length and so many bytes. */
  skipName(): void {
    const length = this.number();
    this.at += length;
  }

  /** An LEB128 number of up to 64 bits, taken for unsigned. */
  number(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    return value;
  }
}

function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return bytes;
}
