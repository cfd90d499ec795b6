/**
 * Packed structs and unions of up to 64 bits as values: their backing integers in registers.
 *
 * Fields are cut out of the integer and put into it by memory/bit-pointers.ts.
 */
import type { InstIndex } from '../../air/body/ref.ts';
import { bitOffset, isPackedUnion } from '../../intern/packed.ts';
import { InternalError } from '../../support/assert.ts';
import { cutOut, moveIn } from '../memory/bit-pointers.ts';
import { Rep } from '../state/abi.ts';
import type { FunctionState } from '../state/function-state.ts';
import { opOr } from '../state/numeric-opcodes.ts';

function registerOf(rep: Rep): typeof Rep.i32 | typeof Rep.i64 {
  if (rep !== Rep.i32 && rep !== Rep.i64) throw new InternalError('a packed struct that is in no register');
  return rep;
}

/** aggregate_init, and union_init of a packed union: the bits of all fields given; undefined ones are zero, because any bits will do. */
export function lowerPackedInit(f: FunctionState, inst: InstIndex): void {
  const ty = f.resultType(inst);
  const rep = registerOf(f.resultRep(inst));
  const fields = isPackedUnion(f.pool, ty) ? [f.operand(inst, 0)] : f.body.refs(inst);
  let isEmpty = true;
  for (let n = 0; n < fields.length; n++) {
    if (f.isUndefined(fields[n]!)) continue;
    f.push(fields[n]!);
    moveIn(f, rep, bitOffset(f.pool, ty, n), f.typeOf(fields[n]!));
    if (!isEmpty) f.mir.op(opOr(rep));
    isEmpty = false;
  }
  if (isEmpty) f.pushInt(rep, 0);
  f.finishStack(inst, rep);
}

/** struct_field_val. */
export function lowerPackedFieldVal(f: FunctionState, inst: InstIndex): void {
  const struct = f.operand(inst, 0);
  const ty = f.typeOf(struct);
  const field = f.body.number(inst);
  f.push(struct);
  cutOut(f, registerOf(f.repOf(struct)), bitOffset(f.pool, ty, field), f.pool.fieldType(ty, field));
  f.finishStack(inst, f.resultRep(inst));
}
