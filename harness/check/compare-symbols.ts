/**
 * The symbols of the inputs in two outputs: the same ones are there, from the same definitions, with the same bytes once
 * relocated fields are read as symbol and addend.
 *
 * Both outputs say where each symbol is (linked-side.ts); what they are compared by is the inputs. A function or segment of
 * an input is a definition, `3:f7` or `3:d2`. Addresses and indexes are never compared with each other, only with what they
 * mean. Strings that a linker may share are compared up to their end.
 */
import type { ObjectItem } from '../topology/draft.ts';
import type { Relocation, SymbolEntry } from '../wasm/object-model.ts';
import { Extern, Flag, importCount, Kind, RELOCATION_TYPES, SegmentBit } from '../wasm/object-model.ts';
import type { LinkedSide, MatchedBytes, SymbolPlace } from './linked-side.ts';
import { cString, matchBytes, NOWHERE, numberOf } from './linked-side.ts';
import type { DifferentField, ModuleDifference } from './module-difference.ts';

/** The function that is called in place of one that nobody defines; wasm-ld's name. */
export const UNDEFINED_STUB = 'undefined_stub';

/** A definition that both outputs took, and where it is in each. */
interface Chosen {
  readonly o: number;
  readonly index: number;
  readonly ours: number;
  readonly theirs: number;
}

/** What has a field: for people, and its name. */
interface Owner {
  readonly section: DifferentField['section'];
  readonly text: string;
  readonly name: string;
}

/** Compares what two modules do with one symbol after the other. */
export class SymbolComparison {
  readonly #objects: readonly ObjectItem[];
  readonly #ours: LinkedSide;
  readonly #theirs: LinkedSide;
  readonly #wrapped: ReadonlySet<string>;
  /** Definitions by name. */
  readonly #names = new Map<string, SymbolPlace[]>();
  readonly #functions = new Map<string, Chosen>();
  readonly #segments = new Map<string, Chosen>();
  /** Definition by function index. */
  readonly #ourFunctions = new Map<number, string>();
  readonly #theirFunctions = new Map<number, string>();

  constructor(objects: readonly ObjectItem[], ours: LinkedSide, theirs: LinkedSide, wrapped: ReadonlySet<string>) {
    this.#objects = objects;
    this.#ours = ours;
    this.#theirs = theirs;
    this.#wrapped = wrapped;
    objects.forEach(({ model }, o) => {
      model.symbols.forEach((symbol, s) => {
        if (!isDefinition(symbol) || (symbol.flags & Flag.local) !== 0) return;
        const list = this.#names.get(symbol.name);
        if (list === undefined) this.#names.set(symbol.name, [{ o, s }]);
        else list.push({ o, s });
      });
    });
  }

  /** The first difference, or null. */
  run(): ModuleDifference | null {
    return this.#choose() ?? this.#compareFunctions() ?? this.#compareSegments();
  }

  /** Segments that are in both outputs. */
  get segments(): readonly Chosen[] {
    return [...this.#segments.values()];
  }

  /** What function `index` is, in words that both outputs share; `?` if nobody says. */
  functionWord(ours: boolean, index: number): string {
    const { module } = ours ? this.#ours : this.#theirs;
    if (index < module.functionImports.length) return `import ${module.functionImports[index]!}`;
    const known = (ours ? this.#ourFunctions : this.#theirFunctions).get(index);
    if (known !== undefined) return known;
    const name = module.functionNames.get(index);
    // wasm-ld has one for each signature and no name of what is missing.
    return name === undefined ? '?' : name.replace(/^undefined:.*/, UNDEFINED_STUB);
  }

  /** Address of the datum called `name`, NOWHERE if it is not there. */
  addressOf(ours: boolean, name: string): number {
    const side = ours ? this.#ours : this.#theirs;
    for (const { o, s } of this.#names.get(this.#redirect(name)) ?? []) {
      const number = side.numbers[o]?.[s] ?? NOWHERE;
      if (number !== NOWHERE && this.#objects[o]!.model.symbols[s]!.kind === Kind.data) return number;
    }
    return NOWHERE;
  }

  // --- which definitions count ---

  #choose(): ModuleDifference | null {
    for (const places of this.#names.values()) {
      const { name } = this.#symbol(places[0]!);
      if (this.#wrapped.has(name)) continue;
      const found = this.#chooseAmong(places, name);
      if (found !== null) return found;
    }
    for (let o = 0; o < this.#objects.length; o++) {
      const { name: file, model } = this.#objects[o]!;
      for (let s = 0; s < model.symbols.length; s++) {
        const symbol = model.symbols[s]!;
        if (!isDefinition(symbol) || (symbol.flags & Flag.local) === 0) continue;
        const found = this.#chooseAmong([{ o, s }], `${symbol.name} of ${file}`);
        if (found !== null) return found;
      }
    }
    return null;
  }

  #symbol({ o, s }: SymbolPlace): SymbolEntry {
    return this.#objects[o]!.model.symbols[s]!;
  }

  #chooseAmong(places: readonly SymbolPlace[], name: string): ModuleDifference | null {
    const { kind } = this.#symbol(places[0]!);
    if (kind !== Kind.function && kind !== Kind.data) return null;
    const ours = numberOf(this.#ours, places);
    const theirs = numberOf(this.#theirs, places);
    if (places.some((place) => (this.#symbol(place).flags & Flag.tls) !== 0)) return null;
    if (ours === NOWHERE && theirs === NOWHERE) return null;
    if ((ours === NOWHERE) !== (theirs === NOWHERE)) {
      return {
        kind: 'live',
        what: `${name} is in one output alone`,
        ours: ours === NOWHERE ? 'absent' : `at ${ours}`,
        theirs: theirs === NOWHERE ? 'absent' : `at ${theirs}`,
      };
    }
    return kind === Kind.function
      ? this.#chooseFunction(places, name, ours, theirs)
      : this.#chooseDatum(places, name, ours, theirs);
  }

  #chooseFunction(places: readonly SymbolPlace[], name: string, ours: number, theirs: number): ModuleDifference | null {
    const fits = (side: LinkedSide, { o, s }: SymbolPlace, index: number): boolean =>
      this.#fits(side, o, this.#body(o, s), index);
    const left = places.filter((place) => fits(this.#ours, place, ours));
    const right = places.filter((place) => fits(this.#theirs, place, theirs));
    const winner = left.find((place) => right.includes(place));
    if (winner === undefined) return this.#noWinner(name, left, right);
    const index = this.#body(winner.o, winner.s);
    const key = `${winner.o}:f${index}`;
    this.#functions.set(key, { o: winner.o, index, ours, theirs });
    this.#ourFunctions.set(ours, key);
    this.#theirFunctions.set(theirs, key);
    return null;
  }

  /** Number of the body of function symbol `s`. */
  #body(o: number, s: number): number {
    const { model } = this.#objects[o]!;
    return model.symbols[s]!.index - importCount(model, Extern.function);
  }

  #fits({ module }: LinkedSide, o: number, body: number, index: number): boolean {
    const entry = this.#objects[o]!.model.functions[body];
    const place = module.bodies[index - module.functionImports.length];
    if (entry === undefined || place === undefined) return false;
    const found = matchBytes(entry.body, entry.relocations, module.bytes, place.start);
    return found !== null && found.end === place.end;
  }

  #chooseDatum(places: readonly SymbolPlace[], name: string, ours: number, theirs: number): ModuleDifference | null {
    const left = places.filter((place) => this.#holds(this.#ours, place, ours));
    const right = places.filter((place) => this.#holds(this.#theirs, place, theirs));
    const winner = left.find((place) => right.includes(place));
    if (winner === undefined) return this.#noWinner(name, left, right);
    const { index, offset } = this.#symbol(winner);
    const segment = this.#objects[winner.o]!.model.segments[index]!;
    if ((segment.flags & SegmentBit.strings) !== 0) return null;
    const key = `${winner.o}:d${index}`;
    const chosen = { o: winner.o, index, ours: ours - offset, theirs: theirs - offset };
    const known = this.#segments.get(key);
    if (known !== undefined && (known.ours !== chosen.ours || known.theirs !== chosen.theirs)) {
      return {
        kind: 'bytes',
        what: `${name} is not where the other symbols of its segment say`,
        ours: `begins at ${chosen.ours} or ${known.ours}`,
        theirs: `begins at ${chosen.theirs} or ${known.theirs}`,
      };
    }
    this.#segments.set(key, chosen);
    const align = 2 ** segment.alignLog2;
    if (chosen.ours % align === 0 || chosen.theirs % align !== 0) return null;
    return {
      kind: 'alignment',
      what: `${name}, whose segment has alignment ${align}`,
      ours: String(chosen.ours),
      theirs: String(chosen.theirs),
    };
  }

  /** Whether memory at `address` holds what the definition has there; of strings to share, one up to its end. */
  #holds({ image }: LinkedSide, { o, s }: SymbolPlace, address: number): boolean {
    const { index, offset } = this.#symbol({ o, s });
    const { bytes, flags, relocations } = this.#objects[o]!.model.segments[index]!;
    if ((flags & SegmentBit.strings) !== 0) {
      return cString(bytes, offset) === cString(image, address);
    }
    return matchBytes(bytes, relocations, image, address - offset) !== null;
  }

  #noWinner(name: string, left: readonly SymbolPlace[], right: readonly SymbolPlace[]): ModuleDifference {
    const say = (places: readonly SymbolPlace[]): string => {
      const files = places.map(({ o }) => this.#objects[o]!.name);
      return files.length === 0 ? 'none that an input has' : `that of ${files.join(', ')}`;
    };
    return { kind: 'bytes', what: `the definition of ${name}`, ours: say(left), theirs: say(right) };
  }

  // --- what the definitions refer to ---

  #compareFunctions(): ModuleDifference | null {
    for (const { o, index, ours, theirs } of this.#functions.values()) {
      const { body, relocations } = this.#objects[o]!.model.functions[index]!;
      const start = ({ module }: LinkedSide, n: number): number =>
        module.bodies[n - module.functionImports.length]!.start;
      const left = matchBytes(body, relocations, this.#ours.module.bytes, start(this.#ours, ours))!;
      const right = matchBytes(body, relocations, this.#theirs.module.bytes, start(this.#theirs, theirs))!;
      if (this.#ours.module.signatures[ours] !== this.#theirs.module.signatures[theirs]) {
        const [a, b] = [this.#ours.module.signatures[ours]!, this.#theirs.module.signatures[theirs]!];
        return { kind: 'bytes', what: `signature of ${this.#sayFunction(o, index)}`, ours: a, theirs: b };
      }
      const owner = (): Owner => ({
        section: 'code',
        text: this.#sayFunction(o, index),
        name: this.#functionName(o, index),
      });
      const found = this.#compareRelocations(o, relocations, left, right, 0, 0, owner);
      if (found !== null) return found;
    }
    return null;
  }

  #sayFunction(o: number, index: number): string {
    return `function ${this.#functionName(o, index)} of ${this.#objects[o]!.name}`;
  }

  #functionName(o: number, index: number): string {
    const { model } = this.#objects[o]!;
    const own = index + importCount(model, Extern.function);
    return model.symbols.find(({ kind, index: at }) => kind === Kind.function && at === own)?.name ?? String(index);
  }

  #compareSegments(): ModuleDifference | null {
    for (const { o, index, ours, theirs } of this.#segments.values()) {
      const { name, model } = this.#objects[o]!;
      const segment = model.segments[index]!;
      const left = matchBytes(segment.bytes, segment.relocations, this.#ours.image, ours)!;
      const right = matchBytes(segment.bytes, segment.relocations, this.#theirs.image, theirs)!;
      const text = `segment ${segment.name} of ${name}`;
      const owner = (): Owner => ({ section: 'data', text, name: segment.name });
      const found = this.#compareRelocations(o, segment.relocations, left, right, ours, theirs, owner);
      if (found !== null) return found;
    }
    return null;
  }

  /** Compares the fields of a definition of object `o` that lies at `ourBase` and `theirBase` (data only). */
  #compareRelocations(
    o: number,
    relocations: readonly Relocation[],
    ours: MatchedBytes,
    theirs: MatchedBytes,
    ourBase: number,
    theirBase: number,
    ownerOf: () => Owner,
  ): ModuleDifference | null {
    for (let r = 0; r < relocations.length; r++) {
      const relocation = relocations[r]!;
      const [a, b] = [ours.values[r]!, theirs.values[r]!];
      const left = this.word(true, o, relocation, a, ourBase);
      const right = this.word(false, o, relocation, b, theirBase);
      if (left === right || left === '?' || right === '?') continue;
      const [type] = RELOCATION_TYPES[relocation.type]!;
      const { offset, addend } = relocation;
      const { section, text, name } = ownerOf();
      const symbol = this.#sayTarget(o, relocation);
      const field: DifferentField = {
        section,
        owner: name,
        object: this.#objects[o]!.name,
        relocation: type,
        offset,
        symbol,
        addend,
        ours: ours.places[r]!,
        theirs: theirs.places[r]!,
      };
      const what = `${type} at ${offset} of ${text}, to ${type.startsWith('TYPE') ? symbol : `${symbol} + ${addend}`}`;
      return { kind: 'bytes', what, ours: `${left} (${a})`, theirs: `${right} (${b})`, field };
    }
    return null;
  }

  #sayTarget(o: number, { type, index }: Relocation): string {
    if (RELOCATION_TYPES[type]![0].startsWith('TYPE')) return `type ${index}`;
    return this.#objects[o]!.model.symbols[index]!.name;
  }

  /** Number of symbol `s` of object `o` in an output: NOWHERE if it is gone, null if no input defines it. */
  numberAt(ours: boolean, o: number, s: number): number | null {
    const places = this.#definitions({ o, s });
    if (places.length === 0) return null;
    // A wrapped function is known by its wrapper only.
    return this.#wrapped.has(this.#symbol({ o, s }).name) ? null : numberOf(ours ? this.#ours : this.#theirs, places);
  }

  /** What `value` in a field of object `o` means, in words that both outputs share; `base`: address of its definition. */
  word(ours: boolean, o: number, { type, index, offset, addend }: Relocation, value: number, base: number): string {
    const [name] = RELOCATION_TYPES[type]!;
    const side = ours ? this.#ours : this.#theirs;
    const { module } = side;
    if (name.startsWith('TYPE_INDEX')) return module.types[value] ?? 'no type';
    const symbol = this.#objects[o]!.model.symbols[index]!;
    if (name.startsWith('FUNCTION_INDEX')) return this.functionWord(ours, value);
    if (name.startsWith('TABLE_INDEX')) {
      if (name.includes('REL')) return '?';
      return this.#slotWord(ours, value);
    }
    if (name.startsWith('MEMORY_ADDR')) {
      const pointer = name.includes('LOCREL') ? (value + base + offset) % 2 ** 32 : value;
      return this.#addressWord(ours, { o, s: index }, pointer, addend);
    }
    if (name.startsWith('GLOBAL_INDEX')) return this.#globalWord(ours, symbol, { o, s: index }, value);
    if (name.startsWith('TAG_INDEX')) return module.tags[value] ?? 'no tag';
    const limits = module.tables[value];
    return limits === undefined ? 'no table' : `table of ${limits.min} to ${limits.max ?? 'any'}`;
  }

  #slotWord(ours: boolean, slot: number): string {
    if (slot === 0) return 'null';
    const index = (ours ? this.#ours : this.#theirs).module.slots.get(slot);
    return index === undefined ? `empty slot ${slot}` : `slot of ${this.functionWord(ours, index)}`;
  }

  /** `symbol` if `address` is where the output says that symbol and addend are. */
  #addressWord(ours: boolean, place: SymbolPlace, address: number, addend: number): string {
    const number = this.#numberOf(ours, place);
    const symbol = this.#symbol(place);
    if ((symbol.flags & Flag.tls) !== 0) return '?';
    // Names that the linker makes lie where it likes; null is null.
    if (number === NOWHERE) return address === 0 ? 'null' : 'some address';
    if (((number + addend) >>> 0) % 2 ** 32 === address) return `${symbol.name} + ${addend}`;
    if (this.#isString(place)) return cString((ours ? this.#ours : this.#theirs).image, address);
    return `${address - number} from ${symbol.name}`;
  }

  #isString(place: SymbolPlace): boolean {
    const definition = this.#definitions(place)[0];
    if (definition === undefined) return false;
    const { index } = this.#symbol(definition);
    return ((this.#objects[definition.o]!.model.segments[index]?.flags ?? 0) & SegmentBit.strings) !== 0;
  }

  /** A global of the inputs by its symbol, one of the linker by its name. */
  #globalWord(ours: boolean, { kind }: SymbolEntry, place: SymbolPlace, index: number): string {
    const side = ours ? this.#ours : this.#theirs;
    const { module } = side;
    const global = module.globals[index];
    if (global === undefined) return `no global ${index}`;
    if (kind === Kind.data && global.value !== null) return this.#addressWord(ours, place, global.value >>> 0, 0);
    if (kind === Kind.function && global.value !== null) return this.#slotWord(ours, global.value);
    if (index < module.globalImports.length) return `import ${module.globalImports[index]!}`;
    const number = this.#numberOf(ours, place);
    if (number === index) return this.#symbol(place).name;
    return module.globalNames.get(index)?.replace(/^GOT\.(data|func)\.internal\./, '') ?? '?';
  }

  #redirect(name: string): string {
    if (this.#wrapped.has(name)) return `__wrap_${name}`;
    const real = name.replace(/^__real_/, '');
    return real !== name && this.#wrapped.has(real) ? real : name;
  }

  /** The definitions that a symbol may mean. */
  #definitions(place: SymbolPlace): readonly SymbolPlace[] {
    const symbol = this.#symbol(place);
    if (isDefinition(symbol) && (symbol.flags & Flag.local) !== 0) return [place];
    return this.#names.get(this.#redirect(symbol.name)) ?? [];
  }

  #numberOf(ours: boolean, place: SymbolPlace): number {
    return numberOf(ours ? this.#ours : this.#theirs, this.#definitions(place));
  }
}

function isDefinition({ kind, flags }: SymbolEntry): boolean {
  return kind !== Kind.section && (flags & (Flag.undefined | Flag.absolute)) === 0;
}
