/**
 * Overflow of integers of more than 64 bits: the forms that report it, that panic, that saturate.
 *
 * Each operation writes the wrapped result to a place and leaves whether it overflowed in a temporary; reporting stores that
 * flag, panicking branches on it, saturating selects the limit by it. The flags hold for every width because both sides are canonical (codegen
 * specification 5.3).
 */
import type { InstIndex } from '../../air/body/ref.ts';
import type { LocalIndex } from '../../mir/mir.ts';
import { MirTag } from '../../mir/ops.ts';
import { allocateSlot, storeTop } from '../memory/memory-access.ts';
import { mayReach, pushAmount, pushReaches } from '../scalar/amounts.ts';
import { convertContainer } from '../scalar/integers.ts';
import { panicIfTrue } from '../scalar/panics.ts';
import { Rep } from '../state/abi.ts';
import type { FunctionState, Lowering } from '../state/function-state.ts';
import type { Reporting } from '../state/reporting.ts';
import { opGt, opLt } from '../state/numeric-opcodes.ts';
import type { WValue } from '../state/wvalue.ts';
import { baseOffset, movedBy, stackOffset } from '../state/wvalue.ts';
import { operandsOf, storeWrappedDifference, storeWrappedSum } from './wide-arithmetic.ts';
import { storeShiftedLeft, storeShiftedRight } from './wide-bits.ts';
import { isBig, signedUpperHalf, withBigProduct, withScratch } from './big-calls.ts';
import { pushIsNegative, pushOrder, pushOrSum, pushXorSum } from './carry-chains.ts';
import type { Limbs, WideType } from './limbs.ts';
import {
  callLimbs,
  isLooped,
  operandLimbs,
  placeLimbs,
  pushMaxLimb,
  pushSign,
  storeLimb,
  storeLimbs,
  wideTypeOf,
  wrapPlace,
} from './limbs.ts';
import { callInto, pushWords } from './runtime-calls.ts';

/** One operation. */
interface Recipe {
  /** Writes the wrapped result to `place`; returns a temporary i32 that says whether it is not the exact one. */
  readonly compute: (f: FunctionState, inst: InstIndex, place: WValue) => LocalIndex;
  /** Pushes all ones if the exact result is too small, 0 if it is too large; called only where it is one of the two. */
  readonly pushTooSmall: (f: FunctionState, inst: InstIndex) => void;
}

function sum(isAdd: boolean): Recipe {
  return {
    compute(f, inst, place) {
      const ops = operandsOf(f, inst);
      const { t, a, b } = ops;
      (isAdd ? storeWrappedSum : storeWrappedDifference)(f, place, ops);
      if (t.signed) pushIsNegative(f, t, b);
      pushOrder(f, t, placeLimbs(f, place), a, isAdd ? opLt : opGt);
      if (t.signed) f.mir.op(MirTag.i32_ne);
      return f.popTemp(Rep.i32);
    },
    pushTooSmall(f, inst) {
      // An overflow has the sign of the left operand; only a difference of unsigned integers can be too small.
      const { t, a } = operandsOf(f, inst);
      if (t.signed) pushSign(f, t, a);
      else f.pushInt(Rep.i64, isAdd ? 0 : -1);
    },
  };
}

const FLAG_BYTES = 4;

/** Of more than 128 bits: the upper half of the whole product must continue the wrapped lower one, and wrapping change nothing. */
function bigProductOverflow(f: FunctionState, t: WideType, place: WValue, a: Limbs, b: Limbs): LocalIndex {
  let flag: LocalIndex | null = null;
  withBigProduct(f, t, a, b, (product) => {
    flag = isLooped(t)
      ? loopedProductOverflow(f, t, place, a, b, product)
      : inlineProductOverflow(f, t, place, a, b, product);
  });
  return flag!;
}

/** The whole product must be the wrapped one, extended. */
function loopedProductOverflow(
  f: FunctionState,
  t: WideType,
  place: WValue,
  a: Limbs,
  b: Limbs,
  product: WValue,
): LocalIndex {
  const { mir } = f;
  signedUpperHalf(f, t, product, a, b);
  storeLimbs(f, t, place, placeLimbs(f, product), true);
  withScratch(f, [2 * t.slots], (extended) => {
    callLimbs(f, '__air_bigextend', extended, place, t.slots, 2 * t.slots, () => {
      if (t.signed) pushSign(f, t, placeLimbs(f, place));
      else f.pushInt(Rep.i64, 0);
    });
    callLimbs(f, '__air_bigorder', product, extended, 2 * t.slots, () => {
      f.pushInt(Rep.i64, 0);
    });
  });
  f.pushInt(Rep.i32, 0);
  mir.op(MirTag.i32_ne);
  return f.popTemp(Rep.i32);
}

function inlineProductOverflow(
  f: FunctionState,
  t: WideType,
  place: WValue,
  a: Limbs,
  b: Limbs,
  product: WValue,
): LocalIndex {
  const { mir } = f;
  const upper = signedUpperHalf(f, t, product, a, b);
  const [low, high, wrapped] = [product, upper, place].map((one) => placeLimbs(f, one)) as [Limbs, Limbs, Limbs];
  storeLimbs(f, t, place, low, true);
  for (let k = 0; k < t.slots; k++) {
    low(k);
    wrapped(k);
    mir.op(MirTag.i64_xor);
    high(k);
    if (t.signed) pushSign(f, t, wrapped);
    else f.pushInt(Rep.i64, 0);
    mir.op(MirTag.i64_xor);
    mir.op(MirTag.i64_or);
    if (k > 0) mir.op(MirTag.i64_or);
  }
  f.pushInt(Rep.i64, 0);
  mir.op(MirTag.i64_ne);
  return f.popTemp(Rep.i32);
}

const product: Recipe = {
  compute(f, inst, place) {
    const { t, a, b } = operandsOf(f, inst);
    if (isBig(t)) return bigProductOverflow(f, t, place, a, b);
    const flag = stackOffset(f.frame.allocate(FLAG_BYTES, FLAG_BYTES));
    callInto(f, place, t.signed ? '__muloti4' : '__umuloti4', () => {
      pushWords(a);
      pushWords(b);
      f.pushValue(flag);
    });
    f.pushBase(flag);
    f.mir.memory(MirTag.i32_load, baseOffset(flag), FLAG_BYTES);
    if (t.bits < 128) {
      // What fits 128 bits may still be wider than the type: then wrapping changes the high word.
      placeLimbs(f, place)(1);
      wrapPlace(f, t, place);
      placeLimbs(f, place)(1);
      f.mir.op(MirTag.i64_ne);
      f.mir.op(MirTag.i32_or);
    }
    return f.popTemp(Rep.i32);
  },
  pushTooSmall(f, inst) {
    const { t, a, b } = operandsOf(f, inst);
    if (!t.signed) {
      f.pushInt(Rep.i64, 0);
      return;
    }
    pushSign(f, t, a);
    pushSign(f, t, b);
    f.mir.op(MirTag.i64_xor);
  },
};

/** Writes a shifted by what `amount` pushes and returns whether shifting back does not give a again. */
function shiftedLeft(f: FunctionState, inst: InstIndex, place: WValue, amount: (rep: Rep) => void): LocalIndex {
  const value = f.operand(inst, 0);
  const ty = f.typeOf(value);
  const t = wideTypeOf(f, ty);
  const a = operandLimbs(f, value);
  const back = allocateSlot(f, ty);
  storeShiftedLeft(f, t, place, a, amount);
  storeShiftedRight(f, t, back, placeLimbs(f, place), amount);
  pushXorSum(f, t, placeLimbs(f, back), a);
  f.pushInt(Rep.i64, 0);
  f.mir.op(MirTag.i64_ne);
  return f.popTemp(Rep.i32);
}

/** Pushes all ones if operand 0 is negative, else 0. */
function pushSignOfShifted(f: FunctionState, inst: InstIndex): void {
  const value = f.operand(inst, 0);
  const t = wideTypeOf(f, f.typeOf(value));
  if (t.signed) pushSign(f, t, operandLimbs(f, value));
  else f.pushInt(Rep.i64, 0);
}

const shift: Recipe = {
  compute: (f, inst, place) =>
    shiftedLeft(f, inst, place, (rep) => {
      pushAmount(f, f.operand(inst, 1), rep);
    }),
  pushTooSmall: pushSignOfShifted,
};

/** The amount may be any: one that reaches the width shifts by 0 instead, and overflows unless the operand is 0. */
const overshift: Recipe = {
  compute(f, inst, place) {
    const { mir } = f;
    const value = f.operand(inst, 0);
    const amount = f.operand(inst, 1);
    const t = wideTypeOf(f, f.typeOf(value));
    if (!mayReach(f, amount, t.bits)) return shift.compute(f, inst, place);
    pushReaches(f, amount, t.bits);
    const reaches = f.popTemp(Rep.i32);
    f.pushInt(Rep.i32, 0);
    pushAmount(f, amount, Rep.i32);
    mir.localGet(reaches);
    mir.op(MirTag.select);
    const bounded = f.popTemp(Rep.i32);
    const overflows = shiftedLeft(f, inst, place, (rep) => {
      mir.localGet(bounded);
      convertContainer(f, Rep.i32, rep, false);
    });
    mir.localGet(overflows);
    mir.localGet(reaches);
    pushOrSum(f, t, operandLimbs(f, value));
    f.pushInt(Rep.i64, 0);
    mir.op(MirTag.i64_ne);
    mir.op(MirTag.i32_and);
    mir.op(MirTag.i32_or);
    mir.localSet(overflows);
    f.releaseTemp(bounded);
    f.releaseTemp(reaches);
    return overflows;
  },
  pushTooSmall: pushSignOfShifted,
};

function withOverflow(recipe: Recipe): Reporting {
  return (f, inst, { slot, resultOffset, flagTy, flagOffset }) => {
    const overflows = recipe.compute(f, inst, movedBy(slot, resultOffset)!);
    f.pushBase(slot);
    f.mir.localGet(overflows);
    storeTop(f, slot, flagOffset, flagTy);
    f.releaseTemp(overflows);
  };
}

/** The result is in a slot; an overflow panics. */
function orPanic(recipe: Recipe): Lowering {
  return (f, inst) => {
    const slot = allocateSlot(f, f.resultType(inst));
    const overflows = recipe.compute(f, inst, slot);
    f.mir.localGet(overflows);
    f.releaseTemp(overflows);
    panicIfTrue(f, 'integer_overflow');
    f.finish(inst, slot);
  };
}

export const lowerAddSafe = orPanic(sum(true));
export const lowerSubSafe = orPanic(sum(false));
export const lowerMulSafe = orPanic(product);
export const reportSum = withOverflow(sum(true));
export const reportDifference = withOverflow(sum(false));
export const reportProduct = withOverflow(product);
export const reportShift = withOverflow(shift);

/** Pushes limb `k` of the limit on the side that `tooSmall` (all ones or 0) names: MIN is all bits of MAX flipped, or 0. */
function pushLimitLimb(f: FunctionState, t: WideType, tooSmall: LocalIndex, k: number): void {
  pushMaxLimb(f, t, k);
  f.mir.localGet(tooSmall);
  if (t.signed) {
    f.mir.op(MirTag.i64_xor);
  } else {
    f.pushInt(Rep.i64, -1);
    f.mir.op(MirTag.i64_xor);
    f.mir.op(MirTag.i64_and);
  }
}

/** Writes that limit: all ones, or 0 on the side of the small ones; of signed integers with the other sign. */
function storeLoopedLimit(f: FunctionState, t: WideType, slot: WValue, tooSmall: LocalIndex): void {
  callLimbs(f, '__air_bigextend', slot, slot, 0, t.slots, () => {
    f.mir.localGet(tooSmall);
    f.pushInt(Rep.i64, -1);
    f.mir.op(MirTag.i64_xor);
  });
  const top = t.limbs - 1;
  if (t.signed) {
    storeLimb(f, slot, top, () => {
      placeLimbs(f, slot)(top);
      f.pushInt(Rep.i64, 1);
      f.pushInt(Rep.i64, t.bits - 1 - top * 64);
      f.mir.op(MirTag.i64_shl);
      f.mir.op(MirTag.i64_xor);
    });
  }
  wrapPlace(f, t, slot);
}

/** The wrapped result, or the limit that the exact one is beyond. */
function saturating(recipe: Recipe): Lowering {
  return (f, inst) => {
    const ty = f.resultType(inst);
    const t = wideTypeOf(f, ty);
    const slot = allocateSlot(f, ty);
    const overflows = recipe.compute(f, inst, slot);
    recipe.pushTooSmall(f, inst);
    const tooSmall = f.popTemp(Rep.i64);
    const wrapped = placeLimbs(f, slot);
    if (isLooped(t)) {
      f.mir.block();
      f.mir.localGet(overflows);
      f.mir.op(MirTag.i32_eqz);
      f.mir.brIf(0);
      storeLoopedLimit(f, t, slot, tooSmall);
      f.mir.end();
      f.releaseTemp(tooSmall);
      f.releaseTemp(overflows);
      f.finish(inst, slot);
      return;
    }
    const limb: Limbs = (k) => {
      pushLimitLimb(f, t, tooSmall, k);
      wrapped(k);
      f.mir.localGet(overflows);
      f.mir.op(MirTag.select);
    };
    storeLimbs(f, t, slot, limb, false);
    f.releaseTemp(tooSmall);
    f.releaseTemp(overflows);
    f.finish(inst, slot);
  };
}

export const lowerAddSat = saturating(sum(true));
export const lowerSubSat = saturating(sum(false));
export const lowerMulSat = saturating(product);
export const lowerShlSat = saturating(overshift);
