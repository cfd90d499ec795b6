/**
 * Mistakes that only 64-bit addresses show, planted in a copy of the built core: each is found by the cases of profile `wasm64`,
 * and none of them by those of the default profile.
 */
import { expect, test } from '@jest/globals';
import { generatorOf } from '../../../harness/case/generate.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import { hunt, withPlanted } from './hunt.ts';
import { WASM64_BUGS } from './wasm64-bugs.ts';

/** Cases of 32-bit addresses that must not know of a mistake. */
const RUNS_32 = 30;

const checks = await loadChecks(['validate', 'interp-exe', 'exe-linked', 'exe-split']);

test.each(WASM64_BUGS.map((bug) => [bug.name, bug] as const))('%s is found', async (_name, bug) => {
  expect(await hunt(bug, { profile: 'wasm64', checks })).not.toEqual([]);
  const generate = generatorOf('default', null);
  const seen = await withPlanted(bug, (bucketsOf) =>
    Array.from({ length: RUNS_32 }, (_, seed) => bucketsOf(generate(seed), checks)),
  );
  expect(seen.flat()).toEqual([]);
});
