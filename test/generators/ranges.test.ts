/** Bounds of values: never narrower than the truth, and of integers beyond what a double holds no bound at all. */
import { expect, test } from '@jest/globals';
import { productHigh, productLow, roundDown, roundUp } from '../../generators/model/ranges.ts';
import { intInfo } from '../../generators/model/types.ts';
import { convert } from '../../generators/emit/gen.ts';
import { fits, narrowed } from '../../generators/emit/guards.ts';
import { InternPool } from '../../core/index.ts';
import { interpret } from '../../interpreter/interpret.ts';
import { tryOut } from './emitter-trial.ts';
import { census } from './laws.ts';

const MOST = Number.MAX_VALUE;

test('no lower bound is Infinity and no upper one -Infinity', () => {
  expect([roundDown(Infinity), roundUp(-Infinity)]).toEqual([MOST, -MOST]);
  expect([roundDown(-Infinity), roundUp(Infinity)]).toEqual([-Infinity, Infinity]);
  expect([roundDown(-3), roundUp(0), roundDown(2 ** 53)]).toEqual([-3, 0, 2 ** 53]);
  expect(roundDown(2 ** 60)).toBeLessThan(2 ** 60);
  expect(roundUp(2 ** 60)).toBeGreaterThan(2 ** 60);
});

test('a sum or product of which nothing is known has no bound', () => {
  expect([roundDown(NaN), roundUp(NaN)]).toEqual([-Infinity, Infinity]);
  expect([productLow(0, Infinity, 0, Infinity), productHigh(0, Infinity, 0, Infinity)]).toEqual([-Infinity, Infinity]);
});

test('what has no bound fits no integer, however wide', () => {
  const types = { pool: new InternPool({ ptrBits: 32 }), byIndex: [], count: 0 };
  for (const bits of [1023, 1024, 1025, 4096]) {
    const [signed, unsigned] = [intInfo(types, true, bits), intInfo(types, false, bits)];
    expect(fits(signed, -Infinity, 0)).toBe(false);
    expect(fits(signed, 0, Infinity)).toBe(false);
    expect(fits(unsigned, 0, Infinity)).toBe(false);
    expect(fits(unsigned, 0, 2 ** 1000)).toBe(true);
    expect(fits(signed, -(2 ** 1000), 2 ** 1000)).toBe(true);
  }
});

// Cast what does not fit when infinite bounds were compared as numbers.
test.each([7589, 14_841])('program %i of profile wide is legal', (seed) => {
  expect(census('wide', seed, 1).illegal).toEqual([]);
});

// Amounts of 7 or 8 bits are drawn too, and a shift by less than what was asked for leaves more bits.
test('a wide integer is narrowed to the bits that were asked for', () => {
  for (let seed = 0; seed < 100; seed++) {
    const { unit, calls } = tryOut(seed, (g, [arg]) => {
      const [wide, narrow] = [400, 64].map((bits) => intInfo(g.p.types, false, bits));
      const inverted = convert(g, 'not', wide!, convert(g, 'intcast', wide!, convert(g, 'trunc', narrow!, arg!)));
      return convert(g, 'intcast', narrow!, narrowed(g, inverted, 60));
    });
    expect([seed, interpret(unit, calls).outcomes.filter(({ kind }) => kind !== 'returned')]).toEqual([seed, []]);
  }
});
