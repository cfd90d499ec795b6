/** Mistakes in a compilation that is kept while navs come and go, planted in a copy of the built core. */
import { expect, test } from '@jest/globals';
import { loadChecks } from '../../../harness/check/checks.ts';
import { hunt } from './hunt.ts';
import { LIVING_BUGS } from './living-bugs.ts';

const checks = await loadChecks(['reflush']);

test.each(LIVING_BUGS.map((bug) => [bug.name, bug] as const))('%s is found', async (_name, bug) => {
  expect(await hunt(bug, { profile: 'default', checks, every: true })).not.toEqual([]);
});
