/**
 * Runs the reproducing case of each bug that is known of a back end, to see which of them are still there.
 *
 * All in one batch. A case that passes is a bug that is fixed; one that could not be compared says nothing. Knows neither campaigns
 * nor files.
 */
import type { KnownBug } from '../backend/known-bugs.ts';
import { readCaseFile } from '../case/case-file.ts';
import type { Backend } from '../backend/door.ts';
import { loadChecks } from '../check/checks.ts';
import type { RunOptions } from '../check/run-steps.ts';
import { runCasesSupplied } from '../check/run-supplied.ts';
import { accusesBackend } from '../check/witness.ts';
import type { Case } from '../model/case.ts';
import type { Finding } from '../model/finding.ts';
import { InputError } from '../model/failure.ts';
import type { Replies } from './protocol.ts';

/** What the cases of the back end's bugs do; `engines` run them. */
export async function replayKnown(backend: Backend, engines: RunOptions['engines']): Promise<Replies['known']> {
  const bugs = backend.known ?? [];
  const checks = await loadChecks(['validate', 'interp-exe']);
  const cases = bugs.map((bug) => () => caseOf(bug, backend));
  const reports = await runCasesSupplied(cases.length, (n) => cases[n]!(), { backend, engines, checks, every: true });
  const ids = { active: [] as string[], fixed: [] as string[], unclear: [] as string[] };
  reports.forEach(({ findings, verdict, incomparable }, n) => {
    const { id } = bugs[n]!;
    if (findings.some((finding) => accusesBackend(finding) || hasNoVote(finding))) ids.active.push(id);
    else if (findings.length === 0 && verdict.kind === 'completed' && incomparable.length === 0) ids.fixed.push(id);
    else ids.unclear.push(id);
  });
  return { kind: 'known', ...ids };
}

/** A bug that the witness has as well is filed as the printer's: it is there all the same. */
function hasNoVote({ stage }: Finding): boolean {
  return stage === 'printer';
}

function caseOf({ id, text }: KnownBug, { settings }: Backend): Case {
  const read = readCaseFile(text, id, { settings });
  if (read.ok) return read.value.case;
  throw new InputError(`the case of the known bug ${id} cannot be read: ${read.errors[0]!.message}`);
}
