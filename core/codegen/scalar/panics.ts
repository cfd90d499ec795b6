/**
 * What a failed check does: it calls the panic function with the kind of failure, if there is one, and traps.
 *
 * Knows no check: each leaves its condition on the operand stack.
 */
import type { PanicKind } from '../../air/panic.ts';
import { PANIC_CODE } from '../../air/panic.ts';
import { MirTag } from '../../mir/ops.ts';
import { Rep } from '../state/abi.ts';
import type { FunctionState } from '../state/function-state.ts';
import { opEqz } from '../state/numeric-opcodes.ts';

/** Pops an i32 and panics unless it is 0. */
export function panicIfTrue(f: FunctionState, kind: PanicKind): void {
  const { mir } = f;
  const failed = f.popTemp(Rep.i32);
  mir.block();
  mir.localGet(failed);
  mir.op(opEqz(Rep.i32));
  mir.brIf(0);
  if (f.options.panicNav !== null) {
    f.pushInt(Rep.i32, PANIC_CODE[kind]);
    mir.callNav(f.options.panicNav);
  }
  mir.op(MirTag.unreachable);
  mir.end();
  f.releaseTemp(failed);
}
