/**
 * Objects as relocatable output has them in which names were wrapped: whoever mentions one means another from then on.
 *
 * Owns that renaming, for a comparison of modules with the objects that went in. The object that defines a name mentions it, too, and
 * so means the wrapper; the definition itself goes without being compared.
 */
import type { ObjectItem } from '../topology/draft.ts';

/** `objects`, of which those in `joined` were joined with `wraps`. */
export function afterJoin(
  objects: readonly ObjectItem[],
  joined: ReadonlySet<string>,
  wraps: readonly string[],
): readonly ObjectItem[] {
  if (wraps.length === 0) return objects;
  const renamed = new Map(
    wraps.flatMap((name): [string, string][] => [
      [name, `__wrap_${name}`],
      [`__real_${name}`, name],
    ]),
  );
  return objects.map((item) => {
    if (!joined.has(item.name)) return item;
    const symbols = item.model.symbols.map((symbol) => {
      const name = renamed.get(symbol.name);
      return name === undefined ? symbol : { ...symbol, name };
    });
    return { ...item, model: { ...item.model, symbols } };
  });
}
