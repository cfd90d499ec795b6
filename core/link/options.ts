/**
 * What can be chosen about a link, and the check of the values.
 *
 * Plain data, named after wasm-ld's options. Owns the defaults. Knows nothing of inputs: whether the program fits into the
 * memory asked for is found out by the layout. Invariant: options that passed `checkOptions` need no second look.
 */
import type { Diagnostics } from '../diagnostics/diagnostics.ts';
import { PAGE_SIZE } from '../wasm/kinds.ts';

/** Options of an executable link. Sizes and addresses are in bytes. */
export interface LinkOptions {
  /** Linear stack; a multiple of 16. */
  readonly stackSize: number;
  /** Stack below the data or above it. */
  readonly stackFirst: boolean;
  /** First address of data, or null: after the stack if the stack is first, else 1024. */
  readonly globalBase: number | null;
  /** Memory at start, or null for what the program needs; a multiple of the page size. */
  readonly initialMemory: number | null;
  /** Limit of memory, or null for none; a multiple of the page size. */
  readonly maxMemory: number | null;
  /** Export the memory as `memory`. */
  readonly exportMemory: boolean;
  /** Export the function table as `__indirect_function_table`, even when it is empty. */
  readonly exportTable: boolean;
  /** Drop what nothing reaches from an export. */
  readonly gc: boolean;
  /** Leave out the name section. */
  readonly strip: boolean;
  /** Symbols to export beside those that ask for it themselves; an unknown name is an error. */
  readonly exports: readonly string[];
  /** Symbol to export as the entry point, or null for none. */
  readonly entry: string | null;
}

/** What a link does that is asked for nothing. */
export const DEFAULT_LINK_OPTIONS: LinkOptions = {
  stackSize: PAGE_SIZE,
  stackFirst: true,
  globalBase: null,
  initialMemory: null,
  maxMemory: null,
  exportMemory: true,
  exportTable: false,
  gc: true,
  strip: false,
  exports: [],
  entry: null,
};

/** Options of a relocatable output. */
export interface ObjectOptions {
  /**
   * How navs without an export bind: `local`, or `hidden-global` when other objects of the same unit refer to them. Navs of
   * the unit that were not handed to the linker become undefined symbols in both.
   */
  readonly binding: 'local' | 'hidden-global';
  /** Names of features the code uses, without prefix; written to `target_features` unless empty. */
  readonly features: readonly string[];
  /** Leave out the name section. */
  readonly strip: boolean;
}

/** What an object has that is asked for nothing. */
export const DEFAULT_OBJECT_OPTIONS: ObjectOptions = { binding: 'local', features: [], strip: false };

/** First data address of the data-first order: keeps address 0 free. */
export const DEFAULT_GLOBAL_BASE = 1024;
/** Alignment of the stack and of the heap base. */
export const STACK_ALIGN = 16;
/** Bytes of the address space. */
export const ADDRESS_SPACE = 2 ** 32;

/** Reports every value that no program could be linked with. */
export function checkOptions(options: LinkOptions, diags: Diagnostics): void {
  checkSize(options.stackSize, 'stack-size', STACK_ALIGN, diags);
  if (options.globalBase !== null) checkSize(options.globalBase, 'global-base', 1, diags);
  for (const [size, what] of [
    [options.initialMemory, 'initial-memory'],
    [options.maxMemory, 'max-memory'],
  ] as const) {
    if (size === null) continue;
    if (!Number.isSafeInteger(size) || size < 0) checkSize(size, what, 1, diags);
    else if (size % PAGE_SIZE !== 0) {
      diags.error('memory_size_not_page_multiple', { what, size }, { in: 'options' });
    } else if (size > ADDRESS_SPACE) {
      diags.error('memory_too_large', { size, limit: ADDRESS_SPACE }, { in: 'options' });
    }
  }
  const { stackFirst, globalBase, stackSize } = options;
  if (stackFirst && globalBase !== null && globalBase < stackSize) {
    diags.error('global_base_too_low', { base: globalBase, stack: stackSize }, { in: 'options' });
  }
}

function checkSize(value: number, option: string, multiple: number, diags: Diagnostics): void {
  let why = '';
  if (!Number.isSafeInteger(value) || value < 0) why = 'not a non-negative integer';
  else if (value > ADDRESS_SPACE) why = 'larger than the address space';
  else if (value % multiple !== 0) why = `not a multiple of ${multiple}`;
  if (why !== '') diags.error('option_invalid', { value, option, why }, { in: 'options' });
}
