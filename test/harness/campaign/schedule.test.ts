/**
 * The book of positions: each is run once, whatever is given back or was done before.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { caseSeed } from '../../../harness/case/seeds.ts';
import type { Range } from '../../../harness/campaign/schedule.ts';
import { mergeRanges, Schedule } from '../../../harness/campaign/schedule.ts';

const WHOLE = { index: 0, of: 1 };

function drain(schedule: Schedule, completedOf: (range: Range) => number): Range[] {
  const ranges: Range[] = [];
  for (let range = schedule.take(); range !== null; range = schedule.take()) {
    ranges.push(range);
    schedule.end(completedOf(range));
  }
  return ranges;
}

const size = (range: Range): number => range.next - range.first;

describe('a schedule', () => {
  test('hands out each position once, in chunks', () => {
    const ranges = drain(new Schedule(100, WHOLE, 32), size);
    expect(ranges).toEqual([
      { first: 0, next: 32 },
      { first: 32, next: 64 },
      { first: 64, next: 96 },
      { first: 96, next: 100 },
    ]);
  });

  test('makes up for discarded cases, until the wanted number has completed', () => {
    let completed = 0;
    // Every tenth position is discarded.
    const count = (range: Range): number => {
      let n = 0;
      for (let p = range.first; p < range.next; p++) if (p % 10 !== 0) n++;
      completed += n;
      return n;
    };
    const ranges = drain(new Schedule(100, WHOLE, 32), count);
    expect(completed).toBe(100);
    expect(mergeRanges(ranges)).toEqual([{ first: 0, next: 112 }]);
  });

  test('ends where nothing ever completes', () => {
    const ranges = drain(new Schedule(50, WHOLE, 32), () => 0);
    expect(mergeRanges(ranges)[0]!.next).toBeLessThan(50 * 5);
  });

  test('does not make up before all chunks have ended', () => {
    const schedule = new Schedule(40, WHOLE, 32);
    schedule.take();
    schedule.take();
    schedule.end(31);
    expect(schedule.take()).toBeNull();
    schedule.end(8);
    expect(schedule.take()).toEqual({ first: 40, next: 41 });
  });

  test('hands out again what was given back, first', () => {
    const schedule = new Schedule(64, WHOLE, 32);
    schedule.take();
    schedule.giveBack({ first: 5, next: 9 });
    schedule.giveBack({ first: 9, next: 9 });
    expect(schedule.take()).toEqual({ first: 5, next: 9 });
    expect(schedule.take()).toEqual({ first: 32, next: 64 });
  });

  test('leaves out what an earlier run has done', () => {
    const done = [
      { first: 0, next: 32 },
      { first: 40, next: 50 },
    ];
    const ranges = drain(new Schedule(96, WHOLE, 32, done, 42), size);
    expect(ranges).toEqual([
      { first: 32, next: 40 },
      { first: 50, next: 64 },
      { first: 64, next: 96 },
    ]);
  });

  test('leaves making up to the merge where it is a shard', () => {
    const ranges = drain(new Schedule(100, { index: 1, of: 4 }, 32), () => 3);
    expect(mergeRanges(ranges)).toEqual([{ first: 0, next: 25 }]);
  });

  test('divides a number of runs among shards', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 7 }), (runs, of) => {
        const sizes = Array.from({ length: of }, (_, index) => new Schedule(runs, { index, of }, 32).wanted!);
        expect(sizes.reduce((sum, n) => sum + n, 0)).toBe(runs);
      }),
    );
  });
});

describe('seeds of cases', () => {
  test('are safe integers that differ', () => {
    const seeds = new Set<number>();
    for (let index = 0; index < 20_000; index++) {
      const seed = caseSeed(1, index);
      expect(Number.isSafeInteger(seed) && seed >= 0).toBe(true);
      seeds.add(seed);
    }
    for (let index = 0; index < 100; index++) seeds.add(caseSeed(2, index));
    expect(seeds.size).toBe(20_100);
  });

  test('never change: old campaigns would be gone', () => {
    expect([caseSeed(1, 0), caseSeed(1, 1), caseSeed(2 ** 40, 2 ** 33)]).toMatchInlineSnapshot(`
      [
        124894552086113,
        139726489782031,
        69012463722768,
      ]
    `);
  });
});
