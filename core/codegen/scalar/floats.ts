/**
 * What only floats have: sign changes, roundings, square root, remainders, extremes.
 *
 * fmod is a runtime function; everything else is inline. Rounding half away from zero and the extremes with a NaN that
 * loses have no wasm instruction (spec 6: nearest ties to even, min and max propagate a NaN).
 */
import { intrinsicIndex } from '../../mir/intrinsics.ts';
import { MirTag } from '../../mir/ops.ts';
import { Rep } from '../state/abi.ts';
import type { FunctionState, Lowering } from '../state/function-state.ts';
import type { OpRow } from './numeric-opcodes.ts';
import {
  ADD,
  FABS,
  FCEIL,
  FCOPYSIGN,
  FFLOOR,
  FMAX,
  FMIN,
  FNEG,
  FSQRT,
  FTRUNC,
  GE,
  LT,
  NE,
  SUB,
} from './numeric-opcodes.ts';

const FMODF = intrinsicIndex('fmodf');
const FMOD = intrinsicIndex('fmod');

/** Words of 0.5 and 1 as f64, bits as f32. */
const HALF = { f32: 0x3f00_0000, f64High: 0x3fe0_0000 } as const;
const ONE = { f32: 0x3f80_0000, f64High: 0x3ff0_0000 } as const;

function pushFloat(f: FunctionState, rep: Rep, value: { readonly f32: number; readonly f64High: number }): void {
  if (rep === Rep.f32) f.mir.f32Const(value.f32);
  else f.mir.f64Const(0, value.f64High);
}

function pushZero(f: FunctionState, rep: Rep): void {
  if (rep === Rep.f32) f.mir.f32Const(0);
  else f.mir.f64Const(0, 0);
}

function unary(row: OpRow): Lowering {
  return (f, inst) => {
    const operand = f.operand(inst, 0);
    const rep = f.repOf(operand);
    f.push(operand);
    f.mir.op(row[rep]!);
    f.finishStack(inst, rep);
  };
}

export const lowerNeg = unary(FNEG);
export const lowerSqrt = unary(FSQRT);
export const lowerFloor = unary(FFLOOR);
export const lowerCeil = unary(FCEIL);
export const lowerTruncFloat = unary(FTRUNC);

/**
 * t = trunc(x), plus 1 with the sign of x if what was cut off is a half or more. x - t is exact, and both zero and NaN
 * stay what they are because t keeps the sign of x and a comparison with NaN is false.
 */
export function lowerRound(f: FunctionState, inst: number): void {
  const operand = f.operand(inst, 0);
  const rep = f.repOf(operand);
  const { mir } = f;
  f.push(operand);
  mir.op(FTRUNC[rep]!);
  const t = f.popTemp(rep);
  mir.localGet(t);
  pushFloat(f, rep, ONE);
  f.push(operand);
  mir.op(FCOPYSIGN[rep]!);
  mir.op(ADD[rep]!);
  mir.localGet(t);
  f.push(operand);
  mir.localGet(t);
  mir.op(SUB[rep]!);
  mir.op(FABS[rep]!);
  pushFloat(f, rep, HALF);
  mir.op(GE[0][rep]!);
  mir.op(MirTag.select);
  f.releaseTemp(t);
  f.finishStack(inst, rep);
}

function pushFmod(f: FunctionState, inst: number, rep: Rep): void {
  f.push(f.operand(inst, 0));
  f.push(f.operand(inst, 1));
  f.mir.callIntrinsic(rep === Rep.f32 ? FMODF : FMOD);
}

/** fmod. */
export function lowerFloatRem(f: FunctionState, inst: number, rep: Rep): void {
  pushFmod(f, inst, rep);
  f.finishStack(inst, rep);
}

/** r = fmod(a, b), and r + b if r is not zero and the signs of r and b differ. A NaN stays one on either way. */
export function lowerFloatMod(f: FunctionState, inst: number, rep: Rep): void {
  const divisor = f.operand(inst, 1);
  const { mir } = f;
  pushFmod(f, inst, rep);
  const r = f.popTemp(rep);
  mir.localGet(r);
  f.push(divisor);
  mir.op(ADD[rep]!);
  mir.localGet(r);
  mir.localGet(r);
  pushZero(f, rep);
  mir.op(NE[rep]!);
  mir.localGet(r);
  pushZero(f, rep);
  mir.op(LT[0][rep]!);
  f.push(divisor);
  pushZero(f, rep);
  mir.op(LT[0][rep]!);
  mir.op(MirTag.i32_ne);
  mir.op(MirTag.i32_and);
  mir.op(MirTag.select);
  f.releaseTemp(r);
  f.finishStack(inst, rep);
}

/** b if a is NaN, a if b is NaN, else the extreme of wasm, which orders the zeros. */
export function lowerFloatExtreme(f: FunctionState, inst: number, rep: Rep, isMax: boolean): void {
  const a = f.operand(inst, 0);
  const b = f.operand(inst, 1);
  const { mir } = f;
  f.push(b);
  f.push(a);
  f.push(a);
  f.push(b);
  mir.op((isMax ? FMAX : FMIN)[rep]!);
  f.push(b);
  f.push(b);
  mir.op(NE[rep]!);
  mir.op(MirTag.select);
  f.push(a);
  f.push(a);
  mir.op(NE[rep]!);
  mir.op(MirTag.select);
  f.finishStack(inst, rep);
}
