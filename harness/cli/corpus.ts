/**
 * `harness corpus`: lists the stored cases, makes a finding a regression, checks what is under git.
 *
 * Owns the places: corpus/findings and corpus/regressions/<area> of the working folder. What a regression is, is in
 * harness/corpus/regression.ts. Invariant: `add` never overwrites a file, and a finding is deleted only when its
 * regression is on disk.
 */
import { existsSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { instructionCount } from '../../core/index.ts';
import { CORE_SETTINGS } from '../backend/core/settings.ts';
import { writeCaseFile } from '../case/case-file.ts';
import { nameFindings, replay } from '../corpus/replay.ts';
import { faultsOf, regressionOf } from '../corpus/regression.ts';
import { bucketSlug } from '../model/bucket-slug.ts';
import { InputError } from '../model/failure.ts';
import { writeNew } from '../model/files.ts';
import type { Io } from '../report/io.ts';
import { plural } from '../report/text.ts';
import { defineCommand } from './command.ts';
import { filesOf, openCase } from './corpus-files.ts';
import { merge, prune } from './corpus-findings.ts';
import { migrate } from './corpus-migrate.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { caseOfFile, findCase } from './find-case.ts';
import { withWorker } from './one-worker.ts';
import { DEFAULT_ENGINES, readInteger, readName, readText } from './option.ts';

interface CorpusOptions {
  readonly area: string;
  readonly name: string | null;
  readonly note: string | null;
  readonly keep: number;
  readonly dryRun: boolean;
}

/** Where cases are kept. */
const PLACES = ['regressions', 'findings'].map((name) => join('corpus', name));

type Action = (args: readonly string[], options: CorpusOptions, io: Io) => Promise<ExitCode> | ExitCode;

const ACTIONS: Readonly<Record<'list' | 'add' | 'check' | 'prune' | 'merge' | 'migrate', Action>> = {
  list,
  add,
  check,
  prune: (paths, { keep, dryRun }, io) => prune(paths, keep, dryRun, io),
  merge: (paths, _options, io) => merge(paths, io),
  migrate: (paths, { dryRun }, io) => migrate(paths.length > 0 ? paths : PLACES, dryRun, io),
};

export const corpusCommand = defineCommand<CorpusOptions>({
  details:
    'list    shows each case with its size and its bucket.\n' +
    'add     makes a finding (a case file or a bucket) a regression in\n' +
    '        corpus/regressions/<area>/, and states in it what its calls do, as the\n' +
    '        interpreter says. The exit code is 1 if it still fails.\n' +
    'check   reads the regressions and says what they lack: a comment, what a call\n' +
    '        does. harness regress runs them.\n' +
    'prune   deletes findings that are copies of another one or of a regression, and\n' +
    '        of each bucket all but the smallest (--keep). Regressions stay.\n' +
    'merge   copies the cases below folders (findings of other machines, run folders)\n' +
    '        into corpus/findings, by bucket and seed, unless they are there.\n' +
    'migrate rewrites cases (default: all of corpus/) that older versions have\n' +
    '        written as this one writes them. What they mean stays.\n' +
    'A file that cannot be read is said, and the others are dealt with; the exit code\n' +
    'is then 2.',
  args: [
    ['<action>', 'list, add, check, prune, merge or migrate'],
    ['[cases...]', 'case files, folders or a bucket'],
  ],
  options: {
    area: {
      flags: '--area <area>',
      help: 'add: the folder below corpus/regressions',
      fallback: 'campaign',
      read: readName,
    },
    name: {
      flags: '--name <name>',
      help: 'add: the name of the file, which says what went wrong (default: its name as a finding)',
      fallback: null,
      read: readName,
    },
    note: {
      flags: '--note <text>',
      help: 'add: a comment that says what the case is about (default: where it came from)',
      fallback: null,
      read: readText,
    },
    keep: {
      flags: '--keep <n>',
      help: 'prune: findings to keep of each bucket',
      fallback: 3,
      read: readInteger(1),
    },
    dryRun: { flags: '--dry-run', help: 'prune, migrate: say what would be done, and do nothing', fallback: false },
  },
  run([action, ...args], options, io) {
    if (Object.hasOwn(ACTIONS, action!)) return ACTIONS[action as keyof typeof ACTIONS](args, options, io);
    throw new InputError(`corpus has no action '${action}' (known: ${Object.keys(ACTIONS).join(', ')})`);
  },
});

function list(paths: readonly string[], _options: CorpusOptions, io: Io): ExitCode {
  const files = filesOf(paths.length > 0 ? paths : PLACES);
  let unreadable = 0;
  for (const file of files) {
    const found = openCase(file, io);
    if (found === null) {
      unreadable++;
      continue;
    }
    const { case: case_, bucket } = found.stored!;
    io.say(`${file}  ${plural(instructionCount(case_.unit), 'instruction')}  ${bucket ?? '-'}`);
  }
  io.note(plural(files.length, 'case'));
  return unreadable > 0 ? EXIT.usage : EXIT.clean;
}

async function add(named: readonly string[], { area, name, note }: CorpusOptions, io: Io): Promise<ExitCode> {
  if (named.length !== 1) throw new InputError('corpus add needs one case: a file or a bucket');
  const cwd = process.cwd();
  const found = findCase(named[0]!, null, cwd, CORE_SETTINGS);
  if (found.file === null || found.stored === null) {
    throw new InputError(
      `${found.name} is a seed; corpus add takes a case file or a bucket (harness gen prints the case of a seed)`,
    );
  }
  const text = writeCaseFile(regressionOf(found.stored, note));
  const file = join('corpus', 'regressions', area, `${name ?? plainName(basename(found.file, '.air'))}.air`);
  if (existsSync(file) || !writeNew(file, text))
    throw new InputError(`${file} exists already; --name gives another name`);
  io.say(`added ${file}`);
  if (isFinding(found.file, cwd)) rmSync(found.file);
  return failsStill(file, io);
}

/** `name`, if any file system and any terminal takes it. */
function plainName(name: string): string {
  return /^[a-z0-9][a-z0-9._-]{0,99}$/i.test(name) ? name : bucketSlug(name);
}

/** Whether a regression that was added fails on the back end as it is now. */
async function failsStill(file: string, io: Io): Promise<ExitCode> {
  const { source, profile, stored } = caseOfFile(file, CORE_SETTINGS);
  const worker = { profile, backend: 'core', engines: DEFAULT_ENGINES, checks: null, onlyOps: null };
  const named = await withWorker(worker, async (workers) => {
    return nameFindings(workers, source, await replay(workers, source), stored!.case.unit);
  });
  for (const { id } of named) io.say(`it still fails: ${id}`);
  return exitCodeOf(named);
}

function check(paths: readonly string[], _options: CorpusOptions, io: Io): ExitCode {
  const files = filesOf(paths.length > 0 ? paths : [join('corpus', 'regressions')]);
  if (files.length === 0) throw new InputError('no case files: nothing to check');
  let bad = 0;
  for (const file of files) {
    const found = openCase(file, io);
    const faults = found === null ? [] : faultsOf(found.stored!);
    for (const fault of faults) io.note(`${file}: error: ${fault}`);
    if (found === null || faults.length > 0) bad++;
  }
  io.say(`${plural(files.length, 'case')}, ${bad} wrong`);
  return bad > 0 ? EXIT.usage : EXIT.clean;
}

function isFinding(file: string, cwd: string): boolean {
  return relative(join(cwd, 'corpus', 'findings'), join(cwd, dirname(file))) === '';
}
