/**
 * Which bits of a variable say in Zig what they say in AIR, so that memory can be compared.
 *
 * Owns the differences: codes of errors are the compiler's own numbers, what fills an integer up to whole bytes is nobody's, and
 * where a compiler may put fields in another order it sorts them by their alignment. Since 0.17 a vector has the alignment of a
 * lane and no padding behind the last one, and an `f80` is aligned to 8 bytes.
 */
import type { InternPool, IpIndex } from '../../../core/index.ts';
import { abiAlign, abiSize, backingOf, enumTag, fieldOffset, IP, isVector, TypeKind } from '../../../core/index.ts';
import { isCScalar, isLongVector, ZigTypes } from './zig-types.ts';

/** A mask for each byte of a variable of type `ty`; null: it lies elsewhere, or says something else. */
export function comparableBits(pool: InternPool, ty: IpIndex): Uint8Array | null {
  const masks = new Uint8Array(abiSize(pool, ty));
  return fill(new ZigTypes(pool, ''), pool, ty, masks, 0) ? masks : null;
}

function fill(types: ZigTypes, pool: InternPool, ty: IpIndex, masks: Uint8Array, at: number): boolean {
  switch (pool.typeKind(ty)) {
    case TypeKind.int:
      fillBits(masks, at, pool.intBits(ty));
      return true;
    case TypeKind.float:
      fillBits(masks, at, pool.floatBits(ty));
      return true;
    case TypeKind.enum:
      fillBits(masks, at, pool.intBits(enumTag(pool, ty)));
      return true;
    case TypeKind.simple:
    case TypeKind.ptr:
    case TypeKind.slice:
    case TypeKind.fn:
      fillBits(masks, at, abiSize(pool, ty) * 8);
      return true;
    case TypeKind.array:
      return fillElements(types, pool, ty, masks, at);
    case TypeKind.opt: {
      const child = pool.childType(ty);
      if (hasOtherSize(pool, child)) return false;
      fillBits(masks, at + abiSize(pool, child), abiSize(pool, ty) > abiSize(pool, child) ? 8 : 0);
      return fill(types, pool, child, masks, at);
    }
    case TypeKind.struct: {
      const isExtern = types.isExtern(ty);
      let before = Infinity;
      for (let n = 0; n < pool.fieldCount(ty); n++) {
        const field = pool.fieldType(ty, n);
        const align = pool.fieldAlign(ty, n) || abiAlign(pool, field);
        if (isAlignedOtherwise(pool, field)) return false;
        if ((!isExtern && align > before) || !fill(types, pool, field, masks, at + fieldOffset(pool, ty, n)))
          return false;
        before = align;
      }
      return true;
    }
    case TypeKind.union:
      fillBits(masks, at, abiSize(pool, ty) * 8);
      return types.hasCLayout(ty);
    case TypeKind.packed:
      fillBits(masks, at, pool.intBits(backingOf(pool, ty)));
      return true;
    case TypeKind.vector: {
      // Zig packs lanes of other widths.
      const lane = pool.childType(ty);
      return isCScalar(pool, lane) && lane !== IP.bool_type && fillElements(types, pool, ty, masks, at);
    }
    case TypeKind.error_set:
    case TypeKind.error_union:
      return false;
  }
}

/** The elements of an array, or the lanes of a vector. */
function fillElements(types: ZigTypes, pool: InternPool, ty: IpIndex, masks: Uint8Array, at: number): boolean {
  const child = pool.childType(ty);
  if (hasOtherSize(pool, child)) return false;
  const size = abiSize(pool, child);
  const end = at + (isVector(pool, ty) ? pool.arrayLen(ty) * size : abiSize(pool, ty));
  for (let from = at; size > 0 && from < end; from += size) {
    if (!fill(types, pool, child, masks, from)) return false;
  }
  return true;
}

/** Whether Zig of some version gives type `ty` another size than AIR does. */
function hasOtherSize(pool: InternPool, ty: IpIndex): boolean {
  const kind = pool.typeKind(ty);
  if (kind === TypeKind.array) return hasOtherSize(pool, pool.childType(ty));
  if (kind !== TypeKind.opt) return isPaddedVector(pool, ty) || isLongVector(pool, ty);
  // A flag takes as many bytes as the alignment says.
  const child = pool.childType(ty);
  return hasOtherSize(pool, child) || isAlignedOtherwise(pool, child);
}

function isPaddedVector(pool: InternPool, ty: IpIndex): boolean {
  return isVector(pool, ty) && abiSize(pool, ty) > pool.arrayLen(ty) * abiSize(pool, pool.childType(ty));
}

/** Whether Zig of some version gives type `ty` another alignment: an `f80` or a vector decides it. */
function isAlignedOtherwise(pool: InternPool, ty: IpIndex): boolean {
  const kind = pool.typeKind(ty);
  if (kind === TypeKind.vector || (kind === TypeKind.float && pool.floatBits(ty) === 80)) return true;
  return (kind === TypeKind.opt || kind === TypeKind.array) && isAlignedOtherwise(pool, pool.childType(ty));
}

function fillBits(masks: Uint8Array, at: number, bits: number): void {
  for (let n = 0; n * 8 < bits; n++) masks[at + n] = bits - n * 8 >= 8 ? 0xff : (1 << (bits - n * 8)) - 1;
}
