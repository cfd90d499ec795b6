/**
 * `npm run bench -- night [SECONDS] [MISTAKES]`: a night in small, with everything going wrong around it.
 *
 * Plants mistakes in one copy of core and runs a campaign over it, two jobs. Every few seconds one of its workers is killed with SIGKILL, and the
 * supervisor three times: at half the time, at its end, and when the next case has been reduced; the campaign is resumed each time. Then the same
 * cases run undisturbed. Both must come to the same buckets with the same counts, no case may be counted twice, and no process and no file may be left
 * behind. Prints the figures; the exit code is 1 if something is not as it must be. Linux only: workers are found in /proc.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readDone } from '../harness/campaign/stored-run.ts';
import { readRunReport } from '../harness/report/run-report.ts';
import type { PlantedBug } from './planted/bugs.ts';
import { PLANTED_BUGS } from './planted/bugs.ts';
import { plant } from './planted/plant.ts';

const MAIN = fileURLToPath(new URL('../harness/cli/main.js', import.meta.url));

/** Seconds between two kills of workers, and between two looks at the memory. */
const KILL_EVERY = 3;
const SIZE_EVERY = 5;
/** Milliseconds in which workers have to end whose supervisor is gone. */
const ORPHANS_GO = 60_000;
/** Processor seconds that a worker has worked for before it is killed; its start takes one. */
const LEAST_WORK = 2;
/** Milliseconds between two looks at what goes on. */
const LOOK_EVERY = 250;

/** Mistakes that leave most programs right, so that they do not hide each other; spread over the parts of core. */
const QUIET: readonly string[] = [
  'shl-does-not-wrap',
  'sub-sat-saturates-the-wrong-way',
  'ctz-stops-one-bit-early',
  'round-takes-halves-down',
  'mod-selects-the-wrong-way',
  'br-table-range-ends-early',
  'memmove-copies-forward',
  'intcast-extends-by-result-sign',
  'div-floor-joins-its-conditions-wrongly',
  'sentinel-is-not-stored',
  'repeated-fixups-stay-in-place',
  'bswap-mask-of-the-other-half',
];

/** Runs the night of `seconds` seconds; whether all was as it must be. */
export async function benchNight(seconds = 1200, mistakes = QUIET.length): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'harness-night-'));
  const faults: string[] = [];
  try {
    const bugs = QUIET.slice(0, mistakes).map((name) => PLANTED_BUGS.find((bug) => bug.name === name)!);
    const [first, ...others] = bugs as [PlantedBug, ...PlantedBug[]];
    const core = plant(first, folder, ...others);
    const temporary = join(folder, 'tmp');
    mkdirSync(temporary);
    const night = new Night(folder, core, temporary);
    await night.run(seconds);
    const disturbed = readRunReport(join(folder, 'night'));
    const total = disturbed.tally.cases;
    console.log(
      `${total} cases, ${disturbed.seconds.toFixed(0)} s; ${night.workerKills} workers and ${night.supervisorKills} supervisors killed; ` +
        `ends: ${night.codes.join(', ')}`,
    );
    if (night.codes.at(-1) !== 1) faults.push('the night did not end with findings');
    if (night.orphans.length > 0) faults.push(`processes left behind: ${night.orphans.join(', ')}`);
    const left = readdirSync(temporary);
    if (left.length > 0) faults.push(`files left in the temporary folder: ${left.join(', ')}`);
    for (const what of night.memoryLines()) console.log(what);
    if (total === 0) {
      console.log('WRONG: no case was run');
      return false;
    }
    await night.undisturbed();
    const calm = readRunReport(join(folder, 'calm'));
    const buckets = (report: typeof calm): string[] => report.buckets.map(({ id, count }) => `${id} ${count}`).sort();
    const [seen, wanted] = [buckets(disturbed), buckets(calm)];
    console.log(`buckets of the night: ${seen.length}, undisturbed: ${wanted.length}, mistakes: ${bugs.length}`);
    for (const one of wanted) console.log(`  ${one}${seen.includes(one) ? '' : '  NOT IN THE NIGHT'}`);
    for (const one of seen) if (!wanted.includes(one)) console.log(`  ${one}  IN THE NIGHT ALONE`);
    if (calm.tally.cases !== total) faults.push(`${calm.tally.cases} cases undisturbed`);
    if (seen.join('\n') !== wanted.join('\n')) {
      faults.push('the night has other buckets or counts');
      for (const text of disturbed.warnings) console.log(`  ${text}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  for (const fault of faults) console.log(`WRONG: ${fault}`);
  return faults.length === 0;
}

/** The campaign that is disturbed. */
class Night {
  readonly #folder: string;
  readonly #core: string;
  readonly #temporary: string;
  readonly #memory: { readonly at: number; readonly supervisor: number; readonly workers: number }[] = [];
  readonly codes: (number | string)[] = [];
  workerKills = 0;
  supervisorKills = 0;
  orphans: number[] = [];
  /** Position behind the last case of the night. */
  #end = 0;

  constructor(folder: string, core: string, temporary: string) {
    this.#folder = folder;
    this.#core = core;
    this.#temporary = temporary;
  }

  /** Cases run for `seconds`, all that were begun are run to the end, and what failed is reduced. */
  async run(seconds: number): Promise<void> {
    const begin = performance.now();
    const passed = (): number => (performance.now() - begin) / 1000;
    const time = ['--time', `${Math.ceil(seconds) + 600}s`];
    // Each has to get on, however slow the machine is.
    await this.#part(time, passed, () => passed() >= seconds / 2 && this.#lines('ran') > 0);
    const before = this.#lines('ran');
    await this.#part([...time, '--resume'], passed, () => passed() >= seconds && this.#lines('ran') > before);
    this.#end = Math.max(0, ...readDone(join(this.#folder, 'night'), () => undefined).ranges.map(({ next }) => next));
    const rest = ['--runs', String(this.#end), '--resume'];
    const reduced = this.#lines('reduction');
    await this.#part(rest, passed, () => this.#lines('reduction') > reduced);
    if (this.codes.at(-1) === 'SIGKILL') await this.#part(rest, passed, () => false);
  }

  /** One supervisor, which is killed when `isOver` says so, or ends by itself. */
  async #part(words: readonly string[], passed: () => number, isOver: () => boolean): Promise<void> {
    const child = this.#start([...words, '--out', 'night']);
    const ended = endOf(child);
    let [looked, killed] = [0, passed()];
    while (child.exitCode === null && child.signalCode === null) {
      await Promise.race([ended, delay(LOOK_EVERY)]);
      const workers = workersOf(child.pid!);
      if (passed() - looked >= SIZE_EVERY) {
        looked = passed();
        this.#memory.push({ at: looked, supervisor: sizeOf(child.pid!), workers: Math.max(0, ...workers.map(sizeOf)) });
      }
      if (isOver() && child.exitCode === null) {
        this.supervisorKills++;
        child.kill('SIGKILL');
        await ended;
        this.orphans.push(...(await leftOf(workers)));
        break;
      }
      if (passed() - killed < KILL_EVERY) continue;
      killed = passed();
      // While cases run and while they are reduced alike; never one that has done nothing yet, or on a busy machine nothing would ever be done.
      const old = workers.filter((pid) => workedFor(pid) >= LEAST_WORK);
      const victim = old[this.workerKills % Math.max(1, old.length)];
      if (victim !== undefined && kill(victim)) this.workerKills++;
    }
    await ended;
    this.codes.push(child.exitCode ?? child.signalCode ?? '-');
  }

  /** Lines of events.jsonl about `event`. */
  #lines(event: string): number {
    const file = join(this.#folder, 'night', 'events.jsonl');
    if (!existsSync(file)) return 0;
    return readFileSync(file, 'utf8').split(`{"event":"${event}"`).length - 1;
  }

  /** The same cases once more, with nobody near. */
  async undisturbed(): Promise<void> {
    await endOf(this.#start(['--runs', String(this.#end), '--out', 'calm']));
  }

  /** Greatest sizes before and behind a quarter of the time, in MB. */
  memoryLines(): string[] {
    const last = this.#memory.at(-1)?.at ?? 0;
    const greatest = (of: 'supervisor' | 'workers', isLate: boolean): string => {
      const sizes = this.#memory.filter(({ at }) => at > last / 4 === isLate).map((sample) => sample[of]);
      return `${Math.max(0, ...sizes).toFixed(0)} MB`;
    };
    return (['supervisor', 'workers'] as const).map(
      (of) => `${of}: at most ${greatest(of, false)} in the first quarter of the time, ${greatest(of, true)} after it`,
    );
  }

  #start(words: readonly string[]): ChildProcess {
    const args = [MAIN, 'fuzz', '--seed', '1', '--jobs', '2', '--backend', this.#core, ...words];
    const env = { ...process.env, TMPDIR: this.#temporary };
    return spawn(process.execPath, args, { cwd: this.#folder, stdio: 'ignore', env });
  }
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.on('exit', () => resolve());
  });
}

function workersOf(pid: number): number[] {
  return proc(`${pid}/task/${pid}/children`)
    .split(' ')
    .filter((child) => child !== '')
    .map(Number);
}

/** Resident megabytes. */
function sizeOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(proc(`${pid}/status`))?.[1] ?? 0) / 1024;
}

/** Processor seconds so far; a tick is a hundredth (proc(5)). */
function workedFor(pid: number): number {
  const fields = proc(`${pid}/stat`)
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100;
}

/** Those of `pids` that stay, although their parent is gone: on a busy machine it takes them a while to see that. */
async function leftOf(pids: readonly number[]): Promise<number[]> {
  let left = pids.filter(existsProcess);
  for (let waited = 0; left.length > 0 && waited < ORPHANS_GO; waited += LOOK_EVERY) {
    await delay(LOOK_EVERY);
    left = left.filter(existsProcess);
  }
  return left;
}

function existsProcess(pid: number): boolean {
  return proc(`${pid}/cmdline`).includes('worker');
}

function kill(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}

function proc(file: string): string {
  try {
    return readFileSync(`/proc/${file}`, 'utf8').trim();
  } catch {
    return '';
  }
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
