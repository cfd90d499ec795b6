/**
 * Registers tests that need LLVM, or one skipped test that says why there are none.
 */
import { describe, test } from '@jest/globals';
import type { Llvm } from '../../harness/external/llvm.ts';
import { LLVM_ABSENT, loadLlvm } from '../../harness/external/llvm.ts';

/** A `describe` whose body gets LLVM; await it at the top level of a test file. */
export async function describeLlvm(what: string, body: (llvm: Llvm) => void): Promise<void> {
  const llvm = await loadLlvm();
  describe(what, () => {
    if (llvm === null) test.skip(LLVM_ABSENT, () => undefined);
    else body(llvm);
  });
}
