/** Mistakes in debug information, planted in a copy of the built core. */
import { expect, test } from '@jest/globals';
import { loadChecks } from '../../../harness/check/checks.ts';
import { DEBUG_BUGS, TRACE_BUGS, VARIABLE_BUGS } from './debug-bugs.ts';
import { hunt, testBugsOf } from './hunt.ts';

const checks = await loadChecks(['layout']);
const values = await loadChecks(['variables']);

test.each(DEBUG_BUGS.map((bug) => [bug.name, bug] as const))('%s is found', async (_name, bug) => {
  const [bucket] = await hunt(bug, { profile: 'debug', checks, every: true });
  expect(bucket).toMatch(/\/layout\/.*debug/);
});

test.each(VARIABLE_BUGS.map((bug) => [bug.name, bug] as const))('%s is found by values', async (_name, bug) => {
  const [bucket] = await hunt(bug, { profile: 'debug', checks: values, every: true });
  expect(bucket).toBe('codegen/variables/layout/debug-value');
});

testBugsOf('traces', TRACE_BUGS);
