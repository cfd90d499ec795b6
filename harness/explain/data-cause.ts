/**
 * What a variable that is wrong before the first call is about: what it holds or where it is, or where it points to.
 *
 * Owns the telling apart, by the type at the place that differs. Runs nothing.
 */
import type { Unit } from '../../core/index.ts';
import { TypeKind } from '../../core/index.ts';
import type { Difference } from '../model/verdict.ts';
import { memoryType } from './memory-path.ts';

/** `data`: its bytes or its place; `memory-addr`, `table-index`: the address, or the slot of a function, that it holds. */
export type DataCause = 'data' | 'memory-addr' | 'table-index';

/** What `difference`, of a variable of `unit`, is about. */
export function dataCause(unit: Unit, difference: Difference): DataCause {
  const { pool } = unit;
  let ty = memoryType(unit, difference);
  while (ty !== null && pool.typeKind(ty) === TypeKind.opt) ty = pool.childType(ty);
  const kind = ty === null ? null : pool.typeKind(ty);
  if (kind === TypeKind.ptr && pool.typeKind(pool.childType(ty!)) === TypeKind.fn) return 'table-index';
  // Behind a pointer it is that which leads to another place.
  const isBehind = difference.at?.kind === 'memory' && difference.at.offsets.length > 1;
  return isBehind || kind === TypeKind.ptr || kind === TypeKind.slice ? 'memory-addr' : 'data';
}
