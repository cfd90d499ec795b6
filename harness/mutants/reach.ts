/**
 * Which cases of a profile run the code of which mutants, seen in one run of the profile without a mutant.
 *
 * Owns what that run must prove. A case does without a mutant what it does with one whose code it does not run, so it need not be run
 * again.
 */
import { HarnessError } from '../model/failure.ts';
import { addTally, emptyTally } from '../model/tally.ts';
import { openDoor } from './instrumented-core.ts';
import { failing, requireSound } from './require-sound.ts';
import type { ProcessPlace } from './run-case-process.ts';
import { runCaseProcess } from './run-case-process.ts';
import type { TrialPlan } from './trial.ts';
import { configOf, killOf } from './trial.ts';

/** What the cases of a profile run. */
export interface Reach {
  readonly profile: string;
  /** Completed cases, and those that were begun: discarded ones are made up for. */
  readonly cases: number;
  readonly begun: number;
  readonly seconds: number;
  /** For each mutant, by number, the positions of the cases that run its code, in ascending order. */
  readonly positions: readonly Uint32Array[];
}

/** Processes in a row that do not end a case in time. */
const MOST_STRIKES = 8;

/** Runs the cases of `profile` against the copy in `folder`. Throws if they find anything, or if they were not tested. */
export async function recordReach(
  folder: string,
  plan: TrialPlan,
  profile: string,
  place: ProcessPlace,
): Promise<Reach> {
  const door = openDoor(folder, null);
  const only = { ...plan, profiles: [profile] };
  const config = configOf(door, only, profile);
  const tally = emptyTally();
  const lists: Uint32Array[][] = [];
  let begun = 0;
  let seconds = 0;
  let strikes = 0;
  const { seed, checks, runs } = plan;
  while (tally.cases < runs) {
    const work = { kind: 'record', profile, from: begun, runs: runs - tally.cases } as const;
    const answer = await runCaseProcess({ folder, door, seed, checks, work }, place);
    if (!('tally' in answer)) {
      throw new HarnessError(
        `core without a mutant: the process ended at case ${begun + answer.at} of ${profile}\n${answer.stderr}`,
      );
    }
    addTally(tally, answer.tally);
    lists.push([...answer.reached]);
    begun += answer.begun;
    seconds += answer.seconds;
    if (answer.found !== null) throw failing(killOf(profile, answer.found));
    if (!answer.struck) break;
    // A busy machine, or a case that does not end: a fresh process begins with it.
    if (answer.begun > 1) strikes = 0;
    if (++strikes === MOST_STRIKES) {
      throw new HarnessError(`core without a mutant: case ${begun - 1} of ${profile} does not end in time`);
    }
    begun--;
  }
  await requireSound({ kill: null, tallies: [[config, tally]] }, only, door);
  const positions = lists[0]!.map((_, number) => joined(lists.map((list) => list[number]!)));
  return { profile, cases: tally.cases, begun, seconds, positions };
}

/** `parts` one behind the other; the position at the end of one may begin the next. */
function joined(parts: readonly Uint32Array[]): Uint32Array {
  return Uint32Array.from(new Set(parts.flatMap((part) => [...part])));
}
