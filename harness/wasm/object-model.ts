/**
 * A relocatable object as plain data that can be edited: what the readers, writers and decorations of this folder share.
 *
 * Written from tool-conventions Linking.md and the core specification, and independent of core on purpose: what edits the
 * inputs of a linker must not share its mistakes. Relocations belong to a function, segment or custom section and count
 * from its first byte, so an edit elsewhere does not move them. Index spaces put imports first, as in the file.
 */

/** Section ids that the writer needs; wasm core spec 5.5.2. */
export const Section = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const;

/** Kinds of symbols. */
export const Kind = { function: 0, data: 1, global: 2, section: 3, tag: 4, table: 5 } as const;

/** Kinds of imports. */
export const Extern = { function: 0, table: 1, memory: 2, global: 3, tag: 4 } as const;

/** Symbol flags. */
export const Flag = {
  weak: 0x1,
  local: 0x2,
  hidden: 0x4,
  undefined: 0x10,
  exported: 0x20,
  explicitName: 0x40,
  noStrip: 0x80,
  tls: 0x100,
  absolute: 0x200,
} as const;

/** Segment flags. */
export const SegmentBit = { strings: 1, tls: 2, retain: 4 } as const;

/** Kinds of COMDAT members. */
export const Group = { data: 0, function: 1, section: 5 } as const;

/** Value types. */
export const Type = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, funcref: 0x70 } as const;

/** Relocation types by number: [name, bytes patched, has an addend]. */
export const RELOCATION_TYPES: readonly (readonly [name: string, width: number, addend: boolean])[] = [
  ['FUNCTION_INDEX_LEB', 5, false],
  ['TABLE_INDEX_SLEB', 5, false],
  ['TABLE_INDEX_I32', 4, false],
  ['MEMORY_ADDR_LEB', 5, true],
  ['MEMORY_ADDR_SLEB', 5, true],
  ['MEMORY_ADDR_I32', 4, true],
  ['TYPE_INDEX_LEB', 5, false],
  ['GLOBAL_INDEX_LEB', 5, false],
  ['FUNCTION_OFFSET_I32', 4, true],
  ['SECTION_OFFSET_I32', 4, true],
  ['TAG_INDEX_LEB', 5, false],
  ['MEMORY_ADDR_REL_SLEB', 5, true],
  ['TABLE_INDEX_REL_SLEB', 5, false],
  ['GLOBAL_INDEX_I32', 4, false],
  ['MEMORY_ADDR_LEB64', 10, true],
  ['MEMORY_ADDR_SLEB64', 10, true],
  ['MEMORY_ADDR_I64', 8, true],
  ['MEMORY_ADDR_REL_SLEB64', 10, true],
  ['TABLE_INDEX_SLEB64', 10, false],
  ['TABLE_INDEX_I64', 8, false],
  ['TABLE_NUMBER_LEB', 5, false],
  ['MEMORY_ADDR_TLS_SLEB', 5, true],
  ['FUNCTION_OFFSET_I64', 8, true],
  ['MEMORY_ADDR_LOCREL_I32', 4, true],
  ['TABLE_INDEX_REL_SLEB64', 10, false],
  ['MEMORY_ADDR_TLS_SLEB64', 10, true],
  ['FUNCTION_INDEX_I32', 4, false],
  ['MEMORY_ADDR_LOCREL_I64', 8, true],
];

/** Number of the relocation type called `name`. */
export function relocationType(name: string): number {
  const type = RELOCATION_TYPES.findIndex((row) => row[0] === name);
  if (type < 0) throw new RangeError(`no relocation ${name}`);
  return type;
}

/** One relocation of its owner. */
export interface Relocation {
  readonly type: number;
  /** From the first byte of the owner. */
  readonly offset: number;
  /** Symbol index, or type index for TYPE_INDEX_LEB. */
  index: number;
  readonly addend: number;
}

/** A function type. */
export interface FunctionType {
  readonly params: readonly number[];
  readonly results: readonly number[];
}

/** An import; `desc` is everything after the kind byte, except that functions and tags keep their type index apart. */
export interface ImportEntry {
  readonly module: string;
  readonly field: string;
  readonly kind: number;
  /** Functions and tags. */
  readonly type: number;
  readonly desc: Uint8Array;
}

/** A defined function: locals, code and final `end`. */
export interface FunctionEntry {
  readonly type: number;
  readonly body: Uint8Array;
  readonly relocations: readonly Relocation[];
}

/** A data segment. */
export interface SegmentEntry {
  readonly name: string;
  readonly alignLog2: number;
  /** SegmentBit bits. */
  readonly flags: number;
  readonly passive: boolean;
  readonly bytes: Uint8Array;
  readonly relocations: readonly Relocation[];
}

/** A custom section that is none of the convention's own. */
interface CustomEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly relocations: readonly Relocation[];
}

/** A symbol. `index`: in its index space, imports first; of data the segment; of a section its place in `customs`. */
export interface SymbolEntry {
  readonly kind: number;
  flags: number;
  name: string;
  index: number;
  readonly offset: number;
  readonly size: number;
}

/** An entry of the export section; `index` counts imports first. */
interface ExportEntry {
  readonly name: string;
  /** One of Extern. */
  readonly kind: number;
  readonly index: number;
}

/** A COMDAT group; section members name their place in `customs`. */
interface ComdatEntry {
  readonly name: string;
  readonly flags: number;
  readonly members: readonly { readonly kind: number; readonly index: number }[];
}

/** Tables, globals and tags are kept as encoded entries. */
export interface ObjectModel {
  readonly types: FunctionType[];
  readonly imports: ImportEntry[];
  readonly functions: FunctionEntry[];
  readonly tables: Uint8Array[];
  readonly globals: Uint8Array[];
  readonly exports: ExportEntry[];
  /** Type index of each tag. */
  readonly tags: number[];
  readonly segments: SegmentEntry[];
  readonly customs: CustomEntry[];
  readonly symbols: SymbolEntry[];
  readonly initFuncs: { readonly priority: number; readonly symbol: number }[];
  readonly comdats: ComdatEntry[];
  /** Entries of `target_features` with their prefix; null: no such section. */
  features: string[] | null;
}

/** An object with nothing in it. */
export function emptyModel(): ObjectModel {
  return {
    types: [],
    imports: [],
    functions: [],
    tables: [],
    globals: [],
    exports: [],
    tags: [],
    segments: [],
    customs: [],
    symbols: [],
    initFuncs: [],
    comdats: [],
    features: null,
  };
}

/** Number of imports of `kind` (one of Extern). */
export function importCount(model: ObjectModel, kind: number): number {
  return model.imports.filter((entry) => entry.kind === kind).length;
}

/** Type index of function `index` (imports first). */
export function functionTypeOf(model: ObjectModel, index: number): number {
  const imported = model.imports.filter((entry) => entry.kind === Extern.function);
  return index < imported.length ? imported[index]!.type : model.functions[index - imported.length]!.type;
}
