/**
 * Storage of the intern pool: items of a kind and some words, hash-consed, so that equal content has one index.
 *
 * Owns the columns and the hash table. Knows nothing of what kinds and words mean. The columns can sit in shared memory,
 * so that codegen threads read items without a copy (attached-items.ts); the hash table belongs to the one thread that
 * interns. Invariant: the shared count is stored last, after all words of the items it counts.
 */
import { U32Column, U8Column } from '../support/column.ts';
import type { IpIndex } from './keys.ts';
import type { TypeKind } from './type-kinds.ts';
import type { ValueKind } from './value-kinds.ts';

/** Kind of an item: which of the two it is decides whether the item is a type. */
export type AnyKind = TypeKind | ValueKind;

/**
 * The shared storage of a table, as it can be posted to a thread. Items that are interned later are seen through the same
 * handle, until the table outgrows a buffer and moves; a new handle then shows everything again.
 */
export interface SharedItems {
  /** One cell: how many items there are. */
  readonly count: Int32Array;
  readonly kinds: SharedArrayBuffer;
  readonly starts: SharedArrayBuffer;
  readonly words: SharedArrayBuffer;
}

/** What the readers of a pool need of its storage. */
export interface ItemSource {
  readonly size: number;
  kind(i: IpIndex): AnyKind;
  word(i: IpIndex, n: number): number;
  room(words: number): Uint32Array;
  readonly scratch: Uint32Array;
  intern(kind: AnyKind, count: number): IpIndex;
  share(): SharedItems;
  refresh(): void;
}

/** Append-only table of unique (kind, words) items. */
export class ItemTable implements ItemSource {
  /** Words of the item about to be interned; see {@link room} for more than 64. */
  scratch: Uint32Array;
  /** As in the handle; null while nothing is shared. */
  #count: Int32Array | null = null;
  #handle: SharedItems | null = null;
  readonly #kinds: U8Column;
  readonly #starts: U32Column;
  readonly #words: U32Column;
  /** Hash of each item, kept for growing the table. */
  readonly #hashes: U32Column;
  /** Open addressing, power-of-two size; a cell is index + 1, 0 = free. */
  #table: Uint32Array;

  constructor(shared: boolean) {
    // One piece of memory for all of a new table: a pool is made for each program, and pieces cost more than bytes.
    const memory = new ArrayBuffer((shared ? 448 : 1088) * 4);
    this.scratch = new Uint32Array(memory, 0, 64);
    this.#table = new Uint32Array(memory, 64 * 4, 256);
    this.#hashes = new U32Column(new Uint32Array(memory, 320 * 4, 128));
    this.#kinds = new U8Column(128, shared);
    this.#starts = new U32Column(shared ? 128 : new Uint32Array(memory, 448 * 4, 128), shared);
    this.#words = new U32Column(shared ? 512 : new Uint32Array(memory, 576 * 4, 512), shared);
    if (shared) this.share();
  }

  /** Moves the storage to shared memory if it is not there, and returns its handle: the same one until it moves again. */
  share(): SharedItems {
    const kinds = this.#kinds.share();
    const starts = this.#starts.share();
    const words = this.#words.share();
    const known = this.#handle;
    if (known !== null && known.kinds === kinds && known.starts === starts && known.words === words) return known;
    this.#count ??= new Int32Array(new SharedArrayBuffer(4));
    Atomics.store(this.#count, 0, this.#kinds.length);
    return (this.#handle = { count: this.#count, kinds, starts, words });
  }

  /** The table of the owner has nothing to catch up with. */
  refresh(): void {
    return;
  }

  /** Number of items. */
  get size(): number {
    return this.#kinds.length;
  }

  /** Kind of item `i`. */
  kind(i: IpIndex): AnyKind {
    return this.#kinds.view[i]! as AnyKind;
  }

  /** Word `n` of item `i`. */
  word(i: IpIndex, n: number): number {
    return this.#words.view[this.#starts.view[i]! + n]!;
  }

  /** The scratch array, with room for `words` words. */
  room(words: number): Uint32Array {
    if (this.scratch.length < words) this.scratch = new Uint32Array(words * 2);
    return this.scratch;
  }

  /** Index of the item made of `kind` and the first `count` scratch words, new or known. */
  intern(kind: AnyKind, count: number): IpIndex {
    const s = this.scratch;
    let hash = Math.imul(kind + 1, 0x9e37_79b1);
    for (let n = 0; n < count; n++) {
      hash = Math.imul(hash ^ s[n]!, 0x85eb_ca6b);
      hash ^= hash >>> 15;
    }
    const mask = this.#table.length - 1;
    let at = (hash ^ (hash >>> 13)) & mask;
    for (let cell = this.#table[at]!; cell !== 0; cell = this.#table[at]!) {
      if (this.#equals(cell - 1, kind, count)) return (cell - 1) as IpIndex;
      at = (at + 1) & mask;
    }
    const index = this.#kinds.push(kind);
    this.#starts.push(this.#words.length);
    for (let n = 0; n < count; n++) this.#words.push(s[n]!);
    if (this.#count !== null) Atomics.store(this.#count, 0, index + 1);
    this.#table[at] = index + 1;
    this.#hashes.push(hash);
    if (this.#kinds.length * 2 > this.#table.length) this.#grow();
    return index as IpIndex;
  }

  #grow(): void {
    const table = new Uint32Array(this.#table.length * 2);
    const mask = table.length - 1;
    for (let i = 0; i < this.#hashes.length; i++) {
      const hash = this.#hashes.view[i]!;
      let at = (hash ^ (hash >>> 13)) & mask;
      while (table[at] !== 0) at = (at + 1) & mask;
      table[at] = i + 1;
    }
    this.#table = table;
  }

  #equals(index: number, kind: AnyKind, count: number): boolean {
    if (this.#kinds.view[index] !== kind) return false;
    const start = this.#starts.view[index]!;
    const end = index + 1 < this.#starts.length ? this.#starts.view[index + 1]! : this.#words.length;
    if (end - start !== count) return false;
    const words = this.#words.view;
    for (let n = 0; n < count; n++) if (words[start + n] !== this.scratch[n]) return false;
    return true;
  }
}
