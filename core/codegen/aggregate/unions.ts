/**
 * Unions as values: made with one field, and their tags (codegen specification 2.5, 8). Fields are read as those of structs.
 */
import type { InstIndex } from '../../air/body/ref.ts';
import { abiAlign, fieldOffset, pointeeAlign, unionTagOffset } from '../../intern/layout.ts';
import { isPackedUnion } from '../../intern/packed.ts';
import { enumFieldValue, unionTag } from '../../intern/sums.ts';
import { allocateSlot, storeOperand, storeValue } from '../memory/memory-access.ts';
import { Rep } from '../state/abi.ts';
import { lowerConstant } from '../state/constants.ts';
import type { FunctionState } from '../state/function-state.ts';
import { NO_VALUE } from '../state/wvalue.ts';
import { finishPart } from './aggregates.ts';
import { lowerPackedInit } from './packed-structs.ts';

/** Bytes of other fields keep whatever the slot holds. */
export function lowerUnionInit(f: FunctionState, inst: InstIndex): void {
  const { pool } = f;
  const ty = f.resultType(inst);
  if (isPackedUnion(pool, ty)) {
    lowerPackedInit(f, inst);
    return;
  }
  if (f.resultRep(inst) === Rep.none) {
    f.finish(inst, NO_VALUE);
    return;
  }
  const field = f.body.number(inst);
  const slot = allocateSlot(f, ty);
  storeOperand(f, slot, fieldOffset(pool, ty, field), f.operand(inst, 0));
  const tag = unionTag(pool, ty);
  if (tag !== null) {
    storeValue(f, slot, unionTagOffset(pool, ty), tag, lowerConstant(pool, enumFieldValue(pool, tag, field)));
  }
  f.finish(inst, slot);
}

export function lowerGetUnionTag(f: FunctionState, inst: InstIndex): void {
  const operand = f.operand(inst, 0);
  finishPart(f, inst, f.resolve(operand), unionTagOffset(f.pool, f.typeOf(operand)));
}

export function lowerSetUnionTag(f: FunctionState, inst: InstIndex): void {
  const pointer = f.operand(inst, 0);
  const ty = f.pool.childType(f.typeOf(pointer));
  const align = Math.min(pointeeAlign(f.pool, f.typeOf(pointer)), abiAlign(f.pool, unionTag(f.pool, ty)!));
  storeOperand(f, f.resolve(pointer), unionTagOffset(f.pool, ty), f.operand(inst, 1), align);
  f.finishVoid(inst);
}
