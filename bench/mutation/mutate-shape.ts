/**
 * Ways to change what an object is made of and leave it well-formed: types of functions, names and kinds of imports, limits of
 * tables, features, contents of data, single bytes of bodies.
 *
 * The reader has nothing against most of these objects. Bodies that are changed may be invalid by themselves, which the judge
 * finds out; everything else must come out valid or be refused for what it says.
 */
import { bodyRanges, unlessBroken } from './rejected-bodies.ts';
import { Cursor } from './cursor.ts';
import { FUNCTION_KIND, GLOBAL_KIND, readImports, TABLE_KIND } from './imports.ts';
import { pick } from './random.ts';
import type { Random } from './random.ts';
import type { Piece } from './sections.ts';
import { contentStart, customName, joinBytes, joinSections, leb, splitSections } from './sections.ts';

const IMPORT = 2;
const FUNCTION = 3;
const TABLE = 4;
const CODE = 10;
const DATA = 11;

type Change = (piece: Piece, random: Random) => Uint8Array | null;

/** One to three changes; an object without the sections that they need comes back as it is. */
export function mutateShape(bytes: Uint8Array, random: Random): Uint8Array {
  const pieces = splitSections(bytes);
  for (let n = 1 + random(3); n > 0; n--) {
    const [fits, change] = pick(random, CHANGES);
    const number = pieces.findIndex(fits);
    if (number < 0) continue;
    const payload = unlessBroken(() => change(pieces[number]!, random));
    if (payload !== null) pieces[number] = { id: pieces[number]!.id, payload };
  }
  return joinSections(pieces);
}

/** A function gets the type of another one. */
const retype: Change = ({ payload }, random) => {
  const cursor = new Cursor(payload);
  const types = Array.from({ length: cursor.count() }, () => cursor.leb());
  if (types.length === 0) return null;
  types[random(types.length)] = pick(random, types);
  return joinBytes([leb(types.length), ...types.map(leb)]);
};

const FIELDS = [
  'memory',
  '__stack_pointer',
  '__indirect_function_table',
  '__memory_base',
  'f',
  '',
  '__wasm_call_ctors',
];
const encoder = new TextEncoder();

/** An import changes its module or its field, or a function its type, or a global whether it may change. */
const reimport: Change = ({ payload }, random) => {
  const entries = readImports(payload).map(({ kind, head, type }) => {
    const cursor = new Cursor(head);
    cursor.skip(cursor.leb());
    const module = cursor.since(0);
    const fieldAt = cursor.at;
    cursor.skip(cursor.leb());
    return { kind, module, field: cursor.since(fieldAt), rest: head.subarray(cursor.at), type };
  });
  if (entries.length === 0) return null;
  const name = (text: string): Uint8Array => joinBytes([leb(text.length), encoder.encode(text)]);
  const entry = pick(random, entries);
  const functions = entries.filter(({ kind }) => kind === FUNCTION_KIND);
  switch (random(4)) {
    case 0:
      entry.field = random(2) === 0 ? pick(random, entries).field : name(pick(random, FIELDS));
      break;
    case 1:
      entry.module = name(pick(random, ['env', 'host', 'GOT.mem', 'GOT.func', '']));
      break;
    case 2:
      if (functions.length > 0) pick(random, functions).type = pick(random, functions).type;
      break;
    default:
      entry.rest = entry.rest.slice();
      if (entry.kind === GLOBAL_KIND) entry.rest[entry.rest.length - 1]! ^= 1;
      // Flags and the least size, with the greatest one behind them.
      else if (entry.kind === TABLE_KIND) entry.rest = Uint8Array.of(1, entry.rest[1]!, 1, random(5), random(9));
  }
  const parts = entries.flatMap(({ module, field, rest, type }) => [
    module,
    field,
    rest,
    type === null ? leb(0).subarray(1) : leb(type),
  ]);
  return joinBytes([leb(entries.length), ...parts]);
};

/** Tables of other types and limits. */
const retable: Change = ({ payload }, random) => {
  const count = new Cursor(payload).count();
  const tables = Array.from({ length: count }, () => {
    const least = random(5);
    return random(2) === 0 ? [pick(random, [0x70, 0x6f]), 0, least] : [0x70, 1, least, least + random(5)];
  });
  return Uint8Array.from([count, ...tables.flat()]);
};

/** A feature is used, disallowed or required instead. */
const refeature: Change = (piece, random) => {
  const cursor = new Cursor(piece.payload, contentStart(piece));
  const payload = Uint8Array.from(piece.payload);
  const prefixes: number[] = [];
  for (let left = cursor.count(); left > 0; left--) {
    prefixes.push(cursor.at);
    cursor.byte();
    cursor.skip(cursor.leb());
  }
  if (prefixes.length > 0) payload[pick(random, prefixes)] = pick(random, [0x2b, 0x2d, 0x3d]);
  return payload;
};

/** A byte of a body. */
const rebody: Change = ({ payload }, random) => {
  const ranges = bodyRanges(payload).filter(({ start, end }) => end - start > 3);
  if (ranges.length === 0) return null;
  const { start, end } = pick(random, ranges);
  const copy = Uint8Array.from(payload);
  const at = start + 1 + random(end - start - 2);
  copy[at] = random(2) === 0 ? random(256) : copy[at]! ^ (1 << random(8));
  return copy;
};

/** Bytes of data. */
const redata: Change = ({ payload }, random) => {
  const copy = Uint8Array.from(payload);
  for (let n = 4; n > 0 && copy.length > 16; n--) copy[copy.length - 1 - random(copy.length >> 1)] = random(256);
  return copy;
};

const CHANGES: readonly (readonly [fits: (piece: Piece) => boolean, change: Change])[] = [
  [({ id }) => id === FUNCTION, retype],
  [({ id }) => id === IMPORT, reimport],
  [({ id }) => id === IMPORT, reimport],
  [({ id }) => id === TABLE, retable],
  [(piece) => customName(piece) === 'target_features', refeature],
  [({ id }) => id === CODE, rebody],
  [({ id }) => id === CODE, rebody],
  [({ id }) => id === DATA, redata],
];
