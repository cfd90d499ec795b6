/**
 * A campaign on workers that are not processes: what is found does not depend on how many there are, in which order they
 * finish, or whether some of them die.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { coreSettings } from '../../../harness/backend/core/settings.ts';
import { exeOf } from '../check/fixtures.ts';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import type { CampaignParts } from '../../../harness/campaign/parts.ts';
import { runCampaign } from '../../../harness/campaign/campaign.ts';
import type { CampaignConfig } from '../../../harness/campaign/config.ts';
import type { CampaignResult } from '../../../harness/campaign/events.ts';
import { emitTo } from '../../../harness/campaign/events.ts';
import { reductionKey } from '../../../harness/campaign/reduction-record.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import type { Backend } from '../../../harness/backend/door.ts';
import { summaryOfCampaign } from '../../../harness/report/summary.ts';
import type { Workers } from '../../../harness/worker/protocol.ts';
import { makeFolder } from '../cli/run-harness.ts';
import { fakeWorkers as makeFakeWorkers } from './fake-workers.ts';

const CONFIG: CampaignConfig = {
  seed: 7,
  profile: 'default',
  generator: 1,
  budget: { runs: 70, seconds: null },
  shard: { index: 0, of: 1 },
  stopOnFirst: false,
  backend: 'core',
  checks: 'interp-exe,roundtrip',
  onlyOps: null,
  reduceRuns: 60,
};

const CHECKS = await loadChecks(['interp-exe', 'roundtrip']);

/** Core that refuses every program with an even number of functions. */
const PICKY: Backend = {
  ...CORE_BACKEND,
  compiler: {
    kind: 'direct',
    build(job) {
      if (job.unit.navs.filter((nav) => nav.kind === 'func').length % 2 === 0) {
        return { kind: 'refused', code: 'even', text: 'an even number of functions' };
      }
      return exeOf(CORE_BACKEND, job.unit, coreSettings(job.settings));
    },
  },
};

interface Fault {
  /** The worker crashes at these positions. */
  readonly deadlyAt: readonly number[];
  /** Only the first time. */
  readonly once?: boolean;
}

function fakeWorkers(size: number, backend: Backend, fault: Fault = { deadlyAt: [] }) {
  const forgiven = new Set<number>();
  return makeFakeWorkers(size, CONFIG, backend, CHECKS, {
    at(position) {
      if (position === null || !fault.deadlyAt.includes(position) || forgiven.has(position)) return null;
      if (fault.once === true) forgiven.add(position);
      return { signal: 'SIGSEGV', stderr: 'segmentation fault' };
    },
  });
}

const folder = makeFolder();
afterAll(() => folder.remove());

function journal(wanted: Parameters<typeof reductionKey>[0]): string {
  return join(folder.path, `${createHash('sha1').update(reductionKey(wanted)).digest('hex')}.journal`);
}

async function campaign(
  config: Partial<CampaignConfig>,
  workers: Workers,
  emit: CampaignParts['emit'] = emitTo([]),
): Promise<CampaignResult> {
  const parts: CampaignParts = {
    workers,
    emit,
    stop: { requested: false, whenRequested: new Promise(() => undefined) },
    before: null,
    checks: CHECKS,
    required: [],
    saveCase: (id) => `findings/${id}`,
    journalOf: journal,
  };
  return runCampaign({ ...CONFIG, ...config }, parts);
}

function withoutTimes(result: CampaignResult): unknown {
  const { seconds, casesPerSecond, engineShare, ...rest } = summaryOfCampaign(result);
  expect(seconds).toBeGreaterThan(0);
  expect(casesPerSecond).toBeGreaterThan(0);
  expect(engineShare).toBeGreaterThan(0);
  return rest;
}

describe('a campaign', () => {
  test('completes the number of cases it was asked for, and finds nothing in a sound back end', async () => {
    const result = await campaign({}, fakeWorkers(1, CORE_BACKEND));
    expect(result.end).toBe('done');
    expect(result.tally.cases).toBe(70);
    expect(result.buckets).toEqual([]);
    expect(result.failure).toBeNull();
    expect(result.tally.checks['interp-exe']).toEqual({ ran: 70, failed: 0 });
  });

  test('finds, counts, reduces and files the same for any number of workers', async () => {
    const one = await campaign({}, fakeWorkers(1, PICKY));
    const three = await campaign({}, fakeWorkers(3, PICKY));
    expect(one.buckets.length).toBeGreaterThan(0);
    expect(one.buckets[0]!.count).toBeGreaterThan(3);
    expect(one.buckets[0]!.caseFile).toBe(`findings/${one.buckets[0]!.id}`);
    expect(withoutTimes(three)).toEqual(withoutTimes(one));
    expect(three.buckets.map((bucket) => bucket.text)).toEqual(one.buckets.map((bucket) => bucket.text));
  });

  test('comes to the same whether cases are reduced beside the others or at the end', async () => {
    const events: string[] = [];
    const note = (what: string) => () => void events.push(what);
    const listener = { onRan: note('ran'), onReduction: note('reduction'), onReducing: note('reducing') };
    const beside = await campaign({ reduceShare: 1 }, fakeWorkers(2, PICKY), emitTo([listener]));
    const after = await campaign({}, fakeWorkers(2, PICKY));
    expect(events.indexOf('reduction')).toBeGreaterThan(0);
    expect(events.indexOf('reduction')).toBeLessThan(events.indexOf('reducing'));
    expect(withoutTimes(beside)).toEqual(withoutTimes(after));
    expect(beside.buckets).toEqual(after.buckets);
  });

  test('ends its reductions at the time that it is given, and hands none of them on that is not minimal', async () => {
    const events: string[] = [];
    const emit = emitTo([{ onShrunk: () => events.push('shrunk'), onReduction: () => events.push('reduction') }]);
    const all = await campaign({ reduceRuns: 400 }, fakeWorkers(1, PICKY), emit);
    expect(all.buckets[0]!.reduction).toContain('1-minimal');
    expect(new Set(events)).toEqual(new Set(['shrunk', 'reduction']));
    events.length = 0;
    const cut = await campaign({ reduceRuns: 400, reduceSeconds: 0 }, fakeWorkers(1, PICKY), emit);
    expect(cut.buckets.length).toBeGreaterThan(0);
    expect(cut.buckets[0]!.reduction).not.toContain('1-minimal');
    expect(cut.buckets[0]!.text).not.toBeNull();
    expect(events).toEqual([]);
  });

  test('stops at the first failing case by position, whoever finds one first', async () => {
    const one = await campaign({ stopOnFirst: true }, fakeWorkers(1, PICKY));
    const three = await campaign({ stopOnFirst: true }, fakeWorkers(3, PICKY));
    expect(one.end).toBe('stopped');
    expect(one.tally.cases).toBeLessThan(70);
    expect(one.buckets.map((bucket) => bucket.count)).toEqual([1]);
    expect(withoutTimes(three)).toEqual(withoutTimes(one));
  });

  test('makes a finding of a case that kills its worker again and again, and runs all the others', async () => {
    const workers = fakeWorkers(2, CORE_BACKEND, { deadlyAt: [5, 40] });
    const result = await campaign({}, workers);
    expect(result.tally.cases).toBe(70);
    expect(result.buckets).toHaveLength(1);
    expect(result.buckets[0]).toMatchObject({ id: 'engine/process/crash/sigsegv', count: 2, check: 'process' });
    expect(result.buckets[0]!.text).toContain(';! seed');
    expect(new Set(workers.ran)).toEqual(new Set(Array.from({ length: 70 }, (_, n) => n)));
  });

  test('counts a case that kills its worker once as what it is the second time, and says so', async () => {
    const result = await campaign({}, fakeWorkers(2, CORE_BACKEND, { deadlyAt: [5], once: true }));
    expect(result.tally.cases).toBe(70);
    expect(result.buckets).toEqual([]);
    expect(result.warnings).toEqual([expect.stringContaining('not when the case was run again')]);
  });

  test('does not look green when a check that was asked for never ran', async () => {
    const parts = { name: 'lld', frequency: 0.01 };
    const result = await runCampaign(
      { ...CONFIG, budget: { runs: 5, seconds: null } },
      {
        workers: fakeWorkers(1, CORE_BACKEND),
        emit: emitTo([]),
        stop: { requested: false, whenRequested: new Promise(() => undefined) },
        before: null,
        checks: [...CHECKS, parts],
        required: ['lld'],
        saveCase: () => '',
        journalOf: journal,
      },
    );
    expect(result.failure).toBe('never ran in 5 cases: lld');
  });

  test('does not look green when it was stopped before its first case', async () => {
    const result = await campaign({ budget: { runs: null, seconds: 0 } }, fakeWorkers(1, CORE_BACKEND));
    expect(result.failure).toBe('nothing was tested: no case was run');
  });

  test('goes on where an earlier run ended', async () => {
    const whole = await campaign({}, fakeWorkers(1, CORE_BACKEND));
    const first = await campaign({ budget: { runs: 32, seconds: null } }, fakeWorkers(1, CORE_BACKEND));
    const workers = fakeWorkers(1, CORE_BACKEND);
    const second = await runCampaign(CONFIG, {
      workers,
      emit: emitTo([]),
      stop: { requested: false, whenRequested: new Promise(() => undefined) },
      before: { ranges: [{ first: 0, next: 32 }], tally: first.tally, found: [], seconds: 1 },
      checks: CHECKS,
      required: [],
      saveCase: () => '',
      journalOf: journal,
    });
    expect(Math.min(...workers.ran)).toBe(32);
    expect(second.tally.cases).toBe(70);
    expect(second.tally.checks).toEqual(whole.tally.checks);
  });
});
