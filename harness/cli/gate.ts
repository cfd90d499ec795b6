/** `harness gate`: does this working tree fail where its base does not? */
import { appendFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { GENERATOR_VERSION } from '../../generators/index.ts';
import { commitOf, repositoryOf } from '../gate/build-tree.ts';
import { Children } from '../gate/children.ts';
import { loadBackend } from '../backend/load-backend.ts';
import type { GateText } from '../gate/gate-markdown.ts';
import { gateAnnotations, gateMarkdown, sizeOf } from '../gate/gate-markdown.ts';
import type { GateResult, GateSides } from '../gate/gate.ts';
import { boundOf, runGate } from '../gate/gate.ts';
import type { Judged } from '../gate/judge-candidate.ts';
import type { Shown } from '../gate/reduce-red.ts';
import { absoluteSpec, optionsOfSpec, specOfOptions } from '../model/command-spec.ts';
import { HarnessError, InputError } from '../model/failure.ts';
import { codeOf, messageOf } from '../model/files.ts';
import type { Io } from '../report/io.ts';
import { makeSummary } from '../report/summary.ts';
import { cut, plural } from '../report/text.ts';
import { BACKEND_OPTIONS } from './backend-options.ts';
import { defineCommand } from './command.ts';
import { JOBS_OPTION } from './jobs.ts';
import { EXIT } from './exit-codes.ts';
import { openTemporaryFolder } from './temporary-folder.ts';
import { readDuration, readInteger, readText } from './option.ts';

interface GateCommandOptions {
  readonly base: string | null;
  readonly backend: string | null;
  readonly baseBackend: string | null;
  readonly source: string | null;
  readonly witness: string | null;
  readonly time: number | null;
  readonly runs: number | null;
  readonly seed: number | null;
  readonly jobs: number | 'auto';
  readonly out: string | null;
  readonly github: string | null;
  readonly json: boolean;
}

/** For random cases, in seconds, where nothing else is asked for. */
const DEFAULT_TIME = 180;

export const gateCommand = defineCommand<GateCommandOptions>({
  details:
    'Builds the base in a worktree of its own, replays the corpus, runs the sweep and new seeds, most of them where the diff ' +
    'touches. What fails runs on the base as well, by its own command: it is red if it fails here three times out of three and ' +
    'never there. The working tree is judged as it is, with what is not committed; the base is where it left REF. With --base-backend ' +
    'two builds of a compiler are compared in place of two commits.',
  args: [],
  options: {
    base: {
      flags: '--base <ref>',
      help: 'what the working tree is compared with: a branch or a commit',
      fallback: null,
      read: readText,
    },
    backend: {
      flags: '--backend <name|command|file|folder>',
      help: 'the back end that is judged, as of fuzz (default: core of each side)',
      fallback: null,
      read: readText,
    },
    baseBackend: {
      flags: '--base-backend <name|command|file|folder>',
      help: 'in place of --base: the back end that --backend is compared with, an older build of the same compiler',
      fallback: null,
      read: readText,
    },
    source: BACKEND_OPTIONS.source,
    witness: BACKEND_OPTIONS.witness,
    time: {
      flags: '--time <duration>',
      help: `for random cases: 30s, 3m (default: ${DEFAULT_TIME / 60}m, unless --runs is given)`,
      fallback: null,
      read: readDuration,
    },
    runs: {
      flags: '--runs <n>',
      help: 'stop after n random cases: the same ones each time; with --time after whichever comes first',
      fallback: null,
      read: readInteger(1),
    },
    seed: {
      flags: '--seed <seed>',
      help: 'seed of the random cases (default: from the commit, so that each commit looks at others)',
      fallback: null,
      read: readInteger(0),
    },
    jobs: JOBS_OPTION,
    out: {
      flags: '--out <folder>',
      help: 'folder for the runs (default: the next free one in reports/)',
      fallback: null,
      read: readText,
    },
    github: {
      flags: '--github <file>',
      help: 'add a summary as Markdown to this file ("$GITHUB_STEP_SUMMARY"), and print annotations',
      fallback: null,
      read: readText,
    },
    json: {
      flags: '--json',
      help: 'print one JSON object as the last line of stdout, everything else on stderr',
      fallback: false,
    },
  },
  async run(_args, options, io) {
    const { json } = options;
    const begin = performance.now();
    const cwd = process.cwd();
    const sides = await sidesOf(options, cwd);
    const root = sides.kind === 'backends' ? cwd : repositoryOf(cwd);
    if (sides.kind === 'commits') commitOf(root, sides.base);
    const out = makeOut(options.out, root);
    const children = new Children();
    const temporary = openTemporaryFolder(io.note, () => children.end('SIGKILL'));
    void temporary.stop.whenRequested.then(() => children.end('SIGTERM'));
    try {
      const seconds = options.time ?? (options.runs === null ? DEFAULT_TIME : null);
      const { runs, seed, jobs } = options;
      const isStopped = (): boolean => temporary.stop.requested;
      const result = await runGate(
        { root, sides, seconds, runs, jobs, seed, out, temporary: temporary.path },
        { children, note: io.note, isStopped },
      );
      const text = textOf(result, sides, cwd, isStopped());
      sayResult(text, io, isStopped());
      if (options.github !== null) writeSummary(options.github, text, io);
      if (json) io.json(jsonOf(result, (performance.now() - begin) / 1000));
      if (isStopped()) return EXIT.interrupted;
      return result.red.length > 0 ? EXIT.finding : EXIT.clean;
    } catch (error) {
      if (temporary.stop.requested && error instanceof HarnessError) return EXIT.interrupted;
      throw error;
    } finally {
      temporary.release();
    }
  },
});

/** What is to be compared; a back end that is not there is said before anything is built. */
async function sidesOf(
  { base, backend, baseBackend, source, witness }: GateCommandOptions,
  cwd: string,
): Promise<GateSides> {
  const named = async (text: string): Promise<string> => {
    const spec = absoluteSpec(specOfOptions(text, source, witness), cwd);
    await loadBackend(spec);
    return spec;
  };
  if (backend === null) {
    const extra = [
      ['--base-backend', baseBackend] as const,
      ['--source', source] as const,
      ['--witness', witness] as const,
    ];
    const without = extra.find(([, value]) => value !== null);
    if (without !== undefined) throw new InputError(`${without[0]} goes with --backend only`);
  }
  if (base !== null && baseBackend !== null) throw new InputError('gate takes --base or --base-backend, not both');
  if (backend !== null && baseBackend !== null)
    return { kind: 'backends', base: await named(baseBackend), head: await named(backend) };
  if (base === null) {
    throw new InputError(
      backend === null
        ? 'gate needs --base: the branch that the change is for'
        : 'gate needs --base-backend: an older build of the compiler; or --base: the branch that a change of the harness is for',
    );
  }
  return { kind: 'commits', base, backend: backend === null ? null : await named(backend) };
}

/** The folder of the runs. */
function makeOut(named: string | null, root: string): string {
  try {
    if (named !== null) {
      const out = resolve(named);
      mkdirSync(out, { recursive: true });
      if (readdirSync(out).length > 0) throw new InputError(`${named} is not empty: choose another folder`);
      return out;
    }
    const reports = join(root, 'reports');
    mkdirSync(reports, { recursive: true });
    for (let n = 1; ; n++) {
      try {
        const out = join(reports, `gate-${n}`);
        mkdirSync(out);
        return out;
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
      }
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new HarnessError(`cannot make a folder for the runs: ${messageOf(error)}`);
  }
}

/** Lines of a program that are shown. */
const SHOWN_LINES = 40;

function textOf(result: GateResult, sides: GateSides, cwd: string, isStopped: boolean): GateText {
  const { judged, red, unjudged, cases, base } = result;
  const backend = sides.kind === 'backends' ? sides.head : sides.backend;
  const options = backend === null ? '' : optionsOfSpec(backend);
  const than = sides.kind === 'backends' ? base : base.slice(0, 12);
  return {
    verdict:
      red.length > 0
        ? `RED: ${plural(red.length, 'bucket')} that ${than} does not have`
        : `${isStopped ? 'interrupted' : 'green'}: ${boundOf(cases)}`,
    red,
    others: judged,
    unjudged: unjudged.length,
    linesOf: ({ cases: shown, seed }: Shown) => {
      const first = shown[0]!;
      const named = first.endsWith('.air') ? relative(cwd, first) || first : first;
      const names = [...new Set([named, ...(seed === null ? [] : [seed])])];
      return names.map((name) => `npx harness repro ${name} --explain${options}`);
    },
  };
}

function sayResult(text: GateText, io: Io, isStopped: boolean): void {
  const { verdict, red, others, unjudged, linesOf } = text;
  for (const { bucket, verdict: word, why } of others) io.say(`${io.paint.yellow(word)}: ${bucket.id} (${why})`);
  if (red.length === 0) {
    io.say(isStopped ? io.paint.yellow(verdict) : io.paint.green(verdict));
    return;
  }
  io.say(io.paint.red.bold(verdict));
  red.forEach((one, n) => {
    io.say(`${n + 1}. ${io.paint.bold(one.bucket.id)}  ${sizeOf(one)}: ${one.why}`);
    const program = one.program === null ? [] : cut(one.program, SHOWN_LINES, Infinity).split('\n');
    for (const line of ['', ...program]) io.say(line === '' ? '' : `   ${line}`);
    io.say(`   ${io.paint.dim(one.reduction)}`);
    linesOf(one).forEach((line, at) => io.say(`   ${at === 0 ? 'again' : 'seed'}: ${io.paint.cyan(line)}`));
  });
  if (unjudged > 0) io.say(`${plural(unjudged, 'further bucket')} not compared with the base`);
}

/** The summary of a job; what cannot be written changes nothing about the verdict. */
function writeSummary(file: string, text: GateText, io: Io): void {
  try {
    appendFileSync(file, gateMarkdown(text));
  } catch (error) {
    io.note(`harness: no summary: cannot write ${file}: ${messageOf(error)}`);
  }
  const lines = gateAnnotations(text).trimEnd();
  if (lines !== '') io.say(lines);
}

/** The object of `--json`: that of a campaign, whose buckets are the red ones, and what only a gate has. */
function jsonOf(result: GateResult, seconds: number): object {
  const { seed, tally, judged, red, unjudged, base, head, corpus, parts, cases } = result;
  const bucketsOf = (wanted: Judged['verdict']) =>
    judged.filter(({ verdict }) => verdict === wanted).map(({ bucket }) => bucket);
  const summary = makeSummary({
    seed,
    profile: 'gate',
    generator: GENERATOR_VERSION,
    seconds,
    tally,
    buckets: red.map(({ bucket, program, reduction }) => ({ ...bucket, program, reduction })),
  });
  const bound = cases === 0 ? null : Math.min(1, 3 / cases);
  return {
    ...summary,
    base,
    head,
    corpus,
    parts,
    known: bucketsOf('known'),
    flaky: bucketsOf('flaky'),
    unjudged,
    bound,
  };
}
