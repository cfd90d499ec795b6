/**
 * The entry of a codegen thread: takes functions from the job it is given and sends their MIR back.
 *
 * Reads the pool and the bodies in place, writes its own MIR, and never sees the linker. Owns nothing that outlives a job
 * but the pool it is attached to. An exception in one function is a reply like any other; the thread goes on.
 */
import type { MessagePort } from 'node:worker_threads';
import { parentPort, workerData } from 'node:worker_threads';
import { bodyAt } from '../../air/body/body-store.ts';
import { CodeGenerator } from '../../codegen/generate.ts';
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import type { PoolReader } from '../../intern/pool-reader.ts';
import { attachPool } from '../../intern/pool-reader.ts';
import { InternalError } from '../../support/assert.ts';
import type { PackedMir } from './mir-packet.ts';
import { packMirs } from './mir-packet.ts';
import type { Disturbance, FunctionFailure, JobMessage, LaneData, Reply } from './protocol.ts';
import {
  failureOf,
  JOB_CANCELLED,
  JOB_NEXT,
  JOB_OWNERS,
  LANE_AT,
  LANE_BEAT,
  LANE_STATE,
  LaneState,
  MAX_TAKE,
  SIGNAL,
  TABLE_WORDS,
} from './protocol.ts';

const { lane, cells, signal, port } = workerData as LaneData & { readonly port: MessagePort };

/** Compiles all functions that this thread takes. */
const codegen = new CodeGenerator();

/** The pool of the last job; the next one is often of the same. */
let attached: { readonly number: number; readonly pool: PoolReader } | null = null;

parentPort!.on('message', (message: JobMessage) => {
  try {
    new JobRun(message).run();
  } catch (error) {
    // The linker's thread may be blocked, so that no event of this thread's end reaches it: it reads the cell.
    setState(LaneState.dead);
    throw error;
  }
});
setState(LaneState.ready);

function setState(state: number): void {
  Atomics.store(cells, LANE_STATE, state);
  wakeOwner();
}

function wakeOwner(): void {
  Atomics.add(signal, SIGNAL, 1);
  Atomics.notify(signal, SIGNAL);
}

function poolOf({ pool: number, target, items }: JobMessage): PoolReader {
  if (attached?.number !== number) attached = { number, pool: attachPool(target, items) };
  else attached.pool.refresh();
  return attached.pool;
}

/** One job, as far as this thread does it. */
class JobRun {
  readonly #job: JobMessage;
  readonly #pool: PoolReader;
  readonly #delays: Delays | null;
  #mirs: PackedMir[] = [];
  #failures: FunctionFailure[] = [];
  readonly #heldBack: Reply[] = [];

  constructor(job: JobMessage) {
    this.#job = job;
    this.#pool = poolOf(job);
    this.#delays = job.disturbance === null ? null : new Delays(job.disturbance, lane);
  }

  run(): void {
    const { first } = this.#job;
    const count = this.#job.table.length / TABLE_WORDS;
    if (first.length > 0) this.#compile(first);
    for (let taken = this.#take(count); taken.length > 0; taken = this.#take(count)) this.#compile(taken);
    while (this.#heldBack.length > 0)
      this.#send(this.#heldBack.splice(this.#delays!.below(this.#heldBack.length), 1)[0]!);
  }

  /** The next functions: fewer toward the end, so that the threads end together. */
  #take(count: number): readonly number[] {
    const { cells: job, threads } = this.#job;
    for (;;) {
      const from = Atomics.load(job, JOB_NEXT);
      if (from >= count || Atomics.load(job, JOB_CANCELLED) !== 0) return [];
      const size = Math.min(MAX_TAKE, Math.max(1, Math.floor((count - from) / (threads * 4))));
      if (Atomics.compareExchange(job, JOB_NEXT, from, from + size) !== from) continue;
      return Array.from({ length: size }, (_, n) => from + n);
    }
  }

  #compile(functions: readonly number[]): void {
    const { job, cells: jobCells } = this.#job;
    for (const index of functions) Atomics.store(jobCells, JOB_OWNERS + index, lane + 1);
    for (const index of functions) this.#generate(index);
    Atomics.store(cells, LANE_AT, 0);
    const reply = { job, packet: packMirs(this.#mirs), failures: this.#failures };
    this.#mirs = [];
    this.#failures = [];
    const delays = this.#delays;
    if (delays === null) {
      this.#send(reply);
      return;
    }
    this.#heldBack.push(reply);
    if (this.#heldBack.length <= delays.holdBack) return;
    this.#send(this.#heldBack.splice(delays.below(this.#heldBack.length), 1)[0]!);
  }

  #generate(index: number): void {
    const { table, chunks, options, disturbance } = this.#job;
    const at = index * TABLE_WORDS;
    Atomics.store(cells, LANE_AT, index + 1);
    Atomics.add(cells, LANE_BEAT, 1);
    this.#delays?.sleep();
    if (disturbance?.dieIn === index) throw new InternalError('the thread was told to end');
    if (disturbance?.exhaustIn === index) exhaust();
    const ownerNav = table[at]! as NavIndex;
    const body = bodyAt({
      chunk: chunks[table[at + 2]!]!,
      offset: table[at + 3]!,
      length: table[at + 4]!,
      extraLength: table[at + 5]!,
      main: table[at + 6]!,
    });
    try {
      const mir = codegen.generate(this.#pool, table[at + 1]! as IpIndex, body, { ...options, ownerNav });
      this.#mirs.push({ index, mir });
    } catch (error) {
      this.#failures.push(failureOf(index, error));
    }
  }

  #send(reply: Reply): void {
    port.postMessage(reply, [reply.packet]);
    wakeOwner();
  }
}

/** Takes memory until the engine ends the thread, which no code of it can catch. */
function exhaust(): never {
  const hoard: number[][] = [];
  for (;;) hoard.push(new Array<number>(1000).fill(hoard.length));
}

/** Delays and orders out of a seed: the same for each run of a job on one thread. */
class Delays {
  readonly holdBack: number;
  readonly #maxDelay: number;
  readonly #cell = new Int32Array(new SharedArrayBuffer(4));
  #state: number;

  constructor(disturbance: Disturbance, ofLane: number) {
    this.holdBack = disturbance.holdBack;
    this.#maxDelay = disturbance.maxDelay;
    this.#state = Math.imul(disturbance.seed ^ ((ofLane + 1) * 0x9e37_79b1), 0x85eb_ca6b) | 1;
  }

  /** A number from 0 to `count` - 1. */
  below(count: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % count;
  }

  /** Waits without using the processor. */
  sleep(): void {
    if (this.#maxDelay > 0) Atomics.wait(this.#cell, 0, 0, this.below(this.#maxDelay * 8) / 8);
  }
}
