/**
 * What the functions and data of a unit mention, in order of first mention: what an object of the unit must say.
 *
 * Owns the walk along the summaries of functions and the fixups of data; nothing is collected away, every function and datum
 * of the state counts. Knows nothing of objects. Invariant: each thing is listed once.
 */
import { isFunctionNav } from '../../air/unit.ts';
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import { NAV_WORDS, UAV_WORDS } from '../../mir/mir.ts';
import type { LoweredData } from './lower-data.ts';
import { FIXUP_WORDS, FixupKind } from './lower-data.ts';
import type { LinkState } from './state.ts';

export interface UnitReferences {
  /** Function navs that are mentioned and not defined. */
  readonly importedFuncs: readonly NavIndex[];
  readonly importedData: readonly NavIndex[];
  /** Rows of INTRINSICS. */
  readonly intrinsics: readonly number[];
  readonly uavs: ReadonlyMap<IpIndex, UavReference>;
  /** The address of some function is taken. */
  readonly takesAddress: boolean;
}

/** A constant, and the greatest explicit alignment that anyone asks for (0 = none). */
interface UavReference {
  readonly lowered: LoweredData;
  align: number;
}

/** Everything that is mentioned. */
export function collectReferences(state: LinkState): UnitReferences {
  const { navs } = state.unit;
  const importedFuncs: NavIndex[] = [];
  const importedData: NavIndex[] = [];
  const intrinsics = new Set<number>();
  const uavs = new Map<IpIndex, UavReference>();
  const pending: LoweredData[] = [];
  const seen = new Uint8Array(navs.length);
  let takesAddress = false;
  const needNav = (nav: NavIndex): void => {
    if (seen[nav] === 1) return;
    seen[nav] = 1;
    if (isFunctionNav(navs[nav]!)) {
      if (state.funcs.indexOf(nav) < 0) importedFuncs.push(nav);
    } else if (state.data.indexOf(nav) < 0 && state.hasBits(nav)) {
      importedData.push(nav);
    }
  };
  const needSlot = (nav: NavIndex): void => {
    needNav(nav);
    takesAddress = true;
  };
  const needUav = (value: IpIndex, align: number): void => {
    const known = uavs.get(value);
    if (known) {
      if (align > known.align) known.align = align;
      return;
    }
    const lowered = state.uavs.get(value)!;
    uavs.set(value, { lowered, align });
    pending.push(lowered);
  };
  const needFixups = ({ fixups }: LoweredData): void => {
    for (let i = 0; i < fixups.length; i += FIXUP_WORDS) {
      const target = fixups[i + 2]!;
      if (fixups[i + 1] === FixupKind.uav) needUav(target as IpIndex, fixups[i + 4]!);
      else if (fixups[i + 1] === FixupKind.slot) needSlot(target as NavIndex);
      else needNav(target as NavIndex);
    }
  };
  for (const func of state.funcs.values) {
    for (let i = 0; i < func.navs.length; i += NAV_WORDS) needNav(func.navs[i]! as NavIndex);
    for (const nav of func.indirectFunctionSet) needSlot(nav as NavIndex);
    for (const row of func.intrinsics) intrinsics.add(row);
    for (let i = 0; i < func.uavs.length; i += UAV_WORDS) needUav(func.uavs[i]! as IpIndex, func.uavs[i + 1]!);
  }
  for (const record of state.data.values) needFixups(record.lowered);
  for (let i = 0; i < pending.length; i++) needFixups(pending[i]!);
  return { importedFuncs, importedData, intrinsics: [...intrinsics], uavs, takesAddress };
}
