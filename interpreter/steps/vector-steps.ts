/**
 * Steps of vectors: an instruction on vectors is its step on scalars, once per lane; and lanes put in another order.
 *
 * A vector is the array of its lanes; one that is undefined has undefined lanes.
 */
import { operandAt } from '../../core/air/body/operands.ts';
import type { InstIndex, MaskItem } from '../../core/air/body/ref.ts';
import type { Reduction } from '../../core/air/schema/forms.ts';
import { COMPARISONS, REDUCTIONS } from '../../core/air/schema/forms.ts';
import { pointeeAlign } from '../../core/intern/layout.ts';
import { laneType } from '../../core/intern/vectors.ts';
import { placeToWrite } from '../model/access.ts';
import { writeValue } from '../model/encoding.ts';
import { FLOAT_ARITHMETIC, FLOAT_BINARY } from '../model/floats.ts';
import type { Step } from '../model/frame.ts';
import { NEXT } from '../model/frame.ts';
import { illegal } from '../model/halt.ts';
import type { IntRange } from '../model/integers.ts';
import { INT_BINARY } from '../model/integers.ts';
import type { Shape } from '../model/shapes.ts';
import { SOFT_BINARY } from '../model/soft-float.ts';
import type { Value } from '../model/values.ts';
import { anyIntOf, countOf, floatOf, intValue, numberOf, partOf, softOf } from '../model/values.ts';
import type { Handler, Preparation } from './preparation.ts';

/** `scalar` for scalars, and for each lane of vectors. */
export function lanewise(scalar: Handler): Handler {
  return (p, inst) => {
    const ty = p.typeOf(p.body.operand(inst));
    return laneType(p.pool, ty) === ty ? scalar(p, inst) : onLanes(p, inst, p.pool.arrayLen(ty), scalar);
  };
}

function onLanes(p: Preparation, inst: InstIndex, count: number, scalar: Handler): Step {
  const { step, vectors } = p.inLanes(() => scalar(p, inst));
  return (frame) => {
    const { values } = frame;
    const result: Value[] = [];
    for (let k = 0; k < count; k++) {
      for (const [vector, lane] of vectors) values[lane] = partOf(values[vector], k);
      step(frame);
      result.push(values[inst]);
    }
    values[inst] = result;
    return NEXT;
  };
}

/** `scalar`, whose result is a pair: of vectors it is a pair of vectors. */
export function reported(scalar: Handler): Handler {
  return (p, inst) => {
    const ty = p.typeOf(p.body.operand(inst));
    if (laneType(p.pool, ty) === ty) return scalar(p, inst);
    const step = onLanes(p, inst, p.pool.arrayLen(ty), scalar);
    return (frame) => {
      step(frame);
      const { values } = frame;
      const pairs = values[inst] as readonly Value[];
      values[inst] = [0, 1].map((part) => pairs.map((pair) => partOf(pair, part)));
      return NEXT;
    };
  };
}

/** vector_store_elem. */
export const storeLane: Handler = (p, inst) => {
  const { pool, machine } = p;
  const [a, n, v] = [0, 1, 2].map((k) => p.operand(operandAt(p.body, inst, k)));
  const ptrTy = p.typeOf(p.body.operand(inst));
  const vector = pool.childType(ptrTy);
  const shape = p.shape(pool.childType(vector));
  const count = pool.arrayLen(vector);
  const align = pointeeAlign(pool, ptrTy);
  return ({ values }) => {
    const index = countOf(values[n!]);
    if (index >= count) return illegal('out_of_bounds');
    const place = placeToWrite(values[a!], shape.size, align, index * shape.size);
    machine.charge(shape.size);
    writeValue(place.object, place.offset, shape, values[v!]);
    return NEXT;
  };
};

/** splat. */
export const splat: Handler = (p, inst) => {
  const a = p.operand(p.body.operand(inst));
  const count = p.pool.arrayLen(p.body.ty(inst));
  return ({ values }) => {
    values[inst] = Array.from({ length: count }, () => values[a]);
    return NEXT;
  };
};

/** select: what chooses must be known, what is chosen need not. */
export const select: Handler = (p, inst) => {
  const [c, a, b] = [0, 1, 2].map((k) => p.operand(operandAt(p.body, inst, k)));
  const count = p.pool.arrayLen(p.typeOf(p.body.rhs(inst)));
  return ({ values }) => {
    values[inst] = Array.from({ length: count }, (_, k) =>
      partOf(values[numberOf(partOf(values[c!], k)) === 1 ? a! : b!], k),
    );
    return NEXT;
  };
};

/** cmp_vector. */
export function compareLanes(scalars: Readonly<Record<(typeof COMPARISONS)[number], Handler>>): Handler {
  return (p, inst) => lanewise(scalars[COMPARISONS[p.body.word(inst)]!])(p, inst);
}

/** A function of two values of one type. */
type Fold = (a: Value, b: Value) => Value;

const INT_FOLDS: Readonly<Record<Reduction, (a: bigint, b: bigint, t: IntRange) => bigint>> = {
  and: INT_BINARY.bit_and,
  or: INT_BINARY.bit_or,
  xor: INT_BINARY.xor,
  min: INT_BINARY.min,
  max: INT_BINARY.max,
  add: INT_BINARY.add_wrap,
  mul: INT_BINARY.mul_wrap,
};

function foldOf(op: Reduction, shape: Shape): Fold | null {
  if (shape.kind === 'int') {
    const apply = INT_FOLDS[op];
    return (a, b) => intValue(apply(anyIntOf(a), anyIntOf(b), shape), shape);
  }
  if (op === 'and' || op === 'or' || op === 'xor') {
    if (shape.kind !== 'bool') return null;
    const threshold = { and: [2], or: [1, 2], xor: [1] }[op];
    return (a, b) => (threshold.includes(numberOf(a) + numberOf(b)) ? 1 : 0);
  }
  if (shape.kind === 'float') {
    const apply = FLOAT_BINARY[op];
    const { round } = FLOAT_ARITHMETIC[shape.bits];
    return (a, b) => apply(floatOf(a), floatOf(b), round);
  }
  if (shape.kind !== 'soft') return null;
  const apply = SOFT_BINARY[op];
  return (a, b) => apply(shape.format, softOf(a), softOf(b));
}

/** reduce: from the first lane to the last. */
export const reduce: Handler = (p, inst) => {
  const a = p.operand(p.body.operand(inst));
  const ty = p.typeOf(p.body.operand(inst));
  const count = p.pool.arrayLen(ty);
  const fold = foldOf(REDUCTIONS[p.body.word(inst)]!, p.shape(p.pool.childType(ty)));
  if (fold === null) return p.illTyped(inst);
  return ({ values }) => {
    let result = partOf(values[a], 0);
    for (let k = 1; k < count; k++) result = fold(result, partOf(values[a], k));
    values[inst] = result;
    return NEXT;
  };
};

/** shuffle_one, shuffle_two. */
export const shuffle: Handler = (p, inst) => {
  const places = [p.operand(p.body.operand(inst))];
  if (p.body.tag(inst) === 'shuffle_two') places.push(p.operand(p.body.rhs(inst)));
  const items = p.body.mask(inst).map((item) => laneOf(p, places, item));
  return ({ values }) => {
    values[inst] = items.map((item) => item(values));
    return NEXT;
  };
};

function laneOf(p: Preparation, places: readonly number[], item: MaskItem): (values: readonly Value[]) => Value {
  switch (item.from) {
    case 'nothing':
      return () => undefined;
    case 'value': {
      const place = p.constant(item.value);
      return (values) => values[place];
    }
    case 'operand': {
      const place = places[item.operand]!;
      return (values) => partOf(values[place], item.lane);
    }
  }
}
