/**
 * Calls of the runtime library on integers of more than 128 bits: operands and results by address, with the number of limbs.
 *
 * Owns the scratch places that those functions need: lent room of the frame. The functions know unsigned integers; signs are put
 * right here.
 */
import { MirTag } from '../../mir/ops.ts';
import { Rep } from '../state/abi.ts';
import type { FunctionState } from '../state/function-state.ts';
import type { WValue } from '../state/wvalue.ts';
import { movedBy, stackOffset } from '../state/wvalue.ts';
import { storeByLoop, storeDifference } from './carry-chains.ts';
import type { Limbs, WideType } from './limbs.ts';
import { callLimbs, isLooped, loopedPlace, placeLimbs, pushSign, storeLimbs } from './limbs.ts';

/** Greatest width of integers that travel as two words. */
const PAIR_BITS = 128;

/** Whether integers of the type are passed to the runtime library by address. */
export function isBig({ bits }: WideType): boolean {
  return bits > PAIR_BITS;
}

/** Runs `use` with new places of the given numbers of limbs, which others may have once it is done. */
export function withScratch(
  f: FunctionState,
  slots: readonly number[],
  use: (...places: readonly WValue[]) => void,
): void {
  const offsets = slots.map((count) => f.frame.lend(count * 8));
  use(...offsets.map((offset) => stackOffset(offset)));
  offsets.forEach((offset, n) => {
    f.frame.takeBack(offset, slots[n]! * 8);
  });
}

/** The type of all limbs of `t`, without a sign: what the runtime functions see. */
function pattern(t: WideType): WideType {
  return { bits: t.slots * 64, signed: false, limbs: t.slots, slots: t.slots };
}

/** The place of `limbs`: that of the operand, or `room` with a copy of what is computed. */
function placed(f: FunctionState, t: WideType, limbs: Limbs, room: WValue): WValue {
  const place = loopedPlace(t, limbs);
  if (place !== null) return place;
  storeLimbs(f, pattern(t), room, limbs, false);
  return room;
}

/** Runs `use` with the place of all limbs of the product of the patterns of a and b: twice as many as they have. */
export function withBigProduct(
  f: FunctionState,
  t: WideType,
  a: Limbs,
  b: Limbs,
  use: (product: WValue) => void,
): void {
  withScratch(f, [2 * t.slots], (product) => {
    withPlaced(f, t, a, (left) => {
      withPlaced(f, t, b, (right) => {
        callLimbs(f, '__air_bigmul', product, left, right, t.slots);
      });
    });
    use(product);
  });
}

function withPlaced(f: FunctionState, t: WideType, limbs: Limbs, use: (place: WValue) => void): void {
  withScratch(f, isLooped(t) && limbs.place !== undefined ? [] : [t.slots], (room) => {
    use(placed(f, t, limbs, room));
  });
}

/** Turns the upper half of a product of patterns into that of the product of signed integers; returns its place. */
export function signedUpperHalf(f: FunctionState, t: WideType, product: WValue, a: Limbs, b: Limbs): WValue {
  const upper = movedBy(product, t.slots * 8)!;
  if (!t.signed) return upper;
  const whole = placeLimbs(f, upper);
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    if (loopedPlace(t, other) !== null) {
      f.mir.block();
      pushSign(f, t, one);
      f.mir.op(MirTag.i64_eqz);
      f.mir.brIf(0);
      storeByLoop(f, '__air_bigsub', t, upper, whole, other);
      f.mir.end();
      continue;
    }
    const taken: Limbs = (k) => {
      other(k);
      pushSign(f, t, one);
      f.mir.op(MirTag.i64_and);
    };
    storeDifference(f, pattern(t), upper, whole, taken, false);
  }
  return upper;
}

/** Writes (v ^ m) - m, where `mask` pushes m: all ones or 0. */
export function storeNegatedIf(f: FunctionState, t: WideType, place: WValue, v: Limbs, mask: () => void): void {
  const source = loopedPlace(t, v);
  if (source !== null) {
    callLimbs(f, '__air_bignegif', place, source, t.slots, mask);
    return;
  }
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

/** Runs `use` with the place of the absolute value. */
export function withMagnitude(f: FunctionState, t: WideType, v: Limbs, use: (place: WValue) => void): void {
  if (!t.signed) {
    withPlaced(f, t, v, use);
    return;
  }
  withScratch(f, [t.slots], (place) => {
    storeNegatedIf(f, t, place, v, () => {
      pushSign(f, t, v);
    });
    use(place);
  });
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
  // A remainder has room for one limb more.
  withScratch(f, [t.slots, t.slots + 1], (...results) => {
    const [quotient, remainder] = results as [WValue, WValue];
    withMagnitude(f, t, a, (left) => {
      withMagnitude(f, t, b, (right) => {
        callLimbs(f, '__air_bigudivmod', quotient, remainder, left, right, t.slots);
      });
    });
    storeNegatedIf(f, t, place, placeLimbs(f, part === 'quotient' ? quotient : remainder), () => {
      if (!t.signed) {
        f.pushInt(Rep.i64, 0);
        return;
      }
      pushSign(f, t, a);
      if (part === 'remainder') return;
      pushSign(f, t, b);
      f.mir.op(MirTag.i64_xor);
    });
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
  withPlaced(f, t, a, (from) => {
    callLimbs(f, isLeft ? '__air_bigshl' : '__air_bigshr', place, from, t.slots, () => {
      amount(f.addressRep);
      if (isLeft) return;
      if (t.signed) pushSign(f, t, a);
      else f.pushInt(Rep.i64, 0);
    });
  });
}

/** Pushes the float of container `rep` nearest to the integer. */
export function pushBigToFloat(f: FunctionState, t: WideType, a: Limbs, rep: typeof Rep.f32 | typeof Rep.f64): void {
  withMagnitude(f, t, a, (from) => {
    callLimbs(f, rep === Rep.f32 ? '__air_bigfloat32' : '__air_bigfloat64', from, t.slots);
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
  callLimbs(f, '__air_bigfix', place, t.slots, pushDouble);
}
