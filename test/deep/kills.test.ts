/**
 * Campaigns whose workers are killed a hundred times, in all phases, and whose supervisors are killed twice: summary and buckets
 * are those of campaigns that nobody disturbed.
 *
 * How many kills fit into one campaign depends on the machine, so there are as many campaigns as the kills need. The schedule is drawn from a fixed seed and goes by what the workers do, not by the clock: which phase, and how many steps
 * into it. Linux only, as the children of a process are read from /proc.
 */
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readMarker } from '../../harness/worker/marker.ts';
import type { Ended, Running } from '../harness/cli/run-harness.ts';
import { makeFolder, start } from '../harness/cli/run-harness.ts';
import { PLANTED_BUGS } from '../../bench/planted/bugs.ts';
import { plant } from '../../bench/planted/plant.ts';

const KILLS = 100;
/** Kills of workers after which the supervisor is killed. */
const SUPERVISOR_AT = [30, 70];
/** Campaigns in which the kills must have found room. */
const MOST_CAMPAIGNS = 20;
/** Kills while cases run; most of the others are left for starts and reductions. */
const MOST_IN_CASES = 40;
/** Kills at one case or candidate: at more the campaign gives it up, and says so. */
const MOST_AT_ONE = 2;

jest.setTimeout(1_800_000);

type Phase = 'start' | 'cases' | 'reduction';

const folder = makeFolder();
afterAll(() => folder.remove());

/** Workers of the campaign that is process `pid`. */
function workersOf(pid: number): number[] {
  const children = readProc(`${pid}/task/${pid}/children`).trim();
  const pids = children === '' ? [] : children.split(' ').map(Number);
  return pids.filter((child) => readProc(`${child}/cmdline`).includes('worker.js'));
}

function readProc(file: string): string {
  try {
    return readFileSync(`/proc/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** What a worker is at: its marker is named after the parent and its slot, and is not there before it has started. */
interface Sight {
  /** Null between two tasks. */
  readonly phase: Phase | null;
  readonly beat: number;
  readonly place: string;
}

function look(run: string, supervisor: number): Sight[] {
  return readdirSync(run)
    .filter((name) => name.startsWith(`worker-${supervisor}-`) && name.endsWith('.at'))
    .map((name) => {
      const { position, beat } = readMarker(join(run, name));
      if (position >= 0) return { phase: 'cases', beat, place: `case ${position}` };
      if (position === -1) return { phase: beat > 1 ? null : 'start', beat, place: '' };
      return { phase: 'reduction', beat, place: candidateOf(join(run, name)) };
    });
}

function candidateOf(marker: string): string {
  try {
    return readFileSync(marker.replace(/at$/, 'candidate.air'), 'utf8');
  } catch {
    return '';
  }
}

class Killer {
  readonly counts: Record<Phase, number> = { start: 0, cases: 0, reduction: 0 };
  #places = new Map<string, number>();
  #state = 20_261_128;
  #phase: Phase = 'start';
  #left = 0;
  #beats = 0;

  get kills(): number {
    return this.counts.start + this.counts.cases + this.counts.reduction;
  }

  /** Another campaign begins: its cases are not those of the last. */
  beginCampaign(): void {
    this.#places = new Map();
  }

  below(n: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * n);
  }

  /** Kills a worker if the time has come; to be called again and again while the campaign runs. `jobs` is 1. */
  step(run: string, supervisor: number): void {
    const [pid] = workersOf(supervisor);
    if (pid === undefined) return;
    const sights = look(run, supervisor);
    const sight = sights[0] ?? { phase: 'start' as const, beat: 0, place: '' };
    if (sight.phase === null) return;
    if (sight.phase !== this.#phase) {
      this.#phase = sight.phase;
      this.#draw(sight);
      return;
    }
    if (sight.phase === 'start' ? this.#left-- > 0 : sight.beat < this.#beats) return;
    const before = this.#places.get(sight.place) ?? 0;
    if (sight.phase !== 'start' && before >= MOST_AT_ONE) return;
    if (sight.phase === 'cases' && this.counts.cases >= MOST_IN_CASES) return;
    // Not every worker is killed while it starts, or nothing would ever run.
    if (sight.phase === 'start' && this.counts.start * 3 > this.kills) return;
    this.#places.set(sight.place, before + 1);
    this.counts[sight.phase]++;
    process.kill(pid, 'SIGKILL');
    this.#draw(sight);
  }

  #draw(sight: Sight): void {
    this.#left = this.below(12);
    // A reduction of a few instructions tries a few dozen candidates.
    this.#beats = sight.beat + 1 + this.below(sight.phase === 'reduction' ? 12 : 60);
  }
}

/** The JSON of a campaign without its times, and with its files. */
function resultOf({ stdout }: Ended): Record<string, unknown> {
  const { seconds, casesPerSecond, engineShare, ...rest } = JSON.parse(stdout) as Record<string, unknown>;
  expect([typeof seconds, typeof casesPerSecond, typeof engineShare]).toEqual(['number', 'number', 'number']);
  return rest;
}

function casesIn(run: string): Record<string, string> {
  const cases = join(run, 'cases');
  return Object.fromEntries(readdirSync(cases).map((name) => [name, readFileSync(join(cases, name), 'utf8')]));
}

const isLinux = process.platform === 'linux';

(isLinux ? describe : describe.skip)('a campaign with a planted bug', () => {
  test(`whose workers are killed ${KILLS} times and whose supervisor is killed twice comes to the same end`, async () => {
    const bug = PLANTED_BUGS.find(({ name }) => name === 'intcast-extends-by-result-sign')!;
    const core = plant(bug, join(folder.path, 'planted'));
    const killer = new Killer();
    const supervisors = [...SUPERVISOR_AT];
    let campaigns = 0;
    while (killer.kills < KILLS && campaigns < MOST_CAMPAIGNS) {
      campaigns++;
      killer.beginCampaign();
      const args = ['fuzz', '--seed', String(campaigns), '--runs', '1500', '--checks', 'interp-exe,roundtrip'];
      args.push('--backend', core, '--json', '--jobs', '1');
      const [alone, killed] = [`left-alone-${campaigns}`, `killed-${campaigns}`];
      const undisturbed = await start(folder.path, [...args, '--out', alone]).ended;
      expect(undisturbed.code).toBe(1);
      const ended = await disturbed([...args, '--out', killed], join(folder.path, killed), killer, supervisors);
      expect(ended.stderr).not.toContain('again and again');
      expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 1, stderr: ended.stderr });
      expect(resultOf(ended)).toEqual(resultOf(undisturbed));
      expect(casesIn(join(folder.path, killed))).toEqual(casesIn(join(folder.path, alone)));
      const left = readdirSync(join(folder.path, killed)).sort();
      expect(left).toEqual(['cases', 'events.jsonl', 'run.json', 'standing.json', 'summary.json']);
    }
    process.stdout.write(`kills in ${campaigns} campaigns: ${JSON.stringify(killer.counts)}\n`);
    expect(supervisors).toEqual([]);
    expect(killer.kills).toBe(KILLS);
    for (const phase of ['start', 'cases', 'reduction'] as const) expect(killer.counts[phase]).toBeGreaterThan(9);
  });
});

/** Runs a campaign to its end, resumed after each kill of its supervisor; `supervisors` loses those that were killed. */
async function disturbed(args: readonly string[], run: string, killer: Killer, supervisors: number[]): Promise<Ended> {
  for (let part = 0; ; part++) {
    const running: Running = start(folder.path, [...args, ...(part === 0 ? [] : ['--resume'])]);
    const ends: Ended[] = [];
    void running.ended.then((end) => ends.push(end));
    let isShot = false;
    while (ends.length === 0) {
      await sleep(2);
      if (isShot) continue;
      if (supervisors.length > 0 && killer.kills >= supervisors[0]! && runExists(run)) {
        supervisors.shift();
        isShot = true;
        running.signal('SIGKILL');
      } else if (killer.kills < KILLS && runExists(run)) {
        killer.step(run, running.pid);
      }
    }
    if (!isShot) return ends[0]!;
  }
}

function runExists(run: string): boolean {
  try {
    return readdirSync(run).length > 0;
  } catch {
    return false;
  }
}
