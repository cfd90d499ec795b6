/**
 * Final addresses: of data targets, of constants of the unit, and of the names whose address only the layout knows.
 *
 * Owns the meaning of each special value of a target. Every function here is a look-up; the layout has decided everything.
 */
import type { IpIndex } from '../../intern/keys.ts';
import { assert } from '../../support/assert.ts';
import type { Placed } from './layout-data.ts';
import { dataAddressOf } from './layout-data.ts';
import type { ProvidedData } from '../symbols/provided-symbols.ts';
import type { DataId } from '../symbols/targets.ts';
import { bracketOfTarget, isDefinition, isStopTarget, providedOf, Target } from '../symbols/targets.ts';

/** Address of a data target plus `offset` plus `addend`; an undefined weak symbol is 0 without the addend. */
export function addressOf(placed: Placed, target: Target, offset: number, addend: number): number {
  if (isDefinition(target)) return dataAddressOf(placed, target as DataId, offset) + addend;
  if (target === Target.null) return 0;
  if (target === Target.absolute) return offset + addend;
  const bracket = bracketOfTarget(target);
  if (bracket >= 0) {
    const { start, end } = placed.brackets[bracket]!;
    return (isStopTarget(target) ? end : start) + offset + addend;
  }
  const name = providedOf(target);
  assert(name !== null, 'undefined symbols have been reported');
  return providedAddress(placed, name) + offset + addend;
}

/** Address of the constant `value` plus `offset`. */
export function uavAddressOf(placed: Placed, value: IpIndex, offset: number): number {
  return placed.uavAddress[placed.live.uavPosition.get(value)!]! + offset;
}

function providedAddress({ memory, tableBase }: Placed, name: ProvidedData): number {
  switch (name) {
    case '__heap_base':
      return memory.heapBase;
    case '__heap_end':
      return memory.heapEnd;
    case '__data_end':
      return memory.dataEnd;
    case '__global_base':
    case '__dso_handle':
      return memory.dataStart;
    case '__stack_low':
      return memory.stackLow;
    case '__stack_high':
      return memory.stackPointer;
    case '__memory_base':
      return 0;
    case '__table_base':
      return tableBase;
    case '__wasm_first_page_end':
      return memory.pageSize;
  }
}
