/**
 * The list of checks, in the order in which they run. Adding a check means one entry here.
 */
import type { Check } from './check.ts';
import { determinism, reflush } from './bytes-checks.ts';
import { enginesCheck } from './engines.ts';
import { exeLinked, exeSplit } from './exe-objects.ts';
import { loadLlvm } from '../external/llvm.ts';
import { interpExe } from './interp-exe.ts';
import { lldCheck } from './lld.ts';
import { roundtripCore } from './roundtrip.ts';
import { topologyCheck } from './topology.ts';
import { threads } from './threads.ts';
import { validate } from './validate.ts';
import { configCheck, orderCheck } from './variations.ts';
import { loadWabtValidator, wabtCheck } from './wabt.ts';

/** Names of the checks, in order. `expect` is not among them: it belongs to stored cases (`RunOptions.expect`). */
export const CHECK_NAMES = [
  'validate',
  'interp-exe',
  'engines',
  'exe-linked',
  'exe-split',
  'topology',
  'order',
  'config',
  'determinism',
  'threads',
  'reflush',
  'roundtrip',
  'wabt',
  'lld',
] as const;

/** Name of a check. */
export type CheckName = (typeof CHECK_NAMES)[number];

/** Checks that cost much, or need what may not be installed: they run where they are asked for, or where a profile has them. */
export const OPTIONAL_CHECKS: readonly CheckName[] = ['lld'];

/** The checks that run on cases of `profile` when nothing else is said. */
export function defaultChecks(profile: string): readonly CheckName[] {
  return CHECK_NAMES.filter((name) => !OPTIONAL_CHECKS.includes(name) || profile === 'link');
}

/**
 * Loads the checks called `names` (default: all that are not optional), in the order of {@link CHECK_NAMES}; unknown names
 * are ignored, and so is a check that needs what is not installed.
 */
export async function loadChecks(names: Iterable<string> = defaultChecks('')): Promise<readonly Check[]> {
  const wanted = new Set(names);
  const checks: Check[] = [];
  for (const name of CHECK_NAMES) {
    const check = wanted.has(name) ? await LOADERS[name]() : null;
    if (check !== null) checks.push(check);
  }
  return checks;
}

const LOADERS: Readonly<Record<CheckName, () => Check | null | Promise<Check | null>>> = {
  validate: () => validate,
  'interp-exe': () => interpExe,
  engines: () => enginesCheck,
  'exe-linked': () => exeLinked,
  'exe-split': () => exeSplit,
  topology: () => topologyCheck,
  order: () => orderCheck,
  config: () => configCheck,
  determinism: () => determinism,
  threads: () => threads,
  reflush: () => reflush,
  roundtrip: () => roundtripCore,
  wabt: async () => wabtCheck(await loadWabtValidator()),
  lld: async () => {
    const llvm = await loadLlvm();
    return llvm === null ? null : lldCheck(llvm);
  },
};
