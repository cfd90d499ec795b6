/**
 * Vectors of a program: which there are, and constants of them.
 *
 * Draws only in programs of profiles that have such types. Lanes are numbers and bools, of more than 64 bits where the profile has
 * everything of vectors; lengths are powers of two and others, so that some vectors have padding.
 */
import type { IpIndex } from '../../core/index.ts';
import { IP, refValue, valueRef, vectorType } from '../../core/index.ts';
import type { Program } from '../model/program.ts';
import type { Value } from '../model/scope.ts';
import { unlisted } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';
import { Class, intInfo, typeInfo } from '../model/types.ts';
import { intConst } from './constants.ts';
import { drawScalar } from './draw-types.ts';

const LENGTHS = [1, 2, 2, 3, 4, 4, 5, 8, 16];
/** Most bytes of a vector that is drawn, unless one lane has more. */
const MOST_BYTES = 64;
/** Most bits of a lane: code has each bit of one that a bitcast cuts. */
const MOST_LANE_BITS = 2049;
const LONG_LENGTHS = [1, 2, 2, 3];

/** Vector of `count` lanes of type `lane`. */
export function vectorInfo(p: Program, lane: TypeInfo, count: number): TypeInfo {
  return typeInfo(p.types, vectorType(p.pool, lane.ip, count));
}

/** Adds the vectors of a program that has them to its sums. */
export function drawVectorTypes(p: Program): void {
  const registers = p.plan.profile.everyVector ? p.r.between(1, 3) : 0;
  for (let n = 0; n < registers; n++) {
    const info = drawRegister(p);
    if (!p.sums.includes(info)) p.sums.push(info);
  }
  for (let n = p.r.between(2, 4); n > 0; n--) {
    const lane = drawLane(p);
    const lengths = lane.size > MOST_BYTES ? LONG_LENGTHS : LENGTHS.filter((count) => count * lane.size <= MOST_BYTES);
    const info = vectorInfo(p, lane, p.r.pick(lengths));
    if (!p.sums.includes(info)) p.sums.push(info);
  }
}

/** A vector that is one v128, or comes close. */
function drawRegister(p: Program): TypeInfo {
  const { r } = p;
  const bits = r.pick([8, 16, 32, 64]);
  const isFloat = bits > 8 && r.chance(110);
  const lane = isFloat
    ? typeInfo(p.types, p.pool.floatType(bits as 16 | 32 | 64))
    : intInfo(p.types, r.chance(128), r.chance(20) ? bits - 1 : bits);
  return vectorInfo(p, lane, 128 / bits);
}

/** A type of lanes. */
function drawLane(p: Program): TypeInfo {
  const info = p.r.chance(30) ? typeInfo(p.types, IP.bool_type) : drawScalar(p);
  return (info.byRef && !p.plan.profile.everyVector) || info.bits > MOST_LANE_BITS ? p.ints[0]! : info;
}

/** A constant of vector type `info`; `part` draws one of another type. */
export function vectorConstant(p: Program, info: TypeInfo, part: (part: TypeInfo) => IpIndex): IpIndex {
  const lane = info.child!;
  if (p.r.chance(40)) return p.pool.repeated(info.ip, part(lane));
  return p.pool.aggregate(
    info.ip,
    Array.from({ length: info.length }, () => part(lane)),
  );
}

/** A constant vector of integers between `least` and `most`. */
export function rangeConstant(p: Program, info: TypeInfo, least: number, most: number): Value {
  const lanes = Array.from({ length: info.length }, () =>
    refValue(intConst(p, info.child!, p.r.between(least, most)).ref),
  );
  return unlisted(valueRef(p.pool.aggregate(info.ip, lanes)), info, 0, 0);
}

/** Whether the lanes of a vector type are of class `cls`. */
export function hasLanes(info: TypeInfo, cls: Class): boolean {
  return info.cls === Class.vector && info.child!.cls === cls;
}
