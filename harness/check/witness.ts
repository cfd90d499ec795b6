/**
 * The third vote: a failure accuses a foreign back end only where its witness, another compiler that gets the same source, does what
 * the interpreter says.
 *
 * Without it, most differences are the fault of what both are given: the printer of the source, or an instruction that the two
 * languages mean differently. Reductions ask the same question, so they cannot slip into programs without meaning.
 */
import type { Finding } from '../model/finding.ts';
import { describeDifference } from '../model/verdict.ts';
import { textOfFailure } from '../way/build-result.ts';
import type { CaseContext } from './context.ts';

/** Findings of the harness's own parts stand without a witness. */
const OWN: ReadonlySet<Finding['stage']> = new Set([
  'harness',
  'interpreter',
  'text',
  'engine',
  'optimizer',
  'foreign-linker',
]);

/** Whether `finding` accuses the back end, and not the harness or what both compilers are given. */
export function accusesBackend({ stage }: Finding): boolean {
  return !OWN.has(stage) && stage !== 'printer';
}

/** `findings`, and those that the witness does not confirm under the stage `printer`. */
export function withVote(context: CaseContext, findings: readonly Finding[]): readonly Finding[] {
  const { witness } = context.backend;
  if (witness === undefined || findings.every(({ stage }) => OWN.has(stage))) return findings;
  const objection = objectionOf(context, witness.name);
  return findings.map((finding) => {
    if (OWN.has(finding.stage)) return finding;
    if (objection === null)
      return { ...finding, detail: `${finding.detail}\n  ${witness.name}: does the same as the reference` };
    return { ...finding, stage: 'printer', detail: `${finding.detail}\n  ${witness.name}: ${objection}` };
  });
}

/** Why the witness does not speak for the interpreter, or null where it does. */
function objectionOf(context: CaseContext, way: string): string | null {
  const built = context.artefacts.byWay(way);
  if (built.kind !== 'built') return `gives no module: ${textOfFailure(built)}`;
  const verdict = context.verdictOf(built)!;
  switch (verdict.kind) {
    case 'same':
      return null;
    case 'incomparable':
      return `cannot be compared: ${verdict.reason}`;
    case 'different':
      return `differs too\n${describeDifference(way, verdict)}`;
  }
}
