/**
 * Names of errors and of enum values, and which errors and values there are (codegen specification 8, 12).
 *
 * Names lie in tables that the linker makes: code refers to the one of the errors and to one function per enum, and reads a
 * table in place, since nothing writes to it.
 */
import type { InstIndex } from '../../air/body/ref.ts';
import { enumFieldCount, enumFieldValue, errorCodes, isAnyError } from '../../intern/sums.ts';
import { ptrSize } from '../../intern/layout.ts';
import { MirTag } from '../../mir/ops.ts';
import { allocateSlot } from '../memory/memory-access.ts';
import { convertContainer } from '../scalar/integers.ts';
import { Rep } from '../state/abi.ts';
import { lowerConstant } from '../state/constants.ts';
import type { FunctionState } from '../state/function-state.ts';
import { opAdd, opEq, opMul } from '../state/numeric-opcodes.ts';
import { imm32 } from '../state/wvalue.ts';

/** The table has a slice per code, from 0 on. */
export function lowerErrorName(f: FunctionState, inst: InstIndex): void {
  f.mir.errorNameTableRef();
  f.push(f.operand(inst, 0));
  convertContainer(f, Rep.i32, f.addressRep, false);
  f.pushInt(f.addressRep, 2 * ptrSize(f.pool));
  f.mir.op(opMul(f.addressRep));
  f.mir.op(opAdd(f.addressRep));
  f.finishStack(inst, Rep.address);
}

export function lowerTagName(f: FunctionState, inst: InstIndex): void {
  const operand = f.operand(inst, 0);
  const slot = allocateSlot(f, f.resultType(inst));
  f.pushValue(slot);
  f.push(operand);
  f.mir.callTagName(f.typeOf(operand));
  f.finish(inst, slot);
}

export function lowerCmpLtErrorsLen(f: FunctionState, inst: InstIndex): void {
  f.push(f.operand(inst, 0));
  f.mir.op(MirTag.errors_len);
  f.mir.op(MirTag.i32_lt_u);
  f.finishStack(inst, Rep.i32);
}

/** Whether the operand is one of `count` constants. */
function finishMembership(f: FunctionState, inst: InstIndex, count: number, pushConstant: (n: number) => void): void {
  if (count === 0) {
    f.finish(inst, imm32(0));
    return;
  }
  const operand = f.operand(inst, 0);
  const rep = f.repOf(operand);
  for (let n = 0; n < count; n++) {
    f.push(operand);
    pushConstant(n);
    f.mir.op(opEq(rep));
    if (n > 0) f.mir.op(MirTag.i32_or);
  }
  f.finishStack(inst, Rep.i32);
}

export function lowerErrorSetHasValue(f: FunctionState, inst: InstIndex): void {
  const set = f.body.ty(inst);
  if (isAnyError(f.pool, set)) {
    f.finish(inst, imm32(1));
    return;
  }
  const codes = errorCodes(f.pool, set);
  finishMembership(f, inst, codes.length, (n) => {
    f.mir.i32Const(codes[n]!);
  });
}

export function lowerIsNamedEnumValue(f: FunctionState, inst: InstIndex): void {
  const ty = f.typeOf(f.operand(inst, 0));
  finishMembership(f, inst, enumFieldCount(f.pool, ty), (n) => {
    f.pushValue(lowerConstant(f.pool, enumFieldValue(f.pool, ty, n)));
  });
}
