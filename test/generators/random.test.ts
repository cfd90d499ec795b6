/** The random stream: frozen numbers, fair choices, and weighted tables that keep to their weights. */
import { describe, expect, test } from '@jest/globals';
import { RandomStream, weightedTable } from '../../generators/model/random.ts';

describe('the random stream', () => {
  test('gives the same numbers for a seed for ever', () => {
    const first = (seed: number): number[] => {
      const r = new RandomStream(seed);
      return [r.u32(), r.u32(), r.u32()];
    };
    expect([first(0), first(1), first(2 ** 53 - 1)]).toMatchInlineSnapshot(`
      [
        [
          1731351693,
          1065902758,
          3578946798,
        ],
        [
          2291284844,
          3829559733,
          615542898,
        ],
        [
          3624405444,
          693074895,
          1062125085,
        ],
      ]
    `);
  });

  test('tells seeds apart that differ in any one of their 53 bits', () => {
    const firsts = new Set<number>();
    for (let bit = 0; bit < 53; bit++) firsts.add(new RandomStream(2 ** bit).u32());
    firsts.add(new RandomStream(0).u32());
    expect(firsts.size).toBe(54);
  });

  test('draws every number below a bound about equally often', () => {
    const r = new RandomStream(7);
    const counts = new Array<number>(10).fill(0);
    for (let n = 0; n < 20_000; n++) counts[r.below(10)]!++;
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });

  test('keeps a shuffle a permutation', () => {
    const items = new RandomStream(3).shuffle(Array.from({ length: 50 }, (_, n) => n));
    expect(items).not.toEqual([...items].sort((a, b) => a - b));
    expect([...items].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, n) => n));
  });
});

describe('a weighted table', () => {
  test('draws by weight and never what weighs nothing', () => {
    const weights = [5, 0, 1, 0.25, 0, 93.75];
    const table = weightedTable(weights);
    const r = new RandomStream(11);
    const counts = weights.map(() => 0);
    for (let n = 0; n < 100_000; n++) counts[r.weighted(table)]!++;
    expect(counts[1]).toBe(0);
    expect(counts[4]).toBe(0);
    weights.forEach((weight, n) => {
      expect(Math.abs(counts[n]! - weight * 1000)).toBeLessThan(60 + weight * 50);
    });
  });

  test('of one weight always gives it', () => {
    const table = weightedTable([0, 0, 2]);
    const r = new RandomStream(5);
    for (let n = 0; n < 200; n++) expect(r.weighted(table)).toBe(2);
  });
});
