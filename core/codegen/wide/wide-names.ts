/**
 * Names of enum values of more than 64 bits: a value has one if all its limbs are those of a value that has.
 */
import type { InstIndex } from '../../air/body/ref.ts';
import { valueRef } from '../../air/body/ref.ts';
import { enumFieldCount, enumFieldValue } from '../../intern/sums.ts';
import { MirTag } from '../../mir/ops.ts';
import { Rep } from '../state/abi.ts';
import type { FunctionState } from '../state/function-state.ts';
import { imm32 } from '../state/wvalue.ts';
import { pushXorSum } from './carry-chains.ts';
import { operandLimbs, wideTypeOf } from './limbs.ts';

/** is_named_enum_value. */
export function lowerIsNamedEnumValue(f: FunctionState, inst: InstIndex): void {
  const operand = f.operand(inst, 0);
  const ty = f.typeOf(operand);
  const t = wideTypeOf(f, ty);
  const count = enumFieldCount(f.pool, ty);
  if (count === 0) {
    f.finish(inst, imm32(0));
    return;
  }
  for (let n = 0; n < count; n++) {
    const value = valueRef(enumFieldValue(f.pool, ty, n));
    pushXorSum(f, t, operandLimbs(f, operand), operandLimbs(f, value));
    f.mir.op(MirTag.i64_eqz);
    if (n > 0) f.mir.op(MirTag.i32_or);
  }
  f.finishStack(inst, Rep.i32);
}
