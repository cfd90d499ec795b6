/**
 * The order of names in wasm-ld's symbol table, where users see it: exports, and symbols and imports of relocatable output.
 *
 * A name has the place of its first mention, and the index of an archive mentions what its members define.
 */
import type { SymbolTable } from './symbol-table.ts';

/** Place by name. */
export function symbolOrder({ entries, offered }: SymbolTable): Map<string, number> {
  const order = new Map<string, number>();
  const add = (name: string): void => {
    if (!order.has(name)) order.set(name, order.size);
  };
  let [entered, next] = [0, 0];
  const addOffered = (): void => {
    while (next < offered.length && offered[next]!.entered <= entered) offered[next++]!.names.forEach(add);
  };
  for (const name of entries.keys()) {
    addOffered();
    add(name);
    entered++;
  }
  addOffered();
  return order;
}
