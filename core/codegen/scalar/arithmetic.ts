/**
 * Integer and float arithmetic that needs no more than a few instructions: sums, products, quotients, remainders,
 * extremes, absolute values (codegen specification 5.3). Saturating and overflow-reporting forms have files of their own,
 * what only floats have is in floats.ts.
 *
 * Invariant: operands are canonical, so division, remainder and comparison need no preparation.
 */
import { MirTag } from '../../mir/ops.ts';
import { containerBits, Rep } from '../state/abi.ts';
import { lowerFloatExtreme, lowerFloatMod, lowerFloatRem } from './floats.ts';
import type { FunctionState, Lowering } from '../state/function-state.ts';
import { wrap } from './integers.ts';
import type { OpRow } from './numeric-opcodes.ts';
import { ADD, DIV, FABS, FDIV, FFLOOR, FTRUNC, GT, LT, MUL, NE, REM, SHR, SUB, XOR } from './numeric-opcodes.ts';

function pushBoth(f: FunctionState, inst: number): void {
  f.push(f.operand(inst, 0));
  f.push(f.operand(inst, 1));
}

/** One instruction whose result needs no wrap: overflow is illegal, or cannot happen. */
function exact(row: OpRow): Lowering {
  return (f, inst) => {
    const rep = f.repOf(f.operand(inst, 0));
    pushBoth(f, inst);
    f.mir.op(row[rep]!);
    f.finishStack(inst, rep);
  };
}

function wrapping(row: OpRow): Lowering {
  return (f, inst) => {
    const ty = f.resultType(inst);
    const rep = f.repOf(f.operand(inst, 0));
    pushBoth(f, inst);
    f.mir.op(row[rep]!);
    wrap(f, rep, f.pool.intBits(ty), f.pool.intSigned(ty));
    f.finishStack(inst, rep);
  };
}

export const lowerAdd = exact(ADD);
export const lowerSub = exact(SUB);
export const lowerMul = exact(MUL);
export const lowerAddWrap = wrapping(ADD);
export const lowerSubWrap = wrapping(SUB);
export const lowerMulWrap = wrapping(MUL);
export const lowerDivFloat = exact(FDIV);

function isFloat(rep: Rep): boolean {
  return rep === Rep.f32 || rep === Rep.f64;
}

/** Integer quotients truncate by themselves; a float quotient is rounded by `rounding`, if there is one. */
function quotient(rounding: OpRow | null): Lowering {
  return (f, inst) => {
    const rep = f.repOf(f.operand(inst, 0));
    pushBoth(f, inst);
    if (isFloat(rep)) {
      f.mir.op(FDIV[rep]!);
      if (rounding !== null) f.mir.op(rounding[rep]!);
    } else {
      f.mir.op(DIV[f.pool.intSigned(f.resultType(inst)) ? 1 : 0][rep]!);
    }
    f.finishStack(inst, rep);
  };
}

export const lowerDivTrunc = quotient(FTRUNC);
/** A remainder is illegal, so that truncation changes nothing. */
export const lowerDivExact = quotient(null);
const lowerDivFloorSimple = quotient(FFLOOR);

/** Signed: the truncated quotient, less one if there is a remainder and the signs differ. */
export function lowerDivFloor(f: FunctionState, inst: number): void {
  const rep = f.repOf(f.operand(inst, 0));
  if (isFloat(rep) || !f.pool.intSigned(f.resultType(inst))) {
    lowerDivFloorSimple(f, inst);
    return;
  }
  pushBoth(f, inst);
  f.mir.op(DIV[1][rep]!);
  pushBoth(f, inst);
  f.mir.op(REM[1][rep]!);
  f.pushInt(rep, 0);
  f.mir.op(NE[rep]!);
  pushBoth(f, inst);
  f.mir.op(XOR[rep]!);
  f.pushInt(rep, 0);
  f.mir.op(LT[1][rep]!);
  f.mir.op(MirTag.i32_and);
  if (rep === Rep.i64) f.mir.op(MirTag.i64_extend_i32_u);
  f.mir.op(SUB[rep]!);
  f.finishStack(inst, rep);
}

/** Sign of the dividend. */
export function lowerRem(f: FunctionState, inst: number): void {
  const rep = f.repOf(f.operand(inst, 0));
  if (isFloat(rep)) {
    lowerFloatRem(f, inst, rep);
    return;
  }
  pushBoth(f, inst);
  f.mir.op(REM[f.pool.intSigned(f.resultType(inst)) ? 1 : 0][rep]!);
  f.finishStack(inst, rep);
}

/** Sign of the divisor. Signed: r = a rem b, plus b if r is not zero and its sign differs (no overflow on the way). */
export function lowerMod(f: FunctionState, inst: number): void {
  const rep = f.repOf(f.operand(inst, 0));
  if (isFloat(rep)) {
    lowerFloatMod(f, inst, rep);
    return;
  }
  if (!f.pool.intSigned(f.resultType(inst))) {
    lowerRem(f, inst);
    return;
  }
  const divisor = f.operand(inst, 1);
  pushBoth(f, inst);
  f.mir.op(REM[1][rep]!);
  const r = f.popTemp(rep);
  f.mir.localGet(r);
  f.push(divisor);
  f.pushInt(rep, 0);
  f.mir.localGet(r);
  f.pushInt(rep, 0);
  f.mir.op(NE[rep]!);
  f.mir.localGet(r);
  f.push(divisor);
  f.mir.op(XOR[rep]!);
  f.pushInt(rep, 0);
  f.mir.op(LT[1][rep]!);
  f.mir.op(MirTag.i32_and);
  f.mir.op(MirTag.select);
  f.mir.op(ADD[rep]!);
  f.releaseTemp(r);
  f.finishStack(inst, rep);
}

function extreme(isMax: boolean): Lowering {
  const rows = isMax ? GT : LT;
  return (f, inst) => {
    const rep = f.repOf(f.operand(inst, 0));
    if (isFloat(rep)) {
      lowerFloatExtreme(f, inst, rep, isMax);
      return;
    }
    pushBoth(f, inst);
    pushBoth(f, inst);
    f.mir.op(rows[f.pool.intSigned(f.resultType(inst)) ? 1 : 0][rep]!);
    f.mir.op(MirTag.select);
    f.finishStack(inst, rep);
  };
}

export const lowerMin = extreme(false);
export const lowerMax = extreme(true);

/** iN: with m all sign bits, (v ^ m) - m. The pattern of |MIN| is canonical as uN. */
export function lowerAbs(f: FunctionState, inst: number): void {
  const operand = f.operand(inst, 0);
  const ty = f.typeOf(operand);
  const rep = f.repOf(operand);
  if (isFloat(rep)) {
    f.push(operand);
    f.mir.op(FABS[rep]!);
    f.finishStack(inst, rep);
    return;
  }
  if (!f.pool.intSigned(ty)) {
    f.finishAlias(inst, f.resolve(operand));
    return;
  }
  f.push(operand);
  pushSign(f, inst, rep);
  f.mir.op(XOR[rep]!);
  pushSign(f, inst, rep);
  f.mir.op(SUB[rep]!);
  f.finishStack(inst, rep);
}

/** Pushes all ones if operand 0 is negative, else 0. */
function pushSign(f: FunctionState, inst: number, rep: Rep): void {
  f.push(f.operand(inst, 0));
  f.pushInt(rep, containerBits(rep) - 1);
  f.mir.op(SHR[1][rep]!);
}
