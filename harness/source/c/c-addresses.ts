/** The table of addresses of a program as C: exporting variables is not every C compiler's. */
import type { Unit } from '../../../core/index.ts';
import { ADDRESS_MARK, listedNavs } from '../address-table.ts';

/** The table of a program whose names begin with `prefix`; nothing where there is no variable to see. `number`: of the table. */
export function printCAddressTable(unit: Unit, prefix: string, number: number): string {
  const listed = listedNavs(unit);
  if (listed.length === 0) return '';
  const words = [...ADDRESS_MARK, number].map((word) => `${word}u`).join(', ');
  const list = listed.map((nav) => `(const void *)&${prefix}n${nav}`).join(', ');
  return `static struct { unsigned mark[4]; const void *list[${listed.length}]; } ${prefix}table = { { ${words} }, { ${list} } };
__attribute__((export_name("${prefix} table"))) void *${prefix}table_export(void) { return &${prefix}table; }
`;
}
