/**
 * Where data lies: order of segments, groups of the data section, and the map of linear memory.
 *
 * Owns the six sort keys, the grouping rule and the arithmetic of addresses (JS numbers are exact far beyond 2^32, so
 * overflow is a comparison, never a wrap). Small addresses make short LEBs, so popular data goes first inside its class.
 * Invariant: from here on every address is final; segments do not overlap and lie at multiples of their alignments.
 */
import type { Diagnostics } from '../diagnostics/diagnostics.ts';
import { assert } from '../support/assert.ts';
import { alignForward } from '../support/numeric.ts';
import { PAGE_SIZE } from '../wasm/kinds.ts';
import type { IpIndex } from '../intern/keys.ts';
import type { LoweredData } from './lower-data.ts';
import { dataAlign } from './lower-data.ts';
import type { LiveSet } from './mark-live.ts';
import type { ProvidedData } from './number-symbols.ts';
import { PROVIDED_DATA, Target } from './number-symbols.ts';
import type { LinkOptions } from './options.ts';
import { ADDRESS_SPACE, DEFAULT_GLOBAL_BASE, STACK_ALIGN } from './options.ts';

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
  /** Object and its segment when it comes from an object, else -1. */
  readonly object: number;
  readonly segment: number;
  /** Final after layoutData. */
  address: number;
}

/** Consecutive segments that become one entry of the data section. */
export interface Group {
  readonly start: number;
  readonly end: number;
  readonly name: string;
  readonly segments: readonly PlacedSegment[];
}

/** The map of linear memory. */
export interface MemoryMap {
  /** Initial stack pointer: the end of the stack. */
  readonly stackPointer: number;
  readonly stackLow: number;
  readonly dataStart: number;
  readonly dataEnd: number;
  readonly heapBase: number;
  readonly heapEnd: number;
  readonly pages: number;
  /** Pages, or null for no limit. */
  readonly maxPages: number | null;
}

/** See the file header. */
export interface Placed {
  readonly phase: 'placed';
  readonly live: LiveSet;
  /** All segments in address order. */
  readonly segments: readonly PlacedSegment[];
  /** Entries of the data section: zero memory has none. */
  readonly groups: readonly Group[];
  readonly memory: MemoryMap;
  /** Address by DataId; meaningless for what is not live. */
  readonly dataAddress: Float64Array;
  /** Address by position in `live.uavs`. */
  readonly uavAddress: Float64Array;
}

/** Padding above which a new group costs less than the zeros; also bounds what alignment can add to the file. */
const MAX_PADDING = 64;

/** Places everything that is live; reports a program that does not fit. */
export function layoutData(live: LiveSet, options: LinkOptions, diags: Diagnostics): Placed {
  const segments = collectSegments(live);
  segments.sort(compareSegments);
  const stackFirst = options.stackFirst;
  let stackPointer = stackFirst ? options.stackSize : 0;
  const dataStart = options.globalBase ?? (stackFirst ? stackPointer : DEFAULT_GLOBAL_BASE);
  let end = dataStart;
  for (const segment of segments) {
    segment.address = alignForward(end, segment.align);
    end = segment.address + segment.size;
  }
  const dataEnd = end;
  if (!stackFirst) {
    end = alignForward(end, STACK_ALIGN) + options.stackSize;
    stackPointer = end;
  }
  const heapBase = alignForward(end, STACK_ALIGN);
  const heapEnd = memoryEnd(heapBase, options, diags);
  const { dataAddress, uavAddress } = addressTables(live, segments);
  const memory: MemoryMap = {
    stackPointer,
    stackLow: stackPointer - options.stackSize,
    dataStart,
    dataEnd,
    heapBase,
    heapEnd,
    pages: heapEnd / PAGE_SIZE,
    maxPages: options.maxMemory === null ? null : options.maxMemory / PAGE_SIZE,
  };
  return { phase: 'placed', live, segments, groups: groupSegments(segments), memory, dataAddress, uavAddress };
}

/** End of the initial memory. */
function memoryEnd(need: number, options: LinkOptions, diags: Diagnostics): number {
  const { initialMemory, maxMemory } = options;
  const end = initialMemory ?? alignForward(need, PAGE_SIZE);
  const place = { in: 'options' } as const;
  if (need > ADDRESS_SPACE) {
    diags.error('memory_too_large', { size: need, limit: ADDRESS_SPACE }, place);
  } else if (end < need) {
    diags.error('memory_too_small', { what: 'initial-memory', size: end, need }, place);
  } else if (maxMemory !== null && maxMemory < end) {
    diags.error('memory_too_small', { what: 'max-memory', size: maxMemory, need: end }, place);
  }
  return end;
}

function collectSegments(live: LiveSet): PlacedSegment[] {
  const { symbols, uavs, data, dataUses } = live;
  const { table, segmentBase, navDataBase } = symbols;
  const segments: PlacedSegment[] = [];
  table.objects.forEach((object, o) => {
    object.segments.forEach((segment, s) => {
      const id = segmentBase[o]! + s;
      if (data[id] === 0) return;
      segments.push({
        category: segment.isZero ? Category.zero : Category.data,
        ...splitName(segment.name),
        align: 2 ** segment.alignLog2,
        uses: 0,
        id,
        size: segment.end - segment.start,
        lowered: null,
        object: o,
        segment: s,
        address: 0,
      });
    });
  });
  const { state } = table;
  if (!state) return segments;
  const { pool, navs } = state.unit;
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
  return segments;
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
  const { size } = lowered;
  return { category, prefix, suffix, align, uses, id, size, lowered, object: -1, segment: -1, address: 0 };
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

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Neighbours of one class share an entry of the data section; zero memory needs none, because memory starts as zeros. */
function groupSegments(segments: readonly PlacedSegment[]): readonly Group[] {
  const groups: Group[] = [];
  let members: PlacedSegment[] = [];
  const close = (): void => {
    const first = members[0];
    const last = members[members.length - 1];
    if (first && last && last.address + last.size > first.address) {
      groups.push({ start: first.address, end: last.address + last.size, name: first.prefix, segments: members });
    }
    members = [];
  };
  for (const segment of segments) {
    if (segment.category === Category.zero) break;
    const last = members[members.length - 1];
    if (last && !sharesGroup(last, segment)) close();
    members.push(segment);
  }
  close();
  return groups;
}

function sharesGroup(a: PlacedSegment, b: PlacedSegment): boolean {
  if (a.category !== b.category || b.address - (a.address + a.size) > MAX_PADDING) return false;
  return a.category === Category.tls || a.prefix === b.prefix;
}

function addressTables(
  live: LiveSet,
  segments: readonly PlacedSegment[],
): { dataAddress: Float64Array; uavAddress: Float64Array } {
  const { navDataBase, dataCount } = live.symbols;
  const uavCount = live.uavs.length;
  const dataAddress = new Float64Array(dataCount);
  const uavAddress = new Float64Array(uavCount);
  for (const { id, address } of segments) {
    if (id < navDataBase) dataAddress[id] = address;
    else if (id < navDataBase + uavCount) uavAddress[id - navDataBase] = address;
    else dataAddress[id - uavCount] = address;
  }
  return { dataAddress, uavAddress };
}

/** Address of a data target plus `offset` plus `addend`; an undefined weak symbol is 0 without the addend. */
export function addressOf(placed: Placed, target: number, offset: number, addend: number): number {
  if (target >= 0) return placed.dataAddress[target]! + offset + addend;
  if (target === Target.null) return 0;
  if (target === Target.absolute) return offset + addend;
  assert(target <= Target.provided, 'undefined symbols have been reported');
  return providedAddress(placed.memory, PROVIDED_DATA[Target.provided - target]!) + addend;
}

/** Address of the constant `value` plus `offset`. */
export function uavAddressOf(placed: Placed, value: IpIndex, offset: number): number {
  return placed.uavAddress[placed.live.uavPosition.get(value)!]! + offset;
}

function providedAddress(memory: MemoryMap, name: ProvidedData): number {
  switch (name) {
    case '__heap_base':
      return memory.heapBase;
    case '__heap_end':
      return memory.heapEnd;
    case '__data_end':
      return memory.dataEnd;
    case '__global_base':
    case '__dso_handle':
      return memory.dataStart;
    case '__stack_low':
      return memory.stackLow;
    case '__stack_high':
      return memory.stackPointer;
    case '__memory_base':
      return 0;
    case '__table_base':
      return 1;
    case '__wasm_first_page_end':
      return PAGE_SIZE;
  }
}
