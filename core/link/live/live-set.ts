/**
 * What the output contains: the record that marking leaves.
 *
 * Shapes, and the questions that later phases ask. Invariant: nothing is added to it and nothing leaves it.
 */
import type { IpIndex } from '../../intern/keys.ts';
import type { AddressGlobal } from '../symbols/address-globals.ts';
import type { NumberedSymbols } from '../symbols/numbered-symbols.ts';
import type { SymbolEntry } from '../symbols/symbol-table.ts';
import type { DataId, FuncId, Target } from '../symbols/targets.ts';
import type { LoweredData } from '../unit/lower-data.ts';

/** A constant of the unit that the output contains. */
export interface LiveUav {
  readonly value: IpIndex;
  readonly lowered: LoweredData;
  /** Greatest explicit alignment any reference asks for, 0 = none. */
  align: number;
  /** Instructions that take its address. */
  uses: number;
}

/** One export of the output; data becomes a global that holds its address. */
export interface Export {
  readonly name: string;
  /** Name of the symbol, which is the same for all that have no export name of their own. */
  readonly symbol: string;
  /** ExternalKind: function, table, global or tag. */
  readonly kind: number;
  /** FuncId, TableId, GlobalId or TagId as `kind` says; of data, with `isData`: DataId or a special value. */
  readonly target: Target;
  readonly isData: boolean;
  /** Data: bytes after the target. */
  readonly offset: number;
}

/** What is reachable from the roots. */
export interface LiveSet {
  readonly phase: 'live';
  readonly symbols: NumberedSymbols;
  /** 1 for each FuncId that the output contains. */
  readonly funcs: Uint8Array;
  /** 1 for each DataId that the output contains. */
  readonly data: Uint8Array;
  /** Instructions that take the address of each DataId. */
  readonly dataUses: Uint32Array;
  /** 1 for each GlobalId that the output contains. */
  readonly globals: Uint8Array;
  readonly tables: Uint8Array;
  readonly tags: Uint8Array;
  /** 1 for each object of which something is reached, or that was no lazy input. */
  readonly included: Uint8Array;
  readonly uavs: readonly LiveUav[];
  /** Position in `uavs` by interned value. */
  readonly uavPosition: ReadonlyMap<IpIndex, number>;
  readonly addressGlobals: readonly AddressGlobal[];
  /** Position in `addressGlobals` by addressGlobalKey. */
  readonly addressGlobalPosition: ReadonlyMap<string, number>;
  /** Undefined names whose address, which is 0, something in the output takes; null: all of them, as nothing is collected. */
  readonly nulls: ReadonlySet<SymbolEntry> | null;
  /** The output needs the function table even if no slot is used. */
  readonly usesTable: boolean;
  readonly exports: readonly Export[];
  /** The function table is exported, whatever else is. */
  readonly exportsTable: boolean;
  /** How many of `exports` come before the function table, if that is exported. */
  readonly tablePlace: number;
  /** Constructors, in the order they run. */
  readonly initFuncs: readonly FuncId[];
  /** The function that ends a command, or -1. */
  readonly callDtors: FuncId;
  /** Each exported function runs the constructors first, because nothing else does. */
  readonly wrapsExports: boolean;
}

/** Whether the output contains a function. */
export function hasFunc({ funcs }: LiveSet, id: FuncId): boolean {
  return funcs[id] === 1;
}

/** Whether the output contains a datum. */
export function hasData({ data }: LiveSet, id: DataId): boolean {
  return data[id] === 1;
}
