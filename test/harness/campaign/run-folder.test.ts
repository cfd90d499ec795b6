/**
 * The folder of a run: who may write into it, and that nothing in it or among the findings is lost.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { CampaignConfig } from '../../../harness/campaign/config.ts';
import { lockRun } from '../../../harness/campaign/run-lock.ts';
import { RunFolder } from '../../../harness/campaign/run-folder.ts';
import { HarnessError, InputError } from '../../../harness/model/failure.ts';
import { emptyTally } from '../../../harness/model/tally.ts';
import { processState } from '../../../harness/worker/process-state.ts';
import { makeFolder } from '../cli/run-harness.ts';

const folder = makeFolder();
const cwd = folder.path;
afterAll(() => folder.remove());

const CONFIG: CampaignConfig = {
  seed: 1,
  profile: 'default',
  generator: 1,
  budget: { runs: 5, seconds: null },
  shard: { index: 0, of: 1 },
  stopOnFirst: false,
  backend: 'core',
  checks: null,
  onlyOps: null,
  reduceRuns: 0,
};

function place(name: string): string {
  const path = join(cwd, name);
  mkdirSync(path);
  return path;
}

describe('the lock', () => {
  const holder = (pid: number, startedAt: string, host = hostname()): string =>
    JSON.stringify({ host, pid, startedAt });

  test('is held once, and free again afterwards', () => {
    const path = place('once');
    const unlock = lockRun(path);
    expect(() => lockRun(path)).toThrow(InputError);
    expect(() => lockRun(path)).toThrow(`a campaign runs in it (process ${process.pid})`);
    unlock();
    unlock();
    expect(readdirSync(path)).toEqual([]);
    lockRun(path)();
  });

  test('of a process that is gone is taken over', () => {
    const path = place('stale');
    writeFileSync(join(path, 'lock'), holder(2 ** 22 + 1, '77'));
    lockRun(path)();
    expect(readdirSync(path)).toEqual([]);
  });

  (process.platform === 'linux' ? test : test.skip)('of a process whose number another one has is taken over', () => {
    const path = place('reused');
    const { startedAt } = processState(process.ppid)!;
    writeFileSync(join(path, 'lock'), holder(process.ppid, startedAt));
    expect(() => lockRun(path)).toThrow('is in use');
    writeFileSync(join(path, 'lock'), holder(process.ppid, `${startedAt}1`));
    lockRun(path)();
  });

  test('of another machine, or one that cannot be read, stands', () => {
    const path = place('foreign');
    writeFileSync(join(path, 'lock'), holder(1, '1', 'elsewhere'));
    expect(() => lockRun(path)).toThrow('is locked by a campaign on elsewhere; if that is no longer running, delete ');
    writeFileSync(join(path, 'lock'), 'what?');
    expect(() => lockRun(path)).toThrow('is locked by an unknown process');
  });
});

describe('a run folder', () => {
  test('goes on after a torn last line without losing the next one', async () => {
    const warned: string[] = [];
    const warn = (text: string): void => void warned.push(text);
    const path = join(cwd, 'torn');
    const run = RunFolder.create(CONFIG, path, cwd);
    const log = run.log(() => 0);
    const ran = { tally: { ...emptyTally(), cases: 3 }, found: [] };
    log.onRan!({ first: 0, next: 3, ...ran });
    log.flush();
    run.close();
    const file = join(path, 'events.jsonl');
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"event":"ran","ranges":[[3,`);
    const { run: again, before } = await RunFolder.resume(CONFIG, path, cwd, warn);
    expect(before.ranges).toEqual([{ first: 0, next: 3 }]);
    const more = again.log(() => 0);
    more.onRan!({ first: 3, next: 6, ...ran });
    more.flush();
    again.close();
    const { run: last, before: all } = await RunFolder.resume(CONFIG, path, cwd, warn);
    expect([all.ranges, all.tally.cases]).toEqual([[{ first: 0, next: 6 }], 6]);
    last.close();
    expect(warned).toEqual([expect.stringContaining('the last line is not whole')]);
  });

  test('keeps what reductions have come to, once, and what an interrupted one knows', async () => {
    const path = join(cwd, 'reductions');
    const run = RunFolder.create(CONFIG, path, cwd);
    const text = { text: 'x', instructions: 1 };
    const reply = { kind: 'reduce' as const, seed: 1, original: text, reduced: null, minimal: true };
    const reduction = { bucket: 'a/b/result', maxRuns: 9, reply: { ...reply, lastSweep: 1, runs: 2, slips: [] } };
    const wanted = { ...reduction, from: { seed: 1 } };
    const journals = [wanted, { ...wanted, cause: 'a/b/c' }, { ...wanted, from: { text: 'x' } }].map((one) =>
      run.journalOf(one),
    );
    expect(new Set(journals).size).toBe(3);
    run.log().onReduction!(wanted);
    writeFileSync(journals[0]!, 'answers');
    run.close();
    const { run: again, reductions } = await RunFolder.resume(CONFIG, path, cwd, () => undefined);
    expect([...reductions.values()]).toEqual([wanted]);
    expect(again.journalOf(wanted)).toBe(journals[0]);
    const log = again.log();
    log.onReduction!(wanted);
    const lines = readFileSync(join(path, 'events.jsonl'), 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(['reduction']);
    const result = { tally: emptyTally(), buckets: [], slips: [], seconds: 1, warnings: [], failure: null };
    const ended = { ...result, config: CONFIG, jobs: 1 };
    log.onEnded!({ result: { ...ended, end: 'interrupted' } });
    expect(existsSync(journals[0]!)).toBe(true);
    log.onEnded!({ result: { ...ended, end: 'done' } });
    expect(existsSync(journals[0]!)).toBe(false);
    again.close();
  });

  (existsSync('/dev/full') ? test : test.skip)('on a full disk says so', () => {
    const path = join(cwd, 'full');
    const run = RunFolder.create(CONFIG, path, cwd);
    symlinkSync('/dev/full', join(path, 'events.jsonl'));
    const log = run.log();
    expect(() => log.onWarning!({ text: 'x' })).toThrow(HarnessError);
    expect(() => log.onWarning!({ text: 'x' })).toThrow(/cannot write .*events\.jsonl: .*ENOSPC/);
    run.close();
  });

  test('takes away what killed workers have left, and nothing else', () => {
    const path = place('leftovers');
    for (const name of ['worker-7-0.at', 'worker-7-0.candidate.air', 'worker.txt']) {
      writeFileSync(join(path, name), '');
    }
    RunFolder.create(CONFIG, path, cwd).close();
    expect(readdirSync(path).sort()).toEqual(['run.json', 'worker.txt']);
  });

  test('of the same campaign gets another name when the first one is taken', () => {
    const [one, two] = [RunFolder.create(CONFIG, null, cwd), RunFolder.create(CONFIG, null, cwd)];
    expect([one.path, two.path]).toEqual([join(cwd, 'reports', '0x1-1'), join(cwd, 'reports', '0x1-2')]);
    one.close();
    two.close();
  });

  test('keeps the findings of others, replaces its own, and names equal ones alike', () => {
    const findings = join(cwd, 'corpus', 'findings');
    const [one, two] = [RunFolder.create(CONFIG, null, cwd), RunFolder.create(CONFIG, null, cwd)];
    const save = (run: RunFolder, seed: number, text: string): string => run.saveCase('a/b/c/d', seed, text, 'o', cwd);
    const read = (name: string): string => readFileSync(join(cwd, name), 'utf8');
    expect(save(one, 5, 'first')).toBe('corpus/findings/a-b-c-d.air');
    expect(save(two, 6, 'first')).toBe('corpus/findings/a-b-c-d.air');
    expect(save(two, 6, 'second')).toBe('corpus/findings/a-b-c-d.air');
    expect(save(one, 5, 'third')).toBe('corpus/findings/a-b-c-d-0x5.air');
    expect(read('corpus/findings/a-b-c-d.air')).toBe('second');
    expect(save(one, 5, 'reduced')).toBe('corpus/findings/a-b-c-d-0x5.air');
    expect(read('corpus/findings/a-b-c-d-0x5.air')).toBe('reduced');
    writeFileSync(join(findings, 'a-b-c-d-0x5.air'), "somebody else's");
    expect(save(one, 5, 'again')).toBe('corpus/findings/a-b-c-d-0x5-2.air');
    expect(readdirSync(findings).sort()).toEqual(['a-b-c-d-0x5-2.air', 'a-b-c-d-0x5.air', 'a-b-c-d.air']);
    one.close();
    two.close();
  });
});
