/**
 * How long a mutant takes to be found, from what its cases showed (kill-rows.ts) and what checks cost.
 */
import type { Rows } from './kill-rows.ts';

/** What is known of a mutant that some check finds. */
export interface Killed {
  /** Part of the cases that `rows` are of: those that reach it, or all. */
  readonly reach: number;
  /** For each of these cases, the checks that failed. */
  readonly rows: readonly (readonly string[])[];
}

/** Part of the cases in which a check runs, by its name. */
export type Frequencies = ReadonlyMap<string, number>;

/** Milliseconds of processor time for a case. */
export function caseCost(frequencies: Frequencies, costs: Rows['costs']): number {
  return [...frequencies].reduce((sum, [name, frequency]) => sum + frequency * (costs[name] ?? 0), costs['']!);
}

/** The chance that a case finds the mutant. What is no check of the list needs no luck. */
export function chance({ reach, rows }: Killed, frequencies: Frequencies): number {
  const missed = rows.map((failed) =>
    [...new Set(failed)].reduce((left, name) => left * (1 - (frequencies.get(name) ?? 1)), 1),
  );
  return reach * (1 - missed.reduce((sum, one) => sum + one, 0) / rows.length);
}
