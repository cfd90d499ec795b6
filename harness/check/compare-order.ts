/**
 * Whether two modules have the functions of the inputs in the same order: a drop-in has wasm-ld's, also of members of archives.
 *
 * Asked when both are known to have the same ones. Functions that a linker makes itself may stand anywhere.
 */
import type { LinkedModule } from '../wasm/linked-module.ts';
import type { SymbolComparison } from './compare-symbols.ts';
import type { ModuleDifference } from './module-difference.ts';

/** The first difference, or null. */
export function compareOrder(
  symbols: SymbolComparison,
  ours: LinkedModule,
  theirs: LinkedModule,
): ModuleDifference | null {
  const words = (isOurs: boolean, { functionImports, bodies }: LinkedModule): string[] =>
    bodies
      .map((_, n) => symbols.functionWord(isOurs, functionImports.length + n))
      .filter((word) => /^\d+:f/.test(word));
  const [left, right] = [words(true, ours), words(false, theirs)];
  const at = left.findIndex((word, i) => word !== right[i]);
  if (at < 0) return null;
  const what = `order of the functions of the inputs, from place ${at} on`;
  return { kind: 'order', what, ours: left[at]!, theirs: right[at] ?? 'nothing' };
}
