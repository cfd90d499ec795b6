/**
 * Measures the harness with generated mutants of core: proves the instrumented core sound and sees which cases run which mutants, then
 * tries each mutant of the list.
 *
 * Owns the order of the work and which trial runs where. Invariant: results are in the order of the mutants and the same for any number of
 * jobs, but for their seconds.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StopSignal } from '../campaign/parts.ts';
import { HarnessError } from '../model/failure.ts';
import { makeInstrumentedCore, openDoor } from './instrumented-core.ts';
import { loadFault } from './load-copy.ts';
import type { Mutant } from './mutant.ts';
import type { Reach } from './reach.ts';
import { recordReach } from './reach.ts';
import { shareWork } from './share-work.ts';
import type { Kill, Trial, TrialPlan } from './trial.ts';
import { KILLED_AT_LOAD } from './trial.ts';
import { tryReached } from './try-reached.ts';

/** What became of a mutant. */
export interface MutantResult {
  readonly mutant: Mutant;
  /** Null: it survived. */
  readonly kill: Kill | null;
  /** Whether any case ran its code; one that none runs is not tried. */
  readonly isReached: boolean;
  /** Up to the finding, or all, those that do not run its code included. */
  readonly cases: number;
  readonly seconds: number;
}

/** A whole measurement. */
export interface Measurement {
  /** Of the core without a mutant. */
  readonly baseline: Pick<Trial, 'cases' | 'seconds'>;
  /** In the order of the mutants; fewer only if it was interrupted. */
  readonly results: readonly MutantResult[];
  readonly isInterrupted: boolean;
}

/** With what it is measured. */
export interface MeasureParts {
  readonly plan: TrialPlan;
  /** An empty folder that nobody else uses. */
  readonly folder: string;
  readonly jobs: number;
  readonly stop: StopSignal;
  onBaseline(baseline: Pick<Trial, 'cases' | 'seconds'>): void;
  /** In the order in which trials end. */
  onResult(result: MutantResult): void;
}

/** Tries each of `mutants`. Throws if the core without any of them fails or was not tested. */
export async function measure(mutants: readonly Mutant[], parts: MeasureParts): Promise<Measurement> {
  const { plan, folder, jobs, stop } = parts;
  makeInstrumentedCore(folder, mutants);
  const fault = await loadFault(openDoor(folder, null));
  if (fault !== null) throw new HarnessError(`the instrumented core cannot be loaded: ${fault}`);
  for (let job = 0; job < jobs; job++) mkdirSync(workFolder(folder, job));
  const reaches: Reach[] = [];
  await shareWork(plan.profiles.length, parts, async (n, job) => {
    reaches[n] = await recordReach(folder, plan, plan.profiles[n]!, { folder: workFolder(folder, job), stop });
  });
  const baseline = { cases: 0, seconds: 0 };
  for (const { cases, seconds } of reaches) {
    baseline.cases += cases;
    baseline.seconds += seconds;
  }
  parts.onBaseline(baseline);
  const results: MutantResult[] = [];
  await shareWork(mutants.length, parts, async (number, job) => {
    const place = { folder: workFolder(folder, job), stop };
    results[number] = { mutant: mutants[number]!, ...(await tryMutant(number, reaches, folder, plan, place)) };
    parts.onResult(results[number]);
  });
  return { baseline, results: results.filter((result) => result !== undefined), isInterrupted: stop.requested };
}

async function tryMutant(
  number: number,
  reaches: readonly Reach[],
  folder: string,
  plan: TrialPlan,
  place: { readonly folder: string; readonly stop: StopSignal },
): Promise<Omit<MutantResult, 'mutant'>> {
  if (reaches.every(({ positions }) => positions[number]!.length === 0)) {
    return { isReached: false, kill: null, cases: 0, seconds: 0 };
  }
  const door = openDoor(folder, number);
  // Code that loading runs is run by every case.
  const isAtLoad = reaches.every(({ positions, begun }) => positions[number]!.length === begun);
  if (isAtLoad && (await loadFault(door)) !== null) {
    return { isReached: true, kill: KILLED_AT_LOAD, cases: 0, seconds: 0 };
  }
  return { isReached: true, ...(await tryReached(number, reaches, { folder, door, plan, place })) };
}

function workFolder(folder: string, job: number): string {
  return join(folder, `job-${job}`);
}
