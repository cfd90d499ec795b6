/**
 * Reductions beside the cases: on their share of the time, without a trace in the result, and nothing that was reached is lost.
 */
import { expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BackgroundParts } from '../../../harness/campaign/background.ts';
import { BackgroundReductions } from '../../../harness/campaign/background.ts';
import type { Representative } from '../../../harness/campaign/buckets.ts';
import type { CampaignConfig } from '../../../harness/campaign/config.ts';
import { emitTo } from '../../../harness/campaign/events.ts';
import type { Replies, RunningTask, Task, TaskOutcome, Workers } from '../../../harness/worker/protocol.ts';
import { CONFIG as BASE } from '../report/campaign-config.ts';

const CONFIG: CampaignConfig = { ...BASE, budget: { runs: 70, seconds: null }, reduceRuns: 60, reduceShare: 1 };

const BUCKET = 'codegen/interp-exe/crash/a';
const WANTED = { from: { seed: 5 }, bucket: BUCKET, maxRuns: 60 };

function first(seed: number): Representative {
  const finding = { check: 'interp-exe', stage: 'codegen', kind: 'crash', op: 'a', detail: '' } as const;
  return { position: seed, seed, finding };
}

/** Workers that are asked to reduce and nothing else; `answer` says how that goes. */
function reducers(
  answer: (running: RunningTask) => Promise<TaskOutcome<Replies['reduce']>>,
): Workers & { asked: number } {
  return {
    size: 1,
    asked: 0,
    async run<K extends Task['kind']>(task: Extract<Task, { kind: K }>, running: RunningTask = {}) {
      expect(task.kind).toBe('reduce');
      // Whether what was reduced fails each time is asked of the same workers.
      if ('maxRuns' in task && task.maxRuns === 1) return done(1) as TaskOutcome<Replies[K]>;
      this.asked++;
      return (await answer(running)) as TaskOutcome<Replies[K]>;
    },
    close: () => Promise.resolve(),
  };
}

const STEP = { pass: 'calls', instructions: 4, runs: 9, text: 'smaller' };

function done(runs: number): TaskOutcome<Replies['reduce']> {
  const original = { text: 'x', instructions: 9 };
  const reply = {
    kind: 'reduce',
    seed: 5,
    original,
    reduced: { text: 'smaller', instructions: 4, id: BUCKET, finding: first(5).finding },
    minimal: true,
    lastSweep: 1,
    runs,
    slips: [],
  } as const;
  return { kind: 'done', reply };
}

function background(workers: Workers, config: Partial<CampaignConfig> = {}) {
  const events: string[] = [];
  const parts: BackgroundParts = {
    workers,
    emit: emitTo([{ onShrunk: () => events.push('shrunk'), onReduction: () => events.push('reduction') }]),
    stop: { requested: false, whenRequested: new Promise(() => undefined) },
    journalOf: () => '/nonexistent/a.journal',
  };
  return { made: new BackgroundReductions({ ...CONFIG, ...config }, parts), events };
}

test('what has ended is there at the end, by what it started from', async () => {
  const workers = reducers((running) => {
    running.onStep?.(STEP);
    return Promise.resolve(done(3));
  });
  const { made, events } = background(workers);
  made.add(first(5));
  made.add(first(6));
  while (workers.asked < 2) await sleep(1);
  await made.stop();
  expect(made.reductionOf(WANTED)).toMatchObject({ ...WANTED, reply: { runs: 3 } });
  expect(made.reductionOf({ ...WANTED, maxRuns: 61 })).toBeNull();
  expect(events).toEqual(['shrunk', 'reduction', 'shrunk', 'reduction']);
  made.add(first(7));
  expect(workers.asked).toBe(2);
});

test('what is broken off leaves the smallest case so far', async () => {
  const workers = reducers(
    ({ onStep, abort }) =>
      new Promise((resolve) => {
        onStep?.(STEP);
        abort!.addEventListener('abort', () => resolve({ kind: 'stopped' }));
      }),
  );
  const { made, events } = background(workers);
  made.add(first(5));
  while (events.length === 0) await sleep(1);
  await made.stop();
  expect(made.reductionOf(WANTED)).toBeNull();
  expect(made.bestOf(WANTED)).toEqual(STEP);
  expect(made.bestOf({ ...WANTED, from: { seed: 6 } })).toBeNull();
});

test('no reduction begins before the share allows it', async () => {
  const workers = reducers(async () => {
    await sleep(30);
    return done(1);
  });
  const { made } = background(workers, { reduceShare: 0.000_001 });
  made.add(first(5));
  made.add(first(6));
  await sleep(400);
  expect(workers.asked).toBe(1);
  await made.stop();
  expect(workers.asked).toBe(1);
});

test.each([{ reduceShare: 0 }, { reduceRuns: 0 }, { stopOnFirst: true }])(
  'nothing is reduced with %j',
  async (config) => {
    const workers = reducers(() => Promise.resolve(done(1)));
    const { made } = background(workers, config);
    made.add(first(5));
    await sleep(20);
    await made.stop();
    expect(workers.asked).toBe(0);
  },
);
