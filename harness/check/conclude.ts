/**
 * From verdicts to findings: the steps that the running checks share.
 */
import type { Finding, Stage, WayId } from '../model/finding.ts';
import type { Difference, Verdict } from '../model/verdict.ts';
import { agree, describeDifference } from '../model/verdict.ts';
import type { Way } from '../way/ways.ts';
import type { CaseContext } from './context.ts';

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

/** The finding that `difference` is. `side` is what differs, for people. */
export function findingOfDifference(
  difference: Difference,
  check: string,
  stage: Stage,
  side: string,
  way?: WayId,
): Finding {
  const by = way === undefined ? {} : { way };
  const detail = describeDifference(side, difference);
  return { check, stage, kind: difference.what, op: difference.op, ...by, detail };
}

/** Reports the difference of one way unless a simpler way has the same one; `known`, their verdicts, is asked where there is one. */
export function concludeWay(
  context: CaseContext,
  verdict: Verdict | null,
  known: () => readonly (Verdict | null)[],
  check: string,
  way: Way,
  side = way.name,
): readonly Finding[] {
  const difference = verdict === null ? null : concludeVerdict(context, verdict);
  if (difference === null || known().some((other) => other !== null && agree(other, difference))) return [];
  return [findingOfDifference(difference, check, way.accuses, side, way.id)];
}
