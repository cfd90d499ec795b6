/**
 * The relocation table of the object-file convention, as data: one row per type, in order of its number.
 *
 * Source: tool-conventions Linking.md "Relocation Sections", numbers 0 to 27. Reader, resolver, relocator and object
 * writer all read this table; none of them repeats a fact of it. Knows nothing of symbols' addresses.
 */
import { writePaddedSleb32, writePaddedSleb64, writePaddedUleb32, writePaddedUleb64 } from './leb128.ts';

/** What the patched bytes look like: padded LEBs of 32 or 64 bits, or little-endian words. */
export type RelocEncoding = 'uleb32' | 'sleb32' | 'uleb64' | 'sleb64' | 'word32' | 'word64';

/** What a relocation points to: a symbol of that kind, or (for `type`) an entry of the type section. */
type RelocTarget = 'function' | 'data' | 'global' | 'section' | 'tag' | 'table' | 'type';

/** What value is written; the groups that share one rule share one name. */
export type RelocValue =
  | 'function_index'
  | 'table_slot'
  | 'table_slot_rel'
  | 'memory_address'
  | 'memory_address_rel'
  | 'memory_address_tls'
  | 'memory_address_pc'
  | 'type_index'
  | 'global_index'
  | 'function_offset'
  | 'section_offset'
  | 'tag_index'
  | 'table_number';

/** Bits of {@link RelocInfo.places}: where a type may occur. */
export const RelocPlace = { code: 1, data: 2, custom: 4 } as const;

/** One row of the table. */
export interface RelocInfo {
  readonly name: string;
  readonly encoding: RelocEncoding;
  /** Bytes patched. */
  readonly width: 4 | 5 | 8 | 10;
  readonly hasAddend: boolean;
  readonly target: RelocTarget;
  readonly value: RelocValue;
  /** Union of {@link RelocPlace} bits. */
  readonly places: number;
}

const WIDTH = { uleb32: 5, sleb32: 5, uleb64: 10, sleb64: 10, word32: 4, word64: 8 } as const;

function row(
  name: string,
  encoding: RelocEncoding,
  target: RelocTarget,
  value: RelocValue,
  places: number,
  hasAddend = false,
): RelocInfo {
  return { name, encoding, width: WIDTH[encoding], hasAddend, target, value, places };
}

const C = RelocPlace.code;
const D = RelocPlace.data;
const X = RelocPlace.custom;

/** The table; the index is the relocation type. */
export const RELOCATIONS: readonly RelocInfo[] = [
  row('FUNCTION_INDEX_LEB', 'uleb32', 'function', 'function_index', C),
  row('TABLE_INDEX_SLEB', 'sleb32', 'function', 'table_slot', C),
  row('TABLE_INDEX_I32', 'word32', 'function', 'table_slot', D | X),
  row('MEMORY_ADDR_LEB', 'uleb32', 'data', 'memory_address', C, true),
  row('MEMORY_ADDR_SLEB', 'sleb32', 'data', 'memory_address', C, true),
  row('MEMORY_ADDR_I32', 'word32', 'data', 'memory_address', D | X, true),
  row('TYPE_INDEX_LEB', 'uleb32', 'type', 'type_index', C),
  row('GLOBAL_INDEX_LEB', 'uleb32', 'global', 'global_index', C),
  row('FUNCTION_OFFSET_I32', 'word32', 'function', 'function_offset', X, true),
  row('SECTION_OFFSET_I32', 'word32', 'section', 'section_offset', X, true),
  row('TAG_INDEX_LEB', 'uleb32', 'tag', 'tag_index', C),
  row('MEMORY_ADDR_REL_SLEB', 'sleb32', 'data', 'memory_address_rel', C, true),
  row('TABLE_INDEX_REL_SLEB', 'sleb32', 'function', 'table_slot_rel', C),
  row('GLOBAL_INDEX_I32', 'word32', 'global', 'global_index', D | X),
  row('MEMORY_ADDR_LEB64', 'uleb64', 'data', 'memory_address', C, true),
  row('MEMORY_ADDR_SLEB64', 'sleb64', 'data', 'memory_address', C, true),
  row('MEMORY_ADDR_I64', 'word64', 'data', 'memory_address', D | X, true),
  row('MEMORY_ADDR_REL_SLEB64', 'sleb64', 'data', 'memory_address_rel', C, true),
  row('TABLE_INDEX_SLEB64', 'sleb64', 'function', 'table_slot', C),
  row('TABLE_INDEX_I64', 'word64', 'function', 'table_slot', D),
  row('TABLE_NUMBER_LEB', 'uleb32', 'table', 'table_number', C),
  row('MEMORY_ADDR_TLS_SLEB', 'sleb32', 'data', 'memory_address_tls', C, true),
  row('FUNCTION_OFFSET_I64', 'word64', 'function', 'function_offset', X, true),
  row('MEMORY_ADDR_LOCREL_I32', 'word32', 'data', 'memory_address_pc', D, true),
  row('TABLE_INDEX_REL_SLEB64', 'sleb64', 'function', 'table_slot_rel', C),
  row('MEMORY_ADDR_TLS_SLEB64', 'sleb64', 'data', 'memory_address_tls', C, true),
  row('FUNCTION_INDEX_I32', 'word32', 'function', 'function_index', X),
  row('MEMORY_ADDR_LOCREL_I64', 'word64', 'data', 'memory_address_pc', D, true),
];

/** By relocation type: 1 where the value is a slot of the function table, which the function must then have. */
export const WANTS_SLOT: Readonly<Uint8Array> = Uint8Array.from(RELOCATIONS, ({ value }) =>
  value === 'table_slot' || value === 'table_slot_rel' ? 1 : 0,
);

/** Numbers of the types our own object writer produces. */
export const Reloc = {
  FUNCTION_INDEX_LEB: 0,
  TABLE_INDEX_SLEB: 1,
  TABLE_INDEX_I32: 2,
  MEMORY_ADDR_SLEB: 4,
  MEMORY_ADDR_I32: 5,
  TYPE_INDEX_LEB: 6,
  GLOBAL_INDEX_LEB: 7,
  FUNCTION_OFFSET_I32: 8,
  SECTION_OFFSET_I32: 9,
  MEMORY_ADDR_SLEB64: 15,
  MEMORY_ADDR_I64: 16,
  TABLE_INDEX_SLEB64: 18,
  TABLE_INDEX_I64: 19,
  TABLE_NUMBER_LEB: 20,
  MEMORY_ADDR_TLS_SLEB: 21,
  FUNCTION_OFFSET_I64: 22,
  MEMORY_ADDR_TLS_SLEB64: 25,
} as const;
export type Reloc = (typeof Reloc)[keyof typeof Reloc];

/**
 * Writes `value` in the encoding of a relocation at `at`; the caller has checked that the bytes exist. 32-bit encodings
 * take any number and keep it modulo 2^32; 64-bit ones take a safe integer and sign-extend it.
 */
export function patchRelocation(bytes: Uint8Array, at: number, encoding: RelocEncoding, value: number): void {
  const lo = value | 0;
  switch (encoding) {
    case 'uleb32':
      writePaddedUleb32(bytes, at, lo);
      return;
    case 'sleb32':
      writePaddedSleb32(bytes, at, lo);
      return;
    case 'uleb64':
      writePaddedUleb64(bytes, at, lo, Math.floor(value / 0x1_0000_0000));
      return;
    case 'sleb64':
      writePaddedSleb64(bytes, at, lo, Math.floor(value / 0x1_0000_0000));
      return;
    case 'word64':
      writeWord(bytes, at + 4, Math.floor(value / 0x1_0000_0000));
      writeWord(bytes, at, lo);
      return;
    case 'word32':
      writeWord(bytes, at, lo);
      return;
  }
}

/** Little-endian 32-bit word at `at`. */
export function writeWord(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}
