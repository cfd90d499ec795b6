/** Samples are drawn by seed alone, without repetition; each mutant is as likely as any other. */
import { expect, test } from '@jest/globals';
import { findMutants } from '../../../harness/mutants/find-mutants.ts';
import { sampleOf } from '../../../harness/mutants/sample.ts';

const all = findMutants('a.js', Array.from({ length: 20 }, (_, n) => `x${n} = a${n} + b;`).join('\n'), null);

test('the same seed draws the same sample, another seed another', () => {
  const ids = (seed: number): string[] => sampleOf(all, 10, seed).map(({ id }) => id);
  expect(ids(7)).toEqual(ids(7));
  expect(ids(8)).not.toEqual(ids(7));
});

test('a sample has no mutant twice and keeps the order', () => {
  const numbers = sampleOf(all, 15, 3).map((mutant) => all.indexOf(mutant));
  expect(new Set(numbers).size).toBe(15);
  expect([...numbers].sort((a, b) => a - b)).toEqual(numbers);
});

test('one that asks for more than there are gets all', () => {
  expect(sampleOf(all, 1000, 1)).toEqual(all);
});

test('every mutant is drawn', () => {
  const counts = new Map(all.map(({ id }) => [id, 0]));
  for (let seed = 0; seed < 400; seed++) {
    for (const { id } of sampleOf(all, 4, seed)) counts.set(id, counts.get(id)! + 1);
  }
  // 40 each on average.
  expect(Math.min(...counts.values())).toBeGreaterThan(15);
  expect(Math.max(...counts.values())).toBeLessThan(80);
});
