/**
 * The segments of an output with everything that decides about their order: the six keys.
 *
 * Owns how the keys follow from the inputs: the names that segments of a unit get in a module, what counts as zero, and which
 * uses count. Takes addresses and uses from the trace. The keys, most significant first: category, prefix of the name,
 * alignment (descending), uses in code (descending), name, and the number of the segment.
 */
import type { SegmentEntry, SymbolEntry } from '../wasm/object-model.ts';
import { Kind, SegmentBit } from '../wasm/object-model.ts';
import type { Source } from './sources.ts';
import { isConstant } from './sources.ts';
import type { Trace } from './trace.ts';

/** Thread-local, initialised, zero. */
const Category = { tls: 0, data: 1, zero: 2 } as const;

/** Segments of objects, then constants, then variables. */
const Rank = { object: 0, constant: 1, variable: 2 } as const;

/** One segment of the output. */
export interface LiveSegment {
  readonly source: number;
  readonly segment: number;
  /** For people. */
  readonly title: string;
  readonly category: number;
  readonly name: string;
  /** The name up to its second dot. */
  readonly prefix: string;
  /** Bytes. */
  readonly align: number;
  readonly uses: number;
  readonly rank: number;
  readonly size: number;
  /** -1: nothing reaches it. */
  readonly address: number;
  readonly isZero: boolean;
  readonly isTls: boolean;
  /** Of an input that takes part where it is needed: its place among the inputs is not known. */
  readonly isLazy: boolean;
}

/**
 * The segments of the inputs that the output has; `all`: those that nothing reaches as well; `isLess`: constants have the
 * alignment of their types.
 */
export function liveSegments(trace: Trace, all: boolean, isLess: boolean): LiveSegment[] {
  const live: LiveSegment[] = [];
  trace.sources.all.forEach((source, s) => {
    const { addresses, uses } = trace.bySource[s]!;
    const takesPart = trace.takesPart(s);
    const symbols = firstSymbols(source);
    source.model.segments.forEach((entry, segment) => {
      const address = addresses[segment]!;
      if (address < 0 && !(all && takesPart)) return;
      const symbol = symbols.get(segment);
      const keys = source.isUnit ? keysOfUnit(entry, symbol) : keysOfObject(entry);
      live.push({
        source: s,
        segment,
        title: symbol?.name ?? entry.name,
        ...keys,
        align: (isLess ? source.moreAligned.get(segment) : undefined) ?? 2 ** entry.alignLog2,
        uses: source.isUnit ? uses[segment]! : 0,
        size: entry.bytes.length,
        address,
        isLazy: source.isLazy,
        isZero: keys.category === Category.zero,
        isTls: keys.category === Category.tls,
      });
    });
  });
  return live;
}

/** The symbol that names a segment: the first at its begin. */
function firstSymbols({ model }: Source): ReadonlyMap<number, SymbolEntry> {
  const first = new Map<number, SymbolEntry>();
  for (const symbol of model.symbols) {
    if (symbol.kind === Kind.data && symbol.index >= 0 && !first.has(symbol.index)) first.set(symbol.index, symbol);
  }
  return first;
}

type Keys = Pick<LiveSegment, 'category' | 'name' | 'prefix' | 'rank'>;

/** Names that the object writer makes of the name of a symbol, for a datum without a section of its own. */
const OWN_NAMES = ['.rodata', '.data', '.bss', '.tdata', '.tbss'];

/** What the object writer puts in front of the name of a section that holds more than zeros and is called `.bss`. */
const NOT_ZERO = '.data';

function keysOfUnit({ name, bytes, relocations, flags }: SegmentEntry, symbol: SymbolEntry | undefined): Keys {
  const isTls = (flags & SegmentBit.tls) !== 0;
  const isZero = relocations.length === 0 && bytes.every((byte) => byte === 0);
  const category = isTls ? Category.tls : isZero ? Category.zero : Category.data;
  const isOwn = symbol === undefined || OWN_NAMES.some((prefix) => name === `${prefix}.${symbol.name}`);
  const section = name.startsWith(`${NOT_ZERO}.bss`) ? name.slice(NOT_ZERO.length) : name;
  const given = isOwn ? ['.tdata', '.data', '.bss'][category]! : section;
  const rank = symbol !== undefined && isConstant(symbol.name) ? Rank.constant : Rank.variable;
  return { category, name: given, prefix: prefixOf(given), rank };
}

/** Segments that are zero memory if all their bytes are zero. */
const ZERO_NAME = /^\.t?bss(\.|$)/;

function keysOfObject({ name, bytes, relocations, flags }: SegmentEntry): Keys {
  const isTls = (flags & SegmentBit.tls) !== 0;
  const isZero = ZERO_NAME.test(name) && relocations.length === 0 && bytes.every((byte) => byte === 0);
  const category = isTls ? Category.tls : isZero ? Category.zero : Category.data;
  return { category, name, prefix: prefixOf(name), rank: Rank.object };
}

function prefixOf(name: string): string {
  const dot = name.indexOf('.', 1);
  return dot < 0 ? name : name.slice(0, dot);
}

/** The keys by name: which comes first, or 0. */
const KEYS: readonly (readonly [name: string, compare: (a: LiveSegment, b: LiveSegment) => number])[] = [
  ['category', (a, b) => a.category - b.category],
  ['prefix', (a, b) => compareText(a.prefix, b.prefix)],
  ['alignment', (a, b) => b.align - a.align],
  ['uses', (a, b) => b.uses - a.uses],
  ['name', (a, b) => compareText(a.name, b.name)],
  ['number', compareNumbers],
];

/** Objects in their order (as far as it is known), then constants, which are alike from here, then variables in the order of the unit. */
function compareNumbers(a: LiveSegment, b: LiveSegment): number {
  if (a.rank !== b.rank || a.rank === Rank.constant) return a.rank - b.rank;
  if (a.source !== b.source && (a.isLazy || b.isLazy)) return 0;
  return a.source - b.source || a.segment - b.segment;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Negative: `a` comes first; 0: the order of the two cannot be told from here. */
export function compareSegments(a: LiveSegment, b: LiveSegment): number {
  for (const [, compare] of KEYS) {
    const order = compare(a, b);
    if (order !== 0) return order;
  }
  return 0;
}

/** The key that puts `b` before `a`, or null if none does. */
export function wrongKey(a: LiveSegment, b: LiveSegment): string | null {
  for (const [name, compare] of KEYS) {
    const order = compare(a, b);
    if (order !== 0) return order > 0 ? name : null;
  }
  return null;
}
