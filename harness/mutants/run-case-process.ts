/**
 * Starts a process that runs cases against a copy of core, and waits for its answer or its end.
 *
 * Owns the child: one that hangs, or that nobody waits for any more, is ended. Knows what was asked, and not what it means.
 */
import { fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StopSignal } from '../campaign/parts.ts';
import { Interrupted } from '../model/failure.ts';
import { readMarker } from '../worker/marker.ts';
import { processState } from '../worker/process-state.ts';
import { ProgressWatch } from '../worker/progress-watch.ts';
import { workerV8Flags } from '../worker/v8-flags.ts';
import type { CaseAnswer, CaseTask } from './case-process.ts';
import { HANG_AFTER } from './trial.ts';

/** The program: beside this file; where this file is a source (tests), in the build. */
const ENTRY = fileURLToPath(
  import.meta.url.endsWith('.ts')
    ? import.meta.url.replace(/\/harness\/mutants\/[^/]*$/, '/dist/harness/mutants/case-process.js')
    : new URL('./case-process.js', import.meta.url),
);

/** Milliseconds between two looks at a child. */
const LOOK = 1000;

/** How much of stderr is kept. */
const STDERR_KEPT = 4000;

/** The process ended without an answer, at the case `at` of its task (-1: before the first). */
export interface Ended {
  readonly at: number;
  readonly stderr: string;
}

/** Where such a process runs. */
export interface ProcessPlace {
  /** Folder of the marker file; no other process has it at the same time. */
  readonly folder: string;
  readonly stop: StopSignal;
}

/** Runs `task`. Throws if it is interrupted. */
export async function runCaseProcess(
  task: Omit<CaseTask, 'markerFile'>,
  { folder, stop }: ProcessPlace,
): Promise<CaseAnswer | Ended> {
  if (stop.requested) throw new Interrupted();
  const markerFile = join(folder, 'case-marker');
  rmSync(markerFile, { force: true });
  const child = fork(ENTRY, [], {
    execArgv: [...workerV8Flags()],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let stderr = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-STDERR_KEPT)));
  const watch = new ProgressWatch(HANG_AFTER, performance.now());
  const looks = setInterval(() => {
    const { beat } = readMarker(markerFile);
    if (watch.look(beat, processState(child.pid!), performance.now())) child.kill('SIGKILL');
  }, LOOK);
  void stop.whenRequested.then(() => child.kill('SIGKILL'));
  const answer: { given: CaseAnswer | null } = { given: null };
  child.on('message', (message) => (answer.given = message as CaseAnswer));
  child.send({ ...task, markerFile });
  try {
    await new Promise((resolve) => child.once('close', resolve));
  } finally {
    clearInterval(looks);
  }
  if (stop.requested) throw new Interrupted();
  return answer.given ?? { at: readMarker(markerFile).position, stderr };
}
