/**
 * What a relocatable object says, as immutable data: the result of reading one, shared by every link that uses it.
 *
 * Owns shapes only. Offsets called `start` and `end` are absolute positions in `bytes`; indexes are those of the object
 * itself. Invariant, established by read-object.ts: every index is in range, every relocation lies inside the function
 * body or segment whose range names it and points to a symbol of the kind its type asks for. So later phases check
 * nothing again.
 */
import type { Brand } from '../../support/brand.ts';
import type { ObjSectionIndex, ObjSymIndex, ObjTypeIndex } from './index-spaces.ts';

/** A function type as a string that is equal for equal types: value type characters, `>`, value type characters. */
export type SignatureKey = Brand<string, 'SignatureKey'>;

/** An imported function of an object. */
export interface ObjectFuncImport {
  readonly module: string;
  readonly field: string;
  readonly type: ObjTypeIndex;
}

/** An imported global of an object. */
export interface ObjectGlobalImport {
  readonly module: string;
  readonly field: string;
  readonly valType: number;
  readonly mutable: boolean;
}

/** An imported table of an object. */
export interface ObjectTableImport extends ObjectTable {
  readonly module: string;
  readonly field: string;
}

/** An imported tag of an object. */
export interface ObjectTagImport {
  readonly module: string;
  readonly field: string;
  readonly type: ObjTypeIndex;
}

/** A table an object defines, or one that it imports; limits in elements. */
export interface ObjectTable {
  readonly refType: number;
  readonly is64: boolean;
  readonly min: number;
  readonly max: number | null;
}

/** The memory an object imports, or defines as the relocatable output of wasm-ld does; how large it is does not matter. */
export interface ObjectMemory {
  readonly is64: boolean;
  readonly shared: boolean;
  /** Bytes of a page where the object says so, else null. */
  readonly pageSize: number | null;
}

/** An index inside of a constant expression that the output must replace. */
export interface InitRef {
  /** Position of the LEB. */
  readonly at: number;
  /** One past its last byte. */
  readonly end: number;
  readonly kind: 'global' | 'function';
  readonly index: number;
  /** First symbol that stands for it; -1 if none does, or before the symbols have been read. */
  readonly symbol: ObjSymIndex;
}

/** A global an object defines; its initialiser, without the final `end`, is `bytes[start, end)`. */
export interface ObjectGlobal {
  readonly valType: number;
  readonly mutable: boolean;
  readonly start: number;
  readonly end: number;
  /** Indexes that the initialiser mentions, ascending by position. */
  readonly refs: readonly InitRef[];
}

/** A custom section that links like data: its content, after the name, is `bytes[start, end)`. */
export interface ObjectCustom {
  readonly name: string;
  /** Number among all sections of the object, which section symbols and COMDATs name. */
  readonly section: ObjSectionIndex;
  readonly start: number;
  readonly end: number;
  readonly relocs: RelocTable;
}

/** One field of the `producers` section. */
export interface ProducerField {
  readonly field: string;
  readonly values: readonly { readonly name: string; readonly version: string }[];
}

/** One data segment; its content is `bytes[start, end)`. */
interface ObjectSegment {
  readonly name: string;
  readonly alignLog2: number;
  /** SegmentFlag bits. */
  readonly flags: number;
  readonly passive: boolean;
  readonly start: number;
  readonly end: number;
  /** The segment is called `.bss` or `.bss.*`, holds zeros only, and has no relocation. */
  readonly isZero: boolean;
}

/** One entry of the symbol table. */
export interface ObjectSymbol {
  /** SymbolKind. */
  readonly kind: number;
  /** SymbolFlag bits. */
  readonly flags: number;
  /** Empty for section symbols. */
  readonly name: string;
  /** Function, global, table, tag: index in its space, imports first. Data: segment, or -1 if undefined. Section: index. */
  readonly index: number;
  /** Data: offset in the segment, or the address if absolute. */
  readonly offset: number;
  /** Data: bytes. */
  readonly size: number;
}

/** Relocations of one section, sorted by position; a struct of arrays. */
export interface RelocTable {
  readonly count: number;
  readonly type: Uint8Array;
  /** Absolute position in `bytes` of the bytes to patch. */
  readonly at: Uint32Array;
  /** Symbol index, or type index for TYPE_INDEX_LEB. */
  readonly index: Uint32Array;
  readonly addend: Float64Array;
}

/** A constructor: a function symbol and its priority. */
export interface InitFunc {
  readonly priority: number;
  readonly symbol: ObjSymIndex;
}

/** A COMDAT group. */
export interface Comdat {
  readonly name: string;
  /** Pairs of kind and index. */
  readonly members: readonly { readonly kind: number; readonly index: number }[];
}

/** Name of the local or parameter `index` of a function. */
export interface LocalName {
  readonly index: number;
  readonly name: string;
}

/** Names by function index, imports first. */
export interface ObjectNames {
  readonly funcs: ReadonlyMap<number, string>;
  readonly locals: ReadonlyMap<number, readonly LocalName[]>;
}

/** Module and names of what an object takes from its environment (tool-conventions Linking.md). */
export const ENVIRONMENT = {
  module: 'env',
  memory: '__linear_memory',
  table: '__indirect_function_table',
  stackPointer: '__stack_pointer',
  tlsBase: '__tls_base',
} as const;

/** An object file, decoded. */
export interface ParsedObject {
  /** Name for messages. */
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly types: readonly SignatureKey[];
  readonly funcImports: readonly ObjectFuncImport[];
  readonly globalImports: readonly ObjectGlobalImport[];
  readonly tableImports: readonly ObjectTableImport[];
  readonly tagImports: readonly ObjectTagImport[];
  /** Null if the object has no memory. */
  readonly memory: ObjectMemory | null;
  /** Type index of each defined function. */
  readonly funcTypes: Uint32Array;
  /** First byte of each body, after its size. */
  readonly bodyStart: Uint32Array;
  /** One past the last byte of each body. */
  readonly bodyEnd: Uint32Array;
  /** First function symbol that defines each function, or -1. */
  readonly funcSymbol: Int32Array;
  readonly globals: readonly ObjectGlobal[];
  readonly tables: readonly ObjectTable[];
  /** Type of each defined tag. */
  readonly tags: readonly ObjTypeIndex[];
  readonly customs: readonly ObjectCustom[];
  readonly segments: readonly ObjectSegment[];
  readonly symbols: readonly ObjectSymbol[];
  /** Symbols that say that they must stay, and definitions that are exported. */
  readonly roots: readonly ObjSymIndex[];
  readonly codeRelocs: RelocTable;
  readonly dataRelocs: RelocTable;
  /** Some relocation of code or data wants a slot of the function table. */
  readonly takesAddress: boolean;
  /** Relocations of function f are codeRelocs[funcRelocs[f] .. funcRelocs[f + 1]). */
  readonly funcRelocs: Uint32Array;
  /** Relocations of segment s are dataRelocs[segmentRelocs[s] .. segmentRelocs[s + 1]). */
  readonly segmentRelocs: Uint32Array;
  readonly initFuncs: readonly InitFunc[];
  /** Names under which functions are exported that have one of their own, by index, imports first. */
  readonly exportNames: ReadonlyMap<number, string>;
  readonly comdats: readonly Comdat[];
  /** Entries of `target_features`, prefix included (`+bulk-memory`). */
  readonly features: readonly string[];
  readonly producers: readonly ProducerField[];
  /** Content of the `name` section, which read-names.ts reads, or the names of an object that was never written, or null. */
  readonly names: { readonly start: number; readonly end: number } | ObjectNames | null;
  /** Built without reference types: its calls name table 0 without a relocation. */
  readonly isLegacyTable: boolean;
}

const NONE = new Uint32Array(0);

/** No function has a name of its own to be exported under. */
export const NO_EXPORT_NAMES: ReadonlyMap<number, string> = new Map();

/** Relocation table without entries. */
export const NO_RELOCS: RelocTable = {
  count: 0,
  type: new Uint8Array(0),
  at: NONE,
  index: NONE,
  addend: new Float64Array(0),
};

/** Number of parameters of a function type. */
export function paramCountOf(key: SignatureKey): number {
  return key.indexOf('>');
}

/** Key of a function type. */
export function signatureKey(params: ArrayLike<number>, results: ArrayLike<number>): SignatureKey {
  let key = '';
  for (let i = 0; i < params.length; i++) key += String.fromCharCode(params[i]!);
  key += '>';
  for (let i = 0; i < results.length; i++) key += String.fromCharCode(results[i]!);
  return key as SignatureKey;
}
