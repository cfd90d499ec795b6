/**
 * Table slots of functions whose address is taken.
 *
 * Owns the map FuncId -> slot. Slot 0 stays empty, so that a null function pointer traps. Order: functions whose address
 * code and then data of the unit takes, in update order, then those the objects take. One function has one slot, however
 * many navs or symbols name it. Invariant: only live code and data can take an address, so nothing dead is in the table.
 */
import { eachObject } from '../input/each-object.ts';
import type { NavIndex } from '../../intern/keys.ts';
import { SymbolKind } from '../../wasm/kinds.ts';
import { WANTS_SLOT } from '../../wasm/relocations.ts';
import type { ObjDefined, ObjectId, ObjSegIndex, ObjSymIndex, Slot } from '../input/index-spaces.ts';
import type { RelocTable } from '../input/object-file.ts';
import type { LiveSet } from '../live/live-set.ts';
import { hasData, hasFunc } from '../live/live-set.ts';
import type { NumberedSymbols } from '../symbols/numbered-symbols.ts';
import { dataId, funcId, isAbsent, navTargetOf, targetOf } from '../symbols/numbered-symbols.ts';
import type { DataId, FuncId, Target } from '../symbols/targets.ts';
import { isDefinition } from '../symbols/targets.ts';
import type { LoweredData } from '../unit/lower-data.ts';
import { FIXUP_WORDS, FixupKind } from '../unit/lower-data.ts';

/** The functions that the table holds. */
export interface IndirectTable {
  /** Slot by FuncId, 0 = none. Read it with {@link slotOf}. */
  readonly slots: Uint32Array;
  /** Slot of the first of `funcs`. */
  readonly base: Slot;
  /** Functions from `base` on. */
  readonly funcs: readonly FuncId[];
}

/** Slot of a function; 0 if it has none, or if nothing defines it. */
export function slotOf({ slots }: IndirectTable, target: Target): Slot {
  return (slots[target] ?? 0) as Slot;
}

/** Gives slots in the order that is described at the top of this file. */
export function assignSlots(live: LiveSet, base: number): IndirectTable {
  const { symbols } = live;
  const taker = new SlotTaker(symbols, base as Slot, live.funcs.length);
  if (symbols.table.state) takeInUnit(live, taker);
  eachObject(symbols.table.objects, (object, o) => {
    if (!object.takesAddress) return;
    const { codeRelocs, funcRelocs, dataRelocs, segmentRelocs } = object;
    for (let f = 0; f < object.funcTypes.length; f++) {
      if (!hasFunc(live, funcId(symbols, o, f as ObjDefined<'function'>))) continue;
      taker.takeRelocs(o, codeRelocs, funcRelocs[f]!, funcRelocs[f + 1]!);
    }
    for (let s = 0; s < object.segments.length; s++) {
      if (!hasData(live, dataId(symbols, o, s as ObjSegIndex))) continue;
      taker.takeRelocs(o, dataRelocs, segmentRelocs[s]!, segmentRelocs[s + 1]!);
    }
  });
  for (const { kind, target } of live.addressGlobals) if (kind === SymbolKind.function) taker.take(target);
  return taker;
}

function takeInUnit(live: LiveSet, taker: SlotTaker): void {
  const { symbols } = live;
  const { funcs, data } = symbols.table.state!;
  funcs.values.forEach((func, id) => {
    if (!hasFunc(live, id as FuncId)) return;
    for (const nav of func.indirectFunctionSet) taker.take(navTargetOf(symbols, nav as NavIndex));
  });
  data.values.forEach((record, i) => {
    if (hasData(live, (symbols.navDataBase + i) as DataId)) taker.takeFixups(record.lowered);
  });
  for (const uav of live.uavs) taker.takeFixups(uav.lowered);
}

/** The table while it grows. */
class SlotTaker implements IndirectTable {
  readonly slots: Uint32Array;
  readonly base: Slot;
  readonly funcs: FuncId[] = [];
  readonly #symbols: NumberedSymbols;

  constructor(symbols: NumberedSymbols, base: Slot, funcCount: number) {
    this.#symbols = symbols;
    this.base = base;
    this.slots = new Uint32Array(funcCount);
  }

  /** The address of a function that is not there is null. */
  take(target: Target): void {
    if (!isDefinition(target) || this.slots[target] !== 0) return;
    const id = target as FuncId;
    if (isAbsent(this.#symbols, id)) return;
    this.slots[id] = this.base + this.funcs.length;
    this.funcs.push(id);
  }

  takeFixups({ fixups }: LoweredData): void {
    for (let i = 0; i < fixups.length; i += FIXUP_WORDS) {
      if (fixups[i + 1] === FixupKind.slot) this.take(navTargetOf(this.#symbols, fixups[i + 2]! as NavIndex));
    }
  }

  takeRelocs(o: ObjectId, relocs: RelocTable, from: number, to: number): void {
    for (let r = from; r < to; r++) {
      if (WANTS_SLOT[relocs.type[r]!] === 1) this.take(targetOf(this.#symbols, o, relocs.index[r]! as ObjSymIndex));
    }
  }
}
