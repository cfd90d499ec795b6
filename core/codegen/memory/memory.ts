/**
 * Instructions that touch memory: slots, loads and stores, runs of elements, and its size (codegen specification 4.6, 4.7).
 *
 * A load of a value in memory copies it to a slot of its own, so that later stores do not change the value. `alloc` gives
 * the place of its slot and no code.
 */
import type { InstIndex, Ref } from '../../air/body/ref.ts';
import { TAG } from '../../air/schema/ops.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { abiAlign, abiSize, hasRuntimeBits, pointeeAlign, ptrSize } from '../../intern/layout.ts';
import { bitRange } from '../../intern/packed.ts';
import { TypeKind } from '../../intern/type-kinds.ts';
import type { LocalIndex } from '../../mir/mir.ts';
import { MirTag } from '../../mir/ops.ts';
import { Rep, repOf } from '../state/abi.ts';
import type { FunctionState, Lowering } from '../state/function-state.ts';
import { opAdd, loadTag, opMul, opNe } from '../state/numeric-opcodes.ts';
import type { WValue } from '../state/wvalue.ts';
import { baseOffset, imm32, imm64, local, navRef, NO_VALUE, smallConstant, stackOffset, W } from '../state/wvalue.ts';
import { allocateSlot, copyValue, loadForeignTop, SLICE_PTR, sliceLen, storeOperand } from './memory-access.ts';
import { lowerBitLoad, lowerBitStore } from './bit-pointers.ts';
import { isPromoted, lowerPromotedStore, promote } from './promote.ts';
import { copyRun, fillRun, openUnlessZero } from './memory-blocks.ts';
import { loadVectorTop } from './vectors.ts';

/** A slot for what a pointer of type `ptrTy` points to; one without bits still gets an address of its own. */
function allocatePointee(f: FunctionState, ptrTy: IpIndex, minAlign: number): number {
  const size = abiSize(f.pool, f.pool.childType(ptrTy));
  const align = Math.max(pointeeAlign(f.pool, ptrTy), minAlign);
  return f.frame.allocate(size === 0 ? ptrSize(f.pool) : size, align);
}

/** The lowest address of the frame: the place of its first slot, if it has one. */
export function lowerFrameAddr(f: FunctionState, inst: InstIndex): void {
  f.frame.demand();
  f.finish(inst, stackOffset(0));
}

/** The base of the thread's data and the place of the nav behind it. Without threads it has one address; data without bits is anywhere. */
export function lowerRuntimeNavPtr(f: FunctionState, inst: InstIndex): void {
  const nav = f.body.nav(inst);
  const { atomics, bulkMemory } = f.options;
  if (!(atomics && bulkMemory) || !hasRuntimeBits(f.pool, f.pool.childType(f.resultType(inst)))) {
    f.finish(inst, navRef(nav, 0));
    return;
  }
  f.mir.tlsRef(nav);
  f.mir.op(opAdd(f.addressRep));
  f.finishStack(inst, f.addressRep);
}

/** wasm does not tell it. */
export function lowerRetAddr(f: FunctionState, inst: InstIndex): void {
  f.finish(inst, f.addressRep === Rep.i64 ? imm64(0, 0) : imm32(0));
}

export function lowerMemorySize(f: FunctionState, inst: InstIndex): void {
  f.mir.push(MirTag.memory_size, f.body.number(inst));
  f.finishStack(inst, f.addressRep);
}

export function lowerMemoryGrow(f: FunctionState, inst: InstIndex): void {
  f.push(f.operand(inst, 0));
  f.mir.push(MirTag.memory_grow, f.body.number(inst));
  if (f.isUnused(inst)) {
    f.mir.op(MirTag.drop);
    f.finishVoid(inst);
  } else {
    f.finishStack(inst, f.addressRep);
  }
}

export function lowerAlloc(f: FunctionState, inst: InstIndex): void {
  if (f.options.peepholes.promoteAllocs && promote(f, inst)) return;
  f.finish(inst, stackOffset(allocatePointee(f, f.resultType(inst), 1)));
}

/** Greatest alignment that a `ret_ptr` of the function promises. */
function strictestRetPtr(f: FunctionState): number {
  let align = 1;
  for (let i = 0 as InstIndex; i < f.body.length; i++) {
    if (f.body.tags[i] === TAG.ret_ptr) align = Math.max(align, pointeeAlign(f.pool, f.resultType(i)));
  }
  return align;
}

/** One place for all `ret_ptr` of a function: the caller's, or a slot that suits the strictest of them. */
export function lowerRetPtr(f: FunctionState, inst: InstIndex): void {
  if (f.resultAddress.kind !== W.none) {
    f.finishAlias(inst, f.resultAddress);
    return;
  }
  f.retSlot ??= allocatePointee(f, f.resultType(inst), strictestRetPtr(f));
  f.finish(inst, stackOffset(f.retSlot));
}

/** Loads the value of the result type from `address` plus `offset`, which is known to be aligned to `align`. */
export function finishLoad(f: FunctionState, inst: InstIndex, address: WValue, offset: number, align: number): void {
  const ty = f.resultType(inst);
  const rep = repOf(f.pool, ty);
  if (rep === Rep.none) {
    f.finish(inst, NO_VALUE);
  } else if (f.isVectorValue(ty)) {
    f.pushBase(address);
    loadVectorTop(f, address, offset, align);
    f.finishVector(inst);
  } else if (rep === Rep.address) {
    const slot = allocateSlot(f, ty);
    const copyAlign = Math.min(align, abiAlign(f.pool, ty));
    const source = f.moved(address, offset);
    if (source !== null) {
      copyValue(f, slot, 0, source, ty, copyAlign);
    } else {
      f.pushAddress(address, offset);
      const temp = f.popTemp(f.addressRep);
      copyValue(f, slot, 0, local(temp), ty, copyAlign);
      f.releaseTemp(temp);
    }
    f.finish(inst, slot);
  } else {
    f.pushBase(address);
    loadForeignTop(f, address, offset, ty, align);
    f.finishStack(inst, rep);
  }
}

export function lowerLoad(f: FunctionState, inst: InstIndex): void {
  const pointer = f.operand(inst, 0);
  if (isPromoted(f, pointer)) {
    f.push(pointer);
    if (f.isVectorValue(f.resultType(inst))) f.finishVector(inst);
    else f.finishStack(inst, f.resultRep(inst));
    return;
  }
  if (bitRange(f.pool, f.typeOf(pointer)) !== null) {
    lowerBitLoad(f, inst);
    return;
  }
  finishLoad(f, inst, f.resolve(pointer), 0, pointeeAlign(f.pool, f.typeOf(pointer)));
}

export function lowerStore(f: FunctionState, inst: InstIndex): void {
  const pointer = f.operand(inst, 0);
  if (isPromoted(f, pointer)) {
    lowerPromotedStore(f, inst);
    return;
  }
  if (bitRange(f.pool, f.typeOf(pointer)) !== null) {
    lowerBitStore(f, inst);
    return;
  }
  const align = pointeeAlign(f.pool, f.typeOf(pointer));
  storeOperand(f, f.resolve(pointer), 0, f.operand(inst, 1), align);
  f.finishVoid(inst);
}

/** Where a run of elements begins, and how many bytes it has. Temporaries are listed for their release. */
export interface Run {
  readonly start: WValue;
  readonly bytes: WValue;
  readonly temps: readonly LocalIndex[];
}

/** Loads a word of the slice `slice` into a temporary. */
function loadSliceWord(f: FunctionState, slice: WValue, offset: number): LocalIndex {
  f.pushBase(slice);
  const size = ptrSize(f.pool);
  f.mir.memory(loadTag(f.addressRep, size, false), offset + baseOffset(slice), size);
  return f.popTemp(f.addressRep);
}

/** The start of a `[]T`, `[*]T` or `*[n]T`. */
function startOf(f: FunctionState, ref: Ref, temps: LocalIndex[]): WValue {
  const value = f.resolve(ref);
  if (f.pool.typeKind(f.typeOf(ref)) !== TypeKind.slice) return value;
  const start = loadSliceWord(f, value, SLICE_PTR);
  temps.push(start);
  return local(start);
}

/** The run that a `[]T` or `*[n]T` denotes. */
export function runOf(f: FunctionState, ref: Ref): Run {
  const { pool, mir } = f;
  const ty = f.typeOf(ref);
  const temps: LocalIndex[] = [];
  const start = startOf(f, ref, temps);
  if (pool.typeKind(ty) !== TypeKind.slice) {
    const array = pool.childType(ty);
    const bytes = pool.arrayLen(array) * abiSize(pool, pool.childType(array));
    return { start, bytes: f.addressRep === Rep.i64 ? imm64(bytes, 0) : imm32(bytes), temps };
  }
  const size = abiSize(pool, pool.childType(ty));
  const length = loadSliceWord(f, f.resolve(ref), sliceLen(f));
  temps.push(length);
  if (size !== 1) {
    mir.localGet(length);
    f.pushInt(f.addressRep, size);
    mir.op(opMul(f.addressRep));
    mir.localSet(length);
  }
  return { start, bytes: local(length), temps };
}

/** Ends the life of the temporaries of a run. */
export function release(f: FunctionState, temps: readonly LocalIndex[]): void {
  for (const temp of temps) f.releaseTemp(temp);
}

/** Type of the elements that a `[]T` or `*[n]T` denotes. */
export function elementType(f: FunctionState, ref: Ref): IpIndex {
  const { pool } = f;
  const ty = f.typeOf(ref);
  const child = pool.childType(ty);
  return pool.typeKind(ty) === TypeKind.slice ? child : pool.childType(child);
}

export function lowerMemset(f: FunctionState, inst: InstIndex): void {
  const target = f.operand(inst, 0);
  const value = f.operand(inst, 1);
  const elem = elementType(f, target);
  const size = abiSize(f.pool, elem);
  if (size !== 0 && !f.isUndefined(value)) {
    const run = runOf(f, target);
    if (size === 1 && f.options.bulkMemory && repOf(f.pool, elem) === Rep.i32) {
      fillRun(f, run.start, run.bytes, () => {
        f.push(value);
      });
    } else {
      fillLoop(f, run, size, (at) => {
        storeOperand(f, at, 0, value, abiAlign(f.pool, elem));
      });
    }
    release(f, run.temps);
  }
  f.finishVoid(inst);
}

/** Stores element after element, `size` bytes apart, until the end of the run. */
export function fillLoop(f: FunctionState, run: Run, size: number, store: (at: WValue) => void): void {
  const count = smallConstant(run.bytes);
  if (count === 0) return;
  const { mir } = f;
  const known = count !== null;
  if (!known) {
    openUnlessZero(f, () => {
      f.pushValue(run.bytes);
    });
  }
  f.pushValue(run.start);
  const at = f.popTemp(f.addressRep);
  mir.localGet(at);
  f.pushValue(run.bytes);
  mir.op(opAdd(f.addressRep));
  const end = f.popTemp(f.addressRep);
  mir.loop();
  store(local(at));
  mir.localGet(at);
  f.addToAddress(size);
  mir.localTee(at);
  mir.localGet(end);
  mir.op(opNe(f.addressRep));
  mir.brIf(0);
  mir.end();
  f.releaseTemp(end);
  f.releaseTemp(at);
  if (!known) mir.end();
}

function copy(isMove: boolean): Lowering {
  return (f, inst) => {
    const target = f.operand(inst, 0);
    if (abiSize(f.pool, elementType(f, target)) !== 0) {
      const run = runOf(f, target);
      const temps = [...run.temps];
      const source = startOf(f, f.operand(inst, 1), temps);
      copyRun(f, run.start, source, run.bytes, isMove);
      release(f, temps);
    }
    f.finishVoid(inst);
  };
}

export const lowerMemcpy = copy(false);
export const lowerMemmove = copy(true);
