/**
 * When a worker has grown so large that a fresh one takes its place.
 *
 * V8 gives little of what it once took back to the system, and some of it never (docs/performance.md, "Memory"). So a worker is
 * measured between two tasks. It may do a number of cases whatever its size, because one that needs more than the limit from
 * the start would else be replaced all the time. Invariant: a replacement costs time and changes no result.
 */

/** See the file header. */
export interface MemoryLimit {
  /** Resident bytes of the process. */
  readonly bytes: number;
  /** Cases that a worker may do however large it is. */
  readonly cases: number;
}

/** A worker levels off at 350 to 550 MB, by version of Node; two thousand cases pay for a start several times over. */
export const DEFAULT_MEMORY_LIMIT: MemoryLimit = { bytes: 768 << 20, cases: 2048 };

/** What is known of the size of a worker. */
export interface WorkerSize {
  /** Resident bytes after its last task; 0 before that. */
  readonly bytes: number;
  /** Cases that it has done. */
  readonly cases: number;
}

/** Whether a worker of `size` is to be replaced. */
export function hasOutgrown(size: WorkerSize, limit: MemoryLimit): boolean {
  return size.cases >= limit.cases && size.bytes > limit.bytes;
}
