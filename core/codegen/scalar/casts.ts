/**
 * Conversions between integers, floats, bools and pointers.
 *
 * A conversion that changes no bit of the representation costs nothing: the result denotes the place of the operand.
 */
import { MirTag } from '../../mir/ops.ts';
import { containerBits, Rep } from '../state/abi.ts';
import type { FunctionState } from '../state/function-state.ts';
import { convertContainer, wrap } from './integers.ts';

/** The value fits, so only the container matters; widening extends by the sign of the source. */
export function lowerIntcast(f: FunctionState, inst: number): void {
  const operand = f.operand(inst, 0);
  const from = f.repOf(operand);
  const to = f.resultRep(inst);
  if (from === to) {
    f.finishAlias(inst, f.resolve(operand));
    return;
  }
  f.push(operand);
  convertContainer(f, from, to, f.pool.intSigned(f.typeOf(operand)));
  f.finishStack(inst, to);
}

export function lowerTrunc(f: FunctionState, inst: number): void {
  const operand = f.operand(inst, 0);
  const from = f.repOf(operand);
  const ty = f.resultType(inst);
  const to = f.resultRep(inst);
  const bits = f.pool.intBits(ty);
  if (bits === f.pool.intBits(f.typeOf(operand))) {
    f.finishAlias(inst, f.resolve(operand));
    return;
  }
  f.push(operand);
  convertContainer(f, from, to, false);
  wrap(f, to, bits, f.pool.intSigned(ty));
  f.finishStack(inst, to);
}

/** Integers of one width differ in how they are extended; floats and integers in the kind of register. */
export function lowerBitcast(f: FunctionState, inst: number): void {
  const { pool } = f;
  const operand = f.operand(inst, 0);
  const fromTy = f.typeOf(operand);
  const toTy = f.resultType(inst);
  const from = f.repOf(operand);
  const to = f.resultRep(inst);
  if (from !== to) {
    f.push(operand);
    f.mir.op(reinterpretTag(from, to));
    f.finishStack(inst, to);
    return;
  }
  if (pool.isInt(fromTy) && pool.isInt(toTy) && pool.intSigned(fromTy) !== pool.intSigned(toTy)) {
    const bits = pool.intBits(toTy);
    if (bits < containerBits(to)) {
      f.push(operand);
      wrap(f, to, bits, pool.intSigned(toTy));
      f.finishStack(inst, to);
      return;
    }
  }
  f.finishAlias(inst, f.resolve(operand));
}

function reinterpretTag(from: Rep, to: Rep): MirTag {
  switch (to) {
    case Rep.f32:
      return MirTag.f32_reinterpret_i32;
    case Rep.f64:
      return MirTag.f64_reinterpret_i64;
    default:
      return from === Rep.f32 ? MirTag.i32_reinterpret_f32 : MirTag.i64_reinterpret_f64;
  }
}

export function lowerFptrunc(f: FunctionState, inst: number): void {
  f.push(f.operand(inst, 0));
  f.mir.op(MirTag.f32_demote_f64);
  f.finishStack(inst, Rep.f32);
}

export function lowerFpext(f: FunctionState, inst: number): void {
  f.push(f.operand(inst, 0));
  f.mir.op(MirTag.f64_promote_f32);
  f.finishStack(inst, Rep.f64);
}

/** By [float is f64][integer container is i64][signed]. */
const INT_FROM_FLOAT = [
  [
    [MirTag.i32_trunc_f32_u, MirTag.i32_trunc_f32_s],
    [MirTag.i64_trunc_f32_u, MirTag.i64_trunc_f32_s],
  ],
  [
    [MirTag.i32_trunc_f64_u, MirTag.i32_trunc_f64_s],
    [MirTag.i64_trunc_f64_u, MirTag.i64_trunc_f64_s],
  ],
] as const;

/** By [float is f64][integer container is i64][signed]. */
const FLOAT_FROM_INT = [
  [
    [MirTag.f32_convert_i32_u, MirTag.f32_convert_i32_s],
    [MirTag.f32_convert_i64_u, MirTag.f32_convert_i64_s],
  ],
  [
    [MirTag.f64_convert_i32_u, MirTag.f64_convert_i32_s],
    [MirTag.f64_convert_i64_u, MirTag.f64_convert_i64_s],
  ],
] as const;

/** A legal value is in range after truncation, so it is canonical and wasm does not trap. */
export function lowerIntFromFloat(f: FunctionState, inst: number): void {
  const operand = f.operand(inst, 0);
  const to = f.resultRep(inst);
  const signed = f.pool.intSigned(f.resultType(inst));
  f.push(operand);
  f.mir.op(INT_FROM_FLOAT[f.repOf(operand) === Rep.f64 ? 1 : 0][to === Rep.i64 ? 1 : 0][signed ? 1 : 0]);
  f.finishStack(inst, to);
}

/** One conversion from the container, so one rounding. */
export function lowerFloatFromInt(f: FunctionState, inst: number): void {
  const operand = f.operand(inst, 0);
  const to = f.resultRep(inst);
  const signed = f.pool.intSigned(f.typeOf(operand));
  f.push(operand);
  f.mir.op(FLOAT_FROM_INT[to === Rep.f64 ? 1 : 0][f.repOf(operand) === Rep.i64 ? 1 : 0][signed ? 1 : 0]);
  f.finishStack(inst, to);
}
