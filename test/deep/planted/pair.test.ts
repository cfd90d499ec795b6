/** Two mistakes in one core that fail alike: none hides behind the other, and the second run knows both. */
import { afterAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PLANTED_BUGS } from '../../../bench/planted/bugs.ts';
import { plant } from '../../../bench/planted/plant.ts';
import { harness, makeFolder } from '../../harness/cli/run-harness.ts';

const folder = makeFolder();
const cwd = folder.path;
afterAll(() => folder.remove());

const NAMES = ['intcast-extends-by-result-sign', 'shl-does-not-wrap'];
const BUCKETS = ['codegen/run/intcast', 'codegen/run/shl'];

test('a mistake in the code that fails twice is not hidden by one in the data that fails each time', async () => {
  const names = ['shl-overflow-shifts-back-with-sign', 'integers-have-zero-padding'];
  const [first, second] = names.map((name) => PLANTED_BUGS.find((bug) => bug.name === name)!);
  plant(first!, join(cwd, 'hiding'), second!);
  const fuzz = ['fuzz', '--seed', '1', '--runs', '130', '--checks', 'interp-exe', '--backend', 'hiding/core', '--json'];
  const { stdout } = await harness(cwd, ...fuzz);
  const { buckets } = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as { buckets: { id: string; count: number }[] };
  const counts = new Map(buckets.map(({ id, count }) => [id, count]));
  expect([...counts.keys()].sort()).toEqual(['codegen/run/shl_with_overflow-struct', 'linker/link/data']);
  expect(counts.get('codegen/run/shl_with_overflow-struct')).toBe(2);
  expect(counts.get('linker/link/data')).toBeGreaterThan(8);
});

test('both mistakes have their bucket; the next run knows them, and says what is gone', async () => {
  const [first, second] = NAMES.map((name) => PLANTED_BUGS.find((bug) => bug.name === name)!);
  plant(first!, join(cwd, 'both'), second!);
  const fuzz = ['fuzz', '--runs', '150', '--checks', 'interp-exe', '--backend', 'both/core', '--json'];
  const one = await harness(cwd, ...fuzz, '--seed', '1', '--date', '2026-11-01');
  expect(one.code).toBe(1);
  const { buckets } = JSON.parse(one.stdout.trimEnd().split('\n').at(-1)!) as { buckets: { id: string }[] };
  expect(buckets.map(({ id }) => id)).toEqual(expect.arrayContaining(BUCKETS));
  expect(one.stderr).toMatch(/^new {8}codegen/m);

  // The second mistake is mended: its case passes, and it says so.
  plant(first!, join(cwd, 'both'));
  const two = await harness(cwd, ...fuzz, '--seed', '2', '--date', '2026-11-02');
  // These 150 cases do not meet the first one, whose case still fails.
  expect(two.stderr).toMatch(/^gone quiet codegen\/run\/intcast$/m);
  expect(two.stderr).toMatch(/^fixed {6}.*codegen\/run\/shl/m);
  const store = JSON.parse(readFileSync(join(cwd, 'corpus', 'known.json'), 'utf8')) as {
    buckets: { bucket: string; since: string; lastSeen: string; runs: number; state: string }[];
  };
  const entry = (id: string): unknown => store.buckets.find(({ bucket }) => bucket === id);
  expect(entry(BUCKETS[0]!)).toMatchObject({ since: '2026-11-01', lastSeen: '2026-11-01', runs: 1, state: 'open' });
  expect(entry(BUCKETS[1]!)).toMatchObject({ since: '2026-11-01', lastSeen: '2026-11-01', runs: 1, state: 'fixed' });
});
