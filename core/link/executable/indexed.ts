/**
 * A link with every index final: the record that assign-indexes.ts makes, and the look-ups from numbers of the link to those of
 * the output.
 *
 * Shapes and look-ups only. Invariant: nothing changes a number afterwards, so minimal LEBs are safe.
 */
import { assert } from '../../support/assert.ts';
import type { ObjectId, ObjTypeIndex, OutIndex, OutTypeIndex, Space } from '../input/index-spaces.ts';
import type { ObjectTable, SignatureKey } from '../input/object-file.ts';
import type { IndirectTable } from '../layout/indirect-table.ts';
import type { Placed } from '../layout/layout-data.ts';
import type { TypeList } from '../sections/type-list.ts';
import type { FuncId, GlobalId, TableId, TagId } from '../symbols/targets.ts';
import type { Synthetics } from './synthesize.ts';

/** What is decided before anything has an index. */
export interface Decided {
  readonly placed: Placed;
  readonly table: IndirectTable;
  readonly synthetics: Synthetics;
  /** Features of the output. */
  readonly features: readonly string[];
}

/** Final indexes of everything in the output. */
export interface Indexed extends Decided {
  readonly phase: 'indexed';
  /** Types of the output. */
  readonly types: TypeList<OutTypeIndex>;
  /** Per object: output type index by its type index; -1 for types the output does not have. */
  readonly objectTypes: readonly Int32Array[];
  /** Imported functions, in order. */
  readonly imports: readonly FuncId[];
  /** Functions with a body, in order; wrappers come behind them. */
  readonly defined: readonly FuncId[];
  /** Type of each defined function, then of each wrapper. */
  readonly definedTypes: readonly OutTypeIndex[];
  /** By FuncId; -1 for what is not in the output, here and below. */
  readonly funcIndex: Int32Array;
  /** By GlobalId. */
  readonly globalIndex: Int32Array;
  /** Of the first global of Synthetics.addressGlobals. */
  readonly addressGlobalBase: OutIndex<'global'>;
  /** Of the first global of Synthetics.exportGlobals. */
  readonly exportGlobalBase: OutIndex<'global'>;
  /** By TableId. */
  readonly tableIndex: Int32Array;
  /** By position in NumberedSymbols.tableImports. */
  readonly importedTables: readonly (ObjectTable | null)[];
  /** By TagId. */
  readonly tagIndex: Int32Array;
}

/** Index of a function; -1 if it is not in the output, here and below. */
export function funcIndexOf({ funcIndex }: Indexed, id: FuncId): OutIndex<'function'> {
  return (funcIndex[id] ?? -1) as OutIndex<'function'>;
}

/** Index of a global. */
export function globalIndexOf({ globalIndex }: Indexed, id: GlobalId): OutIndex<'global'> {
  return (globalIndex[id] ?? -1) as OutIndex<'global'>;
}

/** Index of a table. */
export function tableIndexOf({ tableIndex }: Indexed, id: TableId): OutIndex<'table'> {
  return (tableIndex[id] ?? -1) as OutIndex<'table'>;
}

/** Index of a tag. */
export function tagIndexOf({ tagIndex }: Indexed, id: TagId): OutIndex<'tag'> {
  return (tagIndex[id] ?? -1) as OutIndex<'tag'>;
}

/** Index of a type of object `o`. */
export function typeIndexOf({ objectTypes }: Indexed, o: ObjectId, type: ObjTypeIndex): OutTypeIndex {
  return objectTypes[o]![type]! as OutTypeIndex;
}

/** Signature of a function that has a body. */
export function signatureOfDefined(indexed: Indexed, id: FuncId): SignatureKey {
  const { types, definedTypes, imports } = indexed;
  return types.keys[definedTypes[funcIndexOf(indexed, id) - imports.length]!]!;
}

/** `index`, which the output must have. */
export function known<I extends OutIndex<Space> | OutTypeIndex>(index: I): I {
  assert(index >= 0, 'a relocation reaches something that is not in the output');
  return index;
}
