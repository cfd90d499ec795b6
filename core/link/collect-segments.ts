/**
 * The segments of the output in their order: what is live, by category, name, alignment and use.
 *
 * Owns the six sort keys. Popular data goes first inside its class, because small addresses make short LEBs. Segments of a
 * section whose borders are taken stay together in input order, since a program walks them as one array. Invariant: the
 * order is total.
 */
import { SegmentFlag } from '../wasm/kinds.ts';
import type { LiveSet } from './find-roots.ts';
import type { LoweredData } from './lower-data.ts';
import { dataAlign } from './lower-data.ts';
import type { MergedSegments, MergedStrings } from './merge-strings.ts';

/** Class of a segment, the first sort key. */
export const Category = { tls: 0, data: 1, zero: 2 } as const;
export type Category = (typeof Category)[keyof typeof Category];

/** One lump of bytes with an address. */
export interface PlacedSegment {
  readonly category: Category;
  /** Segment name up to its second dot, and the rest. */
  readonly prefix: string;
  readonly suffix: string;
  /** Bytes. */
  readonly align: number;
  /** Instructions that take an address in it. */
  readonly uses: number;
  /** Tie-break: objects' segments, then constants, then navs. */
  readonly id: number;
  readonly size: number;
  /** Content when it comes from the unit, else null. */
  readonly lowered: LoweredData | null;
  /** Strings of several objects, else null. */
  readonly strings: MergedStrings | null;
  /** Object and its segment when it comes from an object, else -1. */
  readonly object: number;
  readonly segment: number;
  /** The object wants it passive. */
  readonly passive: boolean;
  /** Final after layoutData. */
  address: number;
}

/** Live segments in output order; the strings of those in `merged` are one segment. */
export function collectSegments(live: LiveSet, merged: MergedSegments | null): PlacedSegment[] {
  const segments: PlacedSegment[] = [];
  const { state, objects } = live.symbols.table;
  if (objects.length > 0) collectObjects(live, merged, segments);
  if (state) {
    const { navDataBase } = live.symbols;
    const { pool, navs } = state.unit;
    const { uavs, data, dataUses } = live;
    uavs.forEach((uav, i) => {
      const align = dataAlign(pool, pool.typeOf(uav.value), uav.align);
      segments.push(unitSegment(null, false, align, uav.uses, navDataBase + i, uav.lowered));
    });
    state.data.values.forEach((record, i) => {
      const id = navDataBase + i;
      if (data[id] === 0) return;
      const { section, threadlocal } = navs[record.nav]!;
      const order = navDataBase + uavs.length + i;
      segments.push(unitSegment(section, threadlocal, record.align, dataUses[id]!, order, record.lowered));
    });
  }
  const { brackets } = live.symbols;
  return segments.sort(brackets.length === 0 ? compareSegments : compareAround(new Set(brackets)));
}

function collectObjects(live: LiveSet, merged: MergedSegments | null, segments: PlacedSegment[]): void {
  const { data, symbols } = live;
  const { table, segmentBase } = symbols;
  const names = new Map<string, { readonly prefix: string; readonly suffix: string }>();
  table.objects.forEach((object, o) => {
    for (let s = 0; s < object.segments.length; s++) {
      const id = segmentBase[o]! + s;
      if (data[id] === 0 || (merged !== null && merged.owner[id]! >= 0)) continue;
      const { name, flags, isZero, alignLog2, passive, start, end } = object.segments[s]!;
      let split = names.get(name);
      if (!split) {
        split = splitName(name);
        names.set(name, split);
      }
      segments.push({
        category: (flags & SegmentFlag.tls) !== 0 ? Category.tls : isZero ? Category.zero : Category.data,
        prefix: split.prefix,
        suffix: split.suffix,
        align: 2 ** alignLog2,
        uses: 0,
        id,
        size: end - start,
        lowered: null,
        strings: null,
        object: o,
        segment: s,
        passive,
        address: 0,
      });
    }
  });
  for (const strings of merged?.all ?? []) {
    segments.push({
      category: Category.data,
      prefix: strings.prefix,
      suffix: '',
      align: 1,
      uses: 0,
      id: strings.id,
      size: strings.pool.size,
      lowered: null,
      strings,
      object: -1,
      segment: -1,
      passive: false,
      address: 0,
    });
  }
}

function unitSegment(
  section: string | null,
  isThreadLocal: boolean,
  align: number,
  uses: number,
  id: number,
  lowered: LoweredData,
): PlacedSegment {
  const category = isThreadLocal ? Category.tls : lowered.bytes === null ? Category.zero : Category.data;
  const { prefix, suffix } = section === null ? DEFAULT_NAMES[category] : splitName(section);
  return {
    category,
    prefix,
    suffix,
    align,
    uses,
    id,
    size: lowered.size,
    lowered,
    strings: null,
    object: -1,
    segment: -1,
    passive: false,
    address: 0,
  };
}

/** Names of the unit's own segments, by category. */
const DEFAULT_NAMES = [
  { prefix: '.tdata', suffix: '' },
  { prefix: '.data', suffix: '' },
  { prefix: '.bss', suffix: '' },
] as const;

/** Splits a segment name at the first dot that is not its first character. */
export function splitName(name: string): { readonly prefix: string; readonly suffix: string } {
  const dot = name.indexOf('.', 1);
  return dot < 0 ? { prefix: name, suffix: '' } : { prefix: name.slice(0, dot), suffix: name.slice(dot) };
}

/** Category, prefix, alignment descending, uses descending, suffix, id (for determinism: it makes the order total). */
function compareSegments(a: PlacedSegment, b: PlacedSegment): number {
  return (
    a.category - b.category ||
    compareText(a.prefix, b.prefix) ||
    b.align - a.align ||
    b.uses - a.uses ||
    compareText(a.suffix, b.suffix) ||
    a.id - b.id
  );
}

/** As compareSegments, but the sections in `whole` are kept together and in input order. */
function compareAround(whole: ReadonlySet<string>): (a: PlacedSegment, b: PlacedSegment) => number {
  return (a, b) => {
    if (a.category === b.category && a.prefix === b.prefix && whole.has(a.prefix)) {
      return (a.suffix === '' ? 0 : 1) - (b.suffix === '' ? 0 : 1) || compareText(a.suffix, b.suffix) || a.id - b.id;
    }
    return compareSegments(a, b);
  };
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
