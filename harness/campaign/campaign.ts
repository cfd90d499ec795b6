/**
 * A campaign: runs cases on workers until its budget ends, collects what fails, has it reduced.
 *
 * Owns the order of events. Knows workers only as something that does tasks, files and screens only as listeners. Invariant: with
 * a budget of runs alone, everything in the result but times is the same for any number of workers, any order in which
 * they finish, and any deaths of workers.
 */
import { BackgroundReductions } from './background.ts';
import { CasePhase } from './case-phase.ts';
import type { CampaignConfig } from './config.ts';
import type { CampaignResult, EndReason } from './events.ts';
import { judgeHealth } from './health.ts';
import type { CampaignParts } from './parts.ts';
import { nameBuckets } from './reductions.ts';

/** Runs a campaign to its end. */
export async function runCampaign(config: CampaignConfig, parts: CampaignParts): Promise<CampaignResult> {
  const background = new BackgroundReductions(config, parts);
  const cases = new CasePhase(config, parts, (representative) => background.add(representative));
  const before = parts.before?.end;
  if (before === undefined) await cases.run();
  await background.stop();
  const { tally, table } = cases.totals();
  const end: EndReason =
    before !== undefined ? before.reason : cases.stoppedOnFirst ? 'stopped' : cases.ranOutOfTime ? 'time' : 'done';
  const isCut = parts.stop.requested;
  const { buckets, slips, warnings } = await nameBuckets(table, config, parts, background);
  const health = judgeHealth(
    config,
    tally,
    parts.checks,
    parts.required,
    parts.absent ?? [],
    isCut ? 'interrupted' : end,
  );
  const incomplete = cases.failure ?? before?.failure ?? null;
  const failure = incomplete ?? health.failure;
  const result: CampaignResult = {
    config,
    // Also where the signal came while failing cases were reduced.
    end: parts.stop.requested ? 'interrupted' : end,
    tally,
    buckets,
    slips,
    seconds: cases.seconds,
    jobs: parts.workers.size,
    warnings: [
      ...(parts.notes ?? []),
      ...cases.warnings,
      ...warnings,
      ...health.warnings,
      ...(buckets.length > 0 && incomplete !== null ? [incomplete] : []),
    ],
    failure: buckets.length > 0 ? null : failure,
  };
  parts.emit('ended', { result });
  return result;
}
