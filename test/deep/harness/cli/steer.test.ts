/**
 * `harness fuzz --steer` on the whole command: the same result for any number of jobs, for shards that are merged and for a run that is resumed; its cases
 * are seeds that `repro` takes; a sweep cannot be steered.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PLANTED_BUGS } from '../../../../bench/planted/bugs.ts';
import { plant } from '../../../../bench/planted/plant.ts';
import { harness, makeFolder } from '../../../harness/cli/run-harness.ts';

const folder = makeFolder();
afterAll(() => folder.remove());
let backend = '';

beforeAll(() => {
  backend = plant(
    PLANTED_BUGS.find(({ name }) => name === 'compare-takes-all-integers-for-signed')!,
    folder.path,
  );
});

const CAMPAIGN = ['--seed', '1', '--profile', 'swarm', '--steer', '--runs', '48', '--checks', 'interp-exe'];

function place(name: string): string {
  const path = join(folder.path, name);
  mkdirSync(path);
  return path;
}

function fuzz(cwd: string, out: string, ...args: string[]): ReturnType<typeof harness> {
  return harness(cwd, 'fuzz', ...CAMPAIGN, '--backend', backend, '--reduce-runs', '0', '--out', out, ...args);
}

/** Summary and cases of a run, without times. */
function leftBy(cwd: string): unknown {
  const run = join(cwd, 'run');
  const summary = JSON.parse(readFileSync(join(run, 'summary.json'), 'utf8')) as Record<string, unknown>;
  const names = readdirSync(join(run, 'cases')).sort();
  const files = names.map((name) => [name, readFileSync(join(run, 'cases', name), 'utf8')]);
  return { summary: { ...summary, seconds: 0, casesPerSecond: 0, engineShare: 0, jobs: 0 }, files };
}

test('it depends on no number of jobs, shards or resumptions, and its cases can be repeated', async () => {
  const one = place('one');
  expect((await fuzz(one, 'run', '--jobs', '1')).code).toBe(1);
  const three = place('three');
  await fuzz(three, 'run', '--jobs', '3');
  expect(leftBy(three)).toEqual(leftBy(one));

  const shards = place('shards');
  for (const n of [1, 2]) expect([0, 1]).toContain((await fuzz(shards, `s${n}`, '--shard', `${n}/2`)).code);
  const merged = place('merged');
  await harness(merged, 'merge', join(shards, 's2'), join(shards, 's1'), '--out', 'run', '--jobs', '2');
  expect(leftBy(merged)).toEqual(leftBy(one));

  // Cut off behind the first results, as by a crash.
  const cut = place('cut');
  await fuzz(cut, 'run', '--jobs', '1');
  const events = join(cut, 'run', 'events.jsonl');
  const lines = readFileSync(events, 'utf8').split('\n');
  const firstRan = lines.findIndex((line) => line.startsWith('{"event":"ran"'));
  writeFileSync(events, `${lines.slice(0, firstRan + 1).join('\n')}\n`);
  await fuzz(cut, 'run', '--jobs', '2', '--resume');
  expect(leftBy(cut)).toEqual(leftBy(one));

  const { buckets } = JSON.parse(readFileSync(join(one, 'run', 'summary.json'), 'utf8')) as {
    buckets: readonly { seed: string }[];
  };
  const { seed } = buckets[0]!;
  expect(seed).toMatch(/^swarm:0x/);
  const again = await harness(one, 'repro', seed, '--backend', backend);
  expect(again.stdout).toMatch(/^codegen\//m);
  expect(again.code).toBe(1);
});

test('a campaign that is steered is not resumed as one that is not, and a sweep is refused', async () => {
  const cwd = place('refused');
  const sweep = await harness(cwd, 'fuzz', '--steer', '--profile', 'sweep', '--runs', '3');
  expect(sweep.code).toBe(2);
  expect(sweep.stderr).toContain('--steer: profile sweep');
  const plain = ['fuzz', '--seed', '1', '--profile', 'swarm', '--runs', '4', '--checks', 'validate', '--out', 'run'];
  expect((await harness(cwd, ...plain, '--steer')).code).toBe(0);
  expect((await harness(cwd, ...plain, '--resume')).code).toBe(2);
});
