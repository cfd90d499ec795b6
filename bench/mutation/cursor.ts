/**
 * A position in bytes that may be broken: reading past the end gives up on the whole.
 *
 * Owns nothing but the position. Whoever starts a reading catches {@link Unreadable} once.
 */
import { readLeb } from './sections.ts';

/** The bytes are not what they should be. */
export class Unreadable extends Error {}

/** A position in some bytes. */
export class Cursor {
  readonly bytes: Uint8Array;
  /** Position of the next byte. */
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  byte(): number {
    if (this.at >= this.bytes.length) throw new Unreadable();
    return this.bytes[this.at++]!;
  }

  leb(): number {
    if (this.at >= this.bytes.length) throw new Unreadable();
    const { value, end } = readLeb(this.bytes, this.at);
    this.at = end;
    return value;
  }

  /** Number of things that follow, each of which takes at least a byte. */
  count(): number {
    const count = this.leb();
    if (count > this.bytes.length - this.at) throw new Unreadable();
    return count;
  }

  skip(count: number): void {
    this.at += count;
    if (this.at > this.bytes.length) throw new Unreadable();
  }

  /** A LEB of any width. */
  skipLeb(): void {
    while (this.byte() > 0x7f);
  }

  /** The bytes from `start` up to here. */
  since(start: number): Uint8Array {
    return this.bytes.subarray(start, this.at);
  }
}
