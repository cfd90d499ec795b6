/**
 * A set of positions of a campaign, small for long campaigns in which everything fails.
 *
 * Owns the layout: a bit for each position, in pages made when first needed.
 */

/** Positions of a page, and words that hold them. */
const PAGE = 4096;
const WORDS = PAGE / 32;

export class PositionSet {
  readonly #pages = new Map<number, Uint32Array>();
  #size = 0;

  /** Positions in the set. */
  get size(): number {
    return this.#size;
  }

  has(position: number): boolean {
    const at = position % PAGE;
    return (((this.#pages.get(Math.floor(position / PAGE))?.[at >>> 5] ?? 0) >>> (at & 31)) & 1) === 1;
  }

  add(position: number): void {
    if (this.has(position)) return;
    const number = Math.floor(position / PAGE);
    let page = this.#pages.get(number);
    if (page === undefined) this.#pages.set(number, (page = new Uint32Array(WORDS)));
    const at = position % PAGE;
    page[at >>> 5]! |= 1 << (at & 31);
    this.#size++;
  }

  /** Adds all of `other` that are not in `except`. */
  addAll(other: PositionSet, except?: PositionSet): void {
    for (const position of other) if (except?.has(position) !== true) this.add(position);
  }

  *[Symbol.iterator](): Generator<number> {
    for (const [number, page] of this.#pages) {
      for (let at = 0; at < PAGE; at++) if (((page[at >>> 5]! >>> (at & 31)) & 1) === 1) yield number * PAGE + at;
    }
  }
}
