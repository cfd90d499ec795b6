/**
 * Measures the harness with generated mutants of core: proves the instrumented core sound, then tries each mutant of the list.
 *
 * Owns the order of the work and which trial runs where. Invariant: results are in the order of the mutants and the same for any number of
 * jobs, but for their seconds.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StopSignal } from '../campaign/parts.ts';
import { HarnessError } from '../model/failure.ts';
import type { Door } from './instrumented-core.ts';
import { makeInstrumentedCore, openDoor } from './instrumented-core.ts';
import { loadFault } from './load-copy.ts';
import type { Mutant } from './mutant.ts';
import { requireSound } from './require-sound.ts';
import { shareWork } from './share-work.ts';
import type { Kill, Trial, TrialPlace, TrialPlan } from './trial.ts';
import { KILLED_AT_LOAD, runTrial } from './trial.ts';

/** What became of a mutant. */
export interface MutantResult {
  readonly mutant: Mutant;
  /** Null: it survived. */
  readonly kill: Kill | null;
  /** Whether any case ran its code; one that none runs is not tried. */
  readonly isReached: boolean;
  readonly cases: number;
  readonly seconds: number;
}

/** A whole measurement. */
export interface Measurement {
  /** Of the core without a mutant. */
  readonly baseline: Trial;
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
  onBaseline(baseline: Trial): void;
  /** In the order in which trials end. */
  onResult(result: MutantResult): void;
}

/** Tries each of `mutants`. Throws if the core without any of them fails or was not tested. */
export async function measure(mutants: readonly Mutant[], parts: MeasureParts): Promise<Measurement> {
  const { plan, folder, stop } = parts;
  makeInstrumentedCore(folder, mutants);
  const loading = openDoor(folder, null, 'load');
  const fault = await loadFault(loading.path);
  if (fault !== null) throw new HarnessError(`the instrumented core cannot be loaded: ${fault}`);
  const atLoad = loading.reached();
  const baselines = await runBaselines(parts);
  const baseline = sumOf(baselines.map(({ trial }) => trial));
  parts.onBaseline(baseline);
  const results: MutantResult[] = [];
  await shareWork(mutants.length, parts, async (number, job) => {
    const mutant = mutants[number]!;
    // Cases that do not run the code of a mutant do what they do without it.
    const blind = baselines.filter(({ reached }) => !atLoad.has(number) && !reached.has(number));
    const known = new Map(blind.map(({ profile, trial }) => [profile, trial.cases]));
    const here = { folder: workFolder(folder, job), stop, known };
    const result =
      known.size < baselines.length
        ? { mutant, isReached: true, ...(await tryMutant(openDoor(folder, number), plan, here, atLoad.has(number))) }
        : { mutant, isReached: false, kill: null, cases: 0, seconds: 0 };
    results[number] = result;
    parts.onResult(result);
  });
  return { baseline, results: results.filter((result) => result !== undefined), isInterrupted: stop.requested };
}

/** What a profile does without a mutant. */
interface Baseline {
  readonly profile: string;
  readonly trial: Trial;
  /** Numbers of the mutants whose code its cases run. */
  readonly reached: ReadonlySet<number>;
}

async function runBaselines({ plan, folder, jobs, stop }: MeasureParts): Promise<Baseline[]> {
  const baselines: Baseline[] = [];
  for (const profile of plan.profiles) {
    const door = openDoor(folder, null, `none-${profile}`);
    const only = { ...plan, profiles: [profile] };
    const trial = await runTrial(door.path, only, { folder: workFolder(folder, 0), stop, jobs });
    await requireSound(trial, only, door.path);
    baselines.push({ profile, trial, reached: door.reached() });
  }
  return baselines;
}

function sumOf(trials: readonly Trial[]): Trial {
  return {
    kill: null,
    cases: trials.reduce((sum, { cases }) => sum + cases, 0),
    seconds: trials.reduce((sum, { seconds }) => sum + seconds, 0),
    tallies: trials.flatMap(({ tallies }) => tallies),
  };
}

async function tryMutant(
  door: Door,
  plan: TrialPlan,
  place: TrialPlace,
  isReachedAtLoad: boolean,
): Promise<Pick<MutantResult, 'kill' | 'cases' | 'seconds'>> {
  if (isReachedAtLoad && (await loadFault(door.path)) !== null) return { kill: KILLED_AT_LOAD, cases: 0, seconds: 0 };
  const { kill, cases, seconds } = await runTrial(door.path, plan, place);
  return { kill, cases, seconds };
}

function workFolder(folder: string, job: number): string {
  const path = join(folder, `job-${job}`);
  mkdirSync(path, { recursive: true });
  return path;
}
