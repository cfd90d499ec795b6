/**
 * Address arithmetic and access through it: elements, fields, slices and their parts (codegen specification 8).
 *
 * A constant offset moves into the place of the pointer or into the static offset of the access; only what depends on a
 * run-time index or sits in a local is added at run time.
 */
import type { InstIndex, Ref } from '../../air/body/ref.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { IP } from '../../intern/keys.ts';
import { abiSize, fieldOffset, pointeeAlign, ptrSize } from '../../intern/layout.ts';
import type { FunctionState, Lowering } from '../state/function-state.ts';
import { finishLoad } from './memory.ts';
import { allocateSlot, loadTop, SLICE_PTR, sliceLen, storeTop } from './memory-access.ts';
import { opAdd, opMul, opSub } from '../scalar/numeric-opcodes.ts';
import type { WValue } from '../state/wvalue.ts';
import { local, smallConstant } from '../state/wvalue.ts';

/** Greatest offset that is folded; far below what a static offset can hold. */
const MAX_FOLDED = 0x3fff_ffff;

/** Offset of element `index` of `size` bytes, or null when it depends on run time or is out of all proportion. */
export function constantIndexOffset(index: WValue, size: number): number | null {
  const constant = smallConstant(index);
  if (constant === null) return null;
  const offset = constant * size;
  return offset <= MAX_FOLDED ? offset : null;
}

/** Replaces the address on the stack by the address of element `index`. */
export function addIndex(f: FunctionState, index: WValue, size: number): void {
  if (size === 0) return;
  f.pushValue(index);
  scaleTop(f, size);
  f.mir.op(opAdd(f.addressRep));
}

function scaleTop(f: FunctionState, size: number): void {
  if (size === 1) return;
  f.pushInt(f.addressRep, size);
  f.mir.op(opMul(f.addressRep));
}

/** Loads a part of slice `slice` onto the stack. */
function pushSliceWord(f: FunctionState, slice: WValue, offset: number): void {
  f.pushBase(slice);
  loadTop(f, slice, offset, IP.usize_type, ptrSize(f.pool));
}

function childSize(f: FunctionState, ref: Ref): number {
  return abiSize(f.pool, f.pool.childType(f.typeOf(ref)));
}

function pointerStep(isAdd: boolean): Lowering {
  return (f, inst) => {
    const pointer = f.operand(inst, 0);
    const index = f.resolve(f.operand(inst, 1));
    const size = childSize(f, pointer);
    const offset = constantIndexOffset(index, size);
    const base = f.resolve(pointer);
    if (offset !== null) {
      f.finishMoved(inst, base, isAdd ? offset : -offset);
      return;
    }
    f.pushValue(base);
    f.pushValue(index);
    scaleTop(f, size);
    f.mir.op((isAdd ? opAdd : opSub)(f.addressRep));
    f.finishStack(inst, f.addressRep);
  };
}

export const lowerPtrAdd = pointerStep(true);
export const lowerPtrSub = pointerStep(false);

/** Of `[*]T` or `*[n]T`: the size of the result's pointee is the step. */
export function lowerPtrElemPtr(f: FunctionState, inst: InstIndex): void {
  finishElementAddress(f, inst, f.resolve(f.operand(inst, 0)));
}

function finishElementAddress(f: FunctionState, inst: InstIndex, base: WValue): void {
  const size = abiSize(f.pool, f.pool.childType(f.resultType(inst)));
  const index = f.resolve(f.operand(inst, 1));
  const offset = constantIndexOffset(index, size);
  if (offset !== null) {
    f.finishMoved(inst, base, offset);
    return;
  }
  f.pushValue(base);
  addIndex(f, index, size);
  f.finishStack(inst, f.addressRep);
}

/** Finishes with the element at `base`, loaded or copied. */
function finishElementLoad(f: FunctionState, inst: InstIndex, base: WValue, align: number): void {
  const size = abiSize(f.pool, f.resultType(inst));
  const index = f.resolve(f.operand(inst, 1));
  const offset = constantIndexOffset(index, size);
  if (offset !== null) {
    finishLoad(f, inst, base, offset, align);
    return;
  }
  f.pushValue(base);
  addIndex(f, index, size);
  const address = f.popTemp(f.addressRep);
  finishLoad(f, inst, local(address), 0, align);
  f.releaseTemp(address);
}

export function lowerPtrElemVal(f: FunctionState, inst: InstIndex): void {
  const pointer = f.operand(inst, 0);
  finishElementLoad(f, inst, f.resolve(pointer), elementAlign(f, f.typeOf(pointer)));
}

/** What is known of the address of any element: the pointer's promise holds for the first one only. */
function elementAlign(f: FunctionState, ptrTy: IpIndex): number {
  const size = abiSize(f.pool, f.pool.childType(ptrTy));
  const align = pointeeAlign(f.pool, ptrTy);
  return size === 0 ? align : Math.min(align, size & -size);
}

export function lowerSliceElemVal(f: FunctionState, inst: InstIndex): void {
  const slice = f.operand(inst, 0);
  pushSliceWord(f, f.resolve(slice), SLICE_PTR);
  const start = f.popTemp(f.addressRep);
  finishElementLoad(f, inst, local(start), elementAlign(f, f.typeOf(slice)));
  f.releaseTemp(start);
}

export function lowerSliceElemPtr(f: FunctionState, inst: InstIndex): void {
  const size = abiSize(f.pool, f.pool.childType(f.resultType(inst)));
  const index = f.resolve(f.operand(inst, 1));
  pushSliceWord(f, f.resolve(f.operand(inst, 0)), SLICE_PTR);
  addIndex(f, index, size);
  f.finishStack(inst, f.addressRep);
}

export function lowerSliceLen(f: FunctionState, inst: InstIndex): void {
  pushSliceWord(f, f.resolve(f.operand(inst, 0)), sliceLen(f));
  f.finishStack(inst, f.addressRep);
}

export function lowerSlicePtr(f: FunctionState, inst: InstIndex): void {
  pushSliceWord(f, f.resolve(f.operand(inst, 0)), SLICE_PTR);
  f.finishStack(inst, f.addressRep);
}

export function lowerPtrSlicePtrPtr(f: FunctionState, inst: InstIndex): void {
  f.finishMoved(inst, f.resolve(f.operand(inst, 0)), SLICE_PTR);
}

export function lowerPtrSliceLenPtr(f: FunctionState, inst: InstIndex): void {
  f.finishMoved(inst, f.resolve(f.operand(inst, 0)), sliceLen(f));
}

/** Builds a slice in a slot of its own; `pushLength` leaves the length on the stack. */
function finishSlice(f: FunctionState, inst: InstIndex, pointer: Ref, pushLength: () => void): void {
  const slot = allocateSlot(f, f.resultType(inst));
  f.pushBase(slot);
  f.push(pointer);
  storeTop(f, slot, SLICE_PTR, IP.usize_type);
  f.pushBase(slot);
  pushLength();
  storeTop(f, slot, sliceLen(f), IP.usize_type);
  f.finish(inst, slot);
}

export function lowerSlice(f: FunctionState, inst: InstIndex): void {
  finishSlice(f, inst, f.operand(inst, 0), () => {
    f.push(f.operand(inst, 1));
  });
}

export function lowerArrayToSlice(f: FunctionState, inst: InstIndex): void {
  const pointer = f.operand(inst, 0);
  finishSlice(f, inst, pointer, () => {
    f.pushInt(f.addressRep, f.pool.arrayLen(f.pool.childType(f.typeOf(pointer))));
  });
}

function structOf(f: FunctionState, ptrTy: IpIndex): IpIndex {
  return f.pool.childType(ptrTy);
}

export function lowerStructFieldPtr(f: FunctionState, inst: InstIndex): void {
  finishFieldPtr(f, inst, f.body.number(inst));
}

/** The field number is part of the instruction's name. */
export function structFieldPtrIndex(field: number): Lowering {
  return (f, inst) => {
    finishFieldPtr(f, inst, field);
  };
}

function finishFieldPtr(f: FunctionState, inst: InstIndex, field: number): void {
  const pointer = f.operand(inst, 0);
  f.finishMoved(inst, f.resolve(pointer), fieldOffset(f.pool, structOf(f, f.typeOf(pointer)), field));
}

export function lowerFieldParentPtr(f: FunctionState, inst: InstIndex): void {
  const offset = fieldOffset(f.pool, structOf(f, f.resultType(inst)), f.body.number(inst));
  f.finishMoved(inst, f.resolve(f.operand(inst, 0)), -offset);
}
