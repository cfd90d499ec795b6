/**
 * Function names of a module, read from its name section.
 *
 * A reader of its own for two reasons: the harness must not ask core what core wrote, and it runs on modules of any
 * backend. It reads only the custom section "name", subsection 1, and takes anything it does not understand for absent.
 * Source: wasm core specification, appendix "Custom Sections".
 */

const decoder = new TextDecoder();

/** Names by function index; empty when there is no readable name section. */
export function functionNames(bytes: Uint8Array): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  const cursor = { bytes, at: 8 };
  while (cursor.at < bytes.length) {
    const id = bytes[cursor.at++]!;
    const size = readU32(cursor);
    const end = cursor.at + size;
    if (id === 0 && readName(cursor) === 'name') readSubsections(cursor, Math.min(end, bytes.length), names);
    cursor.at = end;
  }
  return names;
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

function readSubsections(cursor: Cursor, end: number, names: Map<number, string>): void {
  while (cursor.at < end) {
    const kind = cursor.bytes[cursor.at++]!;
    const size = readU32(cursor);
    const next = cursor.at + size;
    if (kind === 1) {
      const count = readU32(cursor);
      for (let n = 0; n < count && cursor.at < next; n++) {
        const index = readU32(cursor);
        names.set(index, readName(cursor));
      }
    }
    cursor.at = next;
  }
}

function readName(cursor: Cursor): string {
  const length = readU32(cursor);
  const start = cursor.at;
  cursor.at = start + length;
  return decoder.decode(cursor.bytes.subarray(start, start + length));
}

function readU32(cursor: Cursor): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = cursor.bytes[cursor.at++] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  return value;
}
