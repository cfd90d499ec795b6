/**
 * The wasm locals of one function: numbering, reference counts, recycling.
 *
 * One count per local, shared by every value that denotes it. Parameters come first and are never counted or recycled.
 * Owns the free lists, one per value type, last freed first taken. Knows nothing of AIR.
 * Invariant: a local on a free list has count 0, and a local with count 0 is read by nobody.
 */
import type { MirBuilder } from '../../mir/builder.ts';
import type { LocalIndex } from '../../mir/mir.ts';
import { assert } from '../../support/assert.ts';
import type { Rep } from './abi.ts';
import { REP_NAMES, valTypeOf } from './abi.ts';

type FreeList = LocalIndex[];

/** The locals of one function. */
export class Locals {
  readonly #mir: MirBuilder;
  /** By local index; parameters have entries too, unused. */
  readonly #refs: number[] = [];
  readonly #reps: Rep[] = [];
  /** By Rep; only those that travel as themselves are used. */
  readonly #free: readonly FreeList[] = REP_NAMES.map(() => []);
  #paramCount = 0;
  #recycle = true;

  constructor(mir: MirBuilder) {
    this.#mir = mir;
  }

  /** Starts a function with `paramCount` wasm parameters. */
  reset(paramCount: number, recycle: boolean): void {
    this.#paramCount = paramCount;
    this.#recycle = recycle;
    this.#refs.length = paramCount;
    this.#reps.length = paramCount;
    for (const list of this.#free) if (list.length > 0) list.length = 0;
  }

  /** A local for a value of `rep` (no {@link Rep.address}: it has a carrier) with count 1. Its content is whatever was there. */
  allocate(rep: Rep): LocalIndex {
    const recycled = this.#free[rep]!.pop();
    if (recycled === undefined) return this.append(rep);
    this.#refs[recycled] = 1;
    return recycled;
  }

  /** As {@link allocate}, but a local that was never used before. */
  append(rep: Rep): LocalIndex {
    const index = (this.#paramCount + this.#mir.addLocal(valTypeOf(rep))) as LocalIndex;
    this.#refs[index] = 1;
    this.#reps[index] = rep;
    return index;
  }

  /** One more value denotes `index`. */
  retain(index: LocalIndex): void {
    if (index < this.#paramCount) return;
    assert(this.#refs[index]! > 0, 'a freed local gains a value');
    this.#refs[index]!++;
  }

  /** One value less denotes `index`; the last one frees it. */
  release(index: LocalIndex): void {
    if (index < this.#paramCount) return;
    const refs = this.#refs[index]! - 1;
    assert(refs >= 0, 'a local is freed twice');
    this.#refs[index] = refs;
    if (refs === 0 && this.#recycle) this.#free[this.#reps[index]!]!.push(index);
  }

  /** Fails on a local that nothing denotes any more. */
  assertAlive(index: LocalIndex): void {
    assert(index < this.#paramCount || this.#refs[index]! > 0, 'a freed local is read');
  }

  /** The function is complete and nothing mentions the `count` locals from `first`: they vanish, later ones move down. */
  drop(first: LocalIndex, count: number): void {
    this.#mir.dropLocals(first, first - this.#paramCount, count);
  }
}
