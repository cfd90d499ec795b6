/**
 * A running campaign as a Prometheus text file (text format 0.0.4), for the textfile collector of a node exporter.
 *
 * Owns names and labels of the metrics. The file is whole at any time: who writes it replaces it.
 */
import type { CampaignConfig } from '../campaign/config.ts';
import type { CampaignEvents, CampaignResult, EndReason, Reporter } from '../campaign/events.ts';
import type { Tally } from '../model/tally.ts';
import { emptyTally, sortedRecord } from '../model/tally.ts';
import { inCheckOrder } from './summary.ts';

/** Milliseconds between two files. */
const INTERVAL = 5_000;

/** Ways in which a campaign ends; one of them has the value 1 at the end. */
const ENDS: readonly EndReason[] = ['done', 'stopped', 'time', 'interrupted'];

interface State extends Omit<CampaignEvents['progress'], 'hasStarted'> {
  readonly end: EndReason | null;
  readonly reducing: number;
  /** Milliseconds since 1970, or null. */
  readonly foundAt: number | null;
}

/** Writes metrics by `write`: at the start, every five seconds, and at the end. `now`: milliseconds since 1970. */
export function metricsReporter(write: (text: string) => void, now: () => number = Date.now): Reporter {
  let config: CampaignConfig | null = null;
  let jobs = 0;
  let last = -Infinity;
  let state: State = {
    tally: emptyTally(),
    failing: 0,
    buckets: 0,
    seconds: 0,
    end: null,
    reducing: 0,
    foundAt: null,
  };
  const put = (changed: Partial<State>, isDue: boolean): void => {
    state = { ...state, ...changed };
    const at = now();
    if (config === null || (!isDue && at - last < INTERVAL)) return;
    last = at;
    write(metricsText(config, jobs, state, at));
  };
  return {
    onStarted(event) {
      ({ config, jobs } = event);
      put({}, true);
    },
    onProgress: ({ tally, failing, buckets, seconds }) => {
      put({ tally, failing, buckets, seconds }, false);
    },
    onFound: () => {
      put({ foundAt: now() }, false);
    },
    onReducing: ({ number, of }) => {
      put({ reducing: of - number + 1 }, false);
    },
    onEnded: ({ result }) => {
      put(endOf(result), true);
    },
  };
}

function endOf({ tally, buckets, seconds, end }: CampaignResult): Partial<State> {
  const failing = buckets.reduce((sum, { count }) => sum + count, 0);
  return { tally, failing, buckets: buckets.length, seconds, end, reducing: 0 };
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

function metricsText(config: CampaignConfig, jobs: number, state: State, at: number): string {
  const { tally, failing, buckets, seconds, end, reducing, foundAt } = state;
  const { seed, profile, backend, shard } = config;
  const labels = { seed: `0x${seed.toString(16)}`, profile, backend, shard: `${shard.index}/${shard.of}` };
  const checks = Object.entries(inCheckOrder(tally.checks));
  const parts: readonly string[] = [
    metric('info', 'gauge', 'The campaign.', [[labels, 1]]),
    metric('jobs', 'gauge', 'Worker processes.', [[{}, jobs]]),
    metric('seconds', 'gauge', 'Seconds since the start, those of resumed runs added.', [[{}, seconds]]),
    metric('cases_total', 'counter', 'Completed cases.', [[{}, tally.cases]]),
    metric('discarded_total', 'counter', 'Discarded cases.', byReason(tally.discarded)),
    metric('incomparable_total', 'counter', 'Comparisons that could not be made.', byReason(tally.incomparable)),
    metric(
      'check_runs_total',
      'counter',
      'Cases that a check ran on.',
      checks.map(([check, { ran }]) => [{ check }, ran]),
    ),
    metric(
      'check_failures_total',
      'counter',
      'Cases that a check failed on.',
      checks.map(([check, { failed }]) => [{ check }, failed]),
    ),
    metric('worker_seconds_total', 'counter', 'Seconds of workers, by part.', timeOf(tally)),
    metric('failing_cases', 'gauge', 'Failing cases.', [[{}, failing]]),
    metric('buckets', 'gauge', 'Buckets of failing cases.', [[{}, buckets]]),
    metric('reductions_left', 'gauge', 'Reductions that are not done, the one in work among them.', [[{}, reducing]]),
    metric('last_new_bucket_seconds', 'gauge', 'When the last new bucket was found, in seconds since 1970.', [
      ...(foundAt === null ? [] : [[{}, foundAt / 1000] as const]),
    ]),
    metric(
      'end',
      'gauge',
      '1 for the way in which the campaign has ended.',
      ENDS.map((one) => [{ end: one }, one === end ? 1 : 0]),
    ),
    metric('updated_seconds', 'gauge', 'When this file was written, in seconds since 1970.', [[{}, at / 1000]]),
  ];
  return parts.join('');
}

function timeOf({ time, busy }: Tally): readonly Sample[] {
  return [...Object.entries(time).map(([part, value]): Sample => [{ part }, value]), [{ part: 'all' }, busy]];
}

function byReason(counts: Readonly<Record<string, number>>): readonly Sample[] {
  return Object.entries(sortedRecord(counts)).map(([reason, n]) => [{ reason }, n]);
}

function metric(name: string, type: 'counter' | 'gauge', help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return '';
  const lines = samples.map(([labels, value]) => {
    const list = Object.entries(labels).map(([key, text]) => `${key}="${escapeLabel(text)}"`);
    return `harness_${name}${list.length === 0 ? '' : `{${list.join(',')}}`} ${value}\n`;
  });
  return `# HELP harness_${name} ${help}\n# TYPE harness_${name} ${type}\n${lines.join('')}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
