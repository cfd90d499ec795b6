/**
 * `harness fuzz`: a campaign from the command line.
 *
 * Owns the way from options to a campaign and from its result to the exit code. The campaign itself knows none of this.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { AirTag } from '../../core/index.ts';
import { casesOfProfile, GENERATOR_VERSION, PROFILES } from '../../generators/index.ts';
import type { Bucket } from '../campaign/buckets.ts';
import type { DoneBefore } from '../campaign/parts.ts';
import { runCampaign } from '../campaign/campaign.ts';
import type { CampaignConfig } from '../campaign/config.ts';
import type { CampaignResult } from '../campaign/events.ts';
import { emitTo } from '../campaign/events.ts';
import { RunFolder } from '../campaign/run-folder.ts';
import { printSeed } from '../model/case.ts';
import { loadChecks } from '../check/checks.ts';
import { requireAddresses } from '../engine/v8/memory64.ts';
import { lostOutput } from '../report/output.ts';
import { consoleReporter } from '../report/console.ts';
import { LLVM_ABSENT } from '../external/llvm.ts';
import { HarnessError, InputError } from '../model/failure.ts';
import { writeWhole } from '../model/files.ts';
import { summaryOfCampaign } from '../report/summary.ts';
import type { FormatName } from '../report/format-names.ts';
import { FORMAT_NAMES, REPORT_FILES } from '../report/format-names.ts';
import type { Shard } from '../worker/protocol.ts';
import { WorkerPool } from '../worker/pool.ts';
import { defineCommand } from './command.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { catchSignals } from './interrupt.ts';
import type { Io } from '../report/io.ts';
import { loadEngines } from '../engine/load-engines.ts';
import { loadBackend } from '../backend/load-backend.ts';
import { activeBugs, NO_KNOWN_OPTION } from './known-bugs.ts';
import { ONLY_OPS } from './only-ops.ts';
import {
  BACKEND_OPTION,
  DEFAULT_ENGINES,
  ENGINES_OPTION,
  readDuration,
  readInteger,
  readList,
  readProfile,
  readSeed,
  readShard,
  readText,
  readWord,
} from './option.ts';
import { selectChecks } from '../check/select-checks.ts';

/** Options of `harness fuzz`; null: not given. */
interface FuzzOptions {
  readonly seed: { readonly seed: number; readonly profile: string } | null;
  readonly runs: number | null;
  readonly time: number | null;
  readonly jobs: number | 'auto';
  readonly shard: Shard;
  readonly profile: string | null;
  readonly checks: string | null;
  readonly onlyOps: readonly string[] | null;
  readonly backend: string;
  readonly engines: string;
  readonly out: string | null;
  readonly resume: boolean;
  readonly stopOnFirst: boolean;
  readonly reduceRuns: number;
  readonly known: boolean;
  readonly report: readonly FormatName[];
  readonly json: boolean;
}

/** How long a campaign runs that was told nothing, in seconds. */
const DEFAULT_TIME = 30;

/** Milliseconds without progress after which a worker is replaced; longer than the time limits of a whole case. */
const HANG_AFTER = 40_000;

/** Cases that one reduction may run, if nothing else was asked for. */
const DEFAULT_REDUCE_RUNS = 3000;

export const fuzzCommand = defineCommand<FuzzOptions>({
  name: 'fuzz',
  summary: 'look for failures: random programs through every check',
  details:
    'The seeds of the cases follow from the campaign seed; with --runs everything in the result but times is the same for any ' +
    'number of jobs. Each failure is minimised, written to corpus/findings/ and shown with a line to paste.',
  args: [],
  options: {
    seed: {
      flags: '--seed <seed>',
      help: 'campaign seed, with a profile before it or not (default: random)',
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
    jobs: {
      flags: '--jobs <n|auto>',
      help: 'worker processes; auto: one for each core',
      fallback: 'auto',
      read: readJobs,
    },
    shard: {
      flags: '--shard <i/n>',
      help: 'run only the cases whose index is i modulo n',
      fallback: { index: 0, of: 1 },
      read: readShard,
    },
    profile: {
      flags: '--profile <name>',
      help: `the kind of programs: ${Object.keys(PROFILES).join(', ')}`,
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
    backend: BACKEND_OPTION,
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
    known: NO_KNOWN_OPTION,
    report: {
      flags: '--report <list>',
      help: `write these into the run folder at the end: ${FORMAT_NAMES.join(', ')}`,
      fallback: [],
      read: (text) => readList(text).map(readWord(FORMAT_NAMES)),
    },
    json: {
      flags: '--json',
      help: 'print one JSON object as the last line of stdout, everything else on stderr',
      fallback: false,
    },
  },
  run: fuzz,
});

function readJobs(text: string): number | 'auto' {
  return text === 'auto' ? text : readInteger(1, 1024)(text);
}

async function fuzz(_args: readonly string[], options: FuzzOptions, io: Io): Promise<ExitCode> {
  const cwd = process.cwd();
  const wanted = configOf(options);
  requireAddresses(PROFILES[wanted.profile]!.ptrBits);
  const selection = selectChecks(options.checks, wanted.profile);
  const loaded = await loadChecks(selection.names);
  const absent = selection.names.filter((name) => !loaded.some((check) => check.name === name));
  const missing = absent.find((name) => selection.required.includes(name));
  if (missing !== undefined) throw new HarnessError(`the check ${missing} cannot run: ${LLVM_ABSENT}`);
  // What cannot be loaded is said once, before any worker starts.
  const backend = await loadBackend(options.backend);
  const engines = await loadEngines(options.engines);
  const checks = loaded.filter(({ possible }) => possible?.(backend, engines) !== false);
  const impossible = selection.required.find((name) => !absent.includes(name) && !checks.some((c) => c.name === name));
  if (impossible !== undefined) {
    throw new InputError(`--checks: ${impossible} cannot run with the back end ${backend.name} and these engines`);
  }
  const { known, notes } = await activeBugs(backend, options);
  const config = known === undefined ? wanted : { ...wanted, known };
  const { run, before } = await openRun(config, options, cwd, io);
  const interrupt = catchSignals(io.note, () => run.close());
  const log = run.log();
  const live = io.live === null ? null : await io.live.open();
  const emit = emitTo([log, consoleReporter(io, live, pasteLines(options, config, run, cwd))]);
  const jobs = options.jobs === 'auto' ? availableParallelism() : options.jobs;
  const workers = new WorkerPool({
    size: jobs,
    folder: run.path,
    hangAfter: HANG_AFTER,
    setup: {
      campaignSeed: config.seed,
      profile: config.profile,
      shard: config.shard,
      backend: config.backend,
      engines: config.engines ?? DEFAULT_ENGINES,
      checks: config.checks,
      onlyOps: config.onlyOps,
      ...(known !== undefined && { known }),
    },
  });
  try {
    emit('started', { config, jobs, folder: run.path, resumed: before?.tally.cases ?? 0 });
    for (const text of notes) emit('warning', { text });
    const result = await runCampaign(config, {
      workers,
      emit,
      stop: interrupt.stop,
      before,
      batch: backend.compiler.kind === 'batch' ? backend.compiler.most : null,
      checks,
      required: selection.required,
      absent,
      notes,
      saveCase: (id, seed, text, original) => run.saveCase(id, seed, text, original, cwd),
      journalOf: (bucket, position) => run.journalOf(bucket, position),
    });
    const summary = summaryOfCampaign(result);
    run.writeSummary(summary);
    if (options.json) io.json(summary);
    if ((await lostOutput())?.isReaderGone === true) {
      io.note(`harness: nobody reads standard output; the result is in ${join(run.path, 'summary.json')}`);
    }
    const code = codeOf(result);
    const areWritten = await writeReports(run.path, options.report, io);
    return areWritten || code !== EXIT.clean ? code : EXIT.failed;
  } finally {
    await workers.close();
    try {
      log.flush();
    } finally {
      interrupt.release();
    }
  }
}

/** Writes reports into the run folder; one that cannot be written changes nothing about what was found. */
async function writeReports(folder: string, formats: readonly FormatName[], io: Io): Promise<boolean> {
  if (formats.length === 0) return true;
  const { readRunReport } = await import('../report/run-report.ts');
  const { formatReport } = await import('../report/formats.ts');
  try {
    const report = readRunReport(folder);
    for (const format of formats) {
      if (format === 'issue' && report.buckets.length === 0) continue;
      const file = join(folder, REPORT_FILES[format]);
      writeWhole(file, formatReport(report, format));
      io.note(`report: ${file}`);
    }
    return true;
  } catch (error) {
    if (!(error instanceof HarnessError || error instanceof InputError)) throw error;
    io.note(`harness: the reports are not written: ${error.message}`);
    return false;
  }
}

function codeOf({ end, buckets, failure }: CampaignResult): ExitCode {
  if (end === 'interrupted') return EXIT.interrupted;
  if (buckets.length > 0) return exitCodeOf(buckets);
  return failure === null ? EXIT.clean : EXIT.failed;
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
  const profile = options.profile ?? named?.profile ?? 'default';
  const isLimited = options.runs !== null || options.time !== null;
  const runs = isLimited ? options.runs : wholeSweep(profile, options.onlyOps);
  return {
    seed: named?.seed ?? Math.floor(Math.random() * 2 ** 32),
    profile,
    generator: GENERATOR_VERSION,
    budget: { runs, seconds: options.time ?? (runs === null ? DEFAULT_TIME : null) },
    shard: options.shard,
    stopOnFirst: options.stopOnFirst,
    backend: options.backend,
    ...(options.engines !== DEFAULT_ENGINES && { engines: options.engines }),
    checks: options.checks,
    onlyOps: options.onlyOps,
    reduceRuns: options.reduceRuns,
  };
}

async function openRun(
  config: CampaignConfig,
  options: FuzzOptions,
  cwd: string,
  io: Io,
): Promise<{ run: RunFolder; before: DoneBefore | null }> {
  if (!options.resume) return { run: RunFolder.create(config, options.out, cwd), before: null };
  if (options.seed === null && options.out === null) {
    throw new InputError('--resume needs --seed or --out to know which run to resume');
  }
  return RunFolder.resume(config, options.out, cwd, (text) => io.note(`${io.paintNote.yellow('warning')} ${text}`));
}

function pasteLines(options: FuzzOptions, config: CampaignConfig, run: RunFolder, cwd: string) {
  const { backend, engines, onlyOps } = options;
  const others = engines === DEFAULT_ENGINES ? '' : ` --engines ${engines}`;
  const flags = (backend === 'core' ? '' : ` --backend ${backend}`) + others;
  const seedFlags = onlyOps === null ? flags : ` --only-ops ${onlyOps.join(',')}${flags}`;
  const seed = (bucket: Pick<Bucket, 'seed'>): string => printSeed({ seed: bucket.seed, profile: config.profile });
  return {
    repro: ({ caseFile, ...bucket }: Bucket) =>
      `npx harness repro ${caseFile === null ? seed(bucket) + seedFlags : caseFile + flags}`,
    reduce: (bucket: Bucket) =>
      bucket.caseFile === null ? '(no case file)' : `npx harness reduce ${run.originalOf(bucket.id, cwd)}${flags}`,
  };
}
