/**
 * The class of a type, by which a lowering is chosen out of several. Owns the classes; knows no instruction.
 */
import type { IpIndex } from '../../intern/keys.ts';
import type { PoolReader } from '../../intern/pool-reader.ts';
import { integerOf } from '../../intern/sums.ts';
import { TypeKind } from '../../intern/type-kinds.ts';

const WORD_BITS = 64;

/** Never 0, which stands for a class that is not known yet. */
export const NumberClass = {
  /** Everything else: what is one value of wasm, and what is no number. */
  plain: 1,
  /** Integers of more than 64 bits, packed structs among them: in memory, as limbs. */
  wideInt: 2,
  /** f16: its bits in an i32. */
  half: 3,
  /** f80 and f128: in memory. */
  wideFloat: 4,
  vector: 5,
} as const;
export type NumberClass = (typeof NumberClass)[keyof typeof NumberClass];

/** All of them. */
export const NUMBER_CLASSES: readonly NumberClass[] = Object.values(NumberClass);

/** Class of `ty`. */
function numberClassOf(pool: PoolReader, ty: IpIndex): NumberClass {
  const integer = integerOf(pool, ty);
  if (pool.isInt(integer)) return pool.intBits(integer) > WORD_BITS ? NumberClass.wideInt : NumberClass.plain;
  if (!pool.isFloat(ty)) return pool.typeKind(ty) === TypeKind.vector ? NumberClass.vector : NumberClass.plain;
  switch (pool.floatBits(ty)) {
    case 16:
      return NumberClass.half;
    case 32:
    case 64:
      return NumberClass.plain;
    case 80:
    case 128:
      return NumberClass.wideFloat;
  }
}

/** Classes by type, each found once. */
export class NumberClasses {
  #pool: PoolReader | null = null;
  #known = new Uint8Array(256);

  /** Forgets the types of another pool. */
  reset(pool: PoolReader): void {
    if (pool === this.#pool) return;
    this.#pool = pool;
    this.#known.fill(0);
  }

  of(ty: IpIndex): NumberClass {
    return ty < this.#known.length && this.#known[ty] !== 0 ? (this.#known[ty] as NumberClass) : this.#find(ty);
  }

  #find(ty: IpIndex): NumberClass {
    if (ty >= this.#known.length) {
      const wider = new Uint8Array(Math.max(ty + 1, this.#known.length * 2));
      wider.set(this.#known);
      this.#known = wider;
    }
    const found = numberClassOf(this.#pool!, ty);
    this.#known[ty] = found;
    return found;
  }
}
