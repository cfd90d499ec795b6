/**
 * intcast_safe of every width: the limits of the result that the operand's type is beyond are compared with; then an intcast.
 *
 * A limit that the types exclude makes no code.
 */
import type { InstIndex } from '../../air/body/ref.ts';
import { MirTag } from '../../mir/ops.ts';
import { panicIfTrue } from '../scalar/panics.ts';
import { containerBits, Rep } from '../state/abi.ts';
import type { FunctionState, Lowering } from '../state/function-state.ts';
import { opGt, opLt } from '../state/numeric-opcodes.ts';
import { storeBigShift, withScratch } from './big-calls.ts';
import { pushOrder } from './carry-chains.ts';
import type { Limbs } from './limbs.ts';
import { callLimbs, isLooped, isWide, operandLimbs, pushSign, wideTypeOf } from './limbs.ts';

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

/** Pushes whether operand 0 needs more than `bits` bits and, if the result is `signed`, a sign: all bits above them must be its sign. */
function pushLoopedBeyond(f: FunctionState, inst: InstIndex, bits: number, signed: boolean): void {
  const operand = f.operand(inst, 0);
  const t = wideTypeOf(f, f.typeOf(operand));
  const limbs = operandLimbs(f, operand);
  withScratch(f, [t.slots], (above) => {
    storeBigShift(
      f,
      t,
      above,
      limbs,
      (rep) => {
        f.pushInt(rep, bits);
      },
      false,
    );
    callLimbs(f, '__air_bigdiffer', above, t.slots, () => {
      if (t.signed && signed) pushSign(f, t, limbs);
      else f.pushInt(Rep.i64, 0);
    });
  });
  f.pushInt(Rep.i64, 0);
  f.mir.op(MirTag.i64_ne);
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
    if (isWide(f, f.operand(inst, 0)) && isLooped(wideTypeOf(f, from)) && checksHigh) {
      pushLoopedBeyond(f, inst, positiveTo, pool.intSigned(to));
      panicIfTrue(f, 'integer_out_of_range');
      if (f.isUnused(inst)) f.finishVoid(inst);
      else cast(f, inst);
      return;
    }
    const limit = 1n << BigInt(positiveTo);
    if (checksLow) pushBeyond(f, inst, opLt, pool.intSigned(to) ? -limit : 0n);
    if (checksHigh) pushBeyond(f, inst, opGt, limit - 1n);
    if (checksLow && checksHigh) f.mir.op(MirTag.i32_or);
    if (checksLow || checksHigh) panicIfTrue(f, 'integer_out_of_range');
    if (f.isUnused(inst)) f.finishVoid(inst);
    else cast(f, inst);
  };
}
