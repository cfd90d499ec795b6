/**
 * What can be chosen about a link, and the check of the values.
 *
 * Plain data, named after wasm-ld's options. Owns the defaults. Knows nothing of inputs: whether the program fits into the
 * memory asked for is found out by the layout. Invariant: options that passed `checkOptions` need no second look.
 */
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import { PAGE_SIZE } from '../../wasm/kinds.ts';

/** Where an import comes from. */
interface ImportPlace {
  readonly module: string;
  readonly field: string;
}

/** A symbol made by the command line: another symbol or nothing, plus a number. */
export interface DefinedSymbol {
  readonly name: string;
  /** Name whose address counts, or null. */
  readonly target: string | null;
  readonly offset: number;
}

/** Identification of the output; a random one comes from the caller, because a link is a pure function. */
export type BuildId =
  { readonly kind: 'fast' } | { readonly kind: 'sha1' } | { readonly kind: 'bytes'; readonly bytes: Uint8Array };

/**
 * What an undefined symbol without an explicit import means: an error; an import of the host (data: address 0); an import
 * whose address only position-independent code can take, because a loader knows it; nothing (functions trap when called,
 * addresses are 0), silently or with a warning.
 */
type UndefinedPolicy = 'error' | 'import' | 'dynamic' | 'ignore' | 'warn';

/** Options of an executable link. Sizes and addresses are in bytes. */
export interface LinkOptions {
  /** Linear stack; a multiple of 16. */
  readonly stackSize: number;
  /** Stack below the data or above it. */
  readonly stackFirst: boolean;
  /** First address of data, or null: after the stack if the stack is first, else 1024. */
  readonly globalBase: number | null;
  /** Bytes of a page of memory: 65536, or 1 (proposal custom-page-sizes). */
  readonly pageSize: number;
  /** Memory at start, or null for what the program needs; a multiple of the page size. */
  readonly initialMemory: number | null;
  /** Bytes of heap that the initial memory must have beyond the program's own. */
  readonly initialHeap: number;
  /** Limit of memory, or null for none; a multiple of the page size. */
  readonly maxMemory: number | null;
  /** The memory cannot grow: its limit is its initial size. */
  readonly fixedMemory: boolean;
  /** Take the memory from the host. */
  readonly importMemory: ImportPlace | null;
  /** Export the memory. */
  readonly exportMemory: boolean;
  /** Name the memory is exported under. */
  readonly memoryName: string;
  /** Memory that several threads share: data is passive and initialised once. */
  readonly sharedMemory: boolean;
  /** 64-bit addresses, or null for what the inputs have. */
  readonly wasm64: boolean | null;
  /** With 64-bit addresses: slots of the function table of 64 bits, or null for what the objects have. */
  readonly table64: boolean | null;
  /** Take the function table from the host, as `env.__indirect_function_table`. */
  readonly importTable: boolean;
  /** Export the function table as `__indirect_function_table`, even when it is empty. */
  readonly exportTable: boolean;
  /** The function table has no limit. */
  readonly growableTable: boolean;
  /** First slot that holds a function. */
  readonly tableBase: number;
  /** Drop what nothing reaches from an export. */
  readonly gc: boolean;
  /** Drop the custom sections of lazy inputs of which nothing else is in the output. */
  readonly gcCustoms: boolean;
  /** Leave out the name section and everything else that is not needed to run. */
  readonly strip: boolean;
  /** Leave out debug sections and names. */
  readonly stripDebug: boolean;
  /** Name of the source file that lines of a unit count in: the unit gets debug sections. Null: it gets none. */
  readonly debugInfo: string | null;
  /** Custom sections that stripping keeps. */
  readonly keepSections: readonly string[];
  /** Symbols to export beside those that ask for it themselves; an unknown name is an error. */
  readonly exports: readonly string[];
  /** As `exports`, but an unknown name is none. */
  readonly exportIfDefined: readonly string[];
  /** Export every symbol with default visibility. */
  readonly exportDynamic: boolean;
  /** Export every symbol. */
  readonly exportAll: boolean;
  /** Symbol to export as the entry point, or null for none. */
  readonly entry: string | null;
  /** Names to search archives for, and to keep. */
  readonly undefined: readonly string[];
  readonly undefinedPolicy: UndefinedPolicy;
  /** Undefined functions become imports of the host, whatever the policy says. */
  readonly importUndefined: boolean;
  /** The first of several definitions counts. */
  readonly allowMultiple: boolean;
  /** Names that may be undefined: imports, or address 0. */
  readonly allowUndefined: readonly string[];
  /** Functions whose references go to `__wrap_NAME`, and `__real_NAME` to them. */
  readonly wrap: readonly string[];
  readonly defsyms: readonly DefinedSymbol[];
  /** What a call with another signature than the definition's is: a trap and a warning, or an error. */
  readonly signatureMismatch: 'warn' | 'error';
  /** Features the output may use, or null for those of the inputs. */
  readonly features: readonly string[] | null;
  /** Features of the output beside those. */
  readonly extraFeatures: readonly string[];
  readonly checkFeatures: boolean;
  /** Store equal strings once. */
  readonly mergeStrings: boolean;
  /** Where strings are merged, let one that ends another lie inside of it. */
  readonly shareEnds: boolean;
  /** Give each input segment an entry of the data section of its own. */
  readonly splitSegments: boolean;
  /** Shorten relocated LEBs in the code of objects. */
  readonly compressRelocations: boolean;
  /** Keep relocations and symbols in the output. */
  readonly emitRelocs: boolean;
  readonly buildId: BuildId | null;
  /** Name of the module in the name section, or null. */
  readonly moduleName: string | null;
  /** What the name section and the reports call a symbol, or null for its own name. */
  readonly displayName: ((name: string) => string) | null;
  /** Told the name of each step when it begins. */
  readonly onStep: ((step: string) => void) | null;
  /**
   * Types, functions, data and exports in wasm-ld's order, for users who compare; else in an order that makes programs of units
   * smaller. A unit has its own order always.
   */
  readonly wasmLdOrder: boolean;
}

/** What a link does that is asked for nothing. */
export const DEFAULT_LINK_OPTIONS: LinkOptions = {
  stackSize: PAGE_SIZE,
  stackFirst: true,
  globalBase: null,
  pageSize: PAGE_SIZE,
  initialMemory: null,
  initialHeap: 0,
  maxMemory: null,
  fixedMemory: false,
  importMemory: null,
  exportMemory: true,
  memoryName: 'memory',
  sharedMemory: false,
  wasm64: null,
  table64: null,
  importTable: false,
  exportTable: false,
  growableTable: false,
  tableBase: 1,
  gc: true,
  gcCustoms: false,
  strip: false,
  stripDebug: false,
  debugInfo: null,
  keepSections: [],
  exports: [],
  exportIfDefined: [],
  exportDynamic: false,
  exportAll: false,
  entry: null,
  undefined: [],
  undefinedPolicy: 'error',
  importUndefined: false,
  allowMultiple: false,
  allowUndefined: [],
  wrap: [],
  defsyms: [],
  signatureMismatch: 'warn',
  features: null,
  extraFeatures: [],
  checkFeatures: true,
  mergeStrings: true,
  shareEnds: false,
  splitSegments: false,
  compressRelocations: false,
  emitRelocs: false,
  buildId: null,
  moduleName: null,
  displayName: null,
  onStep: null,
  wasmLdOrder: false,
};

/** What can be chosen about the object that a unit becomes where its relocations are kept. */
export interface UnitOptions {
  /**
   * How navs without an export bind: `local`, or `hidden-global` when other objects of the same unit refer to them. Navs of
   * the unit that were not handed to the linker become undefined symbols in both.
   */
  readonly binding: 'local' | 'hidden-global';
  /** Names of features the code uses, without prefix; written to `target_features` unless empty. */
  readonly features: readonly string[];
  /** With 64-bit addresses: slots of the function table are 64 bits wide, as in objects of LLVM; null for what the inputs have. */
  readonly table64: boolean | null;
  /** As in {@link LinkOptions}. */
  readonly debugInfo: string | null;
}

/** What the object of a unit is that is asked for nothing. */
export const DEFAULT_UNIT_OPTIONS: UnitOptions = { binding: 'local', features: [], table64: null, debugInfo: null };

/** First data address of the data-first order: keeps address 0 free. */
export const DEFAULT_GLOBAL_BASE = 1024;
/** Alignment of the stack and of the heap base. */
export const STACK_ALIGN = 16;
/** Bytes of the address space of 32-bit memories. */
export const ADDRESS_SPACE = 2 ** 32;
/** Bytes that an engine lets a 64-bit memory have. */
export const ADDRESS_SPACE_64 = 2 ** 34;

/** Reports every value that no program could be linked with. */
export function checkOptions(options: LinkOptions, diags: Diagnostics): void {
  if (options.stackSize % STACK_ALIGN === 0) checkSize(options.stackSize, 'stack-size', STACK_ALIGN, diags);
  else diags.error('option_bad', { message: `stack size must be ${STACK_ALIGN}-byte aligned` }, { in: 'options' });
  if (options.globalBase !== null) checkSize(options.globalBase, 'global-base', 1, diags);
  checkSize(options.tableBase, 'table-base', 1, diags);
  const { pageSize } = options;
  if (pageSize !== 1 && pageSize !== PAGE_SIZE) {
    const why = `not 1 or ${PAGE_SIZE}`;
    diags.error('option_invalid', { value: pageSize, option: 'page-size', why }, { in: 'options' });
  }
  if (options.initialHeap !== 0) checkMemory(options.initialHeap, 'initial heap', pageSize, diags);
  if (options.initialMemory !== null) checkMemory(options.initialMemory, 'initial memory', pageSize, diags);
  if (options.maxMemory !== null) checkMemory(options.maxMemory, 'maximum memory', pageSize, diags);
  const { stackFirst, globalBase, stackSize } = options;
  if (stackFirst && globalBase !== null && globalBase < stackSize) {
    diags.error('global_base_too_low', { base: globalBase, stack: stackSize }, { in: 'options' });
  }
  if (options.fixedMemory && options.maxMemory !== null) {
    diags.error('options_incompatible', { first: '--max-memory', second: '--no-growable-memory' }, { in: 'options' });
  }
  if (options.compressRelocations && options.emitRelocs) {
    diags.error('options_conflict', { first: 'compress-relocations', second: 'emit-relocs' }, { in: 'options' });
  }
  if (options.compressRelocations && !options.strip && !options.stripDebug) {
    diags.error('compress_needs_strip', {}, { in: 'options' });
  }
}

function checkMemory(size: number, what: string, page: number, diags: Diagnostics): void {
  if (!Number.isSafeInteger(size) || size < 0) checkSize(size, what, 1, diags);
  else if (size % page !== 0) diags.error('memory_size_not_page_multiple', { what, page }, { in: 'options' });
  else if (size > ADDRESS_SPACE_64) {
    diags.error('memory_too_large', { what, size, limit: ADDRESS_SPACE_64 }, { in: 'options' });
  }
}

function checkSize(value: number, option: string, multiple: number, diags: Diagnostics): void {
  let why = '';
  if (!Number.isSafeInteger(value) || value < 0) why = 'not a non-negative integer';
  else if (value > ADDRESS_SPACE_64) why = 'larger than the address space';
  else if (value % multiple !== 0) why = `not a multiple of ${multiple}`;
  if (why !== '') diags.error('option_invalid', { value, option, why }, { in: 'options' });
}
