/**
 * What MIR says of variables for debuggers: the words of a `dbg_var`. Data only; where a variable can be read is found in
 * variable-ranges.ts.
 *
 * A variable is known by a key once values share locals: `dbg_set` of that key follows each instruction that has set it. Before
 * that, no other value is in its local, and the key is 0.
 */
import type { IpIndex } from '../intern/keys.ts';
import { MirTag } from './ops.ts';

/** Words of a `dbg_var` in extra; the name follows, one byte a word. */
export const VARIABLE = { kind: 0, place: 1, a: 2, b: 3, key: 4, type: 5, length: 6, name: 7 } as const;

/** What has a name. */
export const VariableKind = {
  /** A value: it is the same as long as it is there. */
  value: 0,
  /** A variable, which may be written. */
  variable: 1,
  /** An argument, of an inlined function too; else as a value. */
  argument: 2,
} as const;
export type VariableKind = (typeof VariableKind)[keyof typeof VariableKind];

/** Where it is; words `a` and `b` as noted. */
export const VariablePlace = {
  /** Nowhere that could be said. */
  none: 0,
  /** In local a. */
  local: 1,
  /** It is the address in local a, plus b. */
  address: 2,
  /** In memory at the address in local a, plus b. */
  memory: 3,
  /** In memory at byte a of the frame. */
  frame: 4,
  /** It is the address of byte a of the frame. */
  frame_address: 5,
  /** It is a constant: low and high word of its bits. */
  constant: 6,
} as const;
export type VariablePlace = (typeof VariablePlace)[keyof typeof VariablePlace];

/** Names by number, for people. */
export const VARIABLE_NAMES = Object.keys(VariableKind);
export const PLACE_NAMES = Object.keys(VariablePlace);
/** Words that each place has. */
export const PLACE_WORDS: readonly number[] = [0, 1, 2, 2, 1, 1, 2];

/** Whether word a of a place is the number of a local. */
export function isInLocalPlace(place: number): boolean {
  return place === VariablePlace.local || place === VariablePlace.address || place === VariablePlace.memory;
}

/** A variable, as MIR says it. */
export interface VariableWords {
  readonly kind: VariableKind;
  readonly place: VariablePlace;
  readonly a: number;
  readonly b: number;
  /** 0: no other value is in its local. */
  readonly key: number;
  readonly ty: IpIndex;
  /** UTF-8. */
  readonly name: Uint8Array;
}

/** The variable at `at` of `extra`. */
export function variableAt(extra: Uint32Array, at: number): VariableWords {
  const from = at + VARIABLE.name;
  return {
    kind: extra[at + VARIABLE.kind] as VariableKind,
    place: extra[at + VARIABLE.place] as VariablePlace,
    a: extra[at + VARIABLE.a]!,
    b: extra[at + VARIABLE.b]!,
    key: extra[at + VARIABLE.key]!,
    ty: extra[at + VARIABLE.type] as IpIndex,
    name: Uint8Array.from(extra.subarray(from, from + extra[at + VARIABLE.length]!)),
  };
}

/** Whether `tag` says something of variables. */
export function isMark(tag: number | undefined): boolean {
  return tag !== undefined && tag >= MirTag.dbg_var && tag <= MirTag.dbg_scope_end;
}

/** Whether `tag` is for debuggers only. */
export function isSilent(tag: number | undefined): boolean {
  return tag === MirTag.dbg_line || isMark(tag);
}
