/**
 * Sections of a wasm file as pieces that can be cut, moved and put together again.
 *
 * Owns the least grammar that mutations need and checks nothing: an object goes in that a linker accepts, anything may come
 * out. The sizes it writes are right, so that a mutated content is reached by the reader.
 */

/** One section. */
export interface Piece {
  readonly id: number;
  /** Content after the size; of a custom section with its name. */
  readonly payload: Uint8Array;
}

const HEADER_SIZE = 8;

/** The sections of an object; of anything else what can be made out. */
export function splitSections(bytes: Uint8Array): Piece[] {
  const pieces: Piece[] = [];
  let at = HEADER_SIZE;
  while (at < bytes.length) {
    const id = bytes[at++]!;
    const size = readLeb(bytes, at);
    at = Math.min(size.end, bytes.length);
    const end = Math.min(at + size.value, bytes.length);
    pieces.push({ id, payload: bytes.subarray(at, end) });
    at = end;
  }
  return pieces;
}

/** A module of `pieces`. */
export function joinSections(pieces: readonly Piece[]): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)];
  for (const { id, payload } of pieces) parts.push(Uint8Array.of(id), leb(payload.length), payload);
  return joinBytes(parts);
}

/** Name of a custom section, `` of any other. */
export function customName({ id, payload }: Piece): string {
  if (id !== 0) return '';
  const size = readLeb(payload, 0);
  return String.fromCharCode(...payload.subarray(size.end, Math.min(size.end + size.value, size.end + 40)));
}

/** Position behind the name of a custom section; 0 of any other. */
export function contentStart({ id, payload }: Piece): number {
  if (id !== 0) return 0;
  const size = readLeb(payload, 0);
  return Math.min(size.end + size.value, payload.length);
}

/** Unsigned LEB at `at`: its value, modulo 2^32, and its end. */
export function readLeb(bytes: Uint8Array, at: number): { readonly value: number; readonly end: number } {
  let value = 0;
  let end = at;
  for (let shift = 0; shift < 35 && end < bytes.length; shift += 7) {
    const byte = bytes[end++]!;
    value = (value | ((byte & 0x7f) << shift)) >>> 0;
    if (byte < 0x80) break;
  }
  return { value, end };
}

/** Minimal unsigned LEB. */
export function leb(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    bytes.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    rest >>>= 7;
  } while (rest !== 0);
  return Uint8Array.from(bytes);
}

/** All parts in a row. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** `bytes` with `[from, to)` replaced. */
export function replaceBytes(bytes: Uint8Array, from: number, to: number, by: Uint8Array): Uint8Array {
  return joinBytes([bytes.subarray(0, from), by, bytes.subarray(to)]);
}
