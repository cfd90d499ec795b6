/**
 * Size, alignment and representation of types: the ABI of the back end.
 *
 * Pure functions of (pool, type), cached in the pool. Codegen and linker both use it; the interpreter uses it for sizes
 * and offsets only (where bytes lie is a fact of the language, what they mean is not decided here).
 */
import { alignForward, ceilPowerOfTwo, indexesTo } from '../support/numeric.ts';
import type { FloatBits } from './float-formats.ts';
import type { PoolReader } from './pool-reader.ts';
import type { IpIndex } from './keys.ts';
import { errorPayload, integerOf, unionTag } from './sums.ts';
import { SimpleType, StructLayout, TypeKind } from './type-kinds.ts';

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
  switch (pool.typeKind(ty)) {
    case TypeKind.slice:
    case TypeKind.vector:
      return true;
    case TypeKind.array:
    case TypeKind.struct:
      return hasRuntimeBits(pool, ty);
    case TypeKind.simple:
    case TypeKind.ptr:
    case TypeKind.fn:
      return false;
    case TypeKind.float:
      return pool.floatBits(ty) > 64;
    case TypeKind.int:
      return pool.intBits(ty) > 64;
    case TypeKind.enum:
    case TypeKind.packed:
      return isByRef(pool, integerOf(pool, ty));
    case TypeKind.error_set:
      return false;
    case TypeKind.union:
      return hasRuntimeBits(pool, ty);
    case TypeKind.error_union:
      return hasRuntimeBits(pool, errorPayload(pool, ty));
    case TypeKind.opt:
      return isOptionalInMemory(pool, pool.childType(ty));
  }
}

/** Whether an optional of `child` is more than one scalar. */
function isOptionalInMemory(pool: PoolReader, child: IpIndex): boolean {
  const kind = pool.typeKind(child);
  return kind !== TypeKind.ptr && kind !== TypeKind.error_set && hasRuntimeBits(pool, child);
}

/** Bytes of an error code. */
export const ERROR_SIZE = 2;

/** A word of a value in memory, in bytes. */
export interface Word {
  readonly offset: number;
  readonly size: number;
}

/** Whether null of optional type `ty` is a value that its payload cannot have: address 0, or error code 0. */
export function hasNullPayload(pool: PoolReader, ty: IpIndex): boolean {
  const kind = pool.typeKind(pool.childType(ty));
  return kind === TypeKind.ptr || kind === TypeKind.slice || kind === TypeKind.error_set;
}

/** The word of a value of optional type `ty` that is zero exactly for null. */
export function presenceWord(pool: PoolReader, ty: IpIndex): Word {
  const child = pool.childType(ty);
  const size = abiSize(pool, child);
  if (!hasNullPayload(pool, ty)) return { offset: size, size: 1 };
  return { offset: 0, size: pool.typeKind(child) === TypeKind.error_set ? ERROR_SIZE : ptrSize(pool) };
}

/** Where the code of an error union lies. */
export function errorOffset(pool: PoolReader, ty: IpIndex): number {
  const payload = errorPayload(pool, ty);
  return abiAlign(pool, payload) < ERROR_SIZE ? 0 : alignForward(abiSize(pool, payload), ERROR_SIZE);
}

/** Where the payload of an error union lies. */
export function errorPayloadOffset(pool: PoolReader, ty: IpIndex): number {
  return abiAlign(pool, errorPayload(pool, ty)) < ERROR_SIZE ? ERROR_SIZE : 0;
}

/** Where the tag of a tagged union lies. */
export function unionTagOffset(pool: PoolReader, ty: IpIndex): number {
  const tagAlign = abiAlign(pool, unionTag(pool, ty)!);
  const payload = unionPayload(pool, ty);
  return tagAlign >= payload.align ? 0 : alignForward(payload.size, tagAlign);
}

function unionPayload(pool: PoolReader, ty: IpIndex): { size: number; align: number } {
  let size = 0;
  let align = 1;
  for (let n = 0; n < pool.fieldCount(ty); n++) {
    size = Math.max(size, abiSize(pool, pool.fieldType(ty, n)));
    align = Math.max(align, fieldAlignment(pool, ty, n));
  }
  return { size, align };
}

/** Every field of a union lies at one place. */
function unionPayloadOffset(pool: PoolReader, ty: IpIndex): number {
  const tag = unionTag(pool, ty);
  const { align } = unionPayload(pool, ty);
  return tag === null || abiAlign(pool, tag) < align ? 0 : alignForward(abiSize(pool, tag), align);
}

function unionSize(pool: PoolReader, ty: IpIndex): number {
  const tag = unionTag(pool, ty);
  const { size } = unionPayload(pool, ty);
  const tagEnd = tag === null ? 0 : unionTagOffset(pool, ty) + abiSize(pool, tag);
  return alignForward(Math.max(unionPayloadOffset(pool, ty) + size, tagEnd), abiAlign(pool, ty));
}

/** Byte offset of field `n` of struct or union type `ty`; of a packed struct, whose fields are bits of it, 0. */
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
  return pool.arrayLen(ty) + (pool.arraySentinel(ty) === null ? 0 : 1);
}

/** Alignment a pointer or slice type promises for what it points to, in bytes. */
export function pointeeAlign(pool: PoolReader, ptrTy: IpIndex): number {
  const explicit = pool.ptrAlign(ptrTy);
  return explicit !== 0 ? explicit : abiAlign(pool, pool.childType(ptrTy));
}

function intBytes(bits: number): number {
  return (bits + 7) >> 3;
}

/** Size and alignment: that of the value, a power of two. */
function floatBytes(bits: FloatBits): number {
  return ceilPowerOfTwo(bits / 8);
}

/** Bytes of a type without a payload of its own. */
function simpleSize(pool: PoolReader, ty: IpIndex): number {
  switch (pool.simpleType(ty)) {
    case SimpleType.void:
    case SimpleType.noreturn:
      return 0;
    case SimpleType.bool:
      return 1;
    case SimpleType.usize:
    case SimpleType.isize:
      return ptrSize(pool);
  }
}

function computeAlign(pool: PoolReader, ty: IpIndex): number {
  switch (pool.typeKind(ty)) {
    case TypeKind.simple:
      return Math.max(simpleSize(pool, ty), 1);
    case TypeKind.int:
      return Math.min(ceilPowerOfTwo(intBytes(pool.intBits(ty))), 16);
    case TypeKind.float:
      return floatBytes(pool.floatBits(ty));
    case TypeKind.ptr:
    case TypeKind.slice:
      return ptrSize(pool);
    case TypeKind.array:
      return abiAlign(pool, pool.childType(ty));
    case TypeKind.vector:
      return Math.min(ceilPowerOfTwo(pool.arrayLen(ty) * abiSize(pool, pool.childType(ty))), 16);
    case TypeKind.struct: {
      let align = 1;
      for (let n = 0; n < pool.fieldCount(ty); n++) align = Math.max(align, fieldAlignment(pool, ty, n));
      return align;
    }
    case TypeKind.fn:
      return 1;
    case TypeKind.opt: {
      const child = pool.childType(ty);
      return hasRuntimeBits(pool, child) ? abiAlign(pool, child) : 1;
    }
    case TypeKind.error_set:
      return ERROR_SIZE;
    case TypeKind.error_union: {
      const payload = errorPayload(pool, ty);
      return hasRuntimeBits(pool, payload) ? Math.max(ERROR_SIZE, abiAlign(pool, payload)) : ERROR_SIZE;
    }
    case TypeKind.enum:
    case TypeKind.packed:
      return abiAlign(pool, integerOf(pool, ty));
    case TypeKind.union: {
      const tag = unionTag(pool, ty);
      return Math.max(unionPayload(pool, ty).align, tag === null ? 1 : abiAlign(pool, tag));
    }
  }
}

function computeSize(pool: PoolReader, ty: IpIndex): number {
  switch (pool.typeKind(ty)) {
    case TypeKind.simple:
      return simpleSize(pool, ty);
    case TypeKind.int:
      return alignForward(intBytes(pool.intBits(ty)), abiAlign(pool, ty));
    case TypeKind.float:
      return floatBytes(pool.floatBits(ty));
    case TypeKind.ptr:
      return ptrSize(pool);
    case TypeKind.slice:
      return 2 * ptrSize(pool);
    case TypeKind.array:
      return arrayMemoryLen(pool, ty) * abiSize(pool, pool.childType(ty));
    case TypeKind.vector:
      return alignForward(pool.arrayLen(ty) * abiSize(pool, pool.childType(ty)), abiAlign(pool, ty));
    case TypeKind.struct: {
      let end = 0;
      for (let n = 0; n < pool.fieldCount(ty); n++) {
        end = Math.max(end, fieldOffset(pool, ty, n) + abiSize(pool, pool.fieldType(ty, n)));
      }
      return alignForward(end, abiAlign(pool, ty));
    }
    case TypeKind.fn:
      return 0;
    case TypeKind.opt: {
      const child = pool.childType(ty);
      return abiSize(pool, child) + (hasNullPayload(pool, ty) ? 0 : abiAlign(pool, ty));
    }
    case TypeKind.error_set:
      return ERROR_SIZE;
    case TypeKind.error_union: {
      const payload = errorPayload(pool, ty);
      const end = Math.max(errorOffset(pool, ty) + ERROR_SIZE, errorPayloadOffset(pool, ty) + abiSize(pool, payload));
      return abiSize(pool, payload) === 0 ? ERROR_SIZE : alignForward(end, abiAlign(pool, ty));
    }
    case TypeKind.enum:
    case TypeKind.packed:
      return abiSize(pool, integerOf(pool, ty));
    case TypeKind.union:
      return unionSize(pool, ty);
  }
}

function fieldAlignment(pool: PoolReader, ty: IpIndex, n: number): number {
  const explicit = pool.fieldAlign(ty, n);
  return explicit !== 0 ? explicit : abiAlign(pool, pool.fieldType(ty, n));
}

function placeFields(pool: PoolReader, ty: IpIndex): readonly number[] {
  const count = pool.fieldCount(ty);
  if (pool.typeKind(ty) === TypeKind.packed) return new Array<number>(count).fill(0);
  if (pool.typeKind(ty) === TypeKind.union) return new Array<number>(count).fill(unionPayloadOffset(pool, ty));
  const order = indexesTo(count);
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
