/**
 * Figures over the results of the historical bank: what `--json` prints, and the same as lines for people.
 *
 * Owns what the score is: bugs that were killed, of all that were tried. Entries without a bug are listed and do not count. Pure.
 */
import { plural, timeSpan, wholeNumber } from '../../report/text.ts';
import { percentile } from '../score.ts';
import type { HistoricalBug, UnmatchedEntry } from './bug.ts';
import type { BugResult } from './measure-bank.ts';

/** One bug, as it is reported. `place`, `operator` and `verdict` are those of a generated mutant, so that `--compare` reads both. */
interface BugRecord extends HistoricalBug {
  readonly place: string;
  readonly operator: 'historical';
  readonly verdict: 'killed' | 'survived';
  readonly profile: string | null;
  readonly check: string | null;
  readonly checks: readonly string[];
  readonly bucket: string | null;
  readonly cases: number;
  readonly seconds: number;
}

/** All figures. */
export interface BankSummary {
  readonly killed: number;
  readonly survived: number;
  /** Killed, of all that were tried; null where there are none. */
  readonly score: number | null;
  /** Cases up to the kill, by nearest rank; null: none was killed. */
  readonly medianCases: number | null;
  readonly percentile90Cases: number | null;
  readonly seconds: number;
  readonly mutants: readonly BugRecord[];
  readonly unmatched: readonly UnmatchedEntry[];
}

/** Sums up `results`. */
export function summariseBank(results: readonly BugResult[], unmatched: readonly UnmatchedEntry[]): BankSummary {
  const mutants = results.map(recordOf);
  const kills = mutants.filter(({ verdict }) => verdict === 'killed');
  const cases = kills.map((record) => record.cases).sort((a, b) => a - b);
  return {
    killed: kills.length,
    survived: mutants.length - kills.length,
    score: mutants.length === 0 ? null : kills.length / mutants.length,
    medianCases: percentile(cases, 50),
    percentile90Cases: percentile(cases, 90),
    seconds: results.reduce((sum, { seconds }) => sum + seconds, 0),
    mutants,
    unmatched,
  };
}

function recordOf({ bug, kill, cases, seconds }: BugResult): BugRecord {
  return {
    ...bug,
    place: `core/${bug.file}`,
    operator: 'historical',
    verdict: kill === null ? 'survived' : 'killed',
    profile: kill?.profile ?? null,
    check: kill?.check ?? null,
    checks: kill?.checks ?? [],
    bucket: kill?.bucket ?? null,
    cases,
    seconds,
  };
}

/** One line for a trial that has ended. */
export function bugLine({ bug, kill, cases }: BugResult): string {
  const how = kill === null ? plural(cases, 'case') : `${kill.bucket} after ${plural(cases, 'case')}`;
  return `${(kill === null ? 'survived' : 'killed').padEnd(9)} ${bug.id.padEnd(8)} core/${bug.file}  ${how}`;
}

/** All of `summary`. */
export function bankLines(summary: BankSummary): string[] {
  const { mutants, unmatched, killed, survived, score, medianCases, percentile90Cases, seconds } = summary;
  const rows = mutants.map(({ id, profile, check, cases, seconds: time, mistake }) => [
    ...[id, profile ?? '-', check ?? 'survived', String(cases), time.toFixed(1), mistake],
  ]);
  const head = ['entry', 'profile', 'check', 'cases', 'seconds', 'mistake'];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, n) => (n === 3 || n === 4 ? cell.padStart(widths[n]!) : cell.padEnd(widths[n]!)))
      .join('  ')
      .trimEnd();
  return [
    ...[head, ...rows].map(line),
    ...list('survivors', mutants.filter(({ verdict }) => verdict === 'survived').map(survivorLine)),
    ...list(
      'entries without a bug',
      unmatched.map(({ id, mistake, reason }) => `${id}  ${mistake}  (${reason})`),
    ),
    '',
    ...(medianCases === null
      ? []
      : [`cases up to a kill: median ${wholeNumber(medianCases)}, 90th percentile ${wholeNumber(percentile90Cases!)}`]),
    `score ${score === null ? '-' : `${(100 * score).toFixed(1)} %`}: ${killed} killed, ${survived} survived, ` +
      `${unmatched.length} without a bug; ${timeSpan(seconds)} of work`,
  ];
}

function survivorLine({ id, reference, place, mistake }: BugRecord): string {
  return `${id}  ${place}  ${mistake}  (${reference})`;
}

function list(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}
