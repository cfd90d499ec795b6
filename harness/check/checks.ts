/**
 * The list of checks, in the order in which they run. Adding a check means one entry here.
 */
import type { Check } from './check.ts';
import { determinism, reflush } from './bytes-checks.ts';
import { exeLinked, exeSplit } from './exe-objects.ts';
import { interpExe } from './interp-exe.ts';
import { roundtripCore } from './roundtrip.ts';
import { threads } from './threads.ts';
import { validate } from './validate.ts';
import { loadWabtValidator, wabtCheck } from './wabt.ts';

/** Names of the checks, in order. `expect` is not among them: it belongs to stored cases (`RunOptions.expect`). */
export const CHECK_NAMES = [
  'validate',
  'interp-exe',
  'exe-linked',
  'exe-split',
  'determinism',
  'threads',
  'reflush',
  'roundtrip',
  'wabt',
] as const;

/** Name of a check. */
export type CheckName = (typeof CHECK_NAMES)[number];

/** Loads the checks called `names` (default: all), in the order of {@link CHECK_NAMES}; unknown names are ignored. */
export async function loadChecks(names: Iterable<string> = CHECK_NAMES): Promise<readonly Check[]> {
  const wanted = new Set(names);
  const checks: Check[] = [];
  for (const name of CHECK_NAMES) if (wanted.has(name)) checks.push(await LOADERS[name]());
  return checks;
}

const LOADERS: Readonly<Record<CheckName, () => Check | Promise<Check>>> = {
  validate: () => validate,
  'interp-exe': () => interpExe,
  'exe-linked': () => exeLinked,
  'exe-split': () => exeSplit,
  determinism: () => determinism,
  threads: () => threads,
  reflush: () => reflush,
  roundtrip: () => roundtripCore,
  wabt: async () => wabtCheck(await loadWabtValidator()),
};
