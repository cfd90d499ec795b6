/**
 * One trial: cases of several profiles against one back end, until the first finding.
 *
 * Owns what a budget means: cases of each profile, one profile after the other. What becomes of cases that hang or kill their worker
 * is as in a campaign. Invariant: a result depends on seed, profiles, budget and back end alone, but for its seconds.
 */
import { GENERATOR_VERSION } from '../../generators/index.ts';
import type { RawBucket } from '../campaign/buckets.ts';
import { CasePhase } from '../campaign/case-phase.ts';
import type { CampaignConfig } from '../campaign/config.ts';
import type { StopSignal } from '../campaign/parts.ts';
import { CHECK_NAMES } from '../model/check-names.ts';
import { HarnessError, Interrupted } from '../model/failure.ts';
import { bucketOf } from '../model/finding.ts';
import type { Tally } from '../model/tally.ts';
import { WorkerPool } from '../worker/pool.ts';
import type { FoundCase, Workers } from '../worker/protocol.ts';
import { steeredWorkers } from '../worker/steered-workers.ts';

/** With which cases back ends are tried. */
export interface TrialPlan {
  /** Campaign seed of each profile. */
  readonly seed: number;
  readonly profiles: readonly string[];
  /** Completed cases of each profile, at most. */
  readonly runs: number;
  /** As `--checks`. */
  readonly checks: string | null;
}

/** Where a trial runs. */
export interface TrialPlace {
  /** Folder of the worker's files; no other trial has it at the same time. */
  readonly folder: string;
  readonly stop: StopSignal;
  /** Worker processes; with more than one the first finding is the same. */
  readonly jobs?: number;
  /** Its seed is that of every case; absent: those of the campaign. */
  readonly onlySeed?: number;
}

/** The first finding of a trial. */
export interface Kill {
  readonly profile: string;
  readonly seed: number;
  /** Of the checks that failed the first by name in the list of checks, and its bucket. */
  readonly check: string;
  readonly bucket: string;
  /** All checks that failed in that case. */
  readonly checks: readonly string[];
}

/** How a trial ended. */
export interface Trial {
  /** Null: nothing was found. */
  readonly kill: Kill | null;
  /** Cases up to the end, that of the finding included. */
  readonly cases: number;
  /** Processor seconds that workers spent on cases: their start is not counted, nor a worker that died at a case. */
  readonly seconds: number;
  /** What was run. */
  readonly tallies: readonly (readonly [config: CampaignConfig, tally: Tally])[];
}

/** As `--engines`: mutants are of core, one engine runs them. */
export const ENGINES = 'v8';

/** The kill of a back end that cannot even be loaded. */
export const KILLED_AT_LOAD: Kill = { profile: '-', seed: 0, check: 'load', bucket: 'load', checks: ['load'] };

/** Milliseconds of work without progress after which a worker is replaced. */
export const HANG_AFTER = 40_000;

/** Runs the cases of `plan` on `backend`. Throws if the environment does not let it, or if it is interrupted. */
export async function runTrial(backend: string, plan: TrialPlan, place: TrialPlace): Promise<Trial> {
  const tallies: [CampaignConfig, Tally][] = [];
  let [cases, seconds] = [0, 0];
  for (const profile of plan.profiles) {
    const config = configOf(backend, plan, profile);
    const { tally, buckets, processor } = await runProfile(config, place);
    tallies.push([config, tally]);
    seconds += processor;
    if (buckets.length > 0) {
      const { position, seed } = buckets[0]!.first[0]!;
      const findings = buckets
        .filter(({ first }) => first[0]!.position === position)
        .map(({ first }) => first[0]!.finding);
      return { kill: killOf(profile, { seed, findings }), cases: cases + position + 1, seconds, tallies };
    }
    cases += tally.cases;
  }
  return { kill: null, cases, seconds, tallies };
}

/** The kill of a case of `profile` that failed. */
export function killOf(profile: string, { seed, findings }: Pick<FoundCase, 'seed' | 'findings'>): Kill {
  const failed = findings
    .map((finding) => ({ bucket: bucketOf(finding), check: finding.check }))
    .sort((a, b) => orderOf(a.check) - orderOf(b.check) || (a.bucket < b.bucket ? -1 : 1));
  return { profile, seed, ...failed[0]!, checks: [...new Set(failed.map(({ check }) => check))] };
}

/** `process` and its like are no checks that can be selected: they come last. */
function orderOf(check: string): number {
  const at = (CHECK_NAMES as readonly string[]).indexOf(check);
  return at === -1 ? CHECK_NAMES.length : at;
}

async function runProfile(
  config: CampaignConfig,
  { folder, stop, jobs = 1, onlySeed }: TrialPlace,
): Promise<{ readonly tally: Tally; readonly buckets: readonly RawBucket[]; readonly processor: number }> {
  const { seed, profile, shard, backend, checks, onlyOps } = config;
  const setup = { campaignSeed: seed, profile, shard, backend, engines: ENGINES, checks, onlyOps };
  const pool = new WorkerPool({ size: jobs, folder, hangAfter: HANG_AFTER, setup });
  void stop.whenRequested.then(() => pool.close());
  const processor = { seconds: 0 };
  try {
    const metering = metered(pool, processor);
    const seedAt = onlySeed === undefined ? undefined : () => onlySeed;
    const workers = seedAt === undefined ? metering : steeredWorkers(metering, seedAt);
    const parts = { workers, stop, before: null, emit: () => undefined, ...(seedAt !== undefined && { seedAt }) };
    const phase = new CasePhase(config, parts);
    await phase.run();
    if (stop.requested) throw new Interrupted();
    const { tally, table } = phase.totals();
    const buckets = table.sorted();
    if (buckets.length === 0 && phase.failure !== null) throw new HarnessError(phase.failure);
    return { tally, buckets, processor: processor.seconds };
  } finally {
    await pool.close();
  }
}

/** `workers`, whose processor time is added to `sum`. */
function metered(workers: Workers, sum: { seconds: number }): Workers {
  return {
    size: workers.size,
    run: async (task, running) => {
      const outcome = await workers.run(task, running);
      if (outcome.kind === 'done' && outcome.reply.kind === 'cases') sum.seconds += outcome.reply.processorSeconds ?? 0;
      return outcome;
    },
    close: () => workers.close(),
  };
}

/** The campaign that the cases of `profile` are of. */
export function configOf(backend: string, { seed, runs, checks }: TrialPlan, profile: string): CampaignConfig {
  return {
    seed,
    profile,
    generator: GENERATOR_VERSION,
    budget: { runs, seconds: null },
    shard: { index: 0, of: 1 },
    stopOnFirst: true,
    backend,
    checks,
    onlyOps: null,
    reduceRuns: 0,
  };
}
