/**
 * What the memories of all inputs must agree on: the width of addresses, and the size of pages.
 *
 * Owns the comparison. How large a memory is follows from the layout, whatever an input says.
 */
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import type { ParsedObject } from '../input/object-file.ts';
import type { LinkOptions } from '../options/options.ts';
import type { LinkState } from '../unit/state.ts';

/** Whether addresses are 64 bits wide; reports inputs that disagree with it, or with the size of pages. */
export function checkMemories(
  state: LinkState | null,
  objects: readonly ParsedObject[],
  { wasm64, pageSize }: Pick<LinkOptions, 'wasm64' | 'pageSize'>,
  diags: Diagnostics,
): boolean {
  const first = objects.find((object) => object.memory !== null);
  const is64 = wasm64 ?? (state ? state.unit.pool.target.ptrBits === 64 : (first?.memory?.is64 ?? false));
  for (const { memory, file } of objects) {
    if (memory === null) continue;
    if (memory.pageSize !== null && memory.pageSize !== pageSize) {
      diags.error('page_size_mismatch', { found: memory.pageSize, need: pageSize }, { in: 'file', file });
    }
    if (memory.is64 === is64) continue;
    const args = memory.is64 ? { found: 'wasm64', need: 'wasm32' } : { found: 'wasm32', need: 'wasm64' };
    diags.error('address_width_mismatch', args, { in: 'file', file });
  }
  return is64;
}
