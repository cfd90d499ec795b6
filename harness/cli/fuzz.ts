/**
 * `harness fuzz`: a campaign from the command line.
 *
 * Owns the way from options to a campaign and from its result to the exit code. The campaign itself knows none of this.
 */
import type { AirTag } from '../../core/index.ts';
import { casesOfProfile, GENERATOR_VERSION, PROFILES } from '../../generators/index.ts';
import type { CampaignConfig } from '../campaign/config.ts';
import { RunFolder } from '../campaign/run-folder.ts';
import { printSeed } from '../model/case.ts';
import { InputError } from '../model/failure.ts';
import type { FormatName } from '../report/format-names.ts';
import type { Shard } from '../worker/protocol.ts';
import type { BackendOptions } from './backend-options.ts';
import { BACKEND_OPTIONS, withBackend } from './backend-options.ts';
import { defineCommand } from './command.ts';
import type { Conducted, OpenedRun } from './conduct.ts';
import { conduct, REPORT_OPTION } from './conduct.ts';
import { JOBS_OPTION } from './jobs.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Io } from '../report/io.ts';
import { NO_KNOWN_OPTION } from './known-bugs.ts';
import { ONLY_OPS, requireCells } from './only-ops.ts';
import {
  DEFAULT_ENGINES,
  ENGINES_OPTION,
  readDay,
  readDuration,
  readInteger,
  readProfile,
  readSeed,
  readShard,
  readText,
} from './option.ts';
import { requireSteerable, STEER_OPTION } from './steer.ts';

/** Options of `harness fuzz`; null: not given. */
interface FuzzOptions extends BackendOptions {
  readonly seed: { readonly seed: number; readonly profile: string } | null;
  readonly runs: number | null;
  readonly time: number | null;
  readonly jobs: number | 'auto';
  readonly shard: Shard;
  readonly profile: string | null;
  readonly checks: string | null;
  readonly onlyOps: readonly string[] | null;
  readonly steer: boolean;
  readonly engines: string;
  readonly out: string | null;
  readonly resume: boolean;
  readonly stopOnFirst: boolean;
  readonly reduceRuns: number;
  readonly reduceTime: number | null;
  readonly reduceShare: number;
  readonly known: boolean;
  readonly date: string | null;
  readonly report: readonly FormatName[];
  readonly metrics: string | null;
  readonly json: boolean;
}

/** How long a campaign runs that was told nothing, in seconds. */
const DEFAULT_TIME = 30;

/** The kind of programs where neither `--profile` nor a seed says one; a seed without a profile is one of `default`, as everywhere. */
const DEFAULT_PROFILE = 'swarm';

/** Cases that one reduction may run, if nothing else was asked for. */
const DEFAULT_REDUCE_RUNS = 3000;

/** Per cent of the workers' time. */
const DEFAULT_REDUCE_SHARE = 20;

export const fuzzCommand = defineCommand<FuzzOptions>({
  details:
    'The seeds of the cases follow from the campaign seed; with --runs everything in the result but times is the same for any ' +
    'number of jobs. Each failure is minimised, written to corpus/findings/ and shown with a line to paste.',
  args: [],
  options: {
    seed: {
      flags: '--seed <seed>',
      help: 'campaign seed, as 0x51f3 (of the profile default) or link:0x51f3 (default: random)',
      fallback: null,
      read: readSeed,
    },
    runs: { flags: '--runs <n>', help: 'stop after n completed cases', fallback: null, read: readInteger(1) },
    time: {
      flags: '--time <duration>',
      help: 'stop after this time: 30s, 2m, 8h; with --runs after whichever comes first (default: 30s)',
      fallback: null,
      read: readDuration,
    },
    jobs: JOBS_OPTION,
    shard: {
      flags: '--shard <i/n>',
      help: 'run only the cases whose index is i modulo n; harness merge joins the shards',
      fallback: { index: 0, of: 1 },
      read: readShard,
    },
    profile: {
      flags: '--profile <name>',
      help: `the kind of programs (default: that of --seed, else ${DEFAULT_PROFILE}): ${Object.keys(PROFILES).join(', ')}`,
      fallback: null,
      read: readProfile,
    },
    checks: {
      flags: '--checks <list>',
      help: '+lld,-wabt changes the selection of checks, a,b replaces it',
      fallback: null,
      read: readText,
    },
    onlyOps: ONLY_OPS,
    steer: STEER_OPTION,
    ...BACKEND_OPTIONS,
    engines: ENGINES_OPTION,
    out: {
      flags: '--out <folder>',
      help: 'folder of this run (default: the next free one in reports/)',
      fallback: null,
      read: readText,
    },
    resume: {
      flags: '--resume',
      help: 'resume the run in --out, or the last run of this seed',
      fallback: false,
    },
    stopOnFirst: { flags: '--stop-on-first', help: 'stop at the first failing case', fallback: false },
    reduceRuns: {
      flags: '--reduce-runs <n>',
      help: 'at most so many runs for each reduction; 0: do not reduce',
      fallback: DEFAULT_REDUCE_RUNS,
      read: readInteger(0),
    },
    reduceTime: {
      flags: '--reduce-time <duration>',
      help: 'end all reductions after this time, each with the smallest case so far: 60s, 10m',
      fallback: null,
      read: readDuration,
    },
    reduceShare: {
      flags: '--reduce-share <percent>',
      help: "part of the workers' time in which cases are reduced while others run; 0: all at the end",
      fallback: DEFAULT_REDUCE_SHARE,
      read: readInteger(0, 100),
    },
    known: NO_KNOWN_OPTION,
    date: {
      flags: '--date <day>',
      help: 'the day of this run in corpus/known.json: 2026-11-28 (default: today)',
      fallback: null,
      read: readDay,
    },
    report: REPORT_OPTION,
    metrics: {
      flags: '--metrics <file>',
      help: 'keep a Prometheus text file of the running campaign',
      fallback: null,
      read: readText,
    },
    json: {
      flags: '--json',
      help: 'print one JSON object as the last line of stdout, everything else on stderr',
      fallback: false,
    },
  },
  run: fuzz,
});

async function fuzz(_args: readonly string[], given: FuzzOptions, io: Io): Promise<ExitCode> {
  const options = { ...given, seed: given.seed ?? (await seedToResume(given)) };
  const { jobs, report, metrics, json, known, date } = options;
  const open: Conducted['open'] = (config, cwd) => openRun(config, options, cwd, io);
  return conduct({ config: configOf(options), jobs, report, metrics, json, known, date, open }, io);
}

/** The seed of the run that `--out` names and that is to be resumed; null where there is none. */
async function seedToResume({ resume, out }: FuzzOptions): Promise<FuzzOptions['seed']> {
  if (!resume || out === null) return null;
  const { storedSeed } = await import('../campaign/stored-run.ts');
  return storedSeed(out);
}

/** A profile that has an end is run to its end; null for others. */
function wholeSweep(profile: string, onlyOps: readonly string[] | null): number | null {
  return casesOfProfile(profile, onlyOps === null ? undefined : { onlyOps: onlyOps as readonly AirTag[] });
}

function configOf(options: FuzzOptions): CampaignConfig {
  const named = options.seed;
  if (named !== null) readProfile(named.profile);
  if (named !== null && options.profile !== null && named.profile !== 'default' && named.profile !== options.profile) {
    throw new InputError(`--seed ${printSeed(named)} and --profile ${options.profile} name different profiles`);
  }
  const profile = options.profile ?? named?.profile ?? DEFAULT_PROFILE;
  if (options.steer) requireSteerable(readProfile(profile));
  requireCells(profile, options.onlyOps);
  const isLimited = options.runs !== null || options.time !== null;
  const runs = isLimited ? options.runs : wholeSweep(profile, options.onlyOps);
  return {
    seed: named?.seed ?? Math.floor(Math.random() * 2 ** 32),
    profile,
    generator: GENERATOR_VERSION,
    budget: { runs, seconds: options.time ?? (runs === null ? DEFAULT_TIME : null) },
    shard: options.shard,
    stopOnFirst: options.stopOnFirst,
    backend: withBackend(options).backend,
    ...(options.engines !== DEFAULT_ENGINES && { engines: options.engines }),
    checks: options.checks,
    onlyOps: options.onlyOps,
    ...(options.steer && { steer: options.steer }),
    reduceRuns: options.reduceRuns,
    ...(options.reduceShare > 0 && { reduceShare: options.reduceShare / 100 }),
    ...(options.reduceTime !== null && { reduceSeconds: options.reduceTime }),
  };
}

async function openRun(config: CampaignConfig, options: FuzzOptions, cwd: string, io: Io): Promise<OpenedRun> {
  if (!options.resume) return { run: RunFolder.create(config, options.out, cwd), before: null };
  if (options.seed === null && options.out === null) {
    throw new InputError('--resume needs --seed or --out to know which run to resume');
  }
  return RunFolder.resume(config, options.out, cwd, (text) => io.note(`${io.paintNote.yellow('warning')} ${text}`));
}
