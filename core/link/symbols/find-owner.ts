/**
 * From numbers back to objects, and from indexes that no relocation covers to numbers.
 *
 * Owns the search; number-symbols.ts gives the numbers.
 */
import { SymbolKind } from '../../wasm/kinds.ts';
import { Target } from './linker-symbols.ts';
import type { NumberedSymbols } from './number-symbols.ts';

/** Number of the global or function that index `index` of object `o` names outside of a relocation; < 0 if none. */
export function indexTarget(symbols: NumberedSymbols, o: number, kind: 'global' | 'function', index: number): number {
  const object = symbols.table.objects[o]!;
  const symbolKind = kind === 'global' ? SymbolKind.global : SymbolKind.function;
  const s = object.symbols.findIndex((symbol) => symbol.kind === symbolKind && symbol.index === index);
  if (s >= 0) return symbols.symbolTarget[o]![s]!;
  const imports = kind === 'global' ? object.globalImports.length : object.funcImports.length;
  if (index < imports) return Target.undefined;
  return symbols.resolver.own(o, { kind: symbolKind, flags: 0, name: '', index, offset: 0, size: 0 }).target;
}

/** Index of the last base that is <= `id` and whose range is not empty: the object that owns the number. */
export function ownerOf(bases: readonly number[], id: number): number {
  let low = 0;
  let high = bases.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (bases[middle]! <= id) low = middle;
    else high = middle - 1;
  }
  return low;
}
