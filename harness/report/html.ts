/**
 * A run as one HTML page: self-contained, no script, readable without colours, light and dark, on a phone.
 *
 * Owns the order and the look of the page. All text of a run goes through markup.ts.
 */
import type { Bucket } from '../campaign/buckets.ts';
import { printSeed } from '../model/case.ts';
import { TIME_PARTS } from '../model/stopwatch.ts';
import { total } from '../model/tally.ts';
import { lineChart, stackedBar } from './charts.ts';
import { escapeMarkup as e } from './markup.ts';
import type { RunReport } from './run-report.ts';
import { rateOf, verdictOf } from './run-report.ts';
import { engineShareOf, inCheckOrder } from './summary.ts';
import {
  anchorOf,
  byCount,
  cut,
  fuzzLine,
  percent,
  plural,
  reproLine,
  seedLine,
  timeSpan,
  wholeNumber,
} from './text.ts';

/** More lines or characters than this of one program or detail are not shown. */
const LINES = 400;
const CHARACTERS = 40_000;
/** Buckets that are shown in full; the others are in the list alone. */
const SHOWN = 100;

const STYLE = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--soft:#57606a;--line:#d0d7de;--card:#f6f8fa;--good:#116329;--bad:#b3151f;--warn:#7d4e00;--link:#0550ae;
--c0:#0550ae;--c1:#8250df;--c2:#bc4c00;--c3:#116329;--c4:#b3151f;--c5:#57606a}
@media(prefers-color-scheme:dark){:root{--bg:#0d1117;--fg:#e6edf3;--soft:#9da7b3;--line:#30363d;--card:#161b22;--good:#56d364;--bad:#ff7b72;--warn:#e3b341;--link:#79c0ff;
--c0:#79c0ff;--c1:#d2a8ff;--c2:#ffa657;--c3:#56d364;--c4:#ff7b72;--c5:#9da7b3}}
*{box-sizing:border-box}body{margin:0 auto;padding:1rem;max-width:60rem;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;margin:.5rem 0}h2{font-size:1.2rem;margin:2rem 0 .5rem;border-bottom:1px solid var(--line)}h3{font-size:1rem;margin:0 0 .5rem}
a{color:var(--link)}a:focus-visible,pre:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.verdict{font-size:1.15rem;font-weight:600;padding:.75rem 1rem;border:1px solid;border-left-width:.5rem;border-radius:.4rem}
.clean{color:var(--good)}.finding,.failed{color:var(--bad)}.cut{color:var(--warn)}.soft{color:var(--soft)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.5rem;margin:1rem 0;padding:0}
.facts div,article{background:var(--card);border:1px solid var(--line);border-radius:.4rem;padding:.6rem .8rem}.facts dt{color:var(--soft);font-size:.85rem}.facts dd{margin:0;font-weight:600}
article{margin:1rem 0}.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line);vertical-align:top}
td.n,th.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
pre,code{font-family:ui-monospace,monospace;font-size:.875rem}pre{background:var(--bg);border:1px solid var(--line);border-radius:.3rem;padding:.6rem;overflow-x:auto;max-height:30rem;white-space:pre;overflow-wrap:normal}
svg{display:block;width:100%;height:auto}svg.bar{height:28px}.grid{stroke:var(--line)}.tick{fill:var(--soft);font:13px system-ui,sans-serif}.curve{fill:none;stroke:var(--c0);stroke-width:2}.area{fill:var(--c0);opacity:.12}
.part0{fill:var(--c0)}.part1{fill:var(--c1)}.part2{fill:var(--c2)}.part3{fill:var(--c3)}.part4{fill:var(--c4)}.part5{fill:var(--c5)}
.key{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding:0}.key i{display:inline-block;width:.8rem;height:.8rem;border-radius:.15rem;margin-right:.4rem}
.map td,.map th{padding:.1rem .4rem;white-space:nowrap}.map th[scope=row]{font-weight:400;position:sticky;left:0;background:var(--bg)}summary{cursor:pointer;padding:.3rem 0}.cells{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem;padding:0}.cells li{padding:0 .4rem;border-radius:.2rem}
.m1{background:color-mix(in srgb,var(--c0) 6%,transparent)}.m2{background:color-mix(in srgb,var(--c0) 12%,transparent)}.m3{background:color-mix(in srgb,var(--c0) 20%,transparent)}.m4{background:color-mix(in srgb,var(--c0) 30%,transparent)}
.key0{background:var(--c0)}.key1{background:var(--c1)}.key2{background:var(--c2)}.key3{background:var(--c3)}.key4{background:var(--c4)}.key5{background:var(--c5)}
`;

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
  const { config, buckets, slips, warnings } = report;
  const verdict = verdictOf(report);
  const seed = printSeed(config);
  const title = `Campaign ${seed}`;
  const shown = buckets.slice(0, SHOWN);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,"><title>${e(title)}: ${e(verdict.text)}</title><style>${STYLE}</style></head><body>
<main><h1>${e(title)}</h1>
<p class="verdict ${verdict.kind}">${e(verdict.text)}</p>
${facts(report)}
${warnings.length === 0 ? '' : `<h2>Warnings</h2><ul>${warnings.map((text) => `<li>${e(text)}</li>`).join('')}</ul>`}
${bucketList('Buckets', shown, buckets)}
${shown.map((bucket) => bucketCard(bucket, report)).join('\n')}
${slips.length === 0 ? '' : slipList(slips)}
${checks(report)}
${counts('Discarded cases', report.tally.discarded, 'reason')}
${counts('Comparisons that could not be made', report.tally.incomparable, 'reason')}
${charts(report)}
${map ?? ''}
${earlier.length === 0 ? '' : comparison(report, earlier)}
<h2>Run it again</h2>${code(fuzzLine(config), 'command line of the campaign')}
</main></body></html>
`;
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
  return `<dl class="facts">${rows.map(([name, value]) => `<div><dt>${e(name)}</dt><dd>${e(value)}</dd></div>`).join('')}</dl>`;
}

function bucketList(title: string, shown: readonly Bucket[], buckets: readonly Bucket[]): string {
  if (buckets.length === 0) return '';
  const rows = buckets.map((bucket, n) => {
    const name = n < shown.length ? `<a href="#${anchorOf(bucket)}">${e(bucket.id)}</a>` : e(bucket.id);
    return `<tr><td>${name}</td><td class="n">${wholeNumber(bucket.count)}</td><td class="n">${bucket.instructions ?? '–'}</td></tr>`;
  });
  return `<h2>${e(title)}</h2>${table(['bucket'], ['cases', 'instructions'], rows)}`;
}

function bucketCard(bucket: Bucket, report: RunReport): string {
  const { config } = report;
  const { text, detail, count } = bucket;
  const size = bucket.instructions === null ? '' : `, ${plural(bucket.instructions, 'instruction')}`;
  return `<article id="${anchorOf(bucket)}"><h3>${e(bucket.id)}</h3>
<p class="soft">${plural(count, 'case')}, first ${e(printSeed({ seed: bucket.seed, profile: config.profile }))}${size}; stage ${e(bucket.stage)}; ${e(bucket.reduction)}</p>
${detail === '' ? '' : `<h4>Difference</h4>${code(detail, `difference of ${bucket.id}`)}`}
${text === null ? '' : `<h4>Program</h4>${code(text, `program of ${bucket.id}`)}`}
${curve(bucket, report)}<h4>See it again</h4>${code(`${reproLine(bucket, config)}\n${seedLine(bucket, config)}`, `command lines of ${bucket.id}`)}</article>`;
}

/** How the case of a bucket became smaller. */
function curve(bucket: Bucket, { curves }: RunReport): string {
  const name = bucket.raw.map((raw) => raw.bucket).find((raw) => curves.has(raw));
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

function table(texts: readonly string[], numbers: readonly string[], rows: readonly string[]): string {
  const head = [...texts.map((name) => `<th>${name}</th>`), ...numbers.map((name) => `<th class="n">${name}</th>`)];
  return `<div class="scroll"><table><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

/** Text as it stands, in a box that the keyboard can scroll. */
function code(text: string, label: string): string {
  return `<pre tabindex="0" role="region" aria-label="${e(label)}">${e(cut(text, LINES, CHARACTERS))}</pre>`;
}
