/** Laws of the generators, on many seeds of each profile: valid, legal, terminating, of the promised size, and complete. */
import { describe, expect, test } from '@jest/globals';
import { PROFILES } from '../../generators/index.ts';
import { census, quantile } from './laws.ts';

/** Enough to meet what happens once in some hundred programs; the two profiles most used get more, sweep has a test of its own. */
const SEEDS: Readonly<Record<string, number>> = { default: 2000, small: 2000, sweep: 100 };

describe.each(Object.keys(PROFILES))('cases of profile %s', (profile) => {
  const seeds = SEEDS[profile] ?? 1000;
  const found = census(profile, 1, seeds);

  test('are accepted by the verifier', () => {
    expect(found.invalid).toEqual([]);
  });

  test('do nothing illegal and end within the limits', () => {
    expect(found.illegal).toEqual([]);
    expect(found.steps).toHaveLength(seeds);
  });

  const sweeps = PROFILES[profile]!.sweeps;

  // A sweep has a loop of some ten instructions over all pairs of operands.
  test('execute at most 20,000 instructions, and usually some hundred; ten thousand in a sweep', () => {
    expect(quantile(found.steps, 1)).toBeLessThanOrEqual(sweeps ? 80_000 : 20_000);
    expect(quantile(found.steps, 0.5)).toBeGreaterThan(profile === 'small' ? 15 : 60);
    expect(quantile(found.steps, 0.95)).toBeLessThan(sweeps ? 50_000 : 4000);
  });

  test('have link plans, settings and calls that fit them', () => {
    expect(found.broken).toEqual([]);
  });

  // Failures of checked operations are what that profile is about.
  test('rarely trap', () => {
    expect(found.traps).toBeLessThan(seeds * (PROFILES[profile]!.checked ? 0.2 : 0.1));
  });
});
