/**
 * One program out of a module that holds several: the functions that its exports reach, and nothing else of the others.
 *
 * The programs of a batch are told apart by a prefix of the names of exports, imports and functions (name section). Memory, data and
 * globals stay as they are, so every address keeps its meaning; functions of other programs go, whatever is wrong with them, and
 * slots of the table that hold them become empty. Whoever compiles one program alone gets the same but for addresses.
 * Independent of core. Source: wasm core specification 5.5. Throws RangeError for what it does not understand.
 */
import { ByteSink } from './byte-sink.ts';
import { Cursor, listSections } from './cursor.ts';
import { Immediate, readInstruction, skipLocals } from './instructions.ts';

const Id = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  dataCount: 12,
} as const;
const KIND_FUNCTION = 0;
const NAMES_OF_FUNCTIONS = 1;
const KIND_GLOBAL = 3;
const I32 = 0x7f;
const OP_I32_CONST = 0x41;
const OP_CALL_INDIRECT = 0x11;
const OP_END = 0x0b;

interface Import {
  readonly module: string;
  readonly name: string;
  readonly kind: number;
  /** Bytes behind the kind. */
  readonly type: Uint8Array;
}

interface Export {
  readonly name: string;
  readonly kind: number;
  readonly index: number;
}

/** What the code of a function refers to. */
interface References {
  readonly functions: readonly number[];
  readonly isIndirect: boolean;
}

/** Constants to be exported as immutable globals: the addresses of variables, by name. */
export type Addresses = ReadonlyMap<string, number>;

/** A module that holds several programs, read once. */
export class BatchModule {
  readonly #bytes: Uint8Array;
  readonly #imports: Import[] = [];
  readonly #exports: Export[] = [];
  /** Type by defined function. */
  readonly #types: number[] = [];
  /** Code with locals, by defined function. */
  readonly #bodies: Uint8Array[] = [];
  /** Function by slot. */
  readonly #slots = new Map<number, number>();
  readonly #owners = new Map<number, string>();
  /** Names behind the prefix of the owner. */
  readonly #names = new Map<number, string>();
  readonly #references = new Map<number, References>();
  #globals = 0;
  #start: number | null = null;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    for (const { id, from, to } of listSections(bytes)) this.#read(id, new Cursor(bytes, from, to, true));
  }

  #read(id: number, cursor: Cursor): void {
    switch (id) {
      case Id.import:
        return cursor.each(() => this.#readImport(cursor));
      case Id.function:
        return cursor.each(() => this.#types.push(cursor.number()));
      case Id.global:
        this.#globals = cursor.number();
        return;
      case Id.export:
        return cursor.each(() =>
          this.#exports.push({ name: cursor.name(), kind: cursor.byte(), index: cursor.number() }),
        );
      case Id.start:
        this.#start = cursor.number();
        return;
      case Id.element:
        return cursor.each(() => this.#readElements(cursor));
      case Id.code:
        return cursor.each(() => this.#bodies.push(cursor.take(cursor.number())));
      case Id.custom:
        if (cursor.name() === 'name') this.#readNames(cursor);
        return;
      default:
    }
  }

  #readImport(cursor: Cursor): void {
    const [module, name, kind] = [cursor.name(), cursor.name(), cursor.byte()];
    if (kind !== KIND_FUNCTION) throw new RangeError(`an import of kind ${kind} in a batch`);
    this.#imports.push({ module, name, kind, type: cursor.span(() => cursor.number()) });
  }

  #readElements(cursor: Cursor): void {
    const flags = cursor.number();
    if (flags === 2) cursor.number();
    else if (flags !== 0) throw new RangeError(`an element segment of form ${flags} in a batch`);
    if (cursor.byte() !== OP_I32_CONST) throw new RangeError('an element segment without a constant place in a batch');
    let slot = Number(cursor.signed());
    if (cursor.byte() !== OP_END) throw new RangeError('an element segment without a constant place in a batch');
    if (flags === 2) cursor.byte();
    cursor.each(() => this.#slots.set(slot++, cursor.number()));
  }

  /** The owner of a function is the prefix that its name has somewhere: `batch.p3_n4`. */
  #readNames(cursor: Cursor): void {
    while (cursor.at < cursor.end) {
      const kind = cursor.byte();
      const next = cursor.number() + cursor.at;
      if (kind === NAMES_OF_FUNCTIONS) {
        cursor.each(() => {
          const index = cursor.number();
          const [, owner, text] = /(?:^|\.)(p\d+_)(.*)$/s.exec(cursor.name()) ?? [];
          if (owner === undefined) return;
          this.#owners.set(index, owner);
          this.#names.set(index, text!);
        });
      }
      cursor.at = next;
    }
  }

  #referencesOf(index: number): References {
    let known = this.#references.get(index);
    if (known === undefined) this.#references.set(index, (known = this.#scan(index)));
    return known;
  }

  #scan(index: number): References {
    const functions: number[] = [];
    let isIndirect = false;
    const body = this.#bodies[index - this.#imports.length];
    if (body === undefined) return { functions, isIndirect };
    const cursor = new Cursor(body, 0, body.length, true);
    skipLocals(cursor);
    while (cursor.at < cursor.end) {
      const op = readInstruction(cursor, (kind, at) => {
        const value = at.number();
        if (kind === Immediate.function) functions.push(value);
      });
      isIndirect ||= op === OP_CALL_INDIRECT;
    }
    return { functions, isIndirect };
  }

  /** Functions that are needed by the exports that begin with `prefix`. */
  #needed(prefix: string): ReadonlySet<number> {
    const needed = new Set<number>();
    const waiting = this.#exports.flatMap(({ name, kind, index }) =>
      kind === KIND_FUNCTION && name.startsWith(prefix) ? [index] : [],
    );
    if (this.#start !== null) waiting.push(this.#start);
    // The table belongs to the program as well: a pointer to a function may come from its data.
    for (const index of this.#slots.values()) if (this.#owners.get(index) === prefix) waiting.push(index);
    let hasTable = false;
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
      if (needed.has(index)) continue;
      needed.add(index);
      const { functions, isIndirect } = this.#referencesOf(index);
      waiting.push(...functions);
      if (!isIndirect || hasTable) continue;
      hasTable = true;
      for (const other of this.#slots.values()) if (!this.#owners.has(other)) waiting.push(other);
    }
    return needed;
  }

  /**
   * The program whose exports, imports and functions begin with `prefix`, which its names lose. It tells the names of functions that
   * `nameOf` knows, by what stands behind the prefix.
   */
  program(prefix: string, addresses: Addresses, nameOf: (text: string) => string | null = () => null): Uint8Array {
    const needed = this.#needed(prefix);
    const imports = this.#imports.flatMap((_, n) => (needed.has(n) ? [n] : []));
    const functions = [...needed].filter((index) => index >= this.#imports.length).sort((a, b) => a - b);
    const numbers = new Map([...imports, ...functions].map((index, n) => [index, n]));
    const out = new ByteSink().raw(this.#bytes.subarray(0, 8));
    const constants = [...addresses];
    let isAfterElements = false;
    for (const { id, from, to } of listSections(this.#bytes)) {
      // Elements stand before the code, and before the count of data segments if there is one.
      if (!isAfterElements && (id === Id.dataCount || id === Id.code)) {
        this.#writeElements(out, numbers);
        isAfterElements = true;
      }
      const contents = new ByteSink();
      switch (id) {
        case Id.custom:
        case Id.element:
          continue;
        case Id.import:
          if (imports.length === 0) continue;
          contents.vector(imports, (n) => {
            const { module, name, kind, type } = this.#imports[n]!;
            const plain = name.startsWith(prefix) ? name.slice(prefix.length) : name;
            contents.name(module).name(plain).raw([kind]).raw(type);
          });
          break;
        case Id.function:
          contents.vector(functions, (index) => contents.uleb(this.#types[index - this.#imports.length]!));
          break;
        case Id.global: {
          const cursor = new Cursor(this.#bytes, from, to);
          contents.uleb(cursor.number() + constants.length).raw(this.#bytes.subarray(cursor.at, to));
          for (const [, value] of constants)
            contents
              .raw([I32, 0, OP_I32_CONST])
              .sleb(value | 0)
              .raw([OP_END]);
          break;
        }
        case Id.export:
          this.#writeExports(
            contents,
            prefix,
            numbers,
            constants.map(([name]) => name),
          );
          break;
        case Id.start:
          contents.uleb(numbers.get(this.#start!)!);
          break;
        case Id.code:
          contents.vector(functions, (index) => {
            contents.sized(new ByteSink().raw(this.#renumbered(this.#bodies[index - this.#imports.length]!, numbers)));
          });
          break;
        default:
          contents.raw(this.#bytes.subarray(from, to));
      }
      out.raw([id]).sized(contents);
    }
    this.#writeNames(out, prefix, numbers, nameOf);
    return out.bytes();
  }

  #writeNames(
    out: ByteSink,
    prefix: string,
    numbers: ReadonlyMap<number, number>,
    nameOf: (text: string) => string | null,
  ): void {
    const named = [...numbers].flatMap(([index, n]) => {
      const text = this.#owners.get(index) === prefix ? nameOf(this.#names.get(index)!) : null;
      return text === null ? [] : [{ n, text }];
    });
    if (named.length === 0) return;
    const functions = new ByteSink();
    functions.vector(
      named.sort((a, b) => a.n - b.n),
      ({ n, text }) => functions.uleb(n).name(text),
    );
    out.raw([Id.custom]).sized(new ByteSink().name('name').raw([NAMES_OF_FUNCTIONS]).sized(functions));
  }

  #writeExports(
    contents: ByteSink,
    prefix: string,
    numbers: ReadonlyMap<number, number>,
    constants: readonly string[],
  ): void {
    // Names of the module itself, such as that of its memory, belong to every program.
    const kept = this.#exports.filter(({ name, kind }) => kind !== KIND_FUNCTION || name.startsWith(prefix));
    contents.uleb(kept.length + constants.length);
    for (const { name, kind, index } of kept) {
      const isOwn = kind === KIND_FUNCTION;
      contents.name(isOwn ? name.slice(prefix.length) : name).raw([kind]);
      contents.uleb(isOwn ? numbers.get(index)! : index);
    }
    constants.forEach((name, n) =>
      contents
        .name(name)
        .raw([KIND_GLOBAL])
        .uleb(this.#globals + n),
    );
  }

  #writeElements(out: ByteSink, numbers: ReadonlyMap<number, number>): void {
    const kept = [...this.#slots].filter(([, index]) => numbers.has(index)).sort(([a], [b]) => a - b);
    if (kept.length === 0) return;
    const contents = new ByteSink();
    contents.vector(kept, ([slot, index]) => {
      contents.uleb(0).raw([OP_I32_CONST]).sleb(slot).raw([OP_END]).uleb(1).uleb(numbers.get(index)!);
    });
    out.raw([Id.element]).sized(contents);
  }

  /** Code with the new numbers of functions. */
  #renumbered(body: Uint8Array, numbers: ReadonlyMap<number, number>): Uint8Array {
    const out = new ByteSink();
    const cursor = new Cursor(body, 0, body.length, true);
    let copied = 0;
    skipLocals(cursor);
    while (cursor.at < cursor.end) {
      readInstruction(cursor, (kind, at) => {
        const start = at.at;
        const value = at.number();
        if (kind !== Immediate.function) return;
        out.raw(body.subarray(copied, start)).uleb(numbers.get(value) ?? value);
        copied = at.at;
      });
    }
    return out.raw(body.subarray(copied)).bytes();
  }
}
