/**
 * Bitwise operations, shifts and bit counts (codegen specification 5.3).
 *
 * A shift amount may be of any unsigned type and is brought to the container of the shifted value first. Counts see the
 * N-bit pattern, so the sign extension of a narrow signed operand is cut off before.
 */
import type { InstIndex } from '../../air/body/ref.ts';
import { IP } from '../../intern/keys.ts';
import type { IntrinsicIndex } from '../../mir/intrinsics.ts';
import { intrinsicIndex } from '../../mir/intrinsics.ts';
import { MirTag } from '../../mir/ops.ts';
import { containerBits, Rep } from '../state/abi.ts';
import type { FunctionState, Lowering } from '../state/function-state.ts';
import type { OpRow } from '../state/numeric-opcodes.ts';
import { opAnd, opClz, opCtz, opOr, opPopcount, opShl, opShr, opSub, opXor } from '../state/numeric-opcodes.ts';
import { pushAmount } from './amounts.ts';
import { convertContainer, pushMask, wrap } from './integers.ts';

/** Runtime functions by width of the container. */
type Reversal = Readonly<Record<32 | 64, IntrinsicIndex>>;
const BYTE_SWAP: Reversal = { 32: intrinsicIndex('__bswapsi2'), 64: intrinsicIndex('__bswapdi2') };
const BIT_REVERSE: Reversal = { 32: intrinsicIndex('__bitreversesi2'), 64: intrinsicIndex('__bitreversedi2') };

/** Canonical operands give a canonical result. */
function bitwise(row: OpRow): Lowering {
  return (f, inst) => {
    const rep = f.repOf(f.operand(inst, 0));
    f.push(f.operand(inst, 0));
    f.push(f.operand(inst, 1));
    f.mir.op(row(rep));
    f.finishStack(inst, rep);
  };
}

export const lowerBitAnd = bitwise(opAnd);
export const lowerBitOr = bitwise(opOr);
export const lowerXor = bitwise(opXor);

/** bool: the other one. Signed: all bits. Unsigned: the N low bits. */
export function lowerNot(f: FunctionState, inst: InstIndex): void {
  const operand = f.operand(inst, 0);
  const ty = f.typeOf(operand);
  const rep = f.repOf(operand);
  f.push(operand);
  if (ty === IP.bool_type) {
    f.mir.op(MirTag.i32_eqz);
  } else {
    if (f.pool.intSigned(ty)) f.pushInt(rep, -1);
    else pushMask(f, rep, f.pool.intBits(ty));
    f.mir.op(opXor(rep));
  }
  f.finishStack(inst, rep);
}

/** The amount is below N, and an exact shift loses nothing, so only the plain left shift leaves the canonical form. */
function shift(left: boolean, wraps: boolean): Lowering {
  return (f, inst) => {
    const ty = f.resultType(inst);
    const amount = f.operand(inst, 1);
    const rep = f.repOf(f.operand(inst, 0));
    const signed = f.pool.intSigned(ty);
    f.push(f.operand(inst, 0));
    pushAmount(f, amount, rep);
    f.mir.op(left ? opShl(rep) : opShr(rep, signed));
    if (wraps) wrap(f, rep, f.pool.intBits(ty), signed);
    f.finishStack(inst, rep);
  };
}

export const lowerShl = shift(true, true);
export const lowerShlExact = shift(true, false);
export const lowerShr = shift(false, false);

/** Pushes operand 0 as its N-bit pattern, zero-extended; returns N. */
function pushPattern(f: FunctionState, inst: InstIndex, rep: Rep): number {
  const operand = f.operand(inst, 0);
  const ty = f.typeOf(operand);
  const bits = f.pool.intBits(ty);
  f.push(operand);
  if (f.pool.intSigned(ty) && bits < containerBits(rep)) {
    pushMask(f, rep, bits);
    f.mir.op(opAnd(rep));
  }
  return bits;
}

/** Pushes a count of bits of operand 0, which is in a register; returns its container. */
export type CountedBits = (f: FunctionState, inst: InstIndex) => Rep;

/** The container has more leading zeros than the type. */
export const pushClz: CountedBits = (f, inst) => {
  const rep = f.repOf(f.operand(inst, 0));
  const bits = pushPattern(f, inst, rep);
  f.mir.op(opClz(rep));
  if (bits < containerBits(rep)) {
    f.pushInt(rep, containerBits(rep) - bits);
    f.mir.op(opSub(rep));
  }
  return rep;
};

/** A bit right above the type stops the count of 0 at N. */
export const pushCtz: CountedBits = (f, inst) => {
  const operand = f.operand(inst, 0);
  const rep = f.repOf(operand);
  const bits = f.pool.intBits(f.typeOf(operand));
  f.push(operand);
  if (bits < containerBits(rep)) {
    if (rep === Rep.i32) f.mir.i32Const(1 << bits);
    else f.mir.i64Const(bits < 32 ? 1 << bits : 0, bits < 32 ? 0 : 1 << (bits - 32));
    f.mir.op(opOr(rep));
  }
  f.mir.op(opCtz(rep));
  return rep;
};

export const pushPopcount: CountedBits = (f, inst) => {
  const rep = f.repOf(f.operand(inst, 0));
  pushPattern(f, inst, rep);
  f.mir.op(opPopcount(rep));
  return rep;
};

/** A count is small: it is canonical in any type that can hold it, once its container is right. */
function counted(push: CountedBits): Lowering {
  return (f, inst) => {
    const rep = push(f, inst);
    const resultRep = f.resultRep(inst);
    convertContainer(f, rep, resultRep, false);
    f.finishStack(inst, resultRep);
  };
}

export const lowerClz = counted(pushClz);
export const lowerCtz = counted(pushCtz);
export const lowerPopcount = counted(pushPopcount);

/** The container reversed has the N bits at its top: shift them down by the sign of the type. */
function reversal(functions: Reversal, identityBits: number): Lowering {
  return (f, inst) => {
    const operand = f.operand(inst, 0);
    const ty = f.resultType(inst);
    const rep = f.repOf(operand);
    const bits = f.pool.intBits(ty);
    if (bits === identityBits) {
      f.finishAlias(inst, f.resolve(operand));
      return;
    }
    f.push(operand);
    f.mir.callIntrinsic(functions[containerBits(rep)]);
    if (bits < containerBits(rep)) {
      f.pushInt(rep, containerBits(rep) - bits);
      f.mir.op(opShr(rep, f.pool.intSigned(ty)));
    }
    f.finishStack(inst, rep);
  };
}

export const lowerByteSwap = reversal(BYTE_SWAP, 8);
export const lowerBitReverse = reversal(BIT_REVERSE, 1);
