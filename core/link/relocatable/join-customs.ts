/**
 * Custom sections of the inputs of a relocatable link, joined by name in input order.
 *
 * Owns the place of each part. Debug sections go where they are stripped, sections of left-out COMDAT groups always.
 */
import { eachObject } from '../input/each-object.ts';
import type { ObjSectionIndex } from '../input/index-spaces.ts';
import type { LinkOptions } from '../options/options.ts';
import type { SymbolTable } from '../symbols/symbol-table.ts';
import { alignForward } from '../../support/numeric.ts';
import { alignmentOf } from '../sections/custom-alignment.ts';
import type { JoinedCustom, JoinedCustoms } from './object-plan.ts';

/** Joins them, in order of first appearance. */
export function joinCustoms(
  { objects, discarded }: SymbolTable,
  { strip, stripDebug }: Pick<LinkOptions, 'strip' | 'stripDebug'>,
): JoinedCustoms {
  const byName = new Map<string, { index: number; size: number; parts: JoinedCustom['parts'][number][] }>();
  const placeOf = objects.map(() => new Map<ObjSectionIndex, { index: number; offset: number }>());
  eachObject(objects, (object, o) => {
    for (const custom of object.customs) {
      if (discarded[o]?.sections.has(custom.section)) continue;
      if ((strip || stripDebug) && custom.name.startsWith('.debug_')) continue;
      let joined = byName.get(custom.name);
      if (!joined) {
        joined = { index: byName.size, size: 0, parts: [] };
        byName.set(custom.name, joined);
      }
      joined.size = alignForward(joined.size, alignmentOf(custom.name));
      joined.parts.push({ object: o, custom, offset: joined.size });
      placeOf[o]!.set(custom.section, { index: joined.index, offset: joined.size });
      joined.size += custom.end - custom.start;
    }
  });
  return { sections: Array.from(byName, ([name, { parts }]) => ({ name, parts })), placeOf };
}
