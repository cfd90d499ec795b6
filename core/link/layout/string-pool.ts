/**
 * Strings of many inputs, each stored once, in order of first addition; and the way from old offsets to new ones.
 *
 * Owns the bytes of the joined strings and an open hash table over them: a link sees hundreds of thousands of strings, so
 * none becomes an object. Knows nothing of segments or sections. Invariant: every stored string ends with its only NUL.
 */
import type { Brand } from '../../support/brand.ts';
import { U32Column } from '../../support/column.ts';
import { ByteWriter } from '../../wasm/byte-writer.ts';

/** Number of an input of a pool, in order of addition. */
export type PoolInput = Brand<number, 'PoolInput'>;

const FIRST_SLOTS = 256;

export class StringPool {
  #out = new ByteWriter(1024);
  /** Place of a string plus 1, by hash; 0 is empty. */
  #slots = new Uint32Array(FIRST_SLOTS);
  /** Hash of the string in the same slot, so that growing reads no string. */
  #hashes = new Uint32Array(FIRST_SLOTS);
  #strings = 0;
  /** By input: its first string in the columns below; the next input's is where they end. */
  readonly #first = new U32Column(16);
  /** Offset of each string in its input, ascending inside of an input, and in the pool. */
  readonly #from = new U32Column(64);
  readonly #to = new U32Column(64);

  /** Bytes of all strings. */
  get size(): number {
    return this.#out.length;
  }

  /** Appends all strings to `out`. */
  writeTo(out: ByteWriter): void {
    out.appendRange(this.#out.bytes, 0, this.#out.length);
  }

  /** Adds the strings of `bytes[start, end)`, which must end with a NUL or be empty. */
  add(bytes: Uint8Array, start: number, end: number): PoolInput {
    const input = this.#first.push(this.#from.length) as PoolInput;
    let at = start;
    let hash = 0;
    for (let i = start; i < end; i++) {
      const byte = bytes[i]!;
      hash = Math.imul(hash ^ byte, 0x01000193);
      if (byte !== 0) continue;
      this.#from.push(at - start);
      this.#to.push(this.#place(bytes, at, i + 1, hash >>> 0));
      at = i + 1;
      hash = 0;
    }
    return input;
  }

  /** New offset of offset `offset` of an input: what pointed inside of a string still does. */
  offsetOf(input: PoolInput, offset: number): number {
    let low = this.#first.view[input]!;
    let high = (input + 1 < this.#first.length ? this.#first.view[input + 1]! : this.#from.length) - 1;
    if (high < low) return offset;
    const from = this.#from.view;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (from[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return this.#to.view[low]! + offset - from[low]!;
  }

  /**
   * Puts strings that end others inside of those, longest first by their last bytes, as LLVM's string tables do. Nothing is
   * added afterwards.
   */
  shareEnds(): void {
    const old = this.#out;
    const { bytes } = old;
    const starts = new Uint32Array(this.#strings);
    const ends = new Uint32Array(this.#strings);
    const keys = new Uint32Array(this.#strings);
    for (let n = 0, at = 0; at < old.length; n++) {
      const end = bytes.indexOf(0, at);
      starts[n] = at;
      ends[n] = end;
      keys[n] = lastBytes(bytes, at, end);
      at = end + 1;
    }
    const order = starts.map((_, n) => n);
    order.sort((a, b) => {
      return keys[b]! - keys[a]! || compareBackwards(bytes, starts[b]!, ends[b]!, starts[a]!, ends[a]!);
    });
    const moved = new Uint32Array(old.length);
    const out = new ByteWriter(old.length);
    let last = -1;
    for (const n of order) {
      const [place, end] = [starts[n]!, ends[n]!];
      if (last >= 0 && isEnd(bytes, starts[last]!, ends[last]!, place, end)) {
        moved[place] = out.length - 1 - (end - place);
        continue;
      }
      moved[place] = out.length;
      out.appendRange(bytes, place, end + 1);
      last = n;
    }
    const to = this.#to.view;
    for (let i = 0; i < this.#to.length; i++) to[i] = moved[to[i]!]!;
    this.#out = out;
  }

  #place(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const mask = this.#slots.length - 1;
    // The low bits of a product depend on the low bits of the bytes only.
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const place = this.#slots[slot]! - 1;
      if (this.#hashes[slot] === hash && this.#isAt(place, bytes, start, end)) return place;
    }
    const place = this.#out.length;
    this.#out.appendRange(bytes, start, end);
    this.#slots[slot] = place + 1;
    this.#hashes[slot] = hash;
    if (++this.#strings * 2 > this.#slots.length) this.#grow();
    return place;
  }

  /** Whether the string at `place` is `bytes[start, end)`; both end at their NUL, so neither can be read beyond. */
  #isAt(place: number, bytes: Uint8Array, start: number, end: number): boolean {
    const own = this.#out.bytes;
    for (let i = start, at = place; i < end; i++, at++) if (own[at] !== bytes[i]) return false;
    return true;
  }

  #grow(): void {
    const oldSlots = this.#slots;
    const oldHashes = this.#hashes;
    const mask = oldSlots.length * 2 - 1;
    this.#slots = new Uint32Array(mask + 1);
    this.#hashes = new Uint32Array(mask + 1);
    for (let i = 0; i < oldSlots.length; i++) {
      if (oldSlots[i] === 0) continue;
      const hash = oldHashes[i]!;
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = oldSlots[i]!;
      this.#hashes[slot] = hash;
    }
  }
}

/** The last four bytes of a string as a number that sorts as they do from behind; what a shorter one lacks is 0. */
function lastBytes(bytes: Uint8Array, start: number, end: number): number {
  let key = 0;
  for (let i = 1; i <= 4; i++) key = (key << 8) | (end - i >= start ? bytes[end - i]! : 0);
  return key >>> 0;
}

/** Order of `[a, aEnd)` and `[b, bEnd)` read from behind; one that ends the other is less. */
function compareBackwards(bytes: Uint8Array, a: number, aEnd: number, b: number, bEnd: number): number {
  const count = Math.min(aEnd - a, bEnd - b);
  for (let i = 1; i <= count; i++) {
    const difference = bytes[aEnd - i]! - bytes[bEnd - i]!;
    if (difference !== 0) return difference;
  }
  return aEnd - a - (bEnd - b);
}

/** Whether `[from, to)` is the end of `[start, end)`. */
function isEnd(bytes: Uint8Array, start: number, end: number, from: number, to: number): boolean {
  const size = to - from;
  if (size > end - start) return false;
  for (let i = 1; i <= size; i++) if (bytes[end - i] !== bytes[to - i]) return false;
  return true;
}
