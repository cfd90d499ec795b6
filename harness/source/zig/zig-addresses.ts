/**
 * Tells where the variables of a program lie in the module that a Zig compiler makes of it.
 *
 * Zig's own back end refuses to export variables. So a table of their addresses goes into the data of the module, behind a mark by
 * which it is found there: nothing has to run, and the code that is tested stays as it is.
 */
import type { NavIndex, Unit } from '../../../core/index.ts';
import { abiSize, isFunctionNav } from '../../../core/index.ts';

/** Words that stand before the number of the table and its addresses. */
export const ADDRESS_MARK: readonly number[] = [0x9e3779b9, 0x5a494721, 0x7f4a7c15];

/** The variables whose addresses the table of `unit` has, in order. */
export function listedNavs({ pool, navs }: Unit): readonly NavIndex[] {
  return navs.flatMap((nav, n) => {
    const isSeen = !isFunctionNav(nav) && nav.init !== null && nav.exports.length > 0 && abiSize(pool, nav.ty) > 0;
    return isSeen ? [n as NavIndex] : [];
  });
}

/** The table of a program whose names begin with `prefix`; nothing where there is no variable to see. `number`: of the table. */
export function printAddressTable(unit: Unit, prefix: string, number: number): string {
  const listed = listedNavs(unit);
  if (listed.length === 0) return '';
  const words = [...ADDRESS_MARK, number].join(', ');
  const list = listed.map((nav) => `@ptrCast(&${prefix}n${nav})`).join(', ');
  return `var ${prefix}table: extern struct { mark: [4]u32, list: [${listed.length}]*const anyopaque } = .{
    .mark = .{ ${words} },
    .list = .{ ${list} },
};
fn ${prefix}table_export() callconv(.c) *const anyopaque {
    return &${prefix}table;
}
comptime {
    @export(&${prefix}table_export, .{ .name = "${prefix}\\x00table" });
}
`;
}
