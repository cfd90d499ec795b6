/**
 * Several objects to one: relocatable output (`-r`).
 *
 * Nothing is collected away but what COMDAT groups and lost weak definitions leave without a name; nothing is laid out.
 * Resolution is that of an executable, so linking the result later means what linking the inputs would have meant.
 */
import { Diagnostics } from '../../diagnostics/diagnostics.ts';
import { planCombination } from './combine-plan.ts';
import { checkInitialisers } from './combine-sections.ts';
import { writeCombination } from './combine-write.ts';
import type { ObjectResult } from '../flush.ts';
import type { LinkOptions } from '../options/options.ts';
import { resolveSymbols } from '../symbols/resolve.ts';
import type { ResolveInput } from '../symbols/symbols.ts';

/** Joins `inputs`; of the options, those about symbols, debug sections and the width of addresses count. */
export function combineObjects(inputs: readonly ResolveInput[], options: LinkOptions): ObjectResult {
  const diags = new Diagnostics();
  options.onStep?.('resolve symbols');
  const table = resolveSymbols(null, inputs, { ...options, entry: null }, diags);
  if (diags.failed) return { ok: false, error: diags };
  options.onStep?.('plan');
  const plan = planCombination(table, options, diags);
  if (!diags.failed) checkInitialisers(plan, diags);
  if (diags.failed) return { ok: false, error: diags };
  options.onStep?.('write');
  return {
    ok: true,
    bytes: writeCombination(plan, options),
    objects: table.objects.map(({ file }) => file),
    warnings: diags,
  };
}
