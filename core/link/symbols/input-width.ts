/**
 * How wide the addresses of a link will be, as far as its inputs say before they are resolved.
 *
 * For whoever has to choose inputs by it; the resolver checks that all inputs agree. Archives are not opened: a link of
 * nothing else says so itself, or is a link of 32-bit objects.
 */
import { INDIRECT_TABLE } from './provided-symbols.ts';
import type { ResolveInput } from './symbol-table.ts';

/** Whether addresses are 64 bits wide: as `wasm64` says, or as the first object with a memory does. */
export function inputsAre64(inputs: readonly ResolveInput[], wasm64: boolean | null): boolean {
  if (wasm64 !== null) return wasm64;
  for (const input of inputs) if ('object' in input && input.object.memory !== null) return input.object.memory.is64;
  return false;
}

/** Whether some object wants a function table with 64-bit slots: what is written to be linked with it has to want the same. */
export function inputsHaveTable64(inputs: readonly ResolveInput[]): boolean {
  return inputs.some((input) => {
    if (!('object' in input)) return false;
    return input.object.tableImports.some(({ field, is64 }) => field === INDIRECT_TABLE && is64);
  });
}
