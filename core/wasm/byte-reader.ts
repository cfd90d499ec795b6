/**
 * Checked reader of the binary format.
 *
 * Owns a position inside a byte range. Every read is bounds-checked; LEBs that are over-long or carry wrong unused bits
 * are refused (wasm core spec 5.2.2). A failed read throws {@link MalformedError} with the absolute byte offset; whoever
 * starts a parse catches it once and turns it into a diagnostic. Knows nothing of sections.
 */
import type { NamePool } from '../support/name-pool.ts';

/** The bytes are not what the format demands. `offset` is absolute in the file. */
export class MalformedError extends Error {
  override readonly name = 'MalformedError';
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Longest name that is put together by character; from 13 on the engine would chain the pieces, and flatten them later. */
const LOOPED_NAME = 12;

const textDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A position in some bytes. */
export class ByteReader {
  readonly bytes: Uint8Array;
  /** Position of the next byte. */
  at: number;
  /** First position that must not be read. */
  end: number;
  /** High word of the last 64-bit read. */
  hi = 0;
  readonly #names: NamePool | null;

  /** Names that are in `names` already are not decoded again. */
  constructor(bytes: Uint8Array, start = 0, end = bytes.length, names: NamePool | null = null) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.#names = names;
  }

  /** Bytes left. */
  get remaining(): number {
    return this.end - this.at;
  }

  /** Whether nothing is left. */
  get done(): boolean {
    return this.at >= this.end;
  }

  /** Throws a {@link MalformedError} at `offset`. */
  fail(message: string, offset = this.at): never {
    throw new MalformedError(message, offset);
  }

  /** One byte. */
  u8(): number {
    if (this.at >= this.end) this.fail('unexpected end');
    return this.bytes[this.at++]!;
  }

  /** Little-endian u32. */
  u32(): number {
    if (this.at + 4 > this.end) this.fail('unexpected end');
    const b = this.bytes;
    const at = this.at;
    this.at = at + 4;
    return (b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24)) >>> 0;
  }

  /** Unsigned LEB of at most 32 bits. */
  uleb(): number {
    const start = this.at;
    let result = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.u8();
      if (shift === 28) {
        if (byte > 0x0f) this.fail(byte > 0x7f ? 'integer too long' : 'integer too large', start);
        return (result | (byte << 28)) >>> 0;
      }
      result |= (byte & 0x7f) << shift;
      if (byte < 0x80) return result;
    }
  }

  /** Signed LEB of at most 32 bits. */
  sleb(): number {
    const start = this.at;
    let result = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.u8();
      if (shift === 28) {
        if (byte > 0x7f) this.fail('integer too long', start);
        const unused = byte & 0x78;
        if (unused !== 0 && unused !== 0x78) this.fail('integer too large', start);
        return result | (byte << 28);
      }
      result |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (byte & 0x40) !== 0 ? result | (-1 << (shift + 7)) : result;
    }
  }

  /** Unsigned LEB of at most 64 bits: returns the low word (u32), leaves the high word (u32) in `hi`. */
  uleb64(): number {
    const start = this.at;
    let lo = 0;
    let hi = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.u8();
      if (shift === 63) {
        if (byte > 0x01) this.fail(byte > 0x7f ? 'integer too long' : 'integer too large', start);
      }
      const bits = byte & 0x7f;
      if (shift < 28) lo |= bits << shift;
      else if (shift === 28) {
        lo |= bits << 28;
        hi |= bits >>> 4;
      } else hi |= bits << (shift - 32);
      if (byte < 0x80) break;
    }
    this.hi = hi >>> 0;
    return lo >>> 0;
  }

  /** Signed LEB of at most 64 bits: returns the low word (u32), leaves the high word (i32) in `hi`. */
  sleb64(): number {
    const start = this.at;
    let lo = 0;
    let hi = 0;
    let shift = 0;
    for (;;) {
      const byte = this.u8();
      if (shift === 63) {
        if (byte > 0x7f) this.fail('integer too long', start);
        if (byte !== 0 && byte !== 0x7f) this.fail('integer too large', start);
      }
      const bits = byte & 0x7f;
      if (shift < 28) lo |= bits << shift;
      else if (shift === 28) {
        lo |= bits << 28;
        hi |= bits >>> 4;
      } else hi |= bits << (shift - 32);
      shift += 7;
      if (byte < 0x80) {
        if ((byte & 0x40) !== 0) {
          if (shift < 32) {
            lo |= -1 << shift;
            hi = -1;
          } else if (shift < 64) hi |= -1 << (shift - 32);
        }
        break;
      }
    }
    this.hi = hi | 0;
    return lo >>> 0;
  }

  /**
   * Number of elements of a vector whose elements take at least `minimum` bytes each; refuses counts that the rest of
   * the range cannot hold, so that no allocation is larger than the input.
   */
  count(minimum = 1): number {
    const start = this.at;
    const count = this.uleb();
    if (count * minimum > this.remaining) this.fail('count exceeds the remaining bytes', start);
    return count;
  }

  /** View of the next `count` bytes. */
  take(count: number): Uint8Array {
    if (count > this.remaining) this.fail('unexpected end');
    const view = this.bytes.subarray(this.at, this.at + count);
    this.at += count;
    return view;
  }

  /** Skips `count` bytes. */
  skip(count: number): void {
    if (count > this.remaining) this.fail('unexpected end');
    this.at += count;
  }

  /** Length-prefixed UTF-8 name. */
  text(): string {
    const start = this.at;
    const count = this.uleb();
    if (count > this.remaining) this.fail('name exceeds the remaining bytes', start);
    const bytes = this.bytes;
    const from = this.at;
    const to = from + count;
    this.at = to;
    if (this.#names !== null) return this.#names.name(bytes, from, to, this);
    return this.decode(from, to);
  }

  /** UTF-8 text at `from` to `to`, which lie in the range. */
  decode(from: number, to: number): string {
    if (to - from > LOOPED_NAME) return this.#decodeLong(from, to);
    const bytes = this.bytes;
    let text = '';
    for (let i = from; i < to; i++) {
      const byte = bytes[i]!;
      if (byte > 0x7f) return this.#decodeLong(from, to);
      text += String.fromCharCode(byte);
    }
    return text;
  }

  #decodeLong(from: number, to: number): string {
    try {
      return textDecoder.decode(this.bytes.subarray(from, to));
    } catch {
      this.fail('name is not valid UTF-8', from);
    }
  }
}
