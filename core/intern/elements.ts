/**
 * Elements of aggregates: what types that are made of listed elements have in common.
 *
 * Owns the answer to "what are the elements of this type" for all kinds of types, so that code which builds, prints or
 * walks aggregates asks here instead of telling structs from arrays itself. Pure functions of (pool, type).
 */
import { byteAt } from './byte-values.ts';
import { InternalError } from '../support/assert.ts';
import type { InternPool } from './intern-pool.ts';
import type { IpIndex } from './keys.ts';
import { IP } from './keys.ts';
import { isPackedUnion } from './packed.ts';
import type { PoolReader } from './pool-reader.ts';
import { TypeKind } from './type-kinds.ts';
import { ValueKind } from './value-kinds.ts';

/** How a type lists its elements: each of a type of its own, all of one type, or not at all. */
function listing(pool: PoolReader, ty: IpIndex): 'fields' | 'elements' | 'none' {
  switch (pool.typeKind(ty)) {
    case TypeKind.struct:
      return 'fields';
    case TypeKind.packed:
      return isPackedUnion(pool, ty) ? 'none' : 'fields';
    case TypeKind.array:
    case TypeKind.vector:
      return 'elements';
    case TypeKind.simple:
    case TypeKind.int:
    case TypeKind.float:
    case TypeKind.ptr:
    case TypeKind.slice:
    case TypeKind.fn:
    case TypeKind.opt:
    case TypeKind.error_set:
    case TypeKind.error_union:
    case TypeKind.enum:
    case TypeKind.union:
      return 'none';
  }
}

/** Whether values of `ty` list elements. */
export function isAggregate(pool: PoolReader, ty: IpIndex): boolean {
  return listing(pool, ty) !== 'none';
}

/** Elements that a value of aggregate type `ty` lists: fields, or array elements without the sentinel. */
export function elemCount(pool: PoolReader, ty: IpIndex): number {
  switch (listing(pool, ty)) {
    case 'fields':
      return pool.fieldCount(ty);
    case 'elements':
      return pool.arrayLen(ty);
    case 'none':
      throw new InternalError(`type ${ty} has no elements`);
  }
}

/** Type of element `n` of aggregate type `ty`. */
export function elemType(pool: PoolReader, ty: IpIndex, n: number): IpIndex {
  switch (listing(pool, ty)) {
    case 'fields':
      return pool.fieldType(ty, n);
    case 'elements':
      return pool.childType(ty);
    case 'none':
      throw new InternalError(`type ${ty} has no elements`);
  }
}

/** Sentinel of an array type; null for an array without one and for all other types. */
export function sentinelOf(pool: PoolReader, ty: IpIndex): IpIndex | null {
  return listing(pool, ty) === 'elements' ? pool.arraySentinel(ty) : null;
}

/** Element `n` of an aggregate value in any of its encodings (aggregate, bytes, repeated, undef). May intern it. */
export function elemValue(pool: InternPool, value: IpIndex, n: number): IpIndex {
  switch (pool.valueKind(value)) {
    case ValueKind.aggregate:
      return pool.word(value, 1 + n) as IpIndex;
    case ValueKind.repeated:
      return pool.word(value, 1) as IpIndex;
    case ValueKind.bytes:
      return pool.intWords(IP.u8_type, byteAt(pool, value, n), 0);
    case ValueKind.undef:
      return pool.undef(elemType(pool, pool.typeOf(value), n));
    case ValueKind.int:
    case ValueKind.bool:
    case ValueKind.float:
    case ValueKind.void:
    case ValueKind.ptr_nav:
    case ValueKind.ptr_uav:
    case ValueKind.ptr_int:
    case ValueKind.slice:
    case ValueKind.null:
    case ValueKind.payload:
    case ValueKind.err:
    case ValueKind.enum_tag:
    case ValueKind.union_value:
      throw new InternalError(`value ${value} has no elements`);
  }
}
