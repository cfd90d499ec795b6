/**
 * Final addresses: of data targets, of constants of the unit, and of the names whose address only the layout knows.
 *
 * Owns the meaning of each Target value. Every function here is a look-up; the layout has decided everything.
 */
import type { IpIndex } from '../../intern/keys.ts';
import { assert } from '../../support/assert.ts';
import type { Placed } from './layout-data.ts';
import { dataAddressOf } from './layout-data.ts';
import type { ProvidedData } from '../symbols/linker-symbols.ts';
import { PROVIDED_DATA, Target } from '../symbols/linker-symbols.ts';

/** Address of a data target plus `offset` plus `addend`; an undefined weak symbol is 0 without the addend. */
export function addressOf(placed: Placed, target: number, offset: number, addend: number): number {
  if (target >= 0) return dataAddressOf(placed, target, offset) + addend;
  if (target === Target.null) return 0;
  if (target === Target.absolute) return offset + addend;
  if (target <= Target.bracket) {
    const { start, end } = placed.brackets[(Target.bracket - target) >> 1]!;
    return (((Target.bracket - target) & 1) === 0 ? start : end) + offset + addend;
  }
  assert(target <= Target.provided, 'undefined symbols have been reported');
  return providedAddress(placed, PROVIDED_DATA[Target.provided - target]!) + offset + addend;
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
