/**
 * Imported functions through a table: a module that imports none, and calls what it would import by slots of a table of its own.
 *
 * V8 compiles a wrapper for each type of imported function when it compiles a module, whatever is imported in the end, and
 * that takes longer than all else of compiling a module of ours. So each import becomes a function of the module, at the
 * same index, that calls a slot of one more table, which whoever instantiates the module fills. Nothing else changes.
 * Invariant: a module that imports anything but functions that are offered with exactly the type it wants is left alone, so
 * that the engine refuses it for the reason it has.
 */
import type { Section } from '../../wasm/cursor.ts';
import type { ModuleEdit } from '../../wasm/module-parts.ts';
import { leb } from '../../wasm/module-parts.ts';
import type { ScalarType } from './trampolines.ts';
import { VALUE_TYPES } from './trampolines.ts';

/** Export name of the table. */
export const IMPORT_TABLE_EXPORT = '__imports';

/** A function that a module may import. */
export interface Offer {
  readonly module: string;
  readonly name: string;
  readonly params: readonly ScalarType[];
  readonly result: ScalarType | null;
}

const SECTION_TYPE = 1;
const SECTION_IMPORT = 2;
const SECTION_FUNCTION = 3;
const SECTION_TABLE = 4;
const SECTION_EXPORT = 7;
const SECTION_CODE = 10;

const FORM_FUNC = 0x60;
const KIND_FUNC = 0;
const KIND_TABLE = 1;
const FUNCREF = 0x70;
const OP_END = 0x0b;
const OP_CALL_INDIRECT = 0x11;
const OP_LOCAL_GET = 0x20;
const OP_I32_CONST = 0x41;

const utf8 = new TextEncoder();
const EXPORT_NAME = utf8.encode(IMPORT_TABLE_EXPORT);

/**
 * Makes the changes in `edit`; gives the position of an offer for each slot of the table, or null where the module is left
 * alone. The module must be valid.
 */
export function tableImports(edit: ModuleEdit, offers: readonly Offer[]): readonly number[] | null {
  const imports = edit.section(SECTION_IMPORT);
  const types = edit.section(SECTION_TYPE);
  if (imports === undefined || types === undefined) return null;
  // A module without one of these is none of ours.
  for (const id of [SECTION_FUNCTION, SECTION_EXPORT, SECTION_CODE]) if (edit.section(id) === undefined) return null;
  const found = matchImports(edit, imports, readTypes(edit, types), offers);
  if (found === null) return null;
  change(edit, found);
  return found.map(({ offer }) => offer);
}

/** An import: its type, and the offer that meets it. */
interface Match {
  readonly type: number;
  readonly params: number;
  readonly offer: number;
}

/** Parameters and results of each function type, as bytes; null for what is no function type, and for all behind it. */
function readTypes(edit: ModuleEdit, section: Section): { params: Uint8Array; results: Uint8Array }[] {
  const { bytes } = edit;
  const cursor = edit.cursor(section);
  const types: { params: Uint8Array; results: Uint8Array }[] = [];
  const valueTypes = (): Uint8Array => {
    const count = cursor.number();
    cursor.at += count;
    return bytes.subarray(cursor.at - count, cursor.at);
  };
  for (let n = cursor.number(); n > 0 && cursor.byte() === FORM_FUNC; n--) {
    const params = valueTypes();
    types.push({ params, results: valueTypes() });
  }
  return types;
}

function matchImports(
  edit: ModuleEdit,
  section: Section,
  types: ReturnType<typeof readTypes>,
  offers: readonly Offer[],
): Match[] | null {
  const { bytes } = edit;
  const cursor = edit.cursor(section);
  const matches: Match[] = [];
  for (let n = cursor.number(); n > 0; n--) {
    const moduleAt = cursor.at;
    cursor.skipName();
    const nameAt = cursor.at;
    cursor.skipName();
    if (cursor.byte() !== KIND_FUNC) return null;
    const type = cursor.number();
    const wanted = types[type];
    if (wanted === undefined) return null;
    // Imports mostly come in the order of the offers.
    const offer = findFrom(matches.length % offers.length, offers, ({ module, name }) => {
      return isName(bytes, moduleAt, module) && isName(bytes, nameAt, name);
    });
    if (offer < 0 || !isType(wanted, offers[offer]!)) return null;
    matches.push({ type, params: wanted.params.length, offer });
  }
  return matches.length > 0 && cursor.at === section.to ? matches : null;
}

/** Position of the first item that `fits`, looked for from `start` to the end and then before it; -1 if there is none. */
function findFrom<T>(start: number, items: readonly T[], fits: (item: T) => boolean): number {
  for (let n = 0; n < items.length; n++) {
    const at = (start + n) % items.length;
    if (fits(items[at]!)) return at;
  }
  return -1;
}

/** Whether the length-prefixed name at `at` is `name`; only plain characters are compared, others are no match. */
function isName(bytes: Uint8Array, at: number, name: string): boolean {
  // A name of 128 bytes or more has a longer prefix: no match, and nothing lost but time.
  if (bytes[at] !== name.length || name.length > 0x7f) return false;
  for (let n = 0; n < name.length; n++) {
    const code = name.charCodeAt(n);
    if (code > 0x7f || bytes[at + 1 + n] !== code) return false;
  }
  return true;
}

function isType({ params, results }: { params: Uint8Array; results: Uint8Array }, offer: Offer): boolean {
  if (params.length !== offer.params.length || results.length !== (offer.result === null ? 0 : 1)) return false;
  if (offer.result !== null && results[0] !== VALUE_TYPES[offer.result]) return false;
  return offer.params.every((type, n) => params[n] === VALUE_TYPES[type]);
}

function change(edit: ModuleEdit, imports: readonly Match[]): void {
  const tables = edit.section(SECTION_TABLE);
  const table = tables === undefined ? 0 : edit.cursor(tables).number();
  const count = imports.length;
  const types: number[] = [];
  const stubs: number[] = [];
  imports.forEach((match, slot) => {
    types.push(...leb(match.type));
    addStub(stubs, match, slot, table);
  });
  const limits = [FUNCREF, 1, ...leb(count), ...leb(count)];
  edit.drop(SECTION_IMPORT);
  edit.addFirst(SECTION_FUNCTION, types, count);
  if (tables === undefined) edit.insertAfter(SECTION_FUNCTION, SECTION_TABLE, [1, ...limits]);
  else edit.addLast(SECTION_TABLE, limits, 1);
  edit.addLast(SECTION_EXPORT, [EXPORT_NAME.length, ...EXPORT_NAME, KIND_TABLE, ...leb(table)], 1);
  edit.addFirst(SECTION_CODE, stubs, count);
}

/** A body that passes its parameters on to `slot`. */
function addStub(out: number[], { type, params }: Match, slot: number, table: number): void {
  const body = [0];
  for (let n = 0; n < params; n++) body.push(OP_LOCAL_GET, ...leb(n));
  body.push(OP_I32_CONST);
  // A signed number: bit 6 of its last byte is its sign.
  let rest = slot;
  for (; rest >= 0x40; rest >>= 7) body.push((rest & 0x7f) | 0x80);
  body.push(rest);
  body.push(OP_CALL_INDIRECT, ...leb(type), ...leb(table), OP_END);
  out.push(...leb(body.length), ...body);
}
