/**
 * The random stream that every choice of a case is drawn from: sfc32, seeded from a safe integer by splitmix32.
 *
 * Owns the generator state and the shapes of choices (below, chance, pick, weighted). Knows nothing of programs.
 * Invariant: the same seed gives the same numbers on every machine; only 32-bit integer arithmetic and exact double
 * products are used.
 */

const TWO_32 = 4_294_967_296;

/** One step of splitmix32 over `state`, as a 32-bit integer. */
function splitmix32(state: number): number {
  let z = state | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0_aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a_2d97);
  return z ^ (z >>> 15);
}

/** A seeded stream of random numbers; mutable, one per case. */
export class RandomStream {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** `seed` is a safe non-negative integer; all of its 53 bits count. */
  constructor(seed: number) {
    const low = (seed % TWO_32) | 0;
    const high = Math.floor(seed / TWO_32) | 0;
    this.#a = splitmix32(low + 0x9e37_79b9);
    this.#b = splitmix32(high + 0x3c6e_f372) ^ splitmix32(low);
    this.#c = splitmix32(Math.imul(low, 31) ^ high);
    for (let i = 0; i < 12; i++) this.u32();
  }

  /** Next 32 bits as an unsigned integer. */
  u32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** Integer in `0 .. count - 1`, for 1 <= count <= 2^32. */
  below(count: number): number {
    return Math.floor((this.u32() / TWO_32) * count);
  }

  /** Integer in `low .. high`, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True `of256` times in 256. */
  chance(of256: number): boolean {
    return this.u32() >>> 24 < of256;
  }

  /** One element of a non-empty list. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** Index into `table`, by weight. */
  weighted(table: WeightedTable): number {
    const at = this.below(table.keep.length);
    return this.u32() < table.keep[at]! ? at : table.alias[at]!;
  }

  /** Puts `items` in random order, in place. */
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const held = items[i]!;
      items[i] = items[j]!;
      items[j] = held;
    }
    return items;
  }
}

/** Alias table: a weighted choice in two draws. `keep[i]` is the chance (of 2^32) that cell i stands for itself. */
export interface WeightedTable {
  readonly keep: Float64Array;
  readonly alias: Uint16Array;
}

/** Table for `weights` (non-negative, at least one above zero). */
export function weightedTable(weights: readonly number[]): WeightedTable {
  const count = weights.length;
  let total = 0;
  for (const weight of weights) total += weight;
  const scaled = weights.map((weight) => (weight * count) / total);
  const keep = new Float64Array(count).fill(TWO_32);
  const alias = new Uint16Array(count);
  const small: number[] = [];
  const large: number[] = [];
  scaled.forEach((share, i) => (share < 1 ? small : large).push(i));
  while (small.length > 0 && large.length > 0) {
    const less = small.pop()!;
    const more = large.pop()!;
    keep[less] = Math.floor(scaled[less]! * TWO_32);
    alias[less] = more;
    scaled[more] = scaled[more]! + scaled[less]! - 1;
    (scaled[more] < 1 ? small : large).push(more);
  }
  // What is left in `small` is left by rounding; its partner must be drawable all the same.
  const fallback = weights.findIndex((weight) => weight > 0);
  for (const i of small) {
    if (weights[i]! === 0) {
      keep[i] = 0;
      alias[i] = fallback;
    }
  }
  return { keep, alias };
}
