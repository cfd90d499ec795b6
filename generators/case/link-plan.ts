/**
 * How a program is cut into objects, and in which order they are linked.
 *
 * Invariant: the parts are a partition of all navs that are defined; the order is a permutation of the parts.
 */
import type { Nav, NavIndex } from '../../core/index.ts';
import type { Decoration } from './decorations.ts';
import type { RandomStream } from '../model/random.ts';

/** See the file header. */
export interface LinkPlan {
  /** The navs that each object defines, ascending; an object may define nothing. */
  readonly parts: readonly (readonly NavIndex[])[];
  /** Positions in `parts`, in the order in which the linker gets the objects. */
  readonly order: readonly number[];
  /** What is done to the objects, and put beside them. */
  readonly decorations?: readonly Decoration[];
  /** Options of the decorated link, with wasm-ld's names. */
  readonly options?: readonly string[];
}

/** A plan of two to five parts for `navs`. */
export function drawLinkPlan(r: RandomStream, navs: readonly Nav[]): LinkPlan {
  const defined: NavIndex[] = [];
  navs.forEach((nav, index) => {
    if (nav.kind === 'func' || nav.kind === 'var' || nav.kind === 'const') defined.push(index as NavIndex);
  });
  const count = Math.max(2, Math.min(defined.length, r.between(2, r.chance(128) ? 3 : 5)));
  const parts: NavIndex[][] = Array.from({ length: count }, () => []);
  const way = r.below(4);
  defined.forEach((nav, n) => {
    // At random; in runs of neighbours; functions apart from data; or nearly all in one.
    let part = r.below(count);
    if (way === 1) part = Math.floor((n * count) / defined.length);
    else if (way === 2 && r.chance(220)) part = navs[nav]!.kind === 'func' ? 0 : 1 + r.below(count - 1);
    else if (way === 3 && r.chance(200)) part = 0;
    parts[part]!.push(nav);
  });
  if (!r.chance(12)) fillEmpty(parts);
  const order = r.shuffle(parts.map((_, n) => n));
  return { parts, order };
}

/** Moves a nav from a part that has several to each that has none, as long as there is one. */
function fillEmpty(parts: NavIndex[][]): void {
  for (const part of parts) {
    if (part.length > 0) continue;
    const donor = parts.find((other) => other.length > 1);
    if (donor !== undefined) part.push(donor.pop()!);
  }
}
