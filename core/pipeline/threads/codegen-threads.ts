/**
 * A set of codegen threads that is kept from one compilation to the next.
 *
 * Owns the threads: starting, replacing one that died, stopping. They do not keep the process alive while idle. One job
 * at a time; a job that its caller gave up (an exception, a time-out) costs its threads their life when the next one
 * begins, because one of them may be what never ended.
 */
import { MessageChannel, type MessagePort, type ResourceLimits, Worker } from 'node:worker_threads';
import { assert, InternalError } from '../../support/assert.ts';
import type { SharedItems } from '../../intern/item-table.ts';
import type { LaneData } from './protocol.ts';
import { LANE_AT, LANE_CELLS, LANE_STATE, LaneState, SIGNAL } from './protocol.ts';

/** More threads than any machine that this runs on has use for. */
export const MAX_THREADS = 64;

/** Starts that may fail before a function was reached, before it is called a failure. */
const MAX_FAILED_STARTS = 2;

/** One thread and this side's end of its channel. */
export interface Lane {
  readonly number: number;
  readonly worker: Worker;
  readonly port: MessagePort;
  /** What the thread shows of itself, see protocol.ts. Its own: a thread that replaces another one starts with new cells. */
  readonly cells: Int32Array;
  /** What ended it, as far as known. */
  error: unknown;
  /** Whether a message that cannot arrive is noticed, see `buryUnseen`. */
  readonly tellsEnd: boolean;
}

/** The compiled entry of a thread, beside this file; where this file is a source, in the build. */
export function workerUrl(): URL {
  const own = import.meta.url;
  if (!own.endsWith('.ts')) return new URL('./codegen-worker.js', own);
  return new URL(own.replace(/\/core\/pipeline\/threads\/[^/]*$/, '/dist/core/pipeline/threads/codegen-worker.js'));
}

/** A set of codegen threads. */
export class CodegenThreads {
  /** The cell SIGNAL. */
  readonly signal = new Int32Array(new SharedArrayBuffer(4));
  readonly #lanes: Lane[] = [];
  readonly #poolNumbers = new WeakMap<SharedItems, number>();
  #pools = 0;
  #jobs = 0;
  #failedStarts = 0;
  #busy = false;
  readonly #limits: ResourceLimits;

  /** `limits` bound the memory of each thread; absent: those of the process. */
  constructor(limits: ResourceLimits = {}) {
    this.#limits = limits;
  }

  /** Takes the first `count` threads for a job, starting what is missing, and returns the job's number. */
  begin(count: number): { readonly job: number; readonly lanes: Lane[] } {
    assert(count >= 1 && count <= MAX_THREADS, 'the number of codegen threads is out of range');
    if (this.#busy) this.#discard();
    this.#busy = true;
    for (let n = 0; n < count; n++) {
      const lane = this.#lanes[n];
      if (lane === undefined) this.#lanes.push(this.#start(n));
      else if (this.isDead(lane)) this.replace(lane);
    }
    return { job: ++this.#jobs, lanes: this.#lanes.slice(0, count) };
  }

  /** The job is done: all that its threads had to do has arrived. */
  end(): void {
    this.#busy = false;
    this.#failedStarts = 0;
  }

  /** Number by which the threads know the storage of a pool. */
  poolNumber(items: SharedItems): number {
    let number = this.#poolNumbers.get(items);
    if (number === undefined) {
      number = ++this.#pools;
      this.#poolNumbers.set(items, number);
    }
    return number;
  }

  /** Whether the thread of `lane` has ended. */
  isDead(lane: Lane): boolean {
    return Atomics.load(lane.cells, LANE_STATE) === LaneState.dead;
  }

  /**
   * Looks for threads that ended without a word (memory, for one): no event says so while this thread is blocked, but the
   * other end of their channel is closed. True if there is one; `isDead` says which.
   */
  buryUnseen(lanes: readonly Lane[]): boolean {
    let isAny = false;
    for (const lane of lanes) {
      if (this.isDead(lane)) isAny = true;
      if (!lane.tellsEnd || this.isDead(lane) || isOpen(lane.port)) continue;
      this.kill(lane, 'the codegen thread ended without a word');
      isAny = true;
    }
    return isAny;
  }

  /** Ends a thread; `isDead` says so at once. */
  kill(lane: Lane, why: string): void {
    lane.error ??= new InternalError(why);
    void lane.worker.terminate();
    Atomics.store(lane.cells, LANE_STATE, LaneState.dead);
  }

  /** A new thread in the place of one that is dead. */
  replace(lane: Lane): Lane {
    if (Atomics.load(lane.cells, LANE_AT) === 0 && ++this.#failedStarts > MAX_FAILED_STARTS) {
      this.#discard();
      const why = lane.error instanceof Error ? lane.error.message : 'it ended without a word';
      throw new InternalError(`a codegen thread does not run: ${why}`);
    }
    lane.port.close();
    return (this.#lanes[lane.number] = this.#start(lane.number));
  }

  /** Ends all threads. A later job starts new ones. */
  async stop(): Promise<void> {
    const lanes = this.#lanes.splice(0);
    this.#busy = false;
    await Promise.all(
      lanes.map(async ({ worker, port }) => {
        port.close();
        await worker.terminate();
      }),
    );
  }

  #discard(): void {
    for (const { worker, port } of this.#lanes.splice(0)) {
      port.close();
      void worker.terminate();
    }
    this.#busy = false;
  }

  #start(number: number): Lane {
    const { port1: port, port2 } = new MessageChannel();
    const { signal } = this;
    const cells = new Int32Array(new SharedArrayBuffer(LANE_CELLS * 4));
    const data: LaneData & { readonly port: MessagePort } = { lane: number, cells, signal, port: port2 };
    const worker = new Worker(workerUrl(), {
      workerData: data,
      transferList: [port2],
      execArgv: [],
      resourceLimits: this.#limits,
    });
    const lane: Lane = { number, worker, port, cells, error: null, tellsEnd: isOpen(port) };
    worker.unref();
    worker.on('error', (error) => (lane.error = error));
    worker.on('exit', () => {
      Atomics.store(cells, LANE_STATE, LaneState.dead);
      Atomics.add(signal, SIGNAL, 1);
      Atomics.notify(signal, SIGNAL);
    });
    return lane;
  }
}

/**
 * Whether the other end of a channel is there. Node's `postMessage` gives `true` then, and undefined once that end has closed;
 * this is not documented, so it is only relied on where a channel that is open has been seen to say so. A thread never
 * reads its end.
 */
function isOpen(port: MessagePort): boolean {
  const post = port.postMessage.bind(port) as (message: null) => unknown;
  return post(null) === true;
}

/** The threads of this process. */
export const CODEGEN_THREADS = new CodegenThreads();

/** Ends the codegen threads of this process; compiling with threads again starts new ones. */
export async function stopCodegenThreads(): Promise<void> {
  await CODEGEN_THREADS.stop();
}
