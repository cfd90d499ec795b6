/**
 * Follows the inputs of a link through its output: where each function and segment went, by the bytes alone.
 *
 * Begins at the exports. A function of an input is matched against the body in the module: outside of relocated fields both
 * are equal, and each field says the number of what its symbol means, which is followed in turn. What is never reached is
 * dead. Counts on the way how often code of the unit takes the address of each segment. Asks nothing of a linker.
 * Source: tool-conventions Linking.md, "Relocation Sections".
 */
import { Cursor } from '../wasm/cursor.ts';
import type { Relocation, SymbolEntry } from '../wasm/object-model.ts';
import { Extern, Kind, RELOCATION_TYPES } from '../wasm/object-model.ts';
import type { Complaints } from './complaints.ts';
import type { FoundData, FoundImport, FoundModule } from './found-module.ts';
import { isMinimalSigned, isMinimalUnsigned } from './number-reader.ts';
import type { Sources } from './sources.ts';

/** The output has other code or data than the inputs, so that nothing more can be said. */
export class Unmatched extends Error {
  override readonly name = 'Unmatched';
  /** The relocation that leads to what is not there, or null. */
  readonly through: Relocation | null;

  constructor(message: string, through: Relocation | null = null) {
    super(message);
    this.through = through;
  }
}

/** An input that is to be looked at, and the field that has led to it; null: an export. */
type Visit = readonly [source: number, index: number, through: Relocation | null];

/** What became of one input. */
export interface SourceTrace {
  /** Function of the module by function of the input (without its imports), or -1. */
  readonly functions: Int32Array;
  /** First address by segment, or -1. */
  readonly addresses: Float64Array;
  /** Instructions of the unit that take an address in the segment. */
  readonly uses: Uint32Array;
}

/** How a relocated field is stored, by type. */
const FIELDS = RELOCATION_TYPES.map(([name, width]) => {
  const isWord = name.endsWith('I32') || name.endsWith('I64');
  const isAddress = name.startsWith('MEMORY_ADDR') && !name.includes('TLS') && !name.includes('REL');
  const isTls = name.startsWith('MEMORY_ADDR_TLS');
  const isSlot = name.startsWith('TABLE_INDEX') && !name.includes('REL');
  const isWide = name.endsWith('64');
  return { name, width, isWord, isSigned: name.includes('SLEB'), isWide, isAddress, isTls, isSlot };
});

export class Trace {
  readonly module: FoundModule;
  readonly sources: Sources;
  readonly bySource: readonly SourceTrace[];
  /** Types that code of the inputs names. */
  readonly types = new Set<number>();
  /** Slots that code and data of the inputs take. */
  readonly slots = new Set<number>();
  /** Imported functions that are named. */
  readonly imports = new Set<number>();
  readonly globals = new Map<string, number>();
  readonly tables = new Map<string, number>();
  readonly #complaints: Complaints;
  readonly #functionWork: Visit[] = [];
  readonly #segmentWork: Visit[] = [];
  #through: Relocation | null = null;
  #contradiction: Relocation | null = null;
  readonly #slotFunctions = new Map<number, number>();
  readonly #imported: readonly FoundImport[];

  constructor(module: FoundModule, sources: Sources, complaints: Complaints) {
    this.module = module;
    this.sources = sources;
    this.#complaints = complaints;
    this.bySource = sources.all.map(({ model }) => ({
      functions: new Int32Array(model.functions.length).fill(-1),
      addresses: new Float64Array(model.segments.length).fill(-1),
      uses: new Uint32Array(model.segments.length),
    }));
    this.#imported = module.imports.filter(({ kind }) => kind === Extern.function);
    for (const { first, functions } of module.elements) {
      functions.forEach((index, n) => this.#slotFunctions.set((first ?? 0) + n, index));
    }
  }

  /** The first field whose number contradicts what another has said of the same symbol, or null. */
  get contradiction(): Relocation | null {
    return this.#contradiction;
  }

  /** Function `index` of the module is `fn` of input `source`, imports not counted. */
  meetFunction(source: number, fn: number, index: number): void {
    const { functions } = this.bySource[source]!;
    if (functions[fn] === index) return;
    if (functions[fn] !== -1) {
      this.#contradiction ??= this.#through;
      this.#complaints.add('function-twice', `${this.nameOf(source, fn)} is function ${functions[fn]} and ${index}`);
      return;
    }
    functions[fn] = index;
    this.#functionWork.push([source, fn, this.#through]);
  }

  /** Segment `segment` of input `source` begins at `address`. */
  meetSegment(source: number, segment: number, address: number): void {
    const { addresses } = this.bySource[source]!;
    if (addresses[segment] === address) return;
    if (addresses[segment] !== -1) {
      this.#contradiction ??= this.#through;
      const { name } = this.sources.all[source]!.model.segments[segment]!;
      this.#complaints.add('segment-twice', `${name} is at ${addresses[segment]} and at ${address}`);
      return;
    }
    addresses[segment] = address;
    this.#segmentWork.push([source, segment, this.#through]);
  }

  /** Follows what was met, to the end. */
  run(): void {
    for (;;) {
      const fn = this.#functionWork.pop();
      if (fn !== undefined) {
        this.#visitFunction(...fn);
        continue;
      }
      const segment = this.#segmentWork.pop();
      if (segment === undefined) return;
      this.#visitSegment(...segment);
    }
  }

  /** Whether an input is in the module: one that takes part where it is needed must have been reached. */
  takesPart(source: number): boolean {
    const { functions, addresses } = this.bySource[source]!;
    return !this.sources.all[source]!.isLazy || functions.some((n) => n >= 0) || addresses.some((at) => at >= 0);
  }

  /** Name of a function of an input, for people. */
  nameOf(source: number, fn: number): string {
    const { importedFunctions, functionNames, model } = this.sources.all[source]!;
    const index = importedFunctions + fn;
    const known = functionNames.get(index);
    if (known !== undefined) return known;
    const symbol = model.symbols.find(({ kind, index: own }) => kind === Kind.function && own === index);
    return symbol?.name ?? `function ${index} of input ${source}`;
  }

  /** The entry of the data section that holds `address`, or undefined. */
  dataAt(address: number): FoundData | undefined {
    return this.module.data.find(({ address: first, start, end }) => {
      return first !== null && address >= first && address < first + (end - start);
    });
  }

  #visitFunction(source: number, fn: number, through: Relocation | null): void {
    const { module } = this;
    const { model, isUnit } = this.sources.all[source]!;
    const index = this.bySource[source]!.functions[fn]!;
    const place = module.bodies[index - module.importedFunctions];
    const other = (what: string): Unmatched => new Unmatched(`${this.nameOf(source, fn)}: ${what}`, through);
    if (place === undefined) throw other(`the module does not define function ${index}`);
    const { body, relocations } = model.functions[fn]!;
    const { bytes } = module;
    let from = 0;
    let at = place.start;
    const copy = (to: number): void => {
      for (; from < to; from++, at++) if (body[from] !== bytes[at]) throw other('other code');
    };
    for (const relocation of relocations) {
      copy(relocation.offset);
      const { width, isSigned, isWide, name: type } = FIELDS[relocation.type]!;
      const end = endOfNumber(bytes, at);
      const isShort = isSigned ? isMinimalSigned(bytes, at, end) : isMinimalUnsigned(bytes, at, end);
      const isRight = isUnit ? isShort : end - at === width;
      if (!isRight) {
        const wanted = isUnit ? 'and could be shorter' : `and ${width} in the input`;
        const detail = `${this.nameOf(source, fn)}: a number at offset ${at} has ${end - at} bytes, ${wanted}`;
        this.#complaints.add(`${isUnit ? 'wide' : 'width'}-${type}`, detail);
      }
      this.#visitField(source, relocation, readNumber(bytes, at, end, isSigned, isWide), isUnit);
      at = end;
      from += width;
    }
    copy(body.length);
    if (at !== place.end) throw other('other code behind its end');
  }

  #visitSegment(source: number, segment: number, through: Relocation | null): void {
    const { model } = this.sources.all[source]!;
    const { name, bytes, relocations } = model.segments[segment]!;
    const address = this.bySource[source]!.addresses[segment]!;
    const entry = this.dataAt(address);
    const base = entry === undefined ? 0 : entry.start + address - entry.address!;
    const other = (what: string): Unmatched => new Unmatched(`${name} ${what}`, through);
    if (entry !== undefined && base + bytes.length > entry.end) throw other('goes beyond its data');
    const now = (n: number): number => (entry === undefined ? 0 : this.module.bytes[base + n]!);
    let from = 0;
    for (const relocation of relocations) {
      for (; from < relocation.offset; from++) if (bytes[from] !== now(from)) throw other('differs');
      const { width } = FIELDS[relocation.type]!;
      let value = 0;
      for (let n = 0; n < width; n++) value += now(from + n) * 256 ** n;
      this.#visitField(source, relocation, value, false);
      from += width;
    }
    for (; from < bytes.length; from++) if (bytes[from] !== now(from)) throw other('differs');
  }

  /** `value` stands in a field of `source` that `relocation` describes. */
  #visitField(source: number, relocation: Relocation, value: number, counts: boolean): void {
    const before = this.#through;
    this.#through = relocation;
    try {
      this.#readField(source, relocation, value, counts);
    } catch (error) {
      throw error instanceof Unmatched && error.through === null ? new Unmatched(error.message, relocation) : error;
    }
    this.#through = before;
  }

  #readField(source: number, { type, index, addend }: Relocation, value: number, counts: boolean): void {
    const field = FIELDS[type]!;
    const { model } = this.sources.all[source]!;
    if (field.name === 'TYPE_INDEX_LEB') {
      const { params, results } = model.types[index]!;
      if (this.module.types[value] !== `${params.join()}>${results.join()}`)
        throw new Unmatched(`type ${value} is another`);
      this.types.add(value);
      return;
    }
    const symbol = model.symbols[index]!;
    if (field.isAddress) this.#visitAddress(source, symbol, value - addend, field.isWide, counts);
    else if (field.isTls) this.#visitAddress(source, symbol, value - addend + this.#tlsBase(), field.isWide, counts);
    else if (field.isSlot) this.#visitSlot(source, symbol, value);
    else if (field.name === 'FUNCTION_INDEX_LEB') this.#visitCallee(source, symbol, value);
    else if (field.name === 'GLOBAL_INDEX_LEB') this.#meetNumber(this.globals, symbol, value);
    else if (field.name === 'TABLE_NUMBER_LEB') this.#meetNumber(this.tables, symbol, value);
    else throw new Unmatched(`a relocation ${field.name}`);
  }

  /** Where thread-local data lies: the base of the one thread, which code that takes such an address has read before. */
  #tlsBase(): number {
    const index = this.globals.get('__tls_base');
    const value = index === undefined ? null : this.module.globals[index - this.module.importedGlobals]?.value;
    if (value === undefined || value === null) throw new Unmatched('thread-local data has no base');
    return value;
  }

  #visitAddress(source: number, symbol: SymbolEntry, place: number, isWide: boolean, counts: boolean): void {
    const definition = this.sources.definition(source, symbol);
    if (definition === null) throw new Unmatched(`nobody defines ${symbol.name}`);
    const { index, offset } = definition.symbol;
    const address = place - offset;
    if (counts) this.bySource[definition.source]!.uses[index]!++;
    this.meetSegment(definition.source, index, isWide ? address : ((address % 2 ** 32) + 2 ** 32) % 2 ** 32);
  }

  #visitSlot(source: number, symbol: SymbolEntry, slot: number): void {
    const index = this.#slotFunctions.get(slot);
    if (index === undefined) throw new Unmatched(`slot ${slot}, for ${symbol.name}, is empty`);
    this.slots.add(slot);
    this.#visitCallee(source, symbol, index);
  }

  #visitCallee(source: number, symbol: SymbolEntry, index: number): void {
    const definition = this.sources.definition(source, symbol);
    if (definition !== null) {
      const { importedFunctions } = this.sources.all[definition.source]!;
      this.meetFunction(definition.source, definition.symbol.index - importedFunctions, index);
      return;
    }
    const imported = this.#imported[index];
    const wanted = this.sources.all[source]!.model.imports.filter(({ kind }) => kind === Extern.function)[
      symbol.index
    ]!;
    if (imported?.field !== wanted.field || imported.module !== wanted.module) {
      throw new Unmatched(`function ${index} is not the import ${wanted.module}.${wanted.field}`);
    }
    this.imports.add(index);
  }

  #meetNumber(numbers: Map<string, number>, { name }: SymbolEntry, value: number): void {
    const known = numbers.get(name);
    if (known !== undefined && known !== value) throw new Unmatched(`${name} is ${known} and ${value}`);
    numbers.set(name, value);
  }
}

/** Place behind the LEB128 number at `at`. */
function endOfNumber(bytes: Uint8Array, at: number): number {
  let end = at;
  while (bytes[end]! >= 0x80) end++;
  return end + 1;
}

/** A number of at most 32 bits modulo 2^32; one of 64 bits as it is where it is an address. */
function readNumber(bytes: Uint8Array, start: number, end: number, isSigned: boolean, isWide: boolean): number {
  const cursor = new Cursor(bytes, start);
  if (isSigned && isWide) return Number(cursor.signed());
  const value = cursor.number();
  if (!isSigned) return value;
  const bits = (end - start) * 7;
  const isNegative = bits < 32 && (bytes[end - 1]! & 0x40) !== 0;
  return (isNegative ? value + 2 ** 32 - 2 ** bits : value) % 2 ** 32;
}
