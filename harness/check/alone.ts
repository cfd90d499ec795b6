/**
 * Whether a batch has an influence on what is in it: cases that failed, and one that passed, are run again by themselves.
 *
 * A back end that takes batches promises that the answer to a program does not depend on its neighbours. Where it does, the harness
 * (or what takes modules apart) is at fault, and no compiler is accused.
 */
import type { CaseReport } from '../model/case-report.ts';
import type { Case } from '../model/case.ts';
import type { Finding } from '../model/finding.ts';
import { bucketOf } from '../model/finding.ts';
import type { RunOptions } from './run-steps.ts';
import { runCaseSupplied } from './run-supplied.ts';
import { accusesBackend } from './witness.ts';

/** Failing cases of a batch that are run again; others of it fail alike. */
const MOST_FAILING = 6;

/** `reports` of cases that were compiled together; those that come out differently alone become findings of stage `harness`. */
export async function comparedAlone(
  reports: readonly CaseReport[],
  make: (n: number) => Case,
  options: RunOptions,
): Promise<readonly CaseReport[]> {
  if (options.backend.compiler.kind !== 'batch' || reports.length < 2) return reports;
  const failing = [...reports.keys()].filter((n) => reports[n]!.findings.some(accusesBackend)).slice(0, MOST_FAILING);
  const passing = [...reports.keys()].filter((n) => passed(reports[n]!)).slice(-1);
  const compared = new Map<number, CaseReport>();
  for (const n of [...failing, ...passing]) {
    const together = reports[n]!;
    const alone = await runCaseSupplied(make(n), options);
    if (alone.verdict.kind !== 'completed' || bucketsOf(alone) === bucketsOf(together)) continue;
    // What the environment did not let run says nothing.
    if (alone.incomparable.length > together.incomparable.length) continue;
    compared.set(n, { ...together, findings: [influence(together, alone)] });
  }
  return reports.map((report, n) => compared.get(n) ?? report);
}

function passed({ findings, verdict, incomparable }: CaseReport): boolean {
  return findings.length === 0 && verdict.kind === 'completed' && incomparable.length === 0;
}

function bucketsOf({ findings }: CaseReport): string {
  return findings.map(bucketOf).join(' ');
}

function influence(together: CaseReport, alone: CaseReport): Finding {
  const { check } = (together.findings[0] ?? alone.findings[0])!;
  const say = (report: CaseReport): string => report.findings.map(({ detail }) => detail).join('\n') || 'passes';
  return {
    check,
    stage: 'harness',
    kind: 'crash',
    op: 'batch',
    detail: `compiled with others:\n${say(together)}\ncompiled alone:\n${say(alone)}`,
  };
}
