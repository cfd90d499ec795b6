/**
 * Makes the stack pointer of a module visible from outside: one more export, `__stack_pointer`.
 *
 * A linked module keeps its stack pointer to itself, but a function that does not put it back leaks its frame with every
 * call, and only the value tells. Owns the conventions by which it is recognised (tool-conventions Linking: a global of
 * the module, mutable, an address; it is the first such global) and the rewriting of the export section. Does not ask core.
 * Invariant: whatever is not understood, or has no stack pointer, comes back as it is.
 */
import type { Cursor } from '../../wasm/cursor.ts';
import type { ModuleEdit } from '../../wasm/module-parts.ts';
import { leb } from '../../wasm/module-parts.ts';

/** Export name of the stack pointer. */
export const STACK_POINTER_EXPORT = '__stack_pointer';

const SECTION_IMPORT = 2;
const SECTION_MEMORY = 5;
const SECTION_GLOBAL = 6;
const SECTION_EXPORT = 7;
const KIND_GLOBAL = 3;
const TYPE_I32 = 0x7f;
const TYPE_I64 = 0x7e;
const OP_I32_CONST = 0x41;
const OP_I64_CONST = 0x42;
const OP_END = 0x0b;
const LIMITS_64 = 4;
const NAME = new TextEncoder().encode(STACK_POINTER_EXPORT);

/** Adds the export to `edit`, unless the module is not understood or shows its stack pointer already. */
export function exposeStackPointer(edit: ModuleEdit): void {
  const { bytes } = edit;
  const globals = edit.section(SECTION_GLOBAL);
  const exports = edit.section(SECTION_EXPORT);
  if (globals === undefined || exports === undefined) return;
  const index = stackPointerIndex(edit.cursor(globals), hasWideMemory(edit) ? TYPE_I64 : TYPE_I32);
  // An imported global would come before it in the index space; none of ours imports any.
  if (index < 0 || importsGlobal(edit)) return;
  const cursor = edit.cursor(exports);
  const count = cursor.number();
  for (let n = 0; n < count; n++) {
    const length = cursor.number();
    if (isName(bytes, cursor.at, length)) return;
    cursor.at += length + 1;
    cursor.number();
  }
  if (cursor.at !== exports.to) return;
  edit.addLast(SECTION_EXPORT, [NAME.length, ...NAME, KIND_GLOBAL, ...leb(index)], 1);
}

/** Whether the module's own memory has 64-bit addresses; one of the host comes with an import that is not looked into. */
function hasWideMemory(edit: ModuleEdit): boolean {
  const section = edit.section(SECTION_MEMORY);
  if (section === undefined) return false;
  const cursor = edit.cursor(section);
  return cursor.number() > 0 && (cursor.byte() & LIMITS_64) !== 0;
}

/** Index of the first mutable global of `wanted` type that starts as a constant, -1 if there is none. */
function stackPointerIndex(cursor: Cursor, wanted: number): number {
  const count = cursor.number();
  for (let n = 0; n < count; n++) {
    const type = cursor.byte();
    const mutable = cursor.byte();
    // Initial values of other forms are not understood: what comes behind them is not looked at.
    const op = cursor.byte();
    if (op !== OP_I32_CONST && op !== OP_I64_CONST) return -1;
    cursor.number();
    if (cursor.byte() !== OP_END) return -1;
    if (type === wanted && mutable === 1) return n;
  }
  return -1;
}

/** Whether the import section may import a global: anything that is no function will do. */
function importsGlobal(edit: ModuleEdit): boolean {
  const section = edit.section(SECTION_IMPORT);
  if (section === undefined) return false;
  const cursor = edit.cursor(section);
  for (let n = cursor.number(); n > 0; n--) {
    cursor.skipName();
    cursor.skipName();
    // Imports of our modules are functions: one type index.
    if (cursor.byte() !== 0) return true;
    cursor.number();
  }
  return false;
}

function isName(bytes: Uint8Array, at: number, length: number): boolean {
  return length === NAME.length && NAME.every((byte, n) => bytes[at + n] === byte);
}
