/**
 * `npm run bench -- memory [CASES]`: whether workers stop growing. Runs a campaign's cases on workers as a campaign does, prints
 * the size of the largest one every 5,000 cases and how many were replaced for their size, and judges the curve.
 *
 * Sizes are resident bytes of a process at the end of its last task. The first third of the cases is warming up: caches fill,
 * and V8 optimizes. Flat: in the last third the largest worker is at most a tenth larger than in the second. Exit code 1 if not.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHUNK } from '../harness/campaign/config.ts';
import { DEFAULT_MEMORY_LIMIT } from '../harness/worker/memory-limit.ts';
import { WorkerPool } from '../harness/worker/pool.ts';

const CASES = 60_000;
const STEP = 5000;
const MOST_GROWTH = 1.1;
const HANG_AFTER = 40_000;

/** Runs `cases` cases; returns whether the curve is flat. */
export async function benchMemory(cases = CASES): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'harness-bench-'));
  const pool = new WorkerPool({
    size: availableParallelism(),
    folder,
    hangAfter: HANG_AFTER,
    setup: {
      campaignSeed: 1,
      shard: { index: 0, of: 1 },
      profile: 'default',
      backend: 'core',
      checks: null,
      onlyOps: null,
    },
  });
  try {
    return judge(await curve(pool, cases), pool.outgrown);
  } finally {
    await pool.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Megabytes of the largest worker, for each step. */
async function curve(pool: WorkerPool, cases: number): Promise<number[]> {
  const limit = (DEFAULT_MEMORY_LIMIT.bytes / 2 ** 20).toFixed(0);
  console.log(`${cases} cases on ${pool.size} workers, Node ${process.version}, limit ${limit} MB`);
  console.log(
    `${'cases'.padStart(8)}${'largest worker'.padStart(18)}${'replaced'.padStart(10)}${'seconds'.padStart(9)}`,
  );
  const begin = performance.now();
  const sizes: number[] = [];
  const step = Math.min(STEP, Math.ceil(cases / 12));
  let next = 0;
  let done = 0;
  let largest = 0;
  const work = async (): Promise<void> => {
    while (next < cases) {
      const first = next;
      next += CHUNK;
      const outcome = await pool.run<'cases'>({ kind: 'cases', first, count: CHUNK, stopOnFirst: false });
      if (outcome.kind !== 'done') throw new Error(`a worker did not do its cases: ${JSON.stringify(outcome)}`);
      done += CHUNK;
      largest = Math.max(largest, pool.largest / 2 ** 20);
      if (Math.floor(done / step) === Math.floor((done - CHUNK) / step)) continue;
      const seconds = (performance.now() - begin) / 1000;
      const cells = [done, `${largest.toFixed(0)} MB`, pool.outgrown, seconds.toFixed(0)];
      console.log([8, 18, 10, 9].map((width, n) => String(cells[n]).padStart(width)).join(''));
      sizes.push(largest);
      largest = 0;
    }
  };
  await Promise.all(Array.from({ length: pool.size }, work));
  return sizes;
}

function judge(sizes: readonly number[], replaced: number): boolean {
  const third = Math.floor(sizes.length / 3);
  const second = Math.max(...sizes.slice(third, 2 * third));
  const last = Math.max(...sizes.slice(2 * third));
  const isFlat = last <= second * MOST_GROWTH;
  const verdict = isFlat ? 'flat' : 'NOT flat';
  console.log(
    `${verdict}: ${second.toFixed(0)} MB in the second third, ${last.toFixed(0)} MB in the last; ${replaced} workers replaced`,
  );
  return isFlat;
}
