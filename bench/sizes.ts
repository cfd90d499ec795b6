/**
 * `npm run bench -- sizes [MUTANTS CASES PROFILE]`: how large programs should be, by what they find for their time.
 *
 * Mutants of core run the first CASES cases of the profile in each of several sizes, with every check on every case; which checks fail, and
 * what a case of that size costs, tells how long the present frequencies would take to find each mutant, on average. What is compared is the
 * geometric mean of that time over the mutants that some size finds; where a size finds one in no case, half a case counts as failed.
 * Invariant: the sample and the cases depend on numbers in this file alone.
 */
import { loadChecks } from '../harness/check/checks.ts';
import { selectChecks } from '../harness/check/select-checks.ts';
import type { Frequencies } from './finding-time.ts';
import { caseCost, chance } from './finding-time.ts';
import { upTo, withReachedMutants } from './reached-mutants.ts';

const SEED = 2;
/** Sizes, in parts of what the profile says. */
const SCALES = [0.25, 0.5, 1, 2, 4];

/** What a size gave. */
interface Size {
  readonly scale: number;
  /** Milliseconds of processor time for a case. */
  readonly cost: number;
  /** For each mutant that was tried, the chance that a case finds it. */
  readonly chances: number[];
}

/** Measures and prints. */
export async function benchSizes(size = 60, cases = 60, profile = 'default'): Promise<void> {
  const checks = await loadChecks(selectChecks(null, profile).names);
  const frequencies: Frequencies = new Map(checks.map(({ name, frequency }) => [name, frequency]));
  await withReachedMutants(size, SEED, profile, async (mutants) => {
    const sizes: Size[] = [];
    for (const scale of SCALES)
      sizes.push({ scale, cost: caseCost(frequencies, await mutants.costs(scale)), chances: [] });
    for (const [number, positions] of mutants.reach.positions.entries()) {
      if (positions.length === 0) continue;
      for (const { scale, chances } of sizes) {
        const rows = await mutants.failed(number, upTo(cases), scale);
        chances.push(chance({ reach: 1, rows }, frequencies));
      }
      console.error(`mutant ${number}: ${sizes.map(({ chances }) => chances.at(-1)!.toFixed(3)).join(' ')}`);
    }
    print(profile, sizes, cases);
  });
}

function print(profile: string, sizes: readonly Size[], cases: number): void {
  const tried = sizes[0]!.chances.length;
  const found = Array.from({ length: tried }, (_, n) => n).filter((n) => sizes.some(({ chances }) => chances[n]! > 0));
  console.log(`profile ${profile}: ${tried} mutants reached, ${found.length} found in ${cases} cases of some size`);
  if (found.length === 0) return;
  const row = (cells: readonly string[]): void => console.log(cells.map((cell) => cell.padStart(16)).join(''));
  row(['size', 'ms a case', 'mutants found', 'ms to a finding']);
  for (const { scale, cost, chances } of sizes) {
    const least = 0.5 / cases;
    const sum = found.reduce((all, n) => all + Math.log(cost / Math.max(least, chances[n]!)), 0);
    const kills = found.filter((n) => chances[n]! > 0).length;
    row([String(scale), cost.toFixed(2), String(kills), Math.exp(sum / found.length).toFixed(1)]);
  }
}
