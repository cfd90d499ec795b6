/**
 * What names things inside a body: instruction indexes, operands and lanes of a shuffle, and the columns that hold them.
 *
 * Owns their encoding in one word each. Knows nothing of forms.
 */
import type { IpIndex } from '../../intern/keys.ts';
import { IP_NONE } from '../../intern/keys.ts';
import type { Brand } from '../../support/brand.ts';

/** Index into the instructions of one body. */
export type InstIndex = Brand<number, 'InstIndex'>;

/** An operand: top bit set = instruction, clear = interned value. */
export type Ref = Brand<number, 'Ref'>;

/** Absent operand. */
export const REF_NONE = IP_NONE as number as Ref;

const INST_BIT = 0x8000_0000;

/** Operand that names instruction `inst`. */
export function instRef(inst: InstIndex): Ref {
  return ((inst | INST_BIT) >>> 0) as Ref;
}

/** Operand that names interned value `ip`. */
export function valueRef(ip: IpIndex): Ref {
  return ip as number as Ref;
}

/** Whether `ref` names an instruction. */
export function isInstRef(ref: Ref): boolean {
  return ref >= INST_BIT;
}

/** Instruction that `ref` names. */
export function refInst(ref: Ref): InstIndex {
  return (ref & 0x7fff_ffff) as InstIndex;
}

/** Interned value that `ref` names. */
export function refValue(ref: Ref): IpIndex {
  return ref as number as IpIndex;
}

/** What a lane of the result of a shuffle is: a lane of one of the two operands, a constant, or undefined. */
export type MaskItem =
  | { readonly from: 'operand'; readonly operand: 0 | 1; readonly lane: number }
  | { readonly from: 'value'; readonly value: IpIndex }
  | { readonly from: 'nothing' };

const NOTHING = 0xffff_ffff;
/** Greatest lane number that a mask can name. */
export const MAX_LANE = 0x3fff_fffe;

/** A lane of a mask as one word. */
export function maskWord(item: MaskItem): number {
  switch (item.from) {
    case 'operand':
      return ((item.lane << 1) | item.operand | INST_BIT) >>> 0;
    case 'value':
      return item.value;
    case 'nothing':
      return NOTHING;
  }
}

/** The lane that a word of a mask means. */
export function maskItem(word: number): MaskItem {
  if (word === NOTHING) return { from: 'nothing' };
  if (word < INST_BIT) return { from: 'value', value: word as IpIndex };
  return { from: 'operand', operand: (word & 1) as 0 | 1, lane: (word & ~INST_BIT) >>> 1 };
}

/** The columns of a body: a tag and two data words per instruction, and the payloads. */
export interface BodyColumns {
  readonly tags: Uint8Array;
  readonly a: Uint32Array;
  readonly b: Uint32Array;
  readonly extra: Uint32Array;
}

/** View of operands in `extra`. */
export interface RefList extends Iterable<Ref> {
  readonly length: number;
  readonly [n: number]: Ref;
}

/** View of instruction indexes in `extra`. */
export interface InstList extends Iterable<InstIndex> {
  readonly length: number;
  readonly [n: number]: InstIndex;
}

/** A list of instruction indexes, view or array. */
export type InstSequence = InstList | readonly InstIndex[];
