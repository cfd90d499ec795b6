/** `harness coverage`: what the cases of a campaign reach, and how two campaigns differ in that. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { GENERATOR_VERSION } from '../../generators/index.ts';
import { loadBackend } from '../backend/load-backend.ts';
import type { Coverage } from '../reach/coverage-file.ts';
import type { CoverageWish } from '../reach/measure-coverage.ts';
import { InputError } from '../model/failure.ts';
import { writeWhole } from '../model/files.ts';
import type { BackendOptions } from './backend-options.ts';
import { BACKEND_OPTIONS, withBackend } from './backend-options.ts';
import { defineCommand } from './command.ts';
import type { Io } from '../report/io.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT } from './exit-codes.ts';
import { ONLY_OPS, requireCells } from './only-ops.ts';
import { readInteger, readProfile, readSeed, readText } from './option.ts';
import { requireSteerable, STEER_OPTION } from './steer.ts';

interface CoverageOptions extends BackendOptions {
  readonly seed: { readonly seed: number; readonly profile: string };
  readonly profile: string | null;
  readonly runs: number;
  readonly onlyOps: readonly string[] | null;
  readonly steer: boolean;
  readonly output: string | null;
  readonly code: boolean;
  readonly json: boolean;
}

/** The same, with a back end that says everything. */
type Wanted = Omit<CoverageOptions, 'source' | 'witness'>;

/** Cases that are looked at where nothing else is said. */
const DEFAULT_CASES = 1000;

export const coverageCommand = defineCommand<CoverageOptions>({
  details:
    'Cells are instructions by class of type, opcodes, relocations by the state of their symbol, options and decorations of links. The first ' +
    'cases are drawn again and compiled, not run. With two run folders or files of -o, only what differs is shown.',
  args: [['[runs...]', 'one or two run folders, or files that -o has written; without, the cases of --seed']],
  options: {
    seed: {
      flags: '--seed <seed>',
      help: 'campaign seed, with a profile before it or not (default: 0x1)',
      fallback: { seed: 1, profile: 'default' },
      read: readSeed,
    },
    profile: { flags: '--profile <name>', help: 'the kind of programs', fallback: null, read: readProfile },
    runs: {
      flags: '--runs <n>',
      help: 'cases that are looked at, at most',
      fallback: DEFAULT_CASES,
      read: readInteger(1),
    },
    onlyOps: ONLY_OPS,
    steer: STEER_OPTION,
    ...BACKEND_OPTIONS,
    output: {
      flags: '-o, --output <file>',
      help: 'write the measurement there, for a comparison later',
      fallback: null,
      read: readText,
    },
    code: {
      flags: '--code',
      help: 'show the lines and functions of core that the cases of --seed run, by the counters of V8',
      fallback: false,
    },
    json: {
      flags: '--json',
      help: 'print one JSON object as the last line of stdout, everything else on stderr',
      fallback: false,
    },
  },
  async run(named, given, io) {
    const options = withBackend(given);
    if (named.length > 2) throw new InputError(`one or two runs can be shown, and ${named.length} are named`);
    if (named.length === 2 && options.output !== null) throw new InputError('-o goes with one run');
    if (options.code) return printCode(named, options, io);
    const { comparedLines, coverageLines, writtenCoverage } = await import('../reach/coverage-file.ts');
    const [first, second] =
      named.length === 0
        ? [await drawn(options)]
        : await Promise.all(named.map((name) => coverageNamed(name, options)));
    if (options.output !== null) writeWhole(options.output, writtenCoverage(first!));
    for (const line of second === undefined ? coverageLines(first!) : comparedLines(first!, second)) io.say(line);
    if (options.json) io.json(second === undefined ? { ...first! } : { before: first!, after: second });
    return EXIT.clean;
  },
});

function wishOf({ seed: named, profile: given, runs, onlyOps, steer }: Wanted): CoverageWish {
  const profile = readProfile(given ?? named.profile);
  if (steer) requireSteerable(profile);
  return { seed: named.seed, profile, shard: WHOLE, onlyOps, cases: runs, ...(steer && { steer }) };
}

function drawn(options: Wanted): Promise<Coverage> {
  return measured(wishOf(options), options.backend);
}

/** Core as it is here: another build has other files. */
async function printCode(named: readonly string[], options: Wanted, io: Io): Promise<ExitCode> {
  if (named.length > 0 || options.output !== null || options.backend !== 'core')
    throw new InputError('--code goes with the cases of --seed and with core as it is here');
  const { codeLines, linesRun } = await import('../reach/code-lines.ts');
  const { measureCoverage } = await import('../reach/measure-coverage.ts');
  const backend = await loadBackend('core');
  const wish = wishOf(options);
  requireCells(wish.profile, wish.onlyOps, backend);
  const files = linesRun(new URL('../../core/', import.meta.url).href, () => {
    measureCoverage(wish, backend);
  });
  for (const line of codeLines(files)) io.say(line);
  if (options.json) io.json({ cases: options.runs, files });
  return EXIT.clean;
}

const WHOLE = { index: 0, of: 1 };

async function measured(wish: CoverageWish, spec: string): Promise<Coverage> {
  const { measureCoverage } = await import('../reach/measure-coverage.ts');
  const backend = await loadBackend(spec);
  requireCells(wish.profile, wish.onlyOps, backend);
  return measureCoverage(wish, backend);
}

/** A file of `-o`, or the cases of a run folder. */
async function coverageNamed(name: string, options: Wanted): Promise<Coverage> {
  const stats = statSync(name, { throwIfNoEntry: false });
  if (stats?.isDirectory() !== true) {
    const { readCoverage } = await import('../reach/coverage-file.ts');
    return readCoverage(name);
  }
  if (!existsSync(join(name, 'events.jsonl'))) throw new InputError(`${name} is no run folder`);
  const { readRunReport } = await import('../report/run-report.ts');
  const { config, tally } = readRunReport(name);
  if (config.generator !== GENERATOR_VERSION) {
    throw new InputError(
      `${name} was made by generator ${config.generator}, this is generator ${GENERATOR_VERSION}: its cases cannot be drawn again`,
    );
  }
  const { seed, profile, shard, onlyOps, backend, steer } = config;
  const cases = Math.min(options.runs, tally.cases);
  return measured({ seed, profile, shard, onlyOps, cases, ...(steer === true && { steer }) }, backend);
}
