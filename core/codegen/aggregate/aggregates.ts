/**
 * Structs and arrays as values: building them, and taking them apart.
 *
 * A value in memory is a place that nothing writes after it was made: a frame slot filled by one instruction, a constant,
 * or a parameter in the caller's frame. So a part of a value may denote a place inside of it without a copy; a value that
 * is read from memory anybody can write is copied by memory.ts first.
 */
import type { InstIndex, Ref } from '../../air/body/ref.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { TypeKind } from '../../intern/type-kinds.ts';
import { abiAlign, abiSize, fieldOffset } from '../../intern/layout.ts';
import { InternalError, unreachable } from '../../support/assert.ts';
import { Rep, repOf } from '../state/abi.ts';
import { lowerConstant } from '../state/constants.ts';
import type { FunctionState } from '../state/function-state.ts';
import { allocateSlot, loadTop, storeOperand, storeValue } from '../memory/memory-access.ts';
import { addIndex, constantIndexOffset } from '../memory/pointers.ts';
import { loadVectorTop } from '../memory/vectors.ts';
import type { WValue } from '../state/wvalue.ts';
import { lowerPackedFieldVal, lowerPackedInit } from './packed-structs.ts';
import { local, NO_VALUE } from '../state/wvalue.ts';

/**
 * One store per element, then the sentinel. Undefined elements and padding keep whatever the slot holds. No operand can
 * lie in the slot: it holds the value of this instruction alone, and that of an earlier iteration is out of scope.
 */
export function lowerAggregateInit(f: FunctionState, inst: InstIndex): void {
  const { pool } = f;
  const ty = f.resultType(inst);
  if (pool.typeKind(ty) === TypeKind.packed) {
    lowerPackedInit(f, inst);
    return;
  }
  if (repOf(pool, ty) === Rep.none) {
    f.finish(inst, NO_VALUE);
    return;
  }
  const slot = allocateSlot(f, ty);
  storeElements(f, ty, slot, f.body.refs(inst));
  f.finish(inst, slot);
}

/** Stores `elems` and the sentinel of an array to `slot`, a place for a value of type `ty`. */
function storeElements(f: FunctionState, ty: IpIndex, slot: WValue, elems: ArrayLike<Ref>): void {
  const { pool } = f;
  const kind = pool.typeKind(ty);
  switch (kind) {
    case TypeKind.struct:
      for (let n = 0; n < elems.length; n++) storeOperand(f, slot, fieldOffset(pool, ty, n), elems[n]!);
      return;
    case TypeKind.array:
    case TypeKind.vector: {
      const elem = pool.childType(ty);
      const size = abiSize(pool, elem);
      for (let n = 0; n < elems.length; n++) storeOperand(f, slot, n * size, elems[n]!);
      const sentinel = pool.arraySentinel(ty);
      if (sentinel !== null && size !== 0) {
        storeValue(f, slot, pool.arrayLen(ty) * size, elem, lowerConstant(pool, sentinel));
      }
      return;
    }
    case TypeKind.simple:
    case TypeKind.int:
    case TypeKind.float:
    case TypeKind.ptr:
    case TypeKind.slice:
    case TypeKind.fn:
    case TypeKind.opt:
    case TypeKind.error_set:
    case TypeKind.error_union:
    case TypeKind.enum:
    case TypeKind.union:
    case TypeKind.packed:
      throw new InternalError('aggregate_init of a type without elements');
  }
  unreachable(kind, 'kind of type');
}

/** Finishes with the part of the value at `base` that lies at `offset`. */
export function finishPart(f: FunctionState, inst: InstIndex, base: WValue, offset: number): void {
  const ty = f.resultType(inst);
  const rep = repOf(f.pool, ty);
  if (rep === Rep.none) {
    f.finish(inst, NO_VALUE);
  } else if (f.isVectorValue(ty)) {
    f.pushBase(base);
    loadVectorTop(f, base, offset);
    f.finishVector(inst);
  } else if (rep === Rep.address) {
    f.finishMoved(inst, base, offset);
  } else {
    f.pushBase(base);
    loadTop(f, base, offset, ty, abiAlign(f.pool, ty));
    f.finishStack(inst, rep);
  }
}

export function lowerStructFieldVal(f: FunctionState, inst: InstIndex): void {
  const operand = f.operand(inst, 0);
  if (f.pool.typeKind(f.typeOf(operand)) === TypeKind.packed) {
    lowerPackedFieldVal(f, inst);
    return;
  }
  const offset = fieldOffset(f.pool, f.typeOf(operand), f.body.number(inst));
  finishPart(f, inst, f.resolve(operand), offset);
}

export function lowerArrayElemVal(f: FunctionState, inst: InstIndex): void {
  const array = f.operand(inst, 0);
  const size = abiSize(f.pool, f.resultType(inst));
  const index = f.resolve(f.operand(inst, 1));
  const offset = constantIndexOffset(index, size);
  const base = f.resolve(array);
  if (offset !== null) {
    finishPart(f, inst, base, offset);
    return;
  }
  f.pushValue(base);
  addIndex(f, index, size);
  if (f.resultRep(inst) === Rep.address && !f.isVectorValue(f.resultType(inst))) {
    f.finishStack(inst, Rep.address);
    return;
  }
  const address = f.popTemp(f.addressRep);
  finishPart(f, inst, local(address), 0);
  f.releaseTemp(address);
}
