/**
 * The linkers of this machine that nobody here wrote.
 */
import { loadLlvm } from '../external/llvm.ts';
import type { ForeignLinker } from './foreign-linker.ts';
import { lldLinkers } from './lld.ts';
import { zigLinkers } from './zig-linker.ts';

/** LLD in each version that is there, then Zig's own. */
export async function installedLinkers(): Promise<readonly ForeignLinker[]> {
  return [...lldLinkers(await loadLlvm()), ...zigLinkers()];
}
