/**
 * What the host must supply for each imported table: the limits that all references together ask for.
 *
 * Owns the joining. wasm-ld takes those of the first reference; a table that fits every reference is the only one that each
 * object was compiled for, so here the least is the greatest that is asked for and the limit the smallest one. References
 * that no table fits are reported.
 */
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import { SymbolFlag, SymbolKind, valTypeName } from '../../wasm/kinds.ts';
import type { CombinationPlan } from '../relocatable/combination.ts';
import type { NumberedSymbols } from '../symbols/number-symbols.ts';

/** Limits of an imported table, in elements. */
export interface ImportedTable {
  readonly refType: number;
  readonly is64: boolean;
  readonly min: number;
  readonly max: number | null;
}

const NO_TABLES: readonly (ImportedTable | null)[] = [];

/** One entry for each of `NumberedSymbols.tableImports`; null for one that only options mention. */
export function importedTables(symbols: NumberedSymbols, diags: Diagnostics): readonly (ImportedTable | null)[] {
  const { tables, tableImports, table, symbolTarget } = symbols;
  if (tableImports.length === 0) return NO_TABLES;
  const base = 1 + tables.length;
  const joined: (ImportedTable | null)[] = tableImports.map(() => null);
  const firstFile: string[] = tableImports.map(() => '');
  table.objects.forEach((object, o) => {
    object.symbols.forEach(({ kind, index, name }, s) => {
      if (kind !== SymbolKind.table || index >= object.tableImports.length) return;
      const t = symbolTarget[o]![s]! - base;
      if (t < 0) return;
      const asked = object.tableImports[index]!;
      const known = joined[t]!;
      if (known === null) {
        joined[t] = asked;
        firstFile[t] = object.file;
        return;
      }
      const both = join(known, asked);
      if (both) {
        joined[t] = both;
        return;
      }
      const args = { name, first: tableText(asked), second: tableText(known), other: firstFile[t]! };
      diags.error('symbol_type_mismatch', args, { in: 'file', file: object.file });
    });
  });
  return joined;
}

/** Table imports of a combination, by number; where no table fits all references the first one counts. */
export function combinedTables({ table, symbolOf, symbols }: CombinationPlan): readonly ImportedTable[] {
  const joined: ImportedTable[] = [];
  table.objects.forEach((object, o) => {
    object.symbols.forEach(({ kind, index }, s) => {
      if (kind !== SymbolKind.table || index >= object.tableImports.length) return;
      const symbol = symbols[symbolOf[o]![s]!];
      if (symbol === undefined || (symbol.flags & SymbolFlag.undefined) === 0) return;
      const asked = object.tableImports[index]!;
      const known = joined[symbol.index];
      joined[symbol.index] = known ? (join(known, asked) ?? known) : asked;
    });
  });
  return joined;
}

/** What fits both, or null. */
function join(a: ImportedTable, b: ImportedTable): ImportedTable | null {
  if (a.is64 !== b.is64 || a.refType !== b.refType) return null;
  const min = Math.max(a.min, b.min);
  const max = a.max === null ? b.max : b.max === null ? a.max : Math.min(a.max, b.max);
  return max !== null && max < min ? null : { refType: a.refType, is64: a.is64, min, max };
}

/** Type of a table as messages show it: `externref 3..10`, `i64 funcref 1..`. */
function tableText({ refType, is64, min, max }: ImportedTable): string {
  return `${is64 ? 'i64 ' : ''}${valTypeName(refType)} ${min}..${max ?? ''}`;
}
