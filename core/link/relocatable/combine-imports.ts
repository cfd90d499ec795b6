/**
 * What an undefined symbol of a combination says of itself: its flags and its import.
 *
 * Owns nothing else; combine-plan.ts numbers both.
 */
import { SymbolFlag, SymbolKind } from '../../wasm/kinds.ts';
import type { ObjectSymbol, ParsedObject } from '../input/object-file.ts';
import type { SymbolEntry } from '../symbols/symbols.ts';

/** Flags of a name that stays undefined: weak if no mention is strong, with the union of what mentions ask for. */
export function undefinedFlags(entry: SymbolEntry, symbol: ObjectSymbol): number {
  let flags = symbol.flags & ~(SymbolFlag.weak | SymbolFlag.explicit_name);
  flags |= SymbolFlag.undefined;
  if (!entry.isWanted) flags |= SymbolFlag.weak;
  if (entry.isHidden) flags |= SymbolFlag.hidden;
  if (entry.importModule !== null) flags |= SymbolFlag.explicit_name;
  return flags;
}

/** Import of an undefined symbol in its object. */
export function importOf(
  object: ParsedObject,
  { kind, index }: { kind: number; index: number },
): {
  readonly module: string;
  readonly field: string;
} {
  switch (kind) {
    case SymbolKind.global:
      return object.globalImports[index]!;
    case SymbolKind.table:
      return object.tableImports[index]!;
    case SymbolKind.tag:
      return object.tagImports[index]!;
    default:
      return object.funcImports[index]!;
  }
}
