/** Mistakes with peepholes, planted in a copy of the built core: programs compiled with all of them show it, as does the check `config`. */
import { expect, test } from '@jest/globals';
import { ALL_PEEPHOLES } from '../../../core/index.ts';
import { readFileSync } from 'node:fs';
import { readCaseFile } from '../../../harness/case/case-file.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import { hunt, testBugsOf, withPlanted } from './hunt.ts';
import { LIMIT_BUGS, PEEPHOLE_BUGS, RARE_PEEPHOLE_BUGS, VECTOR_PEEPHOLE_BUG } from './peephole-bugs.ts';

test.each(PEEPHOLE_BUGS.map((bug) => [bug.name, bug] as const))('%s is found', async (_name, bug) => {
  const checks = await loadChecks(['validate', 'interp-exe']);
  expect(await hunt(bug, { profile: 'default', checks, settings: ALL_PEEPHOLES })).not.toEqual([]);
});

const LIMITS = new URL(
  '../../../corpus/regressions/integers/masks-are-kept-at-the-limits-of-loads.air',
  import.meta.url,
);

test.each(LIMIT_BUGS.map((bug) => [bug.name, bug] as const))('%s is found by a stored case', async (_name, bug) => {
  const checks = await loadChecks(['interp-exe']);
  const read = readCaseFile(readFileSync(LIMITS, 'utf8'), 'limits');
  if (!read.ok) throw new Error(JSON.stringify(read.errors));
  expect(await withPlanted(bug, (bucketsOf) => bucketsOf(read.value.case, checks))).toEqual([
    'codegen/interp-exe/result/-',
  ]);
});

test(`${VECTOR_PEEPHOLE_BUG.name} is found`, async () => {
  const checks = await loadChecks(['validate', 'interp-exe']);
  const settings = { ...ALL_PEEPHOLES, simd128: true };
  expect(await hunt(VECTOR_PEEPHOLE_BUG, { profile: 'vectors', checks, settings })).not.toEqual([]);
});

testBugsOf('peepholes', RARE_PEEPHOLE_BUGS);

test('the check config finds one', async () => {
  const bug = PEEPHOLE_BUGS.find(({ name }) => name === 'if-jumps-the-wrong-way')!;
  const buckets = await hunt(bug, { profile: 'default', checks: await loadChecks(['config']), every: true });
  expect(buckets).toEqual(['codegen/config/trap/-']);
});
