/**
 * Whether a campaign that found nothing proves anything: did cases complete, did the checks run, was little thrown away?
 *
 * Owns the thresholds. A failure means that no conclusion is possible; a warning that the conclusion is weaker.
 */
import type { CampaignConfig } from './config.ts';
import type { EndReason } from './events.ts';
import type { Tally } from '../model/tally.ts';
import { total } from '../model/tally.ts';

/** Share of cases that may be discarded, and of those that may be incomparable, before somebody should look. */
const MAX_SHARE = 0.02;

/** A check that was to run on this many cases and never did is broken, not unlucky. */
const EXPECTED_RUNS = 20;

/** What {@link judgeHealth} thinks. */
export interface Health {
  readonly warnings: readonly string[];
  readonly failure: string | null;
}

/** See the file header. */
export function judgeHealth(
  config: CampaignConfig,
  tally: Tally,
  checks: readonly { readonly name: string; readonly frequency: number; readonly onlyIn?: readonly string[] }[],
  required: readonly string[],
  absent: readonly string[],
  end: EndReason,
): Health {
  const warnings: string[] = [];
  const discarded = total(tally.discarded);
  const tried = tally.cases + discarded;
  const incomparable = total(tally.incomparable);
  warnIfMany(warnings, discarded, tried, 'discarded', tally.discarded);
  warnIfMany(warnings, incomparable, tried, 'incomparable', tally.incomparable);
  for (const name of absent) warnings.push(`the check ${name} did not run: a package that it needs is not installed`);
  if (tally.cases === 0) {
    const why =
      discarded === 0 ? 'no case was run' : `all ${discarded} cases were discarded (${listed(tally.discarded)})`;
    return { warnings, failure: `nothing was tested: ${why}` };
  }
  if (config.budget.runs !== null && end === 'done' && tally.cases * 2 < config.budget.runs / config.shard.of) {
    return {
      warnings,
      failure: `only ${tally.cases} of ${config.budget.runs} cases completed (${listed(tally.discarded)})`,
    };
  }
  const silent = checks.filter(({ name, frequency, onlyIn }) => {
    if (onlyIn?.includes(config.profile) === false && !required.includes(name)) return false;
    if ((tally.checks[name]?.ran ?? 0) > 0) return false;
    return required.includes(name) ? tally.cases > 0 : tally.cases * frequency >= EXPECTED_RUNS;
  });
  if (checks.length === 0) return { warnings, failure: 'nothing was tested: no check was selected' };
  if (silent.length === 0) return { warnings, failure: null };
  return { warnings, failure: `never ran in ${tally.cases} cases: ${silent.map(({ name }) => name).join(', ')}` };
}

function warnIfMany(
  warnings: string[],
  count: number,
  tried: number,
  what: string,
  reasons: Readonly<Record<string, number>>,
): void {
  if (tried === 0 || count / tried <= MAX_SHARE) return;
  const share = ((100 * count) / tried).toFixed(1);
  warnings.push(
    `${share} % of the cases were ${what} (${listed(reasons)}); more than ${MAX_SHARE * 100} % is too many`,
  );
}

function listed(reasons: Readonly<Record<string, number>>): string {
  return Object.entries(reasons)
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .map(([reason, count]) => `${reason} ${count}`)
    .join(', ');
}
