/** Mistakes about relocations that are kept, planted in a copy of the built core: the check `layout` reads them back. */
import { expect, test } from '@jest/globals';
import { loadChecks } from '../../../harness/check/checks.ts';
import { EMITTED_BUGS } from './emitted-bugs.ts';
import { hunt } from './hunt.ts';

const checks = await loadChecks(['layout']);

test.each(EMITTED_BUGS.map((bug) => [bug.name, bug] as const))('%s is found', async (_name, bug) => {
  const [bucket] = await hunt(bug, {
    profile: 'drop-in',
    checks,
    every: true,
    wants: ({ plan }) => (plan.options ?? []).includes('--emit-relocs'),
  });
  expect(bucket).toMatch(/^linker\/layout\/layout\/emitted-/);
});
