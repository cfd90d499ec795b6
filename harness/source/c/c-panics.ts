/** What a failed check of AIR calls, as C: the function `panic` of the unit, and a trap where it returns or is not there. */
import type { NavIndex } from '../../../core/index.ts';
import { IP, isFunctionNav } from '../../../core/index.ts';
import type { CBody } from './c-body.ts';

/** Kinds of failures (docs/air.md, section 6). */
export const PANIC_CODES = { integer_overflow: 1, integer_out_of_range: 2, float_out_of_range: 3 } as const;

/** Statements for a failure of kind `code`. */
export function panicOf({ unit: { pool, navs }, values }: CBody, code: number): string {
  const nav = navs.findIndex(
    ({ name, ty, ...rest }) =>
      name === 'panic' &&
      isFunctionNav({ name, ty, ...rest }) &&
      pool.fnParamCount(ty) === 1 &&
      pool.fnParam(ty, 0) === IP.u32_type &&
      pool.fnReturn(ty) === IP.void_type,
  );
  const call = nav < 0 ? '' : `${values.navName(nav as NavIndex)}(${values.int(32, false, BigInt(code))}); `;
  return `${call}__builtin_trap();`;
}
