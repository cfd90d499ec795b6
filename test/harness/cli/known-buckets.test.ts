/** A bucket that was known and fails now and then does not decide the exit code; any other does. */
import { expect, test } from '@jest/globals';
import { withoutFlaky } from '../../../harness/cli/known-buckets.ts';

const STANDING = { new: ['a'], known: ['b', 'c'], fixed: [], quiet: [], flaky: ['c'] };

test('only what is known and flaky is left out', () => {
  const buckets = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];
  expect(withoutFlaky(buckets, STANDING).map(({ id }) => id)).toEqual(['a', 'b']);
  expect(withoutFlaky([{ id: 'c' }], STANDING)).toEqual([]);
  expect(withoutFlaky(buckets, null)).toHaveLength(3);
});
