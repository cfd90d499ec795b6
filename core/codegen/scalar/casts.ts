/**
 * Conversions between integers, floats, bools and pointers.
 *
 * A conversion that changes no bit of the representation costs nothing: the result denotes the place of the operand.
 */
import type { InstIndex } from '../../air/body/ref.ts';
import { integerOf } from '../../intern/sums.ts';
import { InternalError } from '../../support/assert.ts';
import { containerBits, Rep, REP_NAMES } from '../state/abi.ts';
import type { FunctionState } from '../state/function-state.ts';
import { floatFromIntTag, floatResizeTag, intFromFloatTag, reinterpretTag } from '../state/numeric-opcodes.ts';
import {
  lowerHalfBits,
  lowerHalfExtension,
  lowerHalfFromBits,
  lowerHalfFromInt,
  lowerHalfTruncation,
  lowerIntFromHalf,
} from './half-floats.ts';
import { convertContainer, wrap } from './integers.ts';

/** The value fits, so only the container matters; widening extends by the sign of the source. */
export function lowerIntcast(f: FunctionState, inst: InstIndex): void {
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

export function lowerTrunc(f: FunctionState, inst: InstIndex): void {
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
export function lowerBitcast(f: FunctionState, inst: InstIndex): void {
  const { pool } = f;
  const operand = f.operand(inst, 0);
  const fromTy = integerOf(pool, f.typeOf(operand));
  const toTy = integerOf(pool, f.resultType(inst));
  const from = f.repOf(operand);
  const to = f.resultRep(inst);
  if (from !== to) {
    if (from === Rep.f16) {
      lowerHalfBits(f, inst);
      return;
    }
    if (to === Rep.f16) {
      lowerHalfFromBits(f, inst);
      return;
    }
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

/** fptrunc, fpext. */
export function lowerFloatResize(f: FunctionState, inst: InstIndex): void {
  const operand = f.operand(inst, 0);
  const from = f.repOf(operand);
  const to = f.resultRep(inst);
  if (from === Rep.f16) {
    lowerHalfExtension(f, inst, wasmFloat(to));
  } else if (to === Rep.f16) {
    lowerHalfTruncation(f, inst, wasmFloat(from));
  } else {
    f.push(operand);
    f.mir.op(floatResizeTag(from, to));
    f.finishStack(inst, to);
  }
}

function wasmFloat(rep: Rep): typeof Rep.f32 | typeof Rep.f64 {
  if (rep !== Rep.f32 && rep !== Rep.f64) throw new InternalError(`${REP_NAMES[rep]} is no float of wasm`);
  return rep;
}

/** A legal value is in range after truncation, so it is canonical and wasm does not trap. */
export function lowerIntFromFloat(f: FunctionState, inst: InstIndex): void {
  const operand = f.operand(inst, 0);
  if (f.repOf(operand) === Rep.f16) {
    lowerIntFromHalf(f, inst);
    return;
  }
  const to = f.resultRep(inst);
  const signed = f.pool.intSigned(f.resultType(inst));
  f.push(operand);
  f.mir.op(intFromFloatTag(f.repOf(operand), to, signed));
  f.finishStack(inst, to);
}

/** One conversion from the container, so one rounding. */
export function lowerFloatFromInt(f: FunctionState, inst: InstIndex): void {
  const operand = f.operand(inst, 0);
  const to = f.resultRep(inst);
  if (to === Rep.f16) {
    lowerHalfFromInt(f, inst);
    return;
  }
  const signed = f.pool.intSigned(f.typeOf(operand));
  f.push(operand);
  f.mir.op(floatFromIntTag(f.repOf(operand), to, signed));
  f.finishStack(inst, to);
}
