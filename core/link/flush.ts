/**
 * One link from resolved inputs to bytes: the table of contents of the linker.
 *
 * Each step takes the record of the step before and returns its own; none changes the linker's state, so a flush can be
 * repeated. Errors of the input stop it at the gates between the groups. No algorithm lives here.
 */
import { Diagnostics } from '../diagnostics/diagnostics.ts';
import { assignIndexes } from './executable/assign-indexes.ts';
import { mergeFeatures } from './live/features.ts';
import { markLive } from './live/find-roots.ts';
import { assignSlots } from './layout/indirect-table.ts';
import { layoutData } from './layout/layout-data.ts';
import { LinkMap } from './report/link-map.ts';
import { numberSymbols } from './symbols/number-symbols.ts';
import type { LinkOptions, ObjectOptions } from './options/options.ts';
import { checkOptions } from './options/options.ts';
import { planObject } from './relocatable/plan-object.ts';
import { resolveSymbols } from './symbols/resolve.ts';
import type { LinkState } from './unit/state.ts';
import type { ResolveInput } from './symbols/symbols.ts';
import { synthesize } from './executable/synthesize.ts';
import { writeObject } from './relocatable/write-object.ts';
import { writeExecutable } from './executable/write-sections.ts';

/** A finished executable with its map, or what is wrong with the inputs. */
export type LinkResult =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly map: LinkMap; readonly warnings: Diagnostics }
  | { readonly ok: false; readonly error: Diagnostics };

/** A finished object with the names of the objects that are in it, or what is wrong with the unit or the inputs. */
export type ObjectResult =
  | {
      readonly ok: true;
      readonly bytes: Uint8Array;
      readonly objects: readonly string[];
      readonly warnings: Diagnostics;
    }
  | { readonly ok: false; readonly error: Diagnostics };

/** Links a unit (or none) with objects into an executable. */
export function flushExecutable(
  state: LinkState | null,
  inputs: readonly ResolveInput[],
  options: LinkOptions,
): LinkResult {
  const diags = new Diagnostics();
  const { onStep } = options;
  checkOptions(options, diags);
  onStep?.('resolve symbols');
  const symbols = resolveSymbols(state, inputs, options, diags);
  if (diags.failed) return { ok: false, error: diags };

  // Every name has its definition. From here on definitions are numbers.
  onStep?.('number symbols');
  const numbered = numberSymbols(symbols, options, diags);
  onStep?.('mark live');
  const live = markLive(numbered, options, diags);
  const features = mergeFeatures(live, options, diags);
  if (diags.failed) return { ok: false, error: diags };

  // From here on no symbol is added and none is removed.
  onStep?.('lay out');
  const table = assignSlots(live, options.tableBase);
  const placed = layoutData(live, options, features.includes('bulk-memory'), diags);
  if (diags.failed) return { ok: false, error: diags };

  // From here on every address is final.
  onStep?.('assign indexes');
  const synthetics = synthesize(placed, table, options);
  const indexed = assignIndexes(placed, table, synthetics, features, options, diags);
  if (diags.failed) return { ok: false, error: diags };

  // From here on every index is final.
  onStep?.('write');
  return { ok: true, bytes: writeExecutable(indexed, options), map: new LinkMap(indexed), warnings: diags };
}

/** Writes a unit as a relocatable object. */
export function flushObject(state: LinkState, options: ObjectOptions): ObjectResult {
  const diags = new Diagnostics();
  const plan = planObject(state, options, diags);
  if (diags.failed) return { ok: false, error: diags };

  // From here on every symbol has its number; addresses and indexes are placeholders for good.
  return { ok: true, bytes: writeObject(plan, options), objects: [], warnings: diags };
}
