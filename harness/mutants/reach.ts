/**
 * Which cases of a profile run the code of which mutants, seen in one run of the profile without a mutant.
 *
 * Owns what that run must prove. A case does without a mutant what it does with one whose code it does not run, so it need not be run
 * again.
 */
import { HarnessError } from '../model/failure.ts';
import { openDoor } from './instrumented-core.ts';
import { requireSound } from './require-sound.ts';
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

/** Runs the cases of `profile` against the copy in `folder`. Throws if they find anything, or if they were not tested. */
export async function recordReach(
  folder: string,
  plan: TrialPlan,
  profile: string,
  place: ProcessPlace,
): Promise<Reach> {
  const door = openDoor(folder, null);
  const { seed, checks, runs } = plan;
  const answer = await runCaseProcess({ folder, door, seed, checks, work: { kind: 'record', profile, runs } }, place);
  if (!('tally' in answer)) {
    throw new HarnessError(
      `core without a mutant: the process ended at case ${answer.at} of ${profile}\n${answer.stderr}`,
    );
  }
  const { tally, found, struck, begun, seconds, reached } = answer;
  if (struck) throw new HarnessError(`core without a mutant: case ${begun - 1} of ${profile} does not end in time`);
  const only = { ...plan, profiles: [profile] };
  const kill = found === null ? null : killOf(profile, found);
  await requireSound({ kill, tallies: [[configOf(door, only, profile), tally]] }, only, door);
  return { profile, cases: tally.cases, begun, seconds, positions: reached };
}
