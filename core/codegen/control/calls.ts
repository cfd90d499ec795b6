/**
 * Calls, direct and through the table (codegen specification 9.1, 9.3).
 *
 * Arguments go left to right behind the address of a result in memory; a value in memory is passed by its address, which
 * is safe because the callee does not write it and the caller does not either (C: carried.ts). Codegen knows functions by nav and type.
 */
import type { InstIndex, Ref } from '../../air/body/ref.ts';
import { isInstRef, refValue } from '../../air/body/ref.ts';
import type { NavIndex } from '../../intern/keys.ts';
import { IP } from '../../intern/keys.ts';
import { ValueKind } from '../../intern/value-kinds.ts';
import { MirTag } from '../../mir/ops.ts';
import { Rep, repOf } from '../state/abi.ts';
import { hasWasmResult, returnsThroughMemory } from '../state/conventions.ts';
import type { FunctionState } from '../state/function-state.ts';
import { allocateSlot } from '../memory/memory-access.ts';
import { rewritesMir } from '../state/peepholes.ts';
import type { WValue } from '../state/wvalue.ts';
import { NO_VALUE } from '../state/wvalue.ts';
import { popCarried, pushArgument } from './carried.ts';

/** The frame ends before the callee begins; a result in memory goes where that of this function goes. */
export function lowerTailCall(f: FunctionState, inst: InstIndex): void {
  const { pool, mir } = f;
  const callee = f.operand(inst, 0);
  const fnTy = pool.childType(f.typeOf(callee));
  if (returnsThroughMemory(pool, fnTy, f.options.simd128)) f.pushValue(f.resultAddress);
  for (const arg of f.body.refs(inst)) f.push(arg);
  const nav = directCallee(f, callee);
  if (nav === null) f.push(callee);
  f.frame.leave();
  if (nav === null) mir.returnCallIndirect(fnTy);
  else mir.returnCallNav(nav);
  f.finish(inst, NO_VALUE);
}

export function lowerCall(f: FunctionState, inst: InstIndex): void {
  const { pool, mir } = f;
  const callee = f.operand(inst, 0);
  const fnTy = pool.childType(f.typeOf(callee));
  const ret = pool.fnReturn(fnTy);
  const rep = repOf(pool, ret);
  let slot: WValue = NO_VALUE;
  const isVector = f.isVectorValue(ret);
  if (rep === Rep.address && !isVector) {
    slot = allocateSlot(f, ret);
    if (returnsThroughMemory(pool, fnTy, f.options.simd128)) f.pushValue(slot);
  }
  const args = f.body.refs(inst);
  for (let n = 0; n < args.length; n++) pushArgument(f, fnTy, args[n]!);
  const nav = directCallee(f, callee);
  if (nav !== null) {
    if (rewritesMir(f.options.peepholes)) f.callees.set(nav, fnTy);
    mir.callNav(nav);
  } else {
    f.push(callee);
    mir.callIndirect(fnTy);
  }
  if (ret === IP.noreturn_type) {
    mir.op(MirTag.unreachable);
    f.finishVoid(inst);
  } else if (!hasWasmResult(pool, fnTy, f.options.simd128)) {
    f.finish(inst, slot);
  } else if (f.isUnused(inst)) {
    mir.op(MirTag.drop);
    f.finishVoid(inst);
  } else if (isVector) {
    f.finishVector(inst);
  } else if (rep === Rep.address) {
    popCarried(f, fnTy, ret, slot);
    f.finish(inst, slot);
  } else {
    f.finishStack(inst, rep);
  }
}

/** The function that a constant callee names. */
function directCallee(f: FunctionState, callee: Ref): NavIndex | null {
  if (isInstRef(callee)) return null;
  const value = refValue(callee);
  if (f.pool.valueKind(value) !== ValueKind.ptr_nav || f.pool.ptrOffset(value) !== 0) return null;
  return f.pool.word(value, 1) as NavIndex;
}
