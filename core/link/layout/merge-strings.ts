/**
 * Equal strings once: segments that hold only NUL-terminated strings are cut into strings, and equal ones share a place.
 *
 * Owns which segments take part, and where their bytes went. Only whole strings are shared, never their ends, so two symbols
 * share bytes only if their strings are equal. Segments with relocations, an alignment above 1 or an unterminated end stay
 * as they are. string-pool.ts has the strings themselves.
 */
import { SegmentFlag } from '../../wasm/kinds.ts';
import type { Brand } from '../../support/brand.ts';
import type { ObjectId, ObjSegIndex } from '../input/index-spaces.ts';
import type { LiveSet } from '../live/live-set.ts';
import { hasData } from '../live/live-set.ts';
import { dataId } from '../symbols/numbered-symbols.ts';
import type { DataId } from '../symbols/targets.ts';
import type { PoolInput } from './string-pool.ts';
import { StringPool } from './string-pool.ts';

/** Strings of one section of the output. */
export interface MergedStrings {
  readonly name: string;
  /** The name up to its second dot. */
  readonly prefix: string;
  /** DataId of the first segment that takes part. */
  readonly id: DataId;
  readonly pool: StringPool;
}

/** Position in `MergedSegments.all`. */
export type MergedIndex = Brand<number, 'MergedIndex'>;

/** The result. */
export interface MergedSegments {
  readonly all: readonly MergedStrings[];
  /** By DataId: position in `all`, or -1 if the segment does not take part. Read it with {@link poolOfSegment}. */
  readonly owner: Int32Array;
  /** By DataId, for those that take part. */
  readonly input: Uint32Array;
}

/** Whether the bytes are a run of whole strings. */
export function isStrings(bytes: Uint8Array, start: number, end: number): boolean {
  return end > start && bytes[end - 1] === 0;
}

/** Where the strings of a segment went; negative if it does not take part. */
export function poolOfSegment({ owner }: MergedSegments, id: DataId): MergedIndex {
  return owner[id]! as MergedIndex;
}

/** Offset in its pool of byte `offset` of a segment that takes part. */
export function mergedOffset(merged: MergedSegments, id: DataId, offset: number): number {
  return merged.all[poolOfSegment(merged, id)]!.pool.offsetOf(merged.input[id]! as PoolInput, offset);
}

/**
 * Merges the strings of live segments that allow it; null if there are none. There is one pool for each section of the output: for each
 * name up to its second dot, or for each name if `isSplit`.
 */
export function mergeStrings(live: LiveSet, isSplit: boolean): MergedSegments | null {
  const { symbols } = live;
  const { table, dataCount } = symbols;
  const all: MergedStrings[] = [];
  const byName = new Map<string, number>();
  let merged: MergedSegments | null = null;
  for (let o = 0 as ObjectId; o < table.objects.length; o++) {
    const { segments, segmentRelocs, bytes } = table.objects[o]!;
    for (let s = 0; s < segments.length; s++) {
      const { flags, alignLog2, start, end, name, passive } = segments[s]!;
      const id = dataId(symbols, o, s as ObjSegIndex);
      if ((flags & SegmentFlag.strings) === 0 || (flags & SegmentFlag.tls) !== 0 || alignLog2 !== 0 || passive)
        continue;
      if (!hasData(live, id) || segmentRelocs[s] !== segmentRelocs[s + 1] || !isStrings(bytes, start, end)) continue;
      let position = byName.get(name);
      if (position === undefined) {
        position = poolOf(all, name, isSplit, id, symbols.brackets);
        byName.set(name, position);
      }
      if (position < 0) continue;
      merged ??= { all, owner: new Int32Array(dataCount).fill(-1), input: new Uint32Array(dataCount) };
      merged.owner[id] = position;
      merged.input[id] = all[position]!.pool.add(bytes, start, end);
    }
  }
  return merged;
}

/** Position of the pool of segments called `name`, made for segment `id` if it is new; -1 if they must stay as they are. */
function poolOf(all: MergedStrings[], name: string, isSplit: boolean, id: DataId, brackets: readonly string[]): number {
  const dot = name.indexOf('.', 1);
  const prefix = dot < 0 ? name : name.slice(0, dot);
  if (brackets.includes(prefix)) return -1;
  const section = isSplit ? name : prefix;
  const known = all.findIndex((strings) => strings.name === section);
  return known >= 0 ? known : all.push({ name: section, prefix, id, pool: new StringPool() }) - 1;
}
