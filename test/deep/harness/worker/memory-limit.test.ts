/** Workers that have grown too large are replaced, and nothing in the result of a campaign tells. */
import { afterAll, expect, test } from '@jest/globals';
import { mkdirSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { runCampaign } from '../../../../harness/campaign/campaign.ts';
import type { CampaignConfig } from '../../../../harness/campaign/config.ts';
import { emitTo } from '../../../../harness/campaign/events.ts';
import { loadChecks } from '../../../../harness/check/checks.ts';
import { reductionKey } from '../../../../harness/campaign/reduction-record.ts';
import { summaryOfCampaign } from '../../../../harness/report/summary.ts';
import type { MemoryLimit } from '../../../../harness/worker/memory-limit.ts';
import { DEFAULT_MEMORY_LIMIT, hasOutgrown } from '../../../../harness/worker/memory-limit.ts';
import { WorkerPool } from '../../../../harness/worker/pool.ts';
import { PLANTED_BUGS } from '../../../../bench/planted/bugs.ts';
import { plant } from '../../../../bench/planted/plant.ts';
import { makeFolder } from '../../../harness/cli/run-harness.ts';

const folder = makeFolder();
afterAll(() => folder.remove());

const CHECKS = await loadChecks(['interp-exe', 'threads', 'exe-split']);
const CONFIG: Omit<CampaignConfig, 'backend'> = {
  seed: 5,
  profile: 'default',
  generator: 1,
  budget: { runs: 200, seconds: null },
  shard: { index: 0, of: 1 },
  stopOnFirst: false,
  checks: 'interp-exe,threads,exe-split',
  onlyOps: null,
  reduceRuns: 60,
};

/** Runs a campaign on two workers; the summary without its times, and how many workers were replaced for their size. */
async function campaign(name: string, backend: string, memory?: MemoryLimit) {
  const path = join(folder.path, name);
  mkdirSync(path);
  const config = { ...CONFIG, backend };
  const { seed: campaignSeed, profile, shard, checks, onlyOps } = config;
  const workers = new WorkerPool({
    size: 2,
    folder: path,
    setup: { campaignSeed, profile, shard, backend, engines: 'v8', checks, onlyOps },
    hangAfter: 60_000,
    ...(memory && { memory }),
  });
  try {
    const result = await runCampaign(config, {
      workers,
      emit: emitTo([]),
      stop: { requested: false, whenRequested: new Promise(() => undefined) },
      before: null,
      checks: CHECKS,
      required: [],
      saveCase: (id) => `findings/${id}`,
      journalOf: (wanted) => join(path, `${createHash('sha1').update(reductionKey(wanted)).digest('hex')}.journal`),
    });
    const { seconds, casesPerSecond, engineShare, ...summary } = summaryOfCampaign(result);
    expect([seconds, casesPerSecond, engineShare].every(Number.isFinite)).toBe(true);
    return { summary, outgrown: workers.outgrown };
  } finally {
    await workers.close();
  }
}

test('a worker is replaced when it is too large and has done enough', () => {
  const limit = { bytes: 1000, cases: 10 };
  expect(hasOutgrown({ bytes: 1001, cases: 10 }, limit)).toBe(true);
  expect(hasOutgrown({ bytes: 1000, cases: 10 }, limit)).toBe(false);
  expect(hasOutgrown({ bytes: 1e9, cases: 9 }, limit)).toBe(false);
  expect(hasOutgrown({ bytes: 0, cases: 1e9 }, DEFAULT_MEMORY_LIMIT)).toBe(false);
});

test('with a small limit workers are replaced, and the summary of the campaign stays the same', async () => {
  const backend = plant(PLANTED_BUGS[0]!, join(folder.path, 'bug'));
  const usual = await campaign('usual', backend);
  const small = await campaign('small', backend, { bytes: 1, cases: 32 });
  expect(usual.outgrown).toBe(0);
  // 200 cases in portions of 32, and each portion costs a worker.
  expect(small.outgrown).toBeGreaterThanOrEqual(6);
  expect(usual.summary.buckets.length).toBeGreaterThan(0);
  expect(small.summary).toEqual(usual.summary);
});
