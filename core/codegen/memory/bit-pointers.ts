/**
 * Bits of an integer: cut out as a value, and put back. What fields of packed structs are, in a register or behind a pointer to
 * bits (codegen specification 8).
 *
 * An integer in work is a container with its bits zero-extended. Invariant: a store through a pointer to bits keeps all other
 * bits of the host, which is read and written as a whole.
 */
import type { InstIndex } from '../../air/body/ref.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { IP } from '../../intern/keys.ts';
import { bitRange, packedBits } from '../../intern/packed.ts';
import { integerOf } from '../../intern/sums.ts';
import { InternalError } from '../../support/assert.ts';
import { convertContainer, pushMask, wrap } from '../scalar/integers.ts';
import { Rep, repOf } from '../state/abi.ts';
import type { FunctionState } from '../state/function-state.ts';
import { loadTag, opAnd, opOr, opShl, opShr, opXor, reinterpretTag, storeTag } from '../state/numeric-opcodes.ts';
import { baseOffset } from '../state/wvalue.ts';

/** Container of an integer that bits are cut out of. */
type Container = typeof Rep.i32 | typeof Rep.i64;

function bitsOf(f: FunctionState, ty: IpIndex): number {
  const bits = packedBits(f.pool, ty);
  if (bits === null) throw new InternalError('a type without bits of its own in a packed struct');
  return bits;
}

/** Container of the bits of a value of `rep`. */
function containerOf(rep: Rep): Container {
  switch (rep) {
    case Rep.i32:
    case Rep.f32:
    case Rep.f16:
      return Rep.i32;
    case Rep.i64:
    case Rep.f64:
      return Rep.i64;
    case Rep.none:
    case Rep.address:
    case Rep.v128:
      throw new InternalError('bits of a value in memory');
  }
}

/** Replaces the integer on the stack by the value of type `ty` at bit `offset` of it. */
export function cutOut(f: FunctionState, from: Container, offset: number, ty: IpIndex): void {
  const rep = repOf(f.pool, ty);
  const to = containerOf(rep);
  if (offset > 0) {
    f.pushInt(from, offset);
    f.mir.op(opShr(from, false));
  }
  convertContainer(f, from, to, false);
  const integer = integerOf(f.pool, ty);
  wrap(f, to, bitsOf(f, ty), f.pool.isInt(integer) && f.pool.intSigned(integer));
  if (rep === Rep.f32 || rep === Rep.f64) f.mir.op(reinterpretTag(to, rep));
}

/** Replaces the value of type `ty` on the stack by its bits, moved to bit `offset` of a container. */
export function moveIn(f: FunctionState, to: Container, offset: number, ty: IpIndex): void {
  const rep = repOf(f.pool, ty);
  const from = containerOf(rep);
  if (rep === Rep.f32 || rep === Rep.f64) f.mir.op(reinterpretTag(rep, from));
  const integer = integerOf(f.pool, ty);
  if (ty !== IP.bool_type && f.pool.isInt(integer) && f.pool.intSigned(integer)) {
    wrap(f, from, bitsOf(f, ty), false);
  }
  convertContainer(f, from, to, false);
  if (offset === 0) return;
  f.pushInt(to, offset);
  f.mir.op(opShl(to));
}

/** The host behind pointer operand 0. */
function hostOf(f: FunctionState, inst: InstIndex) {
  const pointer = f.operand(inst, 0);
  const ptrTy = f.typeOf(pointer);
  const { hostSize, bitOffset } = bitRange(f.pool, ptrTy)!;
  const rep: Container = hostSize === 8 ? Rep.i64 : Rep.i32;
  const place = f.resolve(pointer);
  const align = Math.min(f.pool.ptrAlign(ptrTy), hostSize);
  const load = (): void => {
    f.pushBase(place);
    f.mir.memory(loadTag(rep, hostSize, false), baseOffset(place), align);
  };
  const store = (): void => {
    f.mir.memory(storeTag(rep, hostSize), baseOffset(place), align);
  };
  return { rep, bitOffset, place, load, store, ty: f.pool.childType(ptrTy) };
}

/** load through a pointer to bits. */
export function lowerBitLoad(f: FunctionState, inst: InstIndex): void {
  const host = hostOf(f, inst);
  host.load();
  cutOut(f, host.rep, host.bitOffset, host.ty);
  f.finishStack(inst, repOf(f.pool, host.ty));
}

/** store through a pointer to bits: (host & ~mask) | bits. */
export function lowerBitStore(f: FunctionState, inst: InstIndex): void {
  const value = f.operand(inst, 1);
  if (!f.isUndefined(value)) {
    const { rep, bitOffset, place, load, store, ty } = hostOf(f, inst);
    f.pushBase(place);
    load();
    pushMask(f, rep, bitsOf(f, ty));
    if (bitOffset > 0) {
      f.pushInt(rep, bitOffset);
      f.mir.op(opShl(rep));
    }
    f.pushInt(rep, -1);
    f.mir.op(opXor(rep));
    f.mir.op(opAnd(rep));
    f.push(value);
    moveIn(f, rep, bitOffset, ty);
    f.mir.op(opOr(rep));
    store();
  }
  f.finishVoid(inst);
}
