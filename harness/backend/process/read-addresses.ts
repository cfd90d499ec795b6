/**
 * Finds the tables of addresses that harness/source/address-table.ts puts into the data of a module.
 *
 * Independent of core. Source: wasm core specification 5.5.14 (data section).
 */
import { Cursor, listSections } from '../../wasm/cursor.ts';
import { ADDRESS_MARK } from '../../source/address-table.ts';

const SECTION_DATA = 11;
const OP_I32_CONST = 0x41;
/** A table ends at the next word that is no address of data; more entries than that no program has. */
const MOST = 4096;

/** The words behind each mark, by number of the table; there may be more of them than the table has. */
export function readAddressTables(bytes: Uint8Array): ReadonlyMap<number, readonly number[]> {
  const mark = Buffer.alloc(ADDRESS_MARK.length * 4);
  ADDRESS_MARK.forEach((word, n) => mark.writeUInt32LE(word >>> 0, n * 4));
  const tables = new Map<number, readonly number[]>();
  for (const segment of dataOf(bytes)) {
    for (let at = segment.indexOf(mark); at >= 0; at = segment.indexOf(mark, at + mark.length)) {
      const words: number[] = [];
      for (let next = at + mark.length; next + 4 <= segment.length && words.length < MOST; next += 4) {
        words.push(segment.readUInt32LE(next));
      }
      const [number, ...list] = words;
      if (number !== undefined) tables.set(number, list);
    }
  }
  return tables;
}

function dataOf(bytes: Uint8Array): Buffer[] {
  const segments: Buffer[] = [];
  for (const { id, from, to } of listSections(bytes)) {
    if (id !== SECTION_DATA) continue;
    const cursor = new Cursor(bytes, from, to, true);
    cursor.each(() => {
      const flags = cursor.number();
      if (flags === 2) cursor.number();
      if (flags !== 1) {
        if (cursor.byte() !== OP_I32_CONST) throw new RangeError('a data segment without a constant place');
        cursor.signed();
        cursor.byte();
      }
      segments.push(Buffer.from(cursor.take(cursor.number())));
    });
  }
  return segments;
}
