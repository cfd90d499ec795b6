/**
 * `harness mutants --historical`: the way from options to a measurement with the bank of historical bugs, and from its result to the
 * exit code. What is measured and how is in harness/mutants/historical/.
 */
import { join } from 'node:path';
import { GENERATOR_VERSION } from '../../generators/index.ts';
import { InputError } from '../model/failure.ts';
import { makeFolder, writeWhole } from '../model/files.ts';
import { HISTORICAL_BUGS, UNMATCHED_ENTRIES } from '../mutants/historical/bank.ts';
import { bankLines, bugLine, summariseBank } from '../mutants/historical/bank-score.ts';
import type { HistoricalBug } from '../mutants/historical/bug.ts';
import type { BankMeasurement } from '../mutants/historical/measure-bank.ts';
import { measureBank } from '../mutants/historical/measure-bank.ts';
import { sampleOf } from '../mutants/sample.ts';
import type { Io } from '../report/io.ts';
import { plural, timeSpan } from '../report/text.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT } from './exit-codes.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

/** What is measured. Null: all bugs, the profiles of each bug, all checks of a profile, no file. */
export interface BankRequest {
  readonly seed: number;
  readonly sample: number | null;
  readonly runs: number;
  readonly profiles: readonly string[] | null;
  readonly checks: string | null;
  readonly jobs: number;
  readonly only: string | null;
  readonly ids: readonly string[] | null;
  /** File for the figures. */
  readonly out: { readonly folder: string; readonly file: string } | null;
  readonly json: boolean;
}

/** Measures with the bugs that `request` asks for. */
export async function runHistoricalBugs(request: BankRequest, io: Io): Promise<ExitCode> {
  const { seed, runs, profiles, checks, jobs, only, out } = request;
  const bugs = chosenBugs(request);
  if (out !== null) makeFolder(out.folder);
  io.note(
    `seed ${seed}: ${plural(bugs.length, 'historical bug')} of ${HISTORICAL_BUGS.length}, ` +
      `${runs} cases of ${profiles === null ? 'the profiles of each' : profiles.join(', ')}`,
  );
  const temporary = openTemporaryFolder(io.note);
  let done = 0;
  let measured: BankMeasurement;
  try {
    measured = await measureBank(bugs, {
      plan: { seed, profiles, runs, checks },
      folder: temporary.path,
      jobs,
      stop: temporary.stop,
      onBaseline: ({ cases, seconds }) => io.note(`without a bug: ${plural(cases, 'case')} pass, ${timeSpan(seconds)}`),
      onResult: (result) => io.note(`${String(++done).padStart(4)}/${bugs.length} ${bugLine(result)}`),
    });
  } finally {
    temporary.release();
  }
  const { baseline, results, isInterrupted: interrupted } = measured;
  const summary = summariseBank(results, UNMATCHED_ENTRIES);
  for (const line of bankLines(summary)) io.say(line);
  const figures = {
    ...{ schema: 1, bank: 'historical', seed, generator: GENERATOR_VERSION, sites: HISTORICAL_BUGS.length },
    ...{ sample: bugs.length, runs, profiles, checks, only, interrupted, baseline },
    ...summary,
  };
  if (out !== null) writeWhole(join(out.folder, out.file), `${JSON.stringify(figures, null, 2)}\n`);
  if (request.json) io.json(figures);
  if (interrupted) return EXIT.interrupted;
  return summary.survived > 0 ? EXIT.finding : EXIT.clean;
}

function chosenBugs({ only, ids, sample, seed }: BankRequest): readonly HistoricalBug[] {
  const found = HISTORICAL_BUGS.filter(({ file }) => {
    return only === null || `core/${file} core/${file.replace(/js$/, 'ts')}`.includes(only);
  });
  if (found.length === 0)
    throw new InputError(`--only ${only ?? ''}: no historical bug is in a file with this in its path`);
  if (ids === null) return sample === null ? found : sampleOf(found, sample, seed);
  const missing = ids.find((id) => !found.some((bug) => bug.id === id));
  if (missing !== undefined) throw new InputError(`--ids: there is no historical bug ${missing}`);
  return found.filter(({ id }) => ids.includes(id));
}
