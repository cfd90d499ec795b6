/**
 * Operands with a bound: shift amounts, indexes and lengths, drawn and guarded in one.
 *
 * Invariant: the range of the value that comes back lies in the range that was asked for.
 */
import { intConst } from '../draw/constants.ts';
import type { Value } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';
import type { Gen } from './gen.ts';
import { binary, usizeInfo } from './gen.ts';
import { amountInfo, atMost, masked } from './guards.ts';
import { operand } from './operands.ts';

/** An amount in `0 .. most` for shifting a value of type `info`, `most` below its width. */
export function shiftAmount(g: Gen, info: TypeInfo, most: number): Value {
  const type = amountInfo(g, info);
  if (most === 0) return intConst(g.p, type, 0);
  const way = g.r.below(8);
  if (way < 2) return intConst(g.p, type, Math.min(type.full, way === 0 ? most : g.r.below(most + 1)));
  const v = operand(g, type);
  if (v.high <= most) return v;
  const maskBits = 31 - Math.clz32(most + 1);
  if (way < 5) return masked(g, v, maskBits);
  if (way === 5 && type.full > most) return binary(g, 'rem', v, intConst(g.p, type, most + 1), 0, most);
  return atMost(g, v, intConst(g.p, type, Math.min(most, type.full)));
}

/** A `usize` below `count` (>= 1). */
export function indexBelow(g: Gen, count: number): Value {
  const usize = usizeInfo(g);
  if (count === 1 || g.r.chance(90)) {
    return intConst(g.p, usize, g.r.chance(90) ? count - 1 : g.r.below(count));
  }
  const v = operand(g, usize);
  if (v.high < count) return v;
  if (g.r.chance(100)) return binary(g, 'rem', v, intConst(g.p, usize, count), 0, count - 1);
  if (g.r.chance(100)) return atMost(g, v, intConst(g.p, usize, count - 1));
  return masked(g, v, 31 - Math.clz32(count));
}

/** A `usize` in `0 .. most`. */
export function lengthUpTo(g: Gen, most: number): Value {
  if (most === 0 || g.r.chance(24)) return intConst(g.p, usizeInfo(g), 0);
  if (g.r.chance(50)) return intConst(g.p, usizeInfo(g), most);
  return indexBelow(g, most + 1);
}
