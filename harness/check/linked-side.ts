/**
 * One output of a link of marked objects: where each symbol of the inputs is in it, by its own account.
 *
 * Owns the way from a symbol of an object to a number of the output (function index, address, index of a global …), and
 * the matching of bytes against an input with relocated fields left out. Compares nothing: compare-symbols.ts does.
 */
import { memoryImage } from '../engine/v8/linked-instance.ts';
import type { ObjectItem } from '../topology/draft.ts';
import { markerNumber, readMarker } from '../topology/markers.ts';
import type { ObjectModel, Relocation } from '../wasm/object-model.ts';
import { Kind, RELOCATION_TYPES } from '../wasm/object-model.ts';
import { Cursor } from '../wasm/cursor.ts';
import type { LinkedModule } from '../wasm/linked-module.ts';
import { functionAt, readLinkedModule } from '../wasm/linked-module.ts';

/** What no symbol has. */
export const NOWHERE = -1;

/** One output of a link of marked objects. */
export interface LinkedSide {
  readonly module: LinkedModule;
  /** Linear memory before anything runs. */
  readonly image: Uint8Array;
  /** Per object and symbol: its number, or NOWHERE; null: the object is not in the link. */
  readonly numbers: readonly (readonly number[] | null)[];
}

/** A symbol by object and place in its table. */
export interface SymbolPlace {
  readonly o: number;
  readonly s: number;
}

/** Reads `bytes`, linked from the marked `objects`. */
export function readSide(bytes: Uint8Array, objects: readonly ObjectItem[]): LinkedSide {
  const module = readLinkedModule(bytes);
  const numbers: (readonly number[] | null)[] = objects.map(() => null);
  for (const { name, bytes: answers } of module.customs) {
    const number = markerNumber(name);
    if (number >= 0) numbers[number] = numbersOf(module, objects[number]!.model, answers);
  }
  return { module, image: memoryImage(module), numbers };
}

function numbersOf(module: LinkedModule, model: ObjectModel, answers: Uint8Array): number[] {
  return readMarker(model, answers).map((answer, s) => {
    const { kind } = model.symbols[s]!;
    if (kind === Kind.function) return answer === 0 ? NOWHERE : functionAt(module, answer);
    if (kind === Kind.data) return answer === 0 ? NOWHERE : answer;
    return answer;
  });
}

/** Relocated fields of an input in an output. */
export interface MatchedBytes {
  readonly values: readonly number[];
  readonly places: readonly number[];
  readonly end: number;
}

/** How a relocated field is stored. */
type Encoding = 'uleb' | 'sleb' | 'i32' | 'i64';

const ENCODINGS: readonly Encoding[] = RELOCATION_TYPES.map(([name]) => {
  if (name.endsWith('I32')) return 'i32';
  if (name.endsWith('I64')) return 'i64';
  return name.includes('SLEB') ? 'sleb' : 'uleb';
});

/**
 * The values of `relocations` (ascending) where `input` stands at `start` of `output`, where they are, and the place behind it; null if some
 * other byte differs. Fields may be shorter than in the input.
 */
export function matchBytes(
  input: Uint8Array,
  relocations: readonly Relocation[],
  output: Uint8Array,
  start: number,
): MatchedBytes | null {
  const values: number[] = [];
  const places: number[] = [];
  let from = 0;
  let at = start;
  for (const { type, offset } of relocations) {
    for (; from < offset; from++, at++) if (input[from] !== output[at]) return null;
    const encoding = ENCODINGS[type]!;
    places.push(at);
    let value = 0;
    if (encoding === 'i32' || encoding === 'i64') {
      const width = encoding === 'i32' ? 4 : 8;
      for (let n = 0; n < 4; n++) value += (output[at + n] ?? 0) * 256 ** n;
      at += width;
    } else {
      const field = new Cursor(output, at);
      value = encoding === 'sleb' ? Number(field.signed()) : field.number();
      at = field.at;
      value %= 2 ** 32;
    }
    values.push(value < 0 ? value + 2 ** 32 : value);
    from += RELOCATION_TYPES[type]![1];
  }
  for (; from < input.length; from++, at++) if (input[from] !== output[at]) return null;
  return { values, places, end: at };
}

/** The string at `address`, up to its end, in quotes. */
export function cString(image: Uint8Array, address: number): string {
  let end = address;
  while (end < image.length && image[end] !== 0) end++;
  return JSON.stringify(String.fromCharCode(...image.subarray(address, end)));
}

/** The first of `places` that the output knows: all symbols of one name have one number. */
export function numberOf(side: LinkedSide, places: readonly SymbolPlace[]): number {
  for (const { o, s } of places) {
    const number = side.numbers[o]?.[s] ?? NOWHERE;
    if (number !== NOWHERE) return number;
  }
  return NOWHERE;
}
