/**
 * Storage of the intern pool: items of a kind and some words, hash-consed, so that equal content has one index.
 *
 * Owns the columns and the hash table. Knows nothing of what kinds and words mean. The columns can sit in shared memory,
 * so that codegen threads read items without a copy; the hash table belongs to the one thread that interns.
 */
import { U32Column, U8Column } from '../support/column.ts';
import type { IpIndex, ItemKind } from './keys.ts';

/** Append-only table of unique (kind, words) items. */
export class ItemTable {
  /** Words of the item about to be interned; see {@link room} for more than 64. */
  scratch = new Uint32Array(64);
  readonly #kinds: U8Column;
  readonly #starts: U32Column;
  readonly #words: U32Column;
  /** Hash of each item, kept for growing the table. */
  readonly #hashes = new U32Column(128);
  /** Open addressing, power-of-two size; a cell is index + 1, 0 = free. */
  #table = new Uint32Array(256);

  constructor(shared: boolean) {
    this.#kinds = new U8Column(128, shared);
    this.#starts = new U32Column(128, shared);
    this.#words = new U32Column(512, shared);
  }

  /** Number of items. */
  get size(): number {
    return this.#kinds.length;
  }

  /** Kind of item `i`. */
  kind(i: IpIndex): ItemKind {
    return this.#kinds.view[i]! as ItemKind;
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
  intern(kind: ItemKind, count: number): IpIndex {
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

  #equals(index: number, kind: ItemKind, count: number): boolean {
    if (this.#kinds.view[index] !== kind) return false;
    const start = this.#starts.view[index]!;
    const end = index + 1 < this.#starts.length ? this.#starts.view[index + 1]! : this.#words.length;
    if (end - start !== count) return false;
    const words = this.#words.view;
    for (let n = 0; n < count; n++) if (words[start + n] !== this.scratch[n]) return false;
    return true;
  }
}
