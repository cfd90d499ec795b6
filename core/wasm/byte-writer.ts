/**
 * Growable byte buffer with the encodings of the binary format.
 *
 * Owns its storage and its growth policy. Knows LEB128, little-endian words, names and sized blocks (sections, bodies);
 * knows nothing of what a section means. Invariant: bytes at or past `length` are garbage.
 */
import { assert } from '../support/assert.ts';
import {
  LEB32_WIDTH,
  LEB64_WIDTH,
  uleb32Length,
  writePaddedSleb32,
  writePaddedSleb64,
  writePaddedUleb32,
  writePaddedUleb64,
  writeSleb32,
  writeSleb64,
  writeUleb32,
  writeUleb64,
} from './leb128.ts';

const textEncoder = new TextEncoder();

/** Fields are public for the hot paths of emit and relocate; outside them use the methods. */
export class ByteWriter {
  /** Storage; replaced when it grows, so never keep it across a write. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Number of bytes written. */
  length = 0;

  constructor(capacity = 256) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    const need = this.length + count;
    if (need <= this.bytes.length) return;
    let capacity = this.bytes.length * 2;
    while (capacity < need) capacity *= 2;
    const grown = new Uint8Array(capacity);
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  /** Forgets everything written; keeps the storage. */
  clear(): void {
    this.length = 0;
  }

  /** Copy of the written bytes. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.length);
  }

  /** One byte (kept modulo 256). */
  u8(value: number): void {
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** Little-endian 32-bit word. */
  u32(value: number): void {
    this.reserve(4);
    this.patchU32(this.length, value);
    this.length += 4;
  }

  /** Little-endian 64-bit word from its halves. */
  u64(lo: number, hi: number): void {
    this.u32(lo);
    this.u32(hi);
  }

  /** `count` zero bytes. */
  zeros(count: number): void {
    this.fill(0, count);
  }

  /** `count` bytes of `value`. */
  fill(value: number, count: number): void {
    this.reserve(count);
    this.bytes.fill(value, this.length, this.length + count);
    this.length += count;
  }

  /** All of `source`. */
  append(source: Uint8Array): void {
    this.reserve(source.length);
    this.bytes.set(source, this.length);
    this.length += source.length;
  }

  /** Bytes `start` to `end` of `source`. */
  appendRange(source: Uint8Array, start: number, end: number): void {
    this.append(start === 0 && end === source.length ? source : source.subarray(start, end));
  }

  /** Minimal unsigned LEB of a u32. */
  uleb(value: number): void {
    this.reserve(LEB32_WIDTH);
    this.length = writeUleb32(this.bytes, this.length, value);
  }

  /** Minimal signed LEB of an i32; a u32 bit pattern is taken as the i32 with the same bits. */
  sleb(value: number): void {
    this.reserve(LEB32_WIDTH);
    this.length = writeSleb32(this.bytes, this.length, value);
  }

  /** One byte and the minimal unsigned LEB of a u32: an instruction with an index. */
  u8Uleb(first: number, value: number): void {
    this.reserve(1 + LEB32_WIDTH);
    const { bytes, length } = this;
    bytes[length] = first;
    // Most indexes are small.
    if (value >>> 0 < 0x80) {
      bytes[length + 1] = value;
      this.length = length + 2;
    } else {
      this.length = writeUleb32(bytes, length + 1, value);
    }
  }

  /** One byte and the minimal signed LEB of an i32 (or of the i32 with the same bits): an instruction with a constant. */
  u8Sleb(first: number, value: number): void {
    this.reserve(1 + LEB32_WIDTH);
    this.bytes[this.length] = first;
    this.length = writeSleb32(this.bytes, this.length + 1, value);
  }

  /** Minimal unsigned LEB of a u64. */
  uleb64(lo: number, hi: number): void {
    this.reserve(LEB64_WIDTH);
    this.length = writeUleb64(this.bytes, this.length, lo, hi);
  }

  /** Minimal signed LEB of an i64. */
  sleb64(lo: number, hi: number): void {
    this.reserve(LEB64_WIDTH);
    this.length = writeSleb64(this.bytes, this.length, lo, hi);
  }

  /** Five-byte unsigned LEB of a u32. */
  paddedUleb(value: number): void {
    this.reserve(LEB32_WIDTH);
    this.length = writePaddedUleb32(this.bytes, this.length, value);
  }

  /** Five-byte signed LEB of an i32. */
  paddedSleb(value: number): void {
    this.reserve(LEB32_WIDTH);
    this.length = writePaddedSleb32(this.bytes, this.length, value);
  }

  /** Ten-byte unsigned LEB of a u64. */
  paddedUleb64(lo: number, hi: number): void {
    this.reserve(LEB64_WIDTH);
    this.length = writePaddedUleb64(this.bytes, this.length, lo, hi);
  }

  /** Ten-byte signed LEB of an i64. */
  paddedSleb64(lo: number, hi: number): void {
    this.reserve(LEB64_WIDTH);
    this.length = writePaddedSleb64(this.bytes, this.length, lo, hi);
  }

  /** Overwrites the four bytes at `at` with a little-endian word. */
  patchU32(at: number, value: number): void {
    const bytes = this.bytes;
    bytes[at] = value;
    bytes[at + 1] = value >>> 8;
    bytes[at + 2] = value >>> 16;
    bytes[at + 3] = value >>> 24;
  }

  /** Length-prefixed UTF-8 name. */
  name(text: string): void {
    const count = text.length;
    this.reserve(count + LEB32_WIDTH);
    const start = writeUleb32(this.bytes, this.length, count);
    const bytes = this.bytes;
    for (let i = 0; i < count; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) {
        const encoded = textEncoder.encode(text);
        this.uleb(encoded.length);
        this.append(encoded);
        return;
      }
      bytes[start + i] = code;
    }
    this.length = start + count;
  }

  /**
   * Opens a block whose size precedes it. Returns a mark for {@link endSized}; the first byte of the content is at
   * `mark` until the block is closed, which may move the content to the left.
   */
  beginSized(): number {
    this.reserve(LEB32_WIDTH);
    this.length += LEB32_WIDTH;
    return this.length;
  }

  /** Closes a block: writes its size as a minimal LEB in front of the content and removes the unused room. */
  endSized(mark: number): void {
    const size = this.length - mark;
    assert(size >= 0, 'a sized block ends before it begins');
    const start = mark - LEB32_WIDTH;
    const width = uleb32Length(size);
    writeUleb32(this.bytes, start, size);
    if (width !== LEB32_WIDTH) this.bytes.copyWithin(start + width, mark, this.length);
    this.length = start + width + size;
  }

  /** Opens a section; close with {@link endSized}. */
  beginSection(id: number): number {
    this.u8(id);
    return this.beginSized();
  }

  /** Opens a custom section; close with {@link endSized}. */
  beginCustomSection(name: string): number {
    const mark = this.beginSection(0);
    this.name(name);
    return mark;
  }
}
