/**
 * Folders in which compilers work: on a memory file system where there is one, one for each run.
 *
 * What a killed process has left is removed by the next one.
 */
import { accessSync, constants, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
const NAME = 'harness-compilers-';

let parent: string | null = null;

/** A new folder; who asks for it removes it. */
export function makeScratchFolder(): string {
  parent ??= chooseParent();
  return mkdtempSync(join(parent, `${NAME}${process.pid}-`));
}

/** Where folders are made; what the dead have left there is removed. */
function chooseParent(): string {
  const chosen = isWritable(MEMORY) ? MEMORY : tmpdir();
  for (const name of readdirSync(chosen)) {
    const pid = name.startsWith(NAME) ? Number.parseInt(name.slice(NAME.length), 10) : NaN;
    if (!Number.isNaN(pid) && !isAlive(pid)) rmSync(join(chosen, name), { recursive: true, force: true });
  }
  return chosen;
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
