/** The fast-check arbitrary: the same stream gives the same case, shrinks are strictly smaller, failures name the seed. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { instructionCount, printUnit, verifyUnit } from '../../core/index.ts';
import type { SeededCase } from '../../generators/case/arbitrary.ts';
import { sizeOf } from '../../generators/case/arbitrary.ts';
import { caseArbitrary, generateCase, PROFILES } from '../../generators/index.ts';

const textOf = ({ unit, plan, settings, calls }: SeededCase): string =>
  [printUnit(unit), JSON.stringify({ plan, settings }), ...calls.map(({ fn, args }) => `${fn}(${args.join()})`)].join();

describe.each(Object.keys(PROFILES))('cases of profile %s', (profile) => {
  test('are the same for the same seed of the runner', () => {
    const sample = (): string[] => fc.sample(caseArbitrary(profile), { seed: 42, numRuns: 12 }).map(textOf);
    expect(sample()).toEqual(sample());
  });

  test('are what their own seed gives, when they are not scaled down', () => {
    const whole = fc.sample(caseArbitrary(profile), { seed: 7, numRuns: 20 }).filter(({ scale }) => scale === 1);
    expect(whole.length).toBeGreaterThan(5);
    for (const found of whole) expect(printUnit(found.unit)).toBe(printUnit(generateCase(found.seed, profile).unit));
  });

  test('shrink to valid cases that are strictly smaller', () => {
    let shrunk = 0;
    for (let seed = 1; seed <= 12; seed++) {
      // Everything fails, so that fast-check goes down the tree of shrinks.
      const sizes: number[] = [];
      const fails = fc.property(caseArbitrary(profile), (made) => {
        expect(verifyUnit(made.unit)).toEqual([]);
        sizes.push(sizeOf(made));
        return false;
      });
      expect(fc.check(fails, { seed }).errorInstance).toEqual(new Error('Property failed by returning false'));
      for (let n = 1; n < sizes.length; n++) expect(sizes[n]).toBeLessThan(sizes[n - 1]!);
      shrunk += sizes.length - 1;
    }
    expect(shrunk).toBeGreaterThan(0);
  });
});

test('a failing property ends at a small case, and prints its program and its seed', () => {
  const result = fc.check(
    fc.property(caseArbitrary('default'), ({ unit }) => instructionCount(unit) < 8),
    { seed: 5 },
  );
  expect(result.failed).toBe(true);
  const smallest = result.counterexample![0];
  expect(instructionCount(smallest.unit)).toBeLessThan(30);
  const text = fc.stringify(smallest);
  expect(text).toMatch(/^; generateCase\(0x[0-9a-f]+, 'default'\)/);
  expect(text).toContain(printUnit(smallest.unit));
});

test('a property about one call of one function ends at that call and that function', () => {
  const fails = ({ unit, calls }: SeededCase): boolean =>
    calls.some(({ fn }) => {
      const body = unit.navs.find(({ exports }) => exports.some(({ name }) => name === fn))?.body;
      return body !== null && body !== undefined && body.length > 12;
    });
  const { counterexample } = fc.check(
    fc.property(caseArbitrary('default'), (made) => !fails(made)),
    { seed: 3 },
  );
  const [{ unit, calls }] = counterexample!;
  expect(verifyUnit(unit)).toEqual([]);
  expect(calls).toHaveLength(1);
  const bodies = unit.navs.flatMap(({ body }) => (body === null ? [] : [body.length]));
  expect(bodies.filter((length) => length > 12)).toHaveLength(1);
});

test('a case that the arbitrary did not make is not shrunk', () => {
  const arbitrary = caseArbitrary('small');
  const [made] = fc.sample(arbitrary, { seed: 1, numRuns: 1 });
  expect(arbitrary.canShrinkWithoutContext(made)).toBe(false);
  expect([...arbitrary.shrink(made!, undefined)]).toEqual([]);
});
