/**
 * Whether packed structs, packed unions and pointers to bits are well formed: docs/air.md section 2.
 *
 * Knows no instructions; the parts of a type were judged before.
 */
import { abiSize } from '../../intern/layout.ts';
import type { InternPool } from '../../intern/intern-pool.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { backingOf, bitOffset, bitRange, isPackedUnion, packedBits } from '../../intern/packed.ts';
import { TypeKind } from '../../intern/type-kinds.ts';

/** What is wrong with packed struct or union type `ty` called `name`, or null. */
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
  if (isPackedUnion(pool, ty)) return unionProblem(pool, ty, name);
  const last = pool.fieldType(ty, count - 1);
  const bits = bitOffset(pool, ty, count - 1) + packedBits(pool, last)!;
  return bits === pool.intBits(backing) ? null : `the fields of ${name} have ${bits} bits`;
}

/** Every field is the whole integer, so that no bit of a value is unknown. */
function unionProblem(pool: InternPool, ty: IpIndex, name: string): string | null {
  const need = pool.intBits(backingOf(pool, ty));
  for (let n = 0; n < pool.fieldCount(ty); n++) {
    const bits = packedBits(pool, pool.fieldType(ty, n))!;
    if (bits !== need) return `field ${n} of ${name} has ${bits} bits, not ${need}`;
  }
  return null;
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
