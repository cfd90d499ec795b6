/**
 * The most telling instruction of a minimised case: what a finding is about where nothing better is known.
 *
 * A case that is 1-minimal has only instructions that matter. Owns the order in which they are telling.
 */
import type { AirTag, InstIndex, Unit } from '../../core/index.ts';

/** Tags that nearly every program has, least telling last. Every other tag is more telling than these. */
const PLAIN: readonly AirTag[] = [
  'switch_br',
  'memcpy',
  'memset',
  'memmove',
  'call',
  'load',
  'store',
  'alloc',
  'loop',
  'repeat',
  'cond_br',
  'block',
  'br',
  'unreach',
  'trap',
  'ret',
  'arg',
];

/** The operation of `unit`: its most telling instruction, the last in text order; `data` if none. */
export function operationOf(unit: Unit): string {
  let best = 'data';
  let bestRank = PLAIN.length;
  for (const nav of unit.navs) {
    if (nav.body === null) continue;
    for (let inst = 0; inst < nav.body.length; inst++) {
      const tag = nav.body.tag(inst as InstIndex);
      const rank = PLAIN.indexOf(tag);
      if (rank <= bestRank) {
        best = tag;
        bestRank = rank;
      }
    }
  }
  return best;
}
