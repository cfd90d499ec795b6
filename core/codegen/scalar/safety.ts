/**
 * Checked integer operations: a compare and, where it fails, a call of the panic function with its kind, then a trap.
 *
 * Owns the code of a failed check and the checks of intcast_safe; those of sums and products stand with their flags in
 * overflow.ts and wide-overflow.ts. A check on the limit that the types exclude makes no code.
 */
import type { PanicKind } from '../../air/panic.ts';
import { PANIC_CODE } from '../../air/panic.ts';
import type { InstIndex } from '../../air/body/ref.ts';
import { MirTag } from '../../mir/ops.ts';
import { containerBits, Rep } from '../state/abi.ts';
import type { FunctionState, Lowering } from '../state/function-state.ts';
import { opEqz, opGt, opLt } from '../state/numeric-opcodes.ts';
import { pushOrder } from '../wide/carry-chains.ts';
import type { Limbs } from '../wide/limbs.ts';
import { isWide, operandLimbs, wideTypeOf } from '../wide/limbs.ts';

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

function pushBig(f: FunctionState, value: bigint): void {
  f.mir.i64Const(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));
}

/** Pushes whether operand 0 is on the far side of `limit`, which its type has. */
function pushBeyond(f: FunctionState, inst: InstIndex, row: typeof opLt, limit: bigint): void {
  const operand = f.operand(inst, 0);
  if (isWide(f, operand)) {
    const limbs: Limbs = (k) => {
      pushBig(f, limit >> BigInt(64 * k));
    };
    pushOrder(f, wideTypeOf(f, f.typeOf(operand)), operandLimbs(f, operand), limbs, row);
    return;
  }
  const rep = f.repOf(operand);
  f.push(operand);
  if (containerBits(rep) === 64) pushBig(f, limit);
  else f.mir.i32Const(Number(BigInt.asIntN(32, limit)));
  f.mir.op(row(rep, f.pool.intSigned(f.typeOf(operand))));
}

/** `cast` behind a check that the value fits the type of the result. */
export function checkedIntcast(cast: Lowering): Lowering {
  return (f, inst) => {
    const { pool } = f;
    const from = f.typeOf(f.operand(inst, 0));
    const to = f.resultType(inst);
    const signed = pool.intSigned(from);
    const positiveFrom = pool.intBits(from) - (signed ? 1 : 0);
    const positiveTo = pool.intBits(to) - (pool.intSigned(to) ? 1 : 0);
    const checksLow = signed && (!pool.intSigned(to) || positiveTo < positiveFrom);
    const checksHigh = positiveTo < positiveFrom;
    const limit = 1n << BigInt(positiveTo);
    if (checksLow) pushBeyond(f, inst, opLt, pool.intSigned(to) ? -limit : 0n);
    if (checksHigh) pushBeyond(f, inst, opGt, limit - 1n);
    if (checksLow && checksHigh) f.mir.op(MirTag.i32_or);
    if (checksLow || checksHigh) panicIfTrue(f, 'integer_out_of_range');
    if (f.isUnused(inst)) f.finishVoid(inst);
    else cast(f, inst);
  };
}
