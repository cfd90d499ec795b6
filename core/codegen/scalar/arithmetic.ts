/**
 * Integer and float arithmetic that needs no more than a few instructions: sums, products, quotients, remainders,
 * extremes, absolute values (codegen specification 5.3). Saturating and overflow-reporting forms have files of their own,
 * what only floats have is in floats.ts.
 *
 * Invariant: operands are canonical, so division, remainder and comparison need no preparation.
 */
import type { InstIndex } from '../../air/body/ref.ts';
import { MirTag } from '../../mir/ops.ts';
import { containerBits, isFloatRep, Rep } from '../state/abi.ts';
import type { FunctionState, Lowering } from '../state/function-state.ts';
import type { OpRow } from '../state/numeric-opcodes.ts';
import {
  opAdd,
  opDiv,
  opFloatAbs,
  opFloatDiv,
  opFloatFloor,
  opFloatTrunc,
  opGt,
  opLt,
  opMul,
  opNe,
  opRem,
  opShr,
  opSub,
  opXor,
} from '../state/numeric-opcodes.ts';
import { emitMax, emitMin, emitMod, emitRem, lowerOfBoth } from './floats.ts';
import { wrap } from './integers.ts';

function pushBoth(f: FunctionState, inst: InstIndex): void {
  f.push(f.operand(inst, 0));
  f.push(f.operand(inst, 1));
}

/** One instruction whose result needs no wrap: overflow is illegal, or cannot happen. */
function exact(row: OpRow): Lowering {
  return (f, inst) => {
    const rep = f.repOf(f.operand(inst, 0));
    pushBoth(f, inst);
    f.mir.op(row(rep));
    f.finishStack(inst, rep);
  };
}

function wrapping(row: OpRow): Lowering {
  return (f, inst) => {
    const ty = f.resultType(inst);
    const rep = f.repOf(f.operand(inst, 0));
    pushBoth(f, inst);
    f.mir.op(row(rep));
    wrap(f, rep, f.pool.intBits(ty), f.pool.intSigned(ty));
    f.finishStack(inst, rep);
  };
}

export const lowerAdd = exact(opAdd);
export const lowerSub = exact(opSub);
export const lowerMul = exact(opMul);
export const lowerAddWrap = wrapping(opAdd);
export const lowerSubWrap = wrapping(opSub);
export const lowerMulWrap = wrapping(opMul);
export const lowerDivFloat = exact(opFloatDiv);

/** Integer quotients truncate by themselves; a float quotient is rounded by `rounding`, if there is one. */
function quotient(rounding: OpRow | null): Lowering {
  return (f, inst) => {
    const rep = f.repOf(f.operand(inst, 0));
    pushBoth(f, inst);
    if (isFloatRep(rep)) {
      f.mir.op(opFloatDiv(rep));
      if (rounding !== null) f.mir.op(rounding(rep));
    } else {
      f.mir.op(opDiv(rep, f.pool.intSigned(f.resultType(inst))));
    }
    f.finishStack(inst, rep);
  };
}

export const lowerDivTrunc = quotient(opFloatTrunc);
/** A remainder is illegal, so that truncation changes nothing. */
export const lowerDivExact = quotient(null);
const lowerDivFloorSimple = quotient(opFloatFloor);

/** Signed: the truncated quotient, less one if there is a remainder and the signs differ. */
export function lowerDivFloor(f: FunctionState, inst: InstIndex): void {
  const rep = f.repOf(f.operand(inst, 0));
  if (isFloatRep(rep) || !f.pool.intSigned(f.resultType(inst))) {
    lowerDivFloorSimple(f, inst);
    return;
  }
  pushBoth(f, inst);
  f.mir.op(opDiv(rep, true));
  pushBoth(f, inst);
  f.mir.op(opRem(rep, true));
  f.pushInt(rep, 0);
  f.mir.op(opNe(rep));
  pushBoth(f, inst);
  f.mir.op(opXor(rep));
  f.pushInt(rep, 0);
  f.mir.op(opLt(rep, true));
  f.mir.op(MirTag.i32_and);
  if (rep === Rep.i64) f.mir.op(MirTag.i64_extend_i32_u);
  f.mir.op(opSub(rep));
  f.finishStack(inst, rep);
}

/** Sign of the dividend. */
export function lowerRem(f: FunctionState, inst: InstIndex): void {
  const rep = f.repOf(f.operand(inst, 0));
  if (isFloatRep(rep)) {
    lowerOfBoth(f, inst, rep, emitRem);
    return;
  }
  pushBoth(f, inst);
  f.mir.op(opRem(rep, f.pool.intSigned(f.resultType(inst))));
  f.finishStack(inst, rep);
}

/** Sign of the divisor. Signed: r = a rem b, plus b if r is not zero and its sign differs (no overflow on the way). */
export function lowerMod(f: FunctionState, inst: InstIndex): void {
  const rep = f.repOf(f.operand(inst, 0));
  if (isFloatRep(rep)) {
    lowerOfBoth(f, inst, rep, emitMod);
    return;
  }
  if (!f.pool.intSigned(f.resultType(inst))) {
    lowerRem(f, inst);
    return;
  }
  const divisor = f.operand(inst, 1);
  pushBoth(f, inst);
  f.mir.op(opRem(rep, true));
  const r = f.popTemp(rep);
  f.mir.localGet(r);
  f.push(divisor);
  f.pushInt(rep, 0);
  f.mir.localGet(r);
  f.pushInt(rep, 0);
  f.mir.op(opNe(rep));
  f.mir.localGet(r);
  f.push(divisor);
  f.mir.op(opXor(rep));
  f.pushInt(rep, 0);
  f.mir.op(opLt(rep, true));
  f.mir.op(MirTag.i32_and);
  f.mir.op(MirTag.select);
  f.mir.op(opAdd(rep));
  f.releaseTemp(r);
  f.finishStack(inst, rep);
}

function extreme(isMax: boolean): Lowering {
  const rows = isMax ? opGt : opLt;
  return (f, inst) => {
    const rep = f.repOf(f.operand(inst, 0));
    if (isFloatRep(rep)) {
      lowerOfBoth(f, inst, rep, isMax ? emitMax : emitMin);
      return;
    }
    pushBoth(f, inst);
    pushBoth(f, inst);
    f.mir.op(rows(rep, f.pool.intSigned(f.resultType(inst))));
    f.mir.op(MirTag.select);
    f.finishStack(inst, rep);
  };
}

export const lowerMin = extreme(false);
export const lowerMax = extreme(true);

/** iN: with m all sign bits, (v ^ m) - m. The pattern of |MIN| is canonical as uN. */
export function lowerAbs(f: FunctionState, inst: InstIndex): void {
  const operand = f.operand(inst, 0);
  const ty = f.typeOf(operand);
  const rep = f.repOf(operand);
  if (isFloatRep(rep)) {
    f.push(operand);
    f.mir.op(opFloatAbs(rep));
    f.finishStack(inst, rep);
    return;
  }
  if (!f.pool.intSigned(ty)) {
    f.finishAlias(inst, f.resolve(operand));
    return;
  }
  f.push(operand);
  pushSign(f, inst, rep);
  f.mir.op(opXor(rep));
  pushSign(f, inst, rep);
  f.mir.op(opSub(rep));
  f.finishStack(inst, rep);
}

/** Pushes all ones if operand 0 is negative, else 0. */
function pushSign(f: FunctionState, inst: InstIndex, rep: Rep): void {
  f.push(f.operand(inst, 0));
  f.pushInt(rep, containerBits(rep) - 1);
  f.mir.op(opShr(rep, true));
}
