/** Where a gate spends its time, as its table says. */
import { describe, expect, test } from '@jest/globals';
import { PROFILES } from '../../../generators/index.ts';
import { isQuiet, planParts, profilesOfTable } from '../../../harness/gate/touched.ts';

const names = (paths: readonly string[], most = 6): string[] => planParts(paths, most).map(({ profile }) => profile);

describe('the parts of a gate', () => {
  test('are profiles that there are', () => {
    expect(profilesOfTable().filter((name) => !Object.hasOwn(PROFILES, name))).toEqual([]);
  });

  test('follow the paths of the diff, and always look at everything a little', () => {
    expect(names(['core/codegen/scalar/casts.ts'])).toEqual(['sweep', 'checked', 'default', 'integers']);
    expect(names(['core/link/flush.ts', 'core/link/layout/addresses.ts'])).toContain('link');
    expect(names(['core/codegen/memory/atomics.ts'])[0]).toBe('atomic');
    expect(names(['README.md'])).toEqual(['default', 'sweep']);
  });

  test('are of every kind for a back end from elsewhere, as no diff says anything', () => {
    expect(planParts(null, 6).map(({ profile }) => profile)).toEqual([
      'default',
      'sweep',
      'calls',
      'floats',
      'memory',
      'sums',
    ]);
    expect(planParts(null, 1)).toEqual([{ profile: 'default', share: 1 }]);
  });

  test('share the whole', () => {
    for (const most of [1, 2, 6]) {
      const parts = planParts(['core/index.ts', 'core/runtime/f16.ts', 'interpreter/machine.ts'], most);
      expect(parts.length).toBeLessThanOrEqual(most);
      expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
    }
  });

  test('are few where nothing that runs has changed', () => {
    expect(isQuiet(['docs/air.md', 'test/core/air/print.test.ts', '.github/workflows/gate.yml', 'CHANGELOG.md'])).toBe(
      true,
    );
    expect(isQuiet(['docs/air.md', 'core/index.ts'])).toBe(false);
    expect(isQuiet(['package-lock.json'])).toBe(false);
    expect(isQuiet([])).toBe(true);
  });
});
