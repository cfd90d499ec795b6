/**
 * The numbers of the output: types, functions, globals.
 *
 * Owns the order. Types by first use (imports, functions, then what only indirect calls mention); functions: imports, unit
 * in update order, objects in input order, synthetic ones; globals: stack pointer, objects', address globals. Invariant:
 * runs last before writing; nothing changes a number afterwards, so minimal LEBs are safe.
 */
import type { IpIndex } from '../intern/keys.ts';
import { RELOCATIONS } from '../wasm/relocations.ts';
import type { IndirectTable } from './indirect-table.ts';
import type { Placed } from './layout-data.ts';
import type { FuncId } from './number-symbols.ts';
import { STACK_POINTER } from './number-symbols.ts';
import type { ParsedObject, SignatureKey } from './object-file.ts';
import type { Synthetics } from './synthesize.ts';

/** See the file header. */
export interface Indexed {
  readonly phase: 'indexed';
  readonly placed: Placed;
  readonly table: IndirectTable;
  readonly synthetics: Synthetics;
  /** Types of the output, in order. */
  readonly types: readonly SignatureKey[];
  /** Output type index by signature. */
  readonly typeIndex: ReadonlyMap<SignatureKey, number>;
  /** Per object: output type index by its type index; -1 for types the output does not have. */
  readonly objectTypes: readonly Int32Array[];
  /** Imported functions, in order. */
  readonly imports: readonly FuncId[];
  /** Functions with a body, in order. */
  readonly defined: readonly FuncId[];
  /** Type index of each defined function. */
  readonly definedTypes: readonly number[];
  /** Output function index by FuncId; -1 for what is not in the output. */
  readonly funcIndex: Int32Array;
  /** Output global index by GlobalId; -1 for what is not in the output. */
  readonly globalIndex: Int32Array;
  /** Output index of the first address global. */
  readonly addressGlobalBase: number;
}

/** Numbers everything that is live. */
export function assignIndexes(placed: Placed, table: IndirectTable, synthetics: Synthetics): Indexed {
  const { live } = placed;
  const { symbols } = live;
  const { objects, state } = symbols.table;
  const { unitFuncs, extraBase, extras } = symbols;
  const types: SignatureKey[] = [];
  const typeIndex = new Map<SignatureKey, number>();
  const needType = (key: SignatureKey): number => {
    let index = typeIndex.get(key);
    if (index === undefined) {
      index = types.length;
      types.push(key);
      typeIndex.set(key, index);
    }
    return index;
  };
  const funcIndex = new Int32Array(live.funcs.length).fill(-1);
  const imports: FuncId[] = [];
  extras.forEach((extra, i) => {
    const id = extraBase + i;
    if (live.funcs[id] === 0 || extra.origin === null) return;
    funcIndex[id] = imports.length;
    imports.push(id as FuncId);
    needType(extra.signature);
  });
  const defined: FuncId[] = [];
  const definedTypes: number[] = [];
  const define = (id: number, key: SignatureKey): void => {
    funcIndex[id] = imports.length + defined.length;
    defined.push(id as FuncId);
    definedTypes.push(needType(key));
  };
  for (let id = 0; id < unitFuncs; id++) {
    if (live.funcs[id] === 1) define(id, state!.signature(state!.funcs.values[id]!.funcTypes[0]! as IpIndex));
  }
  objects.forEach((object, o) => {
    const base = symbols.funcBase[o]!;
    for (let f = 0; f < object.funcTypes.length; f++) {
      if (live.funcs[base + f] === 1) define(base + f, object.types[object.funcTypes[f]!]!);
    }
  });
  for (const { id } of synthetics.funcs) define(id, extras[id - extraBase]!.signature);
  for (let id = 0; id < unitFuncs; id++) {
    if (live.funcs[id] === 0) continue;
    const { funcTypes } = state!.funcs.values[id]!;
    for (let i = 1; i < funcTypes.length; i++) needType(state!.signature(funcTypes[i]! as IpIndex));
  }
  const objectTypes = objects.map((object, o) => {
    const base = symbols.funcBase[o]!;
    return needRelocTypes(object, (f) => live.funcs[base + f] === 1, needType);
  });
  const globalIndex = new Int32Array(live.globals.length).fill(-1);
  let globalCount = 0;
  if (synthetics.stackPointer) globalIndex[STACK_POINTER] = globalCount++;
  for (let g = 1; g < live.globals.length; g++) if (live.globals[g] === 1) globalIndex[g] = globalCount++;
  return {
    phase: 'indexed',
    placed,
    table,
    synthetics,
    types,
    typeIndex,
    objectTypes,
    imports,
    defined,
    definedTypes,
    funcIndex,
    globalIndex,
    addressGlobalBase: globalCount,
  };
}

/** Types that relocations of live functions mention. */
function needRelocTypes(
  object: ParsedObject,
  isLive: (func: number) => boolean,
  needType: (key: SignatureKey) => number,
): Int32Array {
  const { codeRelocs: relocs, funcRelocs } = object;
  const indexes = new Int32Array(object.types.length).fill(-1);
  for (let f = 0; f < object.funcTypes.length; f++) {
    if (!isLive(f)) continue;
    for (let r = funcRelocs[f]!; r < funcRelocs[f + 1]!; r++) {
      if (RELOCATIONS[relocs.type[r]!]!.target !== 'type') continue;
      const type = relocs.index[r]!;
      indexes[type] = needType(object.types[type]!);
    }
  }
  return indexes;
}
