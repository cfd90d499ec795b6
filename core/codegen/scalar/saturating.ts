/**
 * Saturating sums, differences, products and shifts, for every width (codegen specification 5.3).
 *
 * Narrow types compute in a container that cannot overflow and clamp; full-width types detect the overflow. Products
 * wider than 32 bits go through the 128-bit product of wide-product.ts.
 */
import type { InstIndex } from '../../air/body/ref.ts';
import type { LocalIndex } from '../../mir/mir.ts';
import { MirTag } from '../../mir/ops.ts';
import { containerBits, Rep } from '../state/abi.ts';
import type { FunctionState, Lowering } from '../state/function-state.ts';
import type { OpRow } from '../state/numeric-opcodes.ts';
import { opAdd, opEqz, opGt, opLt, opMul, opNe, opShl, opShr, opSub, opXor } from '../state/numeric-opcodes.ts';
import { mayReach, pushAmount, pushReaches } from './amounts.ts';
import { convertContainer, pushMask, pushMax, pushMin } from './integers.ts';
import { pushProductOverflow, storeWideProduct } from './wide-product.ts';

/** Replaces the value on the stack by its clamp to the type; `low` says whether it can be below MIN. */
function clamp(f: FunctionState, rep: Rep, bits: number, signed: boolean, low: boolean): void {
  const { mir } = f;
  const t = f.popTemp(rep);
  mir.localGet(t);
  pushMax(f, rep, bits, signed);
  mir.localGet(t);
  pushMax(f, rep, bits, signed);
  mir.op(opLt(rep, signed));
  mir.op(MirTag.select);
  if (low) {
    mir.localSet(t);
    mir.localGet(t);
    pushMin(f, rep, bits, signed);
    mir.localGet(t);
    pushMin(f, rep, bits, signed);
    mir.op(opGt(rep, signed));
    mir.op(MirTag.select);
  }
  f.releaseTemp(t);
}

function addOrSub(row: OpRow, isAdd: boolean): Lowering {
  return (f, inst) => {
    const { mir } = f;
    const a = f.operand(inst, 0);
    const b = f.operand(inst, 1);
    const ty = f.resultType(inst);
    const rep = f.repOf(a);
    const bits = f.pool.intBits(ty);
    const signed = f.pool.intSigned(ty);
    if (!signed && !isAdd) {
      f.pushInt(rep, 0);
      f.push(a);
      f.push(b);
      mir.op(opSub(rep));
      f.push(a);
      f.push(b);
      mir.op(opLt(rep, false));
      mir.op(MirTag.select);
      f.finishStack(inst, rep);
      return;
    }
    f.push(a);
    f.push(b);
    mir.op(row(rep));
    if (bits < containerBits(rep)) {
      clamp(f, rep, bits, signed, signed);
      f.finishStack(inst, rep);
      return;
    }
    const r = f.popTemp(rep);
    if (signed) pushOverflowLimit(f, rep, r);
    else f.pushInt(rep, -1);
    mir.localGet(r);
    mir.localGet(r);
    f.push(a);
    mir.op(opLt(rep, signed));
    if (signed) {
      f.push(b);
      f.pushInt(rep, 0);
      mir.op((isAdd ? opLt : opGt)(rep, true));
      mir.op(MirTag.i32_xor);
    }
    mir.op(MirTag.select);
    f.releaseTemp(r);
    f.finishStack(inst, rep);
  };
}

/** Pushes MAX if the wrapped sum in `r` is negative, else MIN: an overflow has the sign of the other end. */
function pushOverflowLimit(f: FunctionState, rep: Rep, r: LocalIndex): void {
  f.mir.localGet(r);
  f.pushInt(rep, containerBits(rep) - 1);
  f.mir.op(opShr(rep, true));
  pushMin(f, rep, containerBits(rep), true);
  f.mir.op(opXor(rep));
}

export const lowerAddSat = addOrSub(opAdd, true);
export const lowerSubSat = addOrSub(opSub, false);

/** Up to 32 bits the exact product fits 64; above, it is made in 128. */
export function lowerMulSat(f: FunctionState, inst: InstIndex): void {
  const { mir } = f;
  const a = f.operand(inst, 0);
  const b = f.operand(inst, 1);
  const ty = f.resultType(inst);
  const rep = f.repOf(a);
  const bits = f.pool.intBits(ty);
  const signed = f.pool.intSigned(ty);
  if (rep === Rep.i32) {
    f.push(a);
    convertContainer(f, Rep.i32, Rep.i64, signed);
    f.push(b);
    convertContainer(f, Rep.i32, Rep.i64, signed);
    mir.op(opMul(Rep.i64));
    clamp(f, Rep.i64, bits, signed, signed);
    convertContainer(f, Rep.i64, Rep.i32, signed);
    f.finishStack(inst, rep);
    return;
  }
  const product = storeWideProduct(f, a, b, signed, bits);
  if (signed) {
    pushMin(f, rep, bits, true);
    pushMax(f, rep, bits, true);
    f.push(a);
    f.push(b);
    mir.op(opXor(rep));
    f.pushInt(rep, 0);
    mir.op(opLt(rep, true));
    mir.op(MirTag.select);
  } else {
    pushMask(f, rep, bits);
  }
  mir.localGet(product);
  pushProductOverflow(f, product, signed, bits);
  mir.op(MirTag.select);
  f.releaseTemp(product);
  f.finishStack(inst, rep);
}

/**
 * x = a scaled to the full container, so that clamping is that of the container; l = x << k; it overflowed if l >> k is
 * not x, or if k is not below the width (wasm would mask it) and x is not 0. The result is scaled back.
 */
export function lowerShlSat(f: FunctionState, inst: InstIndex): void {
  const { mir } = f;
  const a = f.operand(inst, 0);
  const amount = f.operand(inst, 1);
  const ty = f.resultType(inst);
  const rep = f.repOf(a);
  const width = containerBits(rep);
  const bits = f.pool.intBits(ty);
  const signed = f.pool.intSigned(ty);
  const shr = opShr(rep, signed);

  f.push(a);
  if (bits < width) {
    f.pushInt(rep, width - bits);
    mir.op(opShl(rep));
  }
  const x = f.popTemp(rep);
  mir.localGet(x);
  pushAmount(f, amount, rep);
  mir.op(opShl(rep));
  const l = f.popTemp(rep);

  if (signed) {
    pushMin(f, rep, width, true);
    pushMax(f, rep, width, true);
    mir.localGet(x);
    f.pushInt(rep, 0);
    mir.op(opLt(rep, true));
    mir.op(MirTag.select);
  } else {
    f.pushInt(rep, -1);
  }
  mir.localGet(l);
  mir.localGet(l);
  pushAmount(f, amount, rep);
  mir.op(shr);
  mir.localGet(x);
  mir.op(opNe(rep));
  if (mayReach(f, amount, width)) {
    pushReaches(f, amount, width);
    mir.localGet(x);
    mir.op(opEqz(rep));
    mir.op(MirTag.i32_eqz);
    mir.op(MirTag.i32_and);
    mir.op(MirTag.i32_or);
  }
  mir.op(MirTag.select);
  if (bits < width) {
    f.pushInt(rep, width - bits);
    mir.op(shr);
  }
  f.releaseTemp(l);
  f.releaseTemp(x);
  f.finishStack(inst, rep);
}
