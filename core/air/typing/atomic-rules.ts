/**
 * Typing rules of atomic instructions (docs/air.md section 6): which types one access of memory can hold, and which orders and
 * changes go with them.
 *
 * Invariant: the address promises the natural alignment of the type, without which no engine reads or writes it in one step.
 */
import { abiAlign, pointeeAlign } from '../../intern/layout.ts';
import type { InternPool } from '../../intern/intern-pool.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { IP } from '../../intern/keys.ts';
import { integerOf } from '../../intern/sums.ts';
import { TypeKind } from '../../intern/type-kinds.ts';
import type { InstIndex } from '../body/ref.ts';
import type { Modification, Order } from '../schema/forms.ts';
import { MODIFICATIONS, ORDERS } from '../schema/forms.ts';
import type { DescribedTag } from '../schema/ops.ts';
import { isOne } from './memory-rules.ts';
import type { Check, TypingContext, TypingRule } from './rule.ts';
import { mismatch, rule, typeOfOperand, wrongKind } from './rule.ts';

/** Widest value of an atomic instruction. */
const MAX_BITS = 64;

const NEED = `an integer, enum or float of up to ${MAX_BITS} bits, bool or pointer`;

/** Whether memory of type `ty` can be used in one step. */
function isAtomic(pool: InternPool, ty: IpIndex): boolean {
  if (ty === IP.bool_type) return true;
  const integer = integerOf(pool, ty);
  if (pool.isInt(integer)) return pool.intBits(integer) <= MAX_BITS;
  if (pool.isFloat(ty)) return pool.floatBits(ty) <= MAX_BITS;
  return pool.typeKind(ty) === TypeKind.ptr;
}

/** What is wrong with the address, operand 0, or null. */
function addressProblem(f: TypingContext, inst: InstIndex, writes: boolean): string | null {
  const { pool } = f;
  const ptr = typeOfOperand(f, inst, 0);
  if (!isOne(pool, ptr)) return wrongKind(f, 'the address', ptr, 'a pointer *T');
  const child = pool.childType(ptr);
  if (!isAtomic(pool, child)) return wrongKind(f, 'the value', child, NEED);
  if (writes && pool.ptrIsConst(ptr)) return `the address has type ${f.nameOf(ptr)}: it is const`;
  const promised = pointeeAlign(pool, ptr);
  const need = abiAlign(pool, child);
  return promised >= need ? null : `the address promises alignment ${promised}, an atomic access needs ${need}`;
}

function childOf(f: TypingContext, inst: InstIndex): IpIndex {
  return f.pool.childType(typeOfOperand(f, inst, 0));
}

function orderProblem(order: Order, what: string, excluded: readonly Order[]): string | null {
  return excluded.includes(order) ? `${what} cannot be ${order}` : null;
}

function orderOf(f: TypingContext, inst: InstIndex, word: number): Order {
  return ORDERS[f.body.word(inst, word)]!;
}

const load: Check = (f, inst) =>
  addressProblem(f, inst, false) ??
  mismatch(f, 'the result', f.body.ty(inst), childOf(f, inst)) ??
  orderProblem(orderOf(f, inst, 0), 'the order of a load', ['release', 'acq_rel']);

const store: Check = (f, inst) =>
  addressProblem(f, inst, true) ?? mismatch(f, 'the right operand', typeOfOperand(f, inst, 1), childOf(f, inst));

/** Whether the value of type `ty` can be changed by `change`. */
function takes(pool: InternPool, ty: IpIndex, change: Modification): boolean {
  switch (change) {
    case 'xchg':
      return true;
    case 'add':
    case 'sub':
    case 'max':
    case 'min':
      return pool.isInt(ty) || pool.isFloat(ty);
    case 'and':
    case 'nand':
    case 'or':
    case 'xor':
      return pool.isInt(ty);
  }
}

const modify: Check = (f, inst) => {
  const problem =
    addressProblem(f, inst, true) ??
    mismatch(f, 'the result', f.body.ty(inst), childOf(f, inst)) ??
    mismatch(f, 'the operand', typeOfOperand(f, inst, 1), childOf(f, inst));
  if (problem !== null) return problem;
  const change = MODIFICATIONS[f.body.word(inst, 0)]!;
  if (!takes(f.pool, childOf(f, inst), change)) return `${change} does not go with ${f.nameOf(childOf(f, inst))}`;
  return orderProblem(orderOf(f, inst, 1), 'the order of a change', ['unordered']);
};

const exchange: Check = (f, inst) => {
  const { pool } = f;
  const problem = addressProblem(f, inst, true);
  if (problem !== null) return problem;
  const child = childOf(f, inst);
  if (pool.isFloat(child)) return wrongKind(f, 'the value', child, 'an integer, enum, bool or pointer');
  const result = f.body.ty(inst);
  if (pool.typeKind(result) !== TypeKind.opt || pool.childType(result) !== child) {
    return wrongKind(f, 'the result', result, `?${f.nameOf(child)}`);
  }
  const success = orderOf(f, inst, 0);
  const failure = orderOf(f, inst, 1);
  return (
    mismatch(f, 'the expected value', typeOfOperand(f, inst, 1), child) ??
    mismatch(f, 'the new value', typeOfOperand(f, inst, 2), child) ??
    orderProblem(success, 'the order of success', ['unordered']) ??
    orderProblem(failure, 'the order of failure', ['unordered', 'release', 'acq_rel']) ??
    (ORDERS.indexOf(failure) > ORDERS.indexOf(success)
      ? `the order of failure, ${failure}, is stricter than that of success, ${success}`
      : null)
  );
};

const stored = rule('void', store);
const exchanged = rule('ty', exchange);

/** Rules of this file. */
export const ATOMIC_RULES = {
  atomic_load: rule('ty', load),
  atomic_store_unordered: stored,
  atomic_store_monotonic: stored,
  atomic_store_release: stored,
  atomic_store_seq_cst: stored,
  atomic_rmw: rule('ty', modify),
  cmpxchg_weak: exchanged,
  cmpxchg_strong: exchanged,
} as const satisfies Readonly<Partial<Record<DescribedTag, TypingRule>>>;
