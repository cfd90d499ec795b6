/**
 * Vectors: lanes of one type, which most instructions work on one by one.
 *
 * Payload words of the type are those of an array without a sentinel, so that `childType` and `arrayLen` of the pool answer; a
 * vector lies in memory as that array does, with an alignment of its own. Pure functions.
 */
import type { InternPool } from './intern-pool.ts';
import type { IpIndex } from './keys.ts';
import { IP_NONE } from './keys.ts';
import type { PoolReader } from './pool-reader.ts';
import { TypeKind } from './type-kinds.ts';

/** Vector of `count` lanes. */
export function vectorType(pool: InternPool, lane: IpIndex, count: number): IpIndex {
  return pool.item(TypeKind.vector, [lane, count, IP_NONE]);
}

/** Whether `ty` is a vector type. */
export function isVector(pool: PoolReader, ty: IpIndex): boolean {
  return pool.typeKind(ty) === TypeKind.vector;
}

/** Type of a lane of a vector; every other type is its own. */
export function laneType(pool: PoolReader, ty: IpIndex): IpIndex {
  return isVector(pool, ty) ? pool.childType(ty) : ty;
}
