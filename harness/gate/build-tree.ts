/**
 * A commit of this repository, checked out and built beside the working tree.
 *
 * Owns the worktree and how it is built: with the packages of the working tree, or with its own where the lock file differs.
 * Invariant: `remove` leaves neither the folder nor an entry in the repository, and may be called at any time.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HarnessError, InputError } from '../model/failure.ts';
import type { Children, Ended } from './children.ts';
import { plainEnvironment } from './children.ts';

/** Lines of a failed build that are shown. */
const SHOWN_LINES = 15;

/** What git says in `cwd`, without the last line end; null where it fails. */
export function git(cwd: string, ...args: readonly string[]): string | null {
  const run = spawnSync('git', args, { cwd, env: plainEnvironment(), encoding: 'utf8', maxBuffer: 1 << 28 });
  if (run.error !== undefined) throw new HarnessError(`git cannot be run: ${run.error.message}`);
  return run.status === 0 ? run.stdout.replace(/\n$/, '') : null;
}

/** Root of the repository that `cwd` is in. */
export function repositoryOf(cwd: string): string {
  const root = git(cwd, 'rev-parse', '--show-toplevel');
  if (root === null) throw new InputError(`${cwd} is in no git repository`);
  if (!existsSync(join(root, 'dist', 'harness', 'cli', 'main.js'))) {
    throw new InputError(`${root} is not a clone of the harness that is built: run npm ci there`);
  }
  return root;
}

/** The commit that `ref` names. */
export function commitOf(root: string, ref: string): string {
  const commit = git(root, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`);
  if (commit !== null) return commit;
  const isShallow = git(root, 'rev-parse', '--is-shallow-repository') === 'true';
  const hint = isShallow ? '; this clone is shallow: fetch the history (actions/checkout: fetch-depth: 0)' : '';
  throw new InputError(`there is no commit '${ref}' here${hint}`);
}

/** What `npm run outside:install` makes. */
const INSTALLED = [
  ...['outside/node_modules', 'outside/python', 'outside/cache'],
  ...['outside/engines/node_modules', 'outside/engines/python'],
];

/** A commit in a folder of its own. */
export class Worktree {
  readonly path: string;
  readonly #root: string;

  /** Checks `commit` out into `path`, which is not there yet. */
  constructor(root: string, commit: string, path: string) {
    this.#root = root;
    this.path = path;
    if (git(root, 'worktree', 'add', '--quiet', '--detach', path, commit) === null) {
      this.remove();
      throw new HarnessError(`git cannot check ${commit} out into ${path}`);
    }
  }

  /** Builds what is checked out; null, or why it cannot be built. */
  build(children: Children): Promise<string | null> {
    return buildCheckout(this.path, this.#root, children);
  }

  /** Gives it the compilers and engines that are installed below `outside/` of the working tree. */
  linkOutside(): void {
    for (const path of INSTALLED) {
      const [from, to] = [join(this.#root, path), join(this.path, path)];
      if (existsSync(from) && existsSync(dirname(to)) && !existsSync(to)) symlinkSync(from, to, 'junction');
    }
  }

  remove(): void {
    git(this.#root, 'worktree', 'remove', '--force', '--force', this.path);
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Builds the working tree in `root` as its developers do; null, or why it cannot be built. */
export async function buildWorkingTree(root: string, children: Children): Promise<string | null> {
  return whyNot(await children.run(root, 'npm', ['run', '--silent', 'build']));
}

/**
 * Builds what is checked out in `folder`, with the packages of `root` if both have the same lock file; null, or why it cannot
 * be built. Types are not checked: that is not what is asked, and takes most of the time.
 */
export async function buildCheckout(folder: string, root: string, children: Children): Promise<string | null> {
  const packages = join(folder, 'node_modules');
  const isLink = lstatSync(packages, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  if (lockOf(folder) === lockOf(root)) {
    if (!isLink) {
      rmSync(packages, { recursive: true, force: true });
      symlinkSync(join(root, 'node_modules'), packages, 'junction');
    }
  } else {
    if (isLink) rmSync(packages);
    const install = ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
    const why = whyNot(await children.run(folder, 'npm', install));
    if (why !== null) return `its packages cannot be installed\n${why}`;
  }
  const compiler = join(packages, 'typescript', 'bin', 'tsc');
  const config = join(folder, 'tsconfig.build.json');
  if (!existsSync(compiler) || !existsSync(config)) return buildWorkingTree(folder, children);
  // Nothing of another commit is left.
  rmSync(join(folder, 'dist'), { recursive: true, force: true });
  return whyNot(await children.run(folder, process.execPath, [compiler, '-p', config, ...EMIT_ONLY]));
}

/** Options of tsc that leave out all that running does not need. */
const EMIT_ONLY = [
  ...['--noCheck', '--declaration', 'false', '--sourceMap', 'false', '--inlineSources', 'false'],
  ...['--incremental', 'false', '--tsBuildInfoFile', 'null'],
];

/** The end of what a command said that failed; null if it did not. */
function whyNot({ code, stdout, stderr }: Ended): string | null {
  return code === 0 ? null : (stdout + stderr).trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
}

function lockOf(folder: string): string | null {
  const file = join(folder, 'package-lock.json');
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}
