/**
 * A single worker for commands that run single cases: what kills or hangs a case must not take the command with it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkerPool } from '../worker/pool.ts';
import type { Workers } from '../worker/protocol.ts';

/** What the worker is to work with. */
export interface OneWorkerOptions {
  readonly profile: string;
  readonly backend: string;
  /** As `--engines`. */
  readonly engines: string;
  readonly checks: string | null;
  readonly onlyOps: readonly string[] | null;
}

/** Milliseconds without progress after which the worker is replaced. */
const HANG_AFTER = 40_000;

/** Calls `body` with a worker that is gone afterwards. */
export async function withWorker<T>(options: OneWorkerOptions, body: (workers: Workers) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'harness-'));
  const workers = new WorkerPool({
    size: 1,
    folder,
    hangAfter: HANG_AFTER,
    setup: { campaignSeed: 0, shard: { index: 0, of: 1 }, ...options },
  });
  try {
    return await body(workers);
  } finally {
    await workers.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
