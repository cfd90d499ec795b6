/**
 * The names that the linker itself can define, as tables: addresses, globals, functions.
 *
 * Owns names and types only (tool-conventions Linking.md and what C libraries rely on); layout and synthesis know the values.
 * Any input may define such a name itself, then that definition counts.
 */
import { ValType } from '../../wasm/kinds.ts';
import type { SignatureKey } from '../input/object-file.ts';
import { ENVIRONMENT, signatureKey } from '../input/object-file.ts';
import { globalType } from '../input/object-symbols.ts';

/** Symbols whose address the layout knows. */
export const PROVIDED_DATA = [
  '__heap_base',
  '__heap_end',
  '__data_end',
  '__global_base',
  '__dso_handle',
  '__stack_low',
  '__stack_high',
  '__memory_base',
  '__table_base',
  '__wasm_first_page_end',
] as const;
/** A name of {@link PROVIDED_DATA}. */
export type ProvidedData = (typeof PROVIDED_DATA)[number];

/** Globals that the linker makes, by GlobalId. */
export const FIXED_GLOBALS = [
  { name: '__stack_pointer', mutable: true },
  { name: '__tls_base', mutable: true },
  { name: '__tls_size', mutable: false },
  { name: '__tls_align', mutable: false },
  { name: '__memory_base', mutable: false },
  { name: '__table_base', mutable: false },
] as const;

/** Numbers in {@link FIXED_GLOBALS}. */
export const FixedGlobal = {
  stack_pointer: 0,
  tls_base: 1,
  tls_size: 2,
  tls_align: 3,
  memory_base: 4,
  table_base: 5,
} as const;

/** Number of the fixed global `name` if its type is `type`, else -1. */
export function fixedGlobal(name: string, type: string): number {
  const id = FIXED_GLOBALS.findIndex((global) => global.name === name);
  if (id < 0) return -1;
  const { mutable } = FIXED_GLOBALS[id]!;
  return type === globalType(ValType.i32, mutable) || type === globalType(ValType.i64, mutable) ? id : -1;
}

/** Functions that the linker makes when something needs them, in the order of their numbers. */
const SYNTHETIC_NAMES = [
  '__wasm_call_ctors',
  '__wasm_init_memory',
  '__wasm_apply_global_tls_relocs',
  '__wasm_init_tls',
] as const;
/** A name of SYNTHETIC_NAMES. */
export type SyntheticName = (typeof SYNTHETIC_NAMES)[number];

const NO_PARAMS = signatureKey([], []);
const TAKES_I32 = signatureKey([ValType.i32], []);
const TAKES_I64 = signatureKey([ValType.i64], []);

/** Signature of a synthetic function. */
export function syntheticSignature(name: SyntheticName, is64: boolean): SignatureKey {
  if (name !== '__wasm_init_tls') return NO_PARAMS;
  return is64 ? TAKES_I64 : TAKES_I32;
}

const SYNTHETICS: ReadonlySet<string> = new Set(SYNTHETIC_NAMES);

/** Whether the linker can make the function `name`. */
export function isSyntheticName(name: string): name is SyntheticName {
  return SYNTHETICS.has(name);
}

/** What a thread needs to have thread-local data of its own. */
export const THREAD_SYMBOLS = ['__tls_base', '__tls_size', '__tls_align', '__wasm_init_tls'] as const;

/** Calls the constructors. */
export const CALL_CTORS = '__wasm_call_ctors';
/** Called at the end of a command if an input defines it. */
export const CALL_DTORS = '__wasm_call_dtors';
/** The function table that addresses of functions are slots of. */
export const INDIRECT_TABLE = ENVIRONMENT.table;

const START = '__start_';
const STOP = '__stop_';

/** Section whose begin or end `name` stands for, or null. */
export function bracketOf(name: string): { readonly section: string; readonly isStop: boolean } | null {
  const isStop = name.startsWith(STOP);
  if (!isStop && !name.startsWith(START)) return null;
  const section = name.slice(isStop ? STOP.length : START.length);
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(section) ? { section, isStop } : null;
}
