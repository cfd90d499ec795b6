/**
 * What a failed check of a `*_safe` instruction calls: the panic function of the unit, with the kind of failure.
 *
 * Owns its name, its type and the numbers of the kinds (docs/air.md section 6). Knows no instruction. A unit without such a
 * function panics by a trap alone.
 */
import type { NavIndex } from '../intern/keys.ts';
import { IP } from '../intern/keys.ts';
import { isFunctionNav } from './unit.ts';
import type { Unit } from './unit.ts';

/** Name of the panic function, which is defined or extern. */
const PANIC_FUNCTION = 'panic';

/** Its argument by kind of failure. */
export const PANIC_CODE = { integer_overflow: 1, integer_out_of_range: 2, float_out_of_range: 3 } as const;

/** Why a check fails. */
export type PanicKind = keyof typeof PANIC_CODE;

/** The function `panic` of type `fn(u32) void`, or null if the unit has none. */
export function panicFunction({ pool, navs }: Unit): NavIndex | null {
  const found = navs.findIndex(
    (nav) =>
      nav.name === PANIC_FUNCTION &&
      isFunctionNav(nav) &&
      pool.fnParamCount(nav.ty) === 1 &&
      pool.fnParam(nav.ty, 0) === IP.u32_type &&
      pool.fnReturn(nav.ty) === IP.void_type,
  );
  return found === -1 ? null : (found as NavIndex);
}
