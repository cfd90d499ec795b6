/**
 * Campaigns from the command line, on real worker processes: small, and once each.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { PLANTED_BUGS } from '../../../../bench/planted/bugs.ts';
import { plant } from '../../../../bench/planted/plant.ts';
import { harness, makeFolder, ROOT, start } from '../../../harness/cli/run-harness.ts';

const folder = makeFolder();
const cwd = folder.path;

afterAll(() => folder.remove());

/** The JSON object of a command, its times taken out. */
function summaryOf(stdout: string): Record<string, unknown> & { buckets: Record<string, unknown>[] } {
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  const { seconds, casesPerSecond, engineShare, ...rest } = JSON.parse(stdout) as Record<string, number>;
  expect([typeof seconds, typeof casesPerSecond, typeof engineShare]).toEqual(['number', 'number', 'number']);
  return rest as never;
}

describe('harness fuzz', () => {
  test('says the same for one job and for two, and leaves a run folder', async () => {
    const args = ['fuzz', '--seed', '1', '--runs', '100', '--json'];
    const one = await harness(cwd, ...args, '--jobs', '1', '--out', 'one');
    const two = await harness(cwd, ...args, '--jobs', '2', '--out', 'two');
    expect([one.code, two.code]).toEqual([0, 0]);
    const summary = summaryOf(one.stdout);
    expect(summaryOf(two.stdout)).toEqual(summary);
    expect(Object.keys(JSON.parse(one.stdout) as object)).toEqual([
      ...['schema', 'campaignSeed', 'profile', 'generator', 'cases', 'seconds', 'casesPerSecond', 'engineShare'],
      ...['discarded', 'incomparable', 'checks', 'buckets'],
    ]);
    expect(summary).toMatchObject({ schema: 1, campaignSeed: '0x1', profile: 'default', cases: 100, buckets: [] });
    expect(summary['checks']).toMatchObject({ 'interp-exe': { ran: 100, failed: 0 } });
    for (const name of ['run.json', 'events.jsonl', 'summary.json'])
      expect(existsSync(join(cwd, 'one', name))).toBe(true);
    expect(existsSync(join(cwd, 'one', 'worker-0.at'))).toBe(false);
  });

  test('two shards run what the whole campaign runs', async () => {
    const run = async (shard: string): Promise<number> => {
      const args = ['--seed', '3', '--runs', '41', '--checks', 'interp-exe', '--jobs', '1'];
      const { code, stdout } = await harness(
        cwd,
        'fuzz',
        ...args,
        '--shard',
        shard,
        '--out',
        `s${shard[0]!}`,
        '--json',
      );
      expect(code).toBe(0);
      return summaryOf(stdout)['cases'] as number;
    };
    expect([await run('0/2'), await run('1/2')]).toEqual([21, 20]);
  });

  test('draws swarms where nothing names a profile, with names that repro takes, and goes on with the folder alone', async () => {
    plant(
      PLANTED_BUGS.find(({ name }) => name === 'intcast-extends-by-result-sign')!,
      join(cwd, 'planted'),
    );
    const args = ['--runs', '3000', '--checks', 'interp-exe', '--backend', 'planted/core', '--reduce-runs', '0'];
    const fuzz = await harness(cwd, 'fuzz', ...args, '--stop-on-first', '--out', 'swarm', '--json');
    expect(fuzz.code).toBe(1);
    const { profile, buckets } = summaryOf(fuzz.stdout);
    expect(profile).toBe('swarm');
    const seed = buckets[0]!['seed'] as string;
    expect(seed).toMatch(/^swarm:0x[0-9a-f]+$/);
    expect(fuzz.stderr).toMatch(/^campaign swarm:0x[0-9a-f]+: 3,000 cases/m);
    const again = await harness(cwd, 'repro', seed, '--checks', 'interp-exe', '--backend', 'planted/core', '--json');
    expect(again.code).toBe(1);
    // Neither the seed, which was drawn, nor the profile has to be said again.
    const resumed = await harness(cwd, 'fuzz', ...args, '--stop-on-first', '--out', 'swarm', '--resume', '--json');
    expect(resumed).toMatchObject({ code: 1 });
    expect(summaryOf(resumed.stdout)['campaignSeed']).toBe(summaryOf(fuzz.stdout)['campaignSeed']);
  });

  test('finds a planted bug, minimises it, and every line to paste works', async () => {
    plant(
      PLANTED_BUGS.find(({ name }) => name === 'intcast-extends-by-result-sign')!,
      join(cwd, 'planted'),
    );
    const args = ['--seed', '1', '--runs', '200', '--checks', 'interp-exe', '--backend', 'planted/core'];
    const fuzz = await harness(cwd, 'fuzz', ...args, '--out', 'reports/planted-run', '--json');
    expect(fuzz.code).toBe(1);
    const { buckets } = summaryOf(fuzz.stdout);
    // However it was seen, it is one mistake.
    expect(buckets.map(({ id }) => id)).toEqual(['codegen/run/intcast']);
    const bucket = buckets[0]! as {
      id: string;
      caseFile: string;
      instructions: number;
      seed: string;
      count: number;
      raw: { bucket: string; count: number }[];
    };
    expect(bucket.raw.length).toBeGreaterThan(0);
    expect(Math.max(...bucket.raw.map(({ count }) => count))).toBeLessThanOrEqual(bucket.count);
    expect(bucket.seed).toMatch(/^0x[0-9a-f]+$/);
    expect(bucket.instructions).toBeLessThanOrEqual(10);
    expect(readFileSync(join(cwd, bucket.caseFile), 'utf8')).toContain(`;! bucket ${bucket.id}`);
    expect(fuzz.stderr).toContain(`npx harness repro ${bucket.caseFile} --backend planted/core`);

    const again = await harness(cwd, 'repro', bucket.caseFile, '--backend', 'planted/core', '--json');
    expect(again.code).toBe(1);
    expect(summaryOf(again.stdout).buckets.map(({ id }) => id)).toContain(bucket.id);
    const byBucket = await harness(cwd, 'repro', bucket.id, '--backend', 'planted/core');
    expect(byBucket.code).toBe(1);
    expect(byBucket.stdout).toContain('reference: ');
    expect((await harness(cwd, 'repro', bucket.caseFile)).code).toBe(0);

    // The name that the campaign showed while it ran.
    const live = /found (codegen\/interp-exe\/\w+) at 0x/.exec(fuzz.stderr)![1]!;
    const byLive = await harness(cwd, 'repro', live, '--backend', 'planted/core');
    expect([byLive.code, byLive.stdout.includes(bucket.id)]).toEqual([1, true]);

    const line = /npx harness reduce (\S+)/.exec(fuzz.stderr)!;
    const reduce = await harness(cwd, 'reduce', line[1]!, '--backend', 'planted/core', '-o', 'min.air');
    expect(reduce.code).toBe(1);
    expect(reduce.stdout).toContain('1-minimal: ');
    expect(readFileSync(join(cwd, 'min.air'), 'utf8')).toContain(' = intcast ');
  });

  test('outlives a back end that kills its process, and names the case', async () => {
    mkdirSync(join(cwd, 'deadly'));
    const door = pathToFileURL(join(ROOT, 'dist', 'core', 'index.js')).href;
    writeFileSync(
      join(cwd, 'deadly', 'index.mjs'),
      `export * from '${door}';
       import { openCompilation as open } from '${door}';
       export function openCompilation(unit, settings) {
         if (unit.navs.length === 6) process.abort();
         return open(unit, settings);
       }`,
    );
    const args = ['--seed', '1', '--runs', '32', '--jobs', '2', '--checks', 'interp-exe'];
    const fuzz = await harness(cwd, 'fuzz', ...args, '--backend', 'deadly/index.mjs', '--out', 'deadly-run', '--json');
    expect(fuzz.code).toBe(1);
    const { buckets, cases } = summaryOf(fuzz.stdout);
    expect(cases).toBe(32);
    expect(buckets).toEqual([expect.objectContaining({ id: 'engine/process/crash/sigabrt', check: 'process' })]);
    const again = await harness(cwd, 'repro', buckets[0]!['seed'] as string, '--backend', 'deadly/index.mjs');
    expect(again.code).toBe(1);
    expect(again.stdout).toContain('the worker process ended: SIGABRT');
    expect((await harness(cwd, 'repro', buckets[0]!['caseFile'] as string)).code).toBe(0);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 130],
  ] as const)('ends cleanly on %s with everything saved, and goes on later', async (signal, code) => {
    const out = `interrupted-${signal}`;
    const args = ['fuzz', '--seed', '5', '--jobs', '1', '--out', out, '--json', '--checks', 'interp-exe'];
    const running = start(cwd, [...args, '--time', '10m']);
    const log = join(cwd, out, 'events.jsonl');
    for (let n = 0; n < 2500; n++) {
      if (existsSync(log) && readFileSync(log, 'utf8').includes('"ran"')) break;
      await sleep(100);
    }
    running.signal(signal);
    const ended = await running.ended;
    expect(ended.code).toBe(code);
    const { cases } = summaryOf(ended.stdout) as unknown as { cases: number };
    expect(cases).toBeGreaterThan(0);
    expect(JSON.parse(readFileSync(join(cwd, out, 'summary.json'), 'utf8'))).toMatchObject({ cases });

    const resumed = await harness(cwd, ...args, '--runs', String(cases + 10), '--resume');
    expect(resumed.code).toBe(0);
    expect(summaryOf(resumed.stdout)['cases']).toBe(cases + 10);
  });

  test('ends at once on a second SIGINT, with files that are whole, and goes on later', async () => {
    mkdirSync(join(cwd, 'slow'));
    writeFileSync(join(cwd, 'slow', 'on'), '');
    const door = pathToFileURL(join(ROOT, 'dist', 'core', 'index.js')).href;
    writeFileSync(
      join(cwd, 'slow', 'index.mjs'),
      `export * from '${door}';
       import { openCompilation as open } from '${door}';
       import { existsSync } from 'node:fs';
       export function openCompilation(unit, settings) {
         while (existsSync(${JSON.stringify(join(cwd, 'slow', 'on'))}));
         return open(unit, settings);
       }`,
    );
    const args = ['fuzz', '--seed', '5', '--jobs', '1', '--out', 'twice', '--json', '--checks', 'interp-exe'];
    const slow = [...args, '--backend', 'slow/index.mjs', '--runs', '10'];
    const running = start(cwd, slow);
    const run = join(cwd, 'twice');
    while (!existsSync(run) || !readdirSync(run).some((name) => name.endsWith('.at'))) await sleep(50);
    running.signal('SIGINT');
    while (!running.stderr().includes('once more to stop at once')) await sleep(20);
    // Sooner, it would count as the same request.
    await sleep(300);
    running.signal('SIGINT');
    expect((await running.ended).code).toBe(130);
    // One that was asked to end and given its time leaves a summary.
    expect(readdirSync(run).sort()).toEqual(['events.jsonl', 'run.json']);
    const log = readFileSync(join(run, 'events.jsonl'), 'utf8');
    expect(log.endsWith('\n')).toBe(true);
    for (const line of log.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('event');
    rmSync(join(cwd, 'slow', 'on'));
    const resumed = await harness(cwd, ...slow, '--resume');
    expect([resumed.code, summaryOf(resumed.stdout)['cases']]).toEqual([0, 10]);
  });

  test('ends at whichever comes first of a number of cases and a time', async () => {
    const args = ['fuzz', '--seed', '4', '--checks', 'interp-exe', '--jobs', '1', '--json'];
    const cases = await harness(cwd, ...args, '--runs', '5', '--time', '2h', '--out', 'cases-first');
    expect(cases.code).toBe(0);
    expect(cases.stderr).toContain('5 cases or 2 h, 1 job');
    expect(summaryOf(cases.stdout)['cases']).toBe(5);
    expect(cases.stderr).toContain('no failures in 5 cases (the number of cases was reached first)');
    const time = await harness(cwd, ...args, '--runs', '1000000', '--time', '20s', '--out', 'time-first');
    expect([time.code, time.stderr.includes('NOTHING PROVED')]).toEqual([0, false]);
    expect(time.stderr).toContain(' cases (the 20 s were up first)');
    const { cases: run } = summaryOf(time.stdout);
    expect(run).toBeGreaterThan(0);
    expect(run).toBeLessThan(500_000);
  });

  test('refuses to write over another run, or to go on with a different one', async () => {
    const other = await harness(cwd, 'fuzz', '--seed', '9', '--runs', '1', '--out', 'one');
    expect(other).toMatchObject({ code: 2, stdout: '' });
    const different = await harness(cwd, 'fuzz', '--seed', '9', '--runs', '1', '--out', 'one', '--resume');
    expect(different.code).toBe(2);
    expect(different.stderr).toContain('another campaign');
  });
});

test('harness doctor finds nothing wrong here', async () => {
  const { code, stdout } = await harness(cwd, 'doctor');
  expect(stdout).not.toContain('FAIL');
  expect(code).toBe(0);
});
