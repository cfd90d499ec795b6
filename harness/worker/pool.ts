/**
 * A pool of worker processes: hands out tasks, starts workers and replaces those that died or are used up.
 *
 * Owns which worker does which task. Knows nothing of what a task means. A task whose worker died ends as `died`, never as
 * an exception: whether that is a finding is for others to say. A worker that does not start is started again; when that does not
 * help, the task ends as `failed`. Invariant: after `close` no process is left.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HarnessError } from '../model/failure.ts';
import type { MemoryLimit } from './memory-limit.ts';
import { DEFAULT_MEMORY_LIMIT, hasOutgrown } from './memory-limit.ts';
import { describeDeath, isFromOutside } from './death.ts';
import type { Replies, RunningTask, Task, TaskOutcome, Workers, WorkerSetup } from './protocol.ts';
import type { StartOutcome } from './worker-process.ts';
import { WORKER_ENTRY, WorkerProcess } from './worker-process.ts';

/** Milliseconds between two looks at the workers. */
const WATCH_INTERVAL = 500;

/** How often a worker is started that is killed before it is ready, and milliseconds to wait before the second try; then twice that. */
const START_TRIES = 8;
const FIRST_PAUSE = 25;

/** What a pool is made of. */
export interface PoolOptions {
  readonly size: number;
  /** Folder for markers and candidates; it exists. */
  readonly folder: string;
  /** All of the setup but the files of the worker. */
  readonly setup: Omit<WorkerSetup, 'markerFile' | 'candidateFile'>;
  /** Milliseconds of work without progress after which a worker counts as hung. */
  readonly hangAfter: number;
  /** Size at which a worker is replaced; {@link DEFAULT_MEMORY_LIMIT} if absent. */
  readonly memory?: MemoryLimit;
}

/** See the file header. */
export class WorkerPool implements Workers {
  readonly size: number;
  readonly #options: PoolOptions;
  readonly #slots: (WorkerProcess | null)[];
  readonly #waiting: ((slot: number) => void)[] = [];
  readonly #freeSlots: number[];
  readonly #watch: NodeJS.Timeout;
  #hasStarted = false;
  #closed = false;
  #outgrown = 0;

  constructor(options: PoolOptions) {
    if (!existsSync(WORKER_ENTRY)) throw new HarnessError('the worker is not built: run npm run build');
    this.size = options.size;
    this.#options = options;
    this.#slots = new Array<WorkerProcess | null>(options.size).fill(null);
    this.#freeSlots = Array.from({ length: options.size }, (_, n) => n);
    this.#watch = setInterval(() => this.#slots.forEach((worker) => worker?.look()), WATCH_INTERVAL);
  }

  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  /** Workers that were replaced for their size so far. */
  get outgrown(): number {
    return this.#outgrown;
  }

  /** Resident bytes of the largest worker of those that are there, as of their last tasks. */
  get largest(): number {
    return Math.max(0, ...this.#slots.map((worker) => worker?.size.bytes ?? 0));
  }

  async run<K extends Task['kind']>(
    task: Extract<Task, { kind: K }>,
    running: RunningTask = {},
  ): Promise<TaskOutcome<Replies[K]>> {
    const slot = await this.#takeSlot();
    try {
      const outcome = await this.#runIn(slot, task, running);
      return outcome as TaskOutcome<Replies[K]>;
    } finally {
      this.#giveSlot(slot);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#watch);
    await Promise.all(this.#slots.map((worker) => (worker === null ? Promise.resolve() : worker.kill())));
  }

  async #runIn(slot: number, task: Task, { onStep, abort }: RunningTask): Promise<TaskOutcome> {
    const isStopped = (): boolean => this.#closed || abort?.aborted === true;
    const kill = (): void => void this.#slots[slot]?.kill();
    abort?.addEventListener('abort', kill);
    try {
      const start = await this.#ready(slot, isStopped);
      if (isStopped()) return { kind: 'stopped' };
      if (start.kind === 'failed') return start;
      const worker = this.#slots[slot]!;
      const outcome = await worker.run(task, this.#options.hangAfter, onStep ?? null);
      const isOutgrown = hasOutgrown(worker.size, this.#options.memory ?? DEFAULT_MEMORY_LIMIT);
      if (isOutgrown) this.#outgrown++;
      if (outcome.kind !== 'done' || worker.isDone || isOutgrown) await worker.kill();
      return outcome.kind !== 'done' && isStopped() ? { kind: 'stopped' } : outcome;
    } finally {
      abort?.removeEventListener('abort', kill);
    }
  }

  /** Sees to it that there is a worker in `slot` that can take a task. */
  async #ready(slot: number, isStopped: () => boolean): Promise<Exclude<StartOutcome, { kind: 'died' }>> {
    for (let tries = 1; ; tries++) {
      if (isStopped()) return { kind: 'ready' };
      const present = this.#slots[slot];
      const worker = present === undefined || present === null || present.isDone ? this.#start(slot) : present;
      const outcome = await worker.started;
      if (outcome.kind === 'ready') {
        this.#hasStarted = true;
        return outcome;
      }
      await worker.kill();
      if (outcome.kind === 'failed') return outcome;
      if (!isFromOutside(outcome) || tries === START_TRIES) {
        const how = `${describeDeath(outcome)}${outcome.stderr === '' ? '' : `\n${outcome.stderr.trimEnd()}`}`;
        const often = tries === 1 ? '' : `, ${tries} times`;
        return { kind: 'failed', message: `a worker ended while it started${often}: ${how}` };
      }
      await sleep(FIRST_PAUSE * 2 ** (tries - 1));
    }
  }

  #start(slot: number): WorkerProcess {
    const { folder, setup } = this.#options;
    // No worker that an earlier, killed parent has left behind writes to these.
    const name = join(folder, `worker-${process.pid}-${slot}`);
    const worker = new WorkerProcess({ ...setup, markerFile: `${name}.at`, candidateFile: `${name}.candidate.air` });
    this.#slots[slot] = worker;
    return worker;
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
}
