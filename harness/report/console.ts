/**
 * The campaign on a screen: a live line on a terminal, plain lines elsewhere, and the end of it all as text.
 *
 * Owns wording and layout. Gets its streams and colours from outside and decides nothing. What failed comes last, where it
 * is not missed, with lines to paste.
 */
import type { Bucket } from '../campaign/buckets.ts';
import type { CampaignConfig } from '../campaign/config.ts';
import type { CampaignResult, Reporter } from '../campaign/events.ts';
import type { Tally } from '../model/tally.ts';
import { total } from '../model/tally.ts';
import { printSeed } from '../model/case.ts';
import { shownBucket } from '../model/finding.ts';
import type { Io, LiveDisplay } from './io.ts';
import { duration, Progress } from './progress.ts';
import { byCount, flakyLast, flakyText, plural, wholeNumber as number } from './text.ts';
import { engineShareOf, inCheckOrder } from './summary.ts';
import { fitted, wrapped } from './wrap.ts';

/** Milliseconds between two updates of the live line. */
const LIVE_INTERVAL = 250;
/** Seconds between two plain lines. */
const PLAIN_INTERVAL = 10;
/** Lines of a program that the banner shows. */
const SHOWN_LINES = 60;

/** How the command would be called again, for lines to paste. */
export interface PasteLines {
  repro(bucket: Bucket): string;
  reduce(bucket: Bucket): string;
}

/** Reports a campaign to `io`; `live` shows progress where there is a terminal. */
export function consoleReporter(
  io: Io,
  live: LiveDisplay | null,
  paste: PasteLines,
  now: () => number = Date.now,
): Reporter {
  const begin = now();
  let config: CampaignConfig | null = null;
  let progress: Progress | null = null;
  let lastLive = 0;
  let lastPlain = begin;
  let reducing = '';
  /** The smallest case so far of a reduction beside the cases. */
  let beside = '';
  const columns = (): number => columnsOf(io);
  const note = (text: string): void => {
    live?.clear();
    io.note(text);
  };
  return {
    onStarted(event) {
      config = event.config;
      progress = new Progress(config);
      const { seed, profile, generator, shard, budget } = config;
      const limits = [
        ...(budget.runs === null ? [] : [`${number(budget.runs)} cases`]),
        ...(budget.seconds === null ? [] : [duration(budget.seconds)]),
      ];
      const until = limits.join(' or ');
      const part = shard.of === 1 ? '' : `, shard ${shard.index}/${shard.of}`;
      note(
        `campaign ${printSeed({ seed, profile })}: ${until}, ${plural(event.jobs, 'job')}${part}, generator ${generator}`,
      );
      if (event.resumed > 0) note(`resuming after ${number(event.resumed)} cases`);
    },
    onProgress(event) {
      const at = now();
      if (live !== null && at - lastLive >= LIVE_INTERVAL) {
        lastLive = at;
        const lines = liveText(io, progress!.lines(event, at), event.tally, event.failing);
        live(beside === '' ? lines : `${lines}\n${io.paintNote.dim(wrapped([beside], columns()))}`);
      } else if (live === null && at - lastPlain >= PLAIN_INTERVAL * 1000) {
        lastPlain = at;
        note(progress!.lines(event, at).join('  '));
      }
    },
    onFound({ bucket, seed }) {
      progress?.found(now());
      const name = printSeed({ seed, profile: config?.profile ?? 'default' });
      note(`${io.paintNote.red('found')} ${shownBucket(bucket)} at ${name}`);
    },
    onWarning: ({ text }) => note(`${io.paintNote.yellow('warning')} ${text}`),
    onReducing({ bucket: raw, number: n, of }) {
      const bucket = shownBucket(raw);
      reducing = `reducing, ${n} of ${of} begun: `;
      if (live === null) io.note(`reducing ${n} of ${of}: ${bucket}`);
      else live(wrapped([`reducing ${n} of ${of}: ${bucket}`], columns()));
    },
    onShrunk({ bucket, runs, instructions }) {
      if (live === null) return;
      const at = now();
      const most = number(config?.reduceRuns ?? 0);
      const best = `${plural(instructions, 'instruction')} after ${number(runs)} of at most ${most} runs`;
      if (reducing === '') beside = `  reducing ${shownBucket(bucket)}: ${best}`;
      if (reducing === '' || at - lastLive < LIVE_INTERVAL) return;
      lastLive = at;
      live(wrapped([`${reducing}${shownBucket(bucket)}: ${best}`], columns()));
    },
    onEnded({ result }) {
      live?.clear();
      live?.done();
      io.say(summaryText(io, result));
      if (result.buckets.length > 0) io.say(bannerText(io, result, paste));
      else io.say(verdictText(io, result));
    },
  };
}

function liveText(io: Io, lines: readonly string[], tally: Tally, failing: number): string {
  const width = columnsOf(io);
  // Every figure is whole; of the checks, which are many, as many as there is room for.
  const figures = wrapped(lines, width);
  const checks = Object.entries(inCheckOrder(tally.checks)).map(([name, { ran, failed }]) => {
    return failed === 0 ? `${name} ${number(ran)}` : `${name} ${number(ran)} (${number(failed)} failed)`;
  });
  const second = fitted(`  ${checks.join(' · ')}`, width);
  return `${failing === 0 ? io.paintNote.green(figures) : io.paintNote.red(figures)}\n${io.paintNote.dim(second)}`;
}

/** Columns of the terminal with the live display; some do not say. */
function columnsOf({ live }: Io): number {
  return live?.columns ?? 80;
}

function summaryText(io: Io, result: CampaignResult): string {
  const { config, tally, seconds: passed, jobs } = result;
  const rate = passed === 0 ? 0 : tally.cases / passed;
  const seed = printSeed({ seed: config.seed, profile: config.profile });
  const lines = [
    '',
    `${plural(tally.cases, 'case')} in ${passed.toFixed(1)} s (${number(rate)} per second, ${plural(jobs, 'job')}, ` +
      `${(engineShareOf(tally) * 100).toFixed(0)} % of it in the engine), campaign ${seed}, generator ${config.generator}`,
    countLine('discarded', tally.discarded),
    countLine('incomparable', tally.incomparable),
    '',
    `${'check'.padEnd(14)}${'ran'.padStart(10)}${'failed'.padStart(10)}`,
    ...Object.entries(inCheckOrder(tally.checks)).map(([name, { ran, failed }]) => {
      const line = `${name.padEnd(14)}${number(ran).padStart(10)}${number(failed).padStart(10)}`;
      return failed === 0 ? line : io.paint.red(line);
    }),
    '',
    ...result.warnings.map((text) => `${io.paint.yellow('warning')}: ${text}`),
  ];
  return lines.join('\n');
}

function countLine(what: string, counts: Readonly<Record<string, number>>): string {
  const reasons = byCount(counts);
  const list = reasons.map(([reason, count]) => `${reason} ${number(count)}`).join(', ');
  return `${what} ${number(total(counts))}${list === '' ? '' : ` (${list})`}`;
}

/** Which of two limits has ended a campaign that had both. */
function limitText({ end, config: { budget } }: CampaignResult): string {
  const { runs, seconds } = budget;
  if (runs === null || seconds === null) return '';
  if (end === 'time') return ` (the ${duration(seconds)} were up first)`;
  return end === 'done' ? ' (the number of cases was reached first)' : '';
}

function verdictText(io: Io, result: CampaignResult): string {
  const { end, failure, tally } = result;
  if (failure !== null) return io.paint.red(`NOTHING PROVED: ${failure}`);
  const text = `no failures in ${plural(tally.cases, 'case')}${limitText(result)}`;
  return end === 'interrupted' ? io.paint.yellow(`interrupted: ${text} so far`) : io.paint.green(text);
}

function bannerText(io: Io, result: CampaignResult, paste: PasteLines): string {
  const { buckets, config } = result;
  const parts = flakyLast(buckets).map((bucket, n) => bucketText(io, bucket, n + 1, config.profile, paste));
  const flaky = buckets.filter((bucket) => bucket.flaky !== null).length;
  const ofThem = flaky === 0 ? '' : `, ${number(flaky)} of them flaky`;
  const head = io.paint.red.bold(`FAILED: ${plural(buckets.length, 'bucket')}${ofThem}`);
  const slips = result.slips.map(
    ({ id, caseFile }) => `   ${io.paint.bold(id)}${caseFile === null ? '' : `  ${caseFile}`}`,
  );
  const more =
    slips.length === 0 ? '' : `\nseen only while cases were reduced, and not counted:\n${slips.join('\n')}\n`;
  return `${head}${result.end === 'interrupted' ? ' (interrupted)' : limitText(result)}\n\n${parts.join('\n')}${more}`;
}

function bucketText(io: Io, bucket: Bucket, n: number, profile: string, paste: PasteLines): string {
  const size = bucket.instructions === null ? '' : `, ${plural(bucket.instructions, 'instruction')}`;
  const seed = printSeed({ seed: bucket.seed, profile });
  const flaky = flakyText(bucket);
  const rate = flaky === '' ? '' : `, ${io.paint.yellow(flaky)}`;
  const program = (bucket.text ?? '').trimEnd().split('\n');
  const shown = program.slice(0, SHOWN_LINES);
  const hidden = program.length - shown.length;
  return [
    `${n}. ${io.paint.bold(bucket.id)}  ${plural(bucket.count, 'case')}, first ${seed}${size}${rate}`,
    ...indented(bucket.detail.trimEnd().split('\n')),
    '',
    ...indented(shown),
    ...(hidden > 0 ? [`     … ${hidden} more lines`] : []),
    `   ${io.paint.dim(bucket.reduction)}`,
    `   again:  ${io.paint.cyan(paste.repro(bucket))}`,
    `   reduce: ${io.paint.cyan(paste.reduce(bucket))}`,
    '',
  ].join('\n');
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `   ${line}`);
}
