/**
 * The figures of a measurement as lines for people.
 *
 * Owns their layout. Says nothing that the summary does not hold.
 */
import { plural, timeSpan, wholeNumber } from '../report/text.ts';
import type { ComparedRow, Comparison, Side } from './compare.ts';
import { FEWEST } from './compare.ts';
import type { MutantResult } from './measure.ts';
import { onOneLine } from './mutant.ts';
import type { MutantRow, MutantSummary, Score } from './score.ts';

/** Characters of code that a line shows. */
const MOST_CODE = 100;

/** One line for a trial that has ended. */
export function resultLine({ mutant, kill, isReached, cases }: MutantResult): string {
  const what = kill === null ? (isReached ? 'survived' : 'unreached') : 'killed';
  const how =
    kill === null ? (isReached ? plural(cases, 'case') : '') : `${kill.bucket} after ${plural(cases, 'case')}`;
  return `${what.padEnd(9)} ${mutant.id} ${mutant.place} ${mutant.operator}  ${how}`.trimEnd();
}

/** All of `summary`. */
export function summaryLines(summary: MutantSummary): string[] {
  const { total, medianCases, percentile90Cases, mutants, wrongEquivalents } = summary;
  const survivors = mutants.filter(({ verdict }) => verdict === 'survived' || verdict === 'unreached');
  const equivalents = mutants.filter(({ verdict }) => verdict === 'equivalent');
  return [
    ...table('file', summary.files),
    '',
    ...table('operator', summary.operators),
    '',
    `killed by: ${countsLine(summary.checks)}`,
    `profile:   ${countsLine(summary.profiles)}`,
    ...(medianCases === null
      ? []
      : [`cases up to a kill: median ${wholeNumber(medianCases)}, 90th percentile ${wholeNumber(percentile90Cases!)}`]),
    ...section('survivors that cases run', survivors.filter(isReached)),
    ...section(
      'survivors that no case runs',
      survivors.filter((row) => !isReached(row)),
    ),
    ...section('listed as equivalent', equivalents),
    ...wrongEquivalents.map((id) => `listed as equivalent, and killed: ${id}`),
    '',
    `score ${share(total.score)}: ${total.killed} killed, ${total.survived} survived, ${total.unreached} unreached, ` +
      `${total.equivalent} equivalent; ${timeSpan(summary.seconds)} of work`,
  ];
}

/** All of a comparison. */
export function comparisonLines(comparison: Comparison): string[] {
  const { common, first, second, u, p, a12, lost, won } = comparison;
  const median = (side: Side): string => (side.median === null ? 'none' : wholeNumber(side.median));
  const list = (title: string, rows: readonly ComparedRow[]): string[] =>
    rows.length === 0 ? [] : [`${title}:`, ...rows.map(({ id, place, operator }) => `  ${id}  ${place}  ${operator}`)];
  return [
    `${plural(common, 'mutant')} in common${common < FEWEST ? `: fewer than ${FEWEST} say little` : ''}`,
    `killed: ${first.killed}, then ${second.killed}; median of the cases up to a kill: ${median(first)}, then ${median(second)}`,
    `Mann-Whitney U ${u}, p ${p.toPrecision(2)}; A12 ${a12.toFixed(3)} (above 0.5: the second takes longer)`,
    ...list('killed by the first alone', lost),
    ...list('killed by the second alone', won),
  ];
}

function isReached({ verdict }: MutantRow): boolean {
  return verdict === 'survived';
}

function section(title: string, rows: readonly MutantRow[]): string[] {
  if (rows.length === 0) return [];
  return [
    '',
    `${title}:`,
    ...rows.flatMap((row) => [`  ${row.id}  ${row.place}  ${row.function}  ${row.operator}`, `      ${change(row)}`]),
  ];
}

function change({ original, replacement, reason }: MutantRow): string {
  const by = replacement === null ? '(dropped)' : short(replacement);
  return `${short(original)}  =>  ${by}${reason === null ? '' : `  (${reason})`}`;
}

function short(code: string): string {
  const text = onOneLine(code);
  return text.length <= MOST_CODE ? text : `${text.slice(0, MOST_CODE)} …`;
}

function table(title: string, groups: Readonly<Record<string, Score>>): string[] {
  const width = Math.max(title.length, ...Object.keys(groups).map((key) => key.length));
  const row = (key: string, cells: readonly string[]): string =>
    `${key.padEnd(width)}${cells.map((cell) => cell.padStart(11)).join('')}`;
  return [
    row(title, ['killed', 'survived', 'unreached', 'equivalent', 'score']),
    ...Object.entries(groups).map(([key, { killed, survived, unreached, equivalent, score }]) =>
      row(key, [...[killed, survived, unreached, equivalent].map(String), share(score)]),
    ),
  ];
}

function share(score: number | null): string {
  return score === null ? '-' : `${(100 * score).toFixed(1)} %`;
}

function countsLine(counts: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(counts).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return sorted.length === 0 ? '-' : sorted.map(([key, count]) => `${key} ${count}`).join(', ');
}
