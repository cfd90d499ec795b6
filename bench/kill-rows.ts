/**
 * The process of reached-mutants.ts that runs cases against one copy of core: every check on every case, as a campaign
 * runs it where it is due.
 *
 * Gets one task, answers once, ends. A task of a mutant is answered with the checks that failed, case by case; one without a mutant
 * with the processor time of each check.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CoreDoor } from '../harness/backend/core/core-backend.ts';
import { coreBackend } from '../harness/backend/core/core-backend.ts';
import { generatorOf } from '../harness/case/generate.ts';
import type { Check } from '../harness/check/check.ts';
import { loadChecks } from '../harness/check/checks.ts';
import { runCase, runCases } from '../harness/check/run-case.ts';
import { selectChecks } from '../harness/check/select-checks.ts';
import { V8_ENGINE } from '../harness/engine/v8/v8-engine.ts';
import type { Case } from '../harness/model/case.ts';
import { seedAt } from '../harness/worker/seed-at.ts';

/** What the process is asked. */
export interface RowsTask {
  /** Folder of the back end. */
  readonly door: string;
  readonly profile: string;
  readonly seed: number;
  /** Size of the programs, in parts of what the profile says. */
  readonly scale: number;
  /** Cases to be run, by their positions in the campaign. */
  readonly positions: Uint32Array;
  /** Time the checks: in the form and the portions of a campaign, after the first `warmUp` cases. */
  readonly warmUp: number | null;
}

/** What it answers. */
export interface Rows {
  /** For each case the checks that failed. */
  readonly failed: readonly (readonly string[])[];
  /** Of `warmUp`: milliseconds of processor time per case for each check, and under '' for everything else. */
  readonly costs: Readonly<Record<string, number>>;
}

process.on('disconnect', () => process.exit(0));
process.on('message', (task) => {
  void answer(task as RowsTask).then((rows) => process.send!(rows, () => process.disconnect()));
});

async function answer({ door, profile, seed, scale, positions, warmUp }: RowsTask): Promise<Rows> {
  const core = (await import(pathToFileURL(join(door, 'index.js')).href)) as CoreDoor;
  const generate = generatorOf(profile, null);
  const caseAt = (n: number): Case =>
    generate(seedAt({ seed, shard: { index: 0, of: 1 }, profile }, positions[n]!), scale);
  const spent = new Map<string, number>();
  const loaded = (await loadChecks(selectChecks(null, profile).names)).map((check) => ({ ...check, frequency: 1 }));
  // `validate` looks at what the others make: behind them, its time is its own.
  const ordered = loaded.toSorted((a, b) => Number(a.name === 'validate') - Number(b.name === 'validate'));
  const checks = warmUp === null ? ordered : ordered.map((check) => timed(check, spent));
  const options = { backend: coreBackend(core, 'core-copy'), engines: [V8_ENGINE] as const, checks };
  if (warmUp === null) {
    const failed = Array.from(positions, (_, n) => runCase(caseAt(n), options).findings.map(({ check }) => check));
    return { failed, costs: {} };
  }
  runCases(warmUp, caseAt, options, () => true);
  spent.clear();
  const before = process.cpuUsage();
  const count = positions.length - warmUp;
  runCases(
    count,
    (n) => caseAt(warmUp + n),
    options,
    () => true,
  );
  const { user, system } = process.cpuUsage(before);
  const inChecks = [...spent.values()].reduce((sum, one) => sum + one, 0);
  const costs = Object.fromEntries([...spent].map(([name, micros]) => [name, micros / 1000 / count]));
  return { failed: [], costs: { ...costs, '': (user + system - inChecks) / 1000 / count } };
}

/** `check`, whose microseconds of processor time are added to its entry. What several checks need is made by the first of them. */
function timed(check: Check, spent: Map<string, number>): Check {
  const measure = <T>(body: () => T): T => {
    const before = process.cpuUsage();
    try {
      return body();
    } finally {
      const { user, system } = process.cpuUsage(before);
      spent.set(check.name, (spent.get(check.name) ?? 0) + user + system);
    }
  };
  return {
    ...check,
    applies: (context) => measure(() => check.applies(context)),
    run: (context) => measure(() => check.run(context)),
  };
}
