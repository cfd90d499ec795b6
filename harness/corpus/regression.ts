/**
 * What makes a stored case a regression: it says in a comment what it is about, states what every call does, and the
 * interpreter agrees. Makes one of a finding, and says what a file lacks.
 *
 * Owns those rules, which corpus/README.md has for people. Runs the interpreter, never a back end: that is `harness regress`.
 */
import { interpret } from '../../interpreter/interpret.ts';
import type { StoredCase } from '../case/case-file.ts';
import { printCall } from '../case/case-file.ts';
import type { ExpectedOutcome } from '../case/expectations.ts';
import { expectationsOf } from '../case/expectations.ts';
import { printSeed } from '../model/case.ts';
import { InputError } from '../model/failure.ts';

/**
 * `stored` with everything stated that the interpreter says, and with `note` or, if it has no comment yet, where it came from.
 * Throws InputError where the program is at fault and can state nothing.
 */
export function regressionOf(stored: StoredCase, note: string | null): StoredCase {
  const { case: case_, bucket, notes } = stored;
  const run = interpret(case_.unit, case_.calls);
  const last = run.outcomes.at(-1);
  if (last?.kind === 'illegal' || last?.kind === 'exhausted') {
    throw new InputError(`the program is at fault (${last.kind}: ${last.what}), so nothing can be stated of it`);
  }
  const found = `Found by a campaign: ${bucket ?? 'no bucket'}, seed ${printSeed(case_)} of generator ${case_.generator}.`;
  const added = note ?? (notes.some(isWords) ? null : found);
  return {
    ...stored,
    // A case ends at the call that traps; the calls behind it were never made.
    case: { ...case_, calls: case_.calls.slice(0, run.outcomes.length) },
    notes: added === null ? notes : [...added.split('\n'), ...notes],
    expect: expectationsOf(case_.unit, run),
  };
}

/** What `stored` lacks as a regression; empty if it is one. */
export function faultsOf({ case: case_, notes, expect, bucket }: StoredCase): string[] {
  const { unit, calls } = case_;
  const faults: string[] = [];
  if (!notes.some(isWords)) faults.push('no comment says what the case is about');
  if (calls.length === 0 && expect.memory.size === 0 && bucket === null) faults.push('it makes no call');
  const run = interpret(unit, calls);
  calls.forEach((call, n) => {
    const stated = expect.outcomes[n];
    const found = run.outcomes[n];
    if (stated === undefined || stated.kind === 'unstated') faults.push(`nothing is stated of ${printCall(unit, call)}`);
    else if (found === undefined) faults.push(`${printCall(unit, call)} is never made`);
    else if (found.kind === 'illegal' || found.kind === 'exhausted') faults.push(`the program is at fault: ${found.what}`);
    else if (!sameKind(stated, found)) faults.push(`the interpreter disagrees about ${printCall(unit, call)}`);
  });
  return faults;
}

/** Values are compared by the check `expect`, which knows when two are one. */
function sameKind(stated: ExpectedOutcome, found: { readonly kind: string; readonly trap?: string }): boolean {
  return stated.kind === found.kind && (stated.kind !== 'trapped' || stated.trap === found.trap);
}

function isWords(note: string): boolean {
  return /\w/.test(note);
}
