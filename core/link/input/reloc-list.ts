/**
 * Relocations under construction, in ascending order of their places.
 *
 * Owns the parallel lists. Knows no section: what an offset counts from, whoever fills the list decides.
 */
import type { RelocTable } from './object-file.ts';

/** See the file header; `Index` is the space of symbols and that of types which the relocations name. */
export class RelocList<Index extends number> {
  readonly type: number[] = [];
  readonly offset: number[] = [];
  /** Symbol, or type for TYPE_INDEX_LEB. */
  readonly index: Index[] = [];
  readonly addend: number[] = [];

  /** Number of relocations. */
  get length(): number {
    return this.type.length;
  }

  /** Appends one. */
  push(type: number, offset: number, index: Index, addend: number): void {
    this.type.push(type);
    this.offset.push(offset);
    this.index.push(index);
    this.addend.push(addend);
  }

  /** The list as a table of an object. */
  toTable(): RelocTable {
    return {
      count: this.length,
      type: Uint8Array.from(this.type),
      at: Uint32Array.from(this.offset),
      index: Uint32Array.from(this.index),
      addend: Float64Array.from(this.addend),
    };
  }
}
