/**
 * The names of the checks and what is known of each without loading it.
 *
 * Owns the order in which checks run.
 */

/**
 * What checks compare: the whole program as it is compiled; links of its objects; whether modules are valid; builds that should be
 * equal; the form of modules and objects; what is refused.
 */
type CheckFamily = 'run' | 'link' | 'module' | 'bytes' | 'layout' | 'refusal';

/** What a check does. */
interface CheckFacts {
  /** Whether it compares what calls do; all others look at what is built. */
  readonly runs: boolean;
  /** Checks of one family see one mistake alike, so its name is part of bucket ids and stays. */
  readonly family: CheckFamily;
  /** It costs much, or needs what may not be installed: it runs where it is asked for, or where a profile has it. */
  readonly optional?: true;
}

const FACTS = {
  validate: { runs: false, family: 'module' },
  'interp-exe': { runs: true, family: 'run' },
  engines: { runs: true, family: 'run' },
  'exe-linked': { runs: true, family: 'link' },
  'exe-split': { runs: true, family: 'link' },
  mixed: { runs: true, family: 'link' },
  topology: { runs: true, family: 'link' },
  order: { runs: true, family: 'link' },
  config: { runs: true, family: 'run' },
  determinism: { runs: false, family: 'bytes' },
  threads: { runs: false, family: 'bytes' },
  reflush: { runs: false, family: 'bytes' },
  roundtrip: { runs: false, family: 'bytes' },
  layout: { runs: false, family: 'layout' },
  variables: { runs: false, family: 'layout' },
  refuses: { runs: false, family: 'refusal' },
  wabt: { runs: false, family: 'module' },
  lld: { runs: true, family: 'link', optional: true },
  linkers: { runs: true, family: 'link', optional: true },
  binaryen: { runs: true, family: 'run', optional: true },
} as const satisfies Record<string, CheckFacts>;

/** Name of a check. `expect` is not among them: it belongs to stored cases (`RunOptions.expect`). */
export type CheckName = keyof typeof FACTS;

/** Names of the checks, in order. */
export const CHECK_NAMES = Object.keys(FACTS) as readonly CheckName[];

/** Those that compare what calls do. */
const RUNNING: ReadonlySet<string> = new Set(['expect', ...CHECK_NAMES.filter((name) => FACTS[name].runs)]);

/** The profiles whose link plans have decorations. */
export const DECORATED_PROFILES: readonly string[] = ['link', 'drop-in', 'objects'];

/** The checks that run on cases of `profile` when nothing else is said. */
export function defaultChecks(profile: string): readonly CheckName[] {
  const isDecorated = DECORATED_PROFILES.includes(profile);
  return CHECK_NAMES.filter((name) => !('optional' in FACTS[name]) || (name === 'lld' && isDecorated));
}

/** The family of a check; a name that is no check's (`process`, `generate`) is a family of its own. */
export function familyOfCheck(check: string): string {
  if (check === 'expect') return 'run';
  return Object.hasOwn(FACTS, check) ? FACTS[check as CheckName].family : check;
}

/** Whether a check compares what calls do: without a call it proves nothing. */
export function needsCalls(check: string): boolean {
  return RUNNING.has(check);
}
