/** Shared memory and thread-local variables through clang and wasm-ld, in two worker threads. */
import { expect, test } from '@jest/globals';
import { wasmLdLinker } from '../../../harness/external/c-program.ts';
import { describeThreads } from './run-threads.ts';

const narrow = await describeThreads('wasm-ld', wasmLdLinker);
const wide = await describeThreads('wasm-ld', wasmLdLinker, 64);

test('both threads were looked at, with either width of addresses', () => {
  expect(narrow.done).toEqual(narrow.planned);
  expect(wide.done).toEqual(wide.planned);
});
