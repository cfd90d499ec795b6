/**
 * Steps of atomic instructions. A run has one thread, so each is a read and a write with nothing in between; orders say
 * nothing, and an exchange fails only where the expected value is not there.
 */
import { operandAt } from '../../core/air/body/operands.ts';
import { MODIFICATIONS } from '../../core/air/schema/forms.ts';
import { pointeeAlign } from '../../core/intern/layout.ts';
import { placeToWrite } from '../model/access.ts';
import { readValue, writeValue } from '../model/encoding.ts';
import { FLOAT_ARITHMETIC, FLOAT_BINARY } from '../model/floats.ts';
import { NEXT } from '../model/frame.ts';
import { illegal } from '../model/halt.ts';
import type { IntRange } from '../model/integers.ts';
import { INT_BINARY, norm } from '../model/integers.ts';
import type { Shape } from '../model/shapes.ts';
import { SOFT_BINARY } from '../model/soft-float.ts';
import type { Value } from '../model/values.ts';
import { anyIntOf, floatOf, intValue, NULL, softOf } from '../model/values.ts';
import { sameScalar } from './comparison-steps.ts';
import type { Handler } from './preparation.ts';
import { mayBeZero } from './sum-steps.ts';

type Change = (former: Value, operand: Value) => Value;

/** Changes of integers by their names in MODIFICATIONS. */
const INT_CHANGES: Readonly<Record<string, (a: bigint, b: bigint, t: IntRange) => bigint>> = {
  add: INT_BINARY.add_wrap,
  sub: INT_BINARY.sub_wrap,
  and: INT_BINARY.bit_and,
  nand: (a, b, t) => norm(-1n - (a & b), t),
  or: INT_BINARY.bit_or,
  xor: INT_BINARY.xor,
  max: INT_BINARY.max,
  min: INT_BINARY.min,
};

/** What is stored instead of the former value; null where the type has no such change. */
function changeOf(name: (typeof MODIFICATIONS)[number], shape: Shape): Change | null {
  if (name === 'xchg') return (_, operand) => operand;
  if (shape.kind === 'int') {
    const apply = INT_CHANGES[name]!;
    return (a, b) => intValue(apply(anyIntOf(a), anyIntOf(b), shape), shape);
  }
  if (name !== 'add' && name !== 'sub' && name !== 'max' && name !== 'min') return null;
  if (shape.kind === 'float') {
    const apply = FLOAT_BINARY[name];
    const { round } = FLOAT_ARITHMETIC[shape.bits];
    return (a, b) => apply(floatOf(a), floatOf(b), round);
  }
  if (shape.kind !== 'soft') return null;
  const apply = SOFT_BINARY[name];
  return (a, b) => apply(shape.format, softOf(a), softOf(b));
}

/** atomic_rmw. */
export const modify: Handler = (p, inst) => {
  const a = p.operand(p.body.lhs(inst));
  const v = p.operand(p.body.rhs(inst));
  const shape = p.shape(p.body.ty(inst));
  const align = pointeeAlign(p.pool, p.typeOf(p.body.lhs(inst)));
  const change = changeOf(MODIFICATIONS[p.body.word(inst, 0)]!, shape);
  if (change === null) return p.illTyped(inst);
  return ({ values }) => {
    const { object, offset } = placeToWrite(values[a], shape.size, align);
    const former = readValue(object, offset, shape);
    writeValue(object, offset, shape, change(former, values[v]));
    values[inst] = former;
    return NEXT;
  };
};

/** cmpxchg_weak, cmpxchg_strong. */
export const exchange: Handler = (p, inst) => {
  const a = p.operand(p.body.lhs(inst));
  const e = p.operand(p.body.rhs(inst));
  const v = p.operand(operandAt(p.body, inst, 2));
  const ptrTy = p.typeOf(p.body.lhs(inst));
  const shape = p.shape(p.pool.childType(ptrTy));
  const align = pointeeAlign(p.pool, ptrTy);
  return ({ values }) => {
    const { object, offset } = placeToWrite(values[a], shape.size, align);
    const former = readValue(object, offset, shape);
    if (sameScalar(former, values[e])) {
      writeValue(object, offset, shape, values[v]);
      values[inst] = NULL;
    } else {
      // A pointer says null by its address.
      if (shape.kind === 'pointer' && mayBeZero(former)) return illegal('null_or_numeric_address');
      values[inst] = { kind: 'payload', payload: former };
    }
    return NEXT;
  };
};
