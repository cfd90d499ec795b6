/**
 * One link from inputs to bytes: the table of contents of the linker.
 *
 * Each step takes the record of the step before and returns its own; none changes the linker's state, so a flush can be
 * repeated. Errors of the input stop it at the gates between the groups. Both kinds of output begin with the same steps; where
 * relocations are kept, a unit takes part as an object in memory. No algorithm lives here.
 */
import { Diagnostics } from '../diagnostics/diagnostics.ts';
import { assignIndexes } from './executable/assign-indexes.ts';
import { OutputBuffers } from '../wasm/output-buffers.ts';
import { synthesize } from './executable/synthesize.ts';
import { writeExecutable } from './executable/write-sections.ts';
import { assignSlots } from './layout/indirect-table.ts';
import { layoutData } from './layout/layout-data.ts';
import { mergeFeatures } from './live/features.ts';
import { markLive } from './live/mark-live.ts';
import type { LinkOptions, UnitOptions } from './options/options.ts';
import { checkOptions, DEFAULT_UNIT_OPTIONS } from './options/options.ts';
import { planObject } from './relocatable/plan-object.ts';
import { writeObject } from './relocatable/write-object.ts';
import { LinkMap } from './report/link-map.ts';
import { extractions } from './report/link-report.ts';
import { inputsHaveTable64 } from './symbols/input-width.ts';
import { numberSymbols } from './symbols/number-symbols.ts';
import type { ResolveOptions } from './symbols/resolve.ts';
import { resolveSymbols } from './symbols/resolve.ts';
import type { ResolveInput, SymbolTable } from './symbols/symbol-table.ts';
import type { LinkState } from './unit/state.ts';
import { unitObject } from './unit/unit-object.ts';

/** What is linked: a unit or none, and objects and archives in order. */
export interface FlushInputs {
  readonly state: LinkState | null;
  readonly inputs: readonly ResolveInput[];
}

/** What is wrong with the unit or the inputs. */
export interface LinkFailure {
  readonly ok: false;
  readonly error: Diagnostics;
  /** Why members of archives took part, as a table; absent if names were not resolved. */
  readonly extractions?: string;
}

/** A finished executable with its map. */
export type LinkResult =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly map: LinkMap; readonly warnings: Diagnostics }
  | LinkFailure;

/** A finished object with the names of the objects that are in it. */
export type ObjectResult =
  | {
      readonly ok: true;
      readonly bytes: Uint8Array;
      readonly objects: readonly string[];
      readonly warnings: Diagnostics;
    }
  | LinkFailure;

/** Links an executable. */
export function flushExecutable(
  all: FlushInputs,
  options: LinkOptions,
  buffers: OutputBuffers = new OutputBuffers(),
): LinkResult {
  const diags = new Diagnostics();
  const { onStep } = options;
  // Code that is emitted for an executable has minimal numbers and no relocations.
  const { table64, debugInfo } = options;
  const inputs = options.emitRelocs ? unitAsObject(all, { ...DEFAULT_UNIT_OPTIONS, table64, debugInfo }, diags) : all;
  const symbols = resolve(inputs, options, diags);
  if (diags.failed) return failure(diags, symbols);

  // Every name has its definition. From here on definitions are numbers.
  onStep?.('number symbols');
  const numbered = numberSymbols(symbols, options, diags);
  onStep?.('mark live');
  const live = markLive(numbered, options, diags);
  const features = mergeFeatures(live, options, diags);
  if (diags.failed) return failure(diags, symbols);

  // From here on no symbol is added and none is removed.
  onStep?.('lay out');
  const table = assignSlots(live, options.tableBase);
  const placed = layoutData(live, options, features.includes('bulk-memory'), diags);
  if (diags.failed) return failure(diags, symbols);

  // From here on every address is final.
  onStep?.('assign indexes');
  const synthetics = synthesize(placed, table, options);
  const indexed = assignIndexes({ placed, table, synthetics, features }, options, diags);
  if (diags.failed) return failure(diags, symbols);

  // From here on every index is final.
  onStep?.('write');
  return { ok: true, bytes: writeExecutable(indexed, options, buffers), map: new LinkMap(indexed), warnings: diags };
}

/** Links a relocatable object (`-r`); of the options, those about symbols, stripping and the width of addresses count. */
export function flushObject(all: FlushInputs, options: LinkOptions, unit: UnitOptions): ObjectResult {
  const diags = new Diagnostics();
  const { onStep } = options;
  const inputs = unitAsObject(withoutRuntime(all), unit, diags);
  // Nothing is kept for the sake of an entry point: all of it is.
  const symbols = resolve(inputs, { ...options, entry: null, isRelocatable: true }, diags);
  if (diags.failed) return { ok: false, error: diags };

  // Every name has its definition. From here on every symbol has its number; addresses and slots are placeholders for good.
  onStep?.('plan');
  const plan = planObject(symbols, options, diags);
  if (diags.failed) return { ok: false, error: diags };

  onStep?.('write');
  const objects = symbols.opened.map(({ file }) => file);
  return { ok: true, bytes: writeObject(plan, options), objects, warnings: diags };
}

function failure(error: Diagnostics, symbols: SymbolTable): LinkFailure {
  return { ok: false, error, extractions: extractions(symbols) };
}

/** What both begin with. */
function resolve(
  { state, inputs }: FlushInputs,
  options: LinkOptions & ResolveOptions,
  diags: Diagnostics,
): SymbolTable {
  checkOptions(options, diags);
  options.onStep?.('resolve symbols');
  return resolveSymbols(state, inputs, options, diags);
}

/** The unit as an object in front of the others. */
function unitAsObject({ state, inputs }: FlushInputs, options: UnitOptions, diags: Diagnostics): FlushInputs {
  if (state === null) return { state, inputs };
  const table64 = options.table64 ?? inputsHaveTable64(inputs);
  const object = unitObject(state, { ...options, table64 }, diags);
  return { state: null, inputs: [{ object, lazy: false }, ...inputs] };
}

/** The library of the compiler is for executables: in an object its names stay undefined. */
function withoutRuntime({ state, inputs }: FlushInputs): FlushInputs {
  return { state, inputs: inputs.filter((input) => !('runtime' in input)) };
}
