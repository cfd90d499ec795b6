/**
 * A run as Markdown: the whole, one bucket as a bug report, and what GitHub shows of a job (summary and annotations).
 *
 * Owns wording and the limits of GitHub: 1 MiB of summary, ten annotations of a kind. All text of a run goes through
 * markup.ts; annotations have an escaping of their own.
 */
import type { Bucket } from '../campaign/buckets.ts';
import { printSeed } from '../model/case.ts';
import { InputError } from '../model/failure.ts';
import { total } from '../model/tally.ts';
import { fenced, inlineCode, plainWords, visible } from './markup.ts';
import type { RunReport } from './run-report.ts';
import { rateOf, verdictOf } from './run-report.ts';
import { inCheckOrder } from './summary.ts';
import {
  byCount,
  cut,
  flakyText,
  fuzzLine,
  lineOf,
  placeLines,
  plural,
  reproLine,
  seedLine,
  timeSpan,
  wholeNumber,
} from './text.ts';

/** Annotations of a kind that GitHub shows of a step. */
const ANNOTATIONS = 10;
/** Bytes of a summary that GitHub takes. */
const SUMMARY_BYTES = 1024 * 1024;

/** The whole run. */
export function markdownReport(report: RunReport): string {
  return `${[head(report), ...report.buckets.map((bucket) => `## ${plainWords(bucket.id)}\n\n${bugText(bucket, report)}`)].join('\n\n')}\n`;
}

/** One bucket as a bug report; null: the first one. */
export function issueReport(report: RunReport, id: string | null): string {
  const { buckets } = report;
  const bucket = id === null ? buckets[0] : buckets.find((one) => one.id === id);
  if (bucket === undefined) {
    const known = buckets.length === 0 ? 'it has none' : `it has ${buckets.map((one) => one.id).join(', ')}`;
    throw new InputError(
      id === null ? `there is no bucket to report in this run` : `no bucket '${id}' in this run (${known})`,
    );
  }
  return `# ${plainWords(bucket.id)}\n\n${bugText(bucket, report)}\n`;
}

/** The summary of a job, within the limit: buckets that do not fit are counted. */
export function githubSummary(report: RunReport): string {
  const parts = [head(report)];
  let size = Buffer.byteLength(parts[0]!) + 200;
  for (const [n, bucket] of report.buckets.entries()) {
    const part = `## ${plainWords(bucket.id)}\n\n${bugText(bucket, report)}`;
    size += Buffer.byteLength(part) + 2;
    if (size > SUMMARY_BYTES) {
      parts.push(`${plural(report.buckets.length - n, 'more bucket')}: see the files of the run.`);
      break;
    }
    parts.push(part);
  }
  const text = `${parts.join('\n\n')}\n`;
  return Buffer.byteLength(text) <= SUMMARY_BYTES ? text : `${cut(text, Infinity, SUMMARY_BYTES / 4)}\n`;
}

/** Workflow commands that annotate a job, one a line. */
export function githubAnnotations(report: RunReport): string {
  const { buckets, warnings, failure } = report;
  const errors = buckets.map((bucket) => ({
    file: bucket.caseFile,
    line: lineOf(bucket),
    title: `${bucket.id}${flakyText(bucket, ', ')}`,
    text: [...placeLines(bucket), bucket.detail, reproLine(bucket, report.config)].join('\n'),
  }));
  if (buckets.length === 0 && failure !== null)
    errors.push({ file: null, line: 1, title: 'nothing proved', text: failure });
  const warned = warnings.map((text) => ({ file: null, title: 'harness', text }));
  const lines = [...annotationLines('error', errors), ...annotationLines('warning', warned)];
  return lines.map((line) => `${line}\n`).join('');
}

interface Annotation {
  readonly file: string | null;
  /** From 1; absent: the first. */
  readonly line?: number;
  readonly title: string;
  readonly text: string;
}

/** Workflow commands for `all`, as many as GitHub shows. */
export function annotationLines(kind: 'error' | 'warning', all: readonly Annotation[]): string[] {
  const shown = all.length <= ANNOTATIONS ? all : all.slice(0, ANNOTATIONS - 1);
  const rest = { file: null, title: 'harness', text: `${all.length - shown.length} more; see the summary of the job` };
  return [...shown, ...(shown.length === all.length ? [] : [rest])].map(
    ({ file, line = 1, title, text }: Annotation) => {
      const place = file === null ? '' : `file=${property(file)},line=${line},`;
      return `::${kind} ${place}title=${property(title)}::${data(cut(text, 30, 4000))}`;
    },
  );
}

function data(text: string): string {
  return visible(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function head(report: RunReport): string {
  const { config, tally, seconds, slips, warnings } = report;
  const list = (name: string, counts: Readonly<Record<string, number>>): string => {
    const reasons = byCount(counts).map(([reason, n]) => `${plainWords(reason)} ${wholeNumber(n)}`);
    return `- ${name}: ${wholeNumber(total(counts))}${reasons.length === 0 ? '' : ` (${reasons.join(', ')})`}`;
  };
  return [
    `# Campaign ${plainWords(printSeed(config))}: ${plainWords(verdictOf(report).text)}`,
    '',
    `- ${plural(tally.cases, 'case')} in ${timeSpan(seconds)}, ${wholeNumber(rateOf(report))} per second`,
    list('discarded', tally.discarded),
    list('incomparable', tally.incomparable),
    versionLine(report),
    `- again: ${inlineCode(fuzzLine(config))}`,
    ...warnings.map((text) => `- warning: ${plainWords(text)}`),
    ...slips.map(({ id }) => `- seen only while cases were reduced: ${inlineCode(id)}`),
    '',
    '| check | ran | failed |',
    '| --- | ---: | ---: |',
    ...Object.entries(inCheckOrder(tally.checks)).map(
      ([name, { ran, failed }]) => `| ${inlineCode(name)} | ${wholeNumber(ran)} | ${wholeNumber(failed)} |`,
    ),
  ].join('\n');
}

function versionLine({ versions, config }: RunReport): string {
  const { harness, node, v8, system } = versions;
  return `- harness ${plainWords(harness)}, generator ${config.generator}, Node ${plainWords(node)}, V8 ${plainWords(v8)}, ${plainWords(system)}`;
}

/** What a bug report says: what was seen, the program, how to see it again, with what versions. */
function bugText(bucket: Bucket, report: RunReport): string {
  const { config } = report;
  const { detail, text, instructions, count, stage, check, reduction } = bucket;
  const size = instructions === null ? '' : `, ${plural(instructions, 'instruction')}`;
  return [
    `The check ${inlineCode(check)} accuses ${inlineCode(stage)}: ${plural(count, 'case')}${size}${flakyText(bucket, ', ')}; ${plainWords(reduction)}.`,
    ...(bucket.place === null ? [] : ['**First to part**', fenced(placeLines(bucket).join('\n'))]),
    ...(detail === '' ? [] : ['**Expected and actual**', fenced(cut(detail, 100, 10_000))]),
    ...(text === null ? [] : ['**Program**', fenced(cut(text, 300, 30_000))]),
    '**Steps**',
    fenced(`${reproLine(bucket, config)}\n${seedLine(bucket, config)}`, 'sh'),
    versionLine(report),
  ].join('\n\n');
}
