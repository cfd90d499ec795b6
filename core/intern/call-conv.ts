/**
 * The calling convention of a function type, and the value that stands for a record under that of C.
 *
 * What wasm values carry it is derived twice on purpose, in codegen/state/conventions.ts and, without anything but {@link callConv}, in
 * link/unit/signature.ts.
 */
import type { IpIndex } from './keys.ts';
import { abiSize, hasRuntimeBits, isByRef } from './layout.ts';
import type { PoolReader } from './pool-reader.ts';
import { unionTag } from './sums.ts';
import type { CallConv } from './type-kinds.ts';
import { TypeKind } from './type-kinds.ts';

/** How functions of type `fnTy` are called. */
export function callConv(pool: PoolReader, fnTy: IpIndex): CallConv {
  return pool.word(fnTy, 0) as CallConv;
}

/**
 * The one value that a struct holds, at any depth, if it is as large as the struct (and so at its beginning): C passes that. Any other
 * type is itself.
 */
export function unwrapped(pool: PoolReader, ty: IpIndex): IpIndex {
  const kind = pool.typeKind(ty);
  if (kind !== TypeKind.struct && (kind !== TypeKind.union || unionTag(pool, ty) !== null)) return ty;
  const found = onlyValue(pool, ty);
  return found !== null && abiSize(pool, found) === abiSize(pool, ty) ? found : ty;
}

/** The one value in a struct, a union without a tag or an array; null if there are several, or none. */
function onlyValue(pool: PoolReader, ty: IpIndex): IpIndex | null {
  switch (pool.typeKind(ty)) {
    case TypeKind.array:
      if (abiSize(pool, ty) !== abiSize(pool, pool.childType(ty))) return null;
      return onlyValue(pool, pool.childType(ty));
    case TypeKind.union:
      return unionTag(pool, ty) === null ? onlyField(pool, ty) : null;
    case TypeKind.struct:
      return onlyField(pool, ty);
    case TypeKind.slice:
    case TypeKind.opt:
    case TypeKind.error_union:
      return isByRef(pool, ty) ? null : ty;
    case TypeKind.simple:
    case TypeKind.int:
    case TypeKind.float:
    case TypeKind.ptr:
    case TypeKind.fn:
    case TypeKind.error_set:
    case TypeKind.enum:
    case TypeKind.packed:
    case TypeKind.vector:
      return ty;
  }
}

function onlyField(pool: PoolReader, ty: IpIndex): IpIndex | null {
  let only: IpIndex | null = null;
  for (let n = 0; n < pool.fieldCount(ty); n++) {
    const field = pool.fieldType(ty, n);
    if (!hasRuntimeBits(pool, field)) continue;
    if (only !== null) return null;
    only = field;
  }
  return only === null ? null : onlyValue(pool, only);
}
