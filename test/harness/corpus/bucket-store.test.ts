/** The store of known buckets: what a run changes in it, what it says, and that nothing is lost or counted twice. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KnownBucket, StoredRun } from '../../../harness/corpus/bucket-store.ts';
import type { Rate } from '../../../harness/model/rate.ts';
import { readStore, standingOf, storeAfter, writeStore } from '../../../harness/corpus/bucket-store.ts';
import { makeFolder } from '../cli/run-harness.ts';

const folder = makeFolder();
const file = join(folder.path, 'known.json');
afterAll(() => folder.remove());

function run(name: string, date: string, ids: readonly string[], replayed: Record<string, Rate> = {}): StoredRun {
  return {
    name,
    backend: 'core',
    date,
    buckets: ids.map((id) => ({ id, count: 5, caseFile: `corpus/findings/${id.replaceAll('/', '-')}.air`, flaky: null })),
    replayed: new Map(Object.entries(replayed)),
  };
}

const FIRST = run('0x1', '2026-11-01', ['codegen/run/b', 'codegen/run/a']);
const BOTH = storeAfter([], FIRST);

describe('a run', () => {
  test('adds what it finds, sorted, with its date', () => {
    expect(standingOf([], FIRST).new).toEqual(['codegen/run/a', 'codegen/run/b']);
    expect(BOTH.map(({ bucket }) => bucket)).toEqual(['codegen/run/a', 'codegen/run/b']);
    expect(BOTH[0]).toEqual({
      bucket: 'codegen/run/a',
      backend: 'core',
      since: '2026-11-01',
      lastSeen: '2026-11-01',
      runs: 1,
      cases: 5,
      lastRun: '0x1',
      state: 'open',
      flaky: null,
      caseFile: 'corpus/findings/codegen-run-a.air',
      note: '',
    });
  });

  test('that is written down again changes nothing', () => {
    expect(storeAfter(BOTH, FIRST)).toEqual(BOTH);
  });

  test('later counts on, and keeps the first date, the first case and what people wrote', () => {
    const noted = BOTH.map((one) => ({ ...one, note: 'the mask' }));
    const [a, b] = storeAfter(noted, run('0x2', '2026-11-03', ['codegen/run/a']));
    expect(a).toMatchObject({ since: '2026-11-01', lastSeen: '2026-11-03', runs: 2, cases: 10, note: 'the mask' });
    expect(b).toEqual(noted[1]);
    // Runs may be written down in any order.
    expect(storeAfter(BOTH, run('0x0', '2026-10-01', ['codegen/run/a']))[0]).toMatchObject({
      since: '2026-10-01',
      lastSeen: '2026-11-01',
    });
  });

  test('tells new, known, fixed, quiet and flaky apart', () => {
    const known = storeAfter(BOTH, run('0x2', '2026-11-02', ['codegen/run/c', 'codegen/run/d']));
    const later = run('0x3', '2026-11-04', ['codegen/run/a', 'linker/link/new'], {
      'codegen/run/b': { failed: 0, of: 4 },
      'codegen/run/c': { failed: 1, of: 1 },
      'codegen/run/d': { failed: 2, of: 4 },
    });
    expect(standingOf(known, later)).toEqual({
      new: ['linker/link/new'],
      known: ['codegen/run/a'],
      fixed: ['codegen/run/b'],
      quiet: ['codegen/run/c', 'codegen/run/d'],
      flaky: ['codegen/run/d'],
    });
    const after = new Map(storeAfter(known, later).map((one) => [one.bucket, one]));
    expect(after.get('codegen/run/b')).toMatchObject({ state: 'fixed', lastSeen: '2026-11-01' });
    expect(after.get('codegen/run/d')).toMatchObject({ state: 'open', flaky: { failed: 2, of: 4 } });
    expect(after.size).toBe(5);
    // What was fixed is no news the next day, and is known when it comes back.
    const fixed = [...after.values()];
    expect(standingOf(fixed, run('0x4', '2026-11-05', []))).toMatchObject({ fixed: [], quiet: expect.not.arrayContaining(['codegen/run/b']) });
    const back = run('0x5', '2026-11-06', ['codegen/run/b']);
    expect(standingOf(fixed, back).known).toEqual(['codegen/run/b']);
    expect(storeAfter(fixed, back).find(({ bucket }) => bucket === 'codegen/run/b')).toMatchObject({ state: 'open', runs: 2 });
  });

  test('of another back end leaves the others alone', () => {
    const other: StoredRun = { ...FIRST, backend: 'zig', name: '0x9' };
    expect(standingOf(BOTH, other)).toMatchObject({ new: ['codegen/run/a', 'codegen/run/b'], quiet: [] });
    expect(storeAfter(BOTH, other)).toHaveLength(4);
  });
});

describe('the file', () => {
  test('is read as it was written, and equal stores are equal bytes', () => {
    expect(readStore(file)).toEqual([]);
    writeStore(file, BOTH);
    expect(readStore(file)).toEqual(BOTH);
    const bytes = readFileSync(file, 'utf8');
    writeStore(file, storeAfter([], { ...FIRST, buckets: FIRST.buckets.toReversed() }));
    expect(readFileSync(file, 'utf8')).toBe(bytes);
  });

  test.each([
    ['{"schema":1,"buckets":[]', 'known.json: error: '],
    ['{"schema":2,"buckets":[]}', 'schema: '],
    ['{"schema":1,"buckets":[],"more":1}', 'more'],
    [JSON.stringify({ schema: 1, buckets: [{ ...(BOTH[0] as KnownBucket), since: 'yesterday' }] }), 'since: '],
  ])('%s is refused by name, and stays as it is', (text, message) => {
    writeFileSync(file, text);
    expect(() => readStore(file)).toThrow(message);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});
