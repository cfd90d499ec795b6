/**
 * Short typed arrays out of large buffers: an array of its own costs an allocation outside of the heap, which costs more than
 * filling it.
 *
 * Owns where in its buffer each array lies. Arrays start as zeros and are never given back; a buffer lives as long as one
 * of its arrays. Knows nothing of what is in them.
 */

const GREATEST_BUFFER = 1 << 20;

/** Hands out short typed arrays. */
export class Slab {
  #buffer: ArrayBuffer;
  #used = 0;
  #next: number;

  /** The first buffer has `capacity` bytes, each further one twice as many as the one before, up to a limit. */
  constructor(capacity: number) {
    this.#buffer = new ArrayBuffer(Math.min(Math.max(capacity, 64), GREATEST_BUFFER));
    this.#next = this.#buffer.byteLength * 2;
  }

  /** `count` bytes. */
  u8(count: number): Uint8Array {
    const at = this.#take(count);
    return new Uint8Array(this.#buffer, at, count);
  }

  /** `count` unsigned words. */
  u32(count: number): Uint32Array {
    const at = this.#take(count * 4);
    return new Uint32Array(this.#buffer, at, count);
  }

  /** `count` signed words. */
  i32(count: number): Int32Array {
    const at = this.#take(count * 4);
    return new Int32Array(this.#buffer, at, count);
  }

  /** `count` doubles. */
  f64(count: number): Float64Array {
    const at = this.#take(count * 8);
    return new Float64Array(this.#buffer, at, count);
  }

  /** Position of `bytes` free bytes in the current buffer, aligned for every kind of array. */
  #take(bytes: number): number {
    if (this.#used + bytes > this.#buffer.byteLength) {
      this.#buffer = new ArrayBuffer(Math.max(Math.min(this.#next, GREATEST_BUFFER), bytes));
      this.#next = this.#buffer.byteLength * 2;
      this.#used = 0;
    }
    const at = this.#used;
    this.#used = (at + bytes + 7) & ~7;
    return at;
  }
}
