/**
 * The final name of a bucket: adds the operation of the minimised case.
 *
 * While a case shrinks, the bucket of a difference ends in `-`, because which instructions are left changes with every
 * step (`bucketOf` in check.ts). When the reduction has ended, the case is 1-minimal, so its instructions are the ones that
 * matter, and the most telling of them names the bucket: `codegen/interp-exe/result/intcast`. A finding whose own
 * evidence gives a class (a message) keeps it.
 */
import type { AirTag, InstIndex, Unit } from '../../core/index.ts';
import type { Finding } from './finding.ts';
import { bucketOf } from './finding.ts';

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

/** The operation that names a bucket of `unit`: its most telling instruction, the last in text order; `data` if none. */
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

/** Bucket id of `finding` on the minimised program `unit`. */
export function nameBucket(finding: Finding, unit: Unit): string {
  return bucketOf(finding.op === '-' ? { ...finding, op: operationOf(unit) } : finding);
}
