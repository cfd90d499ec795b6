/**
 * The imports of a module, as far as a judge of bodies needs them.
 */
import { Cursor } from './cursor.ts';

export const FUNCTION_KIND = 0;
export const TABLE_KIND = 1;
const MEMORY_KIND = 2;
export const GLOBAL_KIND = 3;
export const TAG_KIND = 4;

/** One import. */
export interface ImportEntry {
  readonly kind: number;
  /** Bytes in front of the type index, or all of them. */
  readonly head: Uint8Array;
  /** Of a function or tag: index of its type; else null. */
  readonly type: number | null;
  /** Of a memory: its addresses have 64 bits. */
  readonly is64: boolean;
}

/** Reads the payload of an import section. */
export function readImports(payload: Uint8Array): ImportEntry[] {
  const cursor = new Cursor(payload);
  return Array.from({ length: cursor.count() }, () => readImport(cursor));
}

function readImport(cursor: Cursor): ImportEntry {
  const start = cursor.at;
  cursor.skip(cursor.leb());
  cursor.skip(cursor.leb());
  const kind = cursor.byte();
  if (kind === FUNCTION_KIND || kind === TAG_KIND) {
    if (kind === TAG_KIND) cursor.byte();
    const head = cursor.since(start);
    return { kind, head, type: cursor.leb(), is64: false };
  }
  let is64 = false;
  if (kind === GLOBAL_KIND) cursor.skip(2);
  else {
    if (kind === TABLE_KIND) cursor.byte();
    const flags = cursor.byte();
    is64 = kind === MEMORY_KIND && (flags & 4) !== 0;
    cursor.skipLeb();
    if ((flags & 1) !== 0) cursor.skipLeb();
    if ((flags & 8) !== 0) cursor.skipLeb();
  }
  return { kind, head: cursor.since(start), type: null, is64 };
}
