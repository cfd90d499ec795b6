/**
 * Shards that are merged are the whole campaign: with discarded cases, more buckets than are reduced, shards that are named twice,
 * cut short or missing. The workers are made up: what a case does follows from its place in the campaign.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCampaign } from '../../../harness/campaign/campaign.ts';
import type { CampaignConfig } from '../../../harness/campaign/config.ts';
import type { CampaignResult } from '../../../harness/campaign/events.ts';
import { emitTo } from '../../../harness/campaign/events.ts';
import { joinShards } from '../../../harness/campaign/join-shards.ts';
import type { CampaignParts } from '../../../harness/campaign/parts.ts';
import { reductionKey } from '../../../harness/campaign/reduction-record.ts';
import { RunFolder } from '../../../harness/campaign/run-folder.ts';
import type { Finding } from '../../../harness/model/finding.ts';
import { addTally, emptyTally } from '../../../harness/model/tally.ts';
import { readRunReport } from '../../../harness/report/run-report.ts';
import { summaryOfCampaign } from '../../../harness/report/summary.ts';
import type { FoundCase, Shard, Task, Workers } from '../../../harness/worker/protocol.ts';
import { indexAt, seedAt } from '../../../harness/worker/seed-at.ts';
import { makeFolder } from '../cli/run-harness.ts';

const WHOLE: CampaignConfig = {
  seed: 7,
  profile: 'sweep',
  generator: 1,
  budget: { runs: 600, seconds: null },
  shard: { index: 0, of: 1 },
  stopOnFirst: false,
  backend: 'core',
  checks: null,
  onlyOps: null,
  reduceRuns: 50,
};

const CHECKS = [{ name: 'interp-exe', frequency: 1 }];

const folder = makeFolder();
afterAll(() => folder.remove());
let folders = 0;

/** What the case with this place in the campaign does: every ninth is discarded, every third fails in one of 31 buckets. */
function findingAt(index: number): Finding | 'discarded' | null {
  if (index % 9 === 5) return 'discarded';
  if (index % 3 !== 1) return null;
  return { check: 'interp-exe', stage: 'codegen', kind: 'result', op: `op${(index * 5) % 31}`, detail: `at ${index}` };
}

interface MadeUp extends Workers {
  /** Cases and reductions that were run. */
  readonly ran: { cases: number; reductions: number };
}

/** Workers whose cases at `lost` positions are always ended from outside. */
function madeUpWorkers(config: CampaignConfig, size: number, lost: readonly number[] = []): MadeUp {
  const ran = { cases: 0, reductions: 0 };
  const original = (seed: number) => ({ text: `program ${seed}`, instructions: seed % 50 });
  const indexOf = (seed: number): number => seed - config.seed;
  const answer = (task: Task): unknown => {
    if (task.kind === 'cases') {
      const tally = emptyTally();
      const found: FoundCase[] = [];
      for (let position = task.first; position < task.first + task.count; position++) {
        if (lost.includes(position)) {
          return {
            kind: 'died',
            how: { why: 'exit', code: null, signal: 'SIGKILL' },
            position,
            part: null,
            candidate: null,
            stderr: '',
          };
        }
        const seed = seedAt(config, position);
        const finding = findingAt(indexAt(config.shard, position));
        ran.cases++;
        if (finding === 'discarded') addTally(tally, { ...emptyTally(), discarded: { illegal: 1 } });
        else
          addTally(tally, {
            ...emptyTally(),
            cases: 1,
            checks: { 'interp-exe': { ran: 1, failed: finding === null ? 0 : 1 } },
          });
        if (finding !== null && finding !== 'discarded') found.push({ position, seed, findings: [finding] });
      }
      return { kind: 'done', reply: { kind: 'cases', tally, found, next: task.first + task.count, struck: false } };
    }
    if (task.kind === 'name') {
      return { kind: 'done', reply: { kind: 'name', text: '', causes: task.findings.map(() => null) } };
    }
    if (task.kind === 'place') {
      return {
        kind: 'done',
        reply: { kind: 'place', place: { summary: task.text, instruction: null, relocation: null } },
      };
    }
    const { source } = task as Extract<Task, { kind: 'reduce' | 'describe' }>;
    const seed =
      source.from === 'position' ? seedAt(config, source.position) : Number((source as { text: string }).text);
    if (task.kind === 'describe') return { kind: 'done', reply: { kind: 'describe', seed, original: original(seed) } };
    // Whether what was reduced fails each time: yes.
    const isAgain = (task as Extract<Task, { kind: 'reduce' }>).maxRuns === 1;
    if (!isAgain) ran.reductions++;
    const finding = findingAt(isAgain ? 1 : indexOf(seed)) as Finding;
    const reduced = {
      text: `small ${seed % 11}`,
      instructions: seed % 11,
      id: `codegen/interp-exe/result/${finding.op}-${seed % 2}`,
      finding,
    };
    return {
      kind: 'done',
      reply: {
        kind: 'reduce',
        seed,
        original: original(seed),
        reduced,
        minimal: true,
        lastSweep: 3,
        runs: 9,
        slips: [],
      },
    };
  };
  return { size, ran, run: (task: Task) => Promise.resolve(answer(task)) as never, close: () => Promise.resolve() };
}

interface Ran {
  readonly path: string;
  readonly result: CampaignResult;
}

async function run(
  config: CampaignConfig,
  workers: Workers,
  more: Partial<CampaignParts> = {},
  shards: ReturnType<typeof joinShards>['shards'] = [],
): Promise<Ran> {
  const path = join(folder.path, String(++folders));
  const runFolder = RunFolder.create(config, path, folder.path);
  const log = runFolder.log();
  const emit = emitTo([log]);
  emit('started', { config, jobs: workers.size, folder: path, resumed: 0 });
  for (const { shard, done } of shards) log.writeShard(shard, done);
  const result = await runCampaign(config, {
    workers,
    emit,
    stop: { requested: false, whenRequested: new Promise(() => undefined) },
    before: null,
    checks: CHECKS,
    required: [],
    saveCase: (id) => `findings/${id}`,
    journalOf: () => join(folder.path, 'none.journal'),
    ...more,
  });
  log.flush();
  runFolder.close();
  return { path, result };
}

function shardOf(
  index: number,
  of: number,
  config: Partial<CampaignConfig> = {},
  lost: readonly number[] = [],
): Promise<Ran> {
  const shard: Shard = { index, of };
  const shardConfig = { ...WHOLE, ...config, shard };
  return run(shardConfig, madeUpWorkers(shardConfig, 1 + (index % 3), lost));
}

async function merge(runs: readonly Ran[]): Promise<Ran & MadeUp['ran']> {
  const joined = joinShards(runs.map(({ path }) => path));
  const workers = madeUpWorkers(joined.config, 2);
  const reductionOf: CampaignParts['reductionOf'] = (wanted) => joined.reductions.get(reductionKey(wanted)) ?? null;
  const merged = await run(joined.config, workers, { before: joined.before, reductionOf }, joined.shards);
  return { ...merged, ...workers.ran };
}

function withoutTimes({ result }: Ran): unknown {
  const { seconds: _seconds, casesPerSecond: _rate, engineShare: _share, ...summary } = summaryOfCampaign(result);
  const { end, buckets, slips, warnings, failure } = result;
  return { summary, end, buckets, slips, warnings, failure };
}

describe('shards that are merged', () => {
  test('are the whole campaign, in any order and twice', async () => {
    const whole = await run(WHOLE, madeUpWorkers(WHOLE, 1));
    expect(whole.result.tally.cases).toBe(600);
    expect(whole.result.tally.discarded['illegal']).toBeGreaterThan(50);
    expect(whole.result.buckets.length).toBeGreaterThan(31);
    const shards = await Promise.all([0, 1, 2, 3].map((index) => shardOf(index, 4)));
    const merged = await merge(shards);
    expect(withoutTimes(merged)).toEqual(withoutTimes(whole));
    // All that is left to do is to make up for what was discarded, and what shards reduced less of than the whole.
    expect(merged.cases).toBe(whole.result.tally.cases + whole.result.tally.discarded['illegal']! - 600);
    expect(merged.reductions).toBeLessThan(10);
    const [a, b, c, d] = shards as [Ran, Ran, Ran, Ran];
    expect(withoutTimes(await merge([d, b, a, c, b, d]))).toEqual(withoutTimes(whole));
    const report = readRunReport(merged.path);
    expect(report.tally.cases).toBe(600);
    expect(report.buckets).toEqual(merged.result.buckets);
  });

  test('are the whole campaign where a shard lost cases, or was run twice and once cut short', async () => {
    const whole = await run(WHOLE, madeUpWorkers(WHOLE, 1));
    const [first, second] = [await shardOf(0, 2), await shardOf(1, 2, {}, [17, 40])];
    expect(second.result.failure ?? second.result.warnings.join()).toContain('could not be run');
    const cut = join(folder.path, 'cut');
    cpSync(first.path, cut, { recursive: true });
    const lines = readFileSync(join(first.path, 'events.jsonl'), 'utf8').split('\n');
    const ran = lines.findIndex((line) => line.includes('"ran"'));
    writeFileSync(join(cut, 'events.jsonl'), `${lines.slice(0, ran + 1).join('\n')}\n`);
    const merged = await merge([{ ...first, path: cut }, second, first]);
    const { warnings, ...rest } = withoutTimes(merged) as { warnings: string[] };
    const { warnings: _wholes, ...expected } = withoutTimes(whole) as { warnings: string[] };
    expect(rest).toEqual(expected);
    expect(warnings.filter((text) => text.startsWith('shard 1/2: the case'))).toHaveLength(2);
  });

  test('with one missing or without an end prove nothing, but keep what they found', async () => {
    const runs = await Promise.all([0, 1].map((index) => shardOf(index, 3)));
    const { result, cases } = await merge(runs);
    expect(cases).toBe(0);
    expect(result.end).toBe('interrupted');
    expect(result.tally.cases).toBe(runs[0]!.result.tally.cases + runs[1]!.result.tally.cases);
    expect(result.buckets.length).toBeGreaterThan(20);
    expect(joinShards(runs.map(({ path }) => path)).before.end?.failure).toBe('shard 2/3 is missing');
    const log = join(runs[1]!.path, 'events.jsonl');
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
    writeFileSync(log, `${lines.slice(0, -1).join('\n')}\n`);
    expect(joinShards(runs.map(({ path }) => path)).before.end?.failure).toMatch(
      /^shard 1\/3 has not ended .*; shard 2\/3 is missing$/,
    );
  });

  test('with a budget of time are what they have run, and no case more', async () => {
    const config = { ...WHOLE, budget: { runs: null, seconds: 0.02 } };
    const runs = await Promise.all([0, 1].map((index) => shardOf(index, 2, config)));
    const { result, cases } = await merge(runs);
    expect(result.end).toBe('time');
    expect(result.failure).toBeNull();
    expect(cases).toBe(0);
    expect(result.tally.cases).toBe(runs.reduce((sum, { result: { tally } }) => sum + tally.cases, 0));
  });
});

describe('refused is', () => {
  test('what are not shards of one campaign', async () => {
    const one = await shardOf(0, 2);
    const other = await shardOf(1, 2, { seed: 8 });
    expect(() => joinShards([one.path, other.path])).toThrow('are not shards of one campaign');
    const third = await shardOf(1, 3);
    expect(() => joinShards([one.path, third.path])).toThrow('are not shards of one campaign');
  });

  test('two runs of one shard that differ', async () => {
    const one = await shardOf(1, 2);
    const other = await shardOf(1, 2);
    const log = join(other.path, 'events.jsonl');
    writeFileSync(log, readFileSync(log, 'utf8').replace('"cases":', '"cases":1').replace('"illegal":', '"illegal":0'));
    expect(() => joinShards([one.path, other.path])).toThrow();
    writeFileSync(
      log,
      readFileSync(join(one.path, 'events.jsonl'), 'utf8').replaceAll('"seed":8,"findings"', '"seed":9,"findings"'),
    );
    expect(() => joinShards([one.path, other.path])).toThrow('have done different things');
  });

  test('a run that was merged already, one that stops on the first failure, and a log that is none', async () => {
    const merged = await merge(await Promise.all([0, 1].map((index) => shardOf(index, 2))));
    expect(() => joinShards([merged.path])).toThrow('was merged already');
    const stopped = await shardOf(0, 2, { stopOnFirst: true });
    expect(() => joinShards([stopped.path])).toThrow('--stop-on-first');
    appendFileSync(join(stopped.path, 'events.jsonl'), '{"event":"nonsense"}\n');
    expect(() => joinShards([stopped.path])).toThrow('not what a campaign writes');
  });
});
