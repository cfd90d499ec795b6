/**
 * Mistakes about objects that few compilers write, planted in a copy of the built core: each is found by cases of the profile
 * `objects` that have the decoration it is about.
 */
import { expect, test } from '@jest/globals';
import { OBJECT_KINDS, OBJECT_MISTAKE_KINDS } from '../../../generators/index.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import { hunt } from './hunt.ts';
import { OBJECT_BUGS } from './object-bugs.ts';

const topology = await loadChecks(['topology']);

test.each(OBJECT_BUGS.map(({ about, bug }) => [about, bug] as const))(
  'the mistake about %s is found',
  async (about, bug) => {
    const [bucket] = await hunt(bug, {
      profile: 'objects',
      checks: topology,
      wants: ({ plan }) => plan.decorations?.some(({ kind }) => kind === about) === true,
    });
    expect(bucket).toMatch(/^(linker|harness)\//);
  },
);

test('there is a mistake for each kind', () => {
  expect(OBJECT_BUGS.map(({ about }) => about).sort()).toEqual([...OBJECT_KINDS, ...OBJECT_MISTAKE_KINDS].sort());
});
