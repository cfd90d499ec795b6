/**
 * A linked module as the judge of linkers needs it: index spaces, function bodies, limits, exports, slots, custom sections.
 *
 * Takes valid modules of any linker; what
 * it does not know it throws for, because a judge that guesses is none. Addresses of 32 bits only.
 * Source: wasm core specification 5.5, threads and exception handling proposals.
 */

const decoder = new TextDecoder();

/** Limits of a memory or table. */
export interface ModuleLimits {
  readonly min: number;
  readonly max: number | null;
  readonly shared: boolean;
  readonly is64: boolean;
}

/** A global; imports have no initial value. */
export interface ModuleGlobal {
  /** Value type and mutability, as `7f1`. */
  readonly type: string;
  /** Constant integer, or null. */
  readonly value: number | null;
}

/** One entry of the import section. */
export interface ModuleImport {
  readonly module: string;
  readonly field: string;
  /** 0 function, 1 table, 2 memory, 3 global, 4 tag. */
  readonly kind: number;
}

/** One export. */
export interface ModuleExport {
  readonly name: string;
  readonly kind: number;
  readonly index: number;
}

/** A custom section. */
export interface ModuleCustom {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** See the file header. */
export interface LinkedModule {
  readonly bytes: Uint8Array;
  readonly types: string[];
  readonly imports: ModuleImport[];
  /** `module.field` by function index, for imported ones. */
  readonly functionImports: string[];
  /** Signature by function index, imports first. */
  readonly signatures: string[];
  /** Bodies of defined functions: locals to final `end`, as places in `bytes`. */
  readonly bodies: { readonly start: number; readonly end: number }[];
  /** Place in `bytes` from which function offsets count. */
  codeStart: number;
  /** Imports first. */
  readonly globals: ModuleGlobal[];
  readonly globalImports: string[];
  readonly tables: ModuleLimits[];
  readonly memories: ModuleLimits[];
  /** Signature of each tag, imports first. */
  readonly tags: string[];
  readonly exports: ModuleExport[];
  start: number | null;
  /** Function by slot of the function table. */
  readonly slots: Map<number, number>;
  /** Names that the name section has. */
  readonly functionNames: Map<number, string>;
  readonly globalNames: Map<number, string>;
  /** In the order of the file. */
  readonly customs: ModuleCustom[];
}

class Reader {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  u8(): number {
    return this.bytes[this.at++]!;
  }

  uleb(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.u8();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  name(): string {
    const length = this.uleb();
    this.at += length;
    return decoder.decode(this.bytes.subarray(this.at - length, this.at));
  }

  limits(): ModuleLimits {
    const flags = this.u8();
    const min = this.uleb();
    const max = (flags & 1) === 0 ? null : this.uleb();
    return { min, max, shared: (flags & 2) !== 0, is64: (flags & 4) !== 0 };
  }

  globalType(): string {
    return `${this.u8().toString(16)}${this.u8()}`;
  }

  each(read: () => void): void {
    for (let left = this.uleb(); left > 0; left--) read();
  }

  /** An expression; the value of a constant integer, else null. */
  constant(): number | null {
    let value: number | null = null;
    for (;;) {
      const op = this.u8();
      if (op === 0x0b) return value;
      if (op === 0x41) value = Number(this.sleb()) | 0;
      else if (op === 0x42) value = Number(this.sleb());
      else if (op === 0x23 || op === 0xd2) this.uleb();
      else if (op === 0x43) this.at += 4;
      else if (op === 0x44) this.at += 8;
      else if (op === 0xd0) this.u8();
      else throw new RangeError(`the judge reads no constant expression with opcode ${op}`);
    }
  }

  sleb(): bigint {
    let value = 0n;
    for (let shift = 0n; ;) {
      const byte = this.u8();
      value |= BigInt(byte & 127) << shift;
      shift += 7n;
      if (byte < 128) return BigInt.asIntN(Number(shift), value);
    }
  }
}

/** Reads `bytes`; see the file header. */
export function readLinkedModule(bytes: Uint8Array): LinkedModule {
  const module: LinkedModule = {
    bytes,
    types: [],
    imports: [],
    functionImports: [],
    signatures: [],
    bodies: [],
    codeStart: 0,
    globals: [],
    globalImports: [],
    tables: [],
    memories: [],
    tags: [],
    exports: [],
    start: null,
    slots: new Map(),
    functionNames: new Map(),
    globalNames: new Map(),
    customs: [],
  };
  const reader = new Reader(bytes, 8);
  while (reader.at < bytes.length) {
    const id = reader.u8();
    const size = reader.uleb();
    const end = reader.at + size;
    readSection(module, reader, id, end);
    reader.at = end;
  }
  return module;
}

function readSection(module: LinkedModule, reader: Reader, id: number, end: number): void {
  switch (id) {
    case 0:
      readCustom(module, reader, end);
      return;
    case 1:
      reader.each(() => {
        reader.u8();
        const list = (): string => {
          const length = reader.uleb();
          reader.at += length;
          return [...reader.bytes.subarray(reader.at - length, reader.at)].join();
        };
        module.types.push(`${list()}>${list()}`);
      });
      return;
    case 2:
      reader.each(() => readImport(module, reader));
      return;
    case 3:
      reader.each(() => module.signatures.push(module.types[reader.uleb()]!));
      return;
    case 4:
      reader.each(() => {
        reader.u8();
        module.tables.push(reader.limits());
      });
      return;
    case 5:
      reader.each(() => module.memories.push(reader.limits()));
      return;
    case 6:
      reader.each(() => module.globals.push({ type: reader.globalType(), value: reader.constant() }));
      return;
    case 7:
      reader.each(() => module.exports.push({ name: reader.name(), kind: reader.u8(), index: reader.uleb() }));
      return;
    case 8:
      module.start = reader.uleb();
      return;
    case 9:
      reader.each(() => readElements(module, reader));
      return;
    case 10:
      module.codeStart = reader.at;
      reader.each(() => {
        const size = reader.uleb();
        module.bodies.push({ start: reader.at, end: reader.at + size });
        reader.at += size;
      });
      return;
    case 13:
      reader.each(() => {
        reader.u8();
        module.tags.push(module.types[reader.uleb()]!);
      });
      return;
    default:
  }
}

function readImport(module: LinkedModule, reader: Reader): void {
  const from = reader.name();
  const field = reader.name();
  const kind = reader.u8();
  module.imports.push({ module: from, field, kind });
  if (kind === 0) {
    module.signatures.push(module.types[reader.uleb()]!);
    module.functionImports.push(`${from}.${field}`);
  } else if (kind === 1) {
    reader.u8();
    module.tables.push(reader.limits());
  } else if (kind === 2) module.memories.push(reader.limits());
  else if (kind === 3) {
    module.globals.push({ type: reader.globalType(), value: null });
    module.globalImports.push(`${from}.${field}`);
  } else {
    reader.u8();
    module.tags.push(module.types[reader.uleb()]!);
  }
}

function readElements(module: LinkedModule, reader: Reader): void {
  const flags = reader.uleb();
  if (flags !== 0 && flags !== 2) throw new RangeError(`the judge reads no element segment of form ${flags}`);
  if (flags === 2) reader.uleb();
  const first = reader.constant();
  if (first === null) throw new RangeError('the judge reads no element segment without a constant place');
  if (flags === 2) reader.u8();
  let slot = first;
  reader.each(() => module.slots.set(slot++, reader.uleb()));
}

function readCustom(module: LinkedModule, reader: Reader, end: number): void {
  const name = reader.name();
  module.customs.push({ name, bytes: reader.bytes.subarray(reader.at, end) });
  if (name !== 'name') return;
  while (reader.at < end) {
    const kind = reader.u8();
    const size = reader.uleb();
    const next = reader.at + size;
    if (kind === 1) reader.each(() => module.functionNames.set(reader.uleb(), reader.name()));
    else if (kind === 7) reader.each(() => module.globalNames.set(reader.uleb(), reader.name()));
    reader.at = next;
  }
}

/** The function (index, imports first) whose entry in the code section holds byte `offset` of that section; -1: none. */
export function functionAt({ bodies, codeStart, functionImports }: LinkedModule, offset: number): number {
  const at = codeStart + offset;
  let low = 0;
  let high = bodies.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const { start, end } = bodies[middle]!;
    if (at < start) high = middle - 1;
    else if (at >= end) low = middle + 1;
    else return functionImports.length + middle;
  }
  return -1;
}
