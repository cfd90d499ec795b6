/**
 * Classes of types as far as they matter for what a finding is about: types whose values are lowered alike share a class.
 *
 * Owns the names of the classes, which bucket ids hold: changing one renames buckets.
 */
import type { InternPool, IpIndex } from '../../core/index.ts';
import { TypeKind } from '../../core/index.ts';

/** Bits of the widest integer and float that wasm has. */
const WIDEST = 64;

/** The class of `ty`; the empty text for what most instructions work on: bools, and integers of up to 64 bits. */
export function typeClass(pool: InternPool, ty: IpIndex): string {
  switch (pool.typeKind(ty)) {
    case TypeKind.simple:
      return '';
    case TypeKind.int:
      return pool.intBits(ty) > WIDEST ? 'wide' : '';
    case TypeKind.float:
      return pool.floatBits(ty) === 32 || pool.floatBits(ty) === WIDEST ? 'float' : 'soft-float';
    case TypeKind.ptr:
      return 'pointer';
    case TypeKind.slice:
      return 'slice';
    case TypeKind.array:
      return 'array';
    case TypeKind.struct:
      return 'struct';
    case TypeKind.fn:
      return 'function';
    case TypeKind.opt:
      return 'optional';
    case TypeKind.error_set:
      return 'error';
    case TypeKind.error_union:
      return 'error-union';
    case TypeKind.enum:
      return 'enum';
    case TypeKind.union:
      return 'union';
    case TypeKind.packed:
      return 'packed';
    case TypeKind.vector:
      return 'vector';
  }
}
