/**
 * Relocations under construction, in ascending order of their places.
 *
 * Owns the parallel lists. Knows no section: what an offset counts from, whoever fills the list decides.
 */
import type { RelocTable } from './object-file.ts';
import { NO_RELOCS } from './object-file.ts';

/** `Index` is the space of symbols and that of types which the relocations name. */
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
    const count = this.length;
    if (count === 0) return NO_RELOCS;
    return {
      count,
      type: new Uint8Array(this.type),
      at: new Uint32Array(this.offset),
      index: new Uint32Array(this.index),
      addend: new Float64Array(this.addend),
    };
  }
}
