/** `harness regress`: replays stored cases, all of corpus/regressions by default. */
import { existsSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GENERATOR_VERSION } from '../../generators/index.ts';
import { addTally, emptyTally } from '../model/tally.ts';
import { printSeed } from '../model/case.ts';
import { airFilesBelow } from '../corpus/air-files.ts';
import { bucketName, bucketsOfReplay, replay } from '../corpus/replay.ts';
import { plural } from '../report/console.ts';
import { InputError } from '../model/failure.ts';
import type { BucketSummary } from '../report/summary.ts';
import { makeSummary } from '../report/summary.ts';
import { defineCommand } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { caseOfFile } from './find-case.ts';
import { loadBackend } from '../backend/load-backend.ts';
import { withWorker } from './one-worker.ts';
import { readText } from './option.ts';
import { selectChecks } from '../check/select-checks.ts';

interface RegressOptions {
  readonly checks: string | null;
  readonly backend: string;
  readonly json: boolean;
}

/** See the file header. */
export const regressCommand = defineCommand<RegressOptions>({
  name: 'regress',
  summary: 'replay the corpus',
  details:
    'Each case must do what its file states, in the interpreter and when compiled, and pass every check that applies.',
  args: [['[paths...]', 'case files or folders (default: corpus/regressions)']],
  options: {
    checks: {
      flags: '--checks <list>',
      help: '+lld,-wabt changes the selection of checks, a,b replaces it',
      fallback: null,
      read: readText,
    },
    backend: {
      flags: '--backend <name|folder>',
      help: 'the back end to test, or the folder of another build of core',
      fallback: 'core',
      read: readText,
    },
    json: {
      flags: '--json',
      help: 'print one JSON object as the last line of stdout, everything else on stderr',
      fallback: false,
    },
  },
  async run(paths, options, io) {
    const cwd = process.cwd();
    selectChecks(options.checks, 'default');
    await loadBackend(options.backend);
    const cases = filesOf(paths, cwd).map((file) => caseOfFile(relative(cwd, file) || file));
    if (cases.length === 0) throw new InputError('no case files: nothing to replay');
    const tally = emptyTally();
    const buckets = new Map<string, BucketSummary>();
    const begin = performance.now();
    let failed = 0;
    await withWorker({ ...options, profile: 'default', onlyOps: null }, async (workers) => {
      for (const found of cases) {
        const replayed = await replay(workers, found.source);
        addTally(tally, replayed.tally);
        const { case: case_, bucket } = found.stored!;
        const minimised = bucket === null ? null : case_.unit;
        // A case whose program is at fault tests nothing, which is a failure of the corpus.
        const discarded = replayed.verdict.kind === 'discarded' ? replayed.verdict.reason : null;
        if (replayed.findings.length > 0 || discarded !== null) failed++;
        if (replayed.findings.length > 0) io.say(`${io.paint.red('FAIL')} ${found.name}`);
        else if (discarded !== null) io.say(`${io.paint.red('FAIL')} ${found.name}: discarded, ${discarded}`);
        for (const finding of replayed.findings) {
          io.say(
            `     ${bucketName(finding, minimised)}\n     ${finding.detail.trimEnd().replaceAll('\n', '\n     ')}`,
          );
        }
        for (const one of bucketsOfReplay(replayed, minimised, printSeed(case_), found.file)) {
          const known = buckets.get(one.id);
          buckets.set(one.id, known === undefined ? one : { ...known, count: known.count + 1 });
        }
      }
    });
    const seconds = (performance.now() - begin) / 1000;
    const text = `${plural(cases.length, 'case')}, ${failed} failed, ${seconds.toFixed(1)} s`;
    io.say(failed === 0 ? io.paint.green(text) : io.paint.red(text));
    if (options.json) {
      const summary = { seed: 0, profile: 'default', generator: GENERATOR_VERSION, seconds, tally };
      io.json(makeSummary({ ...summary, buckets: [...buckets.values()] }));
    }
    return failed === 0 ? EXIT.clean : EXIT.finding;
  },
});

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
