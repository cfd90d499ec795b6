/**
 * What the end of a worker process means: in words, and as a finding.
 */
import type { Finding } from '../model/finding.ts';
import type { TaskOutcome } from './protocol.ts';

/** How a worker ended, for people. */
export function describeDeath(outcome: Extract<TaskOutcome, { kind: 'died' }>): string {
  if (outcome.how.why === 'hung') return 'no progress';
  return outcome.how.signal ?? `exit code ${outcome.how.code ?? '-'}`;
}

/** The finding that a dead worker is. `process` is the check that each case runs without being asked. */
export function findingOfDeath(outcome: Extract<TaskOutcome, { kind: 'died' }>): Finding {
  const { how, stderr } = outcome;
  const hung = how.why === 'hung';
  return {
    check: 'process',
    stage: hung || how.signal === null ? 'harness' : 'engine',
    kind: hung ? 'timeout' : 'crash',
    op: hung ? 'hung' : (how.signal ?? `exit-${how.code ?? 'unknown'}`).toLowerCase(),
    detail: `the worker process ended: ${describeDeath(outcome)}\n${stderr}`.trimEnd(),
  };
}
