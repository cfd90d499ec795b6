/**
 * The error trace of one execution of a function: an address in a local of its own, which nothing else uses.
 *
 * The local is that of the whole function, whatever body says or asks where the trace is.
 */
import type { InstIndex } from '../../air/body/ref.ts';
import { IP } from '../../intern/keys.ts';
import { abiAlign, fieldOffset } from '../../intern/layout.ts';
import type { LocalIndex } from '../../mir/mir.ts';
import type { FunctionState } from '../state/function-state.ts';
import { local } from '../state/wvalue.ts';
import { loadTop } from './memory-access.ts';

function traceLocal(f: FunctionState): LocalIndex {
  if (f.traceLocal === null) {
    f.traceLocal = f.locals.append(f.addressRep);
    f.locals.retain(f.traceLocal);
  }
  return f.traceLocal;
}

/** set_err_return_trace. */
export function lowerSetTrace(f: FunctionState, inst: InstIndex): void {
  f.push(f.operand(inst, 0));
  f.mir.localSet(traceLocal(f));
  f.finishVoid(inst);
}

/** err_return_trace: the address as it is now. */
export function lowerTraceAddress(f: FunctionState, inst: InstIndex): void {
  f.mir.localGet(traceLocal(f));
  f.finishStack(inst, f.addressRep);
}

/** save_err_return_trace_index. */
export function lowerTraceIndex(f: FunctionState, inst: InstIndex): void {
  const { pool, body } = f;
  const struct = body.ty(inst);
  const index = traceLocal(f);
  f.mir.localGet(index);
  loadTop(f, local(index), fieldOffset(pool, struct, body.number(inst)), IP.usize_type, abiAlign(pool, struct));
  f.finishStack(inst, f.addressRep);
}
