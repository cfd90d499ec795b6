/**
 * What the host must supply for each imported table: the limits that all references together ask for.
 *
 * Owns the joining. wasm-ld takes those of the first reference; a table that fits every reference is the only one that each
 * object was compiled for, so here the least is the greatest that is asked for and the limit the smallest one. References
 * that no table fits are reported.
 */
import { eachObject } from '../input/each-object.ts';
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import { SymbolKind, valTypeName } from '../../wasm/kinds.ts';
import type { ObjectTable } from '../input/object-file.ts';
import type { ObjSymIndex } from '../input/index-spaces.ts';
import type { NumberedSymbols } from './numbered-symbols.ts';
import { firstTableImport, targetOf } from './numbered-symbols.ts';

const NO_TABLES: readonly (ObjectTable | null)[] = [];

/** One entry for each of `NumberedSymbols.tableImports`; null for one that only options mention. */
export function importedTables(symbols: NumberedSymbols, diags: Diagnostics): readonly (ObjectTable | null)[] {
  const { tableImports, table } = symbols;
  if (tableImports.length === 0) return NO_TABLES;
  const base = firstTableImport(symbols);
  const joined: (ObjectTable | null)[] = tableImports.map(() => null);
  const firstFile: string[] = tableImports.map(() => '');
  eachObject(table.objects, (object, o) => {
    object.symbols.forEach(({ kind, index, name }, s) => {
      if (kind !== SymbolKind.table || index >= object.tableImports.length) return;
      const t = targetOf(symbols, o, s as ObjSymIndex) - base;
      if (t < 0) return;
      const asked = object.tableImports[index]!;
      const known = joined[t]!;
      if (known === null) {
        joined[t] = asked;
        firstFile[t] = object.file;
        return;
      }
      const both = joinTables(known, asked);
      if (both) {
        joined[t] = both;
        return;
      }
      const args = {
        kind: 'Table',
        name,
        first: tableText(known),
        file: firstFile[t]!,
        second: tableText(asked),
        other: object.file,
      };
      diags.error('symbol_type_mismatch', args, { in: 'file', file: object.file });
    });
  });
  return joined;
}

/** What fits both, or null. */
export function joinTables(a: ObjectTable, b: ObjectTable): ObjectTable | null {
  if (a.is64 !== b.is64 || a.refType !== b.refType) return null;
  const min = Math.max(a.min, b.min);
  const max = a.max === null ? b.max : b.max === null ? a.max : Math.min(a.max, b.max);
  return max !== null && max < min ? null : { refType: a.refType, is64: a.is64, min, max };
}

/** Type of a table as messages show it: `externref 3..10`, `i64 funcref 1..`. */
function tableText({ refType, is64, min, max }: ObjectTable): string {
  return `${is64 ? 'i64 ' : ''}${valTypeName(refType)} ${min}..${max ?? ''}`;
}
