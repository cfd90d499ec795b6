/**
 * What a run may use before it counts as exhausted. Data only.
 */

/** See the file header. All counts are for the whole run, all its calls together. */
export interface Limits {
  /** Executed instructions; one that moves many bytes costs one more for each 64 of them. */
  readonly fuel: number;
  /** Calls inside each other. */
  readonly callDepth: number;
  /** Bytes of all live objects: data, unnamed constants in use, slots of frames. */
  readonly memoryBytes: number;
}

/** Enough for programs of some hundred instructions; a run that exceeds them takes well below a second. */
export const DEFAULT_LIMITS: Limits = { fuel: 1_000_000, callDepth: 400, memoryBytes: 16 * 1024 * 1024 };
