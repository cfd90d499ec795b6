/**
 * Names of the functions of an output, for its name section, its map, and messages.
 */
import type { Indexed } from './assign-indexes.ts';
import { ownerOf } from '../symbols/find-owner.ts';
import type { FuncId } from '../symbols/number-symbols.ts';

/** Name of a function of the output. */
export function functionName(indexed: Indexed, id: FuncId): string {
  const { unitFuncs, extraBase, extras, funcBase, table } = indexed.placed.live.symbols;
  if (id < unitFuncs) {
    const { unit, funcs } = table.state!;
    return unit.navs[funcs.keys[id]!]!.name;
  }
  if (id >= extraBase) {
    const { name, role } = extras[id - extraBase]!;
    return role === 'import' || role === 'synthetic' ? name : `${role}:${name}`;
  }
  const o = ownerOf(funcBase, id);
  const object = table.objects[o]!;
  const symbol = object.funcSymbol[id - funcBase[o]!]!;
  return symbol < 0 ? '' : object.symbols[symbol]!.name;
}
