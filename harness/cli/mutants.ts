/**
 * `harness mutants`: plants mistakes in a copy of core and measures how many of them the harness finds.
 *
 * Owns the way from options to a measurement and from its result to the exit code, and the temporary folder: whatever way the command
 * ends by itself, the folder is gone. What is measured and how is in harness/mutants/.
 */
import { join } from 'node:path';
import { GENERATOR_VERSION, PROFILES } from '../../generators/index.ts';
import { selectChecks } from '../check/select-checks.ts';
import { requireAddresses } from '../engine/v8/memory64.ts';
import { HarnessError, InputError } from '../model/failure.ts';
import { codeOf, makeFolder, messageOf, writeWhole } from '../model/files.ts';
import { compare, readMeasurement } from '../mutants/compare.ts';
import { EQUIVALENTS, staleEquivalents } from '../mutants/equivalents.ts';
import type { Measurement } from '../mutants/measure.ts';
import type { Mutant } from '../mutants/mutant.ts';
import { comparisonLines, resultLine, summaryLines } from '../mutants/print-score.ts';
import type { MutantFigures } from '../mutants/mutants-page.ts';
import type { MutantSummary } from '../mutants/score.ts';
import { MUTANTS_FILE, summarise } from '../mutants/score.ts';
import type { TrialPlan } from '../mutants/trial.ts';
import type { Io } from '../report/io.ts';
import { plural, timeSpan } from '../report/text.ts';
import { defineCommand } from './command.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT } from './exit-codes.ts';
import { openTemporaryFolder } from './temporary-folder.ts';
import { jobsOf, JOBS_OPTION } from './jobs.ts';
import { readInteger, readList, readProfile, readText } from './option.ts';

/** Options of `harness mutants`; null: not given. */
interface MutantsOptions {
  readonly seed: number | null;
  readonly sample: number | null;
  readonly runs: number;
  readonly profile: readonly string[] | null;
  readonly historical: boolean;
  readonly checks: string | null;
  readonly jobs: number | 'auto';
  readonly only: string | null;
  readonly ids: readonly string[] | null;
  readonly out: string | null;
  readonly compare: boolean;
  readonly json: boolean;
}

/** Where `--out` puts the page; the figures are in {@link MUTANTS_FILE}. */
const PAGE_FILE = 'mutants.html';
/** How many mutants, and with which profiles, if nothing else is said. */
const SAMPLE = 60;
const PROFILE = ['default', 'link'];

export const mutantsCommand = defineCommand<MutantsOptions>({
  details:
    'Draws mutants of the built core by the seed and runs cases against each until the first finding. First the same cases must ' +
    'pass without a mutant. Everything in the result but times is the same for any number of jobs. ' +
    'Exit code 1: a mutant survived that is not listed as equivalent.',
  args: [['[files...]', `with --compare: two files ${MUTANTS_FILE}`]],
  options: {
    seed: {
      flags: '--seed <n>',
      help: 'seed of the sample and of the cases (default: random)',
      fallback: null,
      read: readInteger(0),
    },
    sample: {
      flags: '--sample <n>',
      help: `how many mutants (default: ${SAMPLE}; with --historical: all)`,
      fallback: null,
      read: readInteger(1),
    },
    runs: { flags: '--runs <n>', help: 'cases of each profile, at most', fallback: 2500, read: readInteger(1) },
    profile: {
      flags: '--profile <list>',
      help: `profiles, or all; each mutant begins with those whose cases run it most (default: ${PROFILE.join(',')}; with --historical: those of each bug)`,
      fallback: null,
      read: (text) => (text === 'all' ? Object.keys(PROFILES) : readList(text).map(readProfile)),
    },
    checks: {
      flags: '--checks <list>',
      help: '+lld,-wabt changes the selection of checks, a,b replaces it',
      fallback: null,
      read: readText,
    },
    jobs: JOBS_OPTION,
    only: {
      flags: '--only <file>',
      help: 'only mutants of files whose path has this in it: codegen/scalar/casts',
      fallback: null,
      read: readText,
    },
    ids: {
      flags: '--ids <list>',
      help: 'these mutants instead of a sample, by the names that the result gives them',
      fallback: null,
      read: readList,
    },
    out: {
      flags: '--out <folder>',
      help: `write the figures to ${MUTANTS_FILE} and a page to ${PAGE_FILE} in this folder`,
      fallback: null,
      read: readText,
    },
    historical: {
      flags: '--historical',
      help: 'bugs that were once made elsewhere instead of generated mutants, each with the profiles that are to find it',
      fallback: false,
    },
    compare: {
      flags: '--compare',
      help: 'run nothing: compare the figures in two files that --out wrote; exit code 1 if the second has fewer kills',
      fallback: false,
    },
    json: {
      flags: '--json',
      help: 'print one JSON object as the last line of stdout, everything else on stderr',
      fallback: false,
    },
  },
  run: mutants,
});

async function mutants(files: readonly string[], options: MutantsOptions, io: Io): Promise<ExitCode> {
  if (options.compare) return compareFiles(files, options, io);
  if (files.length > 0) throw new InputError(`files are for --compare: ${files.join(' ')}`);
  for (const profile of options.profile ?? []) {
    requireAddresses(PROFILES[profile]!.ptrBits);
    selectChecks(options.checks, profile);
  }
  if (options.profile !== null && new Set(options.profile).size < options.profile.length)
    throw new InputError('--profile names a profile twice');
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 32);
  const { runs, checks } = options;
  const jobs = jobsOf(options.jobs);
  if (options.historical) {
    const { runHistoricalBugs } = await import('./historical-bugs.ts');
    const out = options.out === null ? null : { folder: options.out, file: MUTANTS_FILE };
    return runHistoricalBugs({ ...options, seed, jobs, profiles: options.profile, out }, io);
  }
  const profiles = options.profile ?? PROFILE;
  const plan: TrialPlan = { seed, profiles, runs, checks };
  const { mutantsOfCore, sampleOf, measure } = await loadParts();
  const all = mutantsOfCore(options.only);
  if (all.length === 0)
    throw new InputError(`--only ${options.only ?? ''}: no mutated file of core has this in its path`);
  const chosen = options.ids === null ? sampleOf(all, options.sample ?? SAMPLE, seed) : named(options.ids, all);
  if (options.out !== null) makeFolder(options.out);
  io.note(`seed ${seed}: ${plural(chosen.length, 'mutant')} of ${all.length}, ${runs} cases of ${profiles.join(', ')}`);
  if (options.only === null) warnOfStale(all, io);
  const temporary = openTemporaryFolder(io.note);
  let done = 0;
  let measured: Measurement;
  try {
    measured = await measure(chosen, {
      plan,
      folder: temporary.path,
      jobs,
      stop: temporary.stop,
      onBaseline: ({ cases, seconds }) =>
        io.note(`without a mutant: ${plural(cases, 'case')} pass, ${timeSpan(seconds)}`),
      onResult: (result) => io.note(`${String(++done).padStart(4)}/${chosen.length} ${resultLine(result)}`),
    });
  } finally {
    temporary.release();
  }
  const { baseline, results, isInterrupted } = measured;
  const summary = summarise(results, EQUIVALENTS);
  for (const line of summaryLines(summary)) io.say(line);
  const figures: MutantFigures & { readonly schema: 1; readonly functions: MutantSummary['functions'] } = {
    ...{ schema: 1 as const, seed, generator: GENERATOR_VERSION, sites: all.length, sample: chosen.length },
    ...{ runs, profiles, checks, only: options.only, interrupted: isInterrupted },
    baseline: { cases: baseline.cases, seconds: baseline.seconds },
    ...summary.total,
    ...{ medianCases: summary.medianCases, percentile90Cases: summary.percentile90Cases, seconds: summary.seconds },
    ...{ killsByCheck: summary.checks, killsByProfile: summary.profiles, wrongEquivalents: summary.wrongEquivalents },
    ...{ operators: summary.operators, files: summary.files, functions: summary.functions, mutants: summary.mutants },
  };
  if (options.out !== null) {
    const { mutantsPage } = await import('../mutants/mutants-page.ts');
    writeWhole(join(options.out, MUTANTS_FILE), `${JSON.stringify(figures, null, 2)}\n`);
    writeWhole(join(options.out, PAGE_FILE), mutantsPage(figures));
  }
  if (options.json) io.json(figures);
  if (isInterrupted) return EXIT.interrupted;
  const { survived, unreached } = summary.total;
  return survived + unreached + summary.wrongEquivalents.length > 0 ? EXIT.finding : EXIT.clean;
}

function compareFiles(files: readonly string[], { json }: MutantsOptions, io: Io): ExitCode {
  const [first, second, ...more] = files;
  if (first === undefined || second === undefined || more.length > 0) {
    throw new InputError(`--compare takes two files, not ${files.length}`);
  }
  const comparison = compare(readMeasurement(first), readMeasurement(second));
  for (const line of comparisonLines(comparison)) io.say(line);
  if (json) io.json({ schema: 1, files, ...comparison });
  return comparison.second.killed < comparison.first.killed ? EXIT.finding : EXIT.clean;
}

/** Loaded late: the parser of JavaScript is large, and only there where the project itself is developed. */
async function loadParts() {
  try {
    const [core, sample, all] = await Promise.all([
      import('../mutants/instrumented-core.ts'),
      import('../mutants/sample.ts'),
      import('../mutants/measure.ts'),
    ]);
    return { ...core, ...sample, ...all };
  } catch (error) {
    if (codeOf(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new HarnessError(
      `mutants are made with typescript, a development dependency: run npm ci in a clone of the project (${messageOf(error)})`,
    );
  }
}

function named(ids: readonly string[], all: readonly Mutant[]): Mutant[] {
  const missing = ids.find((id) => !all.some((mutant) => mutant.id === id));
  if (missing !== undefined)
    throw new InputError(`--ids: there is no mutant ${missing}: the code may have changed since`);
  return all.filter(({ id }) => ids.includes(id));
}

function warnOfStale(all: readonly Mutant[], io: Io): void {
  for (const { file, line, reason } of staleEquivalents(all, EQUIVALENTS)) {
    io.note(`${io.paintNote.yellow('warning')} listed as equivalent and gone from core/${file}: ${line} (${reason})`);
  }
}
