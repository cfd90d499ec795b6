/**
 * Which failing cases of a bucket are looked at: the first ones, and a sample of all others, so that what fails often does not hide what fails
 * now and then.
 *
 * Owns the choice. It depends on the positions alone, not on the order in which they come.
 */

/** Some of the things that were added, each with a position of its own. */
export class LookedAt<T extends { readonly position: number }> {
  /** Those with the lowest positions, ascending. */
  readonly first: T[] = [];
  /** Some of the others, in an order that says nothing of their positions. */
  readonly sample: T[] = [];
  readonly #mostFirst: number;
  readonly #mostSampled: number;

  constructor(mostFirst: number, mostSampled: number) {
    this.#mostFirst = mostFirst;
    this.#mostSampled = mostSampled;
  }

  /** Adds `one`; returns whether it is looked at, as far as is known by now. */
  add(one: T): boolean {
    if (this.has(one.position)) return true;
    this.first.push(one);
    this.first.sort((a, b) => a.position - b.position);
    if (this.first.length > this.#mostFirst) {
      this.sample.push(this.first.pop()!);
      this.sample.sort((a, b) => rank(a.position) - rank(b.position) || a.position - b.position);
      if (this.sample.length > this.#mostSampled) this.sample.pop();
    }
    return this.has(one.position);
  }

  has(position: number): boolean {
    const isIt = (one: T): boolean => one.position === position;
    return this.first.some(isIt) || this.sample.some(isIt);
  }
}

/** A number that is mixed of the bits of `position`. */
function rank(position: number): number {
  let mixed = Math.imul(position ^ Math.floor(position / 2 ** 32), 0x9e37_79b1);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
