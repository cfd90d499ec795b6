/**
 * Where the time of a worker goes: one accumulator per part, in seconds.
 *
 * The parts do not overlap: entering an inner part stops the outer one. The harness may read the clock, cases may not.
 */

/** Parts of a case's way, in the order in which reports show them. */
export const TIME_PARTS = ['generate', 'interpret', 'codegen', 'link', 'engine', 'compare'] as const;

/** One of {@link TIME_PARTS}. `codegen` is all of AIR to executable or object, `link` the linking of objects. */
export type TimePart = (typeof TIME_PARTS)[number];

/** Seconds by part. */
export type TimeSplit = Readonly<Record<TimePart, number>>;

/** See the file header. */
export class Stopwatch {
  readonly #nanos = new Float64Array(TIME_PARTS.length);
  readonly #onPart: ((part: TimePart) => void) | null;
  #current = -1;
  #since = 0;

  /** `onPart` is told each part that begins or goes on. */
  constructor(onPart: ((part: TimePart) => void) | null = null) {
    this.#onPart = onPart;
  }

  /** Runs `body` on the account of `part`. */
  time<T>(part: TimePart, body: () => T): T {
    const outer = this.#enter(TIME_PARTS.indexOf(part));
    try {
      return body();
    } finally {
      this.#enter(outer);
    }
  }

  /** Stops whatever part is running: after a time-out threw past its end. */
  reset(): void {
    this.#enter(-1);
  }

  /** Seconds by part, so far. */
  split(): TimeSplit {
    const split = {} as Record<TimePart, number>;
    TIME_PARTS.forEach((part, n) => (split[part] = this.#nanos[n]! / 1e9));
    return split;
  }

  /** Switches to account `next` (-1: none) and returns the account that was running. */
  #enter(next: number): number {
    const now = performance.now() * 1e6;
    const outer = this.#current;
    if (outer >= 0) this.#nanos[outer]! += now - this.#since;
    this.#current = next;
    this.#since = now;
    if (this.#onPart !== null && next >= 0) this.#onPart(TIME_PARTS[next]!);
    return outer;
  }
}

/** Sum of two splits, for adding up workers. */
export function addSplits(a: TimeSplit, b: TimeSplit): TimeSplit {
  const sum = {} as Record<TimePart, number>;
  for (const part of TIME_PARTS) sum[part] = a[part] + b[part];
  return sum;
}
