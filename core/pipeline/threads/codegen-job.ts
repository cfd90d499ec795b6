/**
 * One unit on its way through the codegen threads, as the linker's thread sees it.
 *
 * Owns the hand-out (tables over shared memory, one message to each thread) and the collection: `poll` gives what has
 * arrived, in whatever order that is, each function once. Orders nothing and knows no linker. A thread that dies takes the
 * function it was at with it; what else it had taken goes to its successor.
 */
import type { Unit } from '../../air/unit.ts';
import { BodyStore, placeBytes, placeOf } from '../../air/body/body-store.ts';
import type { NavIndex } from '../../intern/keys.ts';
import type { Mir } from '../../mir/mir.ts';
import { assert } from '../../support/assert.ts';
import type { CodegenThreads, Lane } from './codegen-threads.ts';
import { unpackMirs } from './mir-packet.ts';
import type { Disturbance, JobMessage, JobOptions, Reply } from './protocol.ts';
import {
  failureOf,
  JOB_CANCELLED,
  JOB_OWNERS,
  LANE_AT,
  LANE_BEAT,
  LANE_STATE,
  LaneState,
  SIGNAL,
  TABLE_WORDS,
} from './protocol.ts';
import { receiveMessageOnPort } from 'node:worker_threads';

/** A function that came back: compiled, or what went wrong. */
export type FunctionOutcome = { readonly nav: NavIndex } & (
  { readonly mir: Mir } | { readonly mir: null; readonly message: string; readonly stack: string }
);

/** What a job is made of. */
export interface JobParts {
  readonly unit: Unit;
  /** Functions, in queue order. */
  readonly functions: readonly NavIndex[];
  readonly options: JobOptions;
  readonly threads: number;
  readonly disturbance?: Disturbance | undefined;
  /** Milliseconds without any sign of life after which a thread counts as dead. */
  readonly patience?: number | undefined;
}

/** Generous: a function takes far less, and a machine may be busy. */
const PATIENCE = 30_000;

/** Milliseconds between two looks for threads that have ended, while nothing else happens. */
const GLANCE = 50;

/** See the file header. */
export class CodegenJob {
  readonly #threads: CodegenThreads;
  readonly #functions: readonly NavIndex[];
  readonly #lanes: Lane[];
  readonly #message: JobMessage;
  readonly #arrived: Uint8Array;
  readonly #patience: number;
  #missing: number;
  /** Value of the signal before the last look at the ports. */
  #seen = 0;
  #beats = -1;

  constructor(threads: CodegenThreads, parts: JobParts) {
    const { unit, functions, options, disturbance } = parts;
    this.#threads = threads;
    this.#functions = functions;
    this.#missing = functions.length;
    this.#arrived = new Uint8Array(functions.length);
    this.#patience = parts.patience ?? PATIENCE;
    const { table, chunks } = placeBodies(unit, functions);
    const items = unit.pool.share();
    // More threads than functions have nothing to do.
    const { job, lanes } = threads.begin(Math.min(parts.threads, functions.length));
    this.#lanes = lanes;
    this.#message = {
      job,
      pool: threads.poolNumber(items),
      target: unit.pool.target,
      items,
      chunks,
      table,
      cells: new Int32Array(new SharedArrayBuffer((JOB_OWNERS + functions.length) * 4)),
      threads: lanes.length,
      options,
      first: [],
      disturbance: disturbance ?? null,
    };
    for (const lane of lanes) lane.worker.postMessage(this.#message);
  }

  /** Whether all functions have arrived. */
  get isDone(): boolean {
    return this.#missing === 0;
  }

  /** What has arrived since the last call, in order of arrival. */
  poll(): FunctionOutcome[] {
    this.#seen = Atomics.load(this.#threads.signal, SIGNAL);
    const outcomes: FunctionOutcome[] = [];
    for (const lane of [...this.#lanes]) {
      // The end of a thread is read before its last packets are, so that none is missed.
      const isDead = this.#threads.isDead(lane);
      for (;;) {
        const received = receiveMessageOnPort(lane.port) as { message: Reply } | undefined;
        if (received === undefined) break;
        if (received.message.job === this.#message.job) this.#take(received.message, outcomes);
      }
      if (isDead && !this.isDone) this.#bury(lane, outcomes);
    }
    if (this.isDone) this.#threads.end();
    return outcomes;
  }

  /** Blocks this thread until there is something to poll. */
  waitSync(): void {
    for (let waited = 0; waited < this.#patience; waited += GLANCE) {
      const slice = Math.min(GLANCE, this.#patience - waited);
      if (Atomics.wait(this.#threads.signal, SIGNAL, this.#seen, slice) !== 'timed-out') return;
      if (this.#threads.buryUnseen(this.#lanes)) return;
    }
    this.#lookForLife();
  }

  /** Resolves when there is something to poll. The process stays alive for it. */
  async wait(): Promise<void> {
    const waiting = Atomics.waitAsync(this.#threads.signal, SIGNAL, this.#seen, this.#patience);
    if (!waiting.async) return;
    for (const { worker } of this.#lanes) worker.ref();
    const how = await waiting.value;
    for (const { worker } of this.#lanes) worker.unref();
    if (how === 'timed-out') this.#lookForLife();
  }

  /** The threads stop taking functions of this job. */
  cancel(): void {
    Atomics.store(this.#message.cells, JOB_CANCELLED, 1);
  }

  #take(reply: Reply, outcomes: FunctionOutcome[]): void {
    for (const { index, mir } of unpackMirs(reply.packet)) {
      if (this.#isNew(index)) outcomes.push({ nav: this.#functions[index]!, mir });
    }
    for (const { index, message, stack } of reply.failures) {
      if (this.#isNew(index)) outcomes.push({ nav: this.#functions[index]!, mir: null, message, stack });
    }
  }

  #isNew(index: number): boolean {
    if (this.#arrived[index] === 1) return false;
    this.#arrived[index] = 1;
    this.#missing--;
    return true;
  }

  /** Reports the function that a dead thread was at, and starts a successor for the rest of what it had taken. */
  #bury(lane: Lane, outcomes: FunctionOutcome[]): void {
    const at = Atomics.load(lane.cells, LANE_AT) - 1;
    if (at >= 0 && this.#isNew(at)) {
      const { message, stack } = failureOf(at, lane.error ?? new Error('the codegen thread ended'));
      outcomes.push({ nav: this.#functions[at]!, mir: null, message, stack });
    }
    const successor = this.#threads.replace(lane);
    this.#lanes[lane.number] = successor;
    const first: number[] = [];
    for (let index = 0; index < this.#functions.length; index++) {
      const isOwn = Atomics.load(this.#message.cells, JOB_OWNERS + index) === lane.number + 1;
      if (isOwn && this.#arrived[index] === 0) first.push(index);
    }
    successor.worker.postMessage({ ...this.#message, first } satisfies JobMessage);
  }

  /** After a long silence: threads that are in a function, or never started, are given up. */
  #lookForLife(): void {
    let beats = 0;
    for (const { cells } of this.#lanes) beats += Atomics.load(cells, LANE_BEAT);
    const isSilent = beats === this.#beats;
    this.#beats = beats;
    if (!isSilent) return;
    for (const lane of this.#lanes) {
      const isStarting = Atomics.load(lane.cells, LANE_STATE) === LaneState.starting;
      const isInside = Atomics.load(lane.cells, LANE_AT) !== 0;
      const what = isStarting ? 'did not start' : `gave no sign of life for ${String(this.#patience)} ms`;
      if (isStarting || isInside) this.#threads.kill(lane, `the codegen thread ${what}`);
    }
  }
}

/** The table of the functions; bodies that are not in shared memory are copied there. */
function placeBodies(
  unit: Unit,
  functions: readonly NavIndex[],
): { readonly table: Uint32Array; readonly chunks: readonly SharedArrayBuffer[] } {
  const table = new Uint32Array(new SharedArrayBuffer(functions.length * TABLE_WORDS * 4));
  const chunks = new Map<SharedArrayBuffer, number>();
  let store: BodyStore | null = null;
  functions.forEach((nav, n) => {
    const { ty, body } = unit.navs[nav]!;
    assert(body !== null, 'only a function has code');
    let place = placeOf(body);
    if (place === null) {
      store ??= new BodyStore(strayBytes(unit, functions));
      place = placeOf(store.place(body.tags, body.a, body.b, body.extra, body.main))!;
    }
    let chunk = chunks.get(place.chunk);
    if (chunk === undefined) {
      chunk = chunks.size;
      chunks.set(place.chunk, chunk);
    }
    table.set([nav, ty, chunk, place.offset, place.length, place.extraLength, place.main], n * TABLE_WORDS);
  });
  return { table, chunks: [...chunks.keys()] };
}

/** Bytes of the bodies that are not in shared memory: as many as are needed, because threads keep them for some time. */
function strayBytes(unit: Unit, functions: readonly NavIndex[]): number {
  let bytes = 0;
  for (const nav of functions) {
    const body = unit.navs[nav]!.body!;
    if (placeOf(body) === null) bytes += placeBytes(body.length, body.extra.length);
  }
  return bytes;
}
