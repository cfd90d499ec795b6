/**
 * Conversions from and to integers of more than 64 bits.
 *
 * A conversion that changes no limb denotes the place of its operand; the low limb alone goes to a register. Conversions from and
 * to floats are calls of the runtime library.
 */
import type { InstIndex, Ref } from '../../air/body/ref.ts';
import type { IntrinsicName } from '../../mir/intrinsics.ts';
import { integerOf } from '../../intern/sums.ts';
import { intrinsicIndex } from '../../mir/intrinsics.ts';
import { MirTag } from '../../mir/ops.ts';
import { InternalError } from '../../support/assert.ts';
import { allocateSlot } from '../memory/memory-access.ts';
import { finishSingle, pushSingle } from '../scalar/half-floats.ts';
import { convertContainer, wrap } from '../scalar/integers.ts';
import { Rep, REP_NAMES } from '../state/abi.ts';
import type { FunctionState } from '../state/function-state.ts';
import { finishExtended } from './wide-bits.ts';
import type { Limbs } from './limbs.ts';
import { callLimbs, isLooped, isWide, isWideType, operandLimbs, pushSign, storeLimbs, wideTypeOf } from './limbs.ts';
import { isBig, pushBigToFloat, storeBigFromFloat } from './big-calls.ts';
import { callInto, pushWords } from './runtime-calls.ts';

/** The value fits: widening extends by the sign of the source, narrowing takes low limbs. */
export function lowerIntcast(f: FunctionState, inst: InstIndex): void {
  const operand = f.operand(inst, 0);
  const ty = f.resultType(inst);
  if (!isWide(f, operand)) {
    f.push(operand);
    finishExtended(f, inst, f.repOf(operand), f.pool.intSigned(f.typeOf(operand)));
    return;
  }
  const limbs = operandLimbs(f, operand);
  if (!isWideType(f, ty)) {
    limbs(0);
    convertContainer(f, Rep.i64, f.resultRep(inst), false);
    f.finishStack(inst, f.resultRep(inst));
    return;
  }
  const from = wideTypeOf(f, f.typeOf(operand));
  const to = wideTypeOf(f, ty);
  if (to.slots <= from.slots) {
    f.finishAlias(inst, f.resolve(operand));
    return;
  }
  const slot = allocateSlot(f, ty);
  if (isLooped(to)) {
    callLimbs(f, '__air_bigextend', slot, f.resolve(operand), from.slots, to.slots, () => {
      if (from.signed) pushSign(f, from, limbs);
      else f.pushInt(Rep.i64, 0);
    });
    f.finish(inst, slot);
    return;
  }
  const extended: Limbs = (k) => {
    if (k < from.limbs) limbs(k);
    else if (from.signed) pushSign(f, from, limbs);
    else f.pushInt(Rep.i64, 0);
  };
  storeLimbs(f, to, slot, extended, false);
  f.finish(inst, slot);
}

/** The low bits, by the sign of the result. */
export function lowerTrunc(f: FunctionState, inst: InstIndex): void {
  const operand = f.operand(inst, 0);
  const ty = f.resultType(inst);
  const bits = f.pool.intBits(ty);
  if (bits === f.pool.intBits(f.typeOf(operand))) {
    f.finishAlias(inst, f.resolve(operand));
    return;
  }
  const limbs = operandLimbs(f, operand);
  if (isWideType(f, ty)) {
    const slot = allocateSlot(f, ty);
    storeLimbs(f, wideTypeOf(f, ty), slot, limbs, true);
    f.finish(inst, slot);
    return;
  }
  const to = f.resultRep(inst);
  limbs(0);
  convertContainer(f, Rep.i64, to, false);
  wrap(f, to, bits, f.pool.intSigned(ty));
  f.finishStack(inst, to);
}

/** Integers of one width differ in how they are extended. */
export function lowerBitcast(f: FunctionState, inst: InstIndex): void {
  const operand = f.operand(inst, 0);
  const ty = f.resultType(inst);
  const t = wideTypeOf(f, ty);
  if (t.bits === t.slots * 64 || f.pool.intSigned(integerOf(f.pool, f.typeOf(operand))) === t.signed) {
    f.finishAlias(inst, f.resolve(operand));
    return;
  }
  const slot = allocateSlot(f, ty);
  storeLimbs(f, t, slot, operandLimbs(f, operand), true);
  f.finish(inst, slot);
}

/** Runtime functions by the float, signed ones first. An f16 goes through f32, which has every integer that f16 has. */
type Conversions = Readonly<Record<typeof Rep.f32 | typeof Rep.f64, readonly [IntrinsicName, IntrinsicName]>>;

const INT_FROM_FLOAT: Conversions = {
  [Rep.f32]: ['__fixsfti', '__fixunssfti'],
  [Rep.f64]: ['__fixdfti', '__fixunsdfti'],
};
const FLOAT_FROM_INT: Conversions = {
  [Rep.f32]: ['__floattisf', '__floatuntisf'],
  [Rep.f64]: ['__floattidf', '__floatuntidf'],
};

function conversion(rows: Conversions, rep: Rep, signed: boolean): IntrinsicName {
  const row = rep === Rep.f16 ? Rep.f32 : rep;
  if (row !== Rep.f32 && row !== Rep.f64) throw new InternalError(`a float as ${REP_NAMES[rep]} and a wide integer`);
  return rows[row][signed ? 0 : 1];
}

/** Pushes a float as an f64, which has every value of the narrower formats. */
function pushDouble(f: FunctionState, ref: Ref, rep: Rep): void {
  if (rep === Rep.f16) pushSingle(f, ref);
  else f.push(ref);
  if (rep !== Rep.f64) f.mir.op(MirTag.f64_promote_f32);
}

/** A legal value is in range after truncation, so it is canonical. */
export function lowerIntFromFloat(f: FunctionState, inst: InstIndex): void {
  const operand = f.operand(inst, 0);
  const rep = f.repOf(operand);
  const ty = f.resultType(inst);
  const slot = allocateSlot(f, ty);
  const t = wideTypeOf(f, ty);
  if (isBig(t)) {
    storeBigFromFloat(f, t, slot, () => {
      pushDouble(f, operand, rep);
    });
    f.finish(inst, slot);
    return;
  }
  callInto(f, slot, conversion(INT_FROM_FLOAT, rep, f.pool.intSigned(ty)), () => {
    if (rep === Rep.f16) pushSingle(f, operand);
    else f.push(operand);
  });
  f.finish(inst, slot);
}

/** One rounding, of the integer extended to 128 bits; to f16 a second one only beyond its range, which is infinity anyway. */
export function lowerFloatFromInt(f: FunctionState, inst: InstIndex): void {
  const operand = f.operand(inst, 0);
  const rep = f.resultRep(inst);
  const t = wideTypeOf(f, f.typeOf(operand));
  if (isBig(t)) {
    pushBigToFloat(f, t, operandLimbs(f, operand), rep === Rep.f64 ? rep : Rep.f32);
    if (rep === Rep.f16) finishSingle(f, inst);
    else f.finishStack(inst, rep);
    return;
  }
  pushWords(operandLimbs(f, operand));
  f.mir.callIntrinsic(intrinsicIndex(conversion(FLOAT_FROM_INT, rep, f.pool.intSigned(f.typeOf(operand)))));
  if (rep === Rep.f16) finishSingle(f, inst);
  else f.finishStack(inst, rep);
}
