/**
 * One worker process: started, given one task at a time, ended.
 *
 * Owns the child, its messages and its two files. Says how a start or a task ended and never throws; what that means is for others
 * to say. Invariant: when `ended` has resolved, the process and its files are gone.
 */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../model/files.ts';
import type { ReduceStep } from '../reduce/reduce.ts';
import { readMarker } from './marker.ts';
import type { WorkerSize } from './memory-limit.ts';
import { processState } from './process-state.ts';
import { ProgressWatch } from './progress-watch.ts';
import type { Died, FromWorker, Task, TaskOutcome, ToWorker, WorkerSetup } from './protocol.ts';
import { workerV8Flags } from './v8-flags.ts';

/** The program that a worker runs: beside this file; where this file is a source (tests), in the build. */
export const WORKER_ENTRY = fileURLToPath(
  import.meta.url.endsWith('.ts')
    ? import.meta.url.replace(/\/harness\/worker\/[^/]*$/, '/dist/harness/worker/worker.js')
    : new URL('./worker.js', import.meta.url),
);

/** How much of a worker's stderr is kept. */
const STDERR_KEPT = 4000;

/** How a start ended. */
export type StartOutcome = { readonly kind: 'ready' } | Died | { readonly kind: 'failed'; readonly message: string };

/** See the file header. */
export class WorkerProcess {
  readonly started: Promise<StartOutcome>;
  readonly ended: Promise<void>;
  readonly #child: ChildProcess | null;
  readonly #setup: WorkerSetup;
  #stderr = '';
  #settle: ((outcome: TaskOutcome) => void) | null = null;
  #onStep: ((step: ReduceStep) => void) | null = null;
  #watch: ProgressWatch | null = null;
  #isHung = false;
  #isOver = false;
  #isSpent = false;
  #size: WorkerSize = { bytes: 0, cases: 0 };
  #failure: string | null = null;

  constructor(setup: WorkerSetup) {
    this.#setup = setup;
    this.#removeFiles();
    let tellStart: (outcome: StartOutcome) => void = () => undefined;
    this.started = new Promise((resolve) => (tellStart = resolve));
    let child: ChildProcess;
    try {
      child = fork(WORKER_ENTRY, [], {
        execArgv: [...workerV8Flags()],
        serialization: 'advanced',
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      });
    } catch (error) {
      this.#child = null;
      this.#isOver = true;
      this.ended = Promise.resolve();
      tellStart({ kind: 'failed', message: `a worker could not be started: ${messageOf(error)}` });
      return;
    }
    this.#child = child;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_KEPT);
    });
    child.on('message', (message) => this.#hear(message as FromWorker, tellStart));
    this.ended = new Promise((resolve) => {
      const end = (code: number | null, signal: string | null): void => {
        if (this.#isOver) return;
        this.#isOver = true;
        const death = this.#death(code, signal);
        this.#removeFiles();
        const failure = this.#failure;
        const outcome = failure === null ? death : ({ kind: 'failed', message: failure } as const);
        tellStart(outcome);
        this.#finish(outcome);
        resolve();
      };
      child.on('error', (error) => {
        // One that runs has failed to take a message or a signal; `close` says the rest.
        if (child.pid !== undefined) return;
        this.#failure = `a worker could not be started: ${error.message}`;
        end(null, null);
      });
      child.on('close', end);
    });
    this.#tell({ type: 'setup', setup });
  }

  /** Whether it takes no further task: it is gone, or has said that it is used up. */
  get isDone(): boolean {
    return this.#isOver || this.#isSpent;
  }

  /** As of the end of its last task. */
  get size(): WorkerSize {
    return this.#size;
  }

  /** Does `task`; the one before has ended. `hangAfter`: see {@link ProgressWatch}. */
  run(task: Task, hangAfter: number, onStep: ((step: ReduceStep) => void) | null): Promise<TaskOutcome> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#onStep = onStep;
      this.#watch = new ProgressWatch(hangAfter, performance.now());
      if (this.#isOver) this.#finish(this.#death(this.#child?.exitCode ?? null, this.#child?.signalCode ?? null));
      else this.#tell({ type: 'task', task });
    });
  }

  /** To be called now and then: ends the process if it hangs. */
  look(): void {
    const pid = this.#child?.pid;
    if (this.#watch === null || this.#isHung || pid === undefined) return;
    const { beat } = readMarker(this.#setup.markerFile);
    if (!this.#watch.look(beat, processState(pid), performance.now())) return;
    this.#isHung = true;
    this.#child!.kill('SIGKILL');
  }

  /** Ends the process, whatever it is at. */
  kill(): Promise<void> {
    if (!this.#isOver) this.#child!.kill('SIGKILL');
    return this.ended;
  }

  #hear(message: FromWorker, tellStart: (outcome: StartOutcome) => void): void {
    switch (message.type) {
      case 'ready':
        return tellStart({ kind: 'ready' });
      case 'reply':
        return this.#take(message);
      case 'step':
        return this.#onStep?.(message.step);
      case 'failed':
        this.#failure = message.message;
    }
  }

  #take({ reply, spent, rss }: Extract<FromWorker, { type: 'reply' }>): void {
    const done = reply.kind === 'cases' ? reply.tally.cases : 0;
    this.#size = { bytes: rss, cases: this.#size.cases + done };
    this.#isSpent ||= spent;
    this.#finish({ kind: 'done', reply });
  }

  #tell(message: ToWorker): void {
    // One that is gone is noticed when it closes.
    this.#child!.send(message, () => undefined);
  }

  #finish(outcome: TaskOutcome): void {
    const settle = this.#settle;
    this.#settle = this.#onStep = this.#watch = null;
    settle?.(outcome);
  }

  #death(code: number | null, signal: string | null): Died {
    const marker = readMarker(this.#setup.markerFile);
    return {
      kind: 'died',
      how: this.#isHung ? { why: 'hung' } : { why: 'exit', code, signal },
      position: marker.position,
      part: marker.part,
      candidate: readIfThere(this.#setup.candidateFile),
      stderr: this.#stderr,
    };
  }

  #removeFiles(): void {
    for (const file of [this.#setup.markerFile, this.#setup.candidateFile]) {
      try {
        rmSync(file, { force: true });
      } catch {
        // A folder that has become read-only or is gone: the worker itself says so if that matters.
      }
    }
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
