/**
 * The folder in which compilers of this process work: on a memory file system where there is one, gone when the process ends.
 *
 * What a killed process has left is removed by the next one.
 */
import { accessSync, constants, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
const NAME = /^harness-compilers-(\d+)$/;

let folder: string | null = null;

/** Made at its first use. */
export function scratchFolder(): string {
  if (folder !== null) return folder;
  const parent = isWritable(MEMORY) ? MEMORY : tmpdir();
  for (const name of readdirSync(parent)) {
    const pid = Number(NAME.exec(name)?.[1] ?? NaN);
    if (!Number.isNaN(pid) && !isAlive(pid)) rmSync(join(parent, name), { recursive: true, force: true });
  }
  const made = join(parent, `harness-compilers-${process.pid}`);
  mkdirSync(made, { recursive: true });
  process.on('exit', () => rmSync(made, { recursive: true, force: true }));
  return (folder = made);
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
