/**
 * Measures the harness with historical bugs: proves core sound without any, then tries each bug in a copy of its own.
 *
 * Owns the order of the work and which copy is where. Invariant: results are in the order of the bugs and the same for any number of
 * jobs, but for their seconds.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { StopSignal } from '../../campaign/parts.ts';
import { BUILT_CORE } from '../built-core.ts';
import { loadFault } from '../load-copy.ts';
import { requireSound } from '../require-sound.ts';
import { shareWork } from '../share-work.ts';
import type { Kill, Trial, TrialPlan } from '../trial.ts';
import { KILLED_AT_LOAD, runTrial } from '../trial.ts';
import type { HistoricalBug } from './bug.ts';
import { plantBug, plantedText } from './plant-bug.ts';

/** What became of a bug. */
export interface BugResult {
  readonly bug: HistoricalBug;
  /** Null: it survived. */
  readonly kill: Kill | null;
  /** Up to the finding, or all that were run. */
  readonly cases: number;
  readonly seconds: number;
}

/** A whole measurement. */
export interface BankMeasurement {
  /** Of core without a bug: cases and seconds of all profiles together. */
  readonly baseline: Pick<Trial, 'cases' | 'seconds'>;
  /** In the order of the bugs; fewer only if it was interrupted. */
  readonly results: readonly BugResult[];
  readonly isInterrupted: boolean;
}

/** With what it is measured. */
export interface BankParts {
  /** Its profiles take the place of those of the bugs; null: each bug has its own. */
  readonly plan: Omit<TrialPlan, 'profiles'> & { readonly profiles: readonly string[] | null };
  /** An empty folder that nobody else uses. */
  readonly folder: string;
  readonly jobs: number;
  readonly stop: StopSignal;
  onBaseline(baseline: Pick<Trial, 'cases' | 'seconds'>): void;
  /** In the order in which trials end. */
  onResult(result: BugResult): void;
}

/** Tries each of `bugs`. Throws if one cannot be planted, or if core without any of them fails or was not tested. */
export async function measureBank(bugs: readonly HistoricalBug[], parts: BankParts): Promise<BankMeasurement> {
  const { plan, folder, stop } = parts;
  for (const bug of bugs) plantedText(bug);
  const profiles = plan.profiles ?? [...new Set(bugs.flatMap((bug) => bug.profiles))];
  const baseline = await runBaseline({ ...plan, profiles }, parts);
  parts.onBaseline(baseline);
  const results: BugResult[] = [];
  await shareWork(bugs.length, parts, async (n) => {
    const bug = bugs[n]!;
    const place = join(folder, bug.id);
    mkdirSync(place);
    const core = plantBug(bug, place);
    const isLoaded = (await loadFault(core)) === null;
    const { kill, cases, seconds } = isLoaded
      ? await runTrial(core, { ...plan, profiles: plan.profiles ?? bug.profiles }, { folder: place, stop })
      : { kill: KILLED_AT_LOAD, cases: 0, seconds: 0 };
    rmSync(place, { recursive: true });
    results[n] = { bug, kill, cases, seconds };
    parts.onResult(results[n]);
  });
  return { baseline, results: results.filter((result) => result !== undefined), isInterrupted: stop.requested };
}

async function runBaseline(
  plan: TrialPlan,
  { folder, jobs, stop }: BankParts,
): Promise<Pick<Trial, 'cases' | 'seconds'>> {
  let [cases, seconds] = [0, 0];
  for (const profile of plan.profiles) {
    const only = { ...plan, profiles: [profile] };
    const trial = await runTrial(BUILT_CORE, only, { folder, stop, jobs });
    await requireSound(trial, only, BUILT_CORE);
    cases += trial.cases;
    seconds += trial.seconds;
  }
  return { cases, seconds };
}
