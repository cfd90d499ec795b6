/**
 * What a reference means, as one number: a definition of the link, or one of the special answers.
 *
 * Owns the index spaces of the link and the special values, all negative. Nobody outside compares with a number: an answer is
 * asked what it is by the functions here.
 */
import type { Brand } from '../../support/brand.ts';
import { PROVIDED_DATA } from './provided-symbols.ts';
import type { ProvidedData } from './provided-symbols.ts';

/** Functions of the unit in update order, then functions of the objects, then `ExtraFunc`s. */
export type FuncId = Brand<number, 'FuncId'>;
/** Segments of the objects, then data navs of the unit in update order. */
export type DataId = Brand<number, 'DataId'>;
/** FIXED_GLOBALS, then globals that objects define, then imported ones. */
export type GlobalId = Brand<number, 'GlobalId'>;
/** The table of function addresses, then tables that objects define, then imported ones. */
export type TableId = Brand<number, 'TableId'>;
/** Tags that objects define, then imported ones. */
export type TagId = Brand<number, 'TagId'>;
/** Position in `NumberedSymbols.brackets`. */
export type BracketIndex = Brand<number, 'BracketIndex'>;

/** The table that addresses of functions are slots of. */
export const FUNCTION_TABLE = 0 as TableId;

/** An id of the space that the kind of the reference asks for, or a special value. */
export type Target = FuncId | DataId | GlobalId | TableId | TagId | SpecialTarget;
/** Negative. */
export type SpecialTarget = Brand<number, 'SpecialTarget'>;

/** Special values that stand for one answer each. */
export const Target = {
  /** Nothing defines the symbol. */
  undefined: -1 as SpecialTarget,
  /** An undefined weak symbol, or data without bits: address 0, whatever the addend. */
  null: -2 as SpecialTarget,
  /** The offset is the address. */
  absolute: -3 as SpecialTarget,
  /** A local symbol of a COMDAT member that is left out. */
  discarded: -4 as SpecialTarget,
} as const;

/** First of the addresses that the linker provides: `PROVIDED - k` is PROVIDED_DATA[k]. */
const PROVIDED = -16;
/** First of the borders of sections: `BRACKET - 2k` is where bracket k begins, one less is where it ends. */
const BRACKET = -1024;
/** First datum that a loader will find in the host: `HOST - k` has its address in imported global k. */
const HOST = -0x4000_0000;

/** Whether it is an id. */
export function isDefinition(target: Target): boolean {
  return target >= 0;
}

/** Whether there is nothing that code of an object could mean: no definition, or none any more. */
export function isGone(target: Target): boolean {
  return target === Target.undefined || target === Target.discarded;
}

/** Address of {@link PROVIDED_DATA} number `k`. */
export function providedTarget(k: number): SpecialTarget {
  return (PROVIDED - k) as SpecialTarget;
}

/** The name of the linker's that `target` stands for, or null. */
export function providedOf(target: Target): ProvidedData | null {
  return target <= PROVIDED && target > BRACKET ? PROVIDED_DATA[PROVIDED - target]! : null;
}

/** Where a bracket begins, or where it ends. */
export function bracketTarget(bracket: BracketIndex, isStop: boolean): SpecialTarget {
  return (BRACKET - 2 * bracket - (isStop ? 1 : 0)) as SpecialTarget;
}

/** The bracket whose begin or end `target` is; negative for everything else. */
export function bracketOfTarget(target: Target): BracketIndex {
  return (target <= BRACKET && target > HOST ? (BRACKET - target) >> 1 : -1) as BracketIndex;
}

/** Whether a target of a bracket is where it ends. */
export function isStopTarget(target: Target): boolean {
  return ((BRACKET - target) & 1) === 1;
}

/** Datum that a loader will find: its address is in imported global `k`. */
export function hostTarget(k: number): SpecialTarget {
  return (HOST - k) as SpecialTarget;
}

/** Number of the imported global that holds the address of a datum of the host; negative for everything else. */
export function hostGlobalOf(target: Target): number {
  return target <= HOST ? HOST - target : -1;
}
