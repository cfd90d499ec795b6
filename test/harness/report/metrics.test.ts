/** The Prometheus text file: what it says, when it is written, and that it can be read. */
import { expect, test } from '@jest/globals';
import { emitTo } from '../../../harness/campaign/events.ts';
import { emptyTally } from '../../../harness/model/tally.ts';
import { metricsReporter } from '../../../harness/report/metrics.ts';
import { CONFIG } from './campaign-config.ts';

/** Values by name with labels; every line has to be a sample, or the help or type of the samples behind it. */
function read(text: string): Record<string, number> {
  const values: Record<string, number> = {};
  let typed = '';
  for (const line of text.split('\n').slice(0, -1)) {
    const head = /^# (HELP|TYPE) (harness_[a-z_]+) (.+)$/.exec(line);
    if (head !== null) {
      if (head[1] === 'TYPE') typed = head[2]!;
      continue;
    }
    const sample = /^(harness_[a-z_]+)(\{(?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)+\})? (\S+)$/.exec(line);
    if (sample === null) throw new Error(`not a sample: ${line}`);
    expect(sample[1]).toBe(typed);
    expect(`${sample[1]}${sample[2] ?? ''}` in values).toBe(false);
    values[`${sample[1]}${sample[2] ?? ''}`] = Number(sample[3]);
  }
  expect(Object.values(values).every(Number.isFinite)).toBe(true);
  return values;
}

test('has the counts of the campaign, is written at most every five seconds, and once more at the end', () => {
  const files: string[] = [];
  let now = 1_000_000;
  const emit = emitTo([
    metricsReporter(
      (text) => files.push(text),
      () => now,
    ),
  ]);
  emit('started', { config: { ...CONFIG, backend: 'a "b"\\\nc' }, jobs: 2, folder: '', resumed: 0 });
  const tally = {
    ...emptyTally(),
    cases: 90,
    discarded: { illegal: 3 },
    checks: { wabt: { ran: 10, failed: 0 }, validate: { ran: 90, failed: 2 } },
    busy: 4,
  };
  const progress = { failing: 2, buckets: 1, seconds: 3, hasStarted: true };
  now += 3000;
  emit('found', { bucket: 'x', seed: 1, detail: '' });
  emit('progress', { ...progress, tally });
  expect(files).toHaveLength(1);
  expect(read(files[0]!)['harness_cases_total']).toBe(0);
  now += 3000;
  emit('progress', { ...progress, tally });
  expect(files).toHaveLength(2);
  expect(read(files[1]!)).toMatchObject({
    'harness_info{seed="0x7",profile="default",backend="a \\"b\\"\\\\\\nc",shard="0/1"}': 1,
    harness_jobs: 2,
    harness_cases_total: 90,
    'harness_discarded_total{reason="illegal"}': 3,
    'harness_check_runs_total{check="wabt"}': 10,
    'harness_check_failures_total{check="validate"}': 2,
    'harness_worker_seconds_total{part="all"}': 4,
    harness_failing_cases: 2,
    harness_buckets: 1,
    harness_last_new_bucket_seconds: 1003,
    'harness_end{end="done"}': 0,
    harness_updated_seconds: 1006,
  });
  const result = {
    config: CONFIG,
    end: 'done' as const,
    tally: { ...tally, cases: 100 },
    buckets: [],
    slips: [],
    seconds: 6,
    jobs: 2,
    warnings: [],
    failure: null,
  };
  emit('ended', { result });
  expect(files).toHaveLength(3);
  expect(read(files[2]!)).toMatchObject({ harness_cases_total: 100, 'harness_end{end="done"}': 1, harness_buckets: 0 });
});
