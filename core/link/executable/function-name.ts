/**
 * Names of the functions of an output, for its name section, its map, and messages.
 */
import type { FuncId } from '../symbols/targets.ts';
import { extraOf, funcOwner, funcPosition, isUnitFunc } from '../symbols/numbered-symbols.ts';
import type { Indexed } from './indexed.ts';

/** Name of a function of the output. */
export function functionName(indexed: Indexed, id: FuncId): string {
  const { symbols } = indexed.placed.live;
  const { table } = symbols;
  if (isUnitFunc(symbols, id)) {
    const { unit, funcs } = table.state!;
    return unit.navs[funcs.keys[id]!]!.name;
  }
  const extra = extraOf(symbols, id);
  if (extra) {
    const { name, role } = extra;
    return role === 'import' || role === 'synthetic' ? name : `${role}:${name}`;
  }
  const o = funcOwner(symbols, id);
  const object = table.objects[o]!;
  const symbol = object.funcSymbol[funcPosition(symbols, o, id)]!;
  return symbol < 0 ? '' : object.symbols[symbol]!.name;
}
