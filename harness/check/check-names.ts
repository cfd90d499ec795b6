/**
 * The names of the checks and what is known of each without loading it.
 *
 * Owns the order in which checks run.
 */

/** What a check does. */
interface CheckFacts {
  /** Whether it compares what calls do; all others look at what is built. */
  readonly runs: boolean;
  /** It costs much, or needs what may not be installed: it runs where it is asked for, or where a profile has it. */
  readonly optional?: true;
}

const FACTS = {
  validate: { runs: false },
  'interp-exe': { runs: true },
  engines: { runs: true },
  'exe-linked': { runs: true },
  'exe-split': { runs: true },
  mixed: { runs: true },
  topology: { runs: true },
  order: { runs: true },
  config: { runs: true },
  determinism: { runs: false },
  threads: { runs: false },
  reflush: { runs: false },
  roundtrip: { runs: false },
  layout: { runs: false },
  wabt: { runs: false },
  lld: { runs: true, optional: true },
} as const satisfies Record<string, CheckFacts>;

/** Name of a check. `expect` is not among them: it belongs to stored cases (`RunOptions.expect`). */
export type CheckName = keyof typeof FACTS;

/** Names of the checks, in order. */
export const CHECK_NAMES = Object.keys(FACTS) as readonly CheckName[];

/** Those that compare what calls do. */
const RUNNING: ReadonlySet<string> = new Set(['expect', ...CHECK_NAMES.filter((name) => FACTS[name].runs)]);

/** The checks that run on cases of `profile` when nothing else is said. */
export function defaultChecks(profile: string): readonly CheckName[] {
  return CHECK_NAMES.filter((name) => !('optional' in FACTS[name]) || profile === 'link');
}

/** Name of the check in a bucket id (`stage/check/kind/op`). */
export function checkOfBucket(bucket: string): string {
  return bucket.split('/')[1] ?? '';
}

/** Whether the check of a bucket compares what calls do: without a call it proves nothing. */
export function needsCalls(bucket: string): boolean {
  return RUNNING.has(checkOfBucket(bucket));
}
