/**
 * Instructions on vectors as Zig source.
 *
 * Owns what only vectors have. Instructions that work lane by lane are spelled as for scalars (instructions.ts). Zig reads a lane
 * whose number is not known at compile time out of an array only.
 */
import type { InstIndex, IpIndex, MaskItem } from '../../../core/index.ts';
import { COMPARISONS, isInstRef, laneType, operandAt, REDUCTIONS, refValue, TypeKind } from '../../../core/index.ts';
import type { Expression } from './expressions.ts';
import type { BodyPrinter, Spelling } from './zig-body.ts';

const OPERATORS: Readonly<Record<(typeof COMPARISONS)[number], string>> = {
  lt: '<',
  lte: '<=',
  eq: '==',
  gte: '>=',
  gt: '>',
  neq: '!=',
};

const REDUCE: Readonly<Record<(typeof REDUCTIONS)[number], string>> = {
  and: 'And',
  or: 'Or',
  xor: 'Xor',
  min: 'Min',
  max: 'Max',
  add: 'Add',
  mul: 'Mul',
};

const operand = (p: BodyPrinter, inst: InstIndex, n: number): string => p.ref(operandAt(p.body, inst, n));

/** Text of the type of the lanes of the result. */
const laneText = (p: BodyPrinter, inst: InstIndex): string => p.types.text(laneType(p.unit.pool, p.typeOf(inst)));

export const compareVectors: Expression = (p, inst) => {
  const operator = OPERATORS[COMPARISONS[p.body.word(inst)]!];
  return `${operand(p, inst, 0)} ${operator} ${operand(p, inst, 1)}`;
};

export const select: Expression = (p, inst) => {
  const [chosen, a, b] = [0, 1, 2].map((n) => operand(p, inst, n));
  return `@select(${laneText(p, inst)}, ${chosen}, ${a}, ${b})`;
};

/** A lane of a vector in memory that is stored by itself. */
export const storeElement: Spelling = (p, inst, indent) => {
  const ty = p.unit.pool.childType(p.refType(operandAt(p.body, inst, 0)));
  const [pointer, lane, stored] = [0, 1, 2].map((n) => operand(p, inst, n));
  const array = `[${p.unit.pool.arrayLen(ty)}]${p.types.text(laneType(p.unit.pool, ty))}`;
  p.line(indent, `{ var a${inst}: ${array} = ${pointer}.*; a${inst}[${lane}] = ${stored}; ${pointer}.* = a${inst}; }`);
};

export const splat: Expression = (p, inst) => `@splat(${operand(p, inst, 0)})`;

export const reduce: Expression = (p, inst) =>
  `@reduce(.${REDUCE[REDUCTIONS[p.body.word(inst)]!]}, ${operand(p, inst, 0)})`;

/** Lanes of the second vector have negative numbers in a mask of Zig's. */
function maskText(items: readonly string[]): string {
  return `@Vector(${items.length}, i32){ ${items.join(', ')} }`;
}

export const shuffleTwo: Expression = (p, inst) => {
  const items = p.body.mask(inst).map((item) => laneNumber(item));
  return `@shuffle(${laneText(p, inst)}, ${operand(p, inst, 0)}, ${operand(p, inst, 1)}, ${maskText(items)})`;
};

/** Constants among the lanes stand in a second vector, which is known at compile time. */
export const shuffleOne: Expression = (p, inst) => {
  const constants: IpIndex[] = [];
  const items = p.body.mask(inst).map((item) => {
    if (item.from !== 'value') return laneNumber(item);
    constants.push(item.value);
    return String(-constants.length);
  });
  const lane = laneText(p, inst);
  const second =
    constants.length === 0
      ? 'undefined'
      : `@Vector(${constants.length}, ${lane}){ ${constants.map((value) => p.values.plain(value)).join(', ')} }`;
  return `@shuffle(${lane}, ${operand(p, inst, 0)}, ${second}, ${maskText(items)})`;
};

function laneNumber(item: MaskItem): string {
  return item.from === 'operand' ? String(item.operand === 0 ? item.lane : -1 - item.lane) : 'undefined';
}

/** An element of an array, or a lane. */
export const element: Expression = (p, inst) => {
  const { pool } = p.unit;
  const [from, index] = [p.body.lhs(inst), p.body.rhs(inst)];
  const ty = p.refType(from);
  if (pool.typeKind(ty) !== TypeKind.vector) return `${p.ref(from)}[${p.ref(index)}]`;
  if (!isInstRef(index)) return `${p.ref(from)}[${p.values.plain(refValue(index))}]`;
  return `@as([${pool.arrayLen(ty)}]${p.types.text(pool.childType(ty))}, ${p.ref(from)})[${p.ref(index)}]`;
};
