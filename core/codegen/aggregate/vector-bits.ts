/**
 * bitcast from a vector or to one: the bits of all lanes, one after the other, as the bits of the other type.
 *
 * Where both types have their bits in memory one after the other as well, that is a copy. Else the bits are put together in a
 * slot of limbs, and taken apart again. Invariant: in the slot every bit above the pattern is zero.
 */
import type { InstIndex } from '../../air/body/ref.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { abiAlign, abiSize } from '../../intern/layout.ts';
import { integerOf } from '../../intern/sums.ts';
import { TypeKind } from '../../intern/type-kinds.ts';
import { MirTag } from '../../mir/ops.ts';
import { copyConstant } from '../memory/memory-blocks.ts';
import { allocateSlot, loadTop, storeTop } from '../memory/memory-access.ts';
import { convertContainer, pushMask, wrap } from '../scalar/integers.ts';
import { Rep, repOf } from '../state/abi.ts';
import type { FunctionState } from '../state/function-state.ts';
import { opOr, opShl, opShr, reinterpretTag } from '../state/numeric-opcodes.ts';
import type { WValue } from '../state/wvalue.ts';
import { baseOffset, stackOffset } from '../state/wvalue.ts';

const LIMB_BITS = 64;
const LIMB_BYTES = 8;

/** A type as a row of equal elements; what is no vector and no array is a row of one. */
interface Row {
  readonly elem: IpIndex;
  readonly count: number;
  /** Bits of an element. */
  readonly bits: number;
  /** Bytes from one element to the next. */
  readonly stride: number;
  /** The elements lie in memory. */
  readonly isMemory: boolean;
}

function rowOf(f: FunctionState, ty: IpIndex): Row {
  const { pool } = f;
  const kind = pool.typeKind(ty);
  const isListed = kind === TypeKind.vector || kind === TypeKind.array;
  const elem = isListed ? pool.childType(ty) : ty;
  return {
    elem,
    count: isListed ? pool.arrayLen(ty) : 1,
    bits: bitsOf(f, elem),
    stride: abiSize(pool, elem),
    isMemory: repOf(pool, ty) === Rep.address,
  };
}

/** Bits of a number or bool, or a type that is one of these in memory; 0 for what is only copied. */
function bitsOf(f: FunctionState, ty: IpIndex): number {
  const { pool } = f;
  const integer = integerOf(pool, ty);
  if (pool.isInt(integer)) return pool.intBits(integer);
  if (pool.isFloat(ty)) return pool.floatBits(ty);
  return pool.typeKind(ty) === TypeKind.simple ? 1 : 0;
}

/** bitcast of a vector, or to one. */
export function lowerVectorBits(f: FunctionState, inst: InstIndex): void {
  const operand = f.operand(inst, 0);
  const from = rowOf(f, f.typeOf(operand));
  const to = rowOf(f, f.resultType(inst));
  const isDense = ({ bits, stride }: Row): boolean => bits === stride * 8;
  const isSame = from.elem === to.elem && from.count === to.count;
  if (from.isMemory && to.isMemory && (isSame || (isDense(from) && isDense(to)))) {
    const slot = allocateSlot(f, f.resultType(inst));
    copyConstant(f, slot, 0, f.resolve(operand), from.count * from.stride);
    f.finish(inst, slot);
    return;
  }
  const limbs = Math.ceil((from.bits * from.count) / LIMB_BITS);
  const pattern = stackOffset(f.frame.allocate(limbs * LIMB_BYTES, LIMB_BYTES));
  for (let k = 0; k < limbs; k++) storePatternLimb(f, pattern, k, f.resolve(operand), from);
  if (!to.isMemory) {
    pushPiece(f, pattern, 0, to.bits);
    pushElement(f, to);
    f.finishStack(inst, repOf(f.pool, to.elem));
    return;
  }
  const slot = allocateSlot(f, f.resultType(inst));
  for (let n = 0; n < to.count; n++) storeElement(f, slot, pattern, to, n);
  f.finish(inst, slot);
}

/** Writes limb `k` of the pattern: every piece of an element of `from`, which lies at `source`, that has bits in it. */
function storePatternLimb(f: FunctionState, pattern: WValue, k: number, source: WValue, from: Row): void {
  f.pushBase(pattern);
  const low = k * LIMB_BITS;
  let isFirst = true;
  for (let n = Math.floor(low / from.bits); n < from.count && n * from.bits < low + LIMB_BITS; n++) {
    for (let j = 0; j * LIMB_BITS < from.bits; j++) {
      const start = n * from.bits + j * LIMB_BITS;
      const length = Math.min(LIMB_BITS, from.bits - j * LIMB_BITS);
      if (start + length <= low || start >= low + LIMB_BITS) continue;
      pushSourcePiece(f, source, from, n, j, length);
      shiftBy(f, start - low);
      if (!isFirst) f.mir.op(opOr(Rep.i64));
      isFirst = false;
    }
  }
  f.mir.memory(MirTag.i64_store, k * LIMB_BYTES + baseOffset(pattern), LIMB_BYTES);
}

/** Shifts the i64 on the stack to the left, or by a negative amount to the right. */
function shiftBy(f: FunctionState, amount: number): void {
  if (amount === 0) return;
  f.pushInt(Rep.i64, Math.abs(amount));
  f.mir.op(amount > 0 ? opShl(Rep.i64) : opShr(Rep.i64, false));
}

/** Pushes the `length` bits of element `n` from its bit 64 * `j` on, zero-extended to an i64. */
function pushSourcePiece(f: FunctionState, source: WValue, row: Row, n: number, j: number, length: number): void {
  const rep = repOf(f.pool, row.elem);
  if (rep === Rep.address) {
    f.pushBase(source);
    f.mir.memory(MirTag.i64_load, n * row.stride + j * LIMB_BYTES + baseOffset(source), LIMB_BYTES);
  } else {
    if (row.isMemory) {
      f.pushBase(source);
      loadTop(f, source, n * row.stride, row.elem, abiAlign(f.pool, row.elem));
    } else {
      f.pushValue(source);
    }
    pushBits(f, rep);
  }
  if (length === LIMB_BITS) return;
  pushMask(f, Rep.i64, length);
  f.mir.op(MirTag.i64_and);
}

/** Replaces the value of `rep` on the stack by an i64 whose low bits are those of it. */
function pushBits(f: FunctionState, rep: Rep): void {
  if (rep === Rep.i64) return;
  if (rep === Rep.f64) {
    f.mir.op(reinterpretTag(rep, Rep.i64));
    return;
  }
  if (rep === Rep.f32) f.mir.op(reinterpretTag(rep, Rep.i32));
  convertContainer(f, Rep.i32, Rep.i64, false);
}

/** Pushes an i64 whose `length` low bits, at most 64, are those of the pattern from bit `start` on. */
function pushPiece(f: FunctionState, pattern: WValue, start: number, length: number): void {
  const k = Math.floor(start / LIMB_BITS);
  const low = start - k * LIMB_BITS;
  const pushLimb = (limb: number): void => {
    f.pushBase(pattern);
    f.mir.memory(MirTag.i64_load, limb * LIMB_BYTES + baseOffset(pattern), LIMB_BYTES);
  };
  pushLimb(k);
  shiftBy(f, -low);
  if (low + length <= LIMB_BITS) return;
  pushLimb(k + 1);
  shiftBy(f, LIMB_BITS - low);
  f.mir.op(opOr(Rep.i64));
}

/** Replaces the i64 on the stack, whose low bits are those of an element, by the element. */
function pushElement(f: FunctionState, { elem, bits }: Row): void {
  const { pool, mir } = f;
  const rep = repOf(pool, elem);
  if (rep === Rep.f64) {
    mir.op(reinterpretTag(Rep.i64, rep));
    return;
  }
  if (rep === Rep.i64) {
    wrap(f, rep, bits, isSigned(f, elem));
    return;
  }
  convertContainer(f, Rep.i64, Rep.i32, false);
  if (rep === Rep.f32) mir.op(reinterpretTag(Rep.i32, rep));
  else wrap(f, Rep.i32, bits, isSigned(f, elem));
}

function isSigned(f: FunctionState, ty: IpIndex): boolean {
  const integer = integerOf(f.pool, ty);
  return f.pool.isInt(integer) && f.pool.intSigned(integer);
}

/** Writes element `n` of `to` to the value at `slot`. */
function storeElement(f: FunctionState, slot: WValue, pattern: WValue, to: Row, n: number): void {
  const offset = n * to.stride;
  if (repOf(f.pool, to.elem) !== Rep.address) {
    f.pushBase(slot);
    pushPiece(f, pattern, n * to.bits, to.bits);
    pushElement(f, to);
    storeTop(f, slot, offset, to.elem);
    return;
  }
  const limbs = Math.ceil(to.bits / LIMB_BITS);
  const slots = to.stride / LIMB_BYTES;
  for (let j = 0; j < slots; j++) {
    f.pushBase(slot);
    if (j < limbs) pushElementLimb(f, pattern, to, n, j);
    else pushExtension(f, pattern, to, n, limbs);
    f.mir.memory(MirTag.i64_store, offset + j * LIMB_BYTES + baseOffset(slot), LIMB_BYTES);
  }
}

/** Pushes limb `j` of element `n`, the last one extended to 64 bits. */
function pushElementLimb(f: FunctionState, pattern: WValue, to: Row, n: number, j: number): void {
  const length = Math.min(LIMB_BITS, to.bits - j * LIMB_BITS);
  pushPiece(f, pattern, n * to.bits + j * LIMB_BITS, length);
  wrap(f, Rep.i64, length, isSigned(f, to.elem));
}

/** Pushes what the limbs above the `limbs` with bits of element `n` hold. */
function pushExtension(f: FunctionState, pattern: WValue, to: Row, n: number, limbs: number): void {
  if (!isSigned(f, to.elem)) {
    f.pushInt(Rep.i64, 0);
    return;
  }
  pushElementLimb(f, pattern, to, n, limbs - 1);
  f.pushInt(Rep.i64, LIMB_BITS - 1);
  f.mir.op(opShr(Rep.i64, true));
}
