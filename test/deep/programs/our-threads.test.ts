/** Shared memory and thread-local variables through clang and our linker, in two worker threads. */
import { expect, test } from '@jest/globals';
import { ourLinker } from '../../harness/external/our-linker.ts';
import { describeThreads } from './run-threads.ts';

const narrow = await describeThreads('our linker', () => ourLinker);
const wide = await describeThreads('our linker', () => ourLinker, 64);

test('both threads were looked at, with either width of addresses', () => {
  expect(narrow.done).toEqual(narrow.planned);
  expect(wide.done).toEqual(wide.planned);
});
