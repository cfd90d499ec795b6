/**
 * What debuggers are told of names: `dbg_var_ptr`, `dbg_var_val`, `dbg_arg_inline` and `dbg_inline_block` as marks in MIR.
 *
 * Invariant: nothing here makes code, nor any local or slot: a value whose place would have to be made has none.
 */
import type { InstIndex, Ref } from '../../air/body/ref.ts';
import { isInstRef, refInst } from '../../air/body/ref.ts';
import { TAG } from '../../air/schema/ops.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { bitRange } from '../../intern/packed.ts';
import { MirTag } from '../../mir/ops.ts';
import { VariableKind, VariablePlace } from '../../mir/variables.ts';
import { isPromoted } from '../memory/promote.ts';
import { Rep, repOf } from '../state/abi.ts';
import type { FunctionState } from '../state/function-state.ts';
import type { WValue } from '../state/wvalue.ts';
import { W } from '../state/wvalue.ts';
import { lowerBlock } from './control.ts';

type Place = readonly [place: VariablePlace, a: number, b: number];

const NOWHERE: Place = [VariablePlace.none, 0, 0];

/** `dbg_inline_block`: a block, and the scope of a function. */
export function lowerInlineBlock(f: FunctionState, inst: InstIndex): void {
  f.mir.push(MirTag.dbg_scope, f.body.nav(inst) + 1);
  lowerBlock(f, inst);
  f.mir.op(MirTag.dbg_scope_end);
}

/** `dbg_var_ptr`. */
export function lowerVarPtr(f: FunctionState, inst: InstIndex): void {
  const ref = f.operand(inst, 0);
  const ptr = f.typeOf(ref);
  const child = f.pool.childType(ptr);
  let place = NOWHERE;
  if (isPromoted(f, ref)) place = [VariablePlace.local, f.resolve(ref).a, 0];
  else if (bitRange(f.pool, ptr) === null) place = behind(f.resolve(ref));
  say(f, inst, VariableKind.variable, place, child);
}

/** `dbg_var_val`: the parameters of a function are its arguments. */
export function lowerVarVal(f: FunctionState, inst: InstIndex): void {
  const ref = f.operand(inst, 0);
  const isArgument = isInstRef(ref) && f.body.tags[refInst(ref)] === TAG.arg;
  say(f, inst, isArgument ? VariableKind.argument : VariableKind.value, placeOf(f, ref), f.typeOf(ref));
}

/** `dbg_arg_inline`. */
export function lowerArgInline(f: FunctionState, inst: InstIndex): void {
  const ref = f.operand(inst, 0);
  say(f, inst, VariableKind.argument, placeOf(f, ref), f.typeOf(ref));
}

function say(f: FunctionState, inst: InstIndex, kind: VariableKind, [place, a, b]: Place, ty: IpIndex): void {
  const { b: payload, extra } = f.body;
  const at = payload[inst]!;
  const name = extra.subarray(at, at + 1 + extra[at]!);
  f.mir.variable([kind, place, a, b, 0, ty, ...name]);
  f.finishVoid(inst);
}

/** Where a value is. */
function placeOf(f: FunctionState, ref: Ref): Place {
  const vector = f.vectorLocal(ref);
  if (vector !== null) return [VariablePlace.local, vector, 0];
  const rep = repOf(f.pool, f.typeOf(ref));
  if (rep === Rep.none) return NOWHERE;
  const v = f.resolve(ref);
  if (rep === Rep.address) return behind(v);
  switch (v.kind) {
    case W.local:
      return [VariablePlace.local, v.a, 0];
    case W.local_offset:
      return [VariablePlace.address, v.a, v.b];
    case W.stack_offset:
      return [VariablePlace.frame_address, v.a, 0];
    case W.imm32:
    case W.imm64:
    case W.float32:
    case W.float64:
      return [VariablePlace.constant, v.a, v.b];
    case W.none:
    case W.nav_ref:
    case W.func_ref:
    case W.uav_ref:
    case W.dead:
    case W.vector:
      return NOWHERE;
  }
}

/** What an address points to. */
function behind(v: WValue): Place {
  switch (v.kind) {
    case W.local:
    case W.local_offset:
      return [VariablePlace.memory, v.a, v.b];
    case W.stack_offset:
      return [VariablePlace.frame, v.a, 0];
    case W.none:
    case W.imm32:
    case W.imm64:
    case W.float32:
    case W.float64:
    case W.nav_ref:
    case W.func_ref:
    case W.uav_ref:
    case W.dead:
    case W.vector:
      return NOWHERE;
  }
}
