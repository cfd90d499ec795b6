/**
 * Mistakes that change nothing that a program does, planted in a copy of the built core: the check `layout` finds each in the
 * cases of the default profile.
 */
import { expect, test } from '@jest/globals';
import { loadChecks } from '../../../harness/check/checks.ts';
import { hunt } from './hunt.ts';
import { LAYOUT_BUGS } from './layout-bugs.ts';

const checks = await loadChecks(['layout']);

test.each(LAYOUT_BUGS.map((bug) => [bug.name, bug] as const))('%s is found', async (_name, bug) => {
  const [bucket] = await hunt(bug, { profile: 'default', checks });
  expect(bucket).toMatch(/^(linker|object-writer)\/layout\/layout\//);
});
