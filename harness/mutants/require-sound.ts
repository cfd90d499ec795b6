/**
 * What a measurement demands of core without any mistake: the cases find nothing, and the checks ran. What mistakes show means
 * nothing otherwise.
 */
import { loadBackend } from '../backend/load-backend.ts';
import { judgeHealth } from '../campaign/health.ts';
import { loadChecks } from '../check/checks.ts';
import { selectChecks } from '../check/select-checks.ts';
import { loadEngines } from '../engine/load-engines.ts';
import { HarnessError } from '../model/failure.ts';
import type { Kill, Trial, TrialPlan } from './trial.ts';
import { ENGINES } from './trial.ts';

/** Throws unless the trial of the back end at `path` found nothing and tested what `plan` says. */
export async function requireSound(
  { kill, tallies }: Pick<Trial, 'kill' | 'tallies'>,
  plan: TrialPlan,
  path: string,
): Promise<void> {
  if (kill !== null) throw failing(kill);
  const backend = await loadBackend(path);
  const engines = await loadEngines(ENGINES);
  for (const [config, tally] of tallies) {
    const selection = selectChecks(plan.checks, config.profile);
    const loaded = await loadChecks(selection.names);
    const absent = selection.names.filter((name) => !loaded.some((check) => check.name === name));
    const checks = loaded.filter(({ possible }) => possible?.(backend, engines) !== false);
    const { failure } = judgeHealth(config, tally, checks, selection.required, absent, 'done');
    if (failure !== null) throw new HarnessError(`core without a mutant, profile ${config.profile}: ${failure}`);
  }
}

/** What `kill` means where there is no mutant. */
export function failing({ bucket, profile, seed }: Kill): HarnessError {
  const where = `${bucket} at ${profile}:0x${seed.toString(16)}`;
  return new HarnessError(`core without a mutant fails already: ${where}; nothing can be measured`);
}
