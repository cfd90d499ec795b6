/**
 * A campaign with a planted mistake and its reductions, a clean one, and a gate, beside twenty busy processes: they come to what they come to alone,
 * so nothing is found that is not there, and nothing is lost. No process is left. The whole of it at full length is `npm run bench -- load`.
 *
 * Small, because each gets a small part of a core. Linux only, as processes are read from /proc.
 */
import { afterAll, expect, jest, test } from '@jest/globals';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PLANTED_BUGS } from '../../bench/planted/bugs.ts';
import { plant } from '../../bench/planted/plant.ts';
import type { Ended } from '../harness/cli/run-harness.ts';
import { makeFolder, ROOT, start } from '../harness/cli/run-harness.ts';

const LOAD = 20;

// A net: on a machine that has other work to do as well it takes many times as long.
jest.setTimeout(1_800_000);

const folder = makeFolder();
const temporary = join(folder.path, 'tmp');
const busy: ChildProcess[] = [];

afterAll(() => {
  for (const child of busy) child.kill('SIGKILL');
  folder.remove();
});

/** Processes that this test has started and that are still there: all of them have its temporary folder. */
function left(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => readProc(`${pid}/environ`).includes(`TMPDIR=${temporary}`))
    .map((pid) => `${pid} ${readProc(`${pid}/cmdline`).replaceAll('\0', ' ')}`);
}

function readProc(file: string): string {
  try {
    return readFileSync(`/proc/${file}`, 'utf8');
  } catch {
    return '';
  }
}

interface Came {
  readonly code: number | null;
  /** The object of `--json` without times and folders. */
  readonly summary: Record<string, unknown>;
}

function cameTo({ code, stdout, stderr }: Ended): Came {
  expect({ code, stderr }).not.toEqual({ code: 3, stderr });
  const parsed = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown>;
  const { seconds: _s, casesPerSecond: _c, engineShare: _e, parts: _p, ...summary } = parsed;
  return { code, summary };
}

/** The three of them at the same time, each in a folder of its own. */
async function runAll(name: string, planted: string): Promise<Record<'found' | 'clean' | 'gate', Came>> {
  const ended = (what: string, ...args: string[]): Promise<Ended> => {
    const cwd = join(folder.path, name, what);
    mkdirSync(cwd, { recursive: true });
    return start(cwd, [...args, '--json'], { TMPDIR: temporary }).ended;
  };
  const few = ['--checks', 'interp-exe', '--reduce-runs', '40'];
  const core = join(ROOT, 'dist');
  const [found, clean, gate] = await Promise.all([
    ended('found', 'fuzz', '--seed', 'integers:1', '--runs', '2', '--jobs', '1', ...few, '--backend', planted),
    ended('clean', 'fuzz', '--seed', 'small:2', '--runs', '16', '--jobs', '1', ...few),
    ended('gate', 'gate', '--backend', core, '--base-backend', core, '--runs', '1', '--jobs', '1', '--seed', '3'),
  ]);
  return { found: cameTo(found), clean: cameTo(clean), gate: cameTo(gate) };
}

(process.platform === 'linux' ? test : test.skip)('a load of twenty changes nothing', async () => {
  mkdirSync(temporary);
  const bug = PLANTED_BUGS.find(({ name }) => name === 'intcast-extends-by-result-sign')!;
  const planted = plant(bug, join(folder.path, 'planted'));
  const alone = await runAll('alone', planted);
  const buckets = [{ id: 'codegen/run/intcast', instructions: 10 }];
  expect(alone.found).toMatchObject({ code: 1, summary: { cases: 2, buckets } });
  for (const name of ['clean', 'gate'] as const) {
    expect(alone[name]).toMatchObject({ code: 0, summary: { buckets: [], incomparable: {} } });
  }
  for (let n = 0; n < LOAD; n++) busy.push(spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
  expect(await runAll('loaded', planted)).toEqual(alone);
  expect(busy.every(({ exitCode }) => exitCode === null)).toBe(true);
  expect(left()).toEqual([]);
  expect(readdirSync(temporary)).toEqual([]);
});
