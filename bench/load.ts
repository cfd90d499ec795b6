/**
 * `npm run bench -- load [CAMPAIGNS] [CASES] [LOAD]`: what a busy machine does to campaigns, which should be nothing.
 *
 * Runs campaigns (10 of 3,000 cases, seeds 1 up, two jobs) beside LOAD (20) processes that do nothing but work. Each must find
 * nothing, and its JSON must be that of the same campaign on the machine without the load, apart from times. Prints one line for each
 * campaign; the exit code is 1 if one of them differs.
 */
import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../harness/cli/main.js', import.meta.url));

interface Ended {
  readonly code: number;
  readonly seconds: number;
  /** The JSON of the campaign without its times, as text. */
  readonly result: string;
  readonly buckets: number;
}

/** See the file header. Returns whether all is well. */
export async function benchLoad(campaigns = 10, cases = 3000, load = 20): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'harness-load-'));
  const busy: ChildProcess[] = [];
  let isWell = true;
  try {
    const alone: Ended[] = [];
    for (let n = 1; n <= campaigns; n++) alone.push(await campaign(folder, n, cases, 'alone'));
    for (let n = 0; n < load; n++) busy.push(spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
    console.log(
      `${campaigns} campaigns of ${cases} cases, two jobs, ${load} busy processes on ${availableParallelism()} cores`,
    );
    console.log('seed   alone, s   loaded, s   load average   buckets   exit   JSON');
    for (let n = 1; n <= campaigns; n++) {
      const before = alone[n - 1]!;
      const loaded = await campaign(folder, n, cases, 'loaded');
      const isEqual = loaded.result === before.result;
      isWell &&= isEqual && loaded.buckets === 0 && loaded.code === 0;
      const columns = [
        String(n).padStart(4),
        before.seconds.toFixed(1).padStart(10),
        loaded.seconds.toFixed(1).padStart(11),
        loadavg()[0]!.toFixed(1).padStart(14),
        String(loaded.buckets).padStart(9),
        String(loaded.code).padStart(6),
      ];
      console.log(
        `${columns.join(' ')}   ${isEqual ? 'equal' : `DIFFERS\n  alone  ${before.result}\n  loaded ${loaded.result}`}`,
      );
    }
  } finally {
    for (const child of busy) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
  return isWell;
}

async function campaign(folder: string, seed: number, cases: number, name: string): Promise<Ended> {
  const begin = performance.now();
  const args = [
    'fuzz',
    '--seed',
    String(seed),
    '--runs',
    String(cases),
    '--jobs',
    '2',
    '--json',
    '--out',
    `${name}-${seed}`,
  ];
  const { code, stdout } = await run(folder, args);
  const seconds = (performance.now() - begin) / 1000;
  const {
    seconds: _s,
    casesPerSecond: _c,
    engineShare: _e,
    ...rest
  } = JSON.parse(stdout || '{}') as Record<string, unknown>;
  const buckets = Array.isArray(rest['buckets']) ? rest['buckets'].length : -1;
  return { code, seconds, result: JSON.stringify(rest), buckets };
}

function run(cwd: string, args: readonly string[]): Promise<{ code: number; stdout: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { cwd, maxBuffer: 1 << 26 }, (error, stdout) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 3;
      resolve({ code, stdout });
    });
  });
}
