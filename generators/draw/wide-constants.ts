/**
 * Constants of integers of more than 64 bits, mostly at the boundaries where bugs live: limits of types and limbs, powers of
 * two and their neighbours, values that carry from limb to limb, small numbers that only a higher limb tells apart.
 *
 * Owns the choice of the numbers, as bigints: narrower integers are drawn in words, because most programs have no other.
 */
import { valueRef } from '../../core/index.ts';
import type { Program } from '../model/program.ts';
import type { RandomStream } from '../model/random.ts';
import { roundDown, roundUp } from '../model/ranges.ts';
import type { Value } from '../model/scope.ts';
import { unlisted } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';

/** Exponents whose powers of two are limits of something: words, significands, limbs. */
const EXPONENTS = [31, 32, 33, 53, 62, 63, 64, 65, 66, 95, 96, 97, 126, 127];
const LIMB = 64n;

/** Integer constant `value`, reduced to `info`. */
export function wideConst(p: Program, info: TypeInfo, value: bigint): Value {
  const reduced = info.signed ? BigInt.asIntN(info.bits, value) : BigInt.asUintN(info.bits, value);
  const near = Number(reduced);
  return unlisted(
    valueRef(p.pool.int(info.ip, reduced)),
    info,
    Math.max(info.min, roundDown(near)),
    Math.min(info.full, roundUp(near)),
  );
}

/** A boundary-heavy constant of type `info`. */
export function drawWideInt(p: Program, info: TypeInfo): Value {
  return wideConst(p, info, drawNumber(p.r, info.bits));
}

function random(r: RandomStream, bits: number): bigint {
  let value = 0n;
  for (let n = 0; n < bits; n += 32) value = (value << 32n) | BigInt(r.u32());
  return value;
}

function power(r: RandomStream, exponent: number): bigint {
  const value = 1n << BigInt(exponent);
  return (r.chance(64) ? -value : value) + BigInt(r.between(-1, 1));
}

function drawNumber(r: RandomStream, bits: number): bigint {
  const limbs = Math.ceil(bits / 64);
  switch (r.below(20)) {
    case 0:
      return 0n;
    case 1:
      return 1n;
    case 2:
      return -1n;
    case 3:
      return (1n << BigInt(bits - 1)) + BigInt(r.below(2)); // MIN, MIN + 1
    case 4:
      return (1n << BigInt(bits - 1)) - 1n - BigInt(r.below(2)); // MAX, MAX - 1
    case 5:
      return -1n - BigInt(r.below(3));
    case 6:
    case 7:
      return power(r, r.pick(EXPONENTS));
    case 8:
      return power(r, r.below(bits));
    case 9:
    case 10:
      return BigInt(r.between(-8, 17));
    case 11:
      return BigInt(bits - r.between(-1, 1)); // amounts of shifts
    case 12:
      // A small number that only a higher limb tells from another one.
      return (BigInt(r.between(-2, 4)) << (LIMB * BigInt(r.between(1, limbs - 1)))) + BigInt(r.between(-4, 12));
    case 13:
      // Low limbs that are full or almost: the next sum carries.
      return ((random(r, bits) >> LIMB) << LIMB) + BigInt.asUintN(64, -1n - BigInt(r.below(3)));
    case 14:
      return random(r, bits) >> BigInt(r.below(bits));
    case 15:
      return random(r, 64);
    case 16:
    case 17: {
      // On a tie of a float format, or next to one.
      const exponent = r.between(60, bits - 1);
      const half = 1n << BigInt(exponent - r.pick([24, 24, 53]));
      const value = (1n << BigInt(exponent)) + half * BigInt(r.pick([1, 1, 3])) + BigInt(r.between(-1, 1));
      return r.chance(64) ? -value : value;
    }
    default:
      return random(r, bits);
  }
}
