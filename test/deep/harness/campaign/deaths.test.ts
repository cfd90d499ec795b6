/**
 * Workers that are killed, crash and starve: what comes from outside is never a finding, hides none, and changes nothing.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readdirSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Backend } from '../../../../harness/backend/door.ts';
import { coreSettings } from '../../../../harness/backend/core/settings.ts';
import { exeOf } from '../../../harness/check/fixtures.ts';
import { CORE_BACKEND } from '../../../../harness/backend/core/core-backend.ts';
import { runCampaign } from '../../../../harness/campaign/campaign.ts';
import type { CampaignConfig } from '../../../../harness/campaign/config.ts';
import type { CampaignEvents, CampaignResult } from '../../../../harness/campaign/events.ts';
import { emitTo } from '../../../../harness/campaign/events.ts';
import { loadChecks } from '../../../../harness/check/checks.ts';
import { exitCodeOf } from '../../../../harness/cli/exit-codes.ts';
import { reductionKey } from '../../../../harness/campaign/reduction-record.ts';
import { summaryOfCampaign } from '../../../../harness/report/summary.ts';
import { findingOfDeath, likenessOf } from '../../../../harness/worker/death.ts';
import type { Died } from '../../../../harness/worker/protocol.ts';
import { seedAt } from '../../../../harness/worker/seed-at.ts';
import { makeFolder } from '../../../harness/cli/run-harness.ts';
import type { Death, Fate } from '../../../harness/campaign/fake-workers.ts';
import { fakeWorkers } from '../../../harness/campaign/fake-workers.ts';

const CONFIG: CampaignConfig = {
  seed: 7,
  profile: 'default',
  generator: 1,
  budget: { runs: 70, seconds: null },
  shard: { index: 0, of: 1 },
  stopOnFirst: false,
  backend: 'core',
  checks: 'interp-exe',
  onlyOps: null,
  reduceRuns: 40,
};

const CHECKS = await loadChecks(['interp-exe']);
const KILL = { signal: 'SIGKILL' } as const;

/** Core that refuses every program with an even number of functions. */
const PICKY: Backend = {
  ...CORE_BACKEND,
  compiler: {
    kind: 'direct',
    build(job) {
      if (job.unit.navs.filter((nav) => nav.kind === 'func').length % 2 === 0) throw new Error('an even number');
      return exeOf(CORE_BACKEND, job.unit, coreSettings(job.settings));
    },
  },
};

const folder = makeFolder();
afterAll(() => folder.remove());

interface Ran {
  readonly result: CampaignResult;
  readonly rans: readonly CampaignEvents['ran'][];
}

async function campaign(fate: Fate, backend: Backend = PICKY, size = 2): Promise<Ran> {
  const rans: CampaignEvents['ran'][] = [];
  const result = await runCampaign(CONFIG, {
    workers: fakeWorkers(size, CONFIG, backend, CHECKS, fate),
    emit: emitTo([{ onRan: (event) => void rans.push(event) }]),
    stop: { requested: false, whenRequested: new Promise(() => undefined) },
    before: null,
    checks: CHECKS,
    required: [],
    saveCase: (id) => `findings/${id}`,
    journalOf: (wanted) =>
      join(folder.path, `${createHash('sha1').update(reductionKey(wanted)).digest('hex')}.journal`),
  });
  return { result, rans };
}

/** All of a result but what is different from run to run. */
function essence({ result }: Ran): unknown {
  const { seconds, casesPerSecond, engineShare, ...summary } = summaryOfCampaign(result);
  expect([seconds, casesPerSecond, engineShare].every(Number.isFinite)).toBe(true);
  return { ...summary, texts: result.buckets.map(({ text, reduction }) => [text, reduction]), failure: result.failure };
}

function bucketsOf({ result }: Ran): unknown {
  return result.buckets.map(({ id, count }) => [id, count]);
}

/** The tenth candidate is deadly, whenever a worker comes to it. */
function deadlyCandidate(death: Death): { fate: Fate; deaths: () => number } {
  const seen = new Set<string>();
  let deadly = '';
  let deaths = 0;
  const candidate = (text: string): Death | null => {
    seen.add(text);
    if (seen.size === 10 && deadly === '') deadly = text;
    if (text !== deadly) return null;
    deaths++;
    return death;
  };
  return { fate: { at: () => null, candidate }, deaths: () => deaths };
}

const undisturbed = await campaign({ at: () => null });

describe('workers that are killed from outside', () => {
  test('at random, in all phases, change nothing in the result', async () => {
    expect(undisturbed.result.buckets.length).toBeGreaterThan(0);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 }), async (seed) => {
        let state = seed;
        let kills = 0;
        const phases = new Set<string>();
        const ran = await campaign({
          at(position) {
            state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
            if (state >>> 24 >= 8) return null;
            kills++;
            phases.add(position === null ? 'start' : position >= 0 ? 'cases' : 'reduction');
            return KILL;
          },
        });
        expect(kills).toBeGreaterThan(3);
        expect(phases.size).toBeGreaterThan(1);
        expect(essence(ran)).toEqual(essence(undisturbed));
      }),
      { numRuns: 6, seed: 1 },
    );
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test('twice at a case that fails do not hide what it shows', async () => {
    const failing = undisturbed.rans.flatMap(({ found }) => found)[0]!;
    let left = 2;
    const ran = await campaign({ at: (position) => (position === failing.position && left-- > 0 ? KILL : null) });
    expect(left).toBeLessThan(1);
    expect(essence(ran)).toEqual(essence(undisturbed));
  });

  test('at one case for good leave it out, by name, and no conclusion', async () => {
    const ran = await campaign({ at: (position) => (position === 5 ? KILL : null) }, CORE_BACKEND);
    const { result, rans } = ran;
    expect(result.buckets).toEqual([]);
    const seed = `0x${seedAt(CONFIG, 5).toString(16)}`;
    expect(result.failure).toBe(`the environment did not let these cases run: ${seed}`);
    expect(result.tally.discarded).toEqual({ 'environment:killed': 1 });
    expect(result.tally.cases).toBe(70);
    // A resumed run tries it again.
    expect(rans.some(({ first, next }) => first <= 5 && 5 < next)).toBe(false);
  });

  test('at one case for good do not hide the findings of others', async () => {
    const { result } = await campaign({ at: (position) => (position === 5 ? KILL : null) });
    expect(result.buckets.map(({ id }) => id)).toEqual(undisturbed.result.buckets.map(({ id }) => id));
    expect(result.buckets.some(({ check }) => check === 'process')).toBe(false);
    expect(result.warnings.join()).toContain('the environment did not let these cases run');
  });

  test('at one candidate for good: the reduction goes on without it, and says so', async () => {
    const { fate, deaths } = deadlyCandidate(KILL);
    const { result } = await campaign(fate);
    expect(deaths()).toBe(12);
    expect(result.buckets.map(({ id, count }) => [id, count])).toEqual(bucketsOf(undisturbed));
    expect(result.slips).toEqual([]);
    expect(result.warnings.join()).toContain('workers were ended from outside at a candidate again and again');
  });

  test('again and again between two candidates end no reduction that gets on', async () => {
    let [beats, kills] = [0, 0];
    const ran = await campaign({
      // Before a worker says which candidate is next, so that the last one, which has its answer, is what it was at.
      at(position) {
        if (position === null) beats = 0;
        if (position === null || position >= -1 || ++beats < 4) return null;
        kills++;
        return KILL;
      },
    });
    expect(kills).toBeGreaterThan(20);
    expect(essence(ran)).toEqual(essence(undisturbed));
  });

  test('without end are a failure of the environment, and what was found before is kept', async () => {
    let tasks = 0;
    const { result } = await campaign({ at: (position) => (position === null && ++tasks > 3 ? KILL : null) }, PICKY, 1);
    expect(result.buckets.length).toBeGreaterThan(0);
    expect(result.buckets.every(({ check }) => check !== 'process')).toBe(true);
    expect(result.warnings.join()).toContain('workers keep ending (SIGKILL)');
  });

  test('before the first case give a result too', async () => {
    const failed = { failed: 'a worker ended while it started, 8 times: SIGKILL' };
    const { result } = await campaign({ at: () => failed });
    expect(result.failure).toBe(failed.failed);
    expect(result.tally.cases).toBe(0);
  });
});

describe('workers that crash', () => {
  test('once or twice at a case and then no more accuse nobody', async () => {
    let left = 2;
    const ran = await campaign({ at: (position) => (position === 9 && left-- > 0 ? { signal: 'SIGSEGV' } : null) });
    expect(essence(ran)).toEqual(essence(undisturbed));
    expect(ran.result.warnings.join()).toContain('SIGSEGV');
  });

  test('again and again are a finding, also with kills from outside in between', async () => {
    let at9 = 0;
    const { result } = await campaign(
      { at: (position) => (position !== 9 ? null : ++at9 % 2 === 0 ? KILL : { signal: 'SIGSEGV' }) },
      CORE_BACKEND,
    );
    expect(result.buckets.map(({ id, count }) => [id, count])).toEqual([['engine/process/crash/sigsegv', 1]]);
  });

  test('at a candidate of a reduction: that is a slip, and the reduction goes on', async () => {
    const { fate, deaths } = deadlyCandidate({ signal: 'SIGSEGV' });
    const { result } = await campaign(fate);
    expect(deaths()).toBe(3);
    expect(result.buckets.map(({ id, count }) => [id, count])).toEqual(bucketsOf(undisturbed));
    expect(result.slips.map(({ id }) => id)).toEqual(['engine/process/crash/sigsegv']);
    expect(result.slips[0]!.caseFile).toBe('findings/engine/process/crash/sigsegv');
  });
});

describe('what a death means', () => {
  const died = (how: Died['how'], stderr = '', part: Died['part'] = null): Died => {
    return { kind: 'died', how, position: 0, part, candidate: null, stderr };
  };
  const exit = (code: number | null, signal: string | null, stderr = '', part: Died['part'] = null): Died =>
    died({ why: 'exit', code, signal }, stderr, part);

  test.each(['SIGKILL', 'SIGTERM', 'SIGHUP', 'SIGINT', 'SIGXCPU'])('%s comes from outside', (signal) => {
    expect(likenessOf(exit(null, signal))).toBe('outside');
  });

  test.each(['SIGSEGV', 'SIGABRT', 'SIGILL', 'SIGTRAP', 'SIGBUS', 'SIGFPE'])('%s is a crash', (signal) => {
    expect(findingOfDeath(exit(null, signal))).toMatchObject({
      stage: 'engine',
      kind: 'crash',
      op: signal.toLowerCase(),
    });
  });

  test('an exit code above 128 stands for a signal, any other for itself', () => {
    expect(likenessOf(exit(137, null))).toBe('outside');
    expect(likenessOf(exit(139, null))).toBe('sigsegv');
    expect(findingOfDeath(exit(1, null))).toMatchObject({ stage: 'harness', op: 'exit-1' });
  });

  test('V8 without memory: at the limit of its heap it is the part at work, else the machine', () => {
    const heap = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n';
    expect(findingOfDeath(exit(null, 'SIGABRT', heap, 'codegen'))).toMatchObject({
      stage: 'codegen',
      kind: 'crash',
      op: 'out-of-memory',
    });
    expect(findingOfDeath(exit(134, null, heap, 'generate')).stage).toBe('harness');
    const machine = 'FATAL ERROR: Committing semi space failed. Allocation failed - JavaScript heap out of memory\n';
    expect(likenessOf(exit(null, 'SIGABRT', machine))).toBe('outside');
    expect(likenessOf(exit(133, null, '# Fatal process out of memory: Zone'))).toBe('outside');
  });

  test('a worker that hangs accuses the part that was at work', () => {
    const hung = { why: 'hung' } as const;
    expect(findingOfDeath(died(hung, '', 'engine'))).toMatchObject({ stage: 'engine', kind: 'timeout', op: 'hung' });
    expect(findingOfDeath(died(hung))).toMatchObject({ stage: 'harness', kind: 'timeout', op: 'hung' });
  });

  test('findings of the harness alone are no findings of the system under test', () => {
    expect(exitCodeOf([])).toBe(0);
    expect(exitCodeOf([{ stage: 'harness' }])).toBe(3);
    expect(exitCodeOf([{ stage: 'harness' }, { stage: 'linker' }])).toBe(1);
  });
});
