/**
 * Tells a worker that hangs from one that is only slow.
 *
 * Owns the rule: a worker hangs if its marker stands still while it works for as long as the limit says, or while it waits
 * for something for twice as long. One that is suspended, or that gets no core on a busy machine, does neither. Where the system does
 * not say what a process does, the clock decides. Knows no processes: it is shown what there is to see, and when.
 */
import type { ProcessState } from './process-state.ts';

/** How much longer than working a worker may wait, as a factor. */
const IDLE_FACTOR = 2;

/** Milliseconds between two looks that mean that the one who looks was suspended himself. */
const LONGEST_GAP = 5000;

/** See the file header. */
export class ProgressWatch {
  readonly #limit: number;
  #beat = 0;
  #lookedAt: number;
  /** Milliseconds without progress: by the clock, worked, waited. */
  #silent = 0;
  #worked = 0;
  #idle = 0;
  #processorTime: number | null = null;

  /** `limit` in milliseconds; `now` by the same clock as later looks. */
  constructor(limit: number, now: number) {
    this.#limit = limit;
    this.#lookedAt = now;
  }

  /** Whether the worker hangs, whose marker is at `beat`. */
  look(beat: number, state: ProcessState | null, now: number): boolean {
    const passed = now - this.#lookedAt;
    this.#lookedAt = now;
    const before = this.#processorTime;
    this.#processorTime = state?.processorTime ?? null;
    if (beat !== this.#beat || passed > LONGEST_GAP) {
      this.#beat = beat;
      this.#silent = this.#worked = this.#idle = 0;
      return false;
    }
    if (state === null || before === null) {
      this.#silent += passed;
      return state === null && this.#silent > this.#limit;
    }
    const worked = state.processorTime - before;
    this.#worked += worked;
    if (worked > 0 || !state.isIdle) this.#idle = 0;
    else this.#idle += passed;
    return this.#worked > this.#limit || this.#idle > this.#limit * IDLE_FACTOR;
  }
}
