/**
 * One link by a linker that is a process of its own, in a folder that is gone afterwards.
 *
 * Blocks: a link takes some hundredths of a second. How the process ended is told apart from what it said: what is killed from outside,
 * or takes too long by the clock, is nobody's fault.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeScratchFolder } from '../backend/process/scratch.ts';
import { HarnessError } from '../model/failure.ts';
import type { LinkAnswer } from './foreign-linker.ts';

/** Milliseconds that a link may take by the clock; one that does not end costs its case. */
const CLOCK = 60_000;

/** Signals that a process gets for what it does itself. */
const OWN_SIGNALS: readonly string[] = ['SIGSEGV', 'SIGABRT', 'SIGILL', 'SIGBUS', 'SIGFPE', 'SIGTRAP'];

/** The output, in the folder of the link. */
export const OUTPUT = 'linked.wasm';

/** What LLVM's tools write before they abort, and Zig before it does. */
const BROKEN = /PLEASE submit a bug report|Assertion .* failed|panic: /;

/** Runs `command`, whose inputs are `files`. The output is {@link OUTPUT}. */
export function runLinker(
  command: readonly string[],
  files: ReadonlyMap<string, Uint8Array>,
  environment: Readonly<Record<string, string>> = {},
): LinkAnswer {
  const folder = makeScratchFolder();
  try {
    for (const [path, bytes] of files) {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes);
    }
    const { error, status, signal, stderr } = spawnSync(command[0]!, command.slice(1), {
      cwd: folder,
      env: { ...process.env, ...environment },
      timeout: CLOCK,
      killSignal: 'SIGKILL',
      maxBuffer: 2 ** 26,
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const code = (error as NodeJS.ErrnoException | undefined)?.code;
    if (code !== undefined && code !== 'ETIMEDOUT') throw new HarnessError(`${command[0]!} does not start: ${code}`);
    if (signal !== null && !OWN_SIGNALS.includes(signal)) return { kind: 'unsupported', what: 'ended from outside' };
    if (signal !== null || BROKEN.test(stderr)) return { kind: 'crashed', text: stderr === '' ? signal! : stderr };
    if (status !== 0) return { kind: 'refused', text: stderr };
    return { kind: 'module', bytes: new Uint8Array(readFileSync(join(folder, OUTPUT))) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
