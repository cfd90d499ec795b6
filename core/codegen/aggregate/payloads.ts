/**
 * Optionals and error unions: tests, payloads, errors, and `try` (codegen specification 2.5, 7, 8).
 *
 * Both are a payload and a word that says whether it is there: the flag, pointer or code of an optional, the code of an error
 * union. One that is a single scalar is that word. Tests and payloads of a place in memory (`*_ptr`) and of a value in memory
 * are the same code: the address of either is what travels.
 */
import { firstArm } from '../../air/body/operands.ts';
import type { InstIndex, Ref } from '../../air/body/ref.ts';
import type { IpIndex } from '../../intern/keys.ts';
import type { Word } from '../../intern/layout.ts';
import {
  abiAlign,
  ERROR_SIZE,
  errorOffset,
  errorPayloadOffset,
  hasNullPayload,
  pointeeAlign,
  presenceWord,
} from '../../intern/layout.ts';
import { TypeKind } from '../../intern/type-kinds.ts';
import { MirTag } from '../../mir/ops.ts';
import {
  allocateSlot,
  loadTop,
  loadWordTop,
  storeOperand,
  storeTop,
  storeWord,
  wordRep,
} from '../memory/memory-access.ts';
import { Rep, repOf } from '../state/abi.ts';
import type { FunctionState, Lowering } from '../state/function-state.ts';
import { opEq, opEqz, opNe } from '../state/numeric-opcodes.ts';
import type { WValue } from '../state/wvalue.ts';
import { imm32, NO_VALUE } from '../state/wvalue.ts';
import { finishPart } from './aggregates.ts';

/** The word that says whether the payload of a `ty` is there. */
function decidingWord(f: FunctionState, ty: IpIndex): Word {
  if (f.pool.typeKind(ty) === TypeKind.opt) return presenceWord(f.pool, ty);
  return { offset: errorOffset(f.pool, ty), size: ERROR_SIZE };
}

function payloadOffset(f: FunctionState, ty: IpIndex): number {
  return f.pool.typeKind(ty) === TypeKind.opt ? 0 : errorPayloadOffset(f.pool, ty);
}

/** An optional or error union: a value, or what a pointer points to. */
interface Subject {
  readonly ty: IpIndex;
  readonly place: WValue;
  /** `place` is an address. */
  readonly inMemory: boolean;
  readonly align: number;
}

function subjectOf(f: FunctionState, ref: Ref, isPointer: boolean): Subject {
  const ty = isPointer ? f.pool.childType(f.typeOf(ref)) : f.typeOf(ref);
  const inMemory = isPointer || repOf(f.pool, ty) === Rep.address;
  const align = isPointer ? pointeeAlign(f.pool, f.typeOf(ref)) : abiAlign(f.pool, ty);
  return { ty, place: f.resolve(ref), inMemory, align };
}

/** Pushes the deciding word of `subject` and gives its representation. */
function pushWord(f: FunctionState, { ty, place, inMemory, align }: Subject): Rep {
  if (!inMemory) {
    f.pushValue(place);
    return repOf(f.pool, ty);
  }
  const word = decidingWord(f, ty);
  f.pushBase(place);
  loadWordTop(f, place, word, align);
  return wordRep(f, word.size);
}

/** Whether the deciding word is zero, or is not. */
function test(isPointer: boolean, isZero: boolean): Lowering {
  return (f, inst) => {
    const subject = subjectOf(f, f.operand(inst, 0), isPointer);
    const rep = pushWord(f, subject);
    if (isZero) {
      f.mir.op(opEqz(rep));
    } else if (f.pool.typeKind(subject.ty) !== TypeKind.opt || hasNullPayload(f.pool, subject.ty)) {
      f.pushInt(rep, 0);
      f.mir.op(opNe(rep));
    }
    f.finishStack(inst, Rep.i32);
  };
}

export const lowerIsNull = test(false, true);
export const lowerIsNonNull = test(false, false);
export const lowerIsNullPtr = test(true, true);
export const lowerIsNonNullPtr = test(true, false);
export const lowerIsErr = test(false, false);
export const lowerIsNonErr = test(false, true);
export const lowerIsErrPtr = test(true, false);
export const lowerIsNonErrPtr = test(true, true);

/** The payload of an optional or error union, which is there. */
export function lowerPayload(f: FunctionState, inst: InstIndex): void {
  const operand = f.operand(inst, 0);
  const ty = f.typeOf(operand);
  if (f.resultRep(inst) === Rep.none) f.finish(inst, NO_VALUE);
  else if (repOf(f.pool, ty) === Rep.address) finishPart(f, inst, f.resolve(operand), payloadOffset(f, ty));
  else f.finishAlias(inst, f.resolve(operand));
}

/** The address of the payload at an address. */
export function lowerPayloadPtr(f: FunctionState, inst: InstIndex): void {
  const pointer = f.operand(inst, 0);
  f.finishMoved(inst, f.resolve(pointer), payloadOffset(f, f.pool.childType(f.typeOf(pointer))));
}

/** Says that the payload is there; where its own value says so, that of the store to come will. */
export function lowerPayloadPtrSet(f: FunctionState, inst: InstIndex): void {
  const { ty, place, align } = subjectOf(f, f.operand(inst, 0), true);
  const isOptional = f.pool.typeKind(ty) === TypeKind.opt;
  if (!isOptional || !hasNullPayload(f.pool, ty)) storeWord(f, place, decidingWord(f, ty), align, isOptional ? 1 : 0);
  lowerPayloadPtr(f, inst);
}

/** wrap_optional, wrap_errunion_payload. */
export function lowerWrapPayload(f: FunctionState, inst: InstIndex): void {
  const { pool } = f;
  const ty = f.resultType(inst);
  const operand = f.operand(inst, 0);
  const isOptional = pool.typeKind(ty) === TypeKind.opt;
  if (isOptional && hasNullPayload(pool, ty)) {
    f.finishAlias(inst, f.resolve(operand));
    return;
  }
  const mark = isOptional ? 1 : 0;
  if (repOf(pool, ty) !== Rep.address) {
    f.finish(inst, imm32(mark));
    return;
  }
  const slot = allocateSlot(f, ty);
  storeOperand(f, slot, payloadOffset(f, ty), operand);
  storeWord(f, slot, decidingWord(f, ty), abiAlign(pool, ty), mark);
  f.finish(inst, slot);
}

export function lowerWrapError(f: FunctionState, inst: InstIndex): void {
  const ty = f.resultType(inst);
  const operand = f.operand(inst, 0);
  if (f.resultRep(inst) !== Rep.address) {
    f.finishAlias(inst, f.resolve(operand));
    return;
  }
  const slot = allocateSlot(f, ty);
  storeError(f, slot, ty, operand);
  f.finish(inst, slot);
}

function storeError(f: FunctionState, slot: WValue, ty: IpIndex, error: Ref): void {
  f.pushBase(slot);
  f.push(error);
  storeTop(f, slot, errorOffset(f.pool, ty), f.typeOf(error));
}

function errorOf(isPointer: boolean): Lowering {
  return (f, inst) => {
    const subject = subjectOf(f, f.operand(inst, 0), isPointer);
    if (!subject.inMemory) {
      f.finishAlias(inst, subject.place);
      return;
    }
    pushWord(f, subject);
    f.finishStack(inst, Rep.i32);
  };
}

export const lowerError = errorOf(false);
export const lowerErrorPtr = errorOf(true);

/** The error body is inside the block that no error leaves; it does not fall through. */
function trying(isPointer: boolean, finish: Lowering): Lowering {
  return (f, inst) => {
    const { mir } = f;
    mir.block();
    f.depth++;
    const rep = pushWord(f, subjectOf(f, f.operand(inst, 0), isPointer));
    mir.op(opEqz(rep));
    mir.brIf(0);
    f.lowerArm(inst, 0, firstArm(f.body, inst));
    f.depth--;
    mir.end();
    finish(f, inst);
  };
}

export const lowerTry = trying(false, lowerPayload);
export const lowerTryPtr = trying(true, lowerPayloadPtr);

/** Optionals in memory are equal if both are null, or both present with equal payloads; all else is compared as `plain` does. */
export function equality(plain: Lowering, isNegated: boolean): Lowering {
  return (f, inst) => {
    const ty = f.typeOf(f.operand(inst, 0));
    if (f.pool.typeKind(ty) !== TypeKind.opt || repOf(f.pool, ty) !== Rep.address) {
      plain(f, inst);
      return;
    }
    pushOptionalsEqual(f, f.operand(inst, 0), f.operand(inst, 1));
    if (isNegated) f.mir.op(MirTag.i32_eqz);
    f.finishStack(inst, Rep.i32);
  };
}

/** flags equal & (payloads equal | flag is 0): a payload that is not there is read and does not count. */
function pushOptionalsEqual(f: FunctionState, lhs: Ref, rhs: Ref): void {
  const ty = f.typeOf(lhs);
  const child = f.pool.childType(ty);
  const flag = presenceWord(f.pool, ty);
  const align = abiAlign(f.pool, ty);
  const [a, b] = [f.resolve(lhs), f.resolve(rhs)];
  f.pushBase(a);
  loadWordTop(f, a, flag, align);
  f.pushBase(b);
  loadWordTop(f, b, flag, align);
  f.mir.op(MirTag.i32_eq);
  f.pushBase(a);
  loadTop(f, a, 0, child, align);
  f.pushBase(b);
  loadTop(f, b, 0, child, align);
  f.mir.op(opEq(repOf(f.pool, child)));
  f.pushBase(a);
  loadWordTop(f, a, flag, align);
  f.mir.op(MirTag.i32_eqz);
  f.mir.op(MirTag.i32_or);
  f.mir.op(MirTag.i32_and);
}
