/**
 * Operands by position, without closures: what liveness counts and what codegen lets die.
 *
 * Owns the numeric form of each tag and the two accessors; the order is that of `Body.forEachOperand` (left to right as
 * printed, the operand of a switch only), which a test holds against this file. Knows nothing of life and death.
 */
import { InternalError } from '../../support/assert.ts';
import type { Body, Ref } from '../body/body.ts';
import { REF_NONE } from '../body/body.ts';
import type { OpForm } from '../schema/ops.ts';
import { AIR_OP_BY_NUMBER } from '../schema/ops.ts';

/** How the operands of an instruction are found. */
export const OperandForm = {
  /** No operand. */
  none: 0,
  /** Word a. */
  a: 1,
  /** Words a and b. */
  ab: 2,
  /** Word b, which may be absent. */
  b: 3,
  /** Two words in extra at b. */
  pair: 4,
  /** Two words in extra at b, then word a. */
  pair_a: 5,
  /** One word in extra at b. */
  single: 6,
  /** A counted list in extra at b. */
  list: 7,
  /** Word a, then a counted list in extra at b. */
  a_list: 8,
} as const;
export type OperandForm = (typeof OperandForm)[keyof typeof OperandForm];

const BY_FORM: Readonly<Record<OpForm, OperandForm>> = {
  no_op: OperandForm.none,
  ty: OperandForm.none,
  arg: OperandForm.none,
  ty_pl_body: OperandForm.none,
  repeat: OperandForm.none,
  ty_nav: OperandForm.none,
  dbg_stmt: OperandForm.none,
  other: OperandForm.none,
  un_op: OperandForm.a,
  cond_br: OperandForm.a,
  switch_br: OperandForm.a,
  bin_op: OperandForm.ab,
  ty_op: OperandForm.b,
  br: OperandForm.b,
  ty_pl_bin: OperandForm.pair,
  pl_op_bin: OperandForm.pair_a,
  ty_pl_field: OperandForm.single,
  ty_pl_elems: OperandForm.list,
  call: OperandForm.a_list,
};

/** Operand form of each tag number. */
export const OPERAND_FORM: Uint8Array = Uint8Array.from(AIR_OP_BY_NUMBER, (info) => BY_FORM[info.form]);

/** 1 for each tag number that is lowered even when its result is unused. */
export const MUST_LOWER: Uint8Array = Uint8Array.from(AIR_OP_BY_NUMBER, (info) => (info.mustLower ? 1 : 0));

/** Number of operands of instruction `inst`. */
export function operandCount(body: Body, inst: number): number {
  switch (OPERAND_FORM[body.tags[inst]!]) {
    case OperandForm.none:
      return 0;
    case OperandForm.a:
    case OperandForm.single:
      return 1;
    case OperandForm.b:
      return body.b[inst] === REF_NONE ? 0 : 1;
    case OperandForm.ab:
    case OperandForm.pair:
      return 2;
    case OperandForm.pair_a:
      return 3;
    case OperandForm.list:
      return body.extra[body.b[inst]!]!;
    case OperandForm.a_list:
      return 1 + body.extra[body.b[inst]!]!;
    default:
      throw new InternalError('operand form without a count');
  }
}

/** Operand `k` of instruction `inst`; `k` is below its {@link operandCount}. */
export function operandAt(body: Body, inst: number, k: number): Ref {
  switch (OPERAND_FORM[body.tags[inst]!]) {
    case OperandForm.a:
      return body.a[inst]! as Ref;
    case OperandForm.ab:
      return (k === 0 ? body.a[inst]! : body.b[inst]!) as Ref;
    case OperandForm.b:
      return body.b[inst]! as Ref;
    case OperandForm.pair:
    case OperandForm.single:
      return body.extra[body.b[inst]! + k]! as Ref;
    case OperandForm.pair_a:
      return (k === 2 ? body.a[inst]! : body.extra[body.b[inst]! + k]!) as Ref;
    case OperandForm.list:
      return body.extra[body.b[inst]! + 1 + k]! as Ref;
    case OperandForm.a_list:
      return (k === 0 ? body.a[inst]! : body.extra[body.b[inst]! + k]!) as Ref;
    default:
      throw new InternalError('instruction has no such operand');
  }
}
