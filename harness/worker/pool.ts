/**
 * Worker processes: starts them, hands out tasks, notices when one dies or hangs, and replaces it.
 *
 * Owns processes and their markers. Knows nothing of what a task means. A task whose worker died ends as `died`, never as
 * an exception: whether that is a finding is the campaign's to say. Invariant: after `close` no process is left.
 */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ReduceStep } from '../reduce/reduce.ts';
import { HarnessError } from '../model/failure.ts';
import type { Marker } from './marker.ts';
import { readMarker } from './marker.ts';
import type { FromWorker, Replies, Task, TaskOutcome, ToWorker, Workers, WorkerSetup } from './protocol.ts';
import { workerV8Flags } from './v8-flags.ts';

/** Milliseconds between two looks at the markers. */
const WATCH_INTERVAL = 500;

/** How much of a worker's stderr is kept. */
const STDERR_KEPT = 4000;

/** What a pool is made of. */
export interface PoolOptions {
  readonly size: number;
  /** Folder for markers and candidates; it exists. */
  readonly folder: string;
  /** All of the setup but the files of the worker. */
  readonly setup: Omit<WorkerSetup, 'markerFile' | 'candidateFile'>;
  /** Milliseconds without progress after which a worker counts as hung. */
  readonly hangAfter: number;
}

interface Worker {
  readonly process: ChildProcess;
  readonly setup: WorkerSetup;
  readonly ready: Promise<void>;
  stderr: string;
  /** Called once with how the task at work ended. */
  settle: ((outcome: TaskOutcome) => void) | null;
  onStep: ((step: ReduceStep) => void) | null;
  lastMarker: Marker;
  lastChange: number;
  hung: boolean;
}

/** See the file header. */
export class WorkerPool implements Workers {
  readonly size: number;
  readonly #options: PoolOptions;
  readonly #slots: (Worker | null)[];
  readonly #waiting: ((slot: number) => void)[] = [];
  readonly #freeSlots: number[];
  readonly #watch: NodeJS.Timeout;
  #closed = false;

  constructor(options: PoolOptions) {
    this.size = options.size;
    this.#options = options;
    this.#slots = new Array<Worker | null>(options.size).fill(null);
    this.#freeSlots = Array.from({ length: options.size }, (_, n) => n);
    this.#watch = setInterval(() => this.#look(), WATCH_INTERVAL);
  }

  async run<K extends Task['kind']>(
    task: Extract<Task, { kind: K }>,
    onStep?: (step: ReduceStep) => void,
  ): Promise<TaskOutcome<Replies[K]>> {
    const slot = await this.#takeSlot();
    try {
      if (this.#closed) return { kind: 'stopped' };
      const worker = (this.#slots[slot] ??= this.#start(slot));
      await worker.ready;
      if (this.#closed) return { kind: 'stopped' };
      worker.onStep = onStep ?? null;
      return (await this.#runOn(worker, slot, task)) as TaskOutcome<Replies[K]>;
    } finally {
      this.#giveSlot(slot);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#watch);
    await Promise.all(this.#slots.map((worker) => (worker === null ? Promise.resolve() : end(worker.process))));
    for (let slot = 0; slot < this.size; slot++) {
      rmSync(this.#markerFile(slot), { force: true });
      rmSync(this.#candidateFile(slot), { force: true });
    }
  }

  #takeSlot(): Promise<number> {
    const slot = this.#freeSlots.shift();
    return slot === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(slot);
  }

  #giveSlot(slot: number): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#freeSlots.push(slot);
    else next(slot);
  }

  #markerFile(slot: number): string {
    return join(this.#options.folder, `worker-${slot}.at`);
  }

  #candidateFile(slot: number): string {
    return join(this.#options.folder, `worker-${slot}.candidate.air`);
  }

  #start(slot: number): Worker {
    const entry = fileURLToPath(new URL('./worker.js', import.meta.url));
    if (!existsSync(entry)) throw new HarnessError('the worker is not built: run npm run build');
    const setup = {
      ...this.#options.setup,
      markerFile: this.#markerFile(slot),
      candidateFile: this.#candidateFile(slot),
    };
    rmSync(setup.markerFile, { force: true });
    rmSync(setup.candidateFile, { force: true });
    const child = fork(entry, [], {
      execArgv: [...workerV8Flags()],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let makeReady: () => void = () => undefined;
    let refuse: (error: Error) => void = () => undefined;
    const ready = new Promise<void>((resolve, reject) => {
      makeReady = resolve;
      refuse = reject;
    });
    // A failure to start is reported by whoever waits for it.
    ready.catch(() => undefined);
    const worker: Worker = {
      process: child,
      setup,
      ready,
      stderr: '',
      settle: null,
      onStep: null,
      lastMarker: { position: -1, beat: 0 },
      lastChange: Date.now(),
      hung: false,
    };
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      worker.stderr = (worker.stderr + text).slice(-STDERR_KEPT);
    });
    child.on('message', (message) => {
      const said = message as FromWorker;
      if (said.type === 'ready') makeReady();
      else if (said.type === 'reply') this.#settle(worker, { kind: 'done', reply: said.reply });
      else if (said.type === 'step') worker.onStep?.(said.step);
      else refuse(new HarnessError(`a worker could not start: ${said.message}`));
    });
    child.on('error', (error) => refuse(new HarnessError(`a worker could not be started: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (this.#slots[slot] === worker) this.#slots[slot] = null;
      const why = `exit code ${code ?? '-'}, signal ${signal ?? '-'}`;
      refuse(new HarnessError(`a worker ended while it started (${why})\n${worker.stderr}`));
      this.#settle(worker, this.#died(worker, code, signal));
    });
    this.#tell(worker, { type: 'setup', setup });
    return worker;
  }

  #runOn(worker: Worker, slot: number, task: Task): Promise<TaskOutcome> {
    return new Promise((resolve) => {
      worker.settle = resolve;
      worker.lastChange = Date.now();
      if (this.#slots[slot] === worker) this.#tell(worker, { type: 'task', task });
      else this.#settle(worker, this.#died(worker, worker.process.exitCode, worker.process.signalCode));
    });
  }

  #tell(worker: Worker, message: ToWorker): void {
    // A worker that is gone is noticed by its `close` event.
    worker.process.send(message, () => undefined);
  }

  #settle(worker: Worker, outcome: TaskOutcome): void {
    const { settle } = worker;
    worker.settle = null;
    settle?.(outcome);
  }

  #died(worker: Worker, code: number | null, signal: string | null): TaskOutcome {
    if (this.#closed) return { kind: 'stopped' };
    return {
      kind: 'died',
      how: worker.hung ? { why: 'hung' } : { why: 'exit', code, signal },
      position: readMarker(worker.setup.markerFile).position,
      candidate: readIfThere(worker.setup.candidateFile),
      stderr: worker.stderr,
    };
  }

  /** Kills workers whose marker stands still. */
  #look(): void {
    const now = Date.now();
    for (const worker of this.#slots) {
      if (worker === null || worker.settle === null) continue;
      const marker = readMarker(worker.setup.markerFile);
      if (marker.beat !== worker.lastMarker.beat) {
        worker.lastMarker = marker;
        worker.lastChange = now;
      } else if (now - worker.lastChange > this.#options.hangAfter && !worker.hung) {
        worker.hung = true;
        worker.process.kill('SIGKILL');
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

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    child.once('close', () => resolve());
    child.kill('SIGKILL');
  });
}
