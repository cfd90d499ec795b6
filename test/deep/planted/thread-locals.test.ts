/** Mistakes with thread-local data of units, planted in a copy of the built core. */
import { expect, test } from '@jest/globals';
import { loadChecks } from '../../../harness/check/checks.ts';
import { hunt } from './hunt.ts';
import { THREAD_LOCAL_BUGS } from './thread-local-bugs.ts';

test.each(THREAD_LOCAL_BUGS.map((bug) => [bug.name, bug] as const))('%s is found', async (_name, bug) => {
  const checks = await loadChecks(['validate', 'interp-exe', 'exe-linked', 'exe-split']);
  expect(await hunt(bug, { profile: 'thread-locals', checks })).not.toEqual([]);
});
