/**
 * The items of a pool that another thread owns, read in place.
 *
 * Owns the views over the shared columns. Items are immutable and counted last, so what the count covers can be read
 * without a lock. Interning is refused: a thread that only reads cannot change what another one sees.
 */
import { InternalError } from '../support/assert.ts';
import type { AnyKind, ItemSource, SharedItems } from './item-table.ts';
import type { IpIndex } from './keys.ts';

/** See the file header. */
export class AttachedItems implements ItemSource {
  readonly #handle: SharedItems;
  #kinds: Uint8Array;
  #starts: Uint32Array;
  #words: Uint32Array;
  #size = 0;

  constructor(handle: SharedItems) {
    this.#handle = handle;
    // With a length given, or a view over a growable buffer would track its length.
    this.#kinds = new Uint8Array(handle.kinds, 0, handle.kinds.byteLength);
    this.#starts = fixedWords(handle.starts);
    this.#words = fixedWords(handle.words);
    this.refresh();
  }

  /** Number of items as of the last refresh. */
  get size(): number {
    return this.#size;
  }

  /** Catches up with the owner. Views have a fixed length, because others are slow, so a grown buffer needs new ones. */
  refresh(): void {
    const { count, kinds, starts, words } = this.#handle;
    this.#size = Atomics.load(count, 0);
    if (this.#kinds.byteLength !== kinds.byteLength) this.#kinds = new Uint8Array(kinds, 0, kinds.byteLength);
    if (this.#starts.byteLength !== starts.byteLength) this.#starts = fixedWords(starts);
    if (this.#words.byteLength !== words.byteLength) this.#words = fixedWords(words);
  }

  /** Kind of item `i`. */
  kind(i: IpIndex): AnyKind {
    return this.#kinds[i]! as AnyKind;
  }

  /** Word `n` of item `i`. */
  word(i: IpIndex, n: number): number {
    return this.#words[this.#starts[i]! + n]!;
  }

  /** Not for readers. */
  get scratch(): Uint32Array {
    return refuse();
  }

  /** Not for readers. */
  room(): Uint32Array {
    return refuse();
  }

  /** Not for readers. */
  intern(): IpIndex {
    return refuse();
  }

  /** Not for readers. */
  share(): SharedItems {
    return refuse();
  }
}

function fixedWords(buffer: SharedArrayBuffer): Uint32Array {
  return new Uint32Array(buffer, 0, buffer.byteLength >> 2);
}

function refuse(): never {
  throw new InternalError('an attached pool is read only: the thread that owns it interns');
}
