/**
 * The lock of a run folder: one campaign at a time writes into it.
 *
 * Owns the file `lock`, which names the process that holds it: by its number and by when it started, as numbers are used again.
 * The lock of a process that is gone is taken over, so nothing has to be cleaned up after a kill; that of another
 * machine (a shared file system) cannot be looked into and stands. Invariant: of several processes that take over at
 * the same time one succeeds.
 */
import { readFileSync, renameSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../model/failure.ts';
import { writeNew } from '../model/files.ts';
import { processState } from '../worker/process-state.ts';

/** Who holds a lock. */
interface Holder {
  readonly host: string;
  readonly pid: number;
  /** See {@link processState}; empty where the system does not say. */
  readonly startedAt: string;
}

/** Takes over a lock this often before it gives up: each time another process was faster, and has ended since. */
const TRIES = 20;

/** Locks `folder`, which exists; call the result to unlock it. Throws InputError where a campaign runs in it. */
export function lockRun(folder: string): () => void {
  const file = join(folder, 'lock');
  const own = `${JSON.stringify(holderOf(process.pid))}\n`;
  for (let tries = 0; tries < TRIES; tries++) {
    if (writeNew(file, own)) return () => unlock(file, own);
    const text = readText(file);
    if (text === null) continue;
    const holder = parse(text);
    if (holder === null || holder.host !== hostname()) {
      throw new InputError(
        `${folder} is locked by ${holder === null ? 'an unknown process' : `a campaign on ${holder.host}`}; if that is no longer running, delete ${file}`,
      );
    }
    if (isAlive(holder)) {
      throw new InputError(`${folder} is in use: a campaign runs in it (process ${holder.pid})`);
    }
    removeStale(file, text);
  }
  throw new InputError(`${folder} is in use: other campaigns start in it`);
}

function holderOf(pid: number): Holder {
  return { host: hostname(), pid, startedAt: processState(pid)?.startedAt ?? '' };
}

function isAlive({ pid, startedAt }: Holder): boolean {
  if (startedAt !== '') return processState(pid)?.startedAt === startedAt;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Takes a stale lock away: moved first, as only one process can move it, and put back if it was another one by then. */
function removeStale(file: string, text: string): void {
  const moved = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, moved);
  } catch {
    return;
  }
  const found = readText(moved);
  rmSync(moved, { force: true });
  if (found !== null && found !== text) writeNew(file, found);
}

function unlock(file: string, own: string): void {
  if (readText(file) === own) rmSync(file, { force: true });
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function parse(text: string): Holder | null {
  try {
    const { host, pid, startedAt } = JSON.parse(text) as Partial<Holder>;
    if (typeof host !== 'string' || !Number.isSafeInteger(pid) || typeof startedAt !== 'string') return null;
    return { host, pid: pid!, startedAt };
  } catch {
    return null;
  }
}
