/**
 * The exit codes of the command, in one place: what scripts lean on. What was found decides, not how a child process died.
 */
import type { Stage } from '../model/finding.ts';

/** Code by meaning. */
export const EXIT = {
  clean: 0,
  finding: 1,
  usage: 2,
  failed: 3,
  unknown: 125,
  interrupted: 130,
} as const;

/** Code of an end of the command. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The code of findings: those that accuse the harness alone say nothing about the system under test. */
export function exitCodeOf(findings: readonly { readonly stage: Stage }[]): ExitCode {
  if (findings.length === 0) return EXIT.clean;
  return findings.every(({ stage }) => stage === 'harness') ? EXIT.failed : EXIT.finding;
}

/** For `--help`. */
export const EXIT_HELP = `
Exit codes:
  0    nothing found
  1    a finding
  2    wrong usage, or a bad input file; nothing is written
  3    the harness or its environment failed, or a campaign tested nothing
  125  cannot tell (for git bisect run)
  130  interrupted`;
