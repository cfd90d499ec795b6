/**
 * Classes of types that rules about declarations, values and instructions share. Knows nothing of any of them.
 */
import type { InternPool } from '../../intern/intern-pool.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { IP, ItemKind } from '../../intern/keys.ts';

/** Whether values of `ty` can be in memory, in a parameter or in an operand. */
export function isData(pool: InternPool, ty: IpIndex): boolean {
  return ty !== IP.noreturn_type && pool.kind(ty) !== ItemKind.ty_fn;
}

/** Whether `ty` is what exported and extern functions can take and give. */
export function isScalar(pool: InternPool, ty: IpIndex): boolean {
  return pool.isInt(ty) || pool.isFloat(ty) || ty === IP.bool_type;
}

/** Element type of a `[]T`, `[*]T` or `*[n]T`, else null. */
export function sequenceElement(pool: InternPool, ty: IpIndex): IpIndex | null {
  const kind = pool.kind(ty);
  if (kind === ItemKind.ty_slice) return pool.childType(ty);
  if (kind !== ItemKind.ty_ptr) return null;
  const child = pool.childType(ty);
  if (pool.ptrIsMany(ty)) return child;
  return pool.kind(child) === ItemKind.ty_array ? pool.childType(child) : null;
}
