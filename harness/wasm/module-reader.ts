/**
 * What the harness reads from the bytes of a module: function names, and the functions in its table.
 *
 * A reader of its own for two reasons: the harness must not ask core what core wrote, and it runs on modules of any
 * backend. It is asked for valid modules, reads only what it needs, and takes anything it does not understand for absent.
 * Source: wasm core specification 5.5.12 (element section) and the appendix "Custom Sections" (name section).
 */

const decoder = new TextDecoder();

const SECTION_CUSTOM = 0;
const SECTION_EXPORT = 7;
const SECTION_ELEMENT = 9;
const OP_I32_CONST = 0x41;
const OP_I64_CONST = 0x42;
const OP_END = 0x0b;

/** Names by function index; empty when there is no readable name section. */
export function functionNames(bytes: Uint8Array): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  forEachSection(bytes, SECTION_CUSTOM, (cursor, end) => {
    if (readName(cursor) === 'name') readNameSubsections(cursor, end, names);
  });
  return names;
}

/** Function index by export name, in the order of the section. */
export function functionExports(bytes: Uint8Array): ReadonlyMap<string, number> {
  const exports = new Map<string, number>();
  forEachSection(bytes, SECTION_EXPORT, (cursor, end) => {
    for (let n = readUnsigned(cursor); n > 0 && cursor.at < end; n--) {
      const name = readName(cursor);
      const kind = cursor.bytes[cursor.at++];
      const index = readUnsigned(cursor);
      if (kind === 0) exports.set(name, index);
    }
  });
  return exports;
}

/** Function index by table slot, from the active segments whose offset is a constant. */
export function tableElements(bytes: Uint8Array): ReadonlyMap<number, number> {
  const slots = new Map<number, number>();
  forEachSection(bytes, SECTION_ELEMENT, (cursor, end) => {
    const count = readUnsigned(cursor);
    for (let n = 0; n < count && cursor.at < end; n++) {
      // Flag 0: active, table 0, offset expression, vector of function indexes. Flag 2 names the table and the kind of its
      // elements as well; a module has one table that functions are put into. Nobody here writes another form.
      const flags = readUnsigned(cursor);
      if (flags !== 0 && flags !== 2) return;
      if (flags === 2) readUnsigned(cursor);
      const op = cursor.bytes[cursor.at++];
      if (op !== OP_I32_CONST && op !== OP_I64_CONST) return;
      const first = readUnsigned(cursor);
      if (cursor.bytes[cursor.at++] !== OP_END) return;
      if (flags === 2 && cursor.bytes[cursor.at++] !== 0) return;
      const functions = readUnsigned(cursor);
      for (let f = 0; f < functions && cursor.at < end; f++) slots.set(first + f, readUnsigned(cursor));
    }
  });
  return slots;
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

/** Calls `visit` with a cursor at the contents of each section `wanted`. */
function forEachSection(bytes: Uint8Array, wanted: number, visit: (cursor: Cursor, end: number) => void): void {
  const cursor = { bytes, at: 8 };
  while (cursor.at < bytes.length) {
    const id = bytes[cursor.at++]!;
    const size = readUnsigned(cursor);
    const end = Math.min(cursor.at + size, bytes.length);
    if (id === wanted) visit({ bytes, at: cursor.at }, end);
    cursor.at += size;
  }
}

function readNameSubsections(cursor: Cursor, end: number, names: Map<number, string>): void {
  while (cursor.at < end) {
    const kind = cursor.bytes[cursor.at++]!;
    const size = readUnsigned(cursor);
    const next = cursor.at + size;
    if (kind === 1) {
      const count = readUnsigned(cursor);
      for (let n = 0; n < count && cursor.at < next; n++) {
        const index = readUnsigned(cursor);
        names.set(index, readName(cursor));
      }
    }
    cursor.at = next;
  }
}

function readName(cursor: Cursor): string {
  const length = readUnsigned(cursor);
  const start = cursor.at;
  cursor.at = start + length;
  return decoder.decode(cursor.bytes.subarray(start, start + length));
}

/** An LEB128 number without sign; a small signed one, which is never negative here, reads the same up to its sign bit. */
function readUnsigned(cursor: Cursor): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = cursor.bytes[cursor.at++] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  return value;
}

/** Limits of an import, in pages or slots. */
export interface Limits {
  readonly min: number;
  readonly max: number | null;
  readonly shared: boolean;
}

const SECTION_IMPORT = 2;

/** Limits of the first memory or table that a module imports; null if there is none. */
export function importedLimits(bytes: Uint8Array, kind: 'memory' | 'table'): Limits | null {
  let found: Limits | null = null;
  forEachSection(bytes, SECTION_IMPORT, (cursor, end) => {
    const count = readUnsigned(cursor);
    for (let n = 0; n < count && cursor.at < end; n++) {
      readName(cursor);
      readName(cursor);
      const external = cursor.bytes[cursor.at++];
      if (external === 0) {
        readUnsigned(cursor);
      } else if (external === 3) {
        cursor.at += 2;
      } else if (external === 4) {
        cursor.at++;
        readUnsigned(cursor);
      } else {
        if (external === 1) cursor.at++;
        const flags = readUnsigned(cursor);
        const min = readUnsigned(cursor);
        const max = (flags & 1) === 0 ? null : readUnsigned(cursor);
        if ((external === 2) === (kind === 'memory')) found ??= { min, max, shared: (flags & 2) !== 0 };
      }
    }
  });
  return found;
}
