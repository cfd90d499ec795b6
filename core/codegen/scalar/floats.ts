/**
 * What only floats have: sign changes, roundings, square root, remainders, extremes.
 *
 * fmod is a runtime function; everything else is inline. Rounding half away from zero and the extremes with a NaN that
 * loses have no wasm instruction (spec 6: nearest ties to even, min and max propagate a NaN).
 */
import type { InstIndex } from '../../air/body/ref.ts';
import { intrinsicIndex } from '../../mir/intrinsics.ts';
import { MirTag } from '../../mir/ops.ts';
import { InternalError } from '../../support/assert.ts';
import { Rep, REP_NAMES } from '../state/abi.ts';
import type { FunctionState, Lowering } from '../state/function-state.ts';
import type { OpRow } from '../state/numeric-opcodes.ts';
import {
  opAdd,
  opFloatAbs,
  opFloatCeil,
  opFloatCopysign,
  opFloatFloor,
  opFloatMax,
  opFloatMin,
  opFloatNeg,
  opFloatSqrt,
  opFloatTrunc,
  opGe,
  opLt,
  opNe,
  opSub,
} from '../state/numeric-opcodes.ts';

const FMOD = { [Rep.f32]: intrinsicIndex('fmodf'), [Rep.f64]: intrinsicIndex('fmod') } as const;

/** Pushes an operand; may be called any number of times. */
export type Push = () => void;

/** Leaves the result of an operation of two floats of `rep` on the stack. */
export type EmitBinary = (f: FunctionState, rep: Rep, pushA: Push, pushB: Push) => void;

/** Bits of an f32 and high word of an f64; its low word is 0. */
interface FloatConstant {
  readonly f32: number;
  readonly f64High: number;
}

const ZERO: FloatConstant = { f32: 0, f64High: 0 };
const HALF: FloatConstant = { f32: 0x3f00_0000, f64High: 0x3fe0_0000 };
const ONE: FloatConstant = { f32: 0x3f80_0000, f64High: 0x3ff0_0000 };

/** What a float is represented as, if it is a value. */
function floatRep(rep: Rep): typeof Rep.f32 | typeof Rep.f64 {
  switch (rep) {
    case Rep.f32:
    case Rep.f64:
      return rep;
    case Rep.i32:
    case Rep.i64:
    case Rep.none:
    case Rep.f16:
    case Rep.address:
    case Rep.v128:
      throw new InternalError(`a float operation on ${REP_NAMES[rep]}`);
  }
}

function pushFloat(f: FunctionState, rep: Rep, value: FloatConstant): void {
  switch (floatRep(rep)) {
    case Rep.f32:
      f.mir.f32Const(value.f32);
      return;
    case Rep.f64:
      f.mir.f64Const(0, value.f64High);
      return;
  }
}

function unary(row: OpRow): Lowering {
  return (f, inst) => {
    const operand = f.operand(inst, 0);
    const rep = f.repOf(operand);
    f.push(operand);
    f.mir.op(row(rep));
    f.finishStack(inst, rep);
  };
}

export const lowerNeg = unary(opFloatNeg);
export const lowerSqrt = unary(opFloatSqrt);
export const lowerFloor = unary(opFloatFloor);
export const lowerCeil = unary(opFloatCeil);
export const lowerTruncFloat = unary(opFloatTrunc);

/**
 * t = trunc(x), plus 1 with the sign of x if what was cut off is a half or more. x - t is exact, and both zero and NaN
 * stay what they are because t keeps the sign of x and a comparison with NaN is false.
 */
export function emitRound(f: FunctionState, rep: Rep, pushX: Push): void {
  const { mir } = f;
  pushX();
  mir.op(opFloatTrunc(rep));
  const t = f.popTemp(rep);
  mir.localGet(t);
  pushFloat(f, rep, ONE);
  pushX();
  mir.op(opFloatCopysign(rep));
  mir.op(opAdd(rep));
  mir.localGet(t);
  pushX();
  mir.localGet(t);
  mir.op(opSub(rep));
  mir.op(opFloatAbs(rep));
  pushFloat(f, rep, HALF);
  mir.op(opGe(rep, false));
  mir.op(MirTag.select);
  f.releaseTemp(t);
}

export function lowerRound(f: FunctionState, inst: InstIndex): void {
  const operand = f.operand(inst, 0);
  const rep = f.repOf(operand);
  emitRound(f, rep, () => {
    f.push(operand);
  });
  f.finishStack(inst, rep);
}

/** fmod. */
export function emitRem(f: FunctionState, rep: Rep, pushA: Push, pushB: Push): void {
  pushA();
  pushB();
  f.mir.callIntrinsic(FMOD[floatRep(rep)]);
}

/** r = fmod(a, b), and r + b if r is not zero and the signs of r and b differ. A NaN stays one on either way. */
export function emitMod(f: FunctionState, rep: Rep, pushA: Push, pushB: Push): void {
  const { mir } = f;
  emitRem(f, rep, pushA, pushB);
  const r = f.popTemp(rep);
  mir.localGet(r);
  pushB();
  mir.op(opAdd(rep));
  mir.localGet(r);
  mir.localGet(r);
  pushFloat(f, rep, ZERO);
  mir.op(opNe(rep));
  mir.localGet(r);
  pushFloat(f, rep, ZERO);
  mir.op(opLt(rep, false));
  pushB();
  pushFloat(f, rep, ZERO);
  mir.op(opLt(rep, false));
  mir.op(MirTag.i32_ne);
  mir.op(MirTag.i32_and);
  mir.op(MirTag.select);
  f.releaseTemp(r);
}

/** b if a is NaN, a if b is NaN, else the extreme of wasm, which orders the zeros. */
function emitExtreme(f: FunctionState, rep: Rep, isMax: boolean, pushA: Push, pushB: Push): void {
  const { mir } = f;
  pushB();
  pushA();
  pushA();
  pushB();
  mir.op((isMax ? opFloatMax : opFloatMin)(rep));
  pushB();
  pushB();
  mir.op(opNe(rep));
  mir.op(MirTag.select);
  pushA();
  pushA();
  mir.op(opNe(rep));
  mir.op(MirTag.select);
}

export function emitMin(f: FunctionState, rep: Rep, pushA: Push, pushB: Push): void {
  emitExtreme(f, rep, false, pushA, pushB);
}

export function emitMax(f: FunctionState, rep: Rep, pushA: Push, pushB: Push): void {
  emitExtreme(f, rep, true, pushA, pushB);
}

/** An operation of both operands, where they are. */
export function lowerOfBoth(f: FunctionState, inst: InstIndex, rep: Rep, emit: EmitBinary): void {
  const a = f.operand(inst, 0);
  const b = f.operand(inst, 1);
  emit(
    f,
    rep,
    () => {
      f.push(a);
    },
    () => {
      f.push(b);
    },
  );
  f.finishStack(inst, rep);
}
