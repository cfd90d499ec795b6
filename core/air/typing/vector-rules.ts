/**
 * Typing rules of instructions that only vectors have (docs/air.md section 6): lanes of one length, and of which types.
 */
import type { InternPool } from '../../intern/intern-pool.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { IP } from '../../intern/keys.ts';
import { isVector } from '../../intern/vectors.ts';
import type { InstIndex, MaskItem } from '../body/ref.ts';
import type { Reduction } from '../schema/forms.ts';
import { COMPARISONS, REDUCTIONS } from '../schema/forms.ts';
import type { DescribedTag } from '../schema/ops.ts';
import type { Check, TypingContext, TypingRule } from './rule.ts';
import { mismatch, rule, typeOfOperand, wrongKind } from './rule.ts';

/** Whether `ty` is a vector of `count` lanes of type `lane`. */
function isVectorOf(pool: InternPool, ty: IpIndex, lane: IpIndex, count: number): boolean {
  return isVector(pool, ty) && pool.childType(ty) === lane && pool.arrayLen(ty) === count;
}

/** Operand `k` must be a vector. */
function vectorProblem(f: TypingContext, inst: InstIndex, k: number): string | null {
  const ty = typeOfOperand(f, inst, k);
  return isVector(f.pool, ty) ? null : wrongKind(f, 'the operand', ty, 'a vector');
}

const splat: Check = (f, inst) => {
  const ty = f.body.ty(inst);
  if (!isVector(f.pool, ty)) return wrongKind(f, 'the result', ty, 'a vector');
  return mismatch(f, 'the operand', typeOfOperand(f, inst, 0), f.pool.childType(ty));
};

const select: Check = (f, inst) => {
  const a = typeOfOperand(f, inst, 1);
  const problem = vectorProblem(f, inst, 1) ?? mismatch(f, 'the other vector', typeOfOperand(f, inst, 2), a);
  if (problem !== null) return problem;
  const count = f.pool.arrayLen(a);
  const choice = typeOfOperand(f, inst, 0);
  if (isVectorOf(f.pool, choice, IP.bool_type, count)) return null;
  return wrongKind(f, 'the choice', choice, `vector(${count}) bool`);
};

const compare: Check = (f, inst) => {
  const a = typeOfOperand(f, inst, 0);
  const problem = vectorProblem(f, inst, 0) ?? mismatch(f, 'the right operand', typeOfOperand(f, inst, 1), a);
  if (problem !== null) return problem;
  const lane = f.pool.childType(a);
  const isOrder = !['eq', 'neq'].includes(COMPARISONS[f.body.word(inst)]!);
  if (lane === IP.bool_type && isOrder) return wrongKind(f, 'the left operand', a, 'a vector of numbers');
  const count = f.pool.arrayLen(a);
  const result = f.body.ty(inst);
  if (isVectorOf(f.pool, result, IP.bool_type, count)) return null;
  return wrongKind(f, 'the result', result, `vector(${count}) bool`);
};

const ofFloats =
  (check: Check): Check =>
  (f, inst) => {
    const ty = typeOfOperand(f, inst, 0);
    const isFloats = isVector(f.pool, ty) && f.pool.isFloat(f.pool.childType(ty));
    return isFloats ? check(f, inst) : wrongKind(f, 'the operand', ty, 'a vector of floats');
  };

/** Whether lanes of type `lane` can be put together by `op`. */
function takes(pool: InternPool, lane: IpIndex, op: Reduction): boolean {
  switch (op) {
    case 'and':
    case 'or':
    case 'xor':
      return pool.isInt(lane) || lane === IP.bool_type;
    case 'min':
    case 'max':
    case 'add':
    case 'mul':
      return lane !== IP.bool_type;
  }
}

const reduce: Check = (f, inst) => {
  const problem = vectorProblem(f, inst, 0);
  if (problem !== null) return problem;
  const ty = typeOfOperand(f, inst, 0);
  const op = REDUCTIONS[f.body.word(inst)]!;
  return takes(f.pool, f.pool.childType(ty), op) ? null : `${op} does not go with ${f.nameOf(ty)}`;
};

/** The mask has an entry per lane of the result, and names lanes that are there. */
function shuffle(operands: 1 | 2): Check {
  return (f, inst) => {
    const { pool, body } = f;
    const result = body.ty(inst);
    if (!isVector(pool, result)) return wrongKind(f, 'the result', result, 'a vector');
    const lane = pool.childType(result);
    for (let k = 0; k < operands; k++) {
      const ty = typeOfOperand(f, inst, k);
      if (!isVector(pool, ty) || pool.childType(ty) !== lane) {
        return wrongKind(f, 'an operand', ty, `a vector of ${f.nameOf(lane)}`);
      }
    }
    const mask = body.mask(inst);
    const count = pool.arrayLen(result);
    if (mask.length !== count) return `${f.nameOf(result)} needs ${count} lanes, not ${mask.length}`;
    for (const item of mask) {
      const problem = itemProblem(f, inst, operands, lane, item);
      if (problem !== null) return problem;
    }
    return null;
  };
}

function itemProblem(
  f: TypingContext,
  inst: InstIndex,
  operands: number,
  lane: IpIndex,
  item: MaskItem,
): string | null {
  switch (item.from) {
    case 'nothing':
      return null;
    case 'value':
      if (operands === 2) return 'a shuffle of two vectors takes no constants';
      return mismatch(f, 'a lane', f.pool.typeOf(item.value), lane);
    case 'operand': {
      if (item.operand >= operands) return 'there is no second vector';
      const ty = typeOfOperand(f, inst, item.operand);
      return item.lane < f.pool.arrayLen(ty) ? null : `${f.nameOf(ty)} has no lane ${item.lane}`;
    }
  }
}

/** Rules of this file. */
export const VECTOR_RULES = {
  splat: rule('ty', splat),
  select: rule('second', select),
  cmp_vector: rule('ty', compare),
  cmp_vector_optimized: rule('ty', ofFloats(compare)),
  reduce: rule('element', reduce),
  reduce_optimized: rule('element', ofFloats(reduce)),
  shuffle_one: rule('ty', shuffle(1)),
  shuffle_two: rule('ty', shuffle(2)),
} as const satisfies Readonly<Partial<Record<DescribedTag, TypingRule>>>;
