/**
 * Blocks, loops, branches and returns (codegen specification 7).
 *
 * All wasm blocks have the empty type; a value that leaves an AIR block travels through a local. Invariant: `depth` is
 * the number of open wasm blocks, and the label of an AIR block or loop is the depth right behind its opening.
 */
import type { InstIndex, Ref } from '../../air/body/ref.ts';
import { isInstRef, refInst } from '../../air/body/ref.ts';
import { armLength, firstArm } from '../../air/body/operands.ts';
import { TAG } from '../../air/schema/ops.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { IP } from '../../intern/keys.ts';
import { abiAlign, pointeeAlign } from '../../intern/layout.ts';
import { MirTag } from '../../mir/ops.ts';
import { carrierOf, Rep, repOf } from '../state/abi.ts';
import type { FunctionState } from '../state/function-state.ts';
import { copyValue, loadForeignTop, storeOperand } from '../memory/memory-access.ts';
import { pushVector } from '../memory/vectors.ts';
import type { WValue } from '../state/wvalue.ts';
import { local, localOf, NO_VALUE, vectorIn, W } from '../state/wvalue.ts';
import { pushCarried } from './carried.ts';

/** The result is the address of a place that nothing writes any more, a vector, or a scalar. */
export function lowerBlock(f: FunctionState, inst: InstIndex): void {
  const { mir, body } = f;
  const rep = f.isUnused(inst) ? Rep.none : f.resultRep(inst);
  const result = rep === Rep.none ? NO_VALUE : resultLocal(f, f.resultType(inst), rep);
  f.blockResults[inst] = result;
  mir.block();
  f.labels[inst] = ++f.depth;
  f.lowerArm(inst, 0, firstArm(body, inst));
  f.depth--;
  mir.end();
  f.killInsideBlock(inst);
  f.finish(inst, result);
}

/** A local for what a block of type `ty` gives. */
function resultLocal(f: FunctionState, ty: IpIndex, rep: Rep): WValue {
  return f.isVectorValue(ty)
    ? vectorIn(f.locals.allocate(Rep.v128))
    : local(f.locals.allocate(carrierOf(rep, f.addressRep)));
}

/** Pushes what a `br` gives to the block whose result is in `result`. */
function pushForBlock(f: FunctionState, result: WValue, ref: Ref): void {
  if (result.kind === W.vector) pushVector(f, ref);
  else f.push(ref);
}

/** dbg_stmt: the position goes with the code, as MIR. */
export function lowerDbgStmt(f: FunctionState, inst: InstIndex): void {
  f.mir.position(f.body.a[inst]!, f.body.b[inst]!);
  f.finishVoid(inst);
}

/** What is there for debuggers only. */
export function lowerNothing(f: FunctionState, inst: InstIndex): void {
  f.finishVoid(inst);
}

export function lowerLoop(f: FunctionState, inst: InstIndex): void {
  const { mir, body } = f;
  mir.loop();
  f.labels[inst] = ++f.depth;
  f.lowerArm(inst, 0, firstArm(body, inst));
  f.depth--;
  mir.end();
  f.finishVoid(inst);
}

export function lowerBr(f: FunctionState, inst: InstIndex): void {
  const target = f.body.target(inst);
  const result = f.blockResults[target]!;
  if (result.kind !== W.none) {
    pushForBlock(f, result, f.operand(inst, 0));
    f.mir.localSet(localOf(result));
  }
  f.left[target] = true;
  f.mir.br(f.depth - f.labels[target]!);
  f.finishVoid(inst);
}

export function lowerRepeat(f: FunctionState, inst: InstIndex): void {
  f.mir.br(f.depth - f.labels[f.body.target(inst)]!);
  f.finishVoid(inst);
}

/** The else body goes first, inside the block that a true condition leaves. Neither body falls through. */
export function lowerCondBr(f: FunctionState, inst: InstIndex): void {
  const { mir, body } = f;
  const thenAt = firstArm(body, inst);
  const { selects, structuredIf } = f.options.peepholes;
  if (selects && lowerAsSelect(f, inst)) return;
  if (structuredIf) {
    lowerAsIf(f, inst);
    return;
  }
  mir.block();
  f.depth++;
  f.push(f.operand(inst, 0));
  mir.brIf(0);
  f.finishVoid(inst);
  f.lowerArm(inst, 1, thenAt + armLength(body, inst, 0, thenAt));
  f.depth--;
  mir.end();
  f.lowerArm(inst, 0, thenAt);
}

/** The only instruction of arm `n` of the cond_br `inst`, if that is a `br` or `repeat`. */
function jumpOf({ body }: FunctionState, inst: InstIndex, n: 0 | 1): InstIndex | null {
  const thenAt = firstArm(body, inst);
  const at = n === 0 ? thenAt : thenAt + armLength(body, inst, 0, thenAt);
  if (armLength(body, inst, n, at) !== 1) return null;
  const only = body.extra[at]! as InstIndex;
  const tag = body.tags[only];
  return tag === TAG.br || tag === TAG.repeat ? only : null;
}

/** Both arms only leave one block: what it gives is chosen by the condition. */
function lowerAsSelect(f: FunctionState, inst: InstIndex): boolean {
  const { body, mir } = f;
  const thenBr = jumpOf(f, inst, 0);
  const elseBr = jumpOf(f, inst, 1);
  if (thenBr === null || elseBr === null || body.tags[thenBr] !== TAG.br || body.tags[elseBr] !== TAG.br) return false;
  const target = body.target(thenBr);
  if (body.target(elseBr) !== target) return false;
  const result = f.blockResults[target]!;
  if (result.kind !== W.none) {
    pushForBlock(f, result, f.operand(thenBr, 0));
    pushForBlock(f, result, f.operand(elseBr, 0));
    f.push(f.operand(inst, 0));
    mir.op(MirTag.select);
    mir.localSet(localOf(result));
  }
  f.left[target] = true;
  mir.br(f.depth - f.labels[target]!);
  f.finishVoid(inst);
  return true;
}

/** Depth of the label to which the jump `inst` goes, or null if it gives a value to a block, which takes more than a jump. */
function labelOf(f: FunctionState, inst: InstIndex | null): number | null {
  if (inst === null) return null;
  const target = f.body.target(inst);
  if (f.body.tags[inst] === TAG.br) {
    if (f.blockResults[target]!.kind !== W.none) return null;
    f.left[target] = true;
  }
  return f.labels[target]!;
}

/** An arm that is only a jump is taken by `br_if`; else the then body is inside. Neither body falls through. */
function lowerAsIf(f: FunctionState, inst: InstIndex): void {
  const { mir, body } = f;
  const thenAt = firstArm(body, inst);
  const elseAt = thenAt + armLength(body, inst, 0, thenAt);
  f.push(f.operand(inst, 0));
  const thenLabel = labelOf(f, jumpOf(f, inst, 0));
  if (thenLabel !== null) {
    mir.brIf(f.depth - thenLabel);
    f.finishVoid(inst);
    f.lowerArm(inst, 1, elseAt);
    return;
  }
  const elseLabel = labelOf(f, jumpOf(f, inst, 1));
  if (elseLabel !== null) {
    mir.op(MirTag.i32_eqz);
    mir.brIf(f.depth - elseLabel);
    f.finishVoid(inst);
    f.lowerArm(inst, 0, thenAt);
    return;
  }
  mir.if();
  f.depth++;
  f.finishVoid(inst);
  f.lowerArm(inst, 0, thenAt);
  f.depth--;
  mir.end();
  f.lowerArm(inst, 1, elseAt);
}

/** What is to be returned is on the stack or in place: puts the caller's stack pointer back and leaves. */
function leave(f: FunctionState, inst: InstIndex): void {
  f.frame.leave();
  f.mir.op(MirTag.return);
  f.finishVoid(inst);
}

/** Whether the instruction before `inst` is a tail call, whose result it returns: then nothing is left to do. */
function followsTailCall(f: FunctionState, inst: InstIndex): boolean {
  const before = (inst - 1) as InstIndex;
  return inst > 0 && f.body.tags[before] === TAG.call_always_tail && f.resultType(before) !== IP.noreturn_type;
}

export function lowerRet(f: FunctionState, inst: InstIndex): void {
  if (followsTailCall(f, inst)) {
    f.finishVoid(inst);
    return;
  }
  const operand = f.operand(inst, 0);
  if (f.repOf(operand) !== Rep.address) {
    f.push(operand);
  } else if (f.resultAddress.kind !== W.none) {
    storeOperand(f, f.resultAddress, 0, operand);
  } else if (f.isVectorValue(f.typeOf(operand))) {
    pushVector(f, operand);
  } else {
    pushCarried(f, f.fnTy, f.typeOf(operand), f.resolve(operand));
  }
  leave(f, inst);
}

/** A result in memory is in place already if the pointer is that of `ret_ptr`; any other one is copied from. */
export function lowerRetLoad(f: FunctionState, inst: InstIndex): void {
  const operand = f.operand(inst, 0);
  const ptrTy = f.typeOf(operand);
  const ty = f.pool.childType(ptrTy);
  const rep = repOf(f.pool, ty);
  const pointer = f.resolve(operand);
  const align = Math.min(pointeeAlign(f.pool, ptrTy), abiAlign(f.pool, ty));
  if (rep === Rep.address && f.resultAddress.kind === W.none) {
    pushCarried(f, f.fnTy, ty, pointer, align);
  } else if (rep === Rep.address) {
    const inPlace = isInstRef(operand) && f.body.tags[refInst(operand)] === TAG.ret_ptr;
    if (!inPlace) copyValue(f, f.resultAddress, 0, pointer, ty, align);
  } else if (rep !== Rep.none) {
    f.pushBase(pointer);
    loadForeignTop(f, pointer, 0, ty, align);
  }
  leave(f, inst);
}

/** unreach, trap, breakpoint. */
export function lowerTrap(f: FunctionState, inst: InstIndex): void {
  f.mir.op(MirTag.unreachable);
  f.finishVoid(inst);
}
