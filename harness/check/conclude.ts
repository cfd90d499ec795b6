/**
 * From verdicts to findings: the steps that the running checks share.
 */
import type { Finding, Stage } from '../model/finding.ts';
import type { CaseContext } from './context.ts';
import type { Difference, Verdict } from '../model/verdict.ts';
import { describeDifference } from '../model/verdict.ts';

/** Notes what could not be compared, and returns the difference if there is one for the calling check to report. */
export function concludeVerdict(context: CaseContext, verdict: Verdict): Difference | null {
  switch (verdict.kind) {
    case 'same':
      return null;
    case 'incomparable':
      context.incomparable(verdict.reason);
      return null;
    case 'different':
      // Bytes that do not even compile are reported by `validate`, once for all ways to them.
      if (verdict.what === 'invalid' && verdict.where === 'compile') {
        context.incomparable('rejected:compile');
        return null;
      }
      return verdict;
  }
}

/** The finding that `difference` is. */
export function findingOfDifference(difference: Difference, check: string, stage: Stage, side: string): Finding {
  return { check, stage, kind: difference.what, op: difference.op, detail: describeDifference(side, difference) };
}
