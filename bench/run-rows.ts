/**
 * Starts the process of kill-rows.ts for one task.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { workerV8Flags } from '../harness/worker/v8-flags.ts';
import type { Rows, RowsTask } from './kill-rows.ts';

/** Milliseconds by the clock: a process that takes longer has met a mutant that does not end, however busy the machine is. */
const LIMIT = 600_000;

/** What the process said; null: it did not end, or died. */
export function runRows(task: RowsTask): Promise<Rows | null> {
  const entry = fileURLToPath(new URL('./kill-rows.js', import.meta.url));
  const child = fork(entry, [], {
    execArgv: [...workerV8Flags()],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT);
  return new Promise((resolve) => {
    let rows: Rows | null = null;
    child.on('message', (message) => (rows = message as Rows));
    child.on('close', () => {
      clearTimeout(limit);
      resolve(rows);
    });
    child.send(task);
  });
}
