/**
 * The table of addresses of a program as Zig source: Zig's own back end refuses to export variables.
 */
import type { Unit } from '../../../core/index.ts';
import { ADDRESS_MARK, listedIn, tableNumber } from '../address-table.ts';
import type { Half } from '../cut-program.ts';

/** The table of program `n`, or of a half of it, whose names begin with `prefix`; nothing where there is no variable to see. */
export function printAddressTable(unit: Unit, prefix: string, n: number, half: Half | null = null): string {
  const listed = listedIn(unit, half);
  if (listed.length === 0) return '';
  const number = tableNumber(n, half);
  const table = half === null ? 'table' : `table${half.number}`;
  // Zig's own linker cuts names at a NUL, and two of one program would have one name.
  const name = `${prefix}${half === null ? '\\x00' : ' '}${table}`;
  const words = [...ADDRESS_MARK, number].join(', ');
  const list = listed.map((nav) => `@ptrCast(&${prefix}n${nav})`).join(', ');
  return `var ${prefix}${table}: extern struct { mark: [4]u32, list: [${listed.length}]*const anyopaque } = .{
    .mark = .{ ${words} },
    .list = .{ ${list} },
};
fn ${prefix}${table}_export() callconv(.c) *const anyopaque {
    return &${prefix}${table};
}
comptime {
    @export(&${prefix}${table}_export, .{ .name = "${name}" });
}
`;
}
