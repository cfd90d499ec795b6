/**
 * `npm run bench -- sizes [MUTANTS CASES PROFILE]`: how large programs should be, by what they find for their time.
 *
 * Mutants of core run the first CASES cases of the profile in each of several sizes, with every check on every case; which checks fail, and
 * what a case of that size costs, tells how long the present frequencies would take to find each mutant, on average. What is compared is the
 * geometric mean of that time over the mutants that some size finds; where a size finds one in no case, half a case counts as failed.
 * Invariant: the sample and the cases depend on numbers in this file alone.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadChecks } from '../harness/check/checks.ts';
import { selectChecks } from '../harness/check/select-checks.ts';
import { openTemporaryFolder } from '../harness/cli/temporary-folder.ts';
import { makeInstrumentedCore, mutantsOfCore, openDoor } from '../harness/mutants/instrumented-core.ts';
import { recordReach } from '../harness/mutants/reach.ts';
import { sampleOf } from '../harness/mutants/sample.ts';
import type { Frequencies } from './finding-time.ts';
import { caseCost, chance } from './finding-time.ts';
import { runRows } from './run-rows.ts';

const SEED = 2;
/** Cases of the profile that show which mutants are reached at all. */
const RECORDED = 300;
/** Cases before those that are timed, and those. */
const WARM_UP = 600;
const TIMED = 900;
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
  const mutants = sampleOf(mutantsOfCore(null), size, SEED);
  const temporary = openTemporaryFolder((text) => console.error(text));
  try {
    const { path, stop } = temporary;
    makeInstrumentedCore(path, mutants);
    const work = join(path, 'work');
    mkdirSync(work);
    const plan = { seed: SEED, profiles: [profile], runs: RECORDED, checks: null };
    const reach = await recordReach(path, plan, profile, { folder: work, stop });
    const order = { profile, seed: SEED };
    const sizes: Size[] = [];
    for (const scale of SCALES) {
      const positions = upTo(WARM_UP + TIMED);
      const timed = await runRows({ ...order, scale, door: openDoor(path, null), positions, warmUp: WARM_UP });
      if (timed === null) throw new Error('core without a mutant does not end');
      sizes.push({ scale, cost: caseCost(frequencies, timed.costs), chances: [] });
    }
    for (const [number, positions] of reach.positions.entries()) {
      if (positions.length === 0) continue;
      for (const { scale, chances } of sizes) {
        const door = openDoor(path, number);
        const rows = await runRows({ ...order, scale, door, positions: upTo(cases), warmUp: null });
        chances.push(chance({ reach: 1, rows: rows?.failed ?? [['process']] }, frequencies));
      }
      console.error(`mutant ${number}: ${sizes.map(({ chances }) => chances.at(-1)!.toFixed(3)).join(' ')}`);
    }
    print(profile, sizes, cases);
  } finally {
    temporary.release();
  }
}

function upTo(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, n) => n);
}

function print(profile: string, sizes: readonly Size[], cases: number): void {
  const tried = sizes[0]!.chances.length;
  const found = Array.from({ length: tried }, (_, n) => n).filter((n) => sizes.some(({ chances }) => chances[n]! > 0));
  console.log(`profile ${profile}: ${tried} mutants reached, ${found.length} found in ${cases} cases of some size`);
  const row = (cells: readonly string[]): void => console.log(cells.map((cell) => cell.padStart(16)).join(''));
  row(['size', 'ms a case', 'mutants found', 'ms to a finding']);
  for (const { scale, cost, chances } of sizes) {
    const least = 0.5 / cases;
    const sum = found.reduce((all, n) => all + Math.log(cost / Math.max(least, chances[n]!)), 0);
    const kills = found.filter((n) => chances[n]! > 0).length;
    row([String(scale), cost.toFixed(2), String(kills), Math.exp(sum / found.length).toFixed(1)]);
  }
}
