/**
 * A module made of an object alone, with a crowd of fillers in front of each of its index spaces.
 *
 * Fillers fit nothing that a compiler writes, so an index that means one makes a body invalid. Owns the sizes of the crowds
 * and the shifting of types; the code comes from the caller, who has shifted what is in it.
 */
import { Cursor } from './cursor.ts';
import { FUNCTION_KIND, GLOBAL_KIND, readImports, TABLE_KIND, TAG_KIND } from './imports.ts';
import type { Piece } from './sections.ts';
import { joinBytes, joinSections, leb } from './sections.ts';

const TYPE = 1;
const IMPORT = 2;
const FUNCTION = 3;
const TAG = 13;
const CODE = 10;
/** Tables, memories, globals, data and their count. */
const UNCHANGED = new Set([4, 5, 6, 11, 12]);

/** How many fillers there are of each sort. The numbers differ, so that a type is no function. */
export interface Crowd {
  readonly types: number;
  readonly funcs: number;
  /** The last of them is no filler but a constant that holds an address. */
  readonly globals: number;
  readonly tables: number;
  readonly tags: number;
}

/** So many that an index which means no filler is larger than what a small body mentions. */
export const CROWDED: Crowd = { types: 700, funcs: 400, globals: 300, tables: 40, tags: 60 };
/** So few that most indexes mean nothing: a strange global can be read and dropped. */
export const ALONE: Crowd = { types: 4, funcs: 2, globals: 1, tables: 1, tags: 1 };

const I32 = 0x7f;
const I64 = 0x7e;
const V128 = 0x7b;
const EXTERNREF = 0x6f;
/** `(v128, f64, f32) -> ()`, the first one, because tags have no results; and `-> (v128, f32)`. */
const TAG_TYPE = [0x60, 3, V128, 0x7c, 0x7d, 0];
const STRANGE_TYPE = [0x60, 3, V128, 0x7c, 0x7d, 2, V128, 0x7d];

/** The module, with `code` for the payload of its code section. */
export function amongFillers(pieces: readonly Piece[], code: Uint8Array, crowd: Crowd): Uint8Array<ArrayBuffer> {
  const payloadOf = (id: number): Uint8Array => pieces.find((piece) => piece.id === id)?.payload ?? Uint8Array.of(0);
  const made: Piece[] = [
    { id: TYPE, payload: withTypes(payloadOf(TYPE), crowd) },
    { id: IMPORT, payload: withImports(payloadOf(IMPORT), crowd) },
  ];
  for (const { id, payload } of pieces) {
    if (id === CODE) made.push({ id, payload: code });
    else if (id === FUNCTION || id === TAG) made.push({ id, payload: shiftTypes(payload, id === TAG, crowd) });
    else if (UNCHANGED.has(id)) made.push({ id, payload });
  }
  return joinSections(made) as Uint8Array<ArrayBuffer>;
}

function repeat(count: number, bytes: readonly number[]): number[] {
  return new Array<readonly number[]>(count).fill(bytes).flat();
}

function withTypes(payload: Uint8Array, { types }: Crowd): Uint8Array {
  const cursor = new Cursor(payload);
  const count = cursor.leb();
  const strange = [...TAG_TYPE, ...repeat(types - 1, STRANGE_TYPE)];
  return joinBytes([leb(count + types), Uint8Array.from(strange), payload.subarray(cursor.at)]);
}

/** Types of functions, or of tags, which have a byte in front. */
function shiftTypes(payload: Uint8Array, isTag: boolean, { types }: Crowd): Uint8Array {
  const cursor = new Cursor(payload);
  const count = cursor.count();
  const parts = [leb(count)];
  for (let i = 0; i < count; i++) {
    if (isTag) parts.push(Uint8Array.of(cursor.byte()));
    parts.push(leb(types + cursor.leb()));
  }
  return joinBytes(parts);
}

function withImports(payload: Uint8Array, { types, funcs, globals, tables, tags }: Crowd): Uint8Array {
  const own = readImports(payload);
  const address = own.some(({ is64 }) => is64) ? I64 : I32;
  const fillers = (count: number, ...type: number[]): number[] => repeat(count, [0, 0, ...type]);
  const crowd = [
    ...fillers(funcs, FUNCTION_KIND, 1),
    ...fillers(tables, TABLE_KIND, EXTERNREF, 0, 0),
    ...fillers(globals - 1, GLOBAL_KIND, V128, 0),
    ...fillers(1, GLOBAL_KIND, address, 0),
    ...fillers(tags, TAG_KIND, 0, 0),
  ];
  const count = own.length + funcs + tables + globals + tags;
  const entries = own.flatMap(({ head, type }) => (type === null ? [head] : [head, leb(types + type)]));
  return joinBytes([leb(count), Uint8Array.from(crowd), ...entries]);
}
