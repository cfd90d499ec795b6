/**
 * Whether packed structs and pointers to bits are well formed: docs/air.md section 2.
 *
 * Knows no instructions; the parts of a type were judged before.
 */
import { abiSize } from '../../intern/layout.ts';
import type { InternPool } from '../../intern/intern-pool.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { backingOf, bitOffset, bitRange, packedBits } from '../../intern/packed.ts';
import { TypeKind } from '../../intern/type-kinds.ts';

/** What is wrong with packed struct type `ty` called `name`, or null. */
export function packedTypeProblem(pool: InternPool, ty: IpIndex, name: string): string | null {
  const backing = backingOf(pool, ty);
  if (pool.typeKind(backing) !== TypeKind.int || pool.intSigned(backing)) {
    return `the integer of ${name} is no unsigned one of a fixed width`;
  }
  const count = pool.fieldCount(ty);
  if (count === 0) return `${name} has no field`;
  for (let n = 0; n < count; n++) {
    if (packedBits(pool, pool.fieldType(ty, n)) === null) return `field ${n} of ${name} cannot be packed`;
  }
  const last = pool.fieldType(ty, count - 1);
  const bits = bitOffset(pool, ty, count - 1) + packedBits(pool, last)!;
  return bits === pool.intBits(backing) ? null : `the fields of ${name} have ${bits} bits`;
}

/** What is wrong with pointer type `ty` called `name`, if it points to bits, or null. */
export function bitPointerProblem(pool: InternPool, ty: IpIndex, name: string): string | null {
  const range = bitRange(pool, ty);
  if (range === null) return null;
  const bits = packedBits(pool, pool.childType(ty));
  if (bits === null) return `what ${name} points to cannot be packed`;
  if (pool.ptrAlign(ty) === 0) return `${name} says no alignment`;
  const { hostSize, bitOffset: offset } = range;
  const isSize = hostSize > 0 && abiSize(pool, pool.intType(false, Math.min(hostSize * 8, 65535))) === hostSize;
  if (!isSize) return `no integer has the ${hostSize} bytes of ${name}`;
  return offset + bits <= hostSize * 8 ? null : `${name} points to bits beyond its ${hostSize} bytes`;
}
