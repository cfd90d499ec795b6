/**
 * An object that tells where the variables of a program lie, for linkers that export functions alone.
 *
 * The same table as of programs in other languages (harness/source/address-table.ts): addresses behind a mark in the data, which are
 * found there and added to the module as exports afterwards.
 */
import type { Unit } from '../../core/index.ts';
import { readAddressTables } from '../backend/process/read-addresses.ts';
import { ADDRESS_MARK, listedNavs } from '../source/address-table.ts';
import { Assembler, words } from '../topology/assembler.ts';
import { ByteSink } from '../wasm/byte-sink.ts';
import { ModuleEdit } from '../wasm/module-parts.ts';

const PROBE = '__addresses';
const SECTION_TABLE = 4;
const SECTION_MEMORY = 5;
const SECTION_GLOBAL = 6;
const SECTION_EXPORT = 7;
const KIND_GLOBAL = 3;
const I32 = 0x7f;
const OP_I32_CONST = 0x41;
const OP_END = 0x0b;

/** The variables that other objects can name, by their first name. */
function namesOf(unit: Unit): readonly string[] {
  return listedNavs(unit).flatMap((nav) => {
    const seen = unit.navs[nav]!.exports.find(({ visibility }) => visibility === 'default');
    return seen === undefined ? [] : [seen.name];
  });
}

/** The object; null where there is no variable to tell of. */
export function addressObject(unit: Unit): Uint8Array | null {
  const names = namesOf(unit);
  if (names.length === 0) return null;
  const head = [...ADDRESS_MARK, 0];
  const references = names.map((symbol, n) => ({ at: 4 * (head.length + n), type: 'MEMORY_ADDR_I32', symbol }));
  const bytes = words(...head, ...names.map(() => 0), 0);
  return new Assembler()
    .data('__address_table', bytes, { references, section: '.data.__address_table' })
    .probe(PROBE, (code) => code.address('__address_table'))
    .bytes();
}

/** `module` with an exported global for each variable of `unit`. */
export function withAddresses(module: Uint8Array, unit: Unit): Uint8Array {
  const addresses = readAddressTables(module).get(0) ?? [];
  const names = namesOf(unit);
  const edit = new ModuleEdit(module);
  if (addresses.length < names.length || edit.section(SECTION_EXPORT) === undefined) return module;
  const globals = edit.section(SECTION_GLOBAL);
  const first = globals === undefined ? 0 : edit.cursor(globals).number();
  const entries = new ByteSink();
  const exports = new ByteSink();
  names.forEach((name, n) => {
    entries
      .raw([I32, 0, OP_I32_CONST])
      .sleb(addresses[n]! | 0)
      .raw([OP_END]);
    exports
      .name(name)
      .raw([KIND_GLOBAL])
      .uleb(first + n);
  });
  const encoded = [...entries.bytes()];
  if (globals !== undefined) edit.addLast(SECTION_GLOBAL, encoded, names.length);
  else {
    const before = edit.section(SECTION_MEMORY) === undefined ? SECTION_TABLE : SECTION_MEMORY;
    edit.insertAfter(before, SECTION_GLOBAL, [...new ByteSink().uleb(names.length).bytes(), ...encoded]);
  }
  edit.addLast(SECTION_EXPORT, [...exports.bytes()], names.length);
  return edit.toBytes();
}
