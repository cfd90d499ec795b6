/**
 * Bytes being written: LEBs, names, vectors. The only encoder of this folder.
 *
 * Sources: wasm core spec 5.2. Small objects only, so nothing here is tuned.
 */

const encoder = new TextEncoder();

/** Bytes being written. */
export class ByteSink {
  readonly #bytes: number[] = [];

  get length(): number {
    return this.#bytes.length;
  }

  /** Appends bytes. */
  raw(bytes: Iterable<number>): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  /** Unsigned LEB of a safe non-negative integer, at least `width` bytes long. */
  uleb(value: number, width = 1): this {
    let rest = value;
    for (let n = 1; rest > 127 || n < width; n++) {
      this.#bytes.push((rest % 128) | 0x80);
      rest = Math.floor(rest / 128);
    }
    this.#bytes.push(rest);
    return this;
  }

  /** Signed LEB of a safe integer, at least `width` bytes long. */
  sleb(value: number | bigint, width = 1): this {
    let rest = BigInt(value);
    for (let n = 1; ; n++) {
      const low = Number(rest & 127n);
      rest >>= 7n;
      const done = (rest === 0n && low < 64) || (rest === -1n && low >= 64);
      if (done && n >= width) {
        this.#bytes.push(low);
        return this;
      }
      this.#bytes.push(low | 0x80);
    }
  }

  /** Length and UTF-8 bytes. */
  name(text: string): this {
    const bytes = encoder.encode(text);
    return this.uleb(bytes.length).raw(bytes);
  }

  /** Count and items. */
  vector<T>(items: readonly T[], write: (item: T, n: number) => void): this {
    this.uleb(items.length);
    items.forEach(write);
    return this;
  }

  /** Size and bytes of `inner`. */
  sized(inner: ByteSink): this {
    return this.uleb(inner.length).raw(inner.#bytes);
  }

  /** Copy of what was written. */
  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}
