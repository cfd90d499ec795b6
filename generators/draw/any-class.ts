/**
 * A type of any class, each class about as likely as the others: for instructions that take everything and are drawn of integers.
 */
import { IP } from '../../core/index.ts';
import type { Program } from '../model/program.ts';
import type { TypeInfo } from '../model/types.ts';
import { Class, intInfo, typeInfo } from '../model/types.ts';
import { sumsOf } from './draw-sums.ts';
import { drawFloatType, drawPointerType, drawWideBits } from './draw-types.ts';

/** One of `classes` that the program has; the first integer of the program if it has none. */
function ofClasses(p: Program, classes: readonly Class[]): TypeInfo {
  const types = classes.flatMap((cls) => sumsOf(p, cls));
  return types.length === 0 ? p.ints[0]! : p.r.pick(types);
}

const HALF = 16;
const CHOICES: readonly ((p: Program) => TypeInfo)[] = [
  (p) => typeInfo(p.types, IP.bool_type),
  (p) => typeInfo(p.types, p.pool.floatType(HALF)),
  drawFloatType,
  (p) => intInfo(p.types, p.r.chance(128), drawWideBits(p.r, p.plan.profile)),
  (p) => ofClasses(p, [Class.enum]),
  (p) => ofClasses(p, [Class.packed]),
  (p) => ofClasses(p, [Class.vector]),
  (p) => ofClasses(p, [Class.opt, Class.errors, Class.fallible, Class.union]),
  (p) => p.r.pick(p.aggregates),
  drawPointerType,
];

/** The type. Only in programs of profiles that have all such types. */
export function drawOfAnyClass(p: Program): TypeInfo {
  return p.r.pick(CHOICES)(p);
}
