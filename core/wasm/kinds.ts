/**
 * The small numbers of the binary format: section ids, external kinds, value types, limits flags, and those of the
 * object-file convention (symbol kinds and flags, `linking` and `name` subsections).
 *
 * Knows no IR and no encoding. Sources: wasm core spec 5.5, tool-conventions Linking.md. Each `XYZ` const object has a
 * union type of the same name.
 */

/** Section ids, wasm core spec 5.5.2. */
export const SectionId = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  data_count: 12,
  tag: 13,
} as const;
export type SectionId = (typeof SectionId)[keyof typeof SectionId];

/** Rank of each section id in the required file order 1 2 3 4 5 13 6 7 8 9 12 10 11; custom sections have none. */
export const SECTION_RANK: readonly number[] = [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6];

/** Names of {@link SectionId} by number, for messages. */
export const SECTION_NAMES: readonly string[] = Object.keys(SectionId);

/** Kinds of imports and exports, wasm core spec 5.5.5. */
export const ExternalKind = { function: 0, table: 1, memory: 2, global: 3, tag: 4 } as const;
export type ExternalKind = (typeof ExternalKind)[keyof typeof ExternalKind];

/** Value types, wasm core spec 5.3.1 to 5.3.4. */
export const ValType = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
  funcref: 0x70,
  externref: 0x6f,
  exnref: 0x69,
} as const;
export type ValType = (typeof ValType)[keyof typeof ValType];

/** Text name of a value type byte, for messages and dumps. */
export function valTypeName(byte: number): string {
  for (const [name, value] of Object.entries(ValType)) if (value === byte) return name;
  return `0x${byte.toString(16)}`;
}

/** Whether `byte` is one of {@link ValType}. */
export function isValType(byte: number): byte is ValType {
  return (byte >= 0x7b && byte <= 0x7f) || byte === ValType.funcref || byte === ValType.externref || byte === 0x69;
}

/** Value types of other features, by the byte they begin with; those of two parts have a heap type behind it. */
export const OTHER_VAL_TYPES: Readonly<Record<number, string>> = {
  0x63: '(ref null ...)',
  0x64: '(ref ...)',
  0x6a: 'arrayref',
  0x6b: 'structref',
  0x6c: 'i31ref',
  0x6d: 'eqref',
  0x6e: 'anyref',
  0x71: 'nullref',
  0x72: 'nullexternref',
  0x73: 'nullfuncref',
  0x74: 'nullexnref',
};

/** Forms of types beside that of functions. */
export const OTHER_TYPE_FORMS: Readonly<Record<number, string>> = {
  0x4e: 'recursive type group',
  0x4f: 'final subtype',
  0x50: 'subtype',
  0x5e: 'array type',
  0x5f: 'structure type',
};

/** Leading byte of a function type, and the block type without parameters and results. */
export const FUNC_TYPE = 0x60;
export const EMPTY_BLOCK = 0x40;

/** Bits of the flags byte of limits (core spec 5.3.7; proposals threads, memory64 and, for memories, custom-page-sizes). */
export const LimitsFlag = { has_max: 1, shared: 2, is_64: 4, page_size: 8 } as const;

/** Leading integer of a data segment, core spec 5.5.14. */
export const SegmentMode = { active: 0, passive: 1, active_memory: 2 } as const;
export type SegmentMode = (typeof SegmentMode)[keyof typeof SegmentMode];

/** Kinds of symbols in the `linking` section. */
export const SymbolKind = { function: 0, data: 1, global: 2, section: 3, tag: 4, table: 5 } as const;
export type SymbolKind = (typeof SymbolKind)[keyof typeof SymbolKind];

/** Names of {@link SymbolKind} by number, for messages. */
export const SYMBOL_KIND_NAMES: readonly string[] = Object.keys(SymbolKind);

/** The name that LLVM's tools have for a SymbolKind. */
export function symbolTypeName(kind: number): string {
  return `WASM_SYMBOL_TYPE_${SYMBOL_KIND_NAMES[kind]!.toUpperCase()}`;
}

/** Symbol flags of the `linking` section; the two low bits are the binding. */
export const SymbolFlag = {
  weak: 0x01,
  local: 0x02,
  hidden: 0x04,
  undefined: 0x10,
  exported: 0x20,
  explicit_name: 0x40,
  no_strip: 0x80,
  tls: 0x100,
  absolute: 0x200,
} as const;
/** Mask of the binding bits of symbol flags. */
export const BINDING_MASK = 0x03;

/** Kinds of members of a COMDAT group. */
export const ComdatKind = { data: 0, function: 1, global: 2, tag: 3, table: 4, section: 5 } as const;

/** Segment flags of the `linking` section. */
export const SegmentFlag = { strings: 1, tls: 2, retain: 4 } as const;

/** Subsections of the `linking` section. */
export const LinkingSubsection = { segment_info: 5, init_funcs: 6, comdat_info: 7, symbol_table: 8 } as const;

/** The only version of the `linking` section there is. */
export const LINKING_VERSION = 2;

/** Subsections of the `name` section. */
export const NameSubsection = { module: 0, function: 1, local: 2, table: 5, global: 7, data: 9, tag: 11 } as const;

/** The first eight bytes of a module: magic and version 1. */
export const MODULE_HEADER: readonly number[] = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** Bytes of a memory page. */
export const PAGE_SIZE = 65536;
