/**
 * Makes the case of a red bucket small, and names it by its cause, on the build of the working tree.
 *
 * Owns what is believed of the smaller case: it is shown only if the base does not fail it, because a reduction may end at what was wrong before. Bounded
 * by the time that it is given; where that is used up, the case stays as it is, and that is said.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { plural } from '../report/text.ts';
import type { Side } from './build-side.ts';
import { lastLine } from './build-side.ts';
import type { Judged } from './judge-candidate.ts';

/** Seconds below which a reduction is not worth its start. */
const LEAST_SECONDS = 2;

/** A red bucket with what there is to show of it. */
export interface Shown extends Judged {
  /** The case, as small as it has become; null where there is no text of it. */
  readonly program: string | null;
  /** Whether it is minimal, or why it is not; for people. */
  readonly reduction: string;
}

/** The object of `harness reduce --json`, as far as it is asked here. */
interface Reduced {
  readonly bucket: string | null;
  readonly instructions: number;
  readonly minimal: boolean;
  readonly runs: number;
}

/** Reduces the case of `red` for at most `seconds`; the result lies in `out`. */
export async function reduceRed(
  red: Judged,
  { head, base }: { readonly head: Side; readonly base: Side },
  seconds: number,
  out: string,
): Promise<Shown> {
  const shown = red.cases[0]!;
  const asItIs = (why: string): Shown => ({ ...red, program: textOf(shown), reduction: `not reduced: ${why}` });
  if (seconds < LEAST_SECONDS) return asItIs('the time of the gate is used up');
  const file = join(out, 'red.air');
  const { code, stdout, stderr } = await head.run('reduce', shown, '--time', `${seconds.toFixed(1)}s`, '-o', file);
  const reduced = objectIn(stdout);
  if (code === 130) return asItIs('interrupted');
  if (reduced === null) return asItIs(`${lastLine(stderr)} (exit code ${code})`);
  if (reduced.bucket === null || !existsSync(file)) return asItIs(lastLine(stderr));
  if ((await base.ask(file)) === 'fails') return asItIs('the smaller case fails on the base too');
  const { bucket: id, instructions, minimal, runs } = reduced;
  return {
    ...red,
    bucket: { ...red.bucket, id, instructions, caseFile: file },
    cases: [file, ...red.cases],
    program: textOf(file),
    reduction: minimal
      ? '1-minimal: no smaller candidate still fails'
      : `not minimal: the time for it was used up after ${plural(runs, 'run')}`,
  };
}

/** The text of a case file; null for a seed. */
function textOf(case_: string): string | null {
  return existsSync(case_) ? readFileSync(case_, 'utf8') : null;
}

function objectIn(stdout: string): Reduced | null {
  try {
    return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Reduced;
  } catch {
    return null;
  }
}
