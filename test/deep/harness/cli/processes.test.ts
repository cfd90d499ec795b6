/**
 * The command among processes: signals, locks, suspended workers, readers that go away, disks that are full, folders that are none.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { PLANTED_BUGS } from '../../../../bench/planted/bugs.ts';
import { plant } from '../../../../bench/planted/plant.ts';
import type { Ended, Running } from '../../../harness/cli/run-harness.ts';
import { harness, makeFolder, ROOT, start } from '../../../harness/cli/run-harness.ts';

const folder = makeFolder();
const cwd = folder.path;
const MAIN = join(ROOT, 'dist', 'harness', 'cli', 'main.js');
const CASE = 'export fn @f(u32) u32 {\n  %0 = arg u32 0\n  ret %0\n}\n;! run @f(37) = 37\n';

let planted = '';

beforeAll(() => {
  writeFileSync(join(cwd, 'good.air'), CASE);
  planted = plant(
    PLANTED_BUGS.find(({ name }) => name === 'intcast-extends-by-result-sign')!,
    join(cwd, 'planted'),
  );
  stalling('stalls.mjs', join(ROOT, 'dist', 'core', 'index.js'), 0);
  stalling('stalls-later.mjs', join(planted, 'index.js'), 300);
  stalling('stalls-reducing.mjs', join(planted, 'index.js'), 450);
});

afterAll(() => folder.remove());

/** A back end that waits for ten minutes, once it has been asked for `builds` builds. */
function stalling(name: string, core: string, builds: number): void {
  const door = pathToFileURL(core).href;
  writeFileSync(
    join(cwd, name),
    `export * from '${door}';
     import { openCompilation as open } from '${door}';
     let builds = 0;
     export function openCompilation(unit, settings) {
       if (builds++ >= ${builds}) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600_000);
       return open(unit, settings);
     }`,
  );
}

/** Waits until `isSo`, while `running` runs. */
async function until(running: Running, isSo: () => boolean): Promise<void> {
  let ended: Ended | null = null;
  void running.ended.then((end) => (ended = end));
  while (!isSo()) {
    if (ended !== null) throw new Error(`ended early: ${JSON.stringify(ended)}`);
    await sleep(20);
  }
}

function temporary(name: string): string {
  const path = join(cwd, name);
  mkdirSync(path);
  return path;
}

const isWorking = (path: string): boolean =>
  readdirSync(path).some((name) => readdirSync(join(path, name)).some((file) => file.endsWith('.at')));

describe('a signal', () => {
  const commands = ['repro', 'regress', 'reduce'].flatMap((command) =>
    (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => [command, signal] as const),
  );
  test.each(commands)('ends %s at once (%s), and nothing is left', async (command, signal) => {
    const path = temporary(`tmp-${command}-${signal}`);
    const running = start(cwd, [command, 'good.air', '--backend', 'stalls.mjs'], { TMPDIR: path });
    await until(running, () => isWorking(path));
    running.signal(signal);
    expect((await running.ended).code).toBe(130);
    expect(readdirSync(path)).toEqual([]);
  });

  test('that comes as soon as there is a temporary folder finds it all the same', async () => {
    const temporary = join(cwd, 'temporary');
    mkdirSync(temporary);
    writeFileSync(
      join(cwd, 'signals.mjs'),
      `import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const make = fs.mkdtempSync;
fs.mkdtempSync = (prefix) => {
  const path = make(prefix);
  if (prefix.startsWith(${JSON.stringify(temporary)})) process.kill(process.pid, 'SIGINT');
  return path;
};
syncBuiltinESMExports();
`,
    );
    const environment = { TMPDIR: temporary, NODE_OPTIONS: `--import ${pathToFileURL(join(cwd, 'signals.mjs')).href}` };
    for (const args of [
      ['repro', 'good.air'],
      ['mutants', '--runs', '40'],
    ]) {
      const { code, stderr } = await start(cwd, args, environment).ended;
      expect({ args, code, stderr }).toMatchObject({ code: 130 });
      expect(readdirSync(temporary)).toEqual([]);
    }
  });

  test('ends a reduction with what was reached in a file', async () => {
    const fuzz = await harness(
      cwd,
      ...['fuzz', '--seed', '1', '--runs', '200', '--checks', 'interp-exe', '--backend', planted],
      ...['--reduce-runs', '0', '--out', 'unreduced', '--json'],
    );
    const { buckets } = JSON.parse(fuzz.stdout) as { buckets: { caseFile: string; instructions: number }[] };
    const { caseFile, instructions } = buckets[0]!;
    const path = temporary('tmp-best');
    const args = ['reduce', caseFile, '--checks', 'interp-exe', '--backend', 'stalls-later.mjs', '-o', 'best.air'];
    const running = start(cwd, args, { TMPDIR: path });
    const sizes = (): number[] =>
      Array.from(running.stderr().matchAll(/(\d+) instructions {2}/g), ([, n]) => Number(n));
    await until(running, () => sizes().some((size) => size < instructions));
    running.signal('SIGTERM');
    const ended = await running.ended;
    expect(ended.code).toBe(130);
    expect(ended.stdout).toMatch(/^\d+ instructions so far, written to best\.air\n$/);
    expect(Number(/^\d+/.exec(ended.stdout)![0])).toBeLessThan(instructions);
    expect(readdirSync(path)).toEqual([]);
    const again = await harness(cwd, 'repro', 'best.air', '--checks', 'interp-exe', '--backend', planted);
    expect(again.code).toBe(1);
    expect((await harness(cwd, 'repro', 'best.air', '--checks', 'interp-exe')).code).toBe(0);
  });

  test('ends a campaign that reduces with 130, and keeps what was reached', async () => {
    const args = [
      'fuzz',
      '--seed',
      '1',
      '--runs',
      '300',
      '--checks',
      'interp-exe',
      '--backend',
      'stalls-reducing.mjs',
      '--jobs',
      '1',
    ];
    const running = start(cwd, [...args, '--out', 'reducing', '--json']);
    await until(running, () => running.stderr().includes('reducing 1 of'));
    running.signal('SIGINT');
    const ended = await running.ended;
    expect(ended.code).toBe(130);
    const { cases, buckets } = JSON.parse(ended.stdout) as { cases: number; buckets: { caseFile: string }[] };
    expect(cases).toBe(300);
    expect(buckets.length).toBeGreaterThan(0);
    for (const { caseFile } of buckets) expect(readIfThere(caseFile)).toContain(';! seed');
  });

  test('to a campaign whose reader is gone gives 130, and a line about it', async () => {
    const script = `"${process.execPath}" "${MAIN}" fuzz --seed 2 --time 10m --jobs 1 --out gone --checks interp-exe 2>gone.txt & echo $!; wait $!; echo $? > gone-code.txt`;
    const child = execFile('bash', ['-c', script], { cwd });
    const pid = await new Promise<number>((resolve) =>
      child.stdout!.once('data', (text: string) => resolve(Number(text))),
    );
    child.stdout!.destroy();
    const log = join(cwd, 'gone', 'events.jsonl');
    while (!(existsSync(log) && readFileSync(log, 'utf8').includes('"ran"'))) await sleep(20);
    process.kill(pid, 'SIGTERM');
    while (!existsSync(join(cwd, 'gone-code.txt')) || readFileSync(join(cwd, 'gone-code.txt'), 'utf8') === '')
      await sleep(20);
    expect(readFileSync(join(cwd, 'gone-code.txt'), 'utf8')).toBe('130\n');
    expect(readFileSync(join(cwd, 'gone.txt'), 'utf8')).toContain('the result is in gone/summary.json');
  });
});

describe('a run folder', () => {
  test('belongs to one campaign at a time, and to nobody once that is dead', async () => {
    const args = ['fuzz', '--seed', '3', '--jobs', '1', '--checks', 'interp-exe', '--out', 'locked', '--json'];
    const first = start(cwd, [...args, '--time', '10m']);
    await until(first, () => readIfThere('locked/events.jsonl').includes('"ran"'));
    for (const more of [['--resume'], []]) {
      const second = await harness(cwd, ...args, '--runs', '5', ...more);
      expect(second.code).toBe(2);
      expect(second.stderr).toBe(`harness: locked is in use: a campaign runs in it (process ${first.pid})\n`);
    }
    first.signal('SIGKILL');
    await first.ended;
    expect(existsSync(join(cwd, 'locked', 'lock'))).toBe(true);
    const resumed = await harness(cwd, ...args, '--runs', '5', '--resume');
    expect(resumed.code).toBe(0);
    expect(readdirSync(join(cwd, 'locked')).sort()).toEqual([
      'events.jsonl',
      'run.json',
      'standing.json',
      'summary.json',
    ]);
  });

  test('that cannot be is refused in one line', async () => {
    const codes = async (out: string): Promise<[number | null, string]> => {
      const { code, stderr } = await harness(cwd, 'fuzz', '--seed', '1', '--runs', '1', '--out', out);
      return [code, stderr];
    };
    expect(await codes('good.air')).toEqual([2, 'harness: good.air is no folder\n']);
    expect(await codes('')).toEqual([2, 'harness: --out: the name of a folder is not empty\n']);
    expect(await codes('good.air/x')).toEqual([3, expect.stringMatching(/^harness: cannot write .*\n$/)]);
    expect(await codes('/dev/null/x/y')).toEqual([3, expect.stringMatching(/^harness: cannot write .*\n$/)]);
    if (process.platform === 'linux') {
      expect(await codes('/proc/x/y')).toEqual([3, expect.stringMatching(/^harness: cannot write .*ENOENT.*\n$/)]);
    }
  });

  test('of a second campaign does not take the findings of the first away', async () => {
    const run = async (seed: number, out: string): Promise<{ id: string; caseFile: string }[]> => {
      const args = [
        '--runs',
        '600',
        '--checks',
        'interp-exe',
        '--backend',
        planted,
        '--jobs',
        '1',
        '--reduce-runs',
        '0',
      ];
      const { stdout } = await harness(cwd, 'fuzz', '--seed', String(seed), ...args, '--out', out, '--json');
      return (JSON.parse(stdout) as { buckets: { id: string; caseFile: string }[] }).buckets;
    };
    const first = await run(1, 'first');
    const kept = new Map(first.map(({ caseFile }) => [caseFile, readIfThere(caseFile)]));
    const second = await run(2, 'second');
    const shared = second.filter(({ id }) => first.some((bucket) => bucket.id === id));
    expect(shared.length).toBeGreaterThan(0);
    for (const [file, text] of kept) expect(readIfThere(file)).toBe(text);
    for (const { caseFile } of shared) expect(kept.has(caseFile)).toBe(false);
    // The same campaign again finds the same cases under the same names.
    expect(await run(2, 'third')).toEqual(second);
  });
});

describe('output', () => {
  /** Runs the command in a shell that does `redirection`; stderr and exit code. */
  const shell = (words: string, redirection: string): Promise<{ code: number; stderr: string }> =>
    new Promise((resolve) => {
      const script = `{ "${process.execPath}" "${MAIN}" ${words}; echo "code $?" >&2; } ${redirection}`;
      execFile('bash', ['-c', script], { cwd }, (_error, _stdout, stderr) => {
        const [, said, code] = /^([^]*)code (\d+)\n$/.exec(stderr)!;
        resolve({ code: Number(code), stderr: said! });
      });
    });
  const FULL = 'harness: cannot write to standard output: ENOSPC: no space left on device, write\n';

  test('that nobody wants ends without a word and with the code of what happened', async () => {
    expect(await shell('--help', '| true')).toEqual({ code: 0, stderr: '' });
    expect(await shell('fuzz --help', '| head -1 >&2')).toMatchObject({ code: 0 });
    expect(await shell(`gen 0x1`, '| true')).toEqual({ code: 0, stderr: '' });
    expect(await shell(`regress good.air --backend nosuch`, '| true')).toMatchObject({ code: 2 });
  });

  (existsSync('/dev/full') ? test : test.skip)(
    'that has no place to go is a failure, unless something was found',
    async () => {
      expect(await shell('--help', '> /dev/full')).toEqual({ code: 3, stderr: FULL });
      expect(await shell('gen 0x1', '> /dev/full')).toEqual({ code: 3, stderr: FULL });
      expect(
        await shell('fuzz --seed 1 --runs 5 --out full --json', '2>full.txt > /dev/full; cat full.txt >&2'),
      ).toMatchObject({
        code: 3,
      });
      expect(readIfThere('full.txt')).toContain(FULL);
      expect(readIfThere('full.txt')).not.toContain('    at ');
      const found = `fuzz --seed 1 --runs 150 --checks interp-exe --reduce-runs 0 --backend ${planted} --out full-found --json`;
      expect((await shell(found, '> /dev/full')).code).toBe(1);
    },
  );
});

(process.platform === 'linux' ? test : test.skip)(
  'workers that are suspended for longer than any guard accuse nobody',
  async () => {
    const args = ['fuzz', '--seed', '6', '--runs', '400', '--checks', 'interp-exe', '--json'];
    const running = start(cwd, [...args, '--jobs', '2', '--out', 'suspended']);
    await until(running, () => readIfThere('suspended/events.jsonl').includes('"ran"'));
    const workers = readFileSync(`/proc/${running.pid}/task/${running.pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .map(Number);
    for (const pid of workers) process.kill(pid, 'SIGSTOP');
    // Longer than the guard of a batch, which is five seconds.
    await sleep(6000);
    for (const pid of workers) process.kill(pid, 'SIGCONT');
    const ended = await running.ended;
    const alone = await harness(cwd, ...args, '--jobs', '1', '--out', 'not-suspended');
    expect([ended.code, alone.code]).toEqual([0, 0]);
    const rest = ({ stdout }: Ended): unknown => {
      const {
        seconds: _s,
        casesPerSecond: _c,
        engineShare: _e,
        ...result
      } = JSON.parse(stdout) as Record<string, unknown>;
      return result;
    };
    expect(rest(ended)).toEqual(rest(alone));
  },
);

(process.platform === 'linux' ? test : test.skip)(
  'workers that are killed while they start are started again',
  async () => {
    const args = ['fuzz', '--seed', '8', '--runs', '40', '--checks', 'interp-exe', '--jobs', '1', '--json'];
    const running = start(cwd, [...args, '--out', 'killed-starts']);
    const workers = (): number[] =>
      proc(`${running.pid}/task/${running.pid}/children`)
        .split(' ')
        .filter((child) => proc(`${child}/cmdline`).includes('worker.js'))
        .map(Number);
    const killed = new Set<number>();
    while (killed.size < 3) {
      await until(running, () => workers().some((pid) => !killed.has(pid)));
      const pid = workers().find((worker) => !killed.has(worker))!;
      process.kill(pid, 'SIGKILL');
      killed.add(pid);
    }
    const ended = await running.ended;
    expect([ended.code, ended.stderr.includes('warning')]).toEqual([0, false]);
    expect(JSON.parse(ended.stdout)).toMatchObject({ cases: 40, buckets: [], discarded: {} });
  },
);

function proc(file: string): string {
  try {
    return readFileSync(`/proc/${file}`, 'utf8').trim();
  } catch {
    return '';
  }
}

function readIfThere(file: string): string {
  const path = join(cwd, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
