/**
 * Classes of types that rules about values and instructions share. Knows nothing of any of them.
 */
import type { InternPool } from '../../intern/intern-pool.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { IP } from '../../intern/keys.ts';
import { TypeKind } from '../../intern/type-kinds.ts';

/** Whether values of `ty` can be in memory, in a parameter or in an operand. */
export function isData(pool: InternPool, ty: IpIndex): boolean {
  switch (pool.typeKind(ty)) {
    case TypeKind.simple:
      return ty !== IP.noreturn_type;
    case TypeKind.fn:
      return false;
    case TypeKind.int:
    case TypeKind.float:
    case TypeKind.ptr:
    case TypeKind.slice:
    case TypeKind.array:
    case TypeKind.struct:
    case TypeKind.opt:
    case TypeKind.error_set:
    case TypeKind.error_union:
    case TypeKind.enum:
    case TypeKind.union:
    case TypeKind.packed:
    case TypeKind.vector:
      return true;
  }
}

/** Element type of a `[]T`, `[*]T` or `*[n]T`, else null. */
export function sequenceElement(pool: InternPool, ty: IpIndex): IpIndex | null {
  const kind = pool.typeKind(ty);
  if (kind === TypeKind.slice) return pool.childType(ty);
  if (kind !== TypeKind.ptr) return null;
  const child = pool.childType(ty);
  if (pool.ptrIsMany(ty)) return child;
  return pool.typeKind(child) === TypeKind.array ? pool.childType(child) : null;
}
