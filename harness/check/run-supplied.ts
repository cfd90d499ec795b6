/**
 * Runs cases whose back end or engines answer later: each case is run until an answer is missing, what all of them want is
 * asked for in one batch, and those that were left are run again.
 *
 * The same steps, checks and guards as run-case.ts, in the same order; of a back end in this process nothing is asked later,
 * and it had better be run there, without a promise.
 */
import type { Backend } from '../backend/door.ts';
import type { Engine } from '../engine/door.ts';
import type { CaseReport } from '../model/case-report.ts';
import type { Case } from '../model/case.ts';
import { Supply, supplied, Wanted } from '../way/supply.ts';
import { runCase } from './run-case.ts';
import type { RunOptions } from './run-steps.ts';

/** Whether something of these answers later. */
export function answersLater(backend: Backend, engines: readonly Engine[]): boolean {
  const { compiler, linkable } = backend;
  return compiler.kind === 'batch' || linkable !== undefined || engines.some(({ kind }) => kind === 'batch');
}

/** As `runCase`, for every kind of back end and engine. */
export function runCaseSupplied(given: Case, options: RunOptions): Promise<CaseReport> {
  const supply = options.supply ?? new Supply(options.backend);
  return supplied(supply, () => runCase(given, { ...options, supply }));
}

/** The reports of `count` cases, in order. `make` may be called several times for one. Options may differ but in the back end. */
export async function runCasesSupplied(
  count: number,
  make: (n: number) => Case,
  options: RunOptions | ((n: number) => RunOptions),
): Promise<CaseReport[]> {
  if (count === 0) return [];
  const optionsOf = typeof options === 'function' ? options : (): RunOptions => options;
  const supply = new Supply(optionsOf(0).backend);
  const reports: (CaseReport | null)[] = Array.from({ length: count }, () => null);
  for (;;) {
    for (let n = 0; n < count; n++) {
      if (reports[n] !== null) continue;
      try {
        reports[n] = runCase(make(n), { ...optionsOf(n), supply });
      } catch (error) {
        if (!(error instanceof Wanted)) throw error;
      }
    }
    if (!(await supply.fulfil())) break;
  }
  return reports.map((report, n) => {
    if (report === null) throw new Error(`case ${n} wants something that nobody was asked for`);
    return report;
  });
}
