/**
 * The segments of the output in their order: what is live, by category, name, alignment and use.
 *
 * Owns the six sort keys. Popular data goes first inside its class, because small addresses make short LEBs. Segments of a
 * section whose borders are taken stay together in input order, since a program walks them as one array. Invariant: the
 * order is total.
 */
import { eachObject, NO_OBJECT } from '../input/each-object.ts';
import { SegmentFlag } from '../../wasm/kinds.ts';
import type { Brand } from '../../support/brand.ts';
import type { ObjectId, ObjSegIndex } from '../input/index-spaces.ts';
import type { LiveSet } from '../live/live-set.ts';
import { hasData } from '../live/live-set.ts';
import { dataId } from '../symbols/numbered-symbols.ts';
import type { DataId } from '../symbols/targets.ts';
import type { LoweredData } from '../unit/lower-data.ts';
import { dataAlign } from '../unit/lower-data.ts';
import type { MergedSegments, MergedStrings } from './merge-strings.ts';
import type { LinkOptions } from '../options/options.ts';
import { poolOfSegment } from './merge-strings.ts';

/** Class of a segment, the first sort key. */
export const Category = { tls: 0, data: 1, zero: 2 } as const;
export type Category = (typeof Category)[keyof typeof Category];

/** Segments of objects by DataId, then constants by position, then navs: the order of what is equal otherwise. */
export type SegmentId = Brand<number, 'SegmentId'>;

/** One lump of bytes with an address. */
export interface PlacedSegment {
  readonly category: Category;
  readonly name: string;
  /** The name up to its second dot. */
  readonly prefix: string;
  /** Bytes. */
  readonly align: number;
  /** Instructions that take an address in it. */
  readonly uses: number;
  /** Tie-break. */
  readonly id: SegmentId;
  readonly size: number;
  /** Content when it comes from the unit, else null. */
  readonly lowered: LoweredData | null;
  /** Strings of several objects, else null. */
  readonly strings: MergedStrings | null;
  /** Object and its segment when it comes from an object, else -1. */
  readonly object: ObjectId;
  readonly segment: ObjSegIndex;
  /** The object wants it passive. */
  readonly passive: boolean;
  /** Final after layoutData. */
  address: number;
}

/** Live segments in output order; the strings of those in `merged` are one segment. */
export function collectSegments(
  live: LiveSet,
  merged: MergedSegments | null,
  { wasmLdOrder, splitSegments }: Pick<LinkOptions, 'wasmLdOrder' | 'splitSegments'>,
): PlacedSegment[] {
  const segments: PlacedSegment[] = [];
  const { state, objects } = live.symbols.table;
  if (objects.length > 0) collectObjects(live, merged, segments);
  if (state) {
    const { navDataBase } = live.symbols;
    const { pool, navs } = state.unit;
    const { uavs, dataUses } = live;
    uavs.forEach((uav, i) => {
      const align = dataAlign(pool, pool.typeOf(uav.value), uav.align);
      const id = (navDataBase + i) as SegmentId;
      segments.push(unitSegment({ section: null, isTls: false, align, uses: uav.uses, id, lowered: uav.lowered }));
    });
    state.data.values.forEach((record, i) => {
      const data = (navDataBase + i) as DataId;
      if (!hasData(live, data)) return;
      const { section, threadlocal: isTls } = navs[record.nav]!;
      const { align, lowered } = record;
      const id = (data + uavs.length) as SegmentId;
      segments.push(unitSegment({ section, isTls, align, uses: dataUses[data]!, id, lowered }));
    });
  }
  if (wasmLdOrder && !state) return inInputOrder(segments, splitSegments);
  const { brackets } = live.symbols;
  return segments.sort(brackets.length === 0 ? compareSegments : compareAround(new Set(brackets)));
}

/** Kinds of data as wasm-ld places them; sections of other names come between initialised data and zeros. */
const PREFIX_RANK: readonly (readonly [prefix: string, rank: number])[] = [
  ['.tdata', 0],
  ['.rodata', 1],
  ['.data', 2],
  ['.bss', 4],
];
const OTHER_RANK = 3;

/** As wasm-ld: sections by kind and first appearance, segments of one in input order. */
function inInputOrder(segments: PlacedSegment[], isSplit: boolean): PlacedSegment[] {
  const appearance = new Map<string, number>();
  const section = ({ name, prefix }: PlacedSegment): string => (isSplit ? name : prefix);
  segments.sort((a, b) => a.id - b.id);
  for (const segment of segments) {
    if (!appearance.has(section(segment))) appearance.set(section(segment), appearance.size);
  }
  const rank = ({ category, prefix }: PlacedSegment): number => {
    if (category === Category.tls) return 0;
    return PREFIX_RANK.find(([start]) => prefix.startsWith(start))?.[1] ?? OTHER_RANK;
  };
  return segments.sort(
    (a, b) =>
      a.category - b.category ||
      rank(a) - rank(b) ||
      (a.category === Category.tls ? 0 : appearance.get(section(a))! - appearance.get(section(b))!) ||
      a.id - b.id,
  );
}

function collectObjects(live: LiveSet, merged: MergedSegments | null, segments: PlacedSegment[]): void {
  const { symbols } = live;
  const { table } = symbols;
  const prefixes: string[] = [];
  eachObject(table.objects, (object, o) => {
    for (let s = 0; s < object.segments.length; s++) {
      const segment = s as ObjSegIndex;
      const data = dataId(symbols, o, segment);
      if (!hasData(live, data) || (merged !== null && poolOfSegment(merged, data) >= 0)) continue;
      const { name, flags, isZero, alignLog2, passive, start, end } = object.segments[s]!;
      segments.push({
        category: (flags & SegmentFlag.tls) !== 0 ? Category.tls : isZero ? Category.zero : Category.data,
        name,
        prefix: prefixOf(name, prefixes),
        align: 2 ** alignLog2,
        uses: 0,
        id: segmentId(data),
        size: end - start,
        lowered: null,
        strings: null,
        object: o,
        segment,
        passive,
        address: 0,
      });
    }
  });
  for (const strings of merged?.all ?? []) {
    segments.push({
      category: Category.data,
      name: strings.name,
      prefix: strings.prefix,
      align: 1,
      uses: 0,
      id: segmentId(strings.id),
      size: strings.pool.size,
      lowered: null,
      strings,
      object: NO_OBJECT,
      segment: NO_SEGMENT,
      passive: false,
      address: 0,
    });
  }
}

/** Place in the order of a segment of an object. */
function segmentId(data: DataId): SegmentId {
  return data as number as SegmentId;
}

const NO_SEGMENT = -1 as ObjSegIndex;

/** A constant, variable or value of the unit. */
interface UnitDatum {
  readonly section: string | null;
  readonly isTls: boolean;
  readonly align: number;
  readonly uses: number;
  readonly id: SegmentId;
  readonly lowered: LoweredData;
}

function unitSegment({ section, isTls, align, uses, id, lowered }: UnitDatum): PlacedSegment {
  const category = isTls ? Category.tls : lowered.bytes === null ? Category.zero : Category.data;
  const name = section ?? DEFAULT_NAMES[category];
  return {
    category,
    name,
    prefix: section === null ? name : prefixOf(name, []),
    align,
    uses,
    id,
    size: lowered.size,
    lowered,
    strings: null,
    object: NO_OBJECT,
    segment: NO_SEGMENT,
    passive: false,
    address: 0,
  };
}

/** Names of the unit's own segments, by category. */
const DEFAULT_NAMES = ['.tdata', '.data', '.bss'] as const;

/**
 * The name up to the first dot that is not its first character. Links have many names and few prefixes: those in `known`
 * are found without making a string, and equal ones are compared by identity.
 */
export function prefixOf(name: string, known: string[]): string {
  const dot = name.indexOf('.', 1);
  if (dot < 0) return name;
  for (const prefix of known) if (prefix.length === dot && name.startsWith(prefix)) return prefix;
  const prefix = name.slice(0, dot);
  known.push(prefix);
  return prefix;
}

/** Category, prefix, alignment descending, uses descending, name, id (for determinism: it makes the order total). */
function compareSegments(a: PlacedSegment, b: PlacedSegment): number {
  return (
    a.category - b.category ||
    (a.prefix === b.prefix ? 0 : compareText(a.prefix, b.prefix)) ||
    b.align - a.align ||
    b.uses - a.uses ||
    compareText(a.name, b.name) ||
    a.id - b.id
  );
}

/** As compareSegments, but the sections in `whole` are kept together and in input order. */
function compareAround(whole: ReadonlySet<string>): (a: PlacedSegment, b: PlacedSegment) => number {
  return (a, b) => {
    if (a.category === b.category && a.prefix === b.prefix && whole.has(a.prefix)) {
      // A name without a suffix is less than all that have one.
      return compareText(a.name, b.name) || a.id - b.id;
    }
    return compareSegments(a, b);
  };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
