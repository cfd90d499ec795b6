/** `harness regress`: replays stored cases, all of corpus/regressions by default. */
import { existsSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GENERATOR_VERSION } from '../../generators/index.ts';
import type { Tally } from '../model/tally.ts';
import { addTally, emptyTally } from '../model/tally.ts';
import { printSeed } from '../model/case.ts';
import { airFilesBelow } from '../corpus/air-files.ts';
import type { FileReplay } from '../corpus/replay-files.ts';
import { replayAll } from '../corpus/replay-files.ts';
import { bucketsOfReplay, whyNothing } from '../corpus/replay.ts';
import { plural } from '../report/text.ts';
import { InputError } from '../model/failure.ts';
import type { Io } from '../report/io.ts';
import type { BucketSummary } from '../report/summary.ts';
import { inCheckOrder, makeSummary } from '../report/summary.ts';
import type { BackendOptions } from './backend-options.ts';
import { BACKEND_OPTIONS, withBackend } from './backend-options.ts';
import { defineCommand } from './command.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { loadEngines } from '../engine/load-engines.ts';
import { loadBackend } from '../backend/load-backend.ts';
import { jobsOf, JOBS_OPTION } from './jobs.ts';
import { withWorker } from './one-worker.ts';
import { ENGINES_OPTION, readText } from './option.ts';
import { selectChecks } from '../check/select-checks.ts';

interface RegressOptions extends BackendOptions {
  readonly checks: string | null;
  readonly engines: string;
  readonly quick: boolean;
  readonly jobs: number | 'auto';
  readonly json: boolean;
}

export const regressCommand = defineCommand<RegressOptions>({
  details:
    'Each case must do what its file states, in the interpreter and when compiled, and pass every check that applies. A file ' +
    'that cannot be read is reported and the others are replayed; the exit code is then 2, or 1 if another one fails. ' +
    'With --quick a case has the checks that it is about (its line "checks", or its bucket), what its file states, and ' +
    'validate and interp-exe: whether a known failure is back, some hundreds of cases a second.',
  args: [['[paths...]', 'case files or folders (default: corpus/regressions)']],
  options: {
    checks: {
      flags: '--checks <list>',
      help: '+lld,-wabt changes the selection of checks, a,b replaces it',
      fallback: null,
      read: readText,
    },
    ...BACKEND_OPTIONS,
    engines: ENGINES_OPTION,
    quick: { flags: '--quick', help: 'only the checks that each case is about, not every one', fallback: false },
    jobs: JOBS_OPTION,
    json: {
      flags: '--json',
      help: 'print one JSON object as the last line of stdout, everything else on stderr',
      fallback: false,
    },
  },
  async run(paths, words, io) {
    const options = withBackend(words);
    const cwd = process.cwd();
    selectChecks(options.checks, 'default');
    const backend = await loadBackend(options.backend);
    await loadEngines(options.engines);
    const files = filesOf(paths, cwd).map((file) => relative(cwd, file) || file);
    if (files.length === 0) throw new InputError('no case files: nothing to replay');
    const tally = emptyTally();
    const buckets = new Map<string, BucketSummary>();
    const counts: Record<Ended, number> = { passed: 0, failed: 0, empty: 0, unreadable: 0, unable: 0 };
    const begin = performance.now();
    const { quick, jobs, ...given } = options;
    const size = Math.min(jobsOf(jobs), files.length);
    const take = (file: string, what: FileReplay): void => {
      counts[sayResult(file, what, io)]++;
      if (what.kind !== 'replayed') return;
      const { replayed, named, profile } = what;
      addTally(tally, replayed.tally);
      for (const one of bucketsOfReplay(replayed, named, printSeed({ seed: replayed.seed, profile }), file)) {
        const known = buckets.get(one.id);
        buckets.set(one.id, known === undefined ? one : { ...known, count: known.count + 1 });
      }
    };
    await withWorker(
      { ...given, profile: 'default', onlyOps: null },
      (workers) => replayAll(workers, files, { own: quick, settings: backend.settings }, take),
      size,
    );
    const seconds = (performance.now() - begin) / 1000;
    const text = [
      `${plural(files.length, 'case')}, ${counts.failed} failed`,
      ...(counts.empty > 0 ? [`${counts.empty} proved nothing`] : []),
      ...(counts.unreadable > 0 ? [`${counts.unreadable} could not be read`] : []),
      ...(counts.unable > 0 ? [`${counts.unable} cannot run here`] : []),
      `${seconds.toFixed(1)} s`,
    ].join(', ');
    if (counts.unreadable + counts.unable === files.length) {
      // Nothing was replayed: there is no result, only what was wrong.
      io.note(text);
      return exitCodeOfFiles(counts, []);
    }
    io.say(counts.passed === files.length ? io.paint.green(text) : io.paint.red(text));
    if (quick) io.say(`checks that ran: ${checksOf(tally)}`);
    if (options.json) {
      const summary = { seed: 0, profile: 'default', generator: GENERATOR_VERSION, seconds, tally };
      io.json(makeSummary({ ...summary, buckets: [...buckets.values()] }));
    }
    return exitCodeOfFiles(counts, [...buckets.values()]);
  },
});

/** How the replay of one file ended. */
type Ended = 'passed' | 'failed' | 'empty' | 'unreadable' | 'unable';

/** A finding weighs most; a file that cannot be used is the user's, even if it takes no other with it. */
function exitCodeOfFiles(
  { failed, empty, unreadable, unable }: Readonly<Record<Ended, number>>,
  buckets: readonly BucketSummary[],
): ExitCode {
  if (failed > 0) return buckets.length > 0 ? exitCodeOf(buckets) : EXIT.finding;
  if (unable > 0) return EXIT.failed;
  return unreadable + empty > 0 ? EXIT.usage : EXIT.clean;
}

/** `validate 95, interp-exe 95, expect 94`. */
function checksOf({ checks }: Tally): string {
  const counts = Object.entries(inCheckOrder(checks)).map(([name, { ran }]) => `${name} ${ran}`);
  return counts.length === 0 ? 'none' : counts.join(', ');
}

/** What is wrong with a file does not keep the others from being replayed. */
function sayResult(file: string, what: FileReplay, io: Io): Ended {
  if (what.kind !== 'replayed') {
    io.note(what.message);
    return what.kind;
  }
  const { replayed, named, bucket, checks } = what;
  const { findings, verdict } = replayed;
  const fail = io.paint.red('FAIL');
  for (const [n, { id, finding }] of named.entries()) {
    if (n === 0) io.say(`${fail} ${file}`);
    const detail = finding.detail.trimEnd().replaceAll('\n', '\n     ');
    io.say(`     ${id}\n     ${detail}`);
  }
  if (findings.length > 0) return 'failed';
  // A case whose program is at fault tests nothing, which is a failure of the corpus.
  if (verdict.kind === 'discarded') {
    io.say(`${fail} ${file}: discarded, ${verdict.reason}`);
    return 'failed';
  }
  const nothing = whyNothing(replayed, bucket, checks);
  if (nothing === null) return 'passed';
  io.say(`${fail} ${file}: ${nothing}`);
  return 'empty';
}

function filesOf(paths: readonly string[], cwd: string): string[] {
  if (paths.length === 0) return airFilesBelow(corpusFolder(cwd));
  return paths.flatMap((path) => {
    if (!existsSync(path)) throw new InputError(`cannot read ${path}: no such file or folder`);
    return statSync(path).isDirectory() ? airFilesBelow(path) : [path];
  });
}

/** The regressions of the project that the command is used in, or else those of the harness itself. */
function corpusFolder(cwd: string): string {
  const here = join(cwd, 'corpus', 'regressions');
  return existsSync(here) ? here : fileURLToPath(new URL('../../../corpus/regressions', import.meta.url));
}
