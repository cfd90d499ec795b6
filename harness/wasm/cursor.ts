/**
 * Reading bytes of modules and objects: numbers, names, limits, sections. The one cursor of the harness.
 *
 * Independent of core on purpose: what judges core must not share its mistakes. Reading past the end gives zeros, so that a
 * broken module can be looked at, or throws, for those who must not guess (`strict`).
 * Source: wasm core specification 5.2 (values) and 5.5.2 (sections).
 */

/** Thrown for bytes that are no module or object, by this reader and those that use it. */
export class Malformed extends RangeError {}

const decoder = new TextDecoder();

/** Limits of a memory or table, in pages or slots. */
export interface Limits {
  readonly min: number;
  readonly max: number | null;
  readonly shared: boolean;
  readonly is64: boolean;
}

/** A section: its id byte is at `start`, its contents are `from ..< to`. */
export interface Section {
  readonly id: number;
  readonly start: number;
  readonly from: number;
  readonly to: number;
}

/** Reads forward from `at` to `end`. */
export class Cursor {
  at: number;
  readonly bytes: Uint8Array;
  readonly end: number;
  readonly #strict: boolean;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length, strict = false) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.#strict = strict;
  }

  /** Next byte. */
  byte(): number {
    if (this.at < this.end) return this.bytes[this.at++]!;
    if (this.#strict) throw new Malformed(`the bytes end at offset ${this.end}, too early`);
    return 0;
  }

  /** An LEB128 number of up to 64 bits, taken for unsigned; exact below 2^53. */
  number(): number {
    const first = this.byte();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    for (let shift = 7; shift < 70; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    return value;
  }

  /** A signed LEB128 number of up to 64 bits. */
  signed(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n;) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
      if (byte < 0x80) return BigInt.asIntN(Number(shift), value);
    }
    return value;
  }

  /** The next `count` bytes, in place. */
  take(count: number): Uint8Array {
    const view = this.bytes.subarray(this.at, this.at + count);
    this.at += count;
    return view;
  }

  /** A length and UTF-8 bytes. */
  name(): string {
    return decoder.decode(this.take(this.number()));
  }

  /** A length and so many bytes. */
  skipName(): void {
    const length = this.number();
    this.at += length;
  }

  limits(): Limits {
    const flags = this.byte();
    const min = this.number();
    const max = (flags & 1) === 0 ? null : this.number();
    return { min, max, shared: (flags & 2) !== 0, is64: (flags & 4) !== 0 };
  }

  /** A count, then `read` so many times. */
  each(read: (n: number) => void): void {
    const count = this.number();
    for (let n = 0; n < count; n++) read(n);
  }

  /** Runs `skip` and returns the bytes that it passed. */
  span(skip: () => void): Uint8Array {
    const start = this.at;
    skip();
    return this.bytes.subarray(start, this.at);
  }
}

/** All sections of a module in file order, up to the first that does not fit. */
export function listSections(bytes: Uint8Array): Section[] {
  const sections: Section[] = [];
  const cursor = new Cursor(bytes, 8);
  while (cursor.at < bytes.length) {
    const start = cursor.at;
    const id = cursor.byte();
    const size = cursor.number();
    if (cursor.at + size > bytes.length) break;
    sections.push({ id, start, from: cursor.at, to: cursor.at + size });
    cursor.at += size;
  }
  return sections;
}
