/** Whether a program asks for more memory while it runs. A link that limits memory would change what it does. */
import type { Unit } from '../../core/index.ts';
import { TAG } from '../../core/index.ts';

/** Whether a function of `unit` has a `wasm_memory_grow`. */
export function growsMemory(unit: Unit): boolean {
  return unit.navs.some(({ body }) => body !== null && body.tags.includes(TAG.wasm_memory_grow));
}
