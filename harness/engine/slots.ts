/**
 * The function table of a module, read from its bytes: programs do not change it, so no engine has to be asked.
 */
import { functionExports, functionNames, tableElements } from '../wasm/module-reader.ts';
import type { Slot } from './door.ts';

/** Slots that the module fills, by number. */
export function slotsOf(bytes: Uint8Array): ReadonlyMap<number, Slot> {
  const names = namesByIndex(bytes);
  const slots = new Map<number, Slot>();
  for (const [slot, index] of tableElements(bytes)) slots.set(slot, { index, names: names.get(index) ?? [] });
  return slots;
}

/** Names that the outside can know each function by. */
function namesByIndex(bytes: Uint8Array): ReadonlyMap<number, readonly string[]> {
  const names = new Map<number, string[]>();
  const add = (index: number, name: string): void => {
    const list = names.get(index);
    if (list === undefined) names.set(index, [name]);
    else if (!list.includes(name)) list.push(name);
  };
  for (const [index, name] of functionNames(bytes)) add(index, name);
  for (const [name, index] of functionExports(bytes)) add(index, name);
  return names;
}
