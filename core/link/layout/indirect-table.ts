/**
 * Table slots of functions whose address is taken.
 *
 * Owns the map FuncId -> slot. Slot 0 stays empty, so that a null function pointer traps. Order: functions whose address
 * code and then data of the unit takes, in update order, then those the objects take. One function has one slot, however
 * many navs or symbols name it. Invariant: only live code and data can take an address, so nothing dead is in the table.
 */
import type { NavIndex } from '../../intern/keys.ts';
import { SymbolKind } from '../../wasm/kinds.ts';
import { WANTS_SLOT } from '../../wasm/relocations.ts';
import type { LiveSet } from '../live/find-roots.ts';
import type { LoweredData } from '../unit/lower-data.ts';
import { FIXUP_WORDS, FixupKind } from '../unit/lower-data.ts';
import type { FuncId } from '../symbols/number-symbols.ts';
import type { RelocTable } from '../input/object-file.ts';

/** See the file header. */
export interface IndirectTable {
  /** Slot by FuncId, 0 = none. */
  readonly slotOf: Uint32Array;
  /** Slot of the first of `funcs`. */
  readonly base: number;
  /** Functions from `base` on. */
  readonly funcs: readonly FuncId[];
}

/** Gives slots in the order of the file header. */
export function assignSlots(live: LiveSet, base: number): IndirectTable {
  const { symbols } = live;
  const { table, navTarget, navDataBase, funcBase, segmentBase, symbolTarget, extras, extraBase } = symbols;
  const slotOf = new Uint32Array(live.funcs.length);
  const funcs: FuncId[] = [];
  const take = (id: number): void => {
    if (id < 0 || slotOf[id] !== 0) return;
    if (id >= extraBase) {
      const { role } = extras[id - extraBase]!;
      if (role === 'undefined_weak' || role === 'undefined') return;
    }
    slotOf[id] = base + funcs.length;
    funcs.push(id as FuncId);
  };
  const takeFixups = (lowered: LoweredData): void => {
    const { fixups } = lowered;
    for (let i = 0; i < fixups.length; i += FIXUP_WORDS) {
      if (fixups[i + 1] === FixupKind.slot) take(navTarget[fixups[i + 2]! as NavIndex]!);
    }
  };
  const { state } = table;
  if (state) {
    state.funcs.values.forEach((func, id) => {
      if (live.funcs[id] === 1) for (const nav of func.indirectFunctionSet) take(navTarget[nav]!);
    });
    state.data.values.forEach((record, i) => {
      if (live.data[navDataBase + i] === 1) takeFixups(record.lowered);
    });
    for (const uav of live.uavs) takeFixups(uav.lowered);
  }
  table.objects.forEach((object, o) => {
    const targets = symbolTarget[o]!;
    const takeRelocs = (relocs: RelocTable, from: number, to: number): void => {
      for (let r = from; r < to; r++) {
        if (WANTS_SLOT[relocs.type[r]!] === 1) take(targets[relocs.index[r]!]!);
      }
    };
    if (!object.takesAddress) return;
    for (let f = 0; f < object.funcTypes.length; f++) {
      if (live.funcs[funcBase[o]! + f] === 0) continue;
      takeRelocs(object.codeRelocs, object.funcRelocs[f]!, object.funcRelocs[f + 1]!);
    }
    for (let s = 0; s < object.segments.length; s++) {
      if (live.data[segmentBase[o]! + s] === 0) continue;
      takeRelocs(object.dataRelocs, object.segmentRelocs[s]!, object.segmentRelocs[s + 1]!);
    }
  });
  for (const { kind, target } of live.addressGlobals) if (kind === SymbolKind.function) take(target);
  return { slotOf, base, funcs };
}
