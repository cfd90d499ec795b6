/**
 * Loads checks. Adding one means an entry here and one in harness/model/check-names.ts.
 */
import type { Check } from './check.ts';
import type { CheckName } from '../model/check-names.ts';
import { CHECK_NAMES, defaultChecks } from '../model/check-names.ts';
import { determinism, reflush } from './bytes-checks.ts';
import { enginesCheck } from './engines.ts';
import { exeLinked, exeSplit } from './exe-objects.ts';
import { loadLlvm } from '../external/llvm.ts';
import { interpExe } from './interp-exe.ts';
import { layoutCheck } from './layout.ts';
import { lldCheck } from './lld.ts';
import { mixedCheck } from './mixed.ts';
import { refusesCheck } from './refuses.ts';
import { roundtripCore } from './roundtrip.ts';
import { topologyCheck } from './topology.ts';
import { threads } from './threads.ts';
import { validate } from './validate.ts';
import { variablesCheck } from './variables.ts';
import { configCheck, orderCheck } from './variations.ts';
import { loadWabtValidator, wabtCheck } from './wabt.ts';

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
  mixed: () => mixedCheck,
  topology: () => topologyCheck,
  order: () => orderCheck,
  config: () => configCheck,
  determinism: () => determinism,
  threads: () => threads,
  reflush: () => reflush,
  roundtrip: () => roundtripCore,
  layout: () => layoutCheck,
  variables: () => variablesCheck,
  refuses: () => refusesCheck,
  wabt: async () => wabtCheck(await loadWabtValidator()),
  linkers: async () => {
    const { installedLinkers } = await import('../linker/installed-linkers.ts');
    const linkers = await installedLinkers();
    return linkers.length === 0 ? null : (await import('./linkers.ts')).linkersCheck(linkers);
  },
  binaryen: async () => {
    const { loadBinaryen } = await import('../external/binaryen.ts');
    const binaryen = await loadBinaryen();
    return binaryen === null ? null : (await import('./binaryen.ts')).binaryenCheck(binaryen);
  },
  lld: async () => {
    const llvm = await loadLlvm();
    return llvm === null ? null : lldCheck(llvm);
  },
};
