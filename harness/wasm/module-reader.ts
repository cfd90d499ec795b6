/**
 * What the harness reads from the bytes of a module: function names, and the functions in its table.
 *
 * A reader of its own for two reasons: the harness must not ask core what core wrote, and it runs on modules of any
 * backend. It is asked for valid modules, reads only what it needs, and takes anything it does not understand for absent.
 * Source: wasm core specification 5.5.12 (element section) and the appendix "Custom Sections" (name section).
 */
import type { Limits } from './cursor.ts';
import { Cursor, listSections } from './cursor.ts';

const SECTION_CUSTOM = 0;
const SECTION_EXPORT = 7;
const SECTION_ELEMENT = 9;
const OP_I32_CONST = 0x41;
const OP_I64_CONST = 0x42;
const OP_END = 0x0b;

/** Names by function index; empty when there is no readable name section. */
export function functionNames(bytes: Uint8Array): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  forEachSection(bytes, SECTION_CUSTOM, (cursor, end) => {
    if (cursor.name() === 'name') readNameSubsections(cursor, end, names);
  });
  return names;
}

/** Function index by export name, in the order of the section. */
export function functionExports(bytes: Uint8Array): ReadonlyMap<string, number> {
  const exports = new Map<string, number>();
  forEachSection(bytes, SECTION_EXPORT, (cursor, end) => {
    for (let n = cursor.number(); n > 0 && cursor.at < end; n--) {
      const name = cursor.name();
      const kind = cursor.byte();
      const index = cursor.number();
      if (kind === 0) exports.set(name, index);
    }
  });
  return exports;
}

/** Function index by table slot, from the active segments whose offset is a constant. */
export function tableElements(bytes: Uint8Array): ReadonlyMap<number, number> {
  const slots = new Map<number, number>();
  forEachSection(bytes, SECTION_ELEMENT, (cursor, end) => {
    const count = cursor.number();
    for (let n = 0; n < count && cursor.at < end; n++) {
      // Flag 0: active, table 0, offset expression, vector of function indexes. Flag 2 names the table and the kind of its
      // elements as well; a module has one table that functions are put into. Nobody here writes another form.
      const flags = cursor.number();
      if (flags !== 0 && flags !== 2) return;
      if (flags === 2) cursor.number();
      const op = cursor.byte();
      if (op !== OP_I32_CONST && op !== OP_I64_CONST) return;
      const first = cursor.number();
      if (cursor.byte() !== OP_END) return;
      if (flags === 2 && cursor.byte() !== 0) return;
      const functions = cursor.number();
      for (let f = 0; f < functions && cursor.at < end; f++) slots.set(first + f, cursor.number());
    }
  });
  return slots;
}

/** Calls `visit` with a cursor at the contents of each section `wanted`. */
function forEachSection(bytes: Uint8Array, wanted: number, visit: (cursor: Cursor, end: number) => void): void {
  for (const { id, from, to } of listSections(bytes)) if (id === wanted) visit(new Cursor(bytes, from, to), to);
}

function readNameSubsections(cursor: Cursor, end: number, names: Map<number, string>): void {
  while (cursor.at < end) {
    const kind = cursor.byte();
    const size = cursor.number();
    const next = cursor.at + size;
    if (kind === 1) {
      const count = cursor.number();
      for (let n = 0; n < count && cursor.at < next; n++) {
        const index = cursor.number();
        names.set(index, cursor.name());
      }
    }
    cursor.at = next;
  }
}

const SECTION_IMPORT = 2;

/** Limits of the first memory or table that a module imports; null if there is none. */
export function importedLimits(bytes: Uint8Array, kind: 'memory' | 'table'): Limits | null {
  let found: Limits | null = null;
  forEachSection(bytes, SECTION_IMPORT, (cursor, end) => {
    const count = cursor.number();
    for (let n = 0; n < count && cursor.at < end; n++) {
      cursor.name();
      cursor.name();
      const external = cursor.byte();
      if (external === 0) {
        cursor.number();
      } else if (external === 3) {
        cursor.at += 2;
      } else if (external === 4) {
        cursor.at++;
        cursor.number();
      } else {
        if (external === 1) cursor.at++;
        const limits = cursor.limits();
        if ((external === 2) === (kind === 'memory')) found ??= limits;
      }
    }
  });
  return found;
}
