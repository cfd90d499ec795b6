/**
 * A set of small numbers, as one byte for each number below a bound.
 *
 * For sets that are asked far more often than they are filled. Knows nothing of what the numbers are.
 */
export class FlagSet {
  readonly #flags: Uint8Array;

  /** Numbers from 0 to `bound` - 1 can be in it. */
  constructor(bound: number) {
    this.#flags = new Uint8Array(bound);
  }

  /** Puts `number` in. */
  add(number: number): void {
    this.#flags[number] = 1;
  }

  /** Whether `number` is in; false for what is out of bounds. */
  has(number: number): boolean {
    return this.#flags[number] === 1;
  }
}

/** What of a set a reader needs. */
export interface ReadonlyFlags {
  has(number: number): boolean;
}
