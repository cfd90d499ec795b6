/**
 * Mistakes of linkers, planted in a copy of the built core: each is found by the cases of profile `link`, those that no
 * program notices by the comparison with wasm-ld's output.
 */
import { describe, expect, test } from '@jest/globals';
import { loadChecks } from '../../../harness/check/checks.ts';
import { lldCheck } from '../../../harness/check/lld.ts';
import { LLVM_ABSENT, loadLlvm } from '../../../harness/external/llvm.ts';
import { hunt } from './hunt.ts';
import { LINK_BUGS, SILENT_LINK_BUGS, STRING_BUG } from './link-bugs.ts';

const checks = await loadChecks(['interp-exe', 'exe-linked', 'exe-split', 'topology']);

test.each(LINK_BUGS.map((bug) => [bug.name, bug] as const))('%s is found', async (_name, bug) => {
  expect(await hunt(bug, { profile: 'link', checks })).not.toEqual([]);
});

test(`${STRING_BUG.name} is found`, async () => {
  const [bucket] = await hunt(STRING_BUG, {
    profile: 'link',
    checks: await loadChecks(['topology']),
    wants: ({ plan }) => plan.decorations?.some(({ kind }) => kind === 'strings') === true,
  });
  expect(bucket).toBe('linker/topology/result/strings-hashes');
});

const llvm = await loadLlvm();

describe(llvm === null ? LLVM_ABSENT : 'a mistake that few programs notice, if any', () => {
  const comparison = llvm === null ? [] : [lldCheck(llvm)];
  (llvm === null ? test.skip : test).each(SILENT_LINK_BUGS.map(({ about, bug }) => [bug.name, about, bug] as const))(
    '%s is found by the comparison with wasm-ld',
    async (_name, about, bug) => {
      const [bucket] = await hunt(bug, {
        profile: 'link',
        checks: comparison,
        every: true,
        wants: ({ plan }) => about === '' || plan.decorations?.some(({ kind }) => kind === about) === true,
      });
      expect(bucket).toMatch(/^linker\/lld\/bytes\//);
    },
  );
});
