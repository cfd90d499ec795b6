/**
 * Calls of the runtime library on integers of more than 128 bits: operands and results by address, with the number of limbs.
 *
 * Owns the scratch places that those functions need. The functions know unsigned integers; signs are put right here.
 */
import type { IntrinsicName } from '../../mir/intrinsics.ts';
import { intrinsicIndex } from '../../mir/intrinsics.ts';
import { MirTag } from '../../mir/ops.ts';
import { Rep } from '../state/abi.ts';
import type { FunctionState } from '../state/function-state.ts';
import type { WValue } from '../state/wvalue.ts';
import { movedBy, stackOffset } from '../state/wvalue.ts';
import { storeDifference } from './carry-chains.ts';
import type { Limbs, WideType } from './limbs.ts';
import { placeLimbs, pushSign, storeLimbs } from './limbs.ts';

/** Greatest width of integers that travel as two words. */
const PAIR_BITS = 128;

/** Whether integers of the type are passed to the runtime library by address. */
export function isBig({ bits }: WideType): boolean {
  return bits > PAIR_BITS;
}

/** Calls runtime function `name` on what `pushArguments` leaves. */
function call(f: FunctionState, name: IntrinsicName, pushArguments: () => void): void {
  pushArguments();
  f.mir.callIntrinsic(intrinsicIndex(name));
}

/** A new place of `slots` limbs. */
function scratch(f: FunctionState, slots: number): WValue {
  return stackOffset(f.frame.allocate(slots * 8, 16));
}

/** The type of all limbs of `t`, without a sign: what the runtime functions see. */
function pattern(t: WideType): WideType {
  return { bits: t.slots * 64, signed: false, limbs: t.slots, slots: t.slots };
}

/** The place of `limbs`, copied to memory. */
function placed(f: FunctionState, t: WideType, limbs: Limbs): WValue {
  const place = scratch(f, t.slots);
  storeLimbs(f, pattern(t), place, limbs, false);
  return place;
}

/** A new place with all limbs of the product of the patterns of a and b: twice as many as they have. */
export function bigProduct(f: FunctionState, t: WideType, a: Limbs, b: Limbs): WValue {
  const product = scratch(f, 2 * t.slots);
  const [left, right] = [placed(f, t, a), placed(f, t, b)];
  call(f, '__air_bigmul', () => {
    for (const place of [product, left, right]) f.pushValue(place);
    f.pushInt(f.addressRep, t.slots);
  });
  return product;
}

/** Turns the upper half of a product of patterns into that of the product of signed integers; returns its place. */
export function signedUpperHalf(f: FunctionState, t: WideType, product: WValue, a: Limbs, b: Limbs): WValue {
  const upper = movedBy(product, t.slots * 8)!;
  if (!t.signed) return upper;
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const taken: Limbs = (k) => {
      other(k);
      pushSign(f, t, one);
      f.mir.op(MirTag.i64_and);
    };
    storeDifference(f, pattern(t), upper, placeLimbs(f, upper), taken, false);
  }
  return upper;
}

/** Writes (v ^ m) - m, where `mask` pushes m: all ones or 0. */
function storeNegatedIf(f: FunctionState, t: WideType, place: WValue, v: Limbs, mask: () => void): void {
  mask();
  const m = f.popTemp(Rep.i64);
  const sign: Limbs = () => {
    f.mir.localGet(m);
  };
  const flipped: Limbs = (k) => {
    v(k);
    f.mir.localGet(m);
    f.mir.op(MirTag.i64_xor);
  };
  storeDifference(f, pattern(t), place, flipped, sign, false);
  f.releaseTemp(m);
}

/** The place of the absolute value. */
function magnitude(f: FunctionState, t: WideType, v: Limbs): WValue {
  if (!t.signed) return placed(f, t, v);
  const place = scratch(f, t.slots);
  storeNegatedIf(f, t, place, v, () => {
    pushSign(f, t, v);
  });
  return place;
}

/** Writes the quotient toward zero, or the remainder with the sign of the dividend, to `place`. */
export function storeBigDivision(
  f: FunctionState,
  t: WideType,
  place: WValue,
  a: Limbs,
  b: Limbs,
  part: 'quotient' | 'remainder',
): void {
  const quotient = scratch(f, t.slots);
  const remainder = scratch(f, t.slots);
  const [left, right] = [magnitude(f, t, a), magnitude(f, t, b)];
  call(f, '__air_bigudivmod', () => {
    for (const one of [quotient, remainder, left, right]) f.pushValue(one);
    f.pushInt(f.addressRep, t.slots);
  });
  const result = placeLimbs(f, part === 'quotient' ? quotient : remainder);
  storeNegatedIf(f, t, place, result, () => {
    if (!t.signed) {
      f.pushInt(Rep.i64, 0);
      return;
    }
    pushSign(f, t, a);
    if (part === 'remainder') return;
    pushSign(f, t, b);
    f.mir.op(MirTag.i64_xor);
  });
}

/** Writes `a` shifted by the amount that `amount` pushes in a container; to the right by the sign of the type. */
export function storeBigShift(
  f: FunctionState,
  t: WideType,
  place: WValue,
  a: Limbs,
  amount: (rep: Rep) => void,
  isLeft: boolean,
): void {
  const from = placed(f, t, a);
  call(f, isLeft ? '__air_bigshl' : '__air_bigshr', () => {
    f.pushValue(place);
    f.pushValue(from);
    f.pushInt(f.addressRep, t.slots);
    amount(f.addressRep);
    if (isLeft) return;
    if (t.signed) pushSign(f, t, a);
    else f.pushInt(Rep.i64, 0);
  });
}

/** Pushes the float of container `rep` nearest to the integer. */
export function pushBigToFloat(f: FunctionState, t: WideType, a: Limbs, rep: typeof Rep.f32 | typeof Rep.f64): void {
  const from = magnitude(f, t, a);
  call(f, rep === Rep.f32 ? '__air_bigfloat32' : '__air_bigfloat64', () => {
    f.pushValue(from);
    f.pushInt(f.addressRep, t.slots);
  });
  if (!t.signed) return;
  const value = f.popTemp(rep);
  f.mir.localGet(value);
  f.mir.op(rep === Rep.f32 ? MirTag.f32_neg : MirTag.f64_neg);
  f.mir.localGet(value);
  a(t.limbs - 1);
  f.pushInt(Rep.i64, 0);
  f.mir.op(MirTag.i64_lt_s);
  f.mir.op(MirTag.select);
  f.releaseTemp(value);
}

/** Writes the integer that the f64 of `pushDouble` is truncated to. */
export function storeBigFromFloat(f: FunctionState, t: WideType, place: WValue, pushDouble: () => void): void {
  call(f, '__air_bigfix', () => {
    f.pushValue(place);
    f.pushInt(f.addressRep, t.slots);
    pushDouble();
  });
}
