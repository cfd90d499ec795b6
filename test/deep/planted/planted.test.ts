/**
 * The proof that the harness catches bugs: mistakes planted in a copy of core, each looked for by the real command.
 *
 * For each mistake a campaign must find it within {@link RUNS} cases; every minimised case must fail in its bucket with the
 * bad core (replayed in this process), and pass with the good one (one command replays them all). Two commands run at a time; a
 * test waits for its own.
 * The table of all results is printed and left in reports/planted.json.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CORE_BACKEND, loadCoreBackend } from '../../../harness/backend/core/core-backend.ts';
import { formatCaseFileError, readCaseFile } from '../../../harness/case/case-file.ts';
import { generatorOf } from '../../../harness/case/generate.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import { selectChecks } from '../../../harness/check/select-checks.ts';
import { nameFindings, replay } from '../../../harness/corpus/replay.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import { Executor } from '../../../harness/worker/executor.ts';
import type { Workers } from '../../../harness/worker/protocol.ts';
import { harness, makeFolder, ROOT } from '../../harness/cli/run-harness.ts';
import type { PlantedBug } from '../../../bench/planted/bugs.ts';
import { LEAKING_BUGS, PLANTED_BUGS } from '../../../bench/planted/bugs.ts';
import { plant } from '../../../bench/planted/plant.ts';

/** Cases in which a mistake must be found. */
const RUNS = 2000;
const SEED = '1';
/** Median of the AIR instructions of minimised cases. */
const MOST_MEDIAN = 10;
/** Commands at a time, and mistakes that are looked for before their test asks. */
const AT_A_TIME = 2;
const AHEAD = 6;

interface Bucket {
  readonly id: string;
  readonly check: string;
  readonly caseFile: string | null;
  readonly instructions: number | null;
}

interface Summary {
  readonly cases: number;
  readonly buckets: readonly Bucket[];
}

/** What became of one mistake. */
interface Hunt {
  readonly bug: PlantedBug;
  readonly code: number | null;
  readonly summary: Summary;
  readonly stderr: string;
  /** Minimised cases. */
  readonly files: readonly string[];
  /** Buckets of a replay of the minimised cases with the bad core. */
  readonly bad: readonly string[];
  readonly seconds: number;
}

const generate = generatorOf('default', null);
const checks = await loadChecks(selectChecks(null, 'default').names);

const folder = makeFolder();
const hunts: Hunt[] = [];

function summaryOf(stdout: string): Summary {
  const last = stdout.trimEnd().split('\n').at(-1)!;
  return last.startsWith('{') ? (JSON.parse(last) as Summary) : { cases: 0, buckets: [] };
}

async function hunt(bug: PlantedBug): Promise<Hunt> {
  const started = performance.now();
  const cwd = join(folder.path, bug.name);
  mkdirSync(cwd);
  const core = plant(bug, cwd);
  const campaign = ['--seed', SEED, '--runs', String(RUNS), '--stop-on-first', '--jobs', '1', '--out', 'run'];
  const fuzz = await harness(cwd, 'fuzz', ...campaign, '--backend', core, '--json');
  const summary = summaryOf(fuzz.stdout);
  const files = summary.buckets.flatMap(({ caseFile }) => (caseFile === null ? [] : [caseFile]));
  const bad = (await Promise.all(files.map((file) => replayWith(core, join(cwd, file))))).flat();
  const seconds = (performance.now() - started) / 1000;
  return {
    bug,
    code: fuzz.code,
    summary,
    stderr: fuzz.stderr,
    files: files.map((file) => resolve(cwd, file)),
    bad,
    seconds,
  };
}

/** Buckets of the case in `file` with the core in the folder `core`. */
async function replayWith(core: string, file: string): Promise<string[]> {
  const executor = new Executor({
    campaignSeed: 0,
    profile: 'default',
    shard: { index: 0, of: 1 },
    generate,
    backend: await loadCoreBackend(pathToFileURL(join(core, 'index.js')).href, core),
    engines: [V8_ENGINE],
    checks,
    mark: () => undefined,
    keepCandidate: () => undefined,
  });
  const workers: Workers = {
    size: 1,
    run: async (task) => ({ kind: 'done', reply: (await executor.run(task)) as never }),
    close: () => Promise.resolve(),
  };
  const text = readFileSync(file, 'utf8');
  const stored = readCaseFile(text, file, { settings: CORE_BACKEND.settings });
  if (!stored.ok) throw new Error(`${file}: ${stored.errors.map(formatCaseFileError).join('; ')}`);
  const replayed = await replay(workers, { from: 'text', text });
  const named = await nameFindings(workers, { from: 'text', text }, replayed, stored.value.case.unit);
  return named.map(({ id }) => id);
}

/** Runs hunts in the order of the list, two at a time, some ahead of the tests. */
class Hunter {
  readonly #results = new Map<PlantedBug, Promise<Hunt>>();
  readonly #starts = new Map<PlantedBug, () => void>();
  #running = 0;
  #stopped = false;

  /** The hunt for bug `n` of the list. */
  of(n: number): Promise<Hunt> {
    for (const bug of PLANTED_BUGS.slice(n, n + AHEAD)) this.#enqueue(bug);
    this.#pump();
    return this.#results.get(PLANTED_BUGS[n]!)!;
  }

  /** Starts nothing any more, and waits for what runs. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const started = [...this.#results].filter(([bug]) => !this.#starts.has(bug));
    await Promise.allSettled(started.map(([, hunted]) => hunted));
  }

  #enqueue(bug: PlantedBug): void {
    if (this.#results.has(bug)) return;
    const started = new Promise<void>((start) => this.#starts.set(bug, start));
    const result = started
      .then(() => hunt(bug))
      .finally(() => {
        this.#running--;
        this.#pump();
      });
    // Whoever asks for it sees the failure; of one that nobody asks for, nobody need know.
    result.catch(() => undefined);
    this.#results.set(bug, result);
  }

  #pump(): void {
    for (const [bug, start] of this.#starts) {
      if (this.#stopped || this.#running >= AT_A_TIME) return;
      this.#starts.delete(bug);
      this.#running++;
      start();
    }
  }
}

const hunter = new Hunter();

afterAll(async () => {
  await hunter.stop();
  folder.remove();
});

function sizesOf({ summary }: Hunt): number[] {
  return summary.buckets.map(({ instructions }) => instructions ?? Infinity);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Infinity;
}

describe('a campaign finds, minimises and shows again', () => {
  test.each(PLANTED_BUGS.map((bug, n) => [`${bug.family} ${bug.name}: ${bug.mistake}`, n] as const))(
    '%s',
    async (_name, n) => {
      const hunted = await hunter.of(n);
      const { code, summary, stderr, bad } = hunted;
      hunts.push(hunted);
      if (code !== 1) throw new Error(`not found: exit ${code} after ${summary.cases} cases\n${stderr}`);
      expect(summary.cases).toBeLessThanOrEqual(RUNS);
      expect(summary.buckets.length).toBeGreaterThan(0);
      for (const { caseFile, instructions } of summary.buckets) {
        expect(caseFile).toEqual(expect.any(String));
        expect(instructions).toEqual(expect.any(Number));
      }
      expect(bad).toEqual(expect.arrayContaining(summary.buckets.map(({ id }) => id)));
    },
  );

  test('with minimised cases that pass with the good core', async () => {
    const files = hunts.flatMap((hunted) => hunted.files);
    expect(files.length).toBeGreaterThanOrEqual(PLANTED_BUGS.length);
    const { code, stdout, stderr } = await harness(folder.path, 'regress', ...files);
    expect([code, code === 0 ? '' : stdout + stderr]).toEqual([0, '']);
  });

  test('with minimised cases that are small', () => {
    writeTable();
    expect(median(hunts.map((hunted) => Math.max(...sizesOf(hunted))))).toBeLessThanOrEqual(MOST_MEDIAN);
  });
});

describe('a mistake that leaks from one case into the next', () => {
  test.each(LEAKING_BUGS.map((bug) => [`${bug.family} ${bug.name}: ${bug.mistake}`, bug] as const))(
    'is found, though a case alone need not show it: %s',
    async (_name, bug) => {
      const { code, summary } = await hunt(bug);
      expect(code).toBe(1);
      expect(summary.buckets.length).toBeGreaterThan(0);
    },
  );
});

function writeTable(): void {
  const rows = hunts.map(({ bug, summary, seconds, ...rest }) => ({
    bug: bug.name,
    family: bug.family,
    mistake: bug.mistake,
    check: summary.buckets[0]?.check ?? '-',
    buckets: summary.buckets.map(({ id }) => id),
    cases: summary.cases,
    instructions: sizesOf({ bug, summary, seconds, ...rest }),
    seconds: Number(seconds.toFixed(1)),
  }));
  const reports = join(ROOT, 'reports');
  mkdirSync(reports, { recursive: true });
  writeFileSync(join(reports, 'planted.json'), `${JSON.stringify(rows, null, 2)}\n`);
  const lines = rows.map(
    ({ bug, buckets, cases, instructions, seconds }) =>
      `${bug.padEnd(48)} ${String(cases).padStart(5)} ${instructions.join(',').padEnd(8)} ${seconds.toFixed(1).padStart(6)}  ${buckets[0] ?? '-'}`,
  );
  const head = `${'mistake'.padEnd(48)} cases ${'size'.padEnd(8)} ${'s'.padStart(6)}  bucket`;
  process.stdout.write(`${[head, ...lines].join('\n')}\n`);
}
