/**
 * A linked module as the judge of linkers needs it: index spaces, function bodies, limits, exports, slots, custom sections.
 *
 * Takes valid modules of any linker; what
 * it does not know it throws for, because a judge that guesses is none. Addresses of 32 bits only.
 * Source: wasm core specification 5.5, threads and exception handling proposals.
 */
import type { Limits } from './cursor.ts';
import { Cursor } from './cursor.ts';

/** A global; imports have no initial value. */
interface ModuleGlobal {
  /** Value type and mutability, as `7f1`. */
  readonly type: string;
  /** Constant integer, or null. */
  readonly value: number | null;
}

/** One entry of the import section. */
interface ModuleImport {
  readonly module: string;
  readonly field: string;
  /** 0 function, 1 table, 2 memory, 3 global, 4 tag. */
  readonly kind: number;
}

/** One export. */
interface ModuleExport {
  readonly name: string;
  readonly kind: number;
  readonly index: number;
}

/** A custom section. */
interface ModuleCustom {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A linked module, decoded. */
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
  readonly tables: Limits[];
  readonly memories: Limits[];
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

/** Value type and mutability. */
function globalType(reader: Cursor): string {
  return `${reader.byte().toString(16)}${reader.byte()}`;
}

/** An expression; the value of a constant integer, else null. */
function constant(reader: Cursor): number | null {
  let value: number | null = null;
  for (;;) {
    const op = reader.byte();
    if (op === 0x0b) return value;
    if (op === 0x41) value = Number(reader.signed()) | 0;
    else if (op === 0x42) value = Number(reader.signed());
    else if (op === 0x23 || op === 0xd2) reader.number();
    else if (op === 0x43) reader.at += 4;
    else if (op === 0x44) reader.at += 8;
    else if (op === 0xd0) reader.byte();
    else throw new RangeError(`the judge reads no constant expression with opcode ${op}`);
  }
}

/** Decodes `bytes`. */
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
  const reader = new Cursor(bytes, 8, bytes.length, true);
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const size = reader.number();
    const end = reader.at + size;
    readSection(module, reader, id, end);
    reader.at = end;
  }
  return module;
}

function readSection(module: LinkedModule, reader: Cursor, id: number, end: number): void {
  switch (id) {
    case 0:
      readCustom(module, reader, end);
      return;
    case 1:
      reader.each(() => {
        reader.byte();
        const list = (): string => {
          const length = reader.number();
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
      reader.each(() => module.signatures.push(module.types[reader.number()]!));
      return;
    case 4:
      reader.each(() => {
        reader.byte();
        module.tables.push(reader.limits());
      });
      return;
    case 5:
      reader.each(() => module.memories.push(reader.limits()));
      return;
    case 6:
      reader.each(() => module.globals.push({ type: globalType(reader), value: constant(reader) }));
      return;
    case 7:
      reader.each(() => module.exports.push({ name: reader.name(), kind: reader.byte(), index: reader.number() }));
      return;
    case 8:
      module.start = reader.number();
      return;
    case 9:
      reader.each(() => readElements(module, reader));
      return;
    case 10:
      module.codeStart = reader.at;
      reader.each(() => {
        const size = reader.number();
        module.bodies.push({ start: reader.at, end: reader.at + size });
        reader.at += size;
      });
      return;
    case 13:
      reader.each(() => {
        reader.byte();
        module.tags.push(module.types[reader.number()]!);
      });
      return;
    default:
  }
}

function readImport(module: LinkedModule, reader: Cursor): void {
  const from = reader.name();
  const field = reader.name();
  const kind = reader.byte();
  module.imports.push({ module: from, field, kind });
  if (kind === 0) {
    module.signatures.push(module.types[reader.number()]!);
    module.functionImports.push(`${from}.${field}`);
  } else if (kind === 1) {
    reader.byte();
    module.tables.push(reader.limits());
  } else if (kind === 2) module.memories.push(reader.limits());
  else if (kind === 3) {
    module.globals.push({ type: globalType(reader), value: null });
    module.globalImports.push(`${from}.${field}`);
  } else {
    reader.byte();
    module.tags.push(module.types[reader.number()]!);
  }
}

function readElements(module: LinkedModule, reader: Cursor): void {
  const flags = reader.number();
  if (flags !== 0 && flags !== 2) throw new RangeError(`the judge reads no element segment of form ${flags}`);
  if (flags === 2) reader.number();
  const first = constant(reader);
  if (first === null) throw new RangeError('the judge reads no element segment without a constant place');
  if (flags === 2) reader.byte();
  let slot = first;
  reader.each(() => module.slots.set(slot++, reader.number()));
}

function readCustom(module: LinkedModule, reader: Cursor, end: number): void {
  const name = reader.name();
  module.customs.push({ name, bytes: reader.bytes.subarray(reader.at, end) });
  if (name !== 'name') return;
  while (reader.at < end) {
    const kind = reader.byte();
    const size = reader.number();
    const next = reader.at + size;
    if (kind === 1) reader.each(() => module.functionNames.set(reader.number(), reader.name()));
    else if (kind === 7) reader.each(() => module.globalNames.set(reader.number(), reader.name()));
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
