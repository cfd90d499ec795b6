/**
 * Growable typed arrays: the one storage form of the intern pool and of AIR and MIR under construction.
 *
 * Owns the growth policy. With `shared: true` the bytes live in a growable SharedArrayBuffer, so that other threads can
 * read a column without a copy; a fixed-length view is made anew after each growth because a length-tracking view over
 * shared memory is several times slower to read. Knows nothing of the meaning of a cell.
 *
 * Invariant: `view.length >= length`; cells at or past `length` are zero or stale and must not be read.
 */

/** Upper bound of one shared column in bytes; address space is reserved, memory is not. */
const SHARED_LIMIT = 1 << 28;

function allocate(bytes: number, shared: boolean): ArrayBufferLike {
  return shared ? new SharedArrayBuffer(bytes, { maxByteLength: SHARED_LIMIT }) : new ArrayBuffer(bytes);
}

/** Growable array of unsigned 32-bit cells. */
export class U32Column {
  /** Fixed-length view; replaced when the column grows, so never keep it across an append. */
  view: Uint32Array;
  /** Number of used cells. */
  length = 0;
  readonly #shared: boolean;

  constructor(capacity = 64, shared = false) {
    this.#shared = shared;
    this.view = new Uint32Array(allocate(capacity * 4, shared), 0, capacity);
  }

  /** Makes room for `extra` more cells. */
  reserve(extra: number): void {
    const need = this.length + extra;
    if (need <= this.view.length) return;
    let capacity = this.view.length * 2;
    while (capacity < need) capacity *= 2;
    if (this.#shared) {
      const buffer = this.view.buffer as unknown as SharedArrayBuffer;
      buffer.grow(capacity * 4);
      this.view = new Uint32Array(buffer, 0, capacity);
    } else {
      const old = this.view;
      this.view = new Uint32Array(capacity);
      this.view.set(old);
    }
  }

  /** Appends one cell (kept modulo 2^32) and returns its index. */
  push(value: number): number {
    if (this.length === this.view.length) this.reserve(1);
    this.view[this.length] = value;
    return this.length++;
  }

  /** Cell `i`. */
  get(i: number): number {
    return this.view[i]!;
  }

  /** Overwrites cell `i` (kept modulo 2^32). */
  set(i: number, value: number): void {
    this.view[i] = value;
  }

  /** Copy of the used cells. */
  toArray(): Uint32Array {
    return this.view.slice(0, this.length);
  }
}

/** Growable array of bytes. */
export class U8Column {
  /** Fixed-length view; replaced when the column grows, so never keep it across an append. */
  view: Uint8Array;
  /** Number of used cells. */
  length = 0;
  readonly #shared: boolean;

  constructor(capacity = 64, shared = false) {
    this.#shared = shared;
    this.view = new Uint8Array(allocate(capacity, shared), 0, capacity);
  }

  /** Makes room for `extra` more cells. */
  reserve(extra: number): void {
    const need = this.length + extra;
    if (need <= this.view.length) return;
    let capacity = this.view.length * 2;
    while (capacity < need) capacity *= 2;
    if (this.#shared) {
      const buffer = this.view.buffer as unknown as SharedArrayBuffer;
      buffer.grow(capacity);
      this.view = new Uint8Array(buffer, 0, capacity);
    } else {
      const old = this.view;
      this.view = new Uint8Array(capacity);
      this.view.set(old);
    }
  }

  /** Appends one cell (kept modulo 256) and returns its index. */
  push(value: number): number {
    if (this.length === this.view.length) this.reserve(1);
    this.view[this.length] = value;
    return this.length++;
  }

  /** Appends all of `bytes` and returns the index of the first. */
  pushAll(bytes: Uint8Array): number {
    this.reserve(bytes.length);
    this.view.set(bytes, this.length);
    const at = this.length;
    this.length += bytes.length;
    return at;
  }

  /** Cell `i`. */
  get(i: number): number {
    return this.view[i]!;
  }

  /** Copy of the used cells. */
  toArray(): Uint8Array {
    return this.view.slice(0, this.length);
  }
}
