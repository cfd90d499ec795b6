/**
 * Findings that a known bug of the back end explains: they are counted under its name, and are no findings.
 *
 * A finding is explained where the program has in it what the bug is about, and fails as the bug does. Only what accuses the back
 * end is looked at: a fault of the harness is never known.
 */
import type { KnownBug } from '../backend/known-bugs.ts';
import { bugsMet, knownAs } from '../backend/known-bugs.ts';
import type { Backend } from '../backend/door.ts';
import type { Case } from '../model/case.ts';
import type { Finding } from '../model/finding.ts';
import type { CaseContext } from './context.ts';
import { accusesBackend } from './witness.ts';

/** Beginning of the reason under which findings of a known bug are counted. */
const KNOWN = 'known:';

/** `findings` without those that one of `known` explains, which are counted in `context`. */
export function withoutKnown(
  context: CaseContext,
  findings: readonly Finding[],
  known: readonly KnownBug[],
): readonly Finding[] {
  if (known.length === 0 || findings.length === 0) return findings;
  const { case: case_, backend } = context;
  const met = bugsMet(case_.unit, backend.settings.print(case_.settings), known);
  return findings.filter((finding) => {
    const bug = accusesBackend(finding) ? knownAs(finding, met) : null;
    if (bug !== null) context.incomparable(`${KNOWN}${bug.id}`);
    return bug === null;
  });
}

/** `findings`, each with a line about the known bug of `backend` that explains it. */
export function tellKnown(
  findings: readonly Finding[],
  { unit, settings }: Case,
  backend: Backend,
): readonly Finding[] {
  const { known = [] } = backend;
  if (known.length === 0 || findings.length === 0) return findings;
  const met = bugsMet(unit, backend.settings.print(settings), known);
  return findings.map((finding) => {
    const bug = accusesBackend(finding) ? knownAs(finding, met) : null;
    return bug === null ? finding : { ...finding, detail: `${finding.detail}\n  known: ${bug.id}, ${bug.what}` };
  });
}
