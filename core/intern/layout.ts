/**
 * Size, alignment and representation of types: the ABI of the back end.
 *
 * Pure functions of (pool, type), cached in the pool. Codegen and linker both use it; the interpreter uses it for sizes
 * and offsets only (where bytes lie is a fact of the language, what they mean is not decided here).
 */
import { assert } from '../support/assert.ts';
import { alignForward, ceilPowerOfTwo } from '../support/numeric.ts';
import type { PoolReader } from './pool-reader.ts';
import type { IpIndex } from './keys.ts';
import { IP, IP_NONE, ItemKind, StructLayout } from './keys.ts';

/** Alignment of the linear stack and of the heap, in bytes. */
export const STACK_ALIGN = 16;

/** Natural alignment of `ty` in bytes, >= 1. */
export function abiAlign(pool: PoolReader, ty: IpIndex): number {
  return pool.alignCache[ty] ?? (pool.alignCache[ty] = computeAlign(pool, ty));
}

/** Size of `ty` in memory in bytes; 0 for types without runtime bits. */
export function abiSize(pool: PoolReader, ty: IpIndex): number {
  return pool.sizeCache[ty] ?? (pool.sizeCache[ty] = computeSize(pool, ty));
}

/** Whether values of `ty` have any representation at all. */
export function hasRuntimeBits(pool: PoolReader, ty: IpIndex): boolean {
  return abiSize(pool, ty) !== 0;
}

/** Whether a value of `ty` is represented by the address of its memory. */
export function isByRef(pool: PoolReader, ty: IpIndex): boolean {
  switch (pool.kind(ty)) {
    case ItemKind.ty_slice:
      return true;
    case ItemKind.ty_array:
    case ItemKind.ty_struct:
      return hasRuntimeBits(pool, ty);
    default:
      return false;
  }
}

/** Byte offset of field `n` of struct type `ty`. */
export function fieldOffset(pool: PoolReader, ty: IpIndex, n: number): number {
  const cached = pool.fieldOffsetCache[ty] ?? (pool.fieldOffsetCache[ty] = placeFields(pool, ty));
  return cached[n]!;
}

/** Bytes of an address. */
export function ptrSize(pool: PoolReader): number {
  return pool.target.ptrBits / 8;
}

/** Elements of an array type in memory: its length plus one for a sentinel. */
export function arrayMemoryLen(pool: PoolReader, ty: IpIndex): number {
  return pool.arrayLen(ty) + (pool.arraySentinel(ty) === IP_NONE ? 0 : 1);
}

/** Alignment a pointer or slice type promises for what it points to, in bytes. */
export function pointeeAlign(pool: PoolReader, ptrTy: IpIndex): number {
  const explicit = pool.ptrAlign(ptrTy);
  return explicit !== 0 ? explicit : abiAlign(pool, pool.childType(ptrTy));
}

function intBytes(bits: number): number {
  return (bits + 7) >> 3;
}

function computeAlign(pool: PoolReader, ty: IpIndex): number {
  switch (pool.kind(ty)) {
    case ItemKind.ty_simple:
      if (ty === IP.usize_type || ty === IP.isize_type) return ptrSize(pool);
      return ty === IP.f32_type ? 4 : ty === IP.f64_type ? 8 : 1;
    case ItemKind.ty_int:
      return Math.min(ceilPowerOfTwo(intBytes(pool.intBits(ty))), 16);
    case ItemKind.ty_ptr:
    case ItemKind.ty_slice:
      return ptrSize(pool);
    case ItemKind.ty_array:
      return abiAlign(pool, pool.childType(ty));
    case ItemKind.ty_struct: {
      let align = 1;
      for (let n = 0; n < pool.fieldCount(ty); n++) align = Math.max(align, fieldAlignment(pool, ty, n));
      return align;
    }
    case ItemKind.ty_fn:
      return 1;
    default:
      assert(false, 'a value has no alignment of its own');
  }
}

function computeSize(pool: PoolReader, ty: IpIndex): number {
  switch (pool.kind(ty)) {
    case ItemKind.ty_simple:
      switch (ty) {
        case IP.bool_type:
          return 1;
        case IP.usize_type:
        case IP.isize_type:
          return ptrSize(pool);
        case IP.f32_type:
          return 4;
        case IP.f64_type:
          return 8;
        default:
          return 0;
      }
    case ItemKind.ty_int:
      return alignForward(intBytes(pool.intBits(ty)), abiAlign(pool, ty));
    case ItemKind.ty_ptr:
      return ptrSize(pool);
    case ItemKind.ty_slice:
      return 2 * ptrSize(pool);
    case ItemKind.ty_array:
      return arrayMemoryLen(pool, ty) * abiSize(pool, pool.childType(ty));
    case ItemKind.ty_struct: {
      let end = 0;
      for (let n = 0; n < pool.fieldCount(ty); n++) {
        end = Math.max(end, fieldOffset(pool, ty, n) + abiSize(pool, pool.fieldType(ty, n)));
      }
      return alignForward(end, abiAlign(pool, ty));
    }
    case ItemKind.ty_fn:
      return 0;
    default:
      assert(false, 'a value has no size of its own');
  }
}

function fieldAlignment(pool: PoolReader, ty: IpIndex, n: number): number {
  const explicit = pool.fieldAlign(ty, n);
  return explicit !== 0 ? explicit : abiAlign(pool, pool.fieldType(ty, n));
}

function placeFields(pool: PoolReader, ty: IpIndex): readonly number[] {
  const count = pool.fieldCount(ty);
  const order = Array.from({ length: count }, (_, n) => n);
  if (pool.structLayout(ty) === StructLayout.auto) {
    order.sort((a, b) => fieldAlignment(pool, ty, b) - fieldAlignment(pool, ty, a) || a - b);
  }
  const offsets = new Array<number>(count).fill(0);
  let at = 0;
  for (const n of order) {
    at = alignForward(at, fieldAlignment(pool, ty, n));
    offsets[n] = at;
    at += abiSize(pool, pool.fieldType(ty, n));
  }
  return offsets;
}
