/**
 * Writes small objects: functions, data, symbols and relocations by name.
 *
 * Owns the bookkeeping (index spaces, types, symbols made on first mention). It has no opinion on what is legal, so that
 * objects that break a rule can be written too. A name that is mentioned and not defined becomes an undefined symbol.
 */
import { ByteSink } from '../wasm/byte-sink.ts';
import type { FunctionType, ObjectModel, Relocation, SymbolEntry } from '../wasm/object-model.ts';
import { emptyModel, Extern, Flag, Group, Kind, RELOCATION_TYPES, relocationType, Type } from '../wasm/object-model.ts';
import type { WriteOptions } from '../wasm/write-object.ts';
import { writeObject } from '../wasm/write-object.ts';
import { Op } from './opcodes.ts';

/** `() -> ()`. */
export const NO_TYPE: FunctionType = { params: [], results: [] };
/** `() -> i32`. */
export const GIVES_I32: FunctionType = { params: [], results: [Type.i32] };
/** `(i32) -> i32`. */
export const MAPS_I32: FunctionType = { params: [Type.i32], results: [Type.i32] };

/** Where a relocation of data goes, and to what. */
export interface DataReference {
  readonly at: number;
  readonly type: string;
  readonly symbol: string;
  readonly addend?: number;
  /** Kind of the symbol where the type does not say it. */
  readonly kind?: number;
}

/** What a datum is. */
export interface DataOptions {
  /** Segment name; default `.data.NAME`. */
  readonly section?: string;
  readonly alignLog2?: number;
  /** SegmentBit bits. */
  readonly segmentFlags?: number;
  readonly flags?: number;
  readonly passive?: boolean;
  readonly references?: readonly DataReference[];
}

/** Where an undefined symbol comes from, if the object says it. */
export interface UndefinedOptions {
  readonly flags?: number;
  readonly module?: string;
  readonly field?: string;
  /** Module of an import that does not carry a name of its own. */
  readonly plainModule?: string;
}

const TARGET_KINDS: readonly (readonly [RegExp, number])[] = [
  [/^(FUNCTION|TABLE_INDEX)/, Kind.function],
  [/^MEMORY/, Kind.data],
  [/^GLOBAL/, Kind.global],
  [/^SECTION/, Kind.section],
  [/^TAG/, Kind.tag],
  [/^TABLE_NUMBER/, Kind.table],
];

function kindOf(type: string): number {
  return TARGET_KINDS.find(([pattern]) => pattern.test(type))![1];
}

/** Writes one object. */
export class Assembler {
  readonly #model = emptyModel();
  readonly #symbols = new Map<string, number>();
  readonly #types = new Map<string, number>();
  /** Defined symbols, whose index still lacks the imports of its space. */
  readonly #defined = new Set<SymbolEntry>();

  constructor() {
    // Every object that touches memory imports it; wasm-ld looks for nothing else.
    this.#model.imports.push({
      module: 'env',
      field: '__linear_memory',
      kind: Extern.memory,
      type: -1,
      desc: Uint8Array.of(0, 0),
    });
  }

  /** Type index of `type`. */
  type({ params, results }: FunctionType): number {
    const key = `${params.join()}>${results.join()}`;
    const known = this.#types.get(key);
    if (known !== undefined) return known;
    this.#types.set(key, this.#model.types.length);
    return this.#model.types.push({ params, results }) - 1;
  }

  /** Defines function `name` of `type`; `locals` are value types beside the parameters. */
  func(
    name: string,
    type: FunctionType,
    flags: number,
    write: (code: Code) => void,
    locals: readonly number[] = [],
  ): this {
    const code = new Code(this);
    code.sink.vector(locals, (local) => code.sink.uleb(1).raw([local]));
    write(code);
    code.op(Op.end);
    const index = this.#model.functions.length;
    this.#model.functions.push({ type: this.type(type), body: code.sink.bytes(), relocations: code.relocations });
    return this.#define({ kind: Kind.function, flags, name, index, offset: 0, size: 0 });
  }

  /** Gives function `of` the entry `name` in the export section. */
  exportName(name: string, of: string): this {
    const { index } = this.#model.symbols[this.#symbols.get(of)!]!;
    this.#model.exports.push({ name, kind: Extern.function, index });
    return this;
  }

  /** Defines an exported function of no parameters that the harness calls. */
  probe(name: string, write: (code: Code) => void, locals: readonly number[] = []): this {
    return this.func(name, GIVES_I32, Flag.exported, write, locals);
  }

  /** Defines a datum in a segment of its own. */
  data(name: string, bytes: Iterable<number>, options: DataOptions = {}): this {
    const contents = Uint8Array.from(bytes);
    const relocations = (options.references ?? []).map((reference) => this.#relocation(reference));
    const index = this.#model.segments.length;
    this.#model.segments.push({
      name: options.section ?? `.data.${name}`,
      alignLog2: options.alignLog2 ?? 2,
      flags: options.segmentFlags ?? 0,
      passive: options.passive ?? false,
      bytes: contents,
      relocations,
    });
    return this.#define({
      kind: Kind.data,
      flags: options.flags ?? 0,
      name,
      index,
      offset: 0,
      size: contents.length,
    });
  }

  /** Another symbol for data that is defined: `offset` bytes into it, `size` bytes long. */
  part(name: string, of: string, offset: number, size: number, flags = 0): this {
    const { index } = this.#model.symbols[this.symbol(of, Kind.data)]!;
    return this.#define({ kind: Kind.data, flags, name, index, offset, size });
  }

  /** Another symbol for a function that is defined. */
  alias(name: string, of: string, flags = 0): this {
    const { kind, index, offset, size } = this.#model.symbols[this.#symbols.get(of)!]!;
    return this.#define({ kind, flags, name, index, offset, size });
  }

  /** A data symbol at a fixed address. */
  absolute(name: string, address: number, flags = 0): this {
    return this.#define({ kind: Kind.data, flags: flags | Flag.absolute, name, index: 0, offset: address, size: 0 });
  }

  /** Defines a global with a constant of i32. */
  global(name: string, value: number, mutable: boolean, flags = 0): this {
    const index = this.#model.globals.length;
    const entry = new ByteSink()
      .raw([Type.i32, mutable ? 1 : 0, Op.i32Const])
      .sleb(value)
      .raw([Op.end]);
    this.#model.globals.push(entry.bytes());
    return this.#define({ kind: Kind.global, flags, name, index, offset: 0, size: 0 });
  }

  /** Defines a global that starts as the imported global `from`. */
  globalFrom(name: string, from: string, mutable: boolean): this {
    const index = this.#model.globals.length;
    const source = this.#model.symbols[this.#symbols.get(from)!]!.index;
    const entry = new ByteSink()
      .raw([Type.i32, mutable ? 1 : 0, Op.globalGet])
      .uleb(source)
      .raw([Op.end]);
    this.#model.globals.push(entry.bytes());
    return this.#define({ kind: Kind.global, flags: 0, name, index, offset: 0, size: 0 });
  }

  /** Imports the function table and gives it no symbol, as objects did before there were symbols of tables. */
  legacyTable(): this {
    const desc = Uint8Array.of(Type.funcref, 0, 0);
    const field = '__indirect_function_table';
    this.#model.imports.push({ module: 'env', field, kind: Extern.table, type: -1, desc });
    return this;
  }

  /** Defines a table of `size` function references. */
  table(name: string, size: number, flags = 0): this {
    const index = this.#model.tables.length;
    this.#model.tables.push(new ByteSink().raw([Type.funcref, 1]).uleb(size).uleb(size).bytes());
    return this.#define({ kind: Kind.table, flags, name, index, offset: 0, size: 0 });
  }

  /** Defines a tag with the parameters `params`. */
  tag(name: string, params: readonly number[], flags = 0): this {
    const index = this.#model.tags.length;
    this.#model.tags.push(this.type({ params, results: [] }));
    return this.#define({ kind: Kind.tag, flags, name, index, offset: 0, size: 0 });
  }

  /** Declares function `name` as undefined. */
  undefinedFunction(name: string, type: FunctionType, options: UndefinedOptions = {}): this {
    const field = options.field ?? name;
    const { module = options.plainModule ?? 'env' } = options;
    const explicit = options.field !== undefined || options.module !== undefined ? Flag.explicitName : 0;
    return this.#import(Kind.function, name, (options.flags ?? 0) | explicit, {
      module,
      field,
      kind: Extern.function,
      type: this.type(type),
      desc: new Uint8Array(0),
    });
  }

  /** Declares datum `name` as undefined. */
  undefinedData(name: string, flags = 0): this {
    return this.#add({ kind: Kind.data, flags: flags | Flag.undefined, name, index: -1, offset: 0, size: 0 });
  }

  /** Declares a global of i32 as undefined. */
  undefinedGlobal(name: string, mutable: boolean, options: UndefinedOptions = {}): this {
    const { module = 'env', field = name } = options;
    const explicit = options.field !== undefined || options.module !== undefined ? Flag.explicitName : 0;
    const desc = Uint8Array.of(Type.i32, mutable ? 1 : 0);
    return this.#import(Kind.global, name, (options.flags ?? 0) | explicit, {
      module,
      field,
      kind: Extern.global,
      type: -1,
      desc,
    });
  }

  /** Declares a table of function references as undefined. */
  undefinedTable(name: string, flags = 0): this {
    const desc = Uint8Array.of(Type.funcref, 0, 0);
    return this.#import(Kind.table, name, flags, { module: 'env', field: name, kind: Extern.table, type: -1, desc });
  }

  /** Declares a tag as undefined. */
  undefinedTag(name: string, params: readonly number[], flags = 0): this {
    const type = this.type({ params, results: [] });
    const desc = new Uint8Array(0);
    return this.#import(Kind.tag, name, flags, { module: 'env', field: name, kind: Extern.tag, type, desc });
  }

  /** Adds a custom section with a section symbol called `SECTION.NAME` inside of the assembler. */
  custom(name: string, bytes: Iterable<number>, references: readonly DataReference[] = []): this {
    const relocations = references.map((reference) => this.#relocation(reference));
    const index = this.#model.customs.length;
    this.#model.customs.push({ name, bytes: Uint8Array.from(bytes), relocations });
    return this.#add({ kind: Kind.section, flags: Flag.local, name: `SECTION.${name}`, index, offset: 0, size: 0 });
  }

  /** Makes `name` a constructor. */
  constructorOf(name: string, priority: number): this {
    this.#model.initFuncs.push({ priority, symbol: this.#symbols.get(name)! });
    return this;
  }

  /** Puts the definitions of `names` into COMDAT group `group`. */
  comdat(group: string, names: readonly string[], flags = 0): this {
    const members = names.map((name) => {
      const { kind, index } = this.#model.symbols[this.#symbols.get(name)!]!;
      if (kind === Kind.section) return { kind: Group.section, index };
      return { kind: kind === Kind.data ? Group.data : Group.function, index };
    });
    this.#model.comdats.push({ name: group, flags, members });
    return this;
  }

  /** Sets the entries of `target_features` (`+atomics`). */
  features(...names: readonly string[]): this {
    this.#model.features = [...(this.#model.features ?? []), ...names];
    return this;
  }

  /** Index of symbol `name`, made undefined on first mention (functions as `() -> i32`). */
  symbol(name: string, kind: number): number {
    const known = this.#symbols.get(name);
    if (known !== undefined) return known;
    if (kind === Kind.function) this.undefinedFunction(name, GIVES_I32);
    else if (kind === Kind.data) this.undefinedData(name);
    else if (kind === Kind.global) this.undefinedGlobal(name, name === '__stack_pointer' || name === '__tls_base');
    else if (kind === Kind.table) this.undefinedTable(name);
    else throw new RangeError(`symbol ${name} must be declared`);
    return this.#symbols.get(name)!;
  }

  /** Notes that some relocation is a slot, which needs the function table though it does not name it. */
  takesSlot(): void {
    const known = this.#symbols.get('__indirect_function_table');
    if (known === undefined) this.undefinedTable('__indirect_function_table', Flag.noStrip);
    else this.#model.symbols[known]!.flags |= Flag.noStrip;
  }

  #relocation({ at, type, symbol, addend = 0, kind }: DataReference): Relocation {
    if (type.startsWith('TABLE_INDEX')) this.takesSlot();
    return { type: relocationType(type), offset: at, index: this.symbol(symbol, kind ?? kindOf(type)), addend };
  }

  /** The object as a model; the assembler must not be used afterwards. */
  model(): ObjectModel {
    const { imports, comdats } = this.#model;
    const count = (kind: number): number => imports.filter((entry) => entry.kind === kind).length;
    const spaces: Readonly<Record<number, number>> = {
      [Kind.function]: count(Extern.function),
      [Kind.global]: count(Extern.global),
      [Kind.table]: count(Extern.table),
      [Kind.tag]: count(Extern.tag),
    };
    for (const symbol of this.#defined) symbol.index += spaces[symbol.kind] ?? 0;
    this.#defined.clear();
    const { exports } = this.#model;
    exports.splice(0, exports.length, ...exports.map((one) => ({ ...one, index: one.index + spaces[Kind.function]! })));
    const shifted = comdats.map((comdat) => ({
      ...comdat,
      members: comdat.members.map(({ kind, index }) => {
        return { kind, index: kind === Group.function ? index + spaces[Kind.function]! : index };
      }),
    }));
    comdats.splice(0, comdats.length, ...shifted);
    return this.#model;
  }

  /** The object as bytes. */
  bytes(options: WriteOptions = {}): Uint8Array {
    return writeObject(this.model(), options);
  }

  #define(symbol: SymbolEntry): this {
    this.#defined.add(symbol);
    return this.#add(symbol);
  }

  #import(kind: number, name: string, flags: number, entry: ObjectModel['imports'][number]): this {
    const index = this.#model.imports.filter((other) => other.kind === entry.kind).length;
    this.#model.imports.push(entry);
    return this.#add({ kind, flags: flags | Flag.undefined, name, index, offset: 0, size: 0 });
  }

  #add(symbol: SymbolEntry): this {
    this.#symbols.set(symbol.name, this.#model.symbols.length);
    this.#model.symbols.push(symbol);
    return this;
  }
}

/** The code of one function. */
export class Code {
  readonly sink = new ByteSink();
  readonly relocations: Relocation[] = [];
  readonly #owner: Assembler;

  constructor(owner: Assembler) {
    this.#owner = owner;
  }

  /** Opcodes and immediate bytes as they are. */
  op(...bytes: readonly number[]): this {
    this.sink.raw(bytes);
    return this;
  }

  /** `i32.const`. */
  i32(value: number): this {
    this.sink.raw([Op.i32Const]).sleb(value | 0);
    return this;
  }

  /** A placeholder with relocation `type` to `symbol`. */
  reference(type: string, symbol: string, addend = 0, kind = kindOf(type)): this {
    const number = relocationType(type);
    if (type.startsWith('TABLE_INDEX')) this.#owner.takesSlot();
    const index = this.#owner.symbol(symbol, kind);
    this.relocations.push({ type: number, offset: this.sink.length, index, addend });
    const width = RELOCATION_TYPES[number]![1];
    this.sink.raw(new Array<number>(width - 1).fill(0x80)).raw([0]);
    return this;
  }

  /** `call`. */
  call(name: string): this {
    return this.op(Op.call).reference('FUNCTION_INDEX_LEB', name);
  }

  /** `call_indirect` in table `table`; null: in table 0, which no relocation names. */
  callIndirect(type: FunctionType, table: string | null = '__indirect_function_table'): this {
    this.op(Op.callIndirect);
    const index = this.#owner.type(type);
    this.relocations.push({ type: relocationType('TYPE_INDEX_LEB'), offset: this.sink.length, index, addend: 0 });
    this.sink.raw([0x80, 0x80, 0x80, 0x80, 0]);
    return table === null ? this.op(0) : this.reference('TABLE_NUMBER_LEB', table);
  }

  /** `i32.const` of an address. */
  address(name: string, addend = 0): this {
    return this.op(Op.i32Const).reference('MEMORY_ADDR_SLEB', name, addend);
  }

  /** `i32.const` of a table slot. */
  slot(name: string): this {
    return this.op(Op.i32Const).reference('TABLE_INDEX_SLEB', name);
  }

  /** `global.get`. */
  globalGet(name: string): this {
    return this.op(Op.globalGet).reference('GLOBAL_INDEX_LEB', name);
  }

  /** `i32.load` at the address on the stack plus `offset`. */
  load(offset = 0): this {
    this.op(Op.i32Load, 2);
    this.sink.uleb(offset);
    return this;
  }

  /** `i32.store` likewise. */
  store(offset = 0): this {
    this.op(Op.i32Store, 2);
    this.sink.uleb(offset);
    return this;
  }

  /** The word at `name`. */
  loadOf(name: string, addend = 0): this {
    return this.address(name, addend).load();
  }
}

/** Little-endian words. */
export function words(...values: readonly number[]): number[] {
  return values.flatMap((value) => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255]);
}
