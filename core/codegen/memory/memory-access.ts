/**
 * Loads, stores and copies of single values: the only place that knows how a type lies in memory.
 *
 * An access is made of three steps, because the address goes below the value: push the base, push the value, then the
 * instruction with its static offset. Copies of values in memory are of constant size; runs of elements are in
 * memory-blocks.ts. Invariant: memory holds canonical integers over their full size.
 */
import type { Ref } from '../../air/body/ref.ts';
import { sentinelOf } from '../../intern/elements.ts';
import type { IpIndex } from '../../intern/keys.ts';
import type { Word } from '../../intern/layout.ts';
import { abiAlign, abiSize, ptrSize } from '../../intern/layout.ts';
import { integerOf } from '../../intern/sums.ts';
import { TypeKind } from '../../intern/type-kinds.ts';
import { wrap } from '../scalar/integers.ts';
import { containerBits, Rep, repOf } from '../state/abi.ts';
import type { FunctionState } from '../state/function-state.ts';
import { loadTag, storeTag } from '../state/numeric-opcodes.ts';
import type { WValue } from '../state/wvalue.ts';
import { baseOffset, stackOffset } from '../state/wvalue.ts';
import { copyConstant } from './memory-blocks.ts';
import { pushVector, storeVectorTop } from './vectors.ts';

/** A new frame slot for a value of `ty`. */
export function allocateSlot(f: FunctionState, ty: IpIndex): WValue {
  return stackOffset(f.frame.allocate(abiSize(f.pool, ty), abiAlign(f.pool, ty)));
}

/** Integers are loaded by their own sign, everything else zero-extended. */
function isSignedInt(f: FunctionState, ty: IpIndex): boolean {
  const integer = integerOf(f.pool, ty);
  return f.pool.typeKind(integer) === TypeKind.int && f.pool.intSigned(integer);
}

/** Replaces the base of `base` on the stack by the word of `size` bytes at `offset`, zero-extended. */
export function loadWordTop(f: FunctionState, base: WValue, { offset, size }: Word, align: number): void {
  f.mir.memory(loadTag(wordRep(f, size), size, false), offset + baseOffset(base), Math.min(align, size));
}

/** Stores `value` as the word of `size` bytes at `offset` of `base`. */
export function storeWord(f: FunctionState, base: WValue, { offset, size }: Word, align: number, value: number): void {
  f.pushBase(base);
  f.pushInt(wordRep(f, size), value);
  f.mir.memory(storeTag(wordRep(f, size), size), offset + baseOffset(base), Math.min(align, size));
}

/** Representation of a word: an address, or less than one. */
export function wordRep(f: FunctionState, size: number): Rep {
  return size === ptrSize(f.pool) ? f.addressRep : Rep.i32;
}

/**
 * Replaces the base of `base` on the stack by the scalar of type `ty` at `offset`. `align` is what is known of the
 * address in bytes; wasm wants no more than the natural alignment.
 */
export function loadTop(f: FunctionState, base: WValue, offset: number, ty: IpIndex, align: number): void {
  const size = abiSize(f.pool, ty);
  const tag = loadTag(repOf(f.pool, ty), size, isSignedInt(f, ty));
  f.mir.memory(tag, offset + baseOffset(base), Math.min(align, size));
}

/** As {@link loadTop}, and tolerates an integer that someone wrote through a pointer to another type. */
export function loadForeignTop(f: FunctionState, base: WValue, offset: number, ty: IpIndex, align: number): void {
  loadTop(f, base, offset, ty, align);
  const integer = integerOf(f.pool, ty);
  if (f.pool.typeKind(integer) !== TypeKind.int) return;
  const bits = f.pool.intBits(integer);
  if (bits < abiSize(f.pool, ty) * 8) wrap(f, repOf(f.pool, ty), bits, f.pool.intSigned(integer));
}

/** Pops the scalar of type `ty` and the base of `base`, and stores at `offset`. */
export function storeTop(
  f: FunctionState,
  base: WValue,
  offset: number,
  ty: IpIndex,
  align = abiAlign(f.pool, ty),
): void {
  const size = abiSize(f.pool, ty);
  f.mir.memory(storeTag(repOf(f.pool, ty), size), offset + baseOffset(base), Math.min(align, size));
}

/**
 * Writes the value of `ref` to the address `base` plus `offset`: nothing for a value without bits or an undefined one
 * (whatever is there will do), a copy for one in memory.
 */
export function storeOperand(f: FunctionState, base: WValue, offset: number, ref: Ref, align?: number): void {
  const ty = f.typeOf(ref);
  const rep = repOf(f.pool, ty);
  if (rep === Rep.none || (f.isUndefined(ref) && !hasSentinel(f, ty))) return;
  if (f.options.simd128 && f.vectorLocal(ref) !== null) {
    f.pushBase(base);
    pushVector(f, ref);
    storeVectorTop(f, base, offset, align);
    return;
  }
  storeValue(f, base, offset, ty, f.resolve(ref), align);
}

/** As {@link storeOperand}, of a place of type `ty`, which has bits. */
export function storeValue(
  f: FunctionState,
  base: WValue,
  offset: number,
  ty: IpIndex,
  value: WValue,
  align = abiAlign(f.pool, ty),
): void {
  if (repOf(f.pool, ty) === Rep.address) {
    copyValue(f, base, offset, value, ty, align);
    return;
  }
  f.pushBase(base);
  f.pushValue(value);
  storeTop(f, base, offset, ty, align);
}

/** Copies a value in memory, of type `ty`, from the address `source` to the address `base` plus `offset`. */
export function copyValue(
  f: FunctionState,
  base: WValue,
  offset: number,
  source: WValue,
  ty: IpIndex,
  align: number,
): void {
  const size = abiSize(f.pool, ty);
  const kind = f.pool.typeKind(ty);
  if (kind === TypeKind.slice) copyPair(f, base, offset, source, f.addressRep, align);
  else if (kind === TypeKind.int && size === 16) copyPair(f, base, offset, source, Rep.i64, align);
  else copyConstant(f, base, offset, source, size);
}

/** Copies two words of `rep`. */
function copyPair(f: FunctionState, base: WValue, offset: number, source: WValue, rep: Rep, align: number): void {
  const size = containerBits(rep) / 8;
  const known = Math.min(align, size);
  for (let word = 0; word <= size; word += size) {
    f.pushBase(base);
    f.pushBase(source);
    f.mir.memory(loadTag(rep, size, false), word + baseOffset(source), known);
    f.mir.memory(storeTag(rep, size), offset + word + baseOffset(base), known);
  }
}

/** Offset of the pointer of a slice. */
export const SLICE_PTR = 0;

/** Offset of the length of a slice. */
export function sliceLen(f: FunctionState): number {
  return ptrSize(f.pool);
}

/** A sentinel is defined even in an undefined array. */
function hasSentinel(f: FunctionState, ty: IpIndex): boolean {
  return sentinelOf(f.pool, ty) !== null;
}
