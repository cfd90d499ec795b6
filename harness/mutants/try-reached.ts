/**
 * Tries one mutant with the cases that run its code.
 *
 * Owns the order: the profile first of whose cases the largest part runs the code of the mutant, and each profile from its first case on.
 * A case that ends the process, or that does not end, runs again by itself as a campaign would have it. Invariant: the finding is
 * the one that a trial of all cases of the profiles in this order comes to (trial.ts).
 */
import { HarnessError } from '../model/failure.ts';
import { seedAt } from '../worker/seed-at.ts';
import type { ProfileCases } from './case-process.ts';
import type { Reach } from './reach.ts';
import type { ProcessPlace } from './run-case-process.ts';
import { runCaseProcess } from './run-case-process.ts';
import type { Kill, TrialPlan } from './trial.ts';
import { killOf, runTrial } from './trial.ts';

/** With what a mutant is tried. */
export interface ReachedParts {
  /** Of the instrumented copy. */
  readonly folder: string;
  /** The back end with the mutant on. */
  readonly door: string;
  readonly plan: TrialPlan;
  readonly place: ProcessPlace;
}

/** What became of it; `cases`: up to the finding or all, those that are not run included. */
interface ReachedTrial {
  readonly kill: Kill | null;
  readonly cases: number;
  readonly seconds: number;
}

/** Deaths of a process before its first case after which something else is wrong. */
const MOST_FRUITLESS = 8;

/** Cases that no process ended in time, twice each, and that end with patience: so many are no accident of a busy machine. */
const MOST_SLOW = 3;

/** The profiles in the order in which mutant `number` is tried with them; those without a case for it come last. */
export function profilesFor(number: number, reaches: readonly Reach[]): Reach[] {
  const density = ({ positions, begun }: Reach): number => positions[number]!.length / Math.max(1, begun);
  return reaches
    .map((reach, n) => ({ reach, n, density: density(reach) }))
    .sort((a, b) => b.density - a.density || a.n - b.n)
    .map(({ reach }) => reach);
}

/** Tries mutant `number`. */
export async function tryReached(
  number: number,
  reaches: readonly Reach[],
  { folder, door, plan, place }: ReachedParts,
): Promise<ReachedTrial> {
  const order = profilesFor(number, reaches);
  const profiles: ProfileCases[] = order.map(({ profile, positions }) => ({ profile, positions: positions[number]! }));
  const { seed, checks } = plan;
  const cases = (which: string, position: number): number => {
    const before = order.slice(
      0,
      order.findIndex(({ profile }) => profile === which),
    );
    return before.reduce((sum, reach) => sum + reach.cases, 0) + position + 1;
  };
  let seconds = 0;
  let fruitless = 0;
  let slow = 0;
  for (let from = 0; ;) {
    const work = { kind: 'try', profiles, from } as const;
    const answer = await runCaseProcess({ folder, door, seed, checks, work }, place);
    let suspect: number;
    if ('tally' in answer) {
      seconds += answer.seconds;
      const { found, begun, struck } = answer;
      if (found !== null) {
        const { profile, position } = caseAt(profiles, from + begun - 1);
        return { kill: killOf(profile, found), cases: cases(profile, position), seconds };
      }
      if (!struck) return { kill: null, cases: order.reduce((sum, reach) => sum + reach.cases, 0), seconds };
      suspect = from + begun - 1;
    } else {
      if (answer.at < 0 && ++fruitless < MOST_FRUITLESS) continue;
      suspect = from + Math.max(0, answer.at);
    }
    const { profile, position } = caseAt(profiles, suspect);
    const one = { kind: 'try', profiles: [{ profile, positions: Uint32Array.of(position) }], from: 0 } as const;
    const again = await runCaseProcess({ folder, door, seed, checks, work: one }, place);
    if (!('tally' in again) || again.struck || again.found !== null) {
      const alone = await runAlone(profile, position, { door, plan, place });
      seconds += alone.seconds;
      const isSlow = alone.kill === null && ++slow === MOST_SLOW;
      const kill = isSlow ? endlessAt(profile, position, plan) : alone.kill;
      if (kill !== null) return { kill, cases: cases(profile, position), seconds };
    }
    from = suspect + 1;
  }
}

/**
 * What a case comes to that a process died at, or that no process ended in time, more than once: what a campaign says. Where that takes
 * the machine to be busy, for a thread that waits looks alike, the case does not end; without the mutant it does.
 */
async function runAlone(
  profile: string,
  position: number,
  { door, plan, place }: Pick<ReachedParts, 'door' | 'plan' | 'place'>,
): Promise<{ readonly kill: Kill | null; readonly seconds: number }> {
  const onlySeed = seedAt({ seed: plan.seed, shard: { index: 0, of: 1 }, profile }, position);
  try {
    const { kill, seconds } = await runTrial(door, { ...plan, profiles: [profile], runs: 1 }, { ...place, onlySeed });
    return { kill, seconds };
  } catch (error) {
    if (error instanceof HarnessError) return { kill: endlessAt(profile, position, plan), seconds: 0 };
    throw error;
  }
}

function endlessAt(profile: string, position: number, { seed }: TrialPlan): Kill {
  const own = seedAt({ seed, shard: { index: 0, of: 1 }, profile }, position);
  return { profile, seed: own, check: 'process', bucket: 'process/does-not-end', checks: ['process'] };
}

/** The case `at` of all `profiles`, one behind the other. */
function caseAt(
  profiles: readonly ProfileCases[],
  at: number,
): { readonly profile: string; readonly position: number } {
  let rest = at;
  for (const { profile, positions } of profiles) {
    if (rest < positions.length) return { profile, position: positions[rest]! };
    rest -= positions.length;
  }
  throw new RangeError(`there is no case ${at}`);
}
