/**
 * What people and scripts read: options, selections of checks, names of files, the end of a campaign on a screen.
 */
import { describe, expect, test } from '@jest/globals';
import { Chalk } from 'chalk';
import type { Bucket } from '../../../harness/campaign/buckets.ts';
import type { CampaignResult } from '../../../harness/campaign/events.ts';
import { emitTo } from '../../../harness/campaign/events.ts';
import { emptyTally } from '../../../harness/model/tally.ts';
import type { Io } from '../../../harness/report/io.ts';
import { readDuration, readInteger, readSeed, readShard } from '../../../harness/cli/option.ts';
import { selectChecks } from '../../../harness/check/select-checks.ts';
import { CHECK_NAMES } from '../../../harness/model/check-names.ts';
import { bucketSlug } from '../../../harness/model/bucket-slug.ts';
import { CONFIG } from './campaign-config.ts';
import { consoleReporter } from '../../../harness/report/console.ts';
import { inCheckOrder } from '../../../harness/report/summary.ts';

describe('values of options', () => {
  test.each([
    ['30s', 30],
    ['2m', 120],
    ['500ms', 0.5],
    ['1.5h', 5400],
  ])('%s is %d seconds', (text, seconds) => {
    expect(readDuration(text)).toBe(seconds);
  });

  test.each(['30', 's', '-1s', '1 s', '1d', ''])("'%s' is no duration", (text) => {
    expect(() => readDuration(text)).toThrow('is not a duration');
  });

  test('seeds are hex or decimal, with a profile or not', () => {
    expect(readSeed('0x51f3')).toEqual({ seed: 0x51f3, profile: 'default' });
    expect(readSeed('20979')).toEqual({ seed: 0x51f3, profile: 'default' });
    expect(readSeed('link:0x51F3')).toEqual({ seed: 0x51f3, profile: 'link' });
    for (const bad of ['', '0x', '-1', '1.5', '0x20000000000000', 'link:']) expect(() => readSeed(bad)).toThrow('seed');
  });

  test('numbers have limits, shards a range', () => {
    expect(readInteger(1)('0x10')).toBe(16);
    expect(() => readInteger(1, 4)('5')).toThrow('from 1 to 4');
    expect(() => readInteger(0)('1e3')).toThrow('whole number');
    expect(readShard('1/4')).toEqual({ index: 1, of: 4 });
    expect(readShard('4/4')).toEqual({ index: 0, of: 4 });
    expect(() => readShard('5/4')).toThrow('shard');
    expect(() => readShard('0/0')).toThrow('shard');
  });
});

describe('a selection of checks', () => {
  test('is changed by signs, replaced by names, and remembers what was asked for', () => {
    const all = selectChecks(null, 'default');
    expect(all.required).toEqual([]);
    expect(selectChecks('-wabt,-roundtrip', 'default').names).toEqual(
      all.names.filter((n) => n !== 'wabt' && n !== 'roundtrip'),
    );
    expect(selectChecks('+wabt', 'default')).toEqual({ names: all.names, required: ['wabt'], refused: [] });
    expect(selectChecks('-wabt,+lld', 'default').refused).toEqual(['wabt']);
    expect(selectChecks('roundtrip,interp-exe', 'default')).toEqual({
      names: ['interp-exe', 'roundtrip'],
      required: ['roundtrip', 'interp-exe'],
      refused: CHECK_NAMES.filter((n) => n !== 'roundtrip' && n !== 'interp-exe'),
    });
    expect(() => selectChecks('+wabt,roundtrip', 'default')).toThrow('sign');
    expect(all.names).not.toContain('lld');
    expect(selectChecks('+lld', 'default')).toEqual({
      names: [...all.names, 'lld'],
      required: ['lld'],
      refused: [],
    });
    expect(selectChecks(null, 'link').names).toEqual([...all.names, 'lld']);
    expect(() => selectChecks('+nosuch', 'default')).toThrow("no check 'nosuch'");
  });

  test('is shown in the order in which checks run', () => {
    const count = { ran: 1, failed: 0 };
    const shown = inCheckOrder({ wabt: count, expect: count, validate: count, 'interp-exe': count });
    expect(Object.keys(shown)).toEqual(['validate', 'interp-exe', 'wabt', 'expect']);
  });
});

test('files of buckets have readable names that differ where the buckets do', () => {
  expect(bucketSlug('codegen/interp-exe/result/intcast')).toBe('codegen-interp-exe-result-intcast');
  const ids = ['a/b/c/-', 'a/b/c', 'a/b/c/d e', 'a/b/c/d-e', 'a/b/c/D-E', `a/b/c/${'x'.repeat(300)}`, '../../etc'];
  const slugs = ids.map(bucketSlug);
  expect(new Set(slugs).size).toBe(ids.length);
  for (const slug of slugs) expect(slug).toMatch(/^[a-z0-9][a-z0-9._-]{0,120}$/);
});

describe('the console', () => {
  const bucket: Bucket = {
    id: 'codegen/interp-exe/result/intcast',
    check: 'interp-exe',
    stage: 'codegen',
    kind: 'result',
    seed: 0x51f3,
    count: 12,
    raw: [{ bucket: 'codegen/interp-exe/result/-', count: 12 }],
    caseFile: 'corpus/findings/x.air',
    instructions: 2,
    text: 'export fn @f() void {\n  ret void {}\n}\n',
    detail: 'call 1 @f: result\n  reference: 1\n  executable: 2',
    place: null,
    flaky: null,
    reduction: '1-minimal: 7 candidates tried, none of them fails; 40 runs',
  };
  const result: CampaignResult = {
    config: { ...CONFIG, seed: 1, budget: { runs: 100, seconds: null } },
    end: 'done',
    tally: { ...emptyTally(), cases: 100, busy: 2, checks: { validate: { ran: 100, failed: 0 } } },
    buckets: [],
    slips: [],
    seconds: 1,
    jobs: 2,
    warnings: [],
    failure: null,
  };

  function show(shown: Partial<CampaignResult>): string[] {
    const lines: string[] = [];
    const paint = new Chalk({ level: 0 });
    const io: Io = {
      say: (text) => lines.push(...text.split('\n')),
      bytes: () => undefined,
      note: () => undefined,
      json: () => undefined,
      paint,
      paintNote: paint,
      live: null,
    };
    const paste = { repro: () => 'npx harness repro x.air', reduce: () => 'npx harness reduce y.air' };
    const emit = emitTo([consoleReporter(io, null, paste)]);
    emit('ended', { result: { ...result, ...shown } });
    return lines;
  }

  test('ends with the verdict of a clean campaign', () => {
    expect(show({}).at(-1)).toBe('no failures in 100 cases');
    expect(show({ end: 'interrupted' }).at(-1)).toBe('interrupted: no failures in 100 cases so far');
    expect(show({ failure: 'never ran: lld' }).at(-1)).toBe('NOTHING PROVED: never ran: lld');
  });

  test('says which of two limits has ended it', () => {
    const config = { ...result.config, budget: { runs: 100, seconds: 7200 } };
    expect(show({ config }).at(-1)).toBe('no failures in 100 cases (the number of cases was reached first)');
    expect(show({ config, end: 'time' }).at(-1)).toBe('no failures in 100 cases (the 2 h were up first)');
    expect(show({ config, end: 'time', buckets: [bucket] })).toContain('FAILED: 1 bucket (the 2 h were up first)');
    expect(show({ end: 'time' }).at(-1)).toBe('no failures in 100 cases');
  });

  test('ends with the failures, each with its program and lines to paste', () => {
    const lines = show({ buckets: [bucket] });
    const banner = lines.slice(lines.indexOf('FAILED: 1 bucket'));
    expect(banner.join('\n')).toContain('1. codegen/interp-exe/result/intcast  12 cases, first 0x51f3, 2 instructions');
    expect(banner.join('\n')).toContain('     executable: 2');
    expect(banner.join('\n')).toContain('     ret void {}');
    expect(banner.filter((line) => line !== '').slice(-2)).toEqual([
      '   again:  npx harness repro x.air',
      '   reduce: npx harness reduce y.air',
    ]);
  });

  test('names what only reductions fell into, without counting it', () => {
    const lines = show({ buckets: [bucket], slips: [{ ...bucket, id: 'linker/order/result/-', caseFile: 's.air' }] });
    expect(lines).toContain('FAILED: 1 bucket');
    const at = lines.indexOf('seen only while cases were reduced, and not counted:');
    expect(lines[at + 1]).toBe('   linker/order/result/-  s.air');
  });

  test('says what it waits for until the first cases are through', () => {
    const notes: string[] = [];
    const paint = new Chalk({ level: 0 });
    const quiet = (): void => undefined;
    const io: Io = {
      say: quiet,
      bytes: quiet,
      note: (text) => notes.push(text),
      json: quiet,
      paint,
      paintNote: paint,
      live: null,
    };
    let now = 0;
    const emit = emitTo([consoleReporter(io, null, { repro: () => '', reduce: () => '' }, () => now)]);
    const budget = { runs: 100, seconds: 7200 };
    emit('started', { config: { ...result.config, budget }, jobs: 1, folder: '', resumed: 0 });
    expect(notes[0]).toContain('100 cases or 2 h');
    const progress = { tally: emptyTally(), failing: 0, buckets: 0 };
    now = 10_000;
    emit('progress', { ...progress, seconds: 10, hasStarted: false });
    now = 20_000;
    emit('progress', { ...progress, seconds: 20, hasStarted: true });
    now = 30_000;
    emit('progress', { ...progress, tally: result.tally, seconds: 30, hasStarted: true });
    expect(notes.slice(1)).toEqual([
      '10 s  starting workers',
      '20 s  first cases',
      '30 s of 2 h  100 of 100 cases  3/s  none failing  0.0 % discarded',
    ]);
  });

  /** What the live display of a terminal with so many columns shows of a long campaign, line by line. */
  function liveLines(columns: number): string[] {
    const shown: string[] = [];
    const live = Object.assign((text: string) => void shown.push(text), {
      clear: () => undefined,
      done: () => undefined,
    });
    const paint = new Chalk({ level: 0 });
    const quiet = (): void => undefined;
    const io: Io = {
      say: quiet,
      bytes: quiet,
      note: quiet,
      json: quiet,
      paint,
      paintNote: paint,
      live: { columns, open: () => Promise.resolve(live) },
    };
    let now = 0;
    const emit = emitTo([consoleReporter(io, live, { repro: () => '', reduce: () => '' }, () => now)]);
    const config = { ...result.config, budget: { runs: 2_000_000, seconds: 28_800 }, reduceRuns: 3000 };
    emit('started', { config, jobs: 1, folder: '', resumed: 0 });
    const name = 'codegen/interp-exe/result/-';
    emit('found', { bucket: name, seed: 1, detail: '' });
    emit('shrunk', { bucket: name, runs: 312, instructions: 14 });
    for (let s = 1; s <= 12; s++) {
      now = s * 1000;
      const tally = { ...result.tally, cases: 1234 * s, discarded: { illegal: 3 } };
      emit('progress', { tally, failing: 37, buckets: 12, seconds: s, hasStarted: true });
    }
    return shown.at(-1)!.split('\n');
  }

  test.each([24, 40, 60, 80, 200])('keeps its live lines inside of %i columns, and cuts no figure', (columns) => {
    const lines = liveLines(columns);
    for (const line of lines) expect(line.length).toBeLessThan(columns);
    const text = lines.join(' ');
    for (const figure of [
      ...['12 s of 8 h', '14,808 of 2,000,000 cases', '1,234/s, now 1,234/s', '37 failing in 12 buckets,'],
      ...[
        'the last new 12 s ago',
        '0.0 % discarded',
        'about 27 min left',
        '14 instructions after 312 of at most 3,000 runs',
      ],
    ]) {
      expect(text).toContain(figure);
    }
    expect(text).toContain('validate');
  });

  test('has few live lines where there is room', () => {
    expect(liveLines(200)).toHaveLength(3);
    expect(liveLines(80).length).toBeLessThanOrEqual(6);
    expect(liveLines(40).length).toBeLessThanOrEqual(9);
  });
});
