/**
 * Workers for commands that run single cases: what kills or hangs a case must not take the command with it.
 *
 * Owns the workers, their folder of temporary files and the signals meanwhile: the first ends the workers at once, so that whatever
 * waits for them is told `stopped`. Invariant: whatever way the command ends by itself, the folder is gone.
 */
import { WorkerPool } from '../worker/pool.ts';
import type { Workers } from '../worker/protocol.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

/** What the workers are to work with. */
export interface OneWorkerOptions {
  readonly profile: string;
  readonly backend: string;
  /** As `--engines`. */
  readonly engines: string;
  readonly checks: string | null;
  readonly onlyOps: readonly string[] | null;
  /** As in a setup. */
  readonly known?: readonly string[];
}

/** Workers, and a folder that lives as long. */
export interface OneWorker extends Workers {
  readonly folder: string;
}

/** Milliseconds of work without progress after which the worker is replaced. */
const HANG_AFTER = 40_000;

/** Calls `body` with `size` workers that are gone afterwards. */
export async function withWorker<T>(
  options: OneWorkerOptions,
  body: (workers: OneWorker) => Promise<T>,
  size = 1,
): Promise<T> {
  const temporary = openTemporaryFolder(() => undefined);
  const folder = temporary.path;
  try {
    const pool = new WorkerPool({
      size,
      folder,
      hangAfter: HANG_AFTER,
      setup: { campaignSeed: 0, shard: { index: 0, of: 1 }, ...options },
    });
    void temporary.stop.whenRequested.then(() => pool.close());
    try {
      return await body(Object.assign(pool, { folder }));
    } finally {
      await pool.close();
    }
  } finally {
    temporary.release();
  }
}
