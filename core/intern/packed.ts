/**
 * Packed structs and unions and pointers to parts of them: what their words mean, and where fields lie.
 *
 * A packed struct is its backing integer, an unsigned one: field 0 is in the lowest bits, the next one above it. Each field of a
 * packed union is the whole integer. Payload words of both types: [backing type, n, (field type, 1 in a union, else 0) x n], so that
 * `fieldCount` and `fieldType` of the pool answer. A pointer to a field that need not begin at a byte says in its type which bits
 * of which integer it means; its first word is that of PtrSize for ordinary pointers, and above. Pure functions.
 */
import { floatPattern } from './numbers.ts';
import type { InternPool } from './intern-pool.ts';
import { InternalError } from '../support/assert.ts';
import type { IpIndex } from './keys.ts';
import { IP } from './keys.ts';
import type { PoolReader } from './pool-reader.ts';
import { TypeKind } from './type-kinds.ts';
import { ValueKind } from './value-kinds.ts';

/** Bits of a pointer to bits: the host, an unsigned integer of `hostSize` bytes at the address, and the lowest bit in it. */
export interface BitRange {
  readonly hostSize: number;
  readonly bitOffset: number;
}

/** First word of the types of pointers to bits, plus the host size times {@link HOST} and the offset times {@link OFFSET}. */
const BITS_MARK = 2;
const HOST = 1 << 2;
const OFFSET = 1 << 16;
/** Greatest host in bytes. */
export const MAX_HOST_SIZE = OFFSET / HOST - 1;

/** Packed struct over the unsigned integer type `backing`. */
export function packedType(pool: InternPool, backing: IpIndex, fields: readonly IpIndex[]): IpIndex {
  return pool.item(TypeKind.packed, [backing, fields.length, ...fields.flatMap((ty) => [ty, 0])]);
}

/** Packed union over the unsigned integer type `backing`. */
export function packedUnionType(pool: InternPool, backing: IpIndex, fields: readonly IpIndex[]): IpIndex {
  return pool.item(TypeKind.packed, [backing, fields.length, ...fields.flatMap((ty) => [ty, 1])]);
}

/** Whether a type is a packed union, which has at least one field. */
export function isPackedUnion(pool: PoolReader, ty: IpIndex): boolean {
  return pool.typeKind(ty) === TypeKind.packed && pool.word(ty, 1) > 0 && pool.word(ty, 3) === 1;
}

/** Pointer to the bits of a `child` in a host; `align` is that of the address of the host. */
export function bitPtrType(
  pool: InternPool,
  child: IpIndex,
  { hostSize, bitOffset }: BitRange,
  isConst: boolean,
  align: number,
): IpIndex {
  const size = BITS_MARK + hostSize * HOST + bitOffset * OFFSET;
  return pool.item(TypeKind.ptr, [size, isConst ? 1 : 0, align, child]);
}

/** What bits a pointer type means; null for an ordinary pointer. */
export function bitRange(pool: PoolReader, ptrTy: IpIndex): BitRange | null {
  const size = pool.word(ptrTy, 0);
  if (pool.typeKind(ptrTy) !== TypeKind.ptr || (size & 3) !== BITS_MARK) return null;
  return { hostSize: (size >>> 2) & MAX_HOST_SIZE, bitOffset: size >>> 16 };
}

/** Integer type of a packed struct or union. */
export function backingOf(pool: PoolReader, ty: IpIndex): IpIndex {
  return pool.word(ty, 0) as IpIndex;
}

/** Bits of a type that can be a field of a packed struct; null for every other type. */
export function packedBits(pool: PoolReader, ty: IpIndex): number | null {
  switch (pool.typeKind(ty)) {
    case TypeKind.simple:
      return ty === IP.bool_type ? 1 : pool.isInt(ty) ? pool.intBits(ty) : null;
    case TypeKind.int:
      return pool.intBits(ty);
    case TypeKind.float:
      return pool.floatBits(ty);
    case TypeKind.enum:
    case TypeKind.packed:
      // The first word of both is the type of their integer.
      return pool.intBits(pool.word(ty, 0) as IpIndex);
    case TypeKind.ptr:
    case TypeKind.slice:
    case TypeKind.array:
    case TypeKind.struct:
    case TypeKind.fn:
    case TypeKind.opt:
    case TypeKind.error_set:
    case TypeKind.error_union:
    case TypeKind.union:
    case TypeKind.vector:
      return null;
  }
}

/** Lowest bit of field `n` of a packed struct or union. */
export function bitOffset(pool: PoolReader, ty: IpIndex, n: number): number {
  if (isPackedUnion(pool, ty)) return 0;
  let offset = 0;
  for (let k = 0; k < n; k++) offset += packedBits(pool, pool.fieldType(ty, k))!;
  return offset;
}

/** Bits of a constant that can be a field, or of a packed struct or union, as an unsigned number; undefined ones are 0. */
export function packedPattern(pool: PoolReader, value: IpIndex): bigint {
  const ty = pool.typeOf(value);
  const bits = packedBits(pool, ty)!;
  switch (pool.valueKind(value)) {
    case ValueKind.int:
      return BigInt.asUintN(bits, pool.intBig(value));
    case ValueKind.enum_tag:
      return packedPattern(pool, pool.word(value, 1) as IpIndex);
    case ValueKind.bool:
      return BigInt(pool.word(value, 0));
    case ValueKind.float:
      return floatPattern(pool, value);
    case ValueKind.aggregate: {
      let pattern = 0n;
      let at = 0;
      for (let n = 0; n < pool.fieldCount(ty); n++) {
        const field = pool.word(value, 1 + n) as IpIndex;
        pattern |= packedPattern(pool, field) << BigInt(at);
        at += packedBits(pool, pool.typeOf(field))!;
      }
      return pattern;
    }
    case ValueKind.union_value:
      return packedPattern(pool, pool.word(value, 2) as IpIndex);
    case ValueKind.undef:
      return 0n;
    case ValueKind.void:
    case ValueKind.bytes:
    case ValueKind.repeated:
    case ValueKind.ptr_nav:
    case ValueKind.ptr_uav:
    case ValueKind.ptr_int:
    case ValueKind.slice:
    case ValueKind.null:
    case ValueKind.payload:
    case ValueKind.err:
      throw new InternalError('a value that cannot be packed');
  }
}
