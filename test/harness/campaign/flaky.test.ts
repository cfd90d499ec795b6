/**
 * A back end that fails now and then: the run that finds it says how often, in every form, and keeps it apart from then on.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import { coreSettings } from '../../../harness/backend/core/settings.ts';
import type { Backend } from '../../../harness/backend/door.ts';
import { runCampaign } from '../../../harness/campaign/campaign.ts';
import type { CampaignConfig } from '../../../harness/campaign/config.ts';
import type { CampaignResult, Reporter } from '../../../harness/campaign/events.ts';
import { emitTo } from '../../../harness/campaign/events.ts';
import type { Reduction } from '../../../harness/campaign/reduction-record.ts';
import { reductionKey } from '../../../harness/campaign/reduction-record.ts';
import { RunFolder } from '../../../harness/campaign/run-folder.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import { withoutFlaky } from '../../../harness/cli/known-buckets.ts';
import { standingOf, storeAfter } from '../../../harness/corpus/bucket-store.ts';
import { rateOf } from '../../../harness/model/rate.ts';
import { formatReport } from '../../../harness/report/formats.ts';
import { readRunReport } from '../../../harness/report/run-report.ts';
import { summaryOfCampaign } from '../../../harness/report/summary.ts';
import { exeOf } from '../check/fixtures.ts';
import { makeFolder } from '../cli/run-harness.ts';
import { CONFIG as BASE } from '../report/campaign-config.ts';
import { fakeWorkers } from './fake-workers.ts';

const CONFIG: CampaignConfig = {
  ...BASE,
  seed: 7,
  budget: { runs: 40, seconds: null },
  checks: 'interp-exe',
  reduceRuns: 60,
};
const CHECKS = await loadChecks(['interp-exe']);

/** Core that refuses the thirtieth program of a campaign, and those programs of its reductions for whose number `fails` says so. */
interface Moody {
  readonly backend: Backend;
  readonly reporter: Reporter;
}

function moody(fails: (before: number, smallest: number) => boolean): Moody {
  let built = 0;
  let reduced: number | null = null;
  let smallest = Infinity;
  return {
    backend: {
      ...CORE_BACKEND,
      compiler: {
        kind: 'direct',
        build(job) {
          const isNow = reduced === null ? built++ === 30 : fails(reduced++, smallest);
          if (isNow) return { kind: 'refused', code: 'moody', text: 'not now' };
          return exeOf(CORE_BACKEND, job.unit, coreSettings(job.settings));
        },
      },
    },
    reporter: {
      onReducing: () => void (reduced ??= 0),
      onShrunk: ({ instructions }) => void (smallest = instructions),
    },
  };
}

/** Passes when it is to be reduced, and fails in the second of four more runs. */
const ONCE_MORE = (before: number): boolean => before === 2;

const folder = makeFolder();
afterAll(() => folder.remove());

interface Ran {
  readonly result: CampaignResult;
  readonly run: RunFolder;
  readonly reductions: Reduction[];
}

async function campaign(name: string, { backend, reporter }: Moody, earlier: readonly Reduction[] = []) {
  const run = RunFolder.create(CONFIG, join(folder.path, name), folder.path);
  const reductions: Reduction[] = [];
  const log = run.log();
  const emit = emitTo([log, { onReduction: (reduction) => void reductions.push(reduction) }, reporter]);
  emit('started', { config: CONFIG, jobs: 1, folder: run.path, resumed: 0 });
  const result = await runCampaign(CONFIG, {
    workers: fakeWorkers(1, CONFIG, backend, CHECKS),
    emit,
    stop: { requested: false, whenRequested: new Promise(() => undefined) },
    before: null,
    checks: CHECKS,
    required: [],
    reductionOf: (wanted) => earlier.find((one) => reductionKey(one) === reductionKey(wanted)) ?? null,
    saveCase: (id, seed, text, original) => run.saveCase(id, seed, text, original, folder.path),
    journalOf: (wanted) => join(run.path, `${createHash('sha1').update(reductionKey(wanted)).digest('hex')}.journal`),
  });
  log.flush();
  run.close();
  return { result, run, reductions } satisfies Ran;
}

describe('a case that does not fail again', () => {
  test('is run four times more, and its bucket has the rate, in the run folder and in every format', async () => {
    const { result, run } = await campaign('once', moody(ONCE_MORE));
    expect(result.buckets).toHaveLength(1);
    expect(result.buckets[0]).toMatchObject({ stage: 'codegen', count: 1, flaky: { failed: 2, of: 6 } });
    expect(result.buckets[0]!.reduction).toBe('did not fail again when it was to be reduced: failed 2 of 6 runs');
    expect(summaryOfCampaign(result).buckets[0]).toMatchObject({ flaky: { failed: 2, of: 6 } });
    const report = readRunReport(run.path);
    expect(report.buckets).toEqual(result.buckets);
    for (const format of ['html', 'junit', 'sarif', 'github', 'md', 'issue'] as const) {
      expect(formatReport(report, format)).toContain('flaky: failed 2 of 6');
    }
    expect(formatReport(report, 'html')).toContain('<h2>Flaky buckets</h2>');
    expect(formatReport(report, 'html')).not.toContain('<h2>Buckets</h2>');
  });

  test('keeps its rate where its reduction is taken over from another run', async () => {
    const { reductions } = await campaign('first', moody(ONCE_MORE));
    expect(reductions).toHaveLength(1);
    const { result } = await campaign(
      'second',
      moody(() => false),
      reductions,
    );
    expect(result.buckets[0]!.flaky).toEqual({ failed: 2, of: 6 });
  });

  test('is found out also after it has become small', async () => {
    const { result } = await campaign(
      'small',
      moody((n, smallest) => smallest > 20 || n % 4 === 0),
    );
    expect(result.buckets[0]!.instructions).toBeLessThan(30);
    expect(result.buckets[0]!.flaky).not.toBeNull();
    expect(result.buckets[0]!.reduction).toMatch(/it does not fail each time: failed \d of 5 runs$/);
  });

  test('is no such case where it fails each time', async () => {
    const { result, run } = await campaign(
      'always',
      moody(() => true),
    );
    expect(result.buckets).toHaveLength(1);
    expect(result.buckets[0]!.flaky).toBeNull();
    expect(summaryOfCampaign(result).buckets[0]).not.toHaveProperty('flaky');
    expect(formatReport(readRunReport(run.path), 'html')).not.toContain('laky');
  });
});

describe('the bucket of such a case', () => {
  test('counts in the run that is the first to find it, and is quarantined with its rate in the next', async () => {
    const { result } = await campaign('night-1', moody(ONCE_MORE));
    const { id } = result.buckets[0]!;
    const night = { name: '0x7', backend: 'core', date: '2026-11-29', buckets: result.buckets, replayed: new Map() };
    const standing = standingOf([], night);
    expect(standing).toEqual({ new: [id], known: [], fixed: [], quiet: [], flaky: [id] });
    expect(withoutFlaky(result.buckets, standing)).toHaveLength(1);
    const known = storeAfter([], night);
    expect(known).toMatchObject([{ bucket: id, state: 'open', flaky: { failed: 2, of: 6 } }]);
    // Found again, though its stored case passes in all replays: it is flaky still.
    const next = { ...night, name: '0x8', replayed: new Map([[id, { failed: 0, of: 4 }]]) };
    expect(standingOf(known, next)).toMatchObject({ new: [], known: [id], fixed: [], flaky: [id] });
    expect(withoutFlaky(result.buckets, standingOf(known, next))).toEqual([]);
    expect(storeAfter(known, next)).toMatchObject([{ runs: 2, state: 'open', flaky: { failed: 2, of: 6 } }]);
    // A case that fails in each replay is not.
    const steady = { ...next, replayed: new Map([[id, { failed: 4, of: 4 }]]) };
    expect(standingOf(known, steady).flaky).toEqual([]);
    expect(storeAfter(known, steady)).toMatchObject([{ flaky: null }]);
  });

  test.each([
    { fails: [true], wasFlaky: false, rate: { failed: 1, of: 1 } },
    { fails: [false, true, false, false], wasFlaky: false, rate: { failed: 1, of: 4 } },
    { fails: [false, false, false, false], wasFlaky: false, rate: { failed: 0, of: 4 } },
    // One failure does not take it out of the quarantine.
    { fails: [true, false, true, false], wasFlaky: true, rate: { failed: 2, of: 4 } },
    { fails: [true, true, true, true], wasFlaky: true, rate: { failed: 4, of: 4 } },
  ])('is replayed until it is clear: $fails, flaky before: $wasFlaky', async ({ fails, wasFlaky, rate }) => {
    const left = [...fails];
    expect(await rateOf(() => Promise.resolve(left.shift()!), wasFlaky)).toEqual(rate);
    expect(left).toEqual([]);
  });
});
