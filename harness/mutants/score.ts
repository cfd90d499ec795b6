/**
 * Figures over the results of a measurement: what `--json` prints, and the parts of the table.
 *
 * Owns what the score is: mutants that were killed, of those that are not listed as equivalent. Pure.
 */
import type { Equivalent } from './equivalents.ts';
import { equivalentOf } from './equivalents.ts';
import type { MutantResult } from './measure.ts';
import type { Operator } from './operators.ts';

/** File of the figures in the folder of `--out`. */
export const MUTANTS_FILE = 'mutants.json';

/** What became of a mutant, in one word. */
type Verdict = 'killed' | 'survived' | 'unreached' | 'equivalent';

/** Counts of a group of mutants. */
export interface Score {
  readonly killed: number;
  /** Run by some case, and not noticed. */
  readonly survived: number;
  /** Run by no case. */
  readonly unreached: number;
  /** Not killed, and listed as equivalent. */
  readonly equivalent: number;
  /** Killed, of all but the equivalent; null where there are none. */
  readonly score: number | null;
}

/** One mutant, as it is reported. */
export interface MutantRow {
  readonly id: string;
  readonly place: string;
  readonly file: string;
  readonly function: string;
  readonly operator: Operator;
  readonly original: string;
  readonly replacement: string | null;
  readonly line: string;
  readonly nth: number;
  readonly verdict: Verdict;
  readonly profile: string | null;
  readonly check: string | null;
  readonly checks: readonly string[];
  readonly bucket: string | null;
  /** Cases up to the finding, or all that were run. */
  readonly cases: number;
  readonly seconds: number;
  /** Why it is equivalent. */
  readonly reason: string | null;
}

/** All figures. */
export interface MutantSummary {
  readonly total: Score;
  readonly operators: Readonly<Record<string, Score>>;
  readonly files: Readonly<Record<string, Score>>;
  /** `file function`. */
  readonly functions: Readonly<Record<string, Score>>;
  /** Kills by the check that {@link Kill.check} names. */
  readonly checks: Readonly<Record<string, number>>;
  /** Kills by profile. */
  readonly profiles: Readonly<Record<string, number>>;
  /** Cases up to the kill: median and 90th percentile of the mutants that were killed, by nearest rank; null: none was. */
  readonly medianCases: number | null;
  readonly percentile90Cases: number | null;
  readonly seconds: number;
  readonly mutants: readonly MutantRow[];
  /** Mutants that are listed as equivalent and were killed: the list is wrong. */
  readonly wrongEquivalents: readonly string[];
}

/** Sums up `results`. */
export function summarise(results: readonly MutantResult[], equivalents: readonly Equivalent[]): MutantSummary {
  const mutants = results.map((result) => rowOf(result, equivalents));
  const cases = mutants
    .filter(({ verdict }) => verdict === 'killed')
    .map((row) => row.cases)
    .sort((a, b) => a - b);
  const kills = mutants.filter(({ verdict }) => verdict === 'killed');
  return {
    total: scoreOf(mutants),
    operators: groups(mutants, ({ operator }) => operator),
    files: groups(mutants, ({ file }) => file),
    functions: groups(mutants, (row) => `${row.file} ${row.function}`),
    checks: counts(kills, ({ check }) => check!),
    profiles: counts(kills, ({ profile }) => profile!),
    medianCases: percentile(cases, 50),
    percentile90Cases: percentile(cases, 90),
    seconds: results.reduce((sum, { seconds }) => sum + seconds, 0),
    mutants,
    wrongEquivalents: kills.filter(({ reason }) => reason !== null).map(({ id }) => id),
  };
}

function rowOf(
  { mutant, kill, isReached, cases, seconds }: MutantResult,
  equivalents: readonly Equivalent[],
): MutantRow {
  const entry = equivalentOf(mutant, equivalents);
  const { id, place, file, operator, original, replacement, line, nth } = mutant;
  const survival = entry !== null ? 'equivalent' : isReached ? 'survived' : 'unreached';
  return {
    ...{ id, place, file, function: mutant.function, operator, original, replacement, line, nth },
    verdict: kill === null ? survival : 'killed',
    profile: kill?.profile ?? null,
    check: kill?.check ?? null,
    checks: kill?.checks ?? [],
    bucket: kill?.bucket ?? null,
    cases,
    seconds,
    reason: entry?.reason ?? null,
  };
}

function scoreOf(rows: readonly MutantRow[]): Score {
  const count = (wanted: Verdict): number => rows.filter(({ verdict }) => verdict === wanted).length;
  const [killed, equivalent] = [count('killed'), count('equivalent')];
  const judged = rows.length - equivalent;
  return {
    killed,
    survived: count('survived'),
    unreached: count('unreached'),
    equivalent,
    score: judged === 0 ? null : killed / judged,
  };
}

function groups(rows: readonly MutantRow[], keyOf: (row: MutantRow) => string): Record<string, Score> {
  const keys = [...new Set(rows.map(keyOf))].sort();
  return Object.fromEntries(keys.map((key) => [key, scoreOf(rows.filter((row) => keyOf(row) === key))]));
}

function counts(rows: readonly MutantRow[], keyOf: (row: MutantRow) => string): Record<string, number> {
  const keys = [...new Set(rows.map(keyOf))].sort();
  return Object.fromEntries(keys.map((key) => [key, rows.filter((row) => keyOf(row) === key).length]));
}

/** The value at the nearest rank; `sorted` is in ascending order. */
export function percentile(sorted: readonly number[], percent: number): number | null {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? null;
}
