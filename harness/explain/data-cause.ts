/**
 * What a variable that is wrong before the first call is about: what it holds or where it is, or where it points to.
 *
 * Owns the telling apart, by the type at the place that differs, and by what is there: a pointer that is all zeros was never written, whatever
 * it should lead to. Runs nothing.
 */
import type { InstIndex, IpIndex, NavIndex, Unit } from '../../core/index.ts';
import { forEachOperand, isInstRef, makeNav, refValue, TypeKind } from '../../core/index.ts';
import { typeClass } from '../model/type-class.ts';
import type { Difference } from '../model/verdict.ts';
import { memoryType } from './memory-path.ts';

/** `data`: its bytes or its place; `memory-addr`, `table-index`: the address, or the slot of a function, that it holds. */
export type DataCause = 'data' | 'memory-addr' | 'table-index';

/** What `difference`, of a variable of `unit`, is about. */
export function dataCause(unit: Unit, difference: Difference): DataCause {
  const { pool } = unit;
  if (difference.at?.kind === 'memory' && difference.at.pointer === 0) return 'data';
  let ty = memoryType(unit, difference);
  while (ty !== null && pool.typeKind(ty) === TypeKind.opt) ty = pool.childType(ty);
  const kind = ty === null ? null : pool.typeKind(ty);
  if (kind === TypeKind.ptr && pool.typeKind(pool.childType(ty!)) === TypeKind.fn) return 'table-index';
  // Behind a pointer it is that which leads to another place.
  const isBehind = difference.at?.kind === 'memory' && difference.at.offsets.length > 1;
  return isBehind || kind === TypeKind.ptr || kind === TypeKind.slice ? 'memory-addr' : 'data';
}

/**
 * `unit` with an exported variable for each constant operand of instruction `inst` of `nav` that has bytes in memory, or leads to some; null where
 * there is none.
 */
export function withConstants(unit: Unit, nav: NavIndex, inst: InstIndex): Unit | null {
  const { pool, navs } = unit;
  const constants = new Set<IpIndex>();
  forEachOperand(navs[nav]!.body!, inst, (ref) => {
    if (!isInstRef(ref) && !PLAIN_CONSTANTS.includes(typeClass(pool, pool.typeOf(refValue(ref)))))
      constants.add(refValue(ref));
  });
  if (constants.size === 0) return null;
  const taken = new Set(navs.flatMap((own) => [own.name, ...own.exports.map(({ name }) => name)]));
  const added = [...constants].map((init, n) => {
    let name = `constant.${n}`;
    while (taken.has(name)) name += '.';
    return makeNav({ kind: 'const', name, ty: pool.typeOf(init), init, exports: [{ name, visibility: 'default' }] });
  });
  return { pool, navs: [...navs, ...added] };
}

/** Classes of types whose constants are numbers in the code. */
export const PLAIN_CONSTANTS: readonly string[] = ['', 'float', 'error', 'enum'];
