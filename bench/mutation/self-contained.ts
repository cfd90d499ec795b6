/**
 * Which bodies of an object are sound by themselves, before any linker has seen them.
 *
 * The engine is asked, with a module that is made of the object alone (among-fillers.ts): what a relocation covers is set to
 * the object's own thing, and an index that no relocation covers means a filler. So a body that is valid there depends on
 * nothing but its relocations, and whatever a linker makes of it must be valid too. Owns the reading of symbols and
 * relocations that this needs; asks nothing of core.
 */
import type { Crowd } from './among-fillers.ts';
import { ALONE, amongFillers, CROWDED } from './among-fillers.ts';
import { Cursor, Unreadable } from './cursor.ts';
import { bodyRanges, rejectedBodies, unlessBroken } from './rejected-bodies.ts';
import { contentStart, customName, joinBytes, leb, splitSections } from './sections.ts';
import type { Piece } from './sections.ts';

/** A body with the places that relocations cover. */
export interface InputBody {
  readonly bytes: Uint8Array;
  /** 1 for each byte that a relocation covers. */
  readonly covered: Uint8Array;
  readonly isSound: boolean;
}

const CODE = 10;

/** Bodies of an object in order; null for what the engine does not take even if its bodies are traps. */
export function bodiesOf(object: Uint8Array): readonly InputBody[] | null {
  return unlessBroken(() => readBodies(splitSections(object)));
}

function readBodies(pieces: readonly Piece[]): InputBody[] | null {
  const number = pieces.findIndex(({ id }) => id === CODE);
  if (number < 0) return [];
  const original = pieces[number]!.payload;
  const holes = readHoles(pieces, number);
  const symbols = readSymbols(pieces);
  const covered = coveredBy(holes, original.length);
  const unsound = new Set<number>();
  for (const crowd of [CROWDED, ALONE]) {
    const rejected = rejectedBodies(amongFillers(pieces, relocate(original, holes, symbols, crowd), crowd));
    if (rejected === null) return null;
    for (const body of rejected) unsound.add(body);
  }
  return bodyRanges(original).map(({ start, end }, i) => ({
    bytes: original.subarray(start, end),
    covered: covered.subarray(start, end),
    isSound: !unsound.has(i),
  }));
}

/**
 * Whether the bodies of an object are sound with each relocated number in as few bytes as it takes, too: not so where a relocation covers
 * bytes that are no number, such as those of a float. Null as for {@link bodiesOf}.
 */
export function areSoundWhenShort(object: Uint8Array): boolean | null {
  return unlessBroken(() => {
    const pieces = splitSections(object);
    const number = pieces.findIndex(({ id }) => id === CODE);
    if (number < 0) return true;
    const holes = readHoles(pieces, number);
    const symbols = readSymbols(pieces);
    const { payload } = pieces[number]!;
    return [CROWDED, ALONE].every((crowd) => {
      const code = shortened(relocate(payload, holes, symbols, crowd), holes);
      return rejectedBodies(amongFillers(pieces, code, crowd))?.length === 0;
    });
  });
}

function shortened(payload: Uint8Array, holes: readonly Hole[]): Uint8Array {
  const ranges = bodyRanges(payload);
  const parts = ranges.flatMap(({ start, end }) => {
    const body: Uint8Array[] = [];
    let at = start;
    for (const hole of holes.filter(({ offset }) => offset >= start && offset < end)) {
      const cursor = new Cursor(payload, hole.offset);
      body.push(payload.subarray(at, hole.offset), short(cursor.leb()));
      at = hole.offset + widthOf(hole);
    }
    body.push(payload.subarray(at, end));
    const whole = joinBytes(body);
    return [leb(whole.length), whole];
  });
  return joinBytes([leb(ranges.length), ...parts]);
}

/** A number that is none below zero, whether it is read with a sign or without. */
function short(value: number): Uint8Array {
  const bytes = leb(value);
  const last = bytes.length - 1;
  return (bytes[last]! & 0x40) === 0 ? bytes : Uint8Array.of(...bytes.subarray(0, last), bytes[last]! | 0x80, 0);
}

// --- symbols (tool-conventions Linking.md) ---

const FUNC = 0;
const DATA = 1;
const GLOBAL = 2;
const SECTION = 3;
const TAG = 4;
const TABLE = 5;
const SYMBOL_TABLE = 8;
const UNDEFINED = 0x10;
const EXPLICIT_NAME = 0x40;

interface SymbolPlace {
  readonly kind: number;
  /** In its index space; 0 for data. */
  readonly index: number;
}

function readSymbols(pieces: readonly Piece[]): SymbolPlace[] {
  const linking = pieces.find((piece) => customName(piece) === 'linking');
  if (linking === undefined) throw new Unreadable();
  const cursor = new Cursor(linking.payload, contentStart(linking));
  cursor.leb();
  while (cursor.at < cursor.bytes.length) {
    const id = cursor.byte();
    const size = cursor.leb();
    if (id === SYMBOL_TABLE) return Array.from({ length: cursor.count() }, () => readSymbol(cursor));
    cursor.skip(size);
  }
  return [];
}

function readSymbol(cursor: Cursor): SymbolPlace {
  const kind = cursor.byte();
  const flags = cursor.leb();
  const isUndefined = (flags & UNDEFINED) !== 0;
  if (kind === DATA) {
    cursor.skip(cursor.leb());
    if (!isUndefined) for (let field = 0; field < 3; field++) cursor.skipLeb();
    return { kind, index: 0 };
  }
  const index = cursor.leb();
  if (kind !== SECTION && (!isUndefined || (flags & EXPLICIT_NAME) !== 0)) cursor.skip(cursor.leb());
  return { kind, index };
}

// --- relocations of code ---

interface Hole {
  readonly type: number;
  readonly offset: number;
  /** Symbol, or type of a relocation that names types. */
  readonly index: number;
}

const FUNCTION_INDEX = 0;
const TYPE_INDEX = 6;
const GLOBAL_INDEX = 7;
const WIDE = new Set([14, 15, 17, 18, 24, 25]);
const HAS_ADDEND = new Set([3, 4, 5, 8, 9, 11, 14, 15, 16, 17, 21, 22, 23, 25, 27]);
/** Kind of symbol by type of relocation. */
const KIND = new Map([
  ...[0, 1, 12, 18, 24].map((type) => [type, FUNC] as const),
  ...[3, 4, 11, 14, 15, 17, 21, 25].map((type) => [type, DATA] as const),
  [GLOBAL_INDEX, GLOBAL],
  [10, TAG],
  [20, TABLE],
]);

function readHoles(pieces: readonly Piece[], section: number): Hole[] {
  for (const piece of pieces) {
    if (!customName(piece).startsWith('reloc.')) continue;
    const cursor = new Cursor(piece.payload, contentStart(piece));
    if (cursor.leb() !== section) continue;
    return Array.from({ length: cursor.count() }, () => {
      const type = cursor.byte();
      const hole = { type, offset: cursor.leb(), index: cursor.leb() };
      if (HAS_ADDEND.has(type)) cursor.skipLeb();
      return hole;
    });
  }
  return [];
}

function widthOf({ type }: Hole): number {
  return WIDE.has(type) ? 10 : 5;
}

function coveredBy(holes: readonly Hole[], length: number): Uint8Array {
  const covered = new Uint8Array(length);
  for (const hole of holes) covered.fill(1, hole.offset, hole.offset + widthOf(hole));
  return covered;
}

/** The code with each hole filled by the object's own number behind the fillers. */
function relocate(
  original: Uint8Array,
  holes: readonly Hole[],
  symbols: readonly SymbolPlace[],
  crowd: Crowd,
): Uint8Array {
  // A Buffer's slice would be no copy.
  const payload = Uint8Array.from(original);
  for (const hole of holes) {
    const width = widthOf(hole);
    if (hole.offset + width > payload.length) throw new Unreadable();
    let rest = ownNumber(hole, symbols, crowd);
    for (let i = 0; i < width; i++) {
      payload[hole.offset + i] = (rest & 0x7f) | (i < width - 1 ? 0x80 : 0);
      rest >>>= 7;
    }
  }
  return payload;
}

/** An address or slot that is too large to be a local, an alignment or a depth, where a relocation covers one of those. */
const SOME_ADDRESS = 0x0765_4321;

/** What a hole means in the module among fillers. */
function ownNumber({ type, index }: Hole, symbols: readonly SymbolPlace[], crowd: Crowd): number {
  if (type === TYPE_INDEX) return crowd.types + index;
  const symbol = symbols[index];
  if (symbol === undefined) throw new Unreadable();
  if (type === GLOBAL_INDEX && (symbol.kind === FUNC || symbol.kind === DATA)) return crowd.globals - 1;
  if (symbol.kind !== KIND.get(type)) throw new Unreadable();
  if (type === FUNCTION_INDEX) return crowd.funcs + symbol.index;
  if (type === GLOBAL_INDEX) return crowd.globals + symbol.index;
  if (symbol.kind === TAG) return crowd.tags + symbol.index;
  return symbol.kind === TABLE ? crowd.tables + symbol.index : SOME_ADDRESS;
}
