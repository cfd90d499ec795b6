/**
 * Growable typed arrays: the one storage form of the intern pool and of AIR and MIR under construction.
 *
 * Owns the growth policy. With `shared: true` the bytes live in a growable SharedArrayBuffer, so that other threads can
 * read a column without a copy; a fixed-length view is made anew after each growth because a length-tracking view over
 * shared memory is several times slower to read. A column that is shared later moves once, into a shared buffer that does
 * not grow: a process can have any number of those, but only some ten thousand growable ones, each of which reserves
 * address space. A shared column that outgrows its buffer moves to a new one; who reads the old one still finds all that
 * was there. Knows nothing of the meaning of a cell.
 *
 * Invariant: `view.length >= length`; cells at or past `length` are zero or stale and must not be read.
 */

/** First upper bound of one shared column in bytes; address space is reserved, memory is not. */
const SHARED_LIMIT = 1 << 28;

function allocateShared(bytes: number): SharedArrayBuffer {
  let limit = SHARED_LIMIT;
  while (limit < bytes * 2) limit *= 2;
  return new SharedArrayBuffer(bytes, { maxByteLength: limit });
}

/** Makes shared `buffer` at least `bytes` long where it lies; false where it cannot be. */
function growInPlace(buffer: ArrayBufferLike, bytes: number): boolean {
  const shared = buffer as SharedArrayBuffer;
  if (!shared.growable || bytes > shared.maxByteLength) return false;
  shared.grow(bytes);
  return true;
}

/** Growable array of unsigned 32-bit cells. */
export class U32Column {
  /** Fixed-length view; replaced when the column grows, so never keep it across an append. */
  view: Uint32Array;
  /** Number of used cells. */
  length = 0;
  #shared: boolean;

  /** `room`: cells at first, or memory of this thread that holds them. */
  constructor(room: number | Uint32Array = 64, shared = false) {
    this.#shared = shared;
    if (typeof room !== 'number') this.view = room;
    else this.view = shared ? new Uint32Array(allocateShared(room * 4), 0, room) : new Uint32Array(room);
  }

  /** Makes room for `extra` more cells. */
  reserve(extra: number): void {
    const need = this.length + extra;
    if (need <= this.view.length) return;
    let capacity = this.view.length * 2;
    while (capacity < need) capacity *= 2;
    this.#resize(capacity);
  }

  #resize(capacity: number): void {
    const old = this.view;
    if (this.#shared && growInPlace(old.buffer, capacity * 4)) {
      this.view = new Uint32Array(old.buffer, 0, capacity);
    } else {
      this.view = this.#shared ? new Uint32Array(allocateShared(capacity * 4), 0, capacity) : new Uint32Array(capacity);
      this.view.set(old);
    }
  }

  /** Moves the column to memory that other threads can read, once, and returns the buffer it is in now. */
  share(): SharedArrayBuffer {
    if (!this.#shared) {
      this.#shared = true;
      const old = this.view;
      this.view = new Uint32Array(new SharedArrayBuffer(old.byteLength));
      this.view.set(old);
    }
    return this.view.buffer as unknown as SharedArrayBuffer;
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
  #shared: boolean;

  constructor(capacity = 64, shared = false) {
    this.#shared = shared;
    this.view = shared ? new Uint8Array(allocateShared(capacity), 0, capacity) : new Uint8Array(capacity);
  }

  /** Makes room for `extra` more cells. */
  reserve(extra: number): void {
    const need = this.length + extra;
    if (need <= this.view.length) return;
    let capacity = this.view.length * 2;
    while (capacity < need) capacity *= 2;
    this.#resize(capacity);
  }

  #resize(capacity: number): void {
    const old = this.view;
    if (this.#shared && growInPlace(old.buffer, capacity)) {
      this.view = new Uint8Array(old.buffer, 0, capacity);
    } else {
      this.view = this.#shared ? new Uint8Array(allocateShared(capacity), 0, capacity) : new Uint8Array(capacity);
      this.view.set(old);
    }
  }

  /** Moves the column to memory that other threads can read, once, and returns the buffer it is in now. */
  share(): SharedArrayBuffer {
    if (!this.#shared) {
      this.#shared = true;
      const old = this.view;
      this.view = new Uint8Array(new SharedArrayBuffer(old.byteLength));
      this.view.set(old);
    }
    return this.view.buffer as unknown as SharedArrayBuffer;
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
