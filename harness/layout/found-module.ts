/**
 * Everything that a finished module or object says of itself, with the numbers that are longer than they need be.
 *
 * Takes valid modules of any linker. Code is kept as places; found-code.ts reads it. Independent of core on purpose: what is
 * judged with it must not be asked. Source: wasm core specification 5.5, appendix "Custom Sections".
 */
import { Malformed } from '../wasm/cursor.ts';
import type { Limits } from '../wasm/cursor.ts';
import type { WideNumber } from './number-reader.ts';
import { NumberReader } from './number-reader.ts';

/** An import; `type` is that of functions and tags, else -1. */
export interface FoundImport {
  readonly module: string;
  readonly field: string;
  /** 0 function, 1 table, 2 memory, 3 global, 4 tag. */
  readonly kind: number;
  readonly type: number;
}

/** An entry of the data section; its bytes are `start ..< end`. */
export interface FoundData {
  /** First address, or null: passive, or at a place that is no constant. */
  readonly address: number | null;
  readonly start: number;
  readonly end: number;
}

/** A global: `7f1` for a mutable i32. */
interface FoundGlobal {
  readonly type: string;
  readonly value: number | null;
}

/** An active element segment. */
interface FoundElements {
  readonly table: number;
  readonly first: number | null;
  readonly functions: readonly number[];
}

/** One entry of a name map. */
type FoundName = readonly [index: number, name: string];

/** Names by subsection: 1 functions, 5 tables, 7 globals, 9 data. */
export type FoundNames = ReadonlyMap<number, readonly FoundName[]>;

/** A module, decoded. */
export interface FoundModule {
  readonly bytes: Uint8Array;
  /** `params>results`, value types in decimal. */
  readonly types: string[];
  readonly imports: FoundImport[];
  /** Type by function, imports first. */
  readonly functionTypes: number[];
  importedFunctions: number;
  readonly tables: Limits[];
  readonly memories: Limits[];
  /** Defined ones. */
  readonly globals: FoundGlobal[];
  importedGlobals: number;
  /** Types of tags. */
  readonly tagTypes: number[];
  readonly exports: { readonly name: string; readonly kind: number; readonly index: number }[];
  start: number | null;
  readonly elements: FoundElements[];
  /** Bodies of defined functions, from the locals on, as places in `bytes`. */
  readonly bodies: { readonly start: number; readonly end: number }[];
  dataCount: number | null;
  readonly data: FoundData[];
  /** Null: there is no name section. */
  names: FoundNames | null;
  /** Names of custom sections, in order. */
  readonly customs: string[];
  /** Contents of sections by their number in the file: for relocations. */
  readonly sections: { readonly id: number; readonly from: number; readonly to: number }[];
  readonly wide: WideNumber[];
}

/** Decodes `bytes`. */
export function readFoundModule(bytes: Uint8Array): FoundModule {
  const module: FoundModule = {
    bytes,
    types: [],
    imports: [],
    functionTypes: [],
    importedFunctions: 0,
    tables: [],
    memories: [],
    globals: [],
    importedGlobals: 0,
    tagTypes: [],
    exports: [],
    start: null,
    elements: [],
    bodies: [],
    dataCount: null,
    data: [],
    names: null,
    customs: [],
    sections: [],
    wide: [],
  };
  const reader = new NumberReader(bytes, 8, bytes.length, module.wide);
  const { cursor } = reader;
  while (cursor.at < bytes.length) {
    const id = cursor.byte();
    const size = reader.unsigned('section size');
    const to = cursor.at + size;
    if (to > bytes.length) throw new Malformed('a section goes beyond the module');
    module.sections.push({ id, from: cursor.at, to });
    readSection(module, new NumberReader(bytes, cursor.at, to, module.wide), id, to);
    cursor.at = to;
  }
  return module;
}

function readSection(module: FoundModule, reader: NumberReader, id: number, to: number): void {
  const { cursor } = reader;
  switch (id) {
    case 0:
      readCustom(module, reader, to);
      return;
    case 1:
      reader.each('types', () => module.types.push(readType(reader)));
      return;
    case 2:
      reader.each('imports', () => readImport(module, reader));
      return;
    case 3:
      reader.each('functions', () => module.functionTypes.push(reader.unsigned('type index')));
      return;
    case 4:
      reader.each('tables', () => {
        cursor.byte();
        module.tables.push(reader.limits('table'));
      });
      return;
    case 5:
      reader.each('memories', () => module.memories.push(reader.limits('memory')));
      return;
    case 6:
      reader.each('globals', () => {
        const type = `${cursor.byte().toString(16)}${cursor.byte()}`;
        module.globals.push({ type, value: reader.constant() });
      });
      return;
    case 7:
      reader.each('exports', () => {
        const name = reader.name();
        const kind = cursor.byte();
        module.exports.push({ name, kind, index: reader.unsigned('index of an export') });
      });
      return;
    case 8:
      module.start = reader.unsigned('start function');
      return;
    case 9:
      reader.each('element segments', () => module.elements.push(readElements(reader)));
      return;
    case 10:
      reader.each('bodies', () => {
        const size = reader.unsigned('body size');
        module.bodies.push({ start: cursor.at, end: cursor.at + size });
        cursor.at += size;
      });
      return;
    case 11:
      reader.each('data segments', () => module.data.push(readData(reader)));
      return;
    case 12:
      module.dataCount = reader.unsigned('number of data segments');
      return;
    case 13:
      reader.each('tags', () => {
        cursor.byte();
        module.tagTypes.push(reader.unsigned('type index'));
      });
      return;
    default:
      throw new Malformed(`no section has id ${id}`);
  }
}

function readType(reader: NumberReader): string {
  const { cursor } = reader;
  if (cursor.byte() !== 0x60) throw new Malformed('a type that is no function type');
  const list = (): string => {
    const count = reader.unsigned('number of value types');
    return [...cursor.take(count)].join();
  };
  return `${list()}>${list()}`;
}

function readImport(module: FoundModule, reader: NumberReader): void {
  const { cursor } = reader;
  const from = reader.name();
  const field = reader.name();
  const kind = cursor.byte();
  let type = -1;
  if (kind === 0) {
    type = reader.unsigned('type index');
    module.functionTypes.push(type);
    module.importedFunctions++;
  } else if (kind === 1) {
    cursor.byte();
    module.tables.push(reader.limits('table'));
  } else if (kind === 2) {
    module.memories.push(reader.limits('memory'));
  } else if (kind === 3) {
    cursor.at += 2;
    module.importedGlobals++;
  } else {
    cursor.byte();
    type = reader.unsigned('type index');
    module.tagTypes.push(type);
  }
  module.imports.push({ module: from, field, kind, type });
}

function readElements(reader: NumberReader): FoundElements {
  const { cursor } = reader;
  const flags = reader.unsigned('element flags');
  if (flags !== 0 && flags !== 2) throw new RangeError(`an element segment of form ${flags}`);
  const table = flags === 2 ? reader.unsigned('table index') : 0;
  const first = reader.constant();
  if (flags === 2) cursor.byte();
  const functions: number[] = [];
  reader.each('elements', () => functions.push(reader.unsigned('function index')));
  return { table, first, functions };
}

function readData(reader: NumberReader): FoundData {
  const { cursor } = reader;
  const flags = reader.unsigned('data flags');
  if (flags === 2) reader.unsigned('memory index');
  const address = flags === 1 ? null : reader.constant();
  const size = reader.unsigned('size of a data segment');
  const start = cursor.at;
  cursor.at += size;
  return { address, start, end: cursor.at };
}

function readCustom(module: FoundModule, reader: NumberReader, to: number): void {
  const name = reader.name();
  module.customs.push(name);
  if (name === 'name') module.names = readNames(reader, to);
}

/** Subsections of a name section whose contents reader stands at. */
export function readNames(reader: NumberReader, to: number): FoundNames {
  const { cursor } = reader;
  const names = new Map<number, FoundName[]>();
  while (cursor.at < to) {
    const kind = cursor.byte();
    const size = reader.unsigned('size of a name subsection');
    const next = cursor.at + size;
    if (kind === 1 || kind === 5 || kind === 7 || kind === 9) {
      const list: FoundName[] = [];
      names.set(kind, list);
      reader.each('names', () => {
        const index = reader.unsigned('index of a name');
        list.push([index, reader.name()]);
      });
    }
    cursor.at = next;
  }
  return names;
}
