/** Many files are replayed in the order in which they are named, whatever the number of workers and whatever happens to these. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import { CORE_SETTINGS } from '../../../harness/backend/core/settings.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import type { FileReplay } from '../../../harness/corpus/replay-files.ts';
import { replayAll } from '../../../harness/corpus/replay-files.ts';
import type { Workers } from '../../../harness/worker/protocol.ts';
import type { Fate } from '../campaign/fake-workers.ts';
import { fakeWorkers } from '../campaign/fake-workers.ts';
import { makeFolder } from '../cli/run-harness.ts';

const folder = makeFolder();
afterAll(() => folder.remove());

const GOOD = 'export fn @f() u32 {\n  ret u32 7\n}\n;! run @f() = 7\n';
const FILES = {
  'a-good.air': GOOD,
  'b-lie.air': GOOD.replace('= 7', '= 8'),
  'c-no-program.air': 'export fn @f() u32 {\n  ret %9\n}\n',
  'd-no-text.air': Buffer.from([0x3b, 0xff, 0x0a]),
  'e-threads.air': `;! checks threads\n${GOOD}`,
  'f-illegal.air': 'export fn @f() u32 {\n  %0 = div_trunc u32 1, u32 0\n  ret %0\n}\n;! run @f()\n',
  'g-layout.air': `;! bucket linker/layout/layout/order-data\n${GOOD}`,
  'h-good.air': GOOD,
};
const files = Object.keys(FILES).map((name) => join(folder.path, name));
const checks = await loadChecks();

beforeAll(() => {
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder.path, name), text);
});

/** What is said of each file, without times. */
async function replayed(jobs: number, own: boolean, fate?: Fate): Promise<object[]> {
  const workers = fakeWorkers(jobs, { seed: 1, shard: { index: 0, of: 1 }, profile: 'default' }, CORE_BACKEND, checks, fate);
  const said: object[] = [];
  const wish = { own, settings: CORE_SETTINGS };
  await replayAll(workers, files, wish, (file, what) => said.push({ file: file.slice(folder.path.length + 1), ...plain(what) }));
  return said;
}

function plain(what: FileReplay): object {
  if (what.kind !== 'replayed') return what;
  const { findings, verdict, tally } = what.replayed;
  const ran = Object.entries(tally.checks).map(([name, count]) => `${name} ${count.ran} ${count.failed}`);
  return { verdict, ran: ran.sort(), named: what.named.map(({ id }) => id), details: findings.map(({ detail }) => detail) };
}

describe.each([true, false])('files (own checks: %s)', (own) => {
  test('come in their order for any number of workers', async () => {
    const one = await replayed(1, own);
    expect(one.map((what) => (what as { file: string }).file)).toEqual(Object.keys(FILES));
    expect(one[1]).toMatchObject({ named: ['interpreter/expect/result/-', 'codegen/expect/result/-'] });
    expect(one[2]).toMatchObject({ kind: 'unreadable', message: expect.stringContaining('c-no-program.air:2: error:') });
    expect(one[3]).toMatchObject({ kind: 'unreadable', message: expect.stringContaining('not UTF-8') });
    expect(one[5]).toMatchObject({ verdict: { kind: 'discarded' } });
    expect(one[7]).toMatchObject({ details: [], verdict: { kind: 'completed' } });
    for (const jobs of [2, 3, 8]) expect(await replayed(jobs, own)).toEqual(one);
  });

  test('are the same where workers are killed', async () => {
    const undisturbed = await replayed(2, own);
    let kills = 0;
    const fate: Fate = { at: (position) => (position === 0 && kills++ % 2 === 0 ? { signal: 'SIGKILL' } : null) };
    expect(await replayed(2, own, fate)).toEqual(undisturbed);
    expect(kills).toBeGreaterThan(3);
  });
});

test('of their checks, cases have those that they are about', async () => {
  const ranOf = (said: readonly object[], n: number): string[] => (said[n] as { ran: string[] }).ran;
  const own = await replayed(2, true);
  expect(ranOf(own, 0)).toEqual(['exe-linked 1 0', 'expect 1 0', 'interp-exe 1 0', 'validate 1 0']);
  expect(ranOf(own, 4)).toEqual(['exe-linked 1 0', 'expect 1 0', 'interp-exe 1 0', 'threads 1 0', 'validate 1 0']);
  expect(ranOf(own, 6)).toEqual(['exe-linked 1 0', 'expect 1 0', 'interp-exe 1 0', 'layout 1 0', 'validate 1 0']);
  expect(ranOf(await replayed(2, false), 0).length).toBeGreaterThan(9);
});

test('a case at which workers die by themselves is a finding, and its neighbours are what they are', async () => {
  const undisturbed = await replayed(1, true);
  const fates: Fate = { at: (position) => (position !== null && position >= 0 && isCrasher ? { signal: 'SIGSEGV' } : null) };
  let isCrasher = false;
  const config = { seed: 1, shard: { index: 0, of: 1 }, profile: 'default' };
  const workers = fakeWorkers(1, config, CORE_BACKEND, checks, fates);
  const watched: Workers = {
    size: 1,
    run: (task, running) => {
      // The file with threads in it stands for a program at which the engine dies.
      isCrasher = JSON.stringify(task).includes('checks threads');
      return workers.run(task, running);
    },
    close: () => Promise.resolve(),
  };
  const said: object[] = [];
  await replayAll(watched, files, { own: true, settings: CORE_SETTINGS }, (_file, what) => said.push(plain(what)));
  expect(said[4]).toMatchObject({ named: [expect.stringMatching(/process\/crash\/sigsegv$/)] });
  for (const n of [0, 1, 2, 3, 5, 6, 7]) expect(undisturbed[n]).toMatchObject(said[n]!);
});
