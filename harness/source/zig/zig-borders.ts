/**
 * What of a program passes from one object of Zig to another, or to the host, and in which types.
 *
 * Numbers of errors are those of one compile, so all functions that have errors stay together.
 */
import type { InternPool, IpIndex, NavIndex, Unit } from '../../../core/index.ts';
import { abiSize, integerOf, IP, resultTypes, TypeKind } from '../../../core/index.ts';
import type { Borders, Passage } from '../cut-program.ts';
import { readsNames } from '../cut-program.ts';
import { isCScalar, ZigTypes } from './zig-types.ts';

/** How a value of `ty` crosses the border of the module, and in which type (null: its own); null: it cannot. */
export function crossing(
  pool: InternPool,
  ty: IpIndex,
): { readonly type: string | null; readonly by: 'itself' | 'width' | 'bits' | 'number' } | null {
  if (ty === IP.void_type || ty === IP.noreturn_type) return { type: null, by: 'itself' };
  const kind = pool.typeKind(ty);
  if (kind === TypeKind.float && pool.floatBits(ty) === 16) return { type: 'u16', by: 'bits' };
  if (isCScalar(pool, ty) || kind === TypeKind.ptr) return { type: null, by: 'itself' };
  if (kind !== TypeKind.int && kind !== TypeKind.enum) return null;
  const number = integerOf(pool, ty);
  const bits = pool.intBits(number);
  if (bits > 64) return null;
  const type = `${pool.intSigned(number) ? 'i' : 'u'}${bits <= 32 ? 32 : 64}`;
  return { type, by: kind === TypeKind.enum ? 'number' : 'width' };
}

/** What another object may have of `nav`. */
export function passageInZig(unit: Unit, types: ZigTypes, nav: NavIndex): Passage {
  const { pool, navs } = unit;
  const { kind, ty, threadlocal } = navs[nav]!;
  if (threadlocal) return 'nothing';
  if (kind !== 'func')
    return abiSize(pool, ty) > 0 && types.hasCLayout(ty) && !holdsErrors(pool, ty) ? 'all' : 'nothing';
  if (types.convention(ty) !== '') return 'all';
  const passed = [pool.fnReturn(ty), ...Array.from({ length: pool.fnParamCount(ty) }, (_, n) => pool.fnParam(ty, n))];
  // A pointer to a function of Zig's own convention cannot.
  const isScalar = (one: IpIndex): boolean =>
    crossing(pool, one) !== null &&
    (pool.typeKind(one) !== TypeKind.ptr || pool.typeKind(pool.childType(one)) !== TypeKind.fn);
  return passed.every(isScalar) ? 'calls' : 'nothing';
}

/** The borders between two objects of `unit`. */
export function bordersInZig(unit: Unit): Borders {
  const types = new ZigTypes(unit.pool, '');
  return {
    passage: (nav) => passageInZig(unit, types, nav),
    isBound(nav) {
      const body = unit.navs[nav]!.body!;
      return readsNames(body) || [...resultTypes(unit.pool, body)].some((ty) => holdsErrors(unit.pool, ty as IpIndex));
    },
  };
}

/** Whether there is an error in a `ty`, or behind a pointer in it. */
function holdsErrors(pool: InternPool, ty: IpIndex): boolean {
  switch (pool.typeKind(ty)) {
    case TypeKind.error_set:
    case TypeKind.error_union:
      return true;
    case TypeKind.ptr:
    case TypeKind.slice:
    case TypeKind.array:
    case TypeKind.opt:
      return holdsErrors(pool, pool.childType(ty));
    case TypeKind.struct:
    case TypeKind.union:
      return Array.from({ length: pool.fieldCount(ty) }, (_, n) => pool.fieldType(ty, n)).some((field) =>
        holdsErrors(pool, field),
      );
    case TypeKind.fn:
      return [pool.fnReturn(ty), ...Array.from({ length: pool.fnParamCount(ty) }, (_, n) => pool.fnParam(ty, n))].some(
        (one) => holdsErrors(pool, one),
      );
    case TypeKind.simple:
    case TypeKind.int:
    case TypeKind.float:
    case TypeKind.enum:
    case TypeKind.packed:
    case TypeKind.vector:
      return false;
  }
}
