/**
 * The table by which a module tells where the variables of a program lie, whatever language the source is in.
 *
 * Not every compiler can export variables. So a table of their addresses goes into the data of the module, behind a mark by
 * which it is found there: nothing has to run, and the code that is tested stays as it is.
 */
import type { NavIndex, Unit } from '../../core/index.ts';
import { abiSize, isFunctionNav } from '../../core/index.ts';
import type { Half } from './cut-program.ts';

/** Words that stand before the number of the table and its addresses. */
export const ADDRESS_MARK: readonly number[] = [0x9e3779b9, 0x5a494721, 0x7f4a7c15];

/** Added to the number of the table of a second object of a program. */
const SECOND = 2_000_000;

/** Number of the table of half `half` of program `n`, which is whole where there is none. */
export function tableNumber(n: number, half: Half | null): number {
  return half === null || half.number === 0 ? n : n + SECOND;
}

/** The variables whose addresses the table of `half` has, in order. */
export function listedIn(unit: Unit, half: Half | null): readonly NavIndex[] {
  return listedNavs(unit).filter((nav) => half?.own.has(nav) ?? true);
}

/** The variables whose addresses the table of `unit` has, in order. */
export function listedNavs({ pool, navs }: Unit): readonly NavIndex[] {
  return navs.flatMap((nav, n) => {
    const isSeen = !isFunctionNav(nav) && nav.init !== null && nav.exports.length > 0 && abiSize(pool, nav.ty) > 0;
    return isSeen ? [n as NavIndex] : [];
  });
}
