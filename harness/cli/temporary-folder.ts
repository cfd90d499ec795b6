/**
 * A temporary folder that is gone whatever way the command ends by itself.
 *
 * Owns the order: signals are caught before the folder exists, so none that comes in between can leave it behind.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StopSignal } from '../campaign/parts.ts';
import { HarnessError } from '../model/failure.ts';
import { messageOf } from '../model/files.ts';
import { catchSignals } from './interrupt.ts';

/** A folder, and the signals meanwhile. */
export interface TemporaryFolder {
  readonly path: string;
  readonly stop: StopSignal;
  /** Removes the folder; signals have the system's own answer again. */
  release(): void;
}

/**
 * Makes a folder `harness-*` and catches signals until it is released. `clean` is called before the folder goes; it is synchronous,
 * and may be called twice. Throws a HarnessError if no folder can be made.
 */
export function openTemporaryFolder(say: (text: string) => void, clean: () => void = () => undefined): TemporaryFolder {
  let path: string | null = null;
  const interrupt = catchSignals(say, () => {
    clean();
    if (path !== null) rmSync(path, { recursive: true, force: true });
  });
  try {
    path = mkdtempSync(join(tmpdir(), 'harness-'));
  } catch (error) {
    interrupt.release();
    throw new HarnessError(`cannot make a temporary folder in ${tmpdir()}: ${messageOf(error)}`);
  }
  return { path, stop: interrupt.stop, release: () => interrupt.release() };
}
