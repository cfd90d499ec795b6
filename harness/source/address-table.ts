/**
 * The table by which a module tells where the variables of a program lie, whatever language the source is in.
 *
 * Not every compiler can export variables. So a table of their addresses goes into the data of the module, behind a mark by
 * which it is found there: nothing has to run, and the code that is tested stays as it is.
 */
import type { NavIndex, Unit } from '../../core/index.ts';
import { abiSize, isFunctionNav } from '../../core/index.ts';

/** Words that stand before the number of the table and its addresses. */
export const ADDRESS_MARK: readonly number[] = [0x9e3779b9, 0x5a494721, 0x7f4a7c15];

/** The variables whose addresses the table of `unit` has, in order. */
export function listedNavs({ pool, navs }: Unit): readonly NavIndex[] {
  return navs.flatMap((nav, n) => {
    const isSeen = !isFunctionNav(nav) && nav.init !== null && nav.exports.length > 0 && abiSize(pool, nav.ty) > 0;
    return isSeen ? [n as NavIndex] : [];
  });
}
