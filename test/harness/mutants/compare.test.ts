/** The statistics of a comparison against values from tables, and what is said of mutants that fare differently. */
import { describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ComparedRow } from '../../../harness/mutants/compare.ts';
import { compare, mannWhitney, readMeasurement } from '../../../harness/mutants/compare.ts';
import { makeFolder } from '../cli/run-harness.ts';

function rowOf(id: string, cases: number | null): ComparedRow {
  const verdict = cases === null ? 'survived' : 'killed';
  return { id, place: `core/a.ts:${id}`, operator: 'constant', verdict, cases: cases ?? 5000 };
}

describe('Mann-Whitney', () => {
  test('counts pairs, ties by half', () => {
    expect(mannWhitney([1, 2, 3], [4, 5, 6]).u).toBe(9);
    expect(mannWhitney([4, 5, 6], [1, 2, 3]).u).toBe(0);
    expect(mannWhitney([1, 2], [2, 3]).u).toBe(3.5);
  });

  test('has the p of the normal approximation', () => {
    // As R's wilcox.test(1:10, 6:15, exact = FALSE): z = (87.5 - 50 - 0.5) / sqrt(174.342).
    const { u, p } = mannWhitney([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    expect(u).toBe(87.5);
    expect(p).toBeCloseTo(0.0050754, 6);
    expect(mannWhitney([1, 2, 3], [1, 2, 3]).p).toBeCloseTo(1, 6);
    expect(mannWhitney([5, 5], [5, 5]).p).toBe(1);
  });

  test('takes values without end', () => {
    expect(mannWhitney([1, Infinity], [Infinity, Infinity]).u).toBe(3);
  });
});

describe('a comparison', () => {
  test('is over the mutants that both have', () => {
    const first = [rowOf('1', 10), rowOf('2', null), rowOf('3', 1), rowOf('4', 7)];
    const second = [rowOf('4', 7), rowOf('3', null), rowOf('2', 3), rowOf('5', 1)];
    const { common, first: one, second: other, lost, won, a12 } = compare(first, second);
    expect(common).toBe(3);
    expect([one, other]).toEqual([
      { killed: 2, median: 7 },
      { killed: 2, median: 7 },
    ]);
    expect(lost.map(({ id }) => id)).toEqual(['3']);
    expect(won.map(({ id }) => id)).toEqual(['2']);
    expect(a12).toBeCloseTo(5 / 9);
  });

  test('of nothing in common is refused', () => {
    expect(() => compare([rowOf('1', 1)], [rowOf('2', 1)])).toThrow('no mutant in common');
  });
});

test.each([
  ['no JSON', '{', 'is not JSON'],
  ['something else', '{"schema":1}', 'holds no figures'],
  ['nothing', 'null', 'holds no figures'],
  ['half a mutant', '{"schema":1,"mutants":[{"id":"1"}]}', 'holds no figures'],
])('a file with %s is refused by name', (_what, text, message) => {
  const folder = makeFolder();
  try {
    const file = join(folder.path, 'figures.json');
    writeFileSync(file, text);
    expect(() => readMeasurement(file)).toThrow(message);
    expect(() => readMeasurement(file)).toThrow(file);
  } finally {
    folder.remove();
  }
});
