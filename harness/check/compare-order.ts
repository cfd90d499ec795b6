/**
 * Whether two modules have their exports, and the functions of the inputs, in the same order: a drop-in has wasm-ld's, also of
 * members of archives.
 *
 * Asked when both are known to have the same ones. Functions that a linker makes itself may stand anywhere.
 */
import type { LinkedModule } from '../wasm/linked-module.ts';
import type { SymbolComparison } from './compare-symbols.ts';
import type { ModuleDifference } from './module-difference.ts';

/** The first difference, or null. `isCompared`: of exports, those that are no affair of a linker alone. */
export function compareOrder(
  symbols: SymbolComparison,
  ours: LinkedModule,
  theirs: LinkedModule,
  isCompared: (name: string) => boolean,
): ModuleDifference | null {
  const names = ({ exports }: LinkedModule): string[] => exports.map(({ name }) => name).filter(isCompared);
  return (
    firstOf('exports', names(ours), names(theirs)) ??
    firstOf('functions of the inputs', functions(symbols, true, ours), functions(symbols, false, theirs))
  );
}

function functions(symbols: SymbolComparison, isOurs: boolean, { functionImports, bodies }: LinkedModule): string[] {
  return bodies
    .map((_, n) => symbols.functionWord(isOurs, functionImports.length + n))
    .filter((word) => /^\d+:f/.test(word));
}

function firstOf(what: string, ours: readonly string[], theirs: readonly string[]): ModuleDifference | null {
  const at = ours.findIndex((word, i) => word !== theirs[i]);
  if (at < 0) return null;
  return {
    kind: 'order',
    what: `order of the ${what}, from place ${at} on`,
    ours: ours[at]!,
    theirs: theirs[at] ?? 'nothing',
  };
}
