/**
 * Arithmetic on integers of more than 64 bits: sums, products, quotients, remainders, extremes, absolute values, bitwise
 * operations, comparisons (codegen specification 5.2).
 *
 * Sums and what is bitwise are inline, but for integers of many limbs; products and quotients are calls of the runtime library. Invariant: operands are
 * canonical, so only a result that may overflow is wrapped.
 */
import type { InstIndex } from '../../air/body/ref.ts';
import type { IntrinsicName } from '../../mir/intrinsics.ts';
import { MirTag } from '../../mir/ops.ts';
import { allocateSlot } from '../memory/memory-access.ts';
import { Rep } from '../state/abi.ts';
import type { FunctionState, Lowering } from '../state/function-state.ts';
import type { SignedOpRow } from '../state/numeric-opcodes.ts';
import { opGt, opLt } from '../state/numeric-opcodes.ts';
import type { WValue } from '../state/wvalue.ts';
import { isBig, storeBigDivision, storeNegatedIf, withBigProduct } from './big-calls.ts';
import { pushOrder, pushOrSum, pushXorSum, storeByLoop, storeDifference, storeSum } from './carry-chains.ts';
import type { Limbs, WideType } from './limbs.ts';
import {
  callLimbs,
  isLooped,
  loopedPlace,
  operandLimbs,
  placeLimbs,
  pushMaskLimb,
  pushSign,
  storeLimbs,
  wideTypeOf,
  wrapPlace,
} from './limbs.ts';
import { callInto, pushWords } from './runtime-calls.ts';

/** What lowerings of two operands of one type work on. */
export interface Operands {
  readonly t: WideType;
  readonly a: Limbs;
  readonly b: Limbs;
}

/** The operands of `inst`, which have one type. */
export function operandsOf(f: FunctionState, inst: InstIndex): Operands {
  return {
    t: wideTypeOf(f, f.typeOf(f.operand(inst, 0))),
    a: operandLimbs(f, f.operand(inst, 0)),
    b: operandLimbs(f, f.operand(inst, 1)),
  };
}

/** Writes the result of an operation to a place. */
type Store = (f: FunctionState, place: WValue, ops: Operands) => void;

/** An instruction of two operands of one type with a result of that type. */
function binary(store: Store): Lowering {
  return (f, inst) => {
    const slot = allocateSlot(f, f.resultType(inst));
    store(f, slot, operandsOf(f, inst));
    f.finish(inst, slot);
  };
}

export const storeWrappedSum: Store = (f, place, { t, a, b }) => {
  storeSum(f, t, place, a, b, true);
};
export const storeWrappedDifference: Store = (f, place, { t, a, b }) => {
  storeDifference(f, t, place, a, b, true);
};
const storeExactSum: Store = (f, place, { t, a, b }) => {
  storeSum(f, t, place, a, b, false);
};
const storeExactDifference: Store = (f, place, { t, a, b }) => {
  storeDifference(f, t, place, a, b, false);
};

/** Low limbs of the product: for both signs the same. */
function storeProduct(f: FunctionState, place: WValue, { t, a, b }: Operands): void {
  if (isBig(t)) {
    withBigProduct(f, t, a, b, (product) => {
      storeLimbs(f, t, place, placeLimbs(f, product), false);
    });
    return;
  }
  callInto(f, place, '__multi3', () => {
    pushWords(a);
    pushWords(b);
  });
}

const storeWrappedProduct: Store = (f, place, ops) => {
  storeProduct(f, place, ops);
  wrapPlace(f, ops.t, place);
};

export const lowerAdd = binary(storeExactSum);
export const lowerSub = binary(storeExactDifference);
export const lowerMul = binary(storeProduct);
export const lowerAddWrap = binary(storeWrappedSum);
export const lowerSubWrap = binary(storeWrappedDifference);
export const lowerMulWrap = binary(storeWrappedProduct);

/** Quotient toward zero or remainder with the sign of the dividend: canonical as the operands are. */
function divided(part: 'quotient' | 'remainder', signed: IntrinsicName, unsigned: IntrinsicName): Store {
  return (f, place, { t, a, b }) => {
    if (isBig(t)) {
      storeBigDivision(f, t, place, a, b, part);
      return;
    }
    callInto(f, place, t.signed ? signed : unsigned, () => {
      pushWords(a);
      pushWords(b);
    });
  };
}

const storeQuotient = divided('quotient', '__divti3', '__udivti3');
const storeRemainder = divided('remainder', '__modti3', '__umodti3');

export const lowerDivTrunc = binary(storeQuotient);
export const lowerRem = binary(storeRemainder);

/** Pushes whether remainder `r` is not zero and its divisor `b` has another sign. */
function pushNeedsCorrection(f: FunctionState, t: WideType, r: Limbs, a: Limbs, b: Limbs): void {
  const top = t.limbs - 1;
  pushOrSum(f, t, r);
  f.pushInt(Rep.i64, 0);
  f.mir.op(MirTag.i64_ne);
  a(top);
  b(top);
  f.mir.op(MirTag.i64_xor);
  f.pushInt(Rep.i64, 0);
  f.mir.op(MirTag.i64_lt_s);
  f.mir.op(MirTag.i32_and);
}

/** Signed: the quotient toward zero, less one if there is a remainder and the signs of the operands differ. */
export const lowerDivFloor: Lowering = (f, inst) => {
  const ops = operandsOf(f, inst);
  const { t, a, b } = ops;
  if (!t.signed) {
    lowerDivTrunc(f, inst);
    return;
  }
  const ty = f.resultType(inst);
  const remainder = allocateSlot(f, ty);
  const slot = allocateSlot(f, ty);
  storeRemainder(f, remainder, ops);
  storeQuotient(f, slot, ops);
  pushNeedsCorrection(f, t, placeLimbs(f, remainder), a, b);
  f.mir.op(MirTag.i64_extend_i32_u);
  const less = f.popTemp(Rep.i64);
  if (isLooped(t)) {
    callLimbs(f, '__air_bigless', slot, slot, t.slots, () => {
      f.mir.localGet(less);
    });
    f.releaseTemp(less);
    f.finish(inst, slot);
    return;
  }
  const one: Limbs = (k) => {
    if (k === 0) f.mir.localGet(less);
    else f.pushInt(Rep.i64, 0);
  };
  storeDifference(f, t, slot, placeLimbs(f, slot), one, false);
  f.releaseTemp(less);
  f.finish(inst, slot);
};

/** Signed: the remainder, plus the divisor if it is not zero and has another sign. */
export const lowerMod: Lowering = (f, inst) => {
  const ops = operandsOf(f, inst);
  const { t, b } = ops;
  if (!t.signed) {
    lowerRem(f, inst);
    return;
  }
  const slot = allocateSlot(f, f.resultType(inst));
  storeRemainder(f, slot, ops);
  const r = placeLimbs(f, slot);
  pushNeedsCorrection(f, t, r, r, b);
  if (isLooped(t)) {
    f.mir.op(MirTag.i32_eqz);
    const isRight = f.popTemp(Rep.i32);
    f.mir.block();
    f.mir.localGet(isRight);
    f.mir.brIf(0);
    storeSum(f, t, slot, r, b, false);
    f.mir.end();
    f.releaseTemp(isRight);
    f.finish(inst, slot);
    return;
  }
  const corrects = f.popTemp(Rep.i32);
  const added: Limbs = (k) => {
    b(k);
    f.pushInt(Rep.i64, 0);
    f.mir.localGet(corrects);
    f.mir.op(MirTag.select);
  };
  storeSum(f, t, slot, r, added, false);
  f.releaseTemp(corrects);
  f.finish(inst, slot);
};

/** The address of one of the operands. */
function extreme(row: SignedOpRow): Lowering {
  return (f, inst) => {
    const { t, a, b } = operandsOf(f, inst);
    f.push(f.operand(inst, 0));
    f.push(f.operand(inst, 1));
    pushOrder(f, t, a, b, row);
    f.mir.op(MirTag.select);
    f.finishStack(inst, Rep.address);
  };
}

export const lowerMin = extreme(opLt);
export const lowerMax = extreme(opGt);

/** iN: with m all sign bits, (v ^ m) - m. The pattern of |MIN| is canonical as uN. */
export const lowerAbs: Lowering = (f, inst) => {
  const operand = f.operand(inst, 0);
  const t = wideTypeOf(f, f.typeOf(operand));
  if (!t.signed) {
    f.finishAlias(inst, f.resolve(operand));
    return;
  }
  const limbs = operandLimbs(f, operand);
  const slot = allocateSlot(f, f.resultType(inst));
  if (isLooped(t)) {
    storeNegatedIf(f, t, slot, limbs, () => {
      pushSign(f, t, limbs);
    });
    f.finish(inst, slot);
    return;
  }
  pushSign(f, t, limbs);
  const m = f.popTemp(Rep.i64);
  const sign: Limbs = () => {
    f.mir.localGet(m);
  };
  const flipped: Limbs = (k) => {
    limbs(k);
    f.mir.localGet(m);
    f.mir.op(MirTag.i64_xor);
  };
  storeDifference(f, { ...t, signed: false }, slot, flipped, sign, false);
  f.releaseTemp(m);
  f.finish(inst, slot);
};

/** Limb by limb; canonical operands give a canonical result. */
function bitwise(tag: MirTag, loop: IntrinsicName): Lowering {
  return binary((f, place, { t, a, b }) => {
    if (storeByLoop(f, loop, t, place, a, b)) return;
    const limb: Limbs = (k) => {
      a(k);
      b(k);
      f.mir.op(tag);
    };
    storeLimbs(f, t, place, limb, false);
  });
}

export const lowerBitAnd = bitwise(MirTag.i64_and, '__air_bigand');
export const lowerBitOr = bitwise(MirTag.i64_or, '__air_bigor');
export const lowerXor = bitwise(MirTag.i64_xor, '__air_bigxor');

/** Signed: all bits. Unsigned: the N low bits. */
export const lowerNot: Lowering = (f, inst) => {
  const operand = f.operand(inst, 0);
  const t = wideTypeOf(f, f.typeOf(operand));
  const limbs = operandLimbs(f, operand);
  const slot = allocateSlot(f, f.resultType(inst));
  const place = loopedPlace(t, limbs);
  if (place !== null) {
    callLimbs(f, '__air_bigflip', slot, place, t.slots, () => {
      f.pushInt(Rep.i64, -1);
    });
    wrapPlace(f, t, slot);
    f.finish(inst, slot);
    return;
  }
  const flipped: Limbs = (k) => {
    limbs(k);
    if (t.signed) f.pushInt(Rep.i64, -1);
    else pushMaskLimb(f, t.bits, k);
    f.mir.op(MirTag.i64_xor);
  };
  storeLimbs(f, t, slot, flipped, false);
  f.finish(inst, slot);
};

/** cmp_lt, cmp_lte, cmp_gt, cmp_gte. */
export function ordered(row: SignedOpRow): Lowering {
  return (f, inst) => {
    const { t, a, b } = operandsOf(f, inst);
    pushOrder(f, t, a, b, row);
    f.finishStack(inst, Rep.i32);
  };
}

/** cmp_eq, cmp_neq. */
export function equality(isEqual: boolean): Lowering {
  return (f, inst) => {
    const { t, a, b } = operandsOf(f, inst);
    pushXorSum(f, t, a, b);
    if (isEqual) {
      f.mir.op(MirTag.i64_eqz);
    } else {
      f.pushInt(Rep.i64, 0);
      f.mir.op(MirTag.i64_ne);
    }
    f.finishStack(inst, Rep.i32);
  };
}
