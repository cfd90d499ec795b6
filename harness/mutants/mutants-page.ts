/**
 * A measurement with mutants as one HTML page, made of the figures that `--out` writes.
 *
 * Owns the order of the page. All text of mutants goes through markup.ts.
 */
import { readFileSync } from 'node:fs';
import { InputError } from '../model/failure.ts';
import { messageOf } from '../model/files.ts';
import { stackedBar } from '../report/charts.ts';
import { escapeMarkup as e } from '../report/markup.ts';
import { code, facts, htmlPage, table } from '../report/page.ts';
import { byCount, percent, plural, timeSpan, wholeNumber } from '../report/text.ts';
import type { MutantRow, Score } from './score.ts';

/** The figures of a measurement with generated mutants, as `mutants.json` has them. */
export interface MutantFigures extends Score {
  readonly seed: number;
  readonly generator: number;
  /** All mutants that there are. */
  readonly sites: number;
  /** Those that were drawn. */
  readonly sample: number;
  readonly runs: number;
  readonly profiles: readonly string[];
  readonly checks: string | null;
  readonly only: string | null;
  readonly interrupted: boolean;
  readonly baseline: { readonly cases: number; readonly seconds: number };
  readonly medianCases: number | null;
  readonly percentile90Cases: number | null;
  readonly seconds: number;
  readonly killsByCheck: Readonly<Record<string, number>>;
  readonly killsByProfile: Readonly<Record<string, number>>;
  readonly wrongEquivalents: readonly string[];
  readonly operators: Readonly<Record<string, Score>>;
  readonly files: Readonly<Record<string, Score>>;
  readonly mutants: readonly MutantRow[];
}

/** The figures in `file`. Throws InputError if it holds no others than those of historical bugs, or none. */
export function readFigures(file: string): MutantFigures {
  let figures: Partial<MutantFigures> & { readonly bank?: string };
  try {
    figures = JSON.parse(readFileSync(file, 'utf8')) as typeof figures;
  } catch (error) {
    throw new InputError(`${file} cannot be read: ${messageOf(error)}`);
  }
  if (figures.bank !== undefined) throw new InputError(`${file} is of historical bugs, which have no page`);
  const { mutants, files, profiles } = figures;
  if (!Array.isArray(mutants) || files === undefined || !Array.isArray(profiles))
    throw new InputError(`${file} holds no figures of 'harness mutants'`);
  return figures as MutantFigures;
}

/** Upper ends of the groups in which cases up to a kill are counted. */
const GROUPS = [1, 10, 100, 500, 2500];

/** The page of `figures`. */
export function mutantsPage(figures: MutantFigures): string {
  const { mutants, killed, survived, unreached, equivalent, wrongEquivalents, interrupted } = figures;
  const left = survived + unreached;
  const verdict =
    `score ${shareOf(figures.score)}: ${plural(killed, 'mutant')} killed, ${survived} survived, ${unreached} run by no case, ` +
    `${equivalent} equivalent`;
  const of = (wanted: string): readonly MutantRow[] => mutants.filter((row) => row.verdict === wanted);
  const kind = interrupted ? 'cut' : left + wrongEquivalents.length > 0 ? 'finding' : 'clean';
  const body = [
    `<p class="verdict ${kind}">${e(interrupted ? `interrupted; ${verdict}` : verdict)}</p>`,
    overview(figures),
    verdictBar(figures),
    wrongEquivalents.length === 0
      ? ''
      : `<h2>Listed as equivalent, and killed</h2><p>${wrongEquivalents.map((id) => `<code>${e(id)}</code>`).join(', ')}</p>`,
    section('Survivors that cases run', of('survived'), survivor),
    section('Survivors that no case runs', of('unreached'), survivor),
    distribution(of('killed')),
    counts('Checks that killed', 'check', figures.killsByCheck),
    counts('Profiles that killed', 'profile', figures.killsByProfile),
    scores('Score by file', 'file', figures.files),
    scores('Score by operator', 'operator', figures.operators),
    section('Equivalent', of('equivalent'), survivor),
    kills(of('killed')),
    `<h2>Measure it again</h2>${code(commandLine(figures), 'command line of the measurement')}`,
  ];
  return htmlPage(`Mutants, seed ${figures.seed}`, verdict, body.filter((part) => part !== '').join('\n'));
}

function overview(figures: MutantFigures): string {
  const { medianCases, percentile90Cases, baseline } = figures;
  return facts([
    ['Mutants', `${wholeNumber(figures.sample)} of ${wholeNumber(figures.sites)}`],
    ['Score', shareOf(figures.score)],
    ['Cases up to a kill, median', medianCases === null ? '–' : wholeNumber(medianCases)],
    ['90th percentile', percentile90Cases === null ? '–' : wholeNumber(percentile90Cases)],
    ['Cases of each profile', wholeNumber(figures.runs)],
    ['Profiles', wholeNumber(figures.profiles.length)],
    ['Checks', figures.checks ?? 'all of a profile'],
    ['Cases without a mutant', wholeNumber(baseline.cases)],
    ['Processor time', timeSpan(figures.seconds + baseline.seconds)],
    ['Generator', String(figures.generator)],
    ...(figures.only === null ? [] : [['Only files with', figures.only] as const]),
  ]);
}

function verdictBar({ killed, survived, unreached, equivalent }: Score): string {
  const parts = [
    { name: 'killed', value: killed },
    { name: 'survived', value: survived },
    { name: 'run by no case', value: unreached },
    { name: 'equivalent', value: equivalent },
  ];
  return bar('What became of the mutants', parts);
}

/** A bar of `parts` with its key, the numbers in words. */
function bar(title: string, parts: readonly { readonly name: string; readonly value: number }[]): string {
  const sum = parts.reduce((all, { value }) => all + value, 0);
  const words = parts.map(({ name, value }) => `${name}: ${wholeNumber(value)} (${percent(value, sum)})`);
  const drawn = stackedBar(parts, `${title}: ${words.join(', ')}`);
  if (drawn === '') return '';
  const key = words.map((text, n) => `<li><i class="key${n}"></i>${e(text)}</li>`);
  return `<h2>${e(title)}</h2>${drawn.replace('<svg ', '<svg class="bar" ')}<ul class="key">${key.join('')}</ul>`;
}

/** How many kills came after how many cases. */
function distribution(kills: readonly MutantRow[]): string {
  const ends = [...GROUPS, Infinity];
  const parts = ends.map((end, n) => {
    const before = n === 0 ? 0 : ends[n - 1]!;
    const name =
      n === 0 ? 'first case' : end === Infinity ? `more than ${wholeNumber(before)}` : `up to ${wholeNumber(end)}`;
    return { name, value: kills.filter(({ cases }) => cases > before - (n === 0 ? 1 : 0) && cases <= end).length };
  });
  return bar('Cases up to a kill', parts);
}

function section(title: string, rows: readonly MutantRow[], card: (row: MutantRow) => string): string {
  return rows.length === 0 ? '' : `<h2>${e(title)}</h2>${rows.map(card).join('\n')}`;
}

function survivor(row: MutantRow): string {
  const { id, place, operator, original, replacement, line, cases, reason } = row;
  const what = [`<code>${e(id)}</code>`, e(row.function), e(operator), ...(cases > 0 ? [plural(cases, 'case')] : [])];
  const before = `- ${original}\n+ ${replacement ?? '(left out)'}`;
  const whole = line.includes(original) && line !== original ? `\nin ${line}` : '';
  return (
    `<article><h3>${e(place)}</h3><p class="soft">${what.join(', ')}</p>${reason === null ? '' : `<p>${e(reason)}</p>`}` +
    `${code(before + whole, `code of ${id} before and after`)}</article>`
  );
}

function counts(title: string, what: string, by: Readonly<Record<string, number>>): string {
  const rows = byCount(by).map(([name, n]) => `<tr><td>${e(name)}</td><td class="n">${wholeNumber(n)}</td></tr>`);
  return rows.length === 0 ? '' : `<h2>${e(title)}</h2>${table([what], ['mutants'], rows)}`;
}

/** Files with the lowest score first. */
function scores(title: string, what: string, by: Readonly<Record<string, Score>>): string {
  const entries = Object.entries(by).sort(
    ([a, one], [b, other]) => (one.score ?? 2) - (other.score ?? 2) || (a < b ? -1 : 1),
  );
  const rows = entries.map(([name, { score, killed, survived, unreached, equivalent }]) => {
    const numbers = [shareOf(score), killed, survived, unreached, equivalent];
    return `<tr><td>${e(name)}</td>${numbers.map((value) => `<td class="n">${value}</td>`).join('')}</tr>`;
  });
  const heads = ['score', 'killed', 'survived', 'no case', 'equivalent'];
  return rows.length === 0 ? '' : `<h2>${e(title)}</h2>${table([what], heads, rows)}`;
}

function kills(rows: readonly MutantRow[]): string {
  if (rows.length === 0) return '';
  const cells = rows.map(
    ({ id, place, operator, check, profile, cases }) =>
      `<tr><td><code>${e(id)}</code></td><td>${e(place)}</td><td>${e(operator)}</td><td>${e(check!)}</td><td>${e(profile!)}</td>` +
      `<td class="n">${wholeNumber(cases)}</td></tr>`,
  );
  const list = table(['mutant', 'place', 'operator', 'check', 'profile'], ['cases'], cells);
  return `<h2>Killed</h2><details><summary>${plural(rows.length, 'mutant')}</summary>${list}</details>`;
}

function commandLine({ seed, sample, runs, profiles, checks, only }: MutantFigures): string {
  const more = [checks === null ? '' : ` --checks ${checks}`, only === null ? '' : ` --only ${only}`].join('');
  return `harness mutants --seed ${seed} --sample ${sample} --runs ${runs} --profile ${profiles.join(',')}${more}`;
}

function shareOf(score: number | null): string {
  return score === null ? '–' : percent(score, 1);
}
