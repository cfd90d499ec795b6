/**
 * `harness merge` on the whole command: the shards 1/4 to 4/4 of a campaign that finds a planted bug, joined in two orders and twice,
 * are the campaign that was not divided.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { harness, makeFolder } from '../../../harness/cli/run-harness.ts';
import { PLANTED_BUGS } from '../../../../bench/planted/bugs.ts';
import { plant } from '../../../../bench/planted/plant.ts';

const folder = makeFolder();
afterAll(() => folder.remove());
let backend = '';

beforeAll(() => {
  backend = plant(
    PLANTED_BUGS.find(({ name }) => name === 'intcast-extends-by-result-sign')!,
    folder.path,
  );
});

/** A folder of its own for a command, which writes findings below it. */
function place(name: string): string {
  const path = join(folder.path, name);
  mkdirSync(path);
  return path;
}

function fuzz(cwd: string, out: string, ...args: string[]): ReturnType<typeof harness> {
  const campaign = ['--seed', '1', '--runs', '80', '--checks', 'interp-exe', '--backend', backend, '--jobs', '1'];
  return harness(cwd, 'fuzz', ...campaign, '--reduce-runs', '300', '--out', out, ...args);
}

/** All that a run leaves behind but times: its summary, how it ended, its cases. */
function leftBy(cwd: string, run: string): unknown {
  const summary = JSON.parse(readFileSync(join(cwd, run, 'summary.json'), 'utf8')) as Record<string, unknown>;
  const lines = readFileSync(join(cwd, run, 'events.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  const ended = JSON.parse(lines.at(-1)!) as Record<string, unknown> & { tally: Record<string, unknown> };
  const cases = readdirSync(join(cwd, run, 'cases')).sort();
  const files = cases.map((name) => [name, readFileSync(join(cwd, run, 'cases', name), 'utf8')]);
  const findings = readdirSync(join(cwd, 'corpus', 'findings')).sort();
  return {
    summary: { ...summary, seconds: 0, casesPerSecond: 0, engineShare: 0 },
    ended: { ...ended, seconds: 0, tally: { ...ended.tally, time: 0, busy: 0 } },
    files,
    findings,
  };
}

test('shards 1/4 to 4/4 merged are the whole, byte for byte but for times, in any order and twice', async () => {
  const whole = place('whole');
  expect((await fuzz(whole, 'run')).code).toBe(1);
  const shards = place('shards');
  for (const n of [1, 2, 3, 4]) expect([0, 1]).toContain((await fuzz(shards, `s${n}`, '--shard', `${n}/4`)).code);
  const merges = { inOrder: ['s1', 's2', 's3', 's4'], otherwise: ['s3', 's1', 's4', 's2', 's3', 's1'] };
  for (const [name, order] of Object.entries(merges)) {
    const cwd = place(name);
    const { code, stdout } = await harness(
      cwd,
      'merge',
      ...order.map((shard) => join(shards, shard)),
      '--out',
      'run',
      '--jobs',
      '1',
      '--json',
    );
    expect(code).toBe(1);
    expect(leftBy(cwd, 'run')).toEqual(leftBy(whole, 'run'));
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1)!)).toEqual(
      JSON.parse(readFileSync(join(cwd, 'run', 'summary.json'), 'utf8')),
    );
  }
  const cut = await harness(place('three'), 'merge', ...['s1', 's2', 's4'].map((shard) => join(shards, shard)));
  expect(cut.stderr + cut.stdout).toContain('shard 3/4 is missing');
});
