/**
 * int_from_float_safe from every format to every width: the operand is compared with the limits of the result, then converted.
 *
 * A number fits if its integer part does. Both limits are floats of the format: the first number above the range, which is a
 * power of two or infinity; and the first below it where that is exact, else the least number of the range.
 */
import type { InstIndex, Ref } from '../../air/body/ref.ts';
import { encodeFloat, precisionOf } from '../../intern/float-encoding.ts';
import type { FloatBits } from '../../intern/float-formats.ts';
import { FLOAT_FORMATS, infinityBits } from '../../intern/float-formats.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { MirTag } from '../../mir/ops.ts';
import { pushSingle } from '../scalar/half-floats.ts';
import { panicIfTrue } from '../scalar/panics.ts';
import { Rep } from '../state/abi.ts';
import type { FunctionState, Lowering } from '../state/function-state.ts';
import { opGe, opGt, opLt } from '../state/numeric-opcodes.ts';
import { pushWideComparison } from './float-calls.ts';

/** What a number must be. */
interface Limits {
  readonly low: bigint;
  /** `low` itself fits. */
  readonly hasLow: boolean;
  /** Does not fit. */
  readonly high: bigint;
}

/** Limits of integers of type `to`, as patterns of the format of `bits` bits. */
function limitsOf(f: FunctionState, bits: FloatBits, to: IpIndex): Limits {
  const format = FLOAT_FORMATS[bits];
  const signed = f.pool.intSigned(to);
  const exponent = f.pool.intBits(to) - (signed ? 1 : 0);
  const high = encodeFloat(format, { negative: false, significand: 1n, exponent });
  if (!signed)
    return { low: encodeFloat(format, { negative: true, significand: 1n, exponent: 0 }), hasLow: false, high };
  if (high === infinityBits(format, false)) return { low: infinityBits(format, true), hasLow: false, high };
  const hasLow = exponent >= precisionOf(format);
  const significand = (1n << BigInt(exponent)) + (hasLow ? 0n : 1n);
  return { low: encodeFloat(format, { negative: true, significand, exponent: 0 }), hasLow, high };
}

/** Pushes whether operand `ref`, a float of up to 64 bits, is inside of the limits. */
function pushInside(f: FunctionState, ref: Ref, to: IpIndex): void {
  const { mir } = f;
  const rep = f.repOf(ref) === Rep.f64 ? Rep.f64 : Rep.f32;
  if (f.repOf(ref) === Rep.f16) pushSingle(f, ref);
  else f.push(ref);
  const v = f.popTemp(rep);
  const { low, hasLow, high } = limitsOf(f, rep === Rep.f64 ? 64 : 32, to);
  const pushPattern = (pattern: bigint): void => {
    if (rep === Rep.f32) mir.f32Const(Number(pattern));
    else mir.f64Const(Number(BigInt.asIntN(32, pattern)), Number(BigInt.asIntN(32, pattern >> 32n)));
  };
  mir.localGet(v);
  pushPattern(low);
  mir.op(hasLow ? opGe(rep, false) : opGt(rep, false));
  mir.localGet(v);
  pushPattern(high);
  mir.op(opLt(rep, false));
  mir.op(MirTag.i32_and);
  f.releaseTemp(v);
}

/** As {@link pushInside}, of an f80 or f128. */
function pushWideInside(f: FunctionState, ref: Ref, to: IpIndex): void {
  const { low, hasLow, high } = limitsOf(f, f.pool.floatBits(f.typeOf(ref)), to);
  pushWideComparison(f, ref, low, hasLow ? 'ge' : 'gt');
  pushWideComparison(f, ref, high, 'lt');
  f.mir.op(MirTag.i32_and);
}

/** `convert` behind a check that the integer part of the value fits the type of the result; of a NaN nothing does. */
export function checkedIntFromFloat(convert: Lowering): Lowering {
  return (f, inst: InstIndex) => {
    const operand = f.operand(inst, 0);
    (f.repOf(operand) === Rep.address ? pushWideInside : pushInside)(f, operand, f.resultType(inst));
    f.mir.op(MirTag.i32_eqz);
    panicIfTrue(f, 'float_out_of_range');
    if (f.isUnused(inst)) f.finishVoid(inst);
    else convert(f, inst);
  };
}
