/** `harness bisect`: the commit that made a case fail. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CORE_SETTINGS } from '../backend/core/settings.ts';
import { commitOf, git, repositoryOf, Worktree } from '../gate/build-tree.ts';
import { Children } from '../gate/children.ts';
import { HarnessError, InputError, Interrupted } from '../model/failure.ts';
import { writeWhole } from '../model/files.ts';
import { plural } from '../report/text.ts';
import { defineCommand } from './command.ts';
import { EXIT } from './exit-codes.ts';
import type { FoundByName } from './find-case.ts';
import { findCase } from './find-case.ts';
import { openTemporaryFolder } from './temporary-folder.ts';
import { withWorker } from './one-worker.ts';
import { DEFAULT_ENGINES, readText } from './option.ts';

interface BisectOptions {
  readonly good: string | null;
  readonly bad: string;
  readonly json: boolean;
}

const STEP = fileURLToPath(new URL('../gate/bisect-step.js', import.meta.url));

export const bisectCommand = defineCommand<BisectOptions>({
  details:
    'Drives git bisect run in a worktree of its own. The case is the same text for all commits, also that of a seed: it is made ' +
    'by this build. A commit that does not build or cannot read the case is skipped. The exit code is 0 if the commit is found, and 125 if ' +
    'only skipped ones are left.',
  args: [['<case>', 'a case file, a bucket, or a seed']],
  options: {
    good: { flags: '--good <ref>', help: 'a commit on which the case passes', fallback: null, read: readText },
    bad: { flags: '--bad <ref>', help: 'a commit on which it fails', fallback: 'HEAD', read: readText },
    json: {
      flags: '--json',
      help: 'print one JSON object as the last line of stdout, everything else on stderr',
      fallback: false,
    },
  },
  async run([named], { good, bad, json }, io) {
    if (good === null) throw new InputError('bisect needs --good: a commit on which the case passes');
    const root = repositoryOf(process.cwd());
    const ends = { good: commitOf(root, good), bad: commitOf(root, bad) };
    if (git(root, 'merge-base', '--is-ancestor', ends.good, ends.bad) === null) {
      throw new InputError(`--good ${good} is no ancestor of --bad ${bad}`);
    }
    const text = await textOf(findCase(named!, null, process.cwd(), CORE_SETTINGS));
    const children = new Children();
    const temporary = openTemporaryFolder(io.note, () => children.end('SIGKILL'));
    void temporary.stop.whenRequested.then(() => children.end('SIGTERM'));
    let tree: Worktree | null = null;
    try {
      const file = join(temporary.path, 'case', 'case.air');
      mkdirSync(join(temporary.path, 'case'));
      writeWhole(file, text);
      tree = new Worktree(root, ends.bad, join(temporary.path, 'tree'));
      const { path } = tree;
      const step = async (commit: string): Promise<number> => {
        git(path, 'checkout', '--quiet', '--detach', commit);
        const { code } = await children.run(path, process.execPath, [STEP, root, file]);
        if (temporary.stop.requested) throw new Interrupted('interrupted');
        return code;
      };
      // What is asked has to be so: otherwise git names a commit that has nothing to do with it.
      for (const [name, commit, wanted] of [
        ['bad', ends.bad, 1],
        ['good', ends.good, 0],
      ] as const) {
        const code = await step(commit);
        io.note(`${name} ${commit.slice(0, 12)}: ${code === 1 ? 'fails' : code === 0 ? 'passes' : 'cannot tell'}`);
        if (code === EXIT.unknown)
          throw new HarnessError(`${commit.slice(0, 12)} does not build, or cannot run the case`);
        if (code !== wanted)
          throw new InputError(`the case ${code === 0 ? 'passes' : 'fails'} on --${name} ${commit.slice(0, 12)}`);
      }
      if (git(path, 'bisect', 'start', ends.bad, ends.good) === null)
        throw new HarnessError('git bisect does not start');
      const between = Number(git(root, 'rev-list', '--count', `${ends.good}..${ends.bad}`));
      io.note(`${plural(between, 'commit')} to look at: about ${Math.ceil(Math.log2(between))} more to build`);
      const { stdout, stderr } = await children.run(path, 'git', ['bisect', 'run', process.execPath, STEP, root, file]);
      if (temporary.stop.requested) return EXIT.interrupted;
      const found = /^([0-9a-f]{40,}) is the first '?bad'? commit/m.exec(stdout)?.[1];
      if (found === undefined) {
        io.note((stdout + stderr).trimEnd());
        const candidates = candidatesOf(stdout + stderr);
        const lines = candidates.map((commit) => git(root, 'log', '-1', '--format=  %h %s', commit)?.trimEnd());
        io.say(
          ['cannot tell: it is one of these, some of which do not build or cannot run the case', ...lines].join('\n'),
        );
        if (json) io.json({ schema: 1, commit: null, candidates, good: ends.good, bad: ends.bad });
        return EXIT.unknown;
      }
      io.say(git(root, 'log', '-1', '--format=%H%n%an, %ad%n%n%B', found)!.trimEnd());
      if (json) io.json({ schema: 1, commit: found, good: ends.good, bad: ends.bad });
      return EXIT.clean;
    } finally {
      tree?.remove();
      temporary.release();
    }
  },
});

/** The commits of which git cannot tell which is the first bad one, the last one first. */
function candidatesOf(said: string): string[] {
  const list = /could be any of:\n((?:[0-9a-f]{40,}\n)+)/.exec(said)?.[1] ?? '';
  return list.split('\n').filter((line) => line !== '');
}

/** The text of a case, which a seed has only once it is generated. */
async function textOf({ source, profile }: FoundByName): Promise<string> {
  if (source.from === 'text') return source.text;
  const worker = { profile, backend: 'core', engines: DEFAULT_ENGINES, checks: null, onlyOps: null };
  const outcome = await withWorker(worker, (workers) => workers.run<'describe'>({ kind: 'describe', source }));
  if (outcome.kind === 'done') return outcome.reply.original.text;
  if (outcome.kind === 'stopped') throw new Interrupted('the worker was stopped');
  throw new HarnessError('the case of this seed cannot be generated');
}
