/**
 * Runs LLVM's tests with one linker and says what came of each.
 *
 * Owns processes and scratch folders. A test passes if every command of it ends as it should; nothing else is looked at.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { scratchOf, scriptOf } from './lit.ts';
import { makePath } from './tools.ts';

/** One test after its run. */
export interface TestResult {
  readonly name: string;
  readonly passed: boolean;
  /** What its commands printed, for a reader. */
  readonly said: string;
}

/** What a run needs. */
export interface TestRun {
  /** The folder of the tests. */
  readonly tests: string;
  readonly names: readonly string[];
  readonly tools: ReadonlyMap<string, string>;
  /** Command line of the linker. */
  readonly linker: readonly [string, ...string[]];
  readonly jobs: number;
}

/** Suffixes of files that are tests, as the configuration of the suite has them. */
const SUFFIXES = new Set(['.test', '.yaml', '.ll', '.s']);
const TIMEOUT_MS = 120_000;
const MAX_OUTPUT = 64 * 1024 * 1024;

/** Names of the tests in `folder`, sorted; those in folders below it are others' business. */
export function listTests(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && SUFFIXES.has(extname(entry.name)))
    .map((entry) => entry.name)
    .sort();
}

/** Runs them, `jobs` at a time; results in the order of names. */
export async function runTests({ tests, names, tools, linker, jobs }: TestRun): Promise<TestResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  try {
    const bin = join(folder, 'bin');
    makePath(bin, tools, linker);
    const results = new Array<TestResult>(names.length);
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < names.length) {
        const i = next++;
        results[i] = await runTest(join(tests, names[i]!), folder, bin);
      }
    };
    await Promise.all(Array.from({ length: jobs }, work));
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runTest(path: string, folder: string, bin: string): Promise<TestResult> {
  const scratch = scratchOf(join(folder, 'out'), path);
  mkdirSync(dirname(scratch), { recursive: true });
  const name = basename(path);
  // Some tests hold bytes that are no text.
  const script = scriptOf(readFileSync(path, 'latin1'), path, scratch);
  if (script === null) return { name, passed: false, said: 'no RUN line' };
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}`, LC_ALL: 'C' };
  return new Promise((resolve) => {
    execFile(
      'bash',
      ['-x', '-c', script],
      { cwd: dirname(scratch), env, timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT },
      (error, stdout, stderr) => {
        resolve({ name, passed: error === null, said: `${stdout}${stderr}` });
      },
    );
  });
}
