/**
 * Sums, differences and comparisons of integers in limbs: carries from limb to limb, inline (codegen specification 5.2), or by functions
 * of the runtime library where there are many.
 *
 * A carry is an i64 of 0 or 1. Knows limbs, no instruction. The limbs of operands may be pushed more than once.
 */
import type { IntrinsicName } from '../../mir/intrinsics.ts';
import type { LocalIndex } from '../../mir/mir.ts';
import { MirTag } from '../../mir/ops.ts';
import { Rep } from '../state/abi.ts';
import type { FunctionState } from '../state/function-state.ts';
import type { SignedOpRow } from '../state/numeric-opcodes.ts';
import type { WValue } from '../state/wvalue.ts';
import type { Limbs, WideType } from './limbs.ts';
import { callLimbs, loopedPlace, storeLimbs, wrapPlace } from './limbs.ts';

/** Writes a + b to `place`; `wraps` if it may overflow. */
export function storeSum(f: FunctionState, t: WideType, place: WValue, a: Limbs, b: Limbs, wraps: boolean): void {
  if (storeByLoop(f, '__air_bigadd', t, place, a, b)) {
    if (wraps) wrapPlace(f, t, place);
    return;
  }
  const { mir } = f;
  const carry = f.temp(Rep.i64);
  const sum = f.temp(Rep.i64);
  const addLimb: Limbs = (k) => {
    const isLast = k === t.limbs - 1;
    a(k);
    b(k);
    mir.op(MirTag.i64_add);
    if (k === 0) {
      mir.localTee(sum);
      keepFlag(f, carry, () => {
        mir.localGet(sum);
        b(k);
        mir.op(MirTag.i64_lt_u);
      });
      return;
    }
    if (isLast) {
      mir.localGet(carry);
      mir.op(MirTag.i64_add);
      return;
    }
    mir.localTee(sum);
    mir.localGet(carry);
    mir.op(MirTag.i64_add);
    keepFlag(f, carry, () => {
      // The sum of the limbs was too large, or it was all ones and the carry made it 0.
      mir.localGet(sum);
      b(k);
      mir.op(MirTag.i64_lt_u);
      mir.localGet(sum);
      mir.localGet(carry);
      mir.op(MirTag.i64_add);
      mir.localGet(carry);
      mir.op(MirTag.i64_lt_u);
      mir.op(MirTag.i32_or);
    });
  };
  storeLimbs(f, t, place, addLimb, wraps);
  f.releaseTemp(sum);
  f.releaseTemp(carry);
}

/** Writes a - b to `place`; `wraps` if it may overflow. */
export function storeDifference(
  f: FunctionState,
  t: WideType,
  place: WValue,
  a: Limbs,
  b: Limbs,
  wraps: boolean,
): void {
  if (storeByLoop(f, '__air_bigsub', t, place, a, b)) {
    if (wraps) wrapPlace(f, t, place);
    return;
  }
  const { mir } = f;
  const borrow = f.temp(Rep.i64);
  const subLimb: Limbs = (k) => {
    a(k);
    b(k);
    mir.op(MirTag.i64_sub);
    if (k > 0) {
      mir.localGet(borrow);
      mir.op(MirTag.i64_sub);
    }
    if (k === t.limbs - 1) return;
    keepFlag(f, borrow, () => {
      a(k);
      b(k);
      mir.op(MirTag.i64_lt_u);
      if (k === 0) return;
      a(k);
      b(k);
      mir.op(MirTag.i64_sub);
      mir.localGet(borrow);
      mir.op(MirTag.i64_lt_u);
      mir.op(MirTag.i32_or);
    });
  };
  storeLimbs(f, t, place, subLimb, wraps);
  f.releaseTemp(borrow);
}

/** Calls `name` for all slots of integers that are looped over; whether it did. */
export function storeByLoop(
  f: FunctionState,
  name: IntrinsicName,
  t: WideType,
  place: WValue,
  a: Limbs,
  b: Limbs,
): boolean {
  const [left, right] = [loopedPlace(t, a), loopedPlace(t, b)];
  if (left === null || right === null) return false;
  callLimbs(f, name, place, left, right, t.slots);
  return true;
}

/** Pushes -1, 0 or 1 by the order of integers that are looped over; whether it did. */
function pushLoopedOrder(f: FunctionState, t: WideType, a: Limbs, b: Limbs): boolean {
  const [left, right] = [loopedPlace(t, a), loopedPlace(t, b)];
  if (left === null || right === null) return false;
  callLimbs(f, '__air_bigorder', left, right, t.slots, () => {
    f.mir.i64Const(0, t.signed ? -0x8000_0000 : 0);
  });
  return true;
}

/** Moves the i32 flag that `push` leaves to an i64 local; what lies below it on the stack stays. */
function keepFlag(f: FunctionState, local: LocalIndex, push: () => void): void {
  push();
  f.mir.op(MirTag.i64_extend_i32_u);
  f.mir.localSet(local);
}

/** Pushes whether a is in the order `row` to b: the topmost limbs that differ decide, and only the very top one has a sign. */
export function pushOrder(f: FunctionState, t: WideType, a: Limbs, b: Limbs, row: SignedOpRow): void {
  const { mir } = f;
  if (pushLoopedOrder(f, t, a, b)) {
    f.pushInt(Rep.i32, 0);
    mir.op(row(Rep.i32, true));
    return;
  }
  for (let k = 0; k < t.limbs; k++) {
    a(k);
    b(k);
    mir.op(row(Rep.i64, t.signed && k === t.limbs - 1));
    if (k === 0) continue;
    a(k);
    b(k);
    mir.op(MirTag.i64_eq);
    mir.op(MirTag.select);
  }
}

/** Pushes an i64 that is 0 exactly if a and b are equal. */
export function pushXorSum(f: FunctionState, t: WideType, a: Limbs, b: Limbs): void {
  if (pushLoopedOrder(f, t, a, b)) {
    f.mir.op(MirTag.i64_extend_i32_u);
    return;
  }
  for (let k = 0; k < t.limbs; k++) {
    a(k);
    b(k);
    f.mir.op(MirTag.i64_xor);
    if (k > 0) f.mir.op(MirTag.i64_or);
  }
}

/** Pushes an i64 that is 0 exactly if a is. */
export function pushOrSum(f: FunctionState, t: WideType, a: Limbs): void {
  const place = loopedPlace(t, a);
  if (place !== null) {
    callLimbs(f, '__air_bigdiffer', place, t.slots, () => {
      f.pushInt(Rep.i64, 0);
    });
    return;
  }
  for (let k = 0; k < t.limbs; k++) {
    a(k);
    if (k > 0) f.mir.op(MirTag.i64_or);
  }
}

/** Pushes whether the integer is negative. */
export function pushIsNegative(f: FunctionState, t: WideType, a: Limbs): void {
  a(t.limbs - 1);
  f.pushInt(Rep.i64, 0);
  f.mir.op(MirTag.i64_lt_s);
}
