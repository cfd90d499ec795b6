/**
 * A copy of the sources in a temporary folder that a test edits and type-checks: shows what a change makes the compiler ask for.
 *
 * Owns the copy and the run of the compiler. Test files are left out: they may lag behind a change, the sources may not.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COPIED = [
  ...['core', 'interpreter', 'generators', 'harness', 'bench', 'types'],
  ...['package.json', 'tsconfig.json', 'tsconfig.build.json'],
];

/** One error of the compiler. */
export interface CompilerError {
  /** Path from the root of the project, with `/`. */
  readonly file: string;
  readonly line: number;
  /** `TS2741` and the like. */
  readonly code: string;
  readonly message: string;
}

/** Time limit for a test that runs the compiler some times, in ms: a net for machines that do twenty other things. */
export const COMPILER_NET = 1_800_000;

/** A copy of the sources. */
export class ScratchCopy {
  readonly #folder: string;
  /** Original text of the files edited so far. */
  readonly #originals = new Map<string, string>();

  constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), 'harness-scratch-'));
    for (const path of COPIED) cpSync(join(ROOT, path), join(this.#folder, path), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(this.#folder, 'node_modules'), 'junction');
  }

  /** Replaces `from`, which must stand in `file` exactly once, by `to`. */
  edit(file: string, from: string, to: string): void {
    const path = join(this.#folder, file);
    const text = readFileSync(path, 'utf8');
    const count = text.split(from).length - 1;
    if (count !== 1) throw new Error(`${file} has ${JSON.stringify(from)} ${count} times, not once`);
    if (!this.#originals.has(file)) this.#originals.set(file, text);
    writeFileSync(
      path,
      text.replace(from, () => to),
    );
  }

  /** Takes back all edits. */
  restore(): void {
    for (const [file, text] of this.#originals) writeFileSync(join(this.#folder, file), text);
    this.#originals.clear();
  }

  /** What the compiler has against the copy as it is, by file and line. */
  async errors(): Promise<readonly CompilerError[]> {
    const output = await runCompiler(this.#folder);
    const found = [...output.matchAll(/^(.+?)\((\d+),\d+\): error (TS\d+): (.*)$/gm)].map(
      ([, file, line, code, message]): CompilerError => ({
        file: file!.replaceAll('\\', '/'),
        line: Number(line),
        code: code!,
        message: message!,
      }),
    );
    if (found.length === 0 && output.trim() !== '') throw new Error(`the compiler says: ${output}`);
    return found.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
  }

  /** The files that owe an answer to the edits: those with an error, each once, sorted. */
  async owing(): Promise<readonly string[]> {
    return [...new Set((await this.errors()).map((error) => error.file))];
  }

  /** Removes the copy. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function runCompiler(folder: string): Promise<string> {
  const tsc = join(folder, 'node_modules', 'typescript', 'bin', 'tsc');
  const build = ['-p', 'tsconfig.build.json', '--noEmit', '--pretty', 'false'];
  const args = [tsc, ...build, '--incremental', '--tsBuildInfoFile', join(folder, '.tsbuildinfo')];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      // 1 and 2: there are errors, which stdout lists.
      if (error !== null && error.code !== 1 && error.code !== 2) reject(new Error(`${error.message}\n${stderr}`));
      else resolve(stdout);
    });
  });
}
