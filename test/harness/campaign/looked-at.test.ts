/** Which failing cases are looked at: the same ones in whatever order they come, and not only the first. */
import { expect, test } from '@jest/globals';
import { LookedAt } from '../../../harness/campaign/looked-at.ts';

function lookedAt(positions: readonly number[]): LookedAt<{ position: number }> {
  const looked = new LookedAt<{ position: number }>(8, 24);
  for (const position of positions) looked.add({ position });
  return looked;
}

const positions = Array.from({ length: 400 }, (_, n) => 3 * n + 1);

test('the first and a sample are the same for any order', () => {
  const { first, sample } = lookedAt(positions);
  const other = lookedAt([...positions].sort((a, b) => (a % 37) - (b % 37) || b - a));
  expect(other).toEqual(lookedAt(positions));
  expect(first.map(({ position }) => position)).toEqual(positions.slice(0, 8));
  expect(sample).toHaveLength(24);
  // From all parts of the campaign.
  const quarters = new Set(sample.map(({ position }) => Math.floor(position / 300)));
  expect(quarters).toEqual(new Set([0, 1, 2, 3]));
});

test('nothing is left out where there are few, and nothing counts twice', () => {
  const { first, sample } = lookedAt([...positions.slice(0, 20), ...positions.slice(0, 20)]);
  expect([...first, ...sample].map(({ position }) => position).sort((a, b) => a - b)).toEqual(positions.slice(0, 20));
});

test('what is not looked at is said', () => {
  const looked = lookedAt(positions);
  const left = positions.filter((position) => !looked.has(position));
  expect(left).toHaveLength(400 - 32);
  expect(looked.add({ position: left[0]! })).toBe(false);
  expect(looked.add({ position: 0 })).toBe(true);
});
