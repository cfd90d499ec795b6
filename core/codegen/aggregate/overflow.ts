/**
 * Arithmetic that reports its overflow: add, sub, mul and shl, which write the reduced result and a flag; and add, sub and mul
 * that panic instead.
 *
 * Each recipe leaves the wrapped result in a temporary and then pushes the flag; storing both is common. The flags hold
 * for every width because both sides are canonical (codegen specification 5.3).
 */
import type { InstIndex } from '../../air/body/ref.ts';
import type { LocalIndex } from '../../mir/mir.ts';
import { MirTag } from '../../mir/ops.ts';
import { Rep } from '../state/abi.ts';
import type { FunctionState, Lowering } from '../state/function-state.ts';
import type { Reporting } from '../state/reporting.ts';
import { pushAmount } from '../scalar/amounts.ts';
import { convertContainer, wrap } from '../scalar/integers.ts';
import { panicIfTrue } from '../scalar/panics.ts';
import { storeTop } from '../memory/memory-access.ts';
import type { OpRow } from '../state/numeric-opcodes.ts';
import { opAdd, opGt, opLt, opMul, opNe, opShl, opShr, opSub } from '../state/numeric-opcodes.ts';
import { pushProductOverflow, storeWideProduct } from '../scalar/wide-product.ts';

/** What the parts of one lowering need to know of the operation. */
interface Operation {
  readonly rep: Rep;
  readonly bits: number;
  readonly signed: boolean;
}

interface Recipe {
  /** Pushes the wrapped result. */
  readonly result: (f: FunctionState, inst: InstIndex, op: Operation) => void;
  /** Pushes the flag as an i32; `r` is the temporary that holds the result. */
  readonly flag: (f: FunctionState, inst: InstIndex, op: Operation, r: LocalIndex) => void;
}

function operationOf(f: FunctionState, inst: InstIndex): Operation {
  const operand = f.operand(inst, 0);
  const ty = f.typeOf(operand);
  return { rep: f.repOf(operand), bits: f.pool.intBits(ty), signed: f.pool.intSigned(ty) };
}

function withOverflow(recipe: Recipe): Reporting {
  return (f, inst, { slot, resultTy, resultOffset, flagTy, flagOffset }) => {
    const op = operationOf(f, inst);
    recipe.result(f, inst, op);
    const r = f.popTemp(op.rep);
    f.pushBase(slot);
    f.mir.localGet(r);
    storeTop(f, slot, resultOffset, resultTy);
    f.pushBase(slot);
    recipe.flag(f, inst, op, r);
    storeTop(f, slot, flagOffset, flagTy);
    f.releaseTemp(r);
  };
}

/** The result as a value; an overflow panics. */
function orPanic(recipe: Recipe): Lowering {
  return (f, inst) => {
    const op = operationOf(f, inst);
    recipe.result(f, inst, op);
    const r = f.popTemp(op.rep);
    recipe.flag(f, inst, op, r);
    panicIfTrue(f, 'integer_overflow');
    if (f.isUnused(inst)) {
      f.releaseTemp(r);
      f.finishVoid(inst);
      return;
    }
    f.mir.localGet(r);
    f.releaseTemp(r);
    f.finishStack(inst, op.rep);
  };
}

function sumResult(row: OpRow): Recipe['result'] {
  return (f, inst, op) => {
    f.push(f.operand(inst, 0));
    f.push(f.operand(inst, 1));
    f.mir.op(row(op.rep));
    wrap(f, op.rep, op.bits, op.signed);
  };
}

/** Unsigned: the result is on the wrong side of a. Signed: that, exactly if b does not explain it. */
function sumFlag(isAdd: boolean): Recipe['flag'] {
  return (f, inst, op, r) => {
    if (op.signed) {
      f.push(f.operand(inst, 1));
      f.pushInt(op.rep, 0);
      f.mir.op(opLt(op.rep, true));
    }
    f.mir.localGet(r);
    f.push(f.operand(inst, 0));
    f.mir.op((isAdd ? opLt : opGt)(op.rep, op.signed));
    if (op.signed) f.mir.op(MirTag.i32_ne);
  };
}

const SUM: Recipe = { result: sumResult(opAdd), flag: sumFlag(true) };
const DIFFERENCE: Recipe = { result: sumResult(opSub), flag: sumFlag(false) };
export const reportSum = withOverflow(SUM);
export const reportDifference = withOverflow(DIFFERENCE);
export const lowerAddSafe = orPanic(SUM);
export const lowerSubSafe = orPanic(DIFFERENCE);

/** Shifting back does not give a again. */
export const reportShift = withOverflow({
  result: (f, inst, op) => {
    f.push(f.operand(inst, 0));
    pushAmount(f, f.operand(inst, 1), op.rep);
    f.mir.op(opShl(op.rep));
    wrap(f, op.rep, op.bits, op.signed);
  },
  flag: (f, inst, op, r) => {
    f.mir.localGet(r);
    pushAmount(f, f.operand(inst, 1), op.rep);
    f.mir.op(opShr(op.rep, op.signed));
    f.push(f.operand(inst, 0));
    f.mir.op(opNe(op.rep));
  },
});

function pushExactNarrowProduct(f: FunctionState, inst: InstIndex, signed: boolean): void {
  f.push(f.operand(inst, 0));
  convertContainer(f, Rep.i32, Rep.i64, signed);
  f.push(f.operand(inst, 1));
  convertContainer(f, Rep.i32, Rep.i64, signed);
  f.mir.op(opMul(Rep.i64));
}

const NARROW_PRODUCT: Recipe = {
  result: (f, inst, op) => {
    f.push(f.operand(inst, 0));
    f.push(f.operand(inst, 1));
    f.mir.op(opMul(op.rep));
    wrap(f, op.rep, op.bits, op.signed);
  },
  flag: (f, inst, op, r) => {
    pushExactNarrowProduct(f, inst, op.signed);
    f.mir.localGet(r);
    convertContainer(f, Rep.i32, Rep.i64, op.signed);
    f.mir.op(MirTag.i64_ne);
  },
};

const WIDE_PRODUCT: Recipe = {
  result: (f, inst, op) => {
    const product = storeWideProduct(f, f.operand(inst, 0), f.operand(inst, 1), op.signed, op.bits);
    f.mir.localGet(product);
    f.releaseTemp(product);
  },
  flag: (f, _inst, op, r) => {
    pushProductOverflow(f, r, op.signed, op.bits);
  },
};

/** The exact product of 32-bit containers fits 64 bits; that of 64-bit containers is made in 128. */
export const reportProduct: Reporting = (f, inst, parts) => {
  (f.repOf(f.operand(inst, 0)) === Rep.i32 ? reportNarrowProduct : reportWideProduct)(f, inst, parts);
};

const reportNarrowProduct = withOverflow(NARROW_PRODUCT);
const reportWideProduct = withOverflow(WIDE_PRODUCT);
const lowerNarrowMulSafe = orPanic(NARROW_PRODUCT);
const lowerWideMulSafe = orPanic(WIDE_PRODUCT);

/** As {@link reportProduct}. */
export const lowerMulSafe: Lowering = (f, inst) => {
  (f.repOf(f.operand(inst, 0)) === Rep.i32 ? lowerNarrowMulSafe : lowerWideMulSafe)(f, inst);
};
