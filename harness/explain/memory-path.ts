/**
 * From an offset in a variable to the part of it that lies there, by its type.
 */
import type { InternPool, IpIndex, NavIndex, Unit } from '../../core/index.ts';
import { abiSize, fieldOffset, TypeKind, printNavName, printType } from '../../core/index.ts';
import type { Difference } from '../model/verdict.ts';
import type { MemoryPart } from './explanation.ts';

/** The part of a value of type `ty` that covers byte `offset`: `[2].1` and its type. Padding belongs to the whole. */
function partAt(pool: InternPool, ty: IpIndex, offset: number): { readonly path: string; readonly ty: IpIndex } {
  switch (pool.typeKind(ty)) {
    case TypeKind.array:
    case TypeKind.vector: {
      const element = pool.childType(ty);
      const size = abiSize(pool, element);
      if (size === 0) return { path: '', ty };
      const inner = partAt(pool, element, offset % size);
      return { path: `[${Math.floor(offset / size)}]${inner.path}`, ty: inner.ty };
    }
    case TypeKind.struct:
      for (let n = 0; n < pool.fieldCount(ty); n++) {
        const field = pool.fieldType(ty, n);
        const from = fieldOffset(pool, ty, n);
        if (offset < from || offset >= from + abiSize(pool, field)) continue;
        const inner = partAt(pool, field, offset - from);
        return { path: `.${n}${inner.path}`, ty: inner.ty };
      }
      return { path: '', ty };
    case TypeKind.simple:
    case TypeKind.int:
    case TypeKind.float:
    case TypeKind.ptr:
    case TypeKind.slice:
    case TypeKind.fn:
    case TypeKind.opt:
    case TypeKind.error_set:
    case TypeKind.error_union:
    case TypeKind.enum:
    case TypeKind.union:
    case TypeKind.packed:
      return { path: '', ty };
  }
}

/** A place by path: the path, the type there, and the offset of the last step. */
interface Place {
  readonly path: string;
  readonly ty: IpIndex;
  readonly offset: number;
}

/** Steps through pointers are followed by the types that the pointers have; null where they have none. */
function placeOf(unit: Unit, nav: NavIndex, offsets: readonly number[]): Place | null {
  const { pool } = unit;
  let { ty } = unit.navs[nav]!;
  let path = printNavName(unit.navs[nav]!.name);
  let last = 0;
  for (const [n, offset] of offsets.entries()) {
    last = offset;
    if (n > 0) {
      // A pointer to many, or a slice, points to the first of several.
      if (!pool.isPtr(ty) && pool.typeKind(ty) !== TypeKind.slice) return null;
      ty = pool.childType(ty);
      path += '.*';
    }
    const size = abiSize(pool, ty);
    if (size > 0 && offset >= size) path += `[${Math.floor(offset / size)}]`;
    const part = partAt(pool, ty, size === 0 ? 0 : offset % size);
    path += part.path;
    ty = part.ty;
  }
  return { path, ty, offset: last };
}

/** The place of a memory difference. */
export function memoryPart(unit: Unit, { at, expected, actual }: Difference): MemoryPart | null {
  const place = at?.kind === 'memory' ? placeOf(unit, at.nav, at.offsets) : null;
  if (at?.kind !== 'memory' || place === null) return null;
  const { path, ty, offset } = place;
  return {
    object: printNavName(unit.navs[at.nav]!.name),
    offset,
    path,
    type: printType(unit.pool, ty, unit),
    expected,
    actual,
  };
}

/** The type at the place of a memory difference; null where there is none. */
export function memoryType(unit: Unit, { at }: Difference): IpIndex | null {
  return at?.kind === 'memory' ? (placeOf(unit, at.nav, at.offsets)?.ty ?? null) : null;
}
