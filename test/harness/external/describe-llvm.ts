/**
 * Registers tests that need LLVM, or one skipped test that says why there are none.
 */
import { describe, test } from '@jest/globals';
import type { Llvm } from '../../../harness/external/llvm.ts';
import { LLVM_ABSENT, loadLlvm } from '../../../harness/external/llvm.ts';

/** What tests of a shared body were there, and which of them came to their end: equal if nothing was passed over. */
export interface Compared {
  readonly planned: string[];
  readonly done: string[];
}

/** A `describe` whose body gets LLVM; await it at the top level of a test file. */
export async function describeLlvm(what: string, body: (llvm: Llvm) => void): Promise<void> {
  const llvm = await loadLlvm();
  describe(what, () => {
    if (llvm === null) test.skip(LLVM_ABSENT, () => undefined);
    else body(llvm);
  });
}
