/**
 * The table of addresses of a program as Zig source: Zig's own back end refuses to export variables.
 */
import type { Unit } from '../../../core/index.ts';
import { ADDRESS_MARK, listedNavs } from '../address-table.ts';

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
