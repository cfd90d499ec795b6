/**
 * A campaign from its configuration to an exit code: what `harness fuzz` and `harness merge` share.
 *
 * Owns workers, signals, listeners and files of a campaign while it runs. Does not know how a configuration comes about.
 */
import { jobsOf } from './jobs.ts';
import { join } from 'node:path';
import { PROFILES } from '../../generators/index.ts';
import type { Backend } from '../backend/door.ts';
import { loadBackend } from '../backend/load-backend.ts';
import type { Bucket } from '../campaign/buckets.ts';
import { runCampaign } from '../campaign/campaign.ts';
import type { CampaignConfig } from '../campaign/config.ts';
import type { CampaignResult, Reporter } from '../campaign/events.ts';
import { emitTo } from '../campaign/events.ts';
import type { DoneBefore } from '../campaign/parts.ts';
import type { Joined } from '../campaign/join-shards.ts';
import { reductionKey } from '../campaign/reduction-record.ts';
import type { RunFolder } from '../campaign/run-folder.ts';
import { loadChecks } from '../check/checks.ts';
import { selectChecks } from '../check/select-checks.ts';
import { loadEngines } from '../engine/load-engines.ts';
import { requireAddresses } from '../engine/v8/memory64.ts';
import { BINARYEN_ABSENT } from '../external/binaryen.ts';
import { LLVM_ABSENT } from '../external/llvm.ts';
import { NO_LINKERS } from '../linker/foreign-linker.ts';
import { printSeed } from '../model/case.ts';
import { HarnessError, InputError } from '../model/failure.ts';
import { writeWhole } from '../model/files.ts';
import { consoleReporter } from '../report/console.ts';
import type { FormatName } from '../report/format-names.ts';
import { FORMAT_NAMES, REPORT_FILES } from '../report/format-names.ts';
import type { Io } from '../report/io.ts';
import { lostOutput } from '../report/output.ts';
import { caseFlags } from '../report/text.ts';
import { summaryOfCampaign } from '../report/summary.ts';
import { WorkerPool } from '../worker/pool.ts';
import { steeredWorkers } from '../worker/steered-workers.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { catchSignals } from './interrupt.ts';
import { openStore, replayBuckets, settleBuckets, withoutFlaky } from './known-buckets.ts';
import { activeBugs, withKnown } from './known-bugs.ts';
import { requireCells } from './only-ops.ts';
import { DEFAULT_ENGINES, readList, readWord } from './option.ts';

/** A run folder, and what other runs have brought into it. */
export interface OpenedRun {
  readonly run: RunFolder;
  readonly before: DoneBefore | null;
  readonly reductions?: Joined['reductions'];
  readonly shards?: Joined['shards'];
}

/** A campaign and what is to be made of it. */
export interface Conducted {
  readonly config: CampaignConfig;
  readonly jobs: number | 'auto';
  /** Written into the run folder at the end. */
  readonly report: readonly FormatName[];
  /** File that the metrics of the campaign are kept in, or null. */
  readonly metrics?: string | null;
  /** Print the summary as the last line of standard output. */
  readonly json: boolean;
  /** The day to write into the store of known buckets, in ISO 8601; null: today. */
  readonly date: string | null;
  /** Find out which known bugs of the back end are there; if not, those of the configuration are. */
  readonly known: boolean;
  /** Called when everything that the campaign needs has been loaded, with its final configuration. */
  open(config: CampaignConfig, cwd: string): Promise<OpenedRun> | OpenedRun;
}

/** Milliseconds without progress after which a worker is replaced; longer than the time limits of a whole case. */
const HANG_AFTER = 40_000;

/** The option that has reports written at the end. */
export const REPORT_OPTION = {
  flags: '--report <list>',
  help: `write these into the run folder at the end: ${FORMAT_NAMES.join(', ')}`,
  fallback: [] as readonly FormatName[],
  read: (text: string): readonly FormatName[] => readList(text).map(readWord(FORMAT_NAMES)),
};

/** What each check lacks that may not be there. */
const WHY_ABSENT: Readonly<Record<string, string>> = { binaryen: BINARYEN_ABSENT, linkers: NO_LINKERS };

/** Runs a campaign; the exit code says what came of it. */
export async function conduct(conducted: Conducted, io: Io): Promise<ExitCode> {
  const { config: wanted, report, json } = conducted;
  const cwd = process.cwd();
  requireAddresses(PROFILES[wanted.profile]!.ptrBits);
  const selection = selectChecks(wanted.checks, wanted.profile);
  const loaded = await loadChecks(selection.names);
  const absent = selection.names.filter((name) => !loaded.some((check) => check.name === name));
  const missing = absent.find((name) => selection.required.includes(name));
  if (missing !== undefined)
    throw new HarnessError(`the check ${missing} cannot run: ${WHY_ABSENT[missing] ?? LLVM_ABSENT}`);
  // What cannot be loaded is said once, before any worker starts.
  const backend = await loadBackend(wanted.backend);
  const engines = await loadEngines(wanted.engines ?? DEFAULT_ENGINES);
  const checks = loaded.filter(({ possible }) => possible?.(backend, engines) !== false);
  const impossible = selection.required.find((name) => !absent.includes(name) && !checks.some((c) => c.name === name));
  if (impossible !== undefined) {
    throw new InputError(`--checks: ${impossible} cannot run with the back end ${backend.name} and these engines`);
  }
  const { known, notes } = conducted.known
    ? await activeBugs(backend, { ...wanted, engines: wanted.engines ?? DEFAULT_ENGINES, known: true })
    : { known: wanted.known, notes: [] };
  requireCells(wanted.profile, wanted.onlyOps, withKnown(backend, known));
  const config = known === undefined ? wanted : { ...wanted, known };
  const metrics = conducted.metrics ?? null;
  // A file that cannot be written ends the command here.
  if (metrics !== null) writeWhole(metrics, '');
  const store = await openStore(cwd);
  let opened: RunFolder | null = null;
  // Before the folder exists: no signal may leave its temporary files behind.
  const interrupt = catchSignals(io.note, () => opened?.close());
  const { run, before, reductions, shards = [] } = await conducted.open(config, cwd);
  opened = run;
  const log = run.log();
  const live = io.live === null ? null : await io.live.open();
  const isWritten = { metrics: true };
  const reporters = [log, consoleReporter(io, live, pasteLines(config, run, cwd))];
  if (metrics !== null) reporters.push(await metricsTo(metrics, io, isWritten));
  const emit = emitTo(reporters);
  const jobs = jobsOf(conducted.jobs);
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
    for (const { shard, done } of shards) log.writeShard(shard, done);
    const replayed = await replayBuckets(store, { spec: config.backend, settings: backend.settings }, workers, cwd, io);
    const steered = config.steer === true ? await steeredBy(config, backend) : null;
    const result = await runCampaign(config, {
      workers: steered === null ? workers : steeredWorkers(workers, steered),
      ...(steered !== null && { seedAt: steered }),
      emit,
      stop: interrupt.stop,
      before,
      batch: backend.compiler.kind === 'batch' ? backend.compiler.most : null,
      checks,
      required: selection.required,
      absent,
      notes,
      ...(reductions && { reductionOf: (wanted) => reductions.get(reductionKey(wanted)) ?? null }),
      saveCase: (id, seed, text, original) => run.saveCase(id, seed, text, original, cwd),
      journalOf: (wanted) => run.journalOf(wanted),
    });
    const summary = summaryOfCampaign(result);
    run.writeSummary(summary);
    const standing = await settleBuckets(replayed, result, conducted.date ?? new Date().toISOString().slice(0, 10), io);
    if (standing !== null) run.writeStanding(standing);
    if (json) io.json(summary);
    if ((await lostOutput())?.isReaderGone === true) {
      io.note(`harness: nobody reads standard output; the result is in ${join(run.path, 'summary.json')}`);
    }
    const counted = { ...result, buckets: withoutFlaky(result.buckets, standing) };
    const code = codeOf(counted, interrupt.stop.requested);
    const areWritten = (await writeReports(run.path, report, io)) && isWritten.metrics;
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

/** The seed of each position of a campaign that is steered. */
async function steeredBy(config: CampaignConfig, backend: Backend): Promise<(position: number) => number> {
  const { SteeredSeeds } = await import('../reach/steered-seeds.ts');
  const seeds = new SteeredSeeds(config, withKnown(backend, config.known));
  return (position) => seeds.seedAt(position);
}

/** Keeps metrics in `file`; what cannot be written is said once, and noted in `isWritten`. */
async function metricsTo(file: string, io: Io, isWritten: { metrics: boolean }): Promise<Reporter> {
  const { metricsReporter } = await import('../report/metrics.ts');
  return metricsReporter((text) => {
    try {
      writeWhole(file, text);
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
      if (isWritten.metrics) io.note(`harness: no metrics: ${error.message}`);
      isWritten.metrics = false;
    }
  });
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

function codeOf({ end, buckets, failure }: CampaignResult, isStopped: boolean): ExitCode {
  // Shards that were interrupted are no interruption of their merge.
  if (end === 'interrupted' && isStopped) return EXIT.interrupted;
  if (buckets.length > 0) return exitCodeOf(buckets);
  return failure === null ? EXIT.clean : EXIT.failed;
}

function pasteLines(config: CampaignConfig, run: RunFolder, cwd: string) {
  const { onlyOps } = config;
  const flags = caseFlags(config);
  const seedFlags = onlyOps === null ? flags : ` --only-ops ${onlyOps.join(',')}${flags}`;
  const seed = (bucket: Pick<Bucket, 'seed'>): string => printSeed({ seed: bucket.seed, profile: config.profile });
  return {
    repro: ({ caseFile, ...bucket }: Bucket) =>
      `npx harness repro ${caseFile === null ? seed(bucket) + seedFlags : caseFile + flags}`,
    reduce: (bucket: Bucket) =>
      bucket.caseFile === null ? '(no case file)' : `npx harness reduce ${run.originalOf(bucket.id, cwd)}${flags}`,
  };
}
