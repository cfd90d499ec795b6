/**
 * A small deterministic generator of numbers (mulberry32) for benches and mutations.
 *
 * Owns nothing but its state: equal seeds give equal sequences on every machine.
 */

/** Gives an integer from 0 to `below` - 1. */
export type Random = (below: number) => number;

/** A generator whose sequence depends on the two numbers alone. */
export function randomOf(seed: number, stream: number): Random {
  let state = (Math.imul(seed ^ 0x9e37_79b9, 0x85eb_ca6b) ^ Math.imul(stream + 1, 0xc2b2_ae35)) | 0;
  return (below) => {
    state = (state + 0x6d2b_79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** One of `items`. */
export function pick<T>(random: Random, items: readonly T[]): T {
  return items[random(items.length)]!;
}
