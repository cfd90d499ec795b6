/**
 * f16: computed as f32 and rounded back, with the conversions of the runtime library.
 *
 * The result is that of one rounding. Sums, products, quotients and square roots of f16 rounded to the 24 bits of an f32 first
 * never land on a tie of f16 that the exact result is not on, because 24 >= 2 * 11 + 2; remainders, extremes and integer
 * parts are exact; every integer below 2^24 is an f32, and greater ones are infinite as f16. An f64 is rounded to f16
 * directly. A value is the 16 bits, zero-extended, in an i32.
 */
import type { InstIndex, Ref } from '../../air/body/ref.ts';
import { intrinsicIndex } from '../../mir/intrinsics.ts';
import { MirTag } from '../../mir/ops.ts';
import { Rep } from '../state/abi.ts';
import type { FunctionState, Lowering } from '../state/function-state.ts';
import type { OpRow, SignedOpRow } from '../state/numeric-opcodes.ts';
import { floatFromIntTag, intFromFloatTag, opFloatDiv } from '../state/numeric-opcodes.ts';
import type { EmitBinary } from './floats.ts';
import { emitRound } from './floats.ts';
import { wrap } from './integers.ts';

const EXTEND = intrinsicIndex('__extendhfsf2');
const TRUNCATE = intrinsicIndex('__truncsfhf2');
const TRUNCATE_DOUBLE = intrinsicIndex('__truncdfhf2');

const SIGN_BIT = 0x8000;

/** Pushes an f16 as an f32. */
export function pushSingle(f: FunctionState, ref: Ref): void {
  f.push(ref);
  f.mir.callIntrinsic(EXTEND);
}

/** The result is the f32 on the stack. */
export function finishSingle(f: FunctionState, inst: InstIndex): void {
  f.mir.callIntrinsic(TRUNCATE);
  f.finishStack(inst, Rep.f16);
}

/** An operation of one wasm instruction. */
export function halfBinary(row: OpRow): Lowering {
  return (f, inst) => {
    pushSingle(f, f.operand(inst, 0));
    pushSingle(f, f.operand(inst, 1));
    f.mir.op(row(Rep.f32));
    finishSingle(f, inst);
  };
}

/** As {@link halfBinary}, of one operand. */
export function halfUnary(row: OpRow): Lowering {
  return (f, inst) => {
    pushSingle(f, f.operand(inst, 0));
    f.mir.op(row(Rep.f32));
    finishSingle(f, inst);
  };
}

/** An operation that reads its operands more than once. */
export function halfOfBoth(emit: EmitBinary): Lowering {
  return (f, inst) => {
    pushSingle(f, f.operand(inst, 0));
    const a = f.popTemp(Rep.f32);
    pushSingle(f, f.operand(inst, 1));
    const b = f.popTemp(Rep.f32);
    emit(
      f,
      Rep.f32,
      () => {
        f.mir.localGet(a);
      },
      () => {
        f.mir.localGet(b);
      },
    );
    f.releaseTemp(b);
    f.releaseTemp(a);
    finishSingle(f, inst);
  };
}

/** The quotient as an f16, then its integer part. */
export function halfQuotient(rounding: OpRow): Lowering {
  return (f, inst) => {
    pushSingle(f, f.operand(inst, 0));
    pushSingle(f, f.operand(inst, 1));
    f.mir.op(opFloatDiv(Rep.f32));
    f.mir.callIntrinsic(TRUNCATE);
    f.mir.callIntrinsic(EXTEND);
    f.mir.op(rounding(Rep.f32));
    finishSingle(f, inst);
  };
}

/** round. */
export const lowerHalfRound: Lowering = (f, inst) => {
  pushSingle(f, f.operand(inst, 0));
  const x = f.popTemp(Rep.f32);
  emitRound(f, Rep.f32, () => {
    f.mir.localGet(x);
  });
  f.releaseTemp(x);
  finishSingle(f, inst);
};

/** abs and neg change the sign bit, of a NaN too. */
export const lowerHalfAbs = signChange(SIGN_BIT - 1, MirTag.i32_and);
export const lowerHalfNeg = signChange(SIGN_BIT, MirTag.i32_xor);

function signChange(mask: number, tag: MirTag): Lowering {
  return (f, inst) => {
    f.push(f.operand(inst, 0));
    f.mir.i32Const(mask);
    f.mir.op(tag);
    f.finishStack(inst, Rep.f16);
  };
}

/** cmp_*. */
export function halfComparison(row: SignedOpRow): Lowering {
  return (f, inst) => {
    pushSingle(f, f.operand(inst, 0));
    pushSingle(f, f.operand(inst, 1));
    f.mir.op(row(Rep.f32, false));
    f.finishStack(inst, Rep.i32);
  };
}

/** To f32 or f64. */
export function lowerHalfExtension(f: FunctionState, inst: InstIndex, to: typeof Rep.f32 | typeof Rep.f64): void {
  pushSingle(f, f.operand(inst, 0));
  if (to === Rep.f64) f.mir.op(MirTag.f64_promote_f32);
  f.finishStack(inst, to);
}

/** From f32 or f64, each rounded once. */
export function lowerHalfTruncation(f: FunctionState, inst: InstIndex, from: typeof Rep.f32 | typeof Rep.f64): void {
  f.push(f.operand(inst, 0));
  f.mir.callIntrinsic(from === Rep.f64 ? TRUNCATE_DOUBLE : TRUNCATE);
  f.finishStack(inst, Rep.f16);
}

/** int_from_float to a container of wasm. */
export function lowerIntFromHalf(f: FunctionState, inst: InstIndex): void {
  const to = f.resultRep(inst);
  pushSingle(f, f.operand(inst, 0));
  f.mir.op(intFromFloatTag(Rep.f32, to, f.pool.intSigned(f.resultType(inst))));
  f.finishStack(inst, to);
}

/** float_from_int from a container of wasm. */
export function lowerHalfFromInt(f: FunctionState, inst: InstIndex): void {
  const operand = f.operand(inst, 0);
  f.push(operand);
  f.mir.op(floatFromIntTag(f.repOf(operand), Rep.f32, f.pool.intSigned(f.typeOf(operand))));
  finishSingle(f, inst);
}

/** bitcast of an f16 to u16 or i16. */
export function lowerHalfBits(f: FunctionState, inst: InstIndex): void {
  const operand = f.operand(inst, 0);
  if (!f.pool.intSigned(f.resultType(inst))) {
    f.finishAlias(inst, f.resolve(operand));
    return;
  }
  f.push(operand);
  wrap(f, Rep.i32, 16, true);
  f.finishStack(inst, Rep.i32);
}

/** bitcast of u16 or i16 to f16. */
export function lowerHalfFromBits(f: FunctionState, inst: InstIndex): void {
  const operand = f.operand(inst, 0);
  if (!f.pool.intSigned(f.typeOf(operand))) {
    f.finishAlias(inst, f.resolve(operand));
    return;
  }
  f.push(operand);
  wrap(f, Rep.i32, 16, false);
  f.finishStack(inst, Rep.f16);
}
