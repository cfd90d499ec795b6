/**
 * Atomic instructions as Zig source.
 *
 * Owns which types Zig takes for them, and what it calls the changes.
 */
import type { InstIndex, IpIndex } from '../../../core/index.ts';
import { integerOf, MODIFICATIONS, operandAt, ORDERS, TypeKind } from '../../../core/index.ts';
import { NotPrintable } from '../not-printable.ts';
import type { Expression } from './expressions.ts';
import type { BodyPrinter } from './zig-body.ts';

const CHANGES: Readonly<Record<(typeof MODIFICATIONS)[number], string>> = {
  xchg: 'Xchg',
  add: 'Add',
  sub: 'Sub',
  and: 'And',
  nand: 'Nand',
  or: 'Or',
  xor: 'Xor',
  max: 'Max',
  min: 'Min',
};

/** Zig's compiler takes no more bits than this on 32-bit wasm, with the feature `atomics` or without; what is narrower may have any width. */
const MOST_BITS = 32;

/** Text of the type `ty` of an atomic place. */
function typeText(p: BodyPrinter, ty: IpIndex): string {
  const { pool } = p.unit;
  const kind = pool.typeKind(ty);
  const isNumber = kind === TypeKind.int || kind === TypeKind.enum;
  const bits = pool.isFloat(ty) ? pool.floatBits(ty) : isNumber ? pool.intBits(integerOf(pool, ty)) : 32;
  if (bits > MOST_BITS) {
    throw new NotPrintable('an atomic operation of a width that the target does not have');
  }
  return p.types.text(ty);
}

const order = (p: BodyPrinter, inst: InstIndex, word: number): string => `.${ORDERS[p.body.word(inst, word)]!}`;

/** The type behind the pointer that is the first operand. */
const placeType = (p: BodyPrinter, inst: InstIndex): string =>
  typeText(p, p.unit.pool.childType(p.refType(operandAt(p.body, inst, 0))));

const operand = (p: BodyPrinter, inst: InstIndex, n: number): string => p.ref(operandAt(p.body, inst, n));

export const atomicLoad: Expression = (p, inst) =>
  `@atomicLoad(${placeType(p, inst)}, ${operand(p, inst, 0)}, ${order(p, inst, 0)})`;

export const atomicStore =
  (name: 'unordered' | 'monotonic' | 'release' | 'seq_cst'): Expression =>
  (p, inst) =>
    `@atomicStore(${placeType(p, inst)}, ${operand(p, inst, 0)}, ${operand(p, inst, 1)}, .${name})`;

export const atomicChange: Expression = (p, inst) => {
  const change = CHANGES[MODIFICATIONS[p.body.word(inst, 0)]!];
  return `@atomicRmw(${placeType(p, inst)}, ${operand(p, inst, 0)}, .${change}, ${operand(p, inst, 1)}, ${order(p, inst, 1)})`;
};

export const exchange =
  (name: '@cmpxchgWeak' | '@cmpxchgStrong'): Expression =>
  (p, inst) => {
    const [place, expected, next] = [0, 1, 2].map((n) => operand(p, inst, n));
    return `${name}(${placeType(p, inst)}, ${place}, ${expected}, ${next}, ${order(p, inst, 0)}, ${order(p, inst, 1)})`;
  };
