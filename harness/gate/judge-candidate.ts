/**
 * Whether a case that fails in the working tree is the fault of the change.
 *
 * Owns the rule: the same text runs on both builds, and a bucket is red only if it fails here, and does not fail on the base, each
 * time out of three. Names of buckets are not compared, as a change may rename them.
 */
import type { BucketSummary } from '../report/summary.ts';
import type { Side } from './build-side.ts';

/** Runs on each build before it is accused. */
const RUNS = 3;

/** A bucket of the working tree, and the texts (files), or the seed, that show it. */
export interface Candidate {
  readonly bucket: BucketSummary;
  /** What shows it, best first: the minimised case, the case as it was generated; a seed where there is no text. */
  readonly cases: readonly string[];
  /** The seed that found it, as it is printed; null for a file of the corpus. */
  readonly seed: string | null;
}

/** What became of a candidate. */
export interface Judged extends Candidate {
  /** `red`: the base does not fail; `known`: it fails there too; `flaky`: it does not always fail here. */
  readonly verdict: 'red' | 'known' | 'flaky';
  /** For people. */
  readonly why: string;
}

/** Judges a candidate by running it on both builds. */
export async function judgeCandidate(candidate: Candidate, head: Side, base: Side): Promise<Judged> {
  let flaky: string | null = null;
  for (const case_ of candidate.cases) {
    let onBase = await base.ask(case_);
    if (onBase === 'fails') continue;
    let here = 0;
    for (let run = 0; run < RUNS; run++) if ((await head.ask(case_)) === 'fails') here++;
    if (here < RUNS) {
      flaky = `fails ${here} times out of ${RUNS} in the working tree`;
      continue;
    }
    for (let run = 1; run < RUNS && onBase !== 'fails'; run++) onBase = await base.ask(case_);
    if (onBase === 'fails') {
      flaky = `does not fail on the base each time`;
      continue;
    }
    const why = onBase === 'passes' ? 'the base passes it' : 'it is no case for the base';
    return { ...candidate, cases: [case_, ...candidate.cases.filter((one) => one !== case_)], verdict: 'red', why };
  }
  if (flaky !== null) return { ...candidate, verdict: 'flaky', why: flaky };
  return { ...candidate, verdict: 'known', why: 'the base fails it too' };
}
