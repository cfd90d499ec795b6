/**
 * Custom sections of the inputs in two outputs: those of one name are joined in both of the same pieces, with the same bytes
 * where nothing is relocated, the same meaning where something is, and the same tombstones where something is gone.
 *
 * What a field means is read from the output it is in: a place in the code as function and distance, a place in a section as
 * piece and distance. Debug strings, which a linker may store once, are compared where something refers to them.
 */
import type { ObjectItem } from '../topology/draft.ts';
import type { Relocation } from '../wasm/object-model.ts';
import { Group, Kind, RELOCATION_TYPES } from '../wasm/object-model.ts';
import type { ModuleDifference } from './module-difference.ts';
import type { SymbolComparison } from './compare-symbols.ts';
import type { LinkedSide } from './linked-side.ts';
import { matchBytes } from './linked-side.ts';

/** Sections that linkers write themselves. */
const OWN = /^(name|producers|target_features|linking|build_id|reloc\..*)$/;
const STRINGS = /^\.debug_(line_)?str$/;

/** A section of an object in an output. */
interface Piece {
  readonly o: number;
  /** Place in the customs of the object. */
  readonly c: number;
  readonly at: number;
  readonly values: readonly number[];
}

/** Pieces of one output, by object and place in its customs. */
type Pieces = ReadonlyMap<string, Piece>;

/** Compares all custom sections that inputs have; null if they agree. `exact`: places in code are not moved inside of functions. */
export function compareCustoms(
  objects: readonly ObjectItem[],
  symbols: SymbolComparison,
  ours: LinkedSide,
  theirs: LinkedSide,
  exact: boolean,
): ModuleDifference | null {
  const names = new Set(objects.flatMap(({ model }) => model.customs.map(({ name }) => name)));
  const left = new Map<string, Piece>();
  const right = new Map<string, Piece>();
  for (const name of names) {
    if (OWN.test(name)) continue;
    const found = [ours, theirs].map((side) => side.module.customs.find((custom) => custom.name === name)?.bytes);
    const say = (bytes: Uint8Array | undefined): string => (bytes === undefined ? 'absent' : `${bytes.length} bytes`);
    if ((found[0] === undefined) !== (found[1] === undefined)) {
      return { kind: 'custom', what: `custom section ${name}`, ours: say(found[0]), theirs: say(found[1]) };
    }
    if (found[0] === undefined || found[1] === undefined || STRINGS.test(name)) continue;
    const [a, b] = [cut(objects, ours, name, found[0], left), cut(objects, theirs, name, found[1], right)];
    if (a === b) continue;
    return { kind: 'custom', what: `pieces of custom section ${name}`, ours: a, theirs: b };
  }
  const comparison = new CustomComparison(objects, symbols, [ours, theirs], [left, right], exact);
  return comparison.run();
}

/** Finds the pieces that `bytes` is made of; what the cutting came to, in words without order. */
function cut(
  objects: readonly ObjectItem[],
  side: LinkedSide,
  name: string,
  bytes: Uint8Array,
  pieces: Map<string, Piece>,
): string {
  const left: { o: number; c: number }[] = [];
  objects.forEach(({ model }, o) => {
    if (side.numbers[o] === null) return;
    model.customs.forEach((custom, c) => {
      if (custom.name === name) left.push({ o, c });
    });
  });
  const taken: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const found = left.findIndex(({ o, c }) => {
      const custom = objects[o]!.model.customs[c]!;
      const match = matchBytes(custom.bytes, custom.relocations, bytes, at);
      if (match === null || custom.bytes.length === 0) return false;
      pieces.set(`${o}:${c}`, { o, c, at, values: match.values });
      at = match.end;
      return true;
    });
    if (found < 0) return `no piece of an input at ${at}`;
    const [{ o, c }] = left.splice(found, 1) as [{ o: number; c: number }];
    taken.push(`${o}:${c}`);
  }
  const missing = left.filter(
    ({ o, c }) => !isGroupMember(objects[o]!, c) && objects[o]!.model.customs[c]!.bytes.length > 0,
  );
  return missing.length > 0 ? `without that of ${objects[missing[0]!.o]!.name}` : taken.sort().join();
}

function isGroupMember({ model }: ObjectItem, c: number): boolean {
  return model.comdats.some(({ members }) => members.some(({ kind, index }) => kind === Group.section && index === c));
}

/** The fields of pieces that both outputs have. */
class CustomComparison {
  readonly #objects: readonly ObjectItem[];
  readonly #symbols: SymbolComparison;
  readonly #sides: readonly [LinkedSide, LinkedSide];
  readonly #pieces: readonly [Pieces, Pieces];
  readonly #exact: boolean;

  constructor(
    objects: readonly ObjectItem[],
    symbols: SymbolComparison,
    sides: readonly [LinkedSide, LinkedSide],
    pieces: readonly [Pieces, Pieces],
    exact: boolean,
  ) {
    this.#objects = objects;
    this.#symbols = symbols;
    this.#sides = sides;
    this.#pieces = pieces;
    this.#exact = exact;
  }

  run(): ModuleDifference | null {
    for (const [key, { o, c, values }] of this.#pieces[0]) {
      const other = this.#pieces[1].get(key)!;
      const { name, model } = this.#objects[o]!;
      const custom = model.customs[c]!;
      for (let r = 0; r < custom.relocations.length; r++) {
        const relocation = custom.relocations[r]!;
        const left = this.#word(0, o, relocation, values[r]!);
        const right = this.#word(1, o, relocation, other.values[r]!);
        if (left === right || left === '?' || right === '?') continue;
        const [type] = RELOCATION_TYPES[relocation.type]!;
        const what = `${type} at ${relocation.offset} of section ${custom.name} of ${name}`;
        return { kind: 'custom', what, ours: left, theirs: right };
      }
    }
    return null;
  }

  #word(n: 0 | 1, o: number, relocation: Relocation, value: number): string {
    const [name] = RELOCATION_TYPES[relocation.type]!;
    const { index, addend } = relocation;
    if (name.startsWith('TYPE_INDEX')) return this.#symbols.word(n === 0, o, relocation, value, 0);
    const symbol = this.#objects[o]!.model.symbols[index]!;
    if (name.startsWith('SECTION_OFFSET')) {
      const target = this.#objects[o]!.model.customs[symbol.index];
      if (target !== undefined && STRINGS.test(target.name)) return this.#string(n, target.name, value);
      const piece = this.#pieces[n].get(`${o}:${symbol.index}`);
      return piece === undefined ? `gone, ${value}` : `section at ${value - piece.at - addend}`;
    }
    const number = this.#symbols.numberAt(n === 0, o, index);
    if (number === null) return '?';
    // What is not in the output leaves a tombstone.
    if (number < 0) return symbol.kind === Kind.global ? '?' : `gone, ${value}`;
    if (!name.startsWith('FUNCTION_OFFSET')) return this.#symbols.word(n === 0, o, relocation, value, 0);
    const { bodies, codeStart, functionImports } = this.#sides[n].module;
    const place = codeStart + value - addend - bodies[number - functionImports.length]!.start;
    return this.#exact ? `function at ${place}` : '?';
  }

  #string(n: 0 | 1, name: string, at: number): string {
    const bytes = this.#sides[n].module.customs.find((custom) => custom.name === name)?.bytes ?? new Uint8Array(0);
    let end = at;
    while (end < bytes.length && bytes[end] !== 0) end++;
    return JSON.stringify(String.fromCharCode(...bytes.subarray(at, end)));
  }
}
