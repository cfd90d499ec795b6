/**
 * Mistakes that this linker had as a drop-in for wasm-ld, planted in a copy of the built core: each is found by cases of the
 * profile `drop-in`, by its probes or by comparison with wasm-ld's output.
 */
import { describe, expect, test } from '@jest/globals';
import { DROP_IN_KINDS } from '../../../generators/index.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import { lldCheck } from '../../../harness/check/lld.ts';
import { LLVM_ABSENT, loadLlvm } from '../../../harness/external/llvm.ts';
import { DROP_IN_BUGS, SHORT_UUID, TABLE_TWICE, WRAPPER_NAME } from './drop-in-bugs.ts';
import { hunt } from './hunt.ts';

const llvm = await loadLlvm();
const topology = await loadChecks(['topology']);

describe(llvm === null ? LLVM_ABSENT : 'with wasm-ld as judge', () => {
  (llvm === null ? test.skip : test).each(DROP_IN_BUGS.map(({ about, bug }) => [about, bug] as const))(
    'the mistake about %s is found',
    async (about, bug) => {
      const [bucket] = await hunt(bug, {
        profile: 'drop-in',
        checks: llvm === null ? [] : [...topology, lldCheck(llvm)],
        every: true,
        wants: ({ plan }) => plan.decorations?.some(({ kind }) => kind === about) === true,
      });
      expect(bucket).toMatch(/^linker\//);
    },
  );

  (llvm === null ? test.skip : test)('the mistake about names of wrappers is found', async () => {
    const [bucket] = await hunt(WRAPPER_NAME, {
      profile: 'drop-in',
      checks: llvm === null ? [] : [lldCheck(llvm)],
      every: true,
      wants: ({ plan }) =>
        ['export-name', 'declared-constructor'].every((wanted) =>
          plan.decorations?.some(({ kind }) => kind === wanted),
        ),
    });
    expect(bucket).toBe('linker/lld/bytes/exports');
  });

  (llvm === null ? test.skip : test)('the mistake about the name of the function table is found', async () => {
    const [bucket] = await hunt(TABLE_TWICE, {
      profile: 'drop-in',
      checks: llvm === null ? [] : [...topology, lldCheck(llvm)],
      every: true,
      wants: ({ plan }) => plan.options?.includes('--export-if-defined=__indirect_function_table') === true,
    });
    expect(bucket).toMatch(/^linker\//);
  });
});

test('the mistake about random build ids is found', async () => {
  const buckets = await hunt(SHORT_UUID, {
    profile: 'drop-in',
    checks: await loadChecks(['layout']),
    every: true,
    wants: ({ plan }) => plan.options?.includes('--build-id=uuid') === true,
  });
  expect(buckets).toEqual(['linker/layout/layout/build-id']);
});

test('there is a mistake for each kind', () => {
  expect(DROP_IN_BUGS.map(({ about }) => about).sort()).toEqual([...DROP_IN_KINDS]);
});
