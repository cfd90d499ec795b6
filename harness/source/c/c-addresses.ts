/** The table of addresses of a program as C: exporting variables is not every C compiler's. */
import type { Unit } from '../../../core/index.ts';
import { ADDRESS_MARK, listedIn, tableNumber } from '../address-table.ts';
import type { Half } from '../cut-program.ts';

/** The table of program `n`, or of a half of it, whose names begin with `prefix`; nothing where there is no variable to see. */
export function printCAddressTable(unit: Unit, prefix: string, n: number, half: Half | null = null): string {
  const listed = listedIn(unit, half);
  if (listed.length === 0) return '';
  const number = tableNumber(n, half);
  const table = half === null ? 'table' : `table${half.number}`;
  const words = [...ADDRESS_MARK, number].map((word) => `${word}u`).join(', ');
  const list = listed.map((nav) => `(const void *)&${prefix}n${nav}`).join(', ');
  return `static struct { unsigned mark[4]; const void *list[${listed.length}]; } ${prefix}${table} = { { ${words} }, { ${list} } };
__attribute__((export_name("${prefix} ${table}"))) void *${prefix}${table}_export(void) { return &${prefix}${table}; }
`;
}
