/**
 * Where data lies: the map of linear memory, and which bytes of it the module brings along.
 *
 * Owns the arithmetic of addresses (JS numbers are exact far beyond 2^34, so overflow is a comparison, never a wrap) and the
 * choice of who initialises what: active segments, passive ones that a function of the linker copies, or nobody because
 * memory starts as zeros. Invariant: from here on every address is final; segments do not overlap and lie at multiples of
 * their alignments.
 */
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import { alignForward } from '../../support/numeric.ts';
import type { PlacedSegment } from './collect-segments.ts';
import { Category, collectSegments } from './collect-segments.ts';
import type { Slot } from '../input/index-spaces.ts';
import type { LiveSet } from '../live/live-set.ts';
import type { DataId } from '../symbols/targets.ts';
import type { Group, GroupOptions } from './group-segments.ts';
import { groupSegments } from './group-segments.ts';
import type { MergedSegments } from './merge-strings.ts';
import { mergedOffset, mergeStrings, poolOfSegment } from './merge-strings.ts';
import type { LinkOptions } from '../options/options.ts';
import { ADDRESS_SPACE, ADDRESS_SPACE_64, DEFAULT_GLOBAL_BASE, STACK_ALIGN } from '../options/options.ts';

/** Thread-local data: one block, which the first thread uses in place and others copy. */
interface TlsBlock {
  readonly start: number;
  readonly size: number;
  readonly align: number;
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
  /** Bytes. */
  readonly pageSize: number;
  readonly tls: TlsBlock | null;
  /** Word that says whether a shared memory has been initialised, or null. */
  readonly initFlag: number | null;
}

/** Data with its addresses. */
export interface Placed {
  readonly phase: 'placed';
  readonly live: LiveSet;
  /** All segments in address order. */
  readonly segments: readonly PlacedSegment[];
  /** Entries of the data section, and zero memory that must be cleared. */
  readonly groups: readonly Group[];
  readonly memory: MemoryMap;
  /** First slot of the function table that holds a function. */
  readonly tableBase: Slot;
  /** Address by DataId; meaningless for what is not live. */
  readonly dataAddress: Float64Array;
  /** Segments whose strings are shared, or null if there are none. */
  readonly merged: MergedSegments | null;
  /** Address by position in `live.uavs`. */
  readonly uavAddress: Float64Array;
  /** By bracket: first address and the one behind the last. */
  readonly brackets: readonly { readonly start: number; readonly end: number }[];
}

/** Alignment of the word that guards the initialisation. */
const FLAG_ALIGN = 4;

/** The options that count here. */
export type LayoutOptions = GroupOptions &
  Pick<
    LinkOptions,
    | 'stackSize'
    | 'stackFirst'
    | 'globalBase'
    | 'initialMemory'
    | 'initialHeap'
    | 'maxMemory'
    | 'fixedMemory'
    | 'pageSize'
    | 'tableBase'
    | 'mergeStrings'
    | 'shareEnds'
    | 'wasmLdOrder'
  >;

/** Places everything that is live; `hasBulk` tells whether the output may fill memory. */
export function layoutData(live: LiveSet, options: LayoutOptions, hasBulk: boolean, diags: Diagnostics): Placed {
  const merged = options.mergeStrings ? mergeStrings(live, options.splitSegments) : null;
  if (options.shareEnds) for (const { pool } of merged?.all ?? []) pool.shareEnds();
  const segments = collectSegments(live, merged, options);
  const { stackFirst, sharedMemory } = options;
  let stackPointer = stackFirst ? options.stackSize : 0;
  const dataStart = options.globalBase ?? (stackFirst ? stackPointer : DEFAULT_GLOBAL_BASE);
  let end = dataStart;
  const isAsWasmLd = options.wasmLdOrder && live.symbols.table.state === null;
  const starts = isAsWasmLd ? sectionStarts(segments, options.splitSegments) : null;
  for (const segment of segments) {
    segment.address = alignForward(end, starts?.get(segment) ?? segment.align);
    end = segment.address + segment.size;
  }
  const groups = groupSegments(segments, options, hasBulk);
  let initFlag: number | null = null;
  if (sharedMemory && groups.length > 0) {
    initFlag = alignForward(end, FLAG_ALIGN);
    end = initFlag + FLAG_ALIGN;
  }
  const dataEnd = end;
  if (!stackFirst) {
    end = alignForward(end, STACK_ALIGN) + options.stackSize;
    stackPointer = end;
  }
  const heapBase = alignForward(end, STACK_ALIGN);
  const heapEnd = memoryEnd(heapBase, live, options, diags);
  const isFixed = options.fixedMemory || (sharedMemory && options.maxMemory === null);
  const max = isFixed ? heapEnd : options.maxMemory;
  const memory: MemoryMap = {
    stackPointer,
    stackLow: stackPointer - options.stackSize,
    dataStart,
    dataEnd,
    heapBase,
    heapEnd,
    pages: heapEnd / options.pageSize,
    maxPages: max === null ? null : max / options.pageSize,
    pageSize: options.pageSize,
    tls: tlsBlock(segments),
    initFlag,
  };
  return {
    phase: 'placed',
    live,
    segments,
    groups,
    memory,
    tableBase: options.tableBase as Slot,
    brackets: live.symbols.brackets.map((name) => bracket(segments, name)),
    merged,
    ...addressTables(live, segments, merged),
  };
}

/** As wasm-ld: a section of data begins where each of its segments may begin; that place by the first of each section. */
function sectionStarts(segments: readonly PlacedSegment[], isSplit: boolean): ReadonlyMap<PlacedSegment, number> {
  const starts = new Map<PlacedSegment, number>();
  const nameOf = ({ category, name, prefix }: PlacedSegment): string => {
    return category === Category.tls ? '.tdata' : isSplit ? name : prefix;
  };
  let first: PlacedSegment | null = null;
  for (const segment of segments) {
    if (first?.category !== segment.category || nameOf(first) !== nameOf(segment)) first = segment;
    starts.set(first, Math.max(starts.get(first) ?? 1, segment.align));
  }
  return starts;
}

/** End of the initial memory. */
function memoryEnd(base: number, live: LiveSet, options: LayoutOptions, diags: Diagnostics): number {
  const { initialMemory, maxMemory, initialHeap, pageSize } = options;
  const need = base + initialHeap;
  const end = initialMemory ?? alignForward(need, pageSize);
  // The number of pages has as many bits as an address.
  const space = pageSize === 1 ? ADDRESS_SPACE - 1 : ADDRESS_SPACE;
  const limit = live.symbols.table.is64 ? ADDRESS_SPACE_64 : space;
  const place = { in: 'options' } as const;
  const greatest = Math.max(need, initialMemory ?? 0, maxMemory ?? 0);
  if (greatest > limit) {
    const what = greatest === initialMemory || greatest === need ? 'initial memory' : 'maximum memory';
    diags.error('memory_too_large', { what, size: greatest, limit }, place);
  } else if (end < need) {
    diags.error('memory_too_small', { what: 'initial memory', need }, place);
  } else if (maxMemory !== null && maxMemory < end) {
    diags.error('memory_too_small', { what: 'maximum memory', need: end }, place);
  }
  return end;
}

function tlsBlock(segments: readonly PlacedSegment[]): TlsBlock | null {
  let count = 0;
  let align = 1;
  while (count < segments.length && segments[count]!.category === Category.tls) {
    align = Math.max(align, segments[count]!.align);
    count++;
  }
  if (count === 0) return null;
  const start = segments[0]!.address;
  const last = segments[count - 1]!;
  return { start, size: last.address + last.size - start, align };
}

/** Borders of all segments called `name`. */
function bracket(segments: readonly PlacedSegment[], name: string): { start: number; end: number } {
  const members = segments.filter((segment) => segment.name === name);
  const last = members[members.length - 1];
  return last ? { start: members[0]!.address, end: last.address + last.size } : { start: 0, end: 0 };
}

function addressTables(
  live: LiveSet,
  segments: readonly PlacedSegment[],
  merged: MergedSegments | null,
): Pick<Placed, 'dataAddress' | 'uavAddress'> {
  const { navDataBase, dataCount } = live.symbols;
  const uavCount = live.uavs.length;
  const dataAddress = new Float64Array(dataCount);
  const uavAddress = new Float64Array(uavCount);
  for (const { id, address } of segments) {
    if (id < navDataBase) dataAddress[id] = address;
    else if (id < navDataBase + uavCount) uavAddress[id - navDataBase] = address;
    else dataAddress[id - uavCount] = address;
  }
  if (merged !== null) {
    const { all, owner } = merged;
    for (let id = 0; id < owner.length; id++) {
      if (owner[id]! >= 0) dataAddress[id] = dataAddress[all[owner[id]!]!.id]!;
    }
  }
  return { dataAddress, uavAddress };
}

/** Address of byte `offset` of a live segment. */
export function dataAddressOf({ dataAddress, merged }: Placed, id: DataId, offset: number): number {
  const isWhole = merged === null || poolOfSegment(merged, id) < 0;
  return dataAddress[id]! + (isWhole ? offset : mergedOffset(merged, id, offset));
}
