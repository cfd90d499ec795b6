/**
 * Names of the functions of an output, for its name section, its map, and messages.
 */
import type { FuncId } from '../symbols/targets.ts';
import { extraOf, funcOwner, funcPosition, isUnitFunc } from '../symbols/numbered-symbols.ts';
import type { Indexed } from './indexed.ts';

/** Name of a function of the output; `displayName` shows the name of a symbol, which may be a part of it. */
export function functionName(
  indexed: Indexed,
  id: FuncId,
  displayName: ((name: string) => string) | null = null,
): string {
  const shown = (name: string): string => displayName?.(name) ?? name;
  const { symbols } = indexed.placed.live;
  const { table } = symbols;
  if (isUnitFunc(symbols, id)) {
    const { unit, funcs } = table.state!;
    return unit.navs[funcs.keys[id]!]!.name;
  }
  const extra = extraOf(symbols, id);
  if (extra) {
    const { name, role } = extra;
    return role === 'import' || role === 'synthetic' ? shown(name) : `${role}:${shown(name)}`;
  }
  const o = funcOwner(symbols, id);
  const object = table.objects[o]!;
  const symbol = object.funcSymbol[funcPosition(symbols, o, id)]!;
  return symbol < 0 ? '' : shown(object.symbols[symbol]!.name);
}
