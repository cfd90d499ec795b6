/**
 * Starts the built command in a folder of its own. Build before these tests run alone.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the repository. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

const MAIN = join(ROOT, 'dist', 'harness', 'cli', 'main.js');

/** What a run of the command left behind. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running command. */
export interface Running {
  readonly ended: Promise<Ended>;
  readonly pid: number;
  /** What it has written so far. */
  stderr(): string;
  signal(name: NodeJS.Signals): void;
}

/** Makes a folder; `remove` deletes it. */
export function makeFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'harness-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Starts the command under `node`. */
export function start(
  cwd: string,
  args: readonly string[],
  env: Record<string, string> = {},
  node: string = process.execPath,
): Running {
  if (!existsSync(MAIN)) throw new Error('not built: run npm run build');
  const child = spawn(node, [MAIN, ...args], {
    cwd,
    // Jest's own settings are not for the command.
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
  return { ended, pid: child.pid!, stderr: () => stderr, signal: (name) => void child.kill(name) };
}

/** Runs the command to its end. */
export function harness(cwd: string, ...args: string[]): Promise<Ended> {
  return start(cwd, args).ended;
}
