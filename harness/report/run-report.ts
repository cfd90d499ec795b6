/**
 * What a run folder tells, as data: what every format of `harness report` is made of.
 *
 * Owns the way from the lines of events.jsonl to sums, buckets and a verdict. Reads that one file and no clock, so the same
 * folder gives the same report. A run that has no end (killed, or still at work) is reported as far as it came.
 */
import { join } from 'node:path';
import type { Bucket } from '../campaign/buckets.ts';
import { BucketTable } from '../campaign/buckets.ts';
import type { CampaignConfig } from '../campaign/config.ts';
import type { EndedLine, EventLine } from '../campaign/event-lines.ts';
import { ofWhole, readLines, requireOnce, wholeLines } from '../campaign/event-lines.ts';
import type { EndReason } from '../campaign/events.ts';
import type { Range } from '../campaign/schedule.ts';
import { InputError } from '../model/failure.ts';
import { readInputText } from '../model/files.ts';
import type { Tally } from '../model/tally.ts';
import { addTally, emptyTally, total } from '../model/tally.ts';
import type { HostVersions } from '../model/versions.ts';
import { plural } from './text.ts';

/** Sums up to a moment of a run. */
interface Moment {
  /** Seconds in which cases were run. */
  readonly seconds: number;
  readonly cases: number;
  readonly discarded: number;
  /** Buckets before reduction. */
  readonly buckets: number;
}

/** What a run has shown. */
export interface RunReport {
  readonly config: CampaignConfig;
  /** When it was started first, in ISO 8601 and UTC. */
  readonly startedAt: string;
  readonly jobs: number;
  readonly versions: HostVersions;
  /** `unfinished`: killed, or still at work. */
  readonly end: EndReason | 'unfinished';
  readonly seconds: number;
  readonly tally: Tally;
  readonly buckets: readonly Bucket[];
  readonly slips: readonly Bucket[];
  readonly warnings: readonly string[];
  readonly failure: string | null;
  /** From the start on, in order. */
  readonly moments: readonly Moment[];
  /** Steps of the first reduction for each cause, or where it was not known in each bucket, by the name that it had before. */
  readonly curves: ReadonlyMap<string, readonly ShrinkStep[]>;
}

/** A step of a reduction. */
interface ShrinkStep {
  readonly runs: number;
  readonly instructions: number;
}

/** Reads the report of the run in `folder`. */
export function readRunReport(folder: string): RunReport {
  const file = join(folder, 'events.jsonl');
  const text = readInputText(file);
  const whole = wholeLines(text);
  const report = reportOf(readLines(whole, file), file);
  if (whole.length === text.length) return report;
  const torn = 'the last line of events.jsonl is not whole, as a kill leaves it, and is not counted';
  return { ...report, warnings: [...report.warnings, torn] };
}

/** The report of the run whose events are `lines`, of `file`. */
function reportOf(lines: readonly EventLine[], file: string): RunReport {
  const first = lines[0];
  if (first?.event !== 'started') {
    throw new InputError(`${file}:1: error: not what a campaign writes: the first line is not the start of a campaign`);
  }
  const tally = emptyTally();
  const table = new BucketTable();
  /** By shard: each has positions of its own. */
  const ranges = new Map<number, Range[]>();
  const moments: Moment[] = [{ seconds: 0, cases: 0, discarded: 0, buckets: 0 }];
  const curves = new Map<string, ShrinkStep[]>();
  let seconds = 0;
  let started = first;
  let warnings: string[] = [];
  let ended: EndedLine | null = null;
  let own: Range[];
  for (const line of lines) {
    switch (line.event) {
      case 'started':
        if (JSON.stringify(meaningOf(line.config)) !== JSON.stringify(meaningOf(first.config)))
          throw new InputError(`${file}: error: not what a campaign writes: two different campaigns`);
        started = line;
        ended = null;
        warnings = [];
        break;
      case 'ran':
        own = ranges.get(line.shard?.index ?? -1) ?? [];
        ranges.set(line.shard?.index ?? -1, own);
        for (const [from, next] of line.ranges) own.push({ first: from, next });
        addTally(tally, line.tally);
        for (const found of line.found) table.add(line.shard === undefined ? found : ofWhole(found, line.shard));
        seconds += line.seconds;
        moments.push({ seconds, cases: tally.cases, discarded: total(tally.discarded), buckets: table.size });
        break;
      case 'warning':
        warnings.push(line.text);
        break;
      case 'ended':
        ended = line;
        break;
      case 'shrunk':
        addStep(curves, line);
        break;
      case 'found':
      case 'reduction':
      case 'reduced':
        break;
    }
  }
  for (const one of ranges.values()) requireOnce(one, file);
  const { config, jobs, versions } = started;
  const common = { config: config as CampaignConfig, startedAt: first.time, jobs, versions, moments, curves };
  if (ended === null) {
    return { ...common, end: 'unfinished', seconds, tally, buckets: raw(table), slips: [], warnings, failure: null };
  }
  const { event: _event, ...result } = ended;
  return { ...common, ...result };
}

/** Reductions of one cause, or of one bucket whose causes are not known, may run at a time: what is no step down, or comes with fewer runs, is of another one. */
function addStep(
  curves: Map<string, ShrinkStep[]>,
  { bucket, cause = bucket, runs, instructions }: { readonly bucket: string; readonly cause?: string } & ShrinkStep,
): void {
  const steps = curves.get(cause) ?? [];
  curves.set(cause, steps);
  const last = steps.at(-1);
  if (last === undefined || (runs > last.runs && instructions <= last.instructions)) steps.push({ runs, instructions });
}

/** What may not change when a run is resumed. */
function meaningOf({
  seed,
  profile,
  generator,
  shard,
}: Pick<CampaignConfig, 'seed' | 'profile' | 'generator' | 'shard'>) {
  return { seed, profile, generator, shard };
}

/** Buckets whose cases nobody has reduced yet. */
function raw(table: BucketTable): Bucket[] {
  return table.sorted().map(({ bucket, positions, first }) => {
    const { seed, finding } = first[0]!;
    const count = positions.size;
    const [id, raw] = [bucket, [{ bucket, count }]];
    const { check, stage, kind, detail } = finding;
    const reduction = 'not reduced: the run has no end';
    return {
      id,
      check,
      stage,
      kind,
      seed,
      count,
      raw,
      caseFile: null,
      instructions: null,
      text: null,
      detail,
      reduction,
      place: null,
      flaky: null,
    };
  });
}

/** How a run ended, for people. */
export interface Verdict {
  readonly kind: 'clean' | 'finding' | 'failed' | 'cut';
  readonly text: string;
}

/** The verdict of a run: what was found decides, then whether anything was proved. */
export function verdictOf({ end, buckets, failure, tally }: RunReport): Verdict {
  const cut = end === 'interrupted' ? ' (interrupted)' : end === 'unfinished' ? ' (the run has no end)' : '';
  if (buckets.length > 0) {
    const flaky = buckets.filter((bucket) => bucket.flaky !== null).length;
    const ofThem = flaky === 0 ? '' : `, ${flaky} of them flaky`;
    return { kind: 'finding', text: `${plural(buckets.length, 'bucket')} of failing cases${ofThem}${cut}` };
  }
  if (failure !== null) return { kind: 'failed', text: `Nothing proved: ${failure}` };
  const text = `No failures in ${plural(tally.cases, 'case')}${cut}`;
  return { kind: cut === '' ? 'clean' : 'cut', text };
}

/** Cases per second, 0 for a run without time. */
export function rateOf({ tally, seconds }: Pick<RunReport, 'tally' | 'seconds'>): number {
  return seconds === 0 ? 0 : tally.cases / seconds;
}
