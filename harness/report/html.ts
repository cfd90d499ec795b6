/**
 * A run as one HTML page.
 *
 * Owns the order of the page; page.ts has its look. All text of a run goes through markup.ts.
 */
import type { Bucket } from '../campaign/buckets.ts';
import { printSeed } from '../model/case.ts';
import { TIME_PARTS } from '../model/stopwatch.ts';
import { total } from '../model/tally.ts';
import { lineChart, stackedBar } from './charts.ts';
import type { Place } from '../model/place.ts';
import { escapeMarkup as e } from './markup.ts';
import { code, facts as factList, htmlPage, shownLines, table } from './page.ts';
import type { RunReport } from './run-report.ts';
import { rateOf, verdictOf } from './run-report.ts';
import { engineShareOf, inCheckOrder } from './summary.ts';
import {
  anchorOf,
  byCount,
  flakyLast,
  flakyText,
  fuzzLine,
  percent,
  plural,
  relocationText,
  saysMore,
  reproLine,
  seedLine,
  timeSpan,
  wholeNumber,
} from './text.ts';

/** Buckets that are shown in full; the others are in the list alone. */
const SHOWN = 100;

/** What else a page shows. */
export interface PageParts {
  /** Runs to set it beside, the newest first. */
  readonly earlier: readonly RunReport[];
  /** HTML that others have made, below the charts; null: none. */
  readonly map: string | null;
}

/** A page of the run alone. */
export const RUN_ALONE: PageParts = { earlier: [], map: null };

/** The page of a run. */
export function htmlReport(report: RunReport, { earlier, map }: PageParts = RUN_ALONE): string {
  const { config, slips, warnings } = report;
  const buckets = flakyLast(report.buckets);
  const verdict = verdictOf(report);
  const seed = printSeed(config);
  const title = `Campaign ${seed}`;
  const shown = buckets.slice(0, SHOWN);
  return htmlPage(
    title,
    verdict.text,
    `<p class="verdict ${verdict.kind}">${e(verdict.text)}</p>
${facts(report)}
${warnings.length === 0 ? '' : `<h2>Warnings</h2><ul>${warnings.map((text) => `<li>${e(text)}</li>`).join('')}</ul>`}
${bucketList('Buckets', shown, buckets, false)}
${bucketList('Flaky buckets', shown, buckets, true)}
${shown.map((bucket) => bucketCard(bucket, report)).join('\n')}
${slips.length === 0 ? '' : slipList(slips)}
${checks(report)}
${counts('Discarded cases', report.tally.discarded, 'reason')}
${counts('Comparisons that could not be made', report.tally.incomparable, 'reason')}
${charts(report)}
${map ?? ''}
${earlier.length === 0 ? '' : comparison(report, earlier)}
<h2>Run it again</h2>${code(fuzzLine(config), 'command line of the campaign')}`,
  );
}

function facts(report: RunReport): string {
  const { tally, versions, config, jobs, seconds, startedAt, end } = report;
  const discarded = total(tally.discarded);
  const rows: [string, string][] = [
    ['Cases', wholeNumber(tally.cases)],
    ['Per second', wholeNumber(rateOf(report))],
    ['Time', timeSpan(seconds)],
    ['Discarded', percent(discarded, tally.cases + discarded)],
    ['Incomparable', wholeNumber(total(tally.incomparable))],
    ['In the engine', percent(engineShareOf(tally), 1)],
    ['Jobs', wholeNumber(jobs)],
    ['Shard', config.shard.of === 1 ? 'whole' : `${config.shard.index}/${config.shard.of}`],
    ['Back end', config.backend],
    ['Engines', config.engines ?? 'v8'],
    ['Generator', String(config.generator)],
    ['End', end],
    // To the minute: the whole is in run.json.
    ['Started', `${startedAt.slice(0, 16).replace('T', ' ')} UTC`],
    ['Harness', versions.harness],
    ['Node', `${versions.node}, V8 ${versions.v8}`],
    ['System', versions.system],
  ];
  return factList(rows);
}

/** The buckets whose cases fail each time, or (`flaky`) those whose cases do not, with their rates. */
function bucketList(title: string, shown: readonly Bucket[], buckets: readonly Bucket[], flaky: boolean): string {
  const listed = buckets.filter((bucket) => (bucket.flaky !== null) === flaky);
  if (listed.length === 0) return '';
  const rows = listed.map((bucket) => {
    const name = shown.includes(bucket) ? `<a href="#${anchorOf(bucket)}">${e(bucket.id)}</a>` : e(bucket.id);
    return `<tr><td>${name}</td><td class="n">${wholeNumber(bucket.count)}</td><td class="n">${bucket.instructions ?? '–'}</td>${rateCell(bucket)}</tr>`;
  });
  const columns = ['cases', 'instructions', ...(flaky ? ['failed'] : [])];
  return `<h2>${e(title)}</h2>${table(['bucket'], columns, rows)}`;
}

function rateCell({ flaky }: Bucket): string {
  return flaky === null ? '' : `<td class="n">${flaky.failed} of ${flaky.of}</td>`;
}

function bucketCard(bucket: Bucket, report: RunReport): string {
  const { config } = report;
  const { text, detail, count, place } = bucket;
  const size = bucket.instructions === null ? '' : `, ${plural(bucket.instructions, 'instruction')}`;
  return `<article id="${anchorOf(bucket)}"><h3>${e(bucket.id)}</h3>
<p class="soft">${plural(count, 'case')}, first ${e(printSeed({ seed: bucket.seed, profile: config.profile }))}${size}${flakyText(bucket, ', ')}; stage ${e(bucket.stage)}; ${e(bucket.reduction)}</p>
${place === null ? '' : placeOf(place, bucket)}
${detail === '' ? '' : `<h4>Difference</h4>${code(detail, `difference of ${bucket.id}`)}`}
${text === null ? '' : `<h4>Program</h4>${code(text, `program of ${bucket.id}`, markOf(bucket))}`}
${curve(bucket, report)}<h4>See it again</h4>${code(`${reproLine(bucket, config)}\n${seedLine(bucket, config)}`, `command lines of ${bucket.id}`)}</article>`;
}

/** Where the two sides part: the line of the program with both values, or the relocation. */
function placeOf(place: Place, bucket: Bucket): string {
  const { summary, instruction, relocation } = place;
  const mark = markOf(bucket);
  const rows: (readonly [name: string, html: string])[] = [];
  if (instruction !== null) {
    const line = `line ${instruction.line}`;
    const linked = mark === null ? line : `<a href="#${mark.id}">${line}</a>`;
    rows.push(
      ['instruction', `${linked} in ${e(instruction.function)}: ${e(instruction.text)}`],
      ['expected', e(instruction.expected)],
      ['got', e(instruction.actual)],
    );
  }
  if (relocation !== null) rows.push(['relocation', e(relocationText(relocation))]);
  const said = saysMore(place) ? `<p>${e(summary)}</p>` : '';
  const list = rows.map(([name, html]) => `<dt>${name}</dt><dd>${html}</dd>`).join('');
  return `<h4>First to part</h4>${said}${list === '' ? '' : `<dl class="sides">${list}</dl>`}`;
}

/** The line of the program that is at fault, as far as the page shows it. */
function markOf(bucket: Bucket): { readonly line: number; readonly id: string } | null {
  const line = bucket.place?.instruction?.line;
  if (line === undefined || bucket.text === null || line > shownLines(bucket.text)) return null;
  return { line, id: `${anchorOf(bucket)}-line` };
}

/** How the case of a bucket became smaller. */
function curve(bucket: Bucket, { curves }: RunReport): string {
  const name = [bucket.id, ...bucket.raw.map((raw) => raw.bucket)].find((one) => curves.has(one));
  const steps = name === undefined ? [] : curves.get(name)!;
  const last = steps.at(-1);
  if (last === undefined) return '';
  const line = lineChart(
    steps.map(({ runs, instructions }) => ({ x: runs, y: instructions })),
    {
      label: `Reduction: ${plural(last.instructions, 'instruction')} after ${plural(last.runs, 'run')}`,
      x: 'runs',
      y: 'instructions',
    },
  );
  return line === '' ? '' : `<h4>How it became smaller</h4>${line}`;
}

function slipList(slips: readonly Bucket[]): string {
  const items = slips.map(
    ({ id, caseFile }) => `<li>${e(id)}${caseFile === null ? '' : ` <code>${e(caseFile)}</code>`}</li>`,
  );
  return `<h2>Seen only while cases were reduced, and not counted</h2><ul>${items.join('')}</ul>`;
}

function checks({ tally }: RunReport): string {
  const rows = Object.entries(inCheckOrder(tally.checks)).map(([name, { ran, failed }]) => {
    const bad = failed === 0 ? 'n' : 'n finding';
    return `<tr><td>${e(name)}</td><td class="n">${wholeNumber(ran)}</td><td class="${bad}">${wholeNumber(failed)}</td></tr>`;
  });
  return rows.length === 0 ? '' : `<h2>Checks</h2>${table(['check'], ['ran', 'failed'], rows)}`;
}

function counts(title: string, by: Readonly<Record<string, number>>, what: string): string {
  const rows = byCount(by).map(([reason, n]) => `<tr><td>${e(reason)}</td><td class="n">${wholeNumber(n)}</td></tr>`);
  return rows.length === 0 ? '' : `<h2>${e(title)}</h2>${table([what], ['count'], rows)}`;
}

function charts({ tally, moments }: RunReport): string {
  const parts = TIME_PARTS.map((name) => ({ name, value: tally.time[name] }));
  const busy = parts.reduce((sum, { value }) => sum + value, 0);
  const key = parts.map(({ name, value }, n) => `<li><i class="key${n}"></i>${name} ${percent(value, busy)}</li>`);
  const bar = stackedBar(
    parts,
    `Time by part: ${parts.map(({ name, value }) => `${name} ${percent(value, busy)}`).join(', ')}`,
  );
  const points = moments.map(({ seconds, cases }) => ({ x: seconds, y: cases }));
  const last = moments[moments.length - 1]!;
  const line = lineChart(points, {
    label: `Cases over time: ${plural(last.cases, 'case')} after ${timeSpan(last.seconds)}`,
    x: 'seconds',
    y: 'cases',
  });
  return [
    bar === ''
      ? ''
      : `<h2>Where the time goes</h2>${bar.replace('<svg ', '<svg class="bar" ')}<ul class="key">${key.join('')}</ul>`,
    line === '' ? '' : `<h2>Cases over time</h2>${line}`,
  ].join('\n');
}

/** Buckets that are listed by name. */
const NAMED = 5;

/** This run beside earlier ones of the same profile and back end, the newest first. */
function comparison(report: RunReport, earlier: readonly RunReport[]): string {
  const own = new Set(report.buckets.map(({ id }) => id));
  const rows = [report, ...earlier].map((run, n) => {
    const ids = run.buckets.map(({ id }) => id);
    const name = n === 0 ? 'this run' : e(run.startedAt.slice(0, 16).replace('T', ' '));
    const gone = ids.filter((id) => !own.has(id));
    const list = gone
      .slice(0, NAMED)
      .map((id) => e(id))
      .join(', ');
    const more = gone.length > NAMED ? ` and ${gone.length - NAMED} more` : '';
    return (
      `<tr><td>${name}</td><td>${list === '' ? '–' : list + more}</td><td class="n">${wholeNumber(run.tally.cases)}</td>` +
      `<td class="n">${wholeNumber(rateOf(run))}</td><td class="n">${ids.length}</td></tr>`
    );
  });
  const before = new Set(earlier[0]!.buckets.map(({ id }) => id));
  const ever = new Set(earlier.flatMap(({ buckets }) => buckets.map(({ id }) => id)));
  const fresh = [...own].filter((id) => !ever.has(id));
  const again = [...own].filter((id) => ever.has(id) && !before.has(id));
  const words = [
    `${plural(fresh.length, 'bucket')} that none of them has`,
    `${again.length} that the last one does not have and an earlier one does`,
    `${[...before].filter((id) => !own.has(id)).length} of the last one that are not here`,
  ];
  const points = [...earlier].reverse().concat(report);
  const line = lineChart(
    points.map((run, n) => ({ x: n, y: rateOf(run) })),
    { label: `Cases per second of ${plural(points.length, 'run')}`, x: 'runs', y: 'cases per second' },
  );
  return (
    `<h2>Beside ${plural(earlier.length, 'earlier run')}</h2><p>${e(words.join('; '))}.</p>` +
    table(['started', 'buckets that this run does not have'], ['cases', 'per second', 'buckets'], rows) +
    line
  );
}
