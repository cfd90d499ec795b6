/**
 * Variables of a function as wasm locals: an `alloc` whose address is used by nothing but loads and stores of its own type.
 *
 * Decided from the whole body before the first one is lowered. Such a local is never given to another value, so that a load in
 * front of the first store reads an integer that is canonical, as a load from memory makes it.
 */
import { operandCount } from '../../air/body/operands.ts';
import type { InstIndex, Ref } from '../../air/body/ref.ts';
import { isInstRef, refInst } from '../../air/body/ref.ts';
import { TAG } from '../../air/schema/ops.ts';
import { carrierOf, Rep, repOf } from '../state/abi.ts';
import type { FunctionState } from '../state/function-state.ts';
import { local, localOf } from '../state/wvalue.ts';
import { pushVector } from './vectors.ts';

/** The allocs of the body that may be locals. */
function findPromoted(f: FunctionState): ReadonlySet<InstIndex> {
  const { tags, length } = f.body;
  const found = new Set<InstIndex>();
  for (let i = 0 as InstIndex; i < length; i++) if (tags[i] === TAG.alloc && isScalar(f, i)) found.add(i);
  for (let i = 0 as InstIndex; i < length; i++) {
    const count = operandCount(f.body, i);
    for (let k = 0; k < count; k++) {
      const ref = f.operand(i, k);
      if (isInstRef(ref) && tags[refInst(ref)] === TAG.alloc && !isPlainUse(f, i, k)) found.delete(refInst(ref));
    }
  }
  return found;
}

/** Whether what the alloc `inst` holds is one value of wasm. */
function isScalar(f: FunctionState, inst: InstIndex): boolean {
  const variable = f.pool.childType(f.resultType(inst));
  switch (repOf(f.pool, variable)) {
    case Rep.i32:
    case Rep.i64:
    case Rep.f32:
    case Rep.f64:
    case Rep.f16:
      return true;
    case Rep.address:
      return f.isVectorValue(variable);
    case Rep.none:
    case Rep.v128:
      return false;
  }
}

/** Whether operand `k` of `inst` is a pointer through which its own type is read or written, or which only a debugger sees. */
function isPlainUse(f: FunctionState, inst: InstIndex, k: number): boolean {
  if (k !== 0) return false;
  const variable = f.pool.childType(f.typeOf(f.operand(inst, 0)));
  switch (f.body.tags[inst]) {
    case TAG.load:
      return f.resultType(inst) === variable;
    case TAG.store:
      return f.typeOf(f.operand(inst, 1)) === variable;
    case TAG.store_safe:
      return f.typeOf(f.operand(inst, 1)) === variable && !f.isUndefined(f.operand(inst, 1));
    case TAG.dbg_var_ptr:
      return true;
    default:
      return false;
  }
}

/** Whether `ref` is an alloc that is a local. */
export function isPromoted(f: FunctionState, ref: Ref): boolean {
  return f.promoted !== null && isInstRef(ref) && f.promoted.has(refInst(ref));
}

/** Makes the alloc `inst` a local, if it may be one. */
export function promote(f: FunctionState, inst: InstIndex): boolean {
  f.promoted ??= findPromoted(f);
  if (!f.promoted.has(inst)) return false;
  const variable = f.pool.childType(f.resultType(inst));
  const index = f.locals.append(
    f.isVectorValue(variable) ? Rep.v128 : carrierOf(repOf(f.pool, variable), f.addressRep),
  );
  f.locals.retain(index);
  f.finish(inst, local(index));
  return true;
}

/** An undefined value is whatever is there. */
export function lowerPromotedStore(f: FunctionState, inst: InstIndex): void {
  const value = f.operand(inst, 1);
  if (!f.isUndefined(value)) {
    if (f.isVectorValue(f.typeOf(value))) pushVector(f, value);
    else f.push(value);
    f.mir.localSet(localOf(f.resolve(f.operand(inst, 0))));
  }
  f.finishVoid(inst);
}
