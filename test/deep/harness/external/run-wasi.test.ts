/** A command with megabytes of memory, run again and again in one process: node:wasi has a fault that ended the process. */
import { expect, test } from '@jest/globals';
import { commandInputs, wasmLdLinker } from '../../../../harness/external/c-program.ts';
import { runWasi } from '../../../../harness/external/run-wasi.ts';
import { describeLlvm } from '../../../harness/external/describe-llvm.ts';

const SOURCE = `#include <stdio.h>
int main(void) { for (int i = 0; i < 2000; i++) { printf("%d ", i); fflush(stdout); } return 0; }`;

await describeLlvm('a command that is repeated', (llvm) => {
  test('with megabytes of memory does not kill the process', () => {
    const { stderr, files } = llvm.clang(['-O1', '-c', 'a.c', '-o', 'a.o'], { 'a.c': SOURCE });
    expect(stderr).toBe('');
    const inputs = commandInputs(llvm, 'c', [{ name: 'a.o', bytes: files.get('a.o')! }]);
    const loud = wasmLdLinker(llvm)(inputs, ['--initial-memory=16777216']).module!;
    const lengths = Array.from({ length: 150 }, () => runWasi(loud).stdout.length);
    expect(new Set(lengths)).toEqual(new Set([8890]));
  });
});
