/**
 * `npm run bench -- frequencies [MUTANTS CASES PROFILE]`: how often each check should run, by what it finds for its time.
 *
 * Mutants of core run CASES cases each that reach their code, with every check on every case; which checks fail, and what each check
 * costs, tells how long any choice of frequencies would take to find each mutant, on average. Prints that of the present
 * frequencies, what halving or doubling each changes, and the best choice. What is compared is the mean of the logarithm of the time: twice as long
 * for one mutant weighs as much as half as long for another. What several checks need counts for the first of them. Invariant: the sample and the cases depend on numbers in this file alone.
 */
import type { Check } from '../harness/check/check.ts';
import { loadChecks } from '../harness/check/checks.ts';
import { selectChecks } from '../harness/check/select-checks.ts';
import type { Frequencies, Killed } from './finding-time.ts';
import { caseCost, chance } from './finding-time.ts';
import type { Rows } from './kill-rows.ts';
import { withReachedMutants } from './reached-mutants.ts';

const SEED = 1;
/** The frequencies that are tried, as parts. */
const PARTS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48];

/** Measures and prints. */
export async function benchFrequencies(size = 60, cases = 30, profile = 'default'): Promise<void> {
  const checks = await loadChecks(selectChecks(null, profile).names);
  await withReachedMutants(size, SEED, profile, async (mutants) => {
    const { reach } = mutants;
    const costs = await mutants.costs(1);
    const found: Killed[] = [];
    let survived = 0;
    for (const [number, positions] of reach.positions.entries()) {
      if (positions.length === 0) continue;
      const failed = await mutants.failed(number, positions.slice(0, cases), 1);
      if (failed.every((names) => names.length === 0)) survived++;
      else found.push({ reach: positions.length / reach.begun, rows: failed });
    }
    console.log(
      `profile ${profile}: ${mutants.count} mutants, ${found.length} found by some check, ${survived} by none in ${cases} cases that run them`,
    );
    if (found.length > 0) print(checks, found, costs);
  });
}

function print(checks: readonly Check[], killed: readonly Killed[], costs: Rows['costs']): void {
  const now: Frequencies = new Map(checks.map(({ name, frequency }) => [name, frequency]));
  const best = improve(now, killed, costs);
  const score = scoreOf(now, killed, costs);
  console.log(`a case ${caseCost(now, costs).toFixed(2)} ms, geometric mean of the time to a finding ${ms(score)}`);
  console.log(`best   ${caseCost(best, costs).toFixed(2)} ms, ${ms(scoreOf(best, killed, costs))}`);
  console.log('');
  const row = (cells: readonly string[]): void =>
    console.log(cells.map((cell, n) => (n === 0 ? cell.padEnd(14) : cell.padStart(11))).join(''));
  row(['check', 'now', 'ms if run', 'finds', 'alone', 'halved', 'doubled', 'best']);
  for (const { name, frequency } of checks) {
    const finds = killed.filter(({ rows }) => rows.some((failed) => failed.includes(name)));
    const alone = finds.filter(({ rows }) => rows.every((failed) => failed.every((other) => other === name)));
    const change = (factor: number): string => {
      const changed = new Map(now).set(name, Math.min(1, frequency * factor));
      return percent(Math.exp(scoreOf(changed, killed, costs) - score) - 1);
    };
    row([
      name,
      part(frequency),
      (costs[name] ?? 0).toFixed(3),
      String(finds.length),
      String(alone.length),
      change(1 / 2),
      change(2),
      part(best.get(name)!),
    ]);
  }
  row(['the rest', '', costs['']!.toFixed(3)]);
}

/** The frequencies, each a part of {@link PARTS}, that no change of one makes better; begins with `now`. */
function improve(now: Frequencies, killed: readonly Killed[], costs: Rows['costs']): Frequencies {
  let best = new Map(now);
  let score = scoreOf(best, killed, costs);
  for (let changed = true; changed;) {
    changed = false;
    for (const name of now.keys()) {
      for (const one of PARTS) {
        const tried = new Map(best).set(name, 1 / one);
        const its = scoreOf(tried, killed, costs);
        if (its < score - 1e-9) [best, score, changed] = [tried, its, true];
      }
    }
  }
  return best;
}

/** Mean of the logarithm of the milliseconds of processor time until a mutant is found. */
function scoreOf(frequencies: Frequencies, killed: readonly Killed[], costs: Rows['costs']): number {
  const cost = caseCost(frequencies, costs);
  const sum = killed.reduce((all, one) => all + Math.log(cost / chance(one, frequencies)), 0);
  return sum / killed.length;
}

function ms(score: number): string {
  return `${Math.exp(score).toFixed(1)} ms`;
}

function part(frequency: number): string {
  return frequency === 1 ? '1' : `1/${Math.round(1 / frequency)}`;
}

function percent(change: number): string {
  return `${change < 0 ? '' : '+'}${(100 * change).toFixed(1)} %`;
}
