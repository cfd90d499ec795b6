/**
 * The seeds of a campaign that is steered to what its programs have not reached yet.
 *
 * Owns the choice: at each place of the campaign a few programs are drawn, some new ones and some variants of programs that reached something new,
 * and the one with the rarest cells is run. Cells are those that need no compiler. The choice follows from campaign seed, profile, restrictions and the programs
 * before it, and from nothing that was run; so it is the same for any number of workers, shards and resumptions, and each case has a plain seed.
 */
import { baseSeed, MOST_VARIANTS, PROFILES, variantOf } from '../../generators/index.ts';
import type { Backend } from '../backend/door.ts';
import { generatorOf } from '../case/generate.ts';
import { caseSeed } from '../case/seeds.ts';
import { indexAt, type SeedSource } from '../worker/seed-at.ts';
import { cellsOfProgram } from './cells.ts';

/** Programs that one is chosen of. */
const CHOICES = 4;

/** Kept programs at most; then the oldest goes. */
const MOST_KEPT = 512;

/** What is made for each place of a campaign. */
export interface SteerWish extends SeedSource {
  readonly onlyOps: readonly string[] | null;
}

export class SteeredSeeds {
  readonly #wish: SteerWish;
  readonly #cellsOf: (seed: number) => ReadonlySet<string>;
  readonly #hasVariants: boolean;
  readonly #seeds: number[] = [];
  /** Chosen programs by cell. */
  readonly #counts = new Map<string, number>();
  readonly #kept: number[] = [];
  #keptAt = 0;
  /** Variants that were chosen: each is run once. */
  readonly #used = new Set<number>();

  constructor(wish: SteerWish, backend: Pick<Backend, 'settings' | 'supports' | 'known'>) {
    this.#wish = wish;
    const generate = generatorOf(wish.profile, wish.onlyOps, backend);
    this.#cellsOf = (seed) => {
      try {
        return cellsOfProgram(generate(seed), backend.settings);
      } catch {
        // What the generator cannot make is a finding of the worker that tries.
        return NOTHING;
      }
    };
    this.#hasVariants = PROFILES[wish.profile]?.swarms === true && wish.onlyOps === null;
  }

  /** Seed of the case at `position` of the shard. */
  seedAt(position: number): number {
    const index = indexAt(this.#wish.shard, position);
    while (this.#seeds.length <= index) this.#seeds.push(this.#choose(this.#seeds.length));
    return this.#seeds[index]!;
  }

  #choose(index: number): number {
    let best = { seed: 0, score: -1, cells: NOTHING };
    for (let n = 0; n < CHOICES; n++) {
      const seed = this.#candidate(index, n);
      const cells = this.#cellsOf(seed);
      const score = this.#scoreOf(cells);
      if (score > best.score) best = { seed, score, cells };
    }
    let isNew = false;
    for (const cell of best.cells) {
      const count = this.#counts.get(cell) ?? 0;
      isNew ||= count === 0;
      this.#counts.set(cell, count + 1);
    }
    if (isNew) this.#keep(best.seed);
    if (baseSeed(best.seed) !== best.seed) this.#used.add(best.seed);
    return best.seed;
  }

  /** Half of the candidates are new seeds, half variants of kept ones, where there are any. */
  #candidate(index: number, n: number): number {
    const fresh = caseSeed(this.#wish.seed, index * CHOICES + n);
    if (n % 2 === 0 || !this.#hasVariants || this.#kept.length === 0) return fresh;
    const kept = this.#kept[fresh % this.#kept.length]!;
    const variant = variantOf(kept, 1 + (Math.floor(fresh / MOST_KEPT) % MOST_VARIANTS));
    return this.#used.has(variant) ? fresh : variant;
  }

  /** Rare cells count, each the less the more programs have it: a large program of common ones is worth little. */
  #scoreOf(cells: ReadonlySet<string>): number {
    let score = 0;
    for (const cell of cells) {
      const count = this.#counts.get(cell) ?? 0;
      score += count === 0 ? 4 : 1 / (count * count);
    }
    return score;
  }

  #keep(seed: number): void {
    const base = this.#hasVariants ? baseSeed(seed) : seed;
    if (this.#kept.length < MOST_KEPT) this.#kept.push(base);
    else this.#kept[this.#keptAt++ % MOST_KEPT] = base;
  }
}

const NOTHING: ReadonlySet<string> = new Set();
