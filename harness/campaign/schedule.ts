/**
 * Which positions of a campaign are still to be run, in chunks.
 *
 * Owns the book of positions: handed out, done, given back after a crash, done before a resume. A budget of runs counts
 * completed cases: discarded ones are made up for by further positions, so the set of positions that is run depends on
 * the campaign alone. A shard makes nothing up, as how many are missing is known of the whole only: `harness merge` does.
 * Knows no clock and no process.
 */
import type { Shard } from '../worker/protocol.ts';

/** Positions from `first` up to, not including, `next`. */
export interface Range {
  readonly first: number;
  readonly next: number;
}

/** More positions than this times the budget are not tried: the generator makes next to nothing that completes. */
const MAX_STRETCH = 4;

export class Schedule {
  /** Completed cases wanted (of a shard: positions), or null for no end. */
  readonly wanted: number | null;
  readonly #chunk: number;
  #cursor = 0;
  /** Positions at or past this are not handed out. */
  #limit: number;
  #skip: Range[];
  readonly #makesUp: boolean;
  readonly #again: Range[] = [];
  #outstanding = 0;
  #completed = 0;

  /** `runs`: completed cases over all shards, or null. `done`: ranges that an earlier run has done. */
  constructor(runs: number | null, shard: Shard, chunk: number, done: readonly Range[] = [], completed = 0) {
    this.wanted = runs === null ? null : Math.max(0, Math.ceil((runs - shard.index) / shard.of));
    this.#limit = this.wanted ?? Number.MAX_SAFE_INTEGER;
    this.#chunk = chunk;
    this.#makesUp = shard.of === 1;
    this.#skip = mergeRanges(done);
    this.#completed = completed;
  }

  /** Ranges that are to be done in front of everything else: what is left of a chunk whose worker died. */
  giveBack(range: Range): void {
    if (range.first < range.next) this.#again.push(range);
  }

  /** The next range, or null where there is none now. Every range taken is ended by `end`. */
  take(): Range | null {
    const range = this.#again.shift() ?? this.#fresh() ?? this.#makeUp();
    if (range !== null) this.#outstanding++;
    return range;
  }

  /** Further positions in place of discarded cases: not before all others are done, so that their number is certain. */
  #makeUp(): Range | null {
    if (this.wanted === null || !this.#makesUp || this.#outstanding > 0) return null;
    const missing = this.wanted - this.#completed;
    if (missing > 0) this.#limit = Math.min(this.#cursor + missing, this.wanted * MAX_STRETCH + this.#chunk);
    return this.#fresh();
  }

  /** A range that was taken is over, with `completed` completed cases. */
  end(completed: number): void {
    this.#outstanding--;
    this.#completed += completed;
  }

  #hasFresh(): boolean {
    this.#skipDone();
    return this.#cursor < this.#limit;
  }

  #fresh(): Range | null {
    if (!this.#hasFresh()) return null;
    const first = this.#cursor;
    const nextDone = this.#skip[0]?.first ?? Number.MAX_SAFE_INTEGER;
    // Chunks begin at multiples of the chunk size, so that a resumed run cuts where the first one did.
    const boundary = (Math.floor(first / this.#chunk) + 1) * this.#chunk;
    const next = Math.min(boundary, this.#limit, nextDone);
    this.#cursor = next;
    return { first, next };
  }

  #skipDone(): void {
    while (this.#skip.length > 0 && this.#skip[0]!.first <= this.#cursor) {
      this.#cursor = Math.max(this.#cursor, this.#skip[0]!.next);
      this.#skip = this.#skip.slice(1);
    }
  }
}

/** The same positions in as few ranges as possible, in order. */
export function mergeRanges(ranges: readonly Range[]): Range[] {
  const merged: Range[] = [];
  for (const range of [...ranges].sort((a, b) => a.first - b.first || a.next - b.next)) {
    const last = merged[merged.length - 1];
    if (last !== undefined && range.first <= last.next) {
      merged[merged.length - 1] = { first: last.first, next: Math.max(last.next, range.next) };
    } else {
      merged.push(range);
    }
  }
  return merged;
}
