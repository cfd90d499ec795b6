/**
 * Compares two measurements of the same mutants: medians, Mann-Whitney U, A12, and which mutants fare differently.
 *
 * Owns the statistics. A mutant that was not killed counts as one that takes longer than any that was. Reads what `--out` wrote; knows no
 * campaign. Mann and Whitney 1947, with mid-ranks and the normal approximation with correction for ties; A12: Vargha and Delaney 2000.
 */
import { InputError } from '../model/failure.ts';
import { readInputText } from '../model/files.ts';
import type { MutantRow } from './score.ts';

/** Fewer values than this on a side say little: FuzzBench asks for 20 trials. */
export const FEWEST = 20;

/** A mutant of a file of `--out`, as far as it is compared. */
export type ComparedRow = Pick<MutantRow, 'id' | 'place' | 'operator' | 'verdict' | 'cases'>;

/** One side. */
export interface Side {
  readonly killed: number;
  /** Cases up to the kill; null: at least half were not killed. */
  readonly median: number | null;
}

/** What two measurements have in common, and where they part. */
export interface Comparison {
  /** Mutants that both have tried. */
  readonly common: number;
  readonly first: Side;
  readonly second: Side;
  /** Of the second side: pairs in which it takes longer, ties count half. */
  readonly u: number;
  /** Two-sided. */
  readonly p: number;
  /** Chance that a mutant takes longer in the second than another one does in the first; ties count half. */
  readonly a12: number;
  readonly lost: readonly ComparedRow[];
  readonly won: readonly ComparedRow[];
}

/** The mutants of a file that `--out` wrote. */
export function readMeasurement(file: string): ComparedRow[] {
  let figures: unknown;
  try {
    figures = JSON.parse(readInputText(file));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${file} is not JSON`);
  }
  const { schema, mutants } = (figures ?? {}) as { readonly schema?: unknown; readonly mutants?: unknown };
  if (schema !== 1 || !Array.isArray(mutants) || !mutants.every(isRow)) {
    throw new InputError(`${file} holds no figures of harness mutants (schema 1)`);
  }
  return mutants;
}

function isRow(row: unknown): row is ComparedRow {
  const { id, place, operator, verdict, cases } = (row ?? {}) as Record<string, unknown>;
  return [id, place, operator, verdict].every((text) => typeof text === 'string') && typeof cases === 'number';
}

/** Compares the mutants that both sides have. Throws if there are none. */
export function compare(first: readonly ComparedRow[], second: readonly ComparedRow[]): Comparison {
  const others = new Map(second.map((row) => [row.id, row]));
  const pairs = first.flatMap((row) => {
    const other = others.get(row.id);
    return other === undefined ? [] : [[row, other] as const];
  });
  if (pairs.length === 0)
    throw new InputError('the two measurements have no mutant in common: give both the same --seed');
  const before = pairs.map(([row]) => costOf(row));
  const after = pairs.map(([, row]) => costOf(row));
  const { u, p } = mannWhitney(before, after);
  return {
    common: pairs.length,
    first: sideOf(before),
    second: sideOf(after),
    u,
    p,
    a12: u / (before.length * after.length),
    lost: pairs.filter(([row, other]) => isKilled(row) && !isKilled(other)).map(([, other]) => other),
    won: pairs.filter(([row, other]) => !isKilled(row) && isKilled(other)).map(([, other]) => other),
  };
}

function isKilled({ verdict }: ComparedRow): boolean {
  return verdict === 'killed';
}

function costOf(row: ComparedRow): number {
  return isKilled(row) ? row.cases : Infinity;
}

function sideOf(costs: readonly number[]): Side {
  const sorted = [...costs].sort(ascending);
  const median = sorted[Math.ceil(sorted.length / 2) - 1]!;
  return { killed: costs.filter((cost) => cost < Infinity).length, median: median < Infinity ? median : null };
}

/** Infinity less itself is no number. */
function ascending(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** U of `second` (pairs in which it is larger), and the two-sided p by the normal approximation. Both have values. */
export function mannWhitney(
  first: readonly number[],
  second: readonly number[],
): { readonly u: number; readonly p: number } {
  const [n, m] = [first.length, second.length];
  const all = [...first, ...second].sort(ascending);
  const ranks = new Map<number, number>();
  let ties = 0;
  for (let from = 0; from < all.length;) {
    let to = from;
    while (to < all.length && all[to] === all[from]) to++;
    const count = to - from;
    ranks.set(all[from]!, (from + 1 + to) / 2);
    ties += count ** 3 - count;
    from = to;
  }
  const sum = second.reduce((total, value) => total + ranks.get(value)!, 0);
  const u = sum - (m * (m + 1)) / 2;
  const total = n + m;
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)));
  if (variance === 0) return { u, p: 1 };
  // Half a pair is the correction for continuity.
  const z = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5) / Math.sqrt(variance);
  return { u, p: Math.min(1, 2 * upperTail(z)) };
}

/** Chance that a standard normal value is above `z` >= 0. Abramowitz and Stegun 7.1.26; error below 1.5e-7. */
function upperTail(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const polynomial = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return 0.5 * polynomial * Math.exp(-x * x);
}
