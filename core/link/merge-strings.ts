/**
 * Equal strings once: segments that hold only NUL-terminated strings are cut into strings, and equal ones share a place.
 *
 * Owns the cut and the map from an old offset to a new one. Only whole strings are shared, never their ends, so two symbols
 * share bytes only if their strings are equal. Segments with relocations, an alignment above 1 or an unterminated end stay
 * as they are. Works on the strings of debug sections as well.
 */
import { SegmentFlag } from '../wasm/kinds.ts';
import type { LiveSet } from './find-roots.ts';

/** Strings of one section of the output. */
export interface MergedStrings {
  readonly prefix: string;
  /** DataId of the first segment that takes part. */
  readonly id: number;
  readonly pool: StringPool;
  readonly size: number;
  /** DataIds of the segments that take part, with the way of their offsets. */
  readonly members: readonly (readonly [id: number, map: OffsetMap])[];
}

/** The result. */
export interface MergedSegments {
  readonly all: readonly MergedStrings[];
  /** DataIds of all segments that take part. */
  readonly owner: ReadonlySet<number>;
}

/** Old offsets of the strings of one input, ascending, and their new ones. */
export interface OffsetMap {
  readonly from: Uint32Array;
  readonly to: Uint32Array;
}

/** New offset of old offset `offset`: an offset inside of a string stays inside of it. */
export function mapOffset({ from, to }: OffsetMap, offset: number): number {
  let low = 0;
  let high = from.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (from[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return from.length === 0 ? offset : to[low]! + offset - from[low]!;
}

/** Strings in order of first addition, each once. */
export class StringPool {
  /** Parts of inputs, in order. */
  readonly parts: { readonly bytes: Uint8Array; readonly start: number; readonly end: number }[] = [];
  size = 0;
  readonly #places = new Map<string, number>();

  /** Adds the strings of `bytes[start, end)`, which must end with a NUL or be empty. */
  add(bytes: Uint8Array, start: number, end: number): OffsetMap {
    const from: number[] = [];
    const to: number[] = [];
    for (let at = start; at < end;) {
      const stop = bytes.indexOf(0, at) + 1;
      from.push(at - start);
      to.push(this.#place(bytes, at, stop));
      at = stop;
    }
    return { from: Uint32Array.from(from), to: Uint32Array.from(to) };
  }

  #place(bytes: Uint8Array, start: number, end: number): number {
    const key = latin1(bytes, start, end);
    let place = this.#places.get(key);
    if (place === undefined) {
      place = this.size;
      this.#places.set(key, place);
      this.parts.push({ bytes, start, end });
      this.size += end - start;
    }
    return place;
  }
}

/** One character a byte; a key that is equal for equal bytes. */
function latin1(bytes: Uint8Array, start: number, end: number): string {
  let key = '';
  for (let at = start; at < end; at += CHUNK) {
    key += String.fromCharCode(...bytes.subarray(at, Math.min(end, at + CHUNK)));
  }
  return key;
}

const CHUNK = 4096;

/** Whether the bytes are a run of whole strings. */
export function isStrings(bytes: Uint8Array, start: number, end: number): boolean {
  return end > start && bytes[end - 1] === 0;
}

interface Draft {
  readonly prefix: string;
  readonly id: number;
  readonly pool: StringPool;
  readonly members: [number, OffsetMap][];
}

/** Merges the strings of live segments that allow it, one pool for each name up to the second dot; null if there are none. */
export function mergeStrings(live: LiveSet): MergedSegments | null {
  const { data, symbols } = live;
  const { table, segmentBase } = symbols;
  let pools: Map<string, Draft> | null = null;
  const owner = new Set<number>();
  for (let o = 0; o < table.objects.length; o++) {
    const { segments, segmentRelocs, bytes } = table.objects[o]!;
    for (let s = 0; s < segments.length; s++) {
      const { flags, alignLog2, start, end, name, passive } = segments[s]!;
      const id = segmentBase[o]! + s;
      if ((flags & SegmentFlag.strings) === 0 || (flags & SegmentFlag.tls) !== 0 || alignLog2 !== 0 || passive)
        continue;
      if (data[id] === 0 || segmentRelocs[s] !== segmentRelocs[s + 1] || !isStrings(bytes, start, end)) continue;
      const dot = name.indexOf('.', 1);
      const prefix = dot < 0 ? name : name.slice(0, dot);
      if (symbols.brackets.includes(prefix)) continue;
      pools ??= new Map();
      let pool = pools.get(prefix);
      if (!pool) {
        pool = { prefix, id, pool: new StringPool(), members: [] };
        pools.set(prefix, pool);
      }
      pool.members.push([id, pool.pool.add(bytes, start, end)]);
      owner.add(id);
    }
  }
  return pools === null
    ? null
    : { all: Array.from(pools.values(), (draft) => ({ ...draft, size: draft.pool.size })), owner };
}
