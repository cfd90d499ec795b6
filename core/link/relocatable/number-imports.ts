/**
 * The imports of a relocatable output: one for each name that stays undefined.
 *
 * Owns their order: the function table, because code of objects without reference types calls through table 0 and does
 * not say so; globals, but in the order of wasm-ld; everything else in the order of symbols.
 */
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import { SymbolKind } from '../../wasm/kinds.ts';
import type { ObjIndex, Space } from '../input/index-spaces.ts';
import type { SignatureKey } from '../input/object-file.ts';
import { ENVIRONMENT } from '../input/object-file.ts';
import { importOf, typeOfSymbol } from '../input/object-symbols.ts';
import type { LinkOptions } from '../options/options.ts';
import type { SymbolTable } from '../symbols/symbol-table.ts';
import type { OutputImport } from './object-plan.ts';
import type { OutputSymbols, SymbolDraft } from './output-symbols.ts';

/** One import for each undefined symbol that is not data, whose symbol learns its index; and that of old objects. */
export function numberImports(
  table: SymbolTable,
  symbols: OutputSymbols,
  { wasmLdOrder }: Pick<LinkOptions, 'wasmLdOrder'>,
  diags: Diagnostics,
): OutputImport[] {
  const imports: OutputImport[] = [];
  const { legacyTable, drafts } = symbols;
  if (legacyTable >= 0) {
    const { module, field } = table.objects[legacyTable]!.tableImports[0]!;
    imports.push({
      kind: SymbolKind.table,
      module,
      field,
      object: legacyTable,
      index: 0 as ObjIndex<'table'>,
      signature: null,
    });
  }
  const counts = [0, 0, 0, 0, 0, 0];
  // As wasm-ld: functions and globals that are the same to the host.
  const shared = new Map<string, number>();
  for (let rank = 0; rank <= LAST_RANK; rank++) {
    drafts.forEach((draft, i) => {
      if (!draft || draft.isDefined || draft.symbol.kind === SymbolKind.data || rankOf(draft, wasmLdOrder) !== rank)
        return;
      const item = importFor(table, draft, symbols.list[i]!.name);
      const { kind } = item;
      const key = wasmLdOrder ? keyOf(table, item) : null;
      const known = key === null ? undefined : shared.get(key);
      symbols.list[i]!.index = known ?? counts[kind]!;
      if (known !== undefined) return;
      if (key !== null) shared.set(key, counts[kind]!);
      counts[kind]!++;
      imports.push(item);
    });
  }
  const other = imports.find(({ kind, field }) => kind === SymbolKind.table && field !== ENVIRONMENT.table);
  if (other) refuseLegacy(table, other, diags);
  return imports;
}

/** What is the same import has the same key; null: it is never shared. */
function keyOf(
  { objects }: SymbolTable,
  { kind, module, field, signature, object, index }: OutputImport,
): string | null {
  if (kind === SymbolKind.function) return JSON.stringify([module, field, signature]);
  if (kind !== SymbolKind.global) return null;
  const { valType, mutable } = objects[object]!.globalImports[index]!;
  return JSON.stringify([module, field, valType, mutable]);
}

const LAST_RANK = 2;

function rankOf({ symbol }: SymbolDraft, wasmLdOrder: boolean): number {
  if (symbol.kind === SymbolKind.table && symbol.name === ENVIRONMENT.table) return 0;
  return symbol.kind === SymbolKind.global && !wasmLdOrder ? 1 : LAST_RANK;
}

/** The import for the symbol `name` of the output, which `draft` asks for; a definition asks for what its references are sent to. */
function importFor({ objects, entries }: SymbolTable, { object: o, symbol }: SymbolDraft, name: string): OutputImport {
  const { kind } = symbol;
  const object = objects[o]!;
  const entry = entries.get(name);
  const own = name === symbol.name ? importOf(object, symbol) : undefined;
  const module = entry?.importModule ?? entry?.plainModule ?? own?.module ?? ENVIRONMENT.module;
  const field = entry && entry.importModule !== null ? entry.importField : (own?.field ?? name);
  const isTyped = kind === SymbolKind.function || kind === SymbolKind.tag;
  const signature = isTyped ? (typeOfSymbol(object, symbol) as SignatureKey) : null;
  return { kind, module, field, object: o, index: symbol.index as ObjIndex<Space>, signature };
}

/** In a module imported tables come before the function table, and the output does not say whose code is old. */
function refuseLegacy({ objects }: SymbolTable, { field: name, object }: OutputImport, diags: Diagnostics): void {
  for (const { isLegacyTable, file } of objects) {
    if (isLegacyTable)
      diags.error('legacy_table_not_first', { name, other: objects[object]!.file }, { in: 'file', file });
  }
}
