/**
 * Shifts, bit counts and permutations of integers of more than 64 bits (codegen specification 5.2).
 *
 * Shifts are calls of the runtime library with the amount as an i32. Counts see the N-bit pattern, so the sign extension of a
 * signed operand is cut off before; the result may itself be an integer of more than 64 bits, of a narrow operand too.
 */
import type { InstIndex } from '../../air/body/ref.ts';
import type { IntrinsicName } from '../../mir/intrinsics.ts';
import { intrinsicIndex } from '../../mir/intrinsics.ts';
import { MirTag } from '../../mir/ops.ts';
import { allocateSlot } from '../memory/memory-access.ts';
import { pushAmount } from '../scalar/amounts.ts';
import type { CountedBits } from '../scalar/bits-and-shifts.ts';
import { pushClz, pushCtz, pushPopcount } from '../scalar/bits-and-shifts.ts';
import { convertContainer, pushMask } from '../scalar/integers.ts';
import { Rep } from '../state/abi.ts';
import type { FunctionState, Lowering } from '../state/function-state.ts';
import type { WValue } from '../state/wvalue.ts';
import { isBig, storeBigShift, withScratch } from './big-calls.ts';
import type { Limbs, WideType } from './limbs.ts';
import {
  callLimbs,
  isLooped,
  isWide,
  isWideType,
  loopedPlace,
  operandLimbs,
  placeLimbs,
  pushSign,
  storeLimb,
  storeLimbs,
  wideTypeOf,
  wrapPlace,
} from './limbs.ts';
import { callInto, pushWords } from './runtime-calls.ts';

/** Writes `a` shifted left by what `amount` pushes in a container, which is below the width; the result is wrapped. */
export function storeShiftedLeft(
  f: FunctionState,
  t: WideType,
  place: WValue,
  a: Limbs,
  amount: (rep: Rep) => void,
  wraps = true,
): void {
  if (isBig(t)) {
    storeBigShift(f, t, place, a, amount, true);
  } else {
    callInto(f, place, '__ashlti3', () => {
      pushWords(a);
      amount(Rep.i32);
    });
  }
  if (wraps) wrapPlace(f, t, place);
}

/** Writes `a` shifted right by its own sign; canonical as `a` is. */
export function storeShiftedRight(
  f: FunctionState,
  t: WideType,
  place: WValue,
  a: Limbs,
  amount: (rep: Rep) => void,
): void {
  if (isBig(t)) {
    storeBigShift(f, t, place, a, amount, false);
    return;
  }
  callInto(f, place, t.signed ? '__ashrti3' : '__lshrti3', () => {
    pushWords(a);
    amount(Rep.i32);
  });
}

function shift(store: typeof storeShiftedLeft): Lowering {
  return (f, inst) => {
    const value = f.operand(inst, 0);
    const slot = allocateSlot(f, f.resultType(inst));
    store(f, wideTypeOf(f, f.typeOf(value)), slot, operandLimbs(f, value), (rep) => {
      pushAmount(f, f.operand(inst, 1), rep);
    });
    f.finish(inst, slot);
  };
}

export const lowerShl = shift(storeShiftedLeft);
export const lowerShlExact = shift((f, t, place, a, amount) => {
  storeShiftedLeft(f, t, place, a, amount, false);
});
export const lowerShr = shift(storeShiftedRight);

/** Pushes limb `k` of the N-bit pattern of `limbs`. */
function pushPatternLimb(f: FunctionState, t: WideType, limbs: Limbs, k: number): void {
  limbs(k);
  const bits = t.bits - k * 64;
  if (!t.signed || bits >= 64) return;
  pushMask(f, Rep.i64, bits);
  f.mir.op(MirTag.i64_and);
}

/** Runs `use` with the place of the N-bit pattern of `limbs`, zero-extended. */
function withPattern(f: FunctionState, t: WideType, limbs: Limbs, use: (place: WValue) => void): void {
  const place = loopedPlace(t, limbs);
  if (!t.signed && place !== null) {
    use(place);
    return;
  }
  withScratch(f, [t.slots], (copy) => {
    storeLimbs(f, { ...t, signed: false }, copy, limbs, true);
    use(copy);
  });
}

/** Leading zeros of the limbs as one number, less those above the type: the topmost limb that is not 0 decides. */
function pushWideClz(f: FunctionState, t: WideType, limbs: Limbs): void {
  const { mir } = f;
  if (isLooped(t)) {
    withPattern(f, t, limbs, (place) => {
      callLimbs(f, '__air_bigclz', place, t.slots);
    });
    addCount(f, t.bits - t.slots * 64);
    return;
  }
  const clzOf = (k: number): void => {
    pushPatternLimb(f, t, limbs, k);
    mir.op(MirTag.i64_clz);
    addCount(f, (t.limbs - 1 - k) * 64 - (t.limbs * 64 - t.bits));
  };
  clzOf(0);
  for (let k = 1; k < t.limbs; k++) {
    const below = f.popTemp(Rep.i64);
    clzOf(k);
    mir.localGet(below);
    pushPatternLimb(f, t, limbs, k);
    f.pushInt(Rep.i64, 0);
    mir.op(MirTag.i64_ne);
    mir.op(MirTag.select);
    f.releaseTemp(below);
  }
}

/** Trailing zeros: the lowest limb that is not 0 decides, and a bit right above the type stops the count of 0 at N. */
function pushWideCtz(f: FunctionState, t: WideType, limbs: Limbs): void {
  const { mir } = f;
  const place = loopedPlace(t, limbs);
  if (place !== null) {
    callLimbs(f, '__air_bigctz', place, t.slots);
    const count = f.popTemp(Rep.i64);
    mir.localGet(count);
    f.pushInt(Rep.i64, t.bits);
    mir.localGet(count);
    f.pushInt(Rep.i64, t.bits);
    mir.op(MirTag.i64_lt_u);
    mir.op(MirTag.select);
    f.releaseTemp(count);
    return;
  }
  const top = t.limbs - 1;
  const topBits = t.bits - top * 64;
  limbs(top);
  if (topBits < 64) {
    mir.i64Const(topBits < 32 ? 1 << topBits : 0, topBits < 32 ? 0 : 1 << (topBits - 32));
    mir.op(MirTag.i64_or);
  }
  mir.op(MirTag.i64_ctz);
  addCount(f, top * 64);
  for (let k = top - 1; k >= 0; k--) {
    const above = f.popTemp(Rep.i64);
    limbs(k);
    mir.op(MirTag.i64_ctz);
    addCount(f, k * 64);
    mir.localGet(above);
    limbs(k);
    f.pushInt(Rep.i64, 0);
    mir.op(MirTag.i64_ne);
    mir.op(MirTag.select);
    f.releaseTemp(above);
  }
}

function pushWidePopcount(f: FunctionState, t: WideType, limbs: Limbs): void {
  if (isLooped(t)) {
    withPattern(f, t, limbs, (place) => {
      callLimbs(f, '__air_bigpopcount', place, t.slots);
    });
    return;
  }
  for (let k = 0; k < t.limbs; k++) {
    pushPatternLimb(f, t, limbs, k);
    f.mir.op(MirTag.i64_popcnt);
    if (k > 0) f.mir.op(MirTag.i64_add);
  }
}

function addCount(f: FunctionState, count: number): void {
  if (count === 0) return;
  f.pushInt(Rep.i64, count);
  f.mir.op(MirTag.i64_add);
}

/** clz, ctz, popcount where the operand or the result is wide. */
function counted(pushWide: (f: FunctionState, t: WideType, limbs: Limbs) => void, pushNarrow: CountedBits): Lowering {
  return (f, inst) => {
    const operand = f.operand(inst, 0);
    let rep: Rep = Rep.i64;
    if (isWide(f, operand)) pushWide(f, wideTypeOf(f, f.typeOf(operand)), operandLimbs(f, operand));
    else rep = pushNarrow(f, inst);
    finishExtended(f, inst, rep, false);
  };
}

/** Finishes with the integer of container `rep` on the stack, extended by `signed` to a result of any width. */
export function finishExtended(f: FunctionState, inst: InstIndex, rep: Rep, signed: boolean): void {
  const ty = f.resultType(inst);
  if (!isWideType(f, ty)) {
    convertContainer(f, rep, f.resultRep(inst), signed);
    f.finishStack(inst, f.resultRep(inst));
    return;
  }
  convertContainer(f, rep, Rep.i64, signed);
  const low = f.popTemp(Rep.i64);
  const slot = allocateSlot(f, ty);
  const t = wideTypeOf(f, ty);
  if (isLooped(t)) {
    storeLimb(f, slot, 0, () => {
      f.mir.localGet(low);
    });
    f.releaseTemp(low);
    callLimbs(f, '__air_bigextend', slot, slot, 1, t.slots, () => {
      if (signed) pushSign(f, { ...t, limbs: 1 }, placeLimbs(f, slot));
      else f.pushInt(Rep.i64, 0);
    });
    f.finish(inst, slot);
    return;
  }
  const limb: Limbs = (k) => {
    if (k === 0) {
      f.mir.localGet(low);
    } else if (signed) {
      f.mir.localGet(low);
      f.pushInt(Rep.i64, 63);
      f.mir.op(MirTag.i64_shr_s);
    } else {
      f.pushInt(Rep.i64, 0);
    }
  };
  storeLimbs(f, t, slot, limb, false);
  f.releaseTemp(low);
  f.finish(inst, slot);
}

export const lowerClz = counted(pushWideClz, pushClz);
export const lowerCtz = counted(pushWideCtz, pushCtz);
export const lowerPopcount = counted(pushWidePopcount, pushPopcount);

/** The limbs reversed have the N bits at their top: shift them down by the sign of the type. */
function reversal(name: IntrinsicName, loop: IntrinsicName): Lowering {
  const row = intrinsicIndex(name);
  return (f, inst) => {
    const operand = f.operand(inst, 0);
    const ty = f.resultType(inst);
    const t = wideTypeOf(f, ty);
    const { mir } = f;
    const limbs = operandLimbs(f, operand);
    const slot = allocateSlot(f, ty);
    const source = loopedPlace(t, limbs);
    if (source !== null) {
      withScratch(f, [t.limbs], (reversed) => {
        callLimbs(f, loop, reversed, source, t.limbs);
        callLimbs(f, '__air_bigshr', slot, reversed, t.limbs, t.limbs * 64 - t.bits, () => {
          f.pushInt(Rep.i64, 0);
        });
      });
      wrapPlace(f, t, slot);
      f.finish(inst, slot);
      return;
    }
    for (let k = 0; k < t.limbs; k++) {
      storeLimb(f, slot, k, () => {
        limbs(t.limbs - 1 - k);
        mir.callIntrinsic(row);
      });
    }
    const surplus = t.limbs * 64 - t.bits;
    const reversed = placeLimbs(f, slot);
    const shifted: Limbs = (k) => {
      const isTop = k === t.limbs - 1;
      reversed(k);
      if (surplus === 0) return;
      f.pushInt(Rep.i64, surplus);
      mir.op(isTop && t.signed ? MirTag.i64_shr_s : MirTag.i64_shr_u);
      if (isTop) return;
      reversed(k + 1);
      f.pushInt(Rep.i64, 64 - surplus);
      mir.op(MirTag.i64_shl);
      mir.op(MirTag.i64_or);
    };
    if (surplus > 0 || t.slots > t.limbs) storeLimbs(f, t, slot, shifted, false);
    f.finish(inst, slot);
  };
}

export const lowerByteSwap = reversal('__bswapdi2', '__air_bigbswap');
export const lowerBitReverse = reversal('__bitreversedi2', '__air_bigbitreverse');
