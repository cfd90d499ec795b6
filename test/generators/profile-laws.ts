/** The laws of a profile's cases as tests: valid, legal, terminating, of the promised size. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { PROFILES } from '../../generators/index.ts';
import type { Census } from './laws.ts';
import { census, quantile } from './laws.ts';

/** Tests of seeds 1 to `seeds` of `profile`. */
export function testLaws(profile: string, seeds: number): void {
  describe(`cases of profile ${profile}`, () => {
    const { sweeps, checked } = PROFILES[profile]!;
    let found: Census;
    beforeAll(() => {
      found = census(profile, 1, seeds);
    });

    test('are accepted by the verifier', () => {
      expect(found.invalid).toEqual([]);
    });

    test('do nothing illegal and end within the limits', () => {
      expect(found.illegal).toEqual([]);
      expect(found.steps).toHaveLength(seeds);
    });

    // A sweep has a loop of some ten instructions over all pairs of operands; small, drop-in and objects have small programs.
    test('execute at most 20,000 instructions, and usually some hundred; ten thousand in a sweep', () => {
      expect(quantile(found.steps, 1)).toBeLessThanOrEqual(sweeps ? 80_000 : 20_000);
      expect(quantile(found.steps, 0.5)).toBeGreaterThan(['small', 'drop-in', 'objects'].includes(profile) ? 15 : 60);
      expect(quantile(found.steps, 0.95)).toBeLessThan(sweeps ? 50_000 : 4000);
    });

    test('have link plans, settings and calls that fit them', () => {
      expect(found.broken).toEqual([]);
    });

    // Failures of checked operations are what that profile is about.
    test('rarely trap', () => {
      expect(found.traps).toBeLessThan(seeds * (checked ? 0.2 : 0.1));
    });
  });
}
