/**
 * The form in which a module is run: what V8 compiles in place of the bytes of a case.
 *
 * Same code, same meaning. It shows its stack pointer, is unlike any other module of the process, and, where it has the imports of
 * its unit and no others, takes functions through a table and its memory from a pool, which makes compiling and running it
 * cheaper. Owns which of this is done. Invariant: a module that is not valid stays so.
 */
import type { Offer } from './import-table.ts';
import { tableImports } from './import-table.ts';
import { importMemory } from './memory-pool.ts';
import { ModuleEdit } from '../../wasm/module-parts.ts';
import { exposeStackPointer } from './stack-pointer.ts';
import { uniqueSection } from './unique-module.ts';

/** See the file header. */
export interface RunForm {
  readonly bytes: Uint8Array;
  /** Offers by slot of the table of imports; null: imports are imports. */
  readonly slots: readonly number[] | null;
  /** Pages of the memory that it imports; null: its memory is as the module says. */
  readonly pages: number | null;
  /** That memory has 64-bit addresses. */
  readonly isWide: boolean;
}

const SECTION_IMPORT = 2;

/** Imports stay imports, and memory is the module's own. */
export function plainForm(bytes: Uint8Array): RunForm {
  const edit = new ModuleEdit(bytes);
  exposeStackPointer(edit);
  return { bytes: edit.toBytes(uniqueSection()), slots: null, pages: null, isWide: false };
}

/** For a module that gets `offers`, a memory from a pool, and nothing else. */
export function pooledForm(bytes: Uint8Array, offers: readonly Offer[]): RunForm {
  // Rewritten sections, and even one more behind them, could hide what is wrong.
  if (!WebAssembly.validate(bytes)) return { bytes, slots: null, pages: null, isWide: false };
  const edit = new ModuleEdit(bytes);
  const hasImports = edit.section(SECTION_IMPORT) !== undefined;
  exposeStackPointer(edit);
  const slots = hasImports ? tableImports(edit, offers) : null;
  const memory = slots !== null || !hasImports ? importMemory(edit) : null;
  const { pages = null, isWide = false } = memory ?? {};
  return { bytes: edit.toBytes(uniqueSection()), slots, pages, isWide };
}
