/**
 * One of the two sides that a gate compares, as a command: the build of the working tree or of the base, or one build with one of two back ends.
 *
 * Owns how its answers are read. Each build judges with its own interpreter, generators and checks, since any of them may be what a
 * change broke. Knows nothing of the other build.
 */
import { join } from 'node:path';
import { HarnessError } from '../model/failure.ts';
import type { Summary } from '../report/summary.ts';
import type { Children, Ended } from './children.ts';

/** What a build says of one case: it fails, it passes, it is no case for it (text that it cannot read, a program at fault). */
export type Answer = 'fails' | 'passes' | 'no case';

/** How often a case is asked about again whose worker the environment did not let run. */
const TRIES = 3;

/** The command of a build. */
export class Side {
  readonly #main: string;
  readonly #cwd: string;
  readonly #children: Children;
  readonly #options: readonly string[];

  /** The build in `tree`, run in `cwd`, where its commands leave what they write. `options` go with each command. */
  constructor(tree: string, cwd: string, children: Children, options: readonly string[] = []) {
    this.#main = join(tree, 'dist', 'harness', 'cli', 'main.js');
    this.#cwd = cwd;
    this.#children = children;
    this.#options = options;
  }

  /** Runs `harness <args> --json`; `summary` is null where there is none. */
  async run(...args: readonly string[]): Promise<Ended & { readonly summary: Summary | null }> {
    const ended = await this.#children.run(this.#cwd, process.execPath, [
      this.#main,
      ...args,
      ...this.#options,
      '--json',
    ]);
    return { ...ended, summary: summaryIn(ended.stdout) };
  }

  /** What this build says of `case_`, a case file or a seed. */
  async ask(case_: string): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      const { code, summary, stderr } = await this.run('repro', case_);
      if (summary !== null && summary.buckets.length > 0) return 'fails';
      if (code === 0) return 'passes';
      if (code === 2 || code === 125) return 'no case';
      if (code === 130 || tries === TRIES) throw new HarnessError(`${case_} cannot be run: ${lastLine(stderr)}`);
    }
  }
}

/** What a command wrote last on standard error. */
export function lastLine(stderr: string): string {
  return stderr.trimEnd().split('\n').at(-1)!;
}

/** The object in the last line of `stdout`. */
function summaryIn(stdout: string): Summary | null {
  try {
    return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Summary;
  } catch {
    return null;
  }
}
