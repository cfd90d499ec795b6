/**
 * Mutants of core in one instrumented copy, which cases of a profile reach them, and what happens when such cases run against one.
 *
 * Each run is a process of its own (kill-rows.ts). Owns how much is recorded and timed. Invariant: an interruption ends the measurement; it
 * never counts as a mutant that ended its process.
 */
import { fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StopSignal } from '../harness/campaign/parts.ts';
import { openTemporaryFolder } from '../harness/cli/temporary-folder.ts';
import { makeInstrumentedCore, mutantsOfCore, openDoor } from '../harness/mutants/instrumented-core.ts';
import type { Reach } from '../harness/mutants/reach.ts';
import { recordReach } from '../harness/mutants/reach.ts';
import { Interrupted } from '../harness/model/failure.ts';

import { sampleOf } from '../harness/mutants/sample.ts';
import { workerV8Flags } from '../harness/worker/v8-flags.ts';
import type { Rows, RowsTask } from './kill-rows.ts';

/** Cases of the profile in which it is seen what reaches a mutant. */
const RECORDED = 300;
/** Cases before those that are timed, and those. */
const WARM_UP = 600;
const TIMED = 900;
/** Milliseconds by the clock: a process that takes longer has met a mutant that does not end, however busy the machine is. */
const LIMIT = 600_000;

/** A sample of mutants, and what can be asked about it. */
export interface ReachedMutants {
  readonly count: number;
  readonly reach: Reach;
  /** What checks cost without a mutant, for programs `scale` times as large as the profile says. */
  costs(scale: number): Promise<Rows['costs']>;
  /** For each of the cases at `positions`, the checks that fail with mutant `number`; one that ends the process fails one of that name. */
  failed(number: number, positions: Uint32Array, scale: number): Promise<Rows['failed']>;
}

/** Positions 0 to `count` - 1. */
export function upTo(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, n) => n);
}

/** Draws `size` mutants by `seed`, records what reaches them, and lets `use` ask. Throws Interrupted. */
export async function withReachedMutants(
  size: number,
  seed: number,
  profile: string,
  use: (mutants: ReachedMutants) => Promise<void>,
): Promise<void> {
  const sample = sampleOf(mutantsOfCore(null), size, seed);
  const temporary = openTemporaryFolder((text) => console.error(text));
  try {
    const { path, stop } = temporary;
    makeInstrumentedCore(path, sample);
    const work = join(path, 'work');
    mkdirSync(work);
    const plan = { seed, profiles: [profile], runs: RECORDED, checks: null };
    const reach = await recordReach(path, plan, profile, { folder: work, stop });
    const run = (number: number | null, rest: Pick<RowsTask, 'scale' | 'positions' | 'warmUp'>): Promise<Rows | null> =>
      runRows({ profile, seed, door: openDoor(path, number), ...rest }, stop);
    await use({
      count: sample.length,
      reach,
      async costs(scale) {
        const timed = await run(null, { scale, positions: upTo(WARM_UP + TIMED), warmUp: WARM_UP });
        if (timed === null) throw new Error('core without a mutant does not end');
        return timed.costs;
      },
      async failed(number, positions, scale) {
        return (await run(number, { scale, positions, warmUp: null }))?.failed ?? [['process']];
      },
    });
  } finally {
    temporary.release();
  }
}

/** What the process said; null: it did not end, or died. Throws Interrupted. */
async function runRows(task: RowsTask, stop: StopSignal): Promise<Rows | null> {
  if (stop.requested) throw new Interrupted();
  const entry = fileURLToPath(new URL('./kill-rows.js', import.meta.url));
  const child = fork(entry, [], {
    execArgv: [...workerV8Flags()],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT);
  void stop.whenRequested.then(() => child.kill('SIGKILL'));
  const said = await new Promise<Rows | null>((resolve) => {
    let rows: Rows | null = null;
    child.on('message', (message) => (rows = message as Rows));
    child.on('close', () => {
      clearTimeout(limit);
      resolve(rows);
    });
    child.send(task);
  });
  if (stop.requested) throw new Interrupted();
  return said;
}
