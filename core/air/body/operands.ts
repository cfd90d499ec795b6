/**
 * Operands and owned bodies of an instruction by position, without closures: what liveness, code generation, interpreter
 * and printer read a body with.
 *
 * Follows from the tables of schema/layout.ts. The order of operands is that of the text; the items of a switch are
 * constants and no operands. Knows nothing of types, life and death. Expects a body whose packing was checked.
 */
import { InternalError } from '../../support/assert.ts';
import {
  BODY_LENGTH,
  BODY_SLOTS,
  CASE_COUNT,
  HEAD_LENGTH,
  MAX_SINGLE,
  MAY_LACK_LAST,
  NONE,
  OPERAND_LIST,
  OPERAND_PLACE,
  PLACE_A,
  PLACE_B,
  PLACE_EXTRA,
  SINGLE_OPERANDS,
} from '../schema/layout.ts';
import type { BodyColumns, InstIndex, Ref } from './ref.ts';
import { REF_NONE } from './ref.ts';

/** Number of operands of `inst`. */
export function operandCount(body: BodyColumns, inst: InstIndex): number {
  const tag = body.tags[inst]!;
  const single = SINGLE_OPERANDS[tag]!;
  const list = OPERAND_LIST[tag]!;
  if (list !== NONE) return single + body.extra[body.b[inst]! + list]!;
  return MAY_LACK_LAST[tag] === 1 && body.b[inst] === REF_NONE ? single - 1 : single;
}

/** Operand `k` of `inst`; `k` is below its {@link operandCount}, or names an optional operand, which is REF_NONE if absent. */
export function operandAt(body: BodyColumns, inst: InstIndex, k: number): Ref {
  const tag = body.tags[inst]!;
  const single = SINGLE_OPERANDS[tag]!;
  if (k >= single) {
    if (OPERAND_LIST[tag] === NONE) throw new InternalError('instruction has no such operand');
    return body.extra[body.b[inst]! + HEAD_LENGTH[tag]! + (k - single)]! as Ref;
  }
  return wordAt(body, inst, OPERAND_PLACE[tag * MAX_SINGLE + k]!) as Ref;
}

/** Word of `inst` at a place of schema/layout.ts. */
export function wordAt(body: BodyColumns, inst: InstIndex, place: number): number {
  if (place === PLACE_A) return body.a[inst]!;
  if (place === PLACE_B) return body.b[inst]!;
  return body.extra[body.b[inst]! + place - PLACE_EXTRA]!;
}

/** Calls `visit` for every operand of `inst`, in order. */
export function forEachOperand(body: BodyColumns, inst: InstIndex, visit: (ref: Ref) => void): void {
  const count = operandCount(body, inst);
  for (let k = 0; k < count; k++) visit(operandAt(body, inst, k));
}

// The bodies that an instruction owns ("arms": those of the cases first) lie behind each other in `extra`. To walk them:
//   let at = firstArm(body, inst);
//   for (let n = 0; n < armCount(body, inst); n++) {
//     const start = armStart(body, inst, n, at), length = armLength(body, inst, n, at);
//     ...
//     at = start + length;
//   }

/** Number of bodies that `inst` owns. */
export function armCount(body: BodyColumns, inst: InstIndex): number {
  return BODY_SLOTS[body.tags[inst]!]! + caseCount(body, inst);
}

/** Whether `inst` is a switch: its arms are cases, and an else body. */
export function hasCases(body: BodyColumns, inst: InstIndex): boolean {
  return CASE_COUNT[body.tags[inst]!] !== NONE;
}

/** Number of cases of a switch, 0 for any other instruction. */
export function caseCount(body: BodyColumns, inst: InstIndex): number {
  const at = CASE_COUNT[body.tags[inst]!]!;
  return at === NONE ? 0 : body.extra[body.b[inst]! + at]!;
}

/** Where in `extra` the first arm of `inst` lies. */
export function firstArm(body: BodyColumns, inst: InstIndex): number {
  return body.b[inst]! + HEAD_LENGTH[body.tags[inst]!]!;
}

/** Where in `extra` the instructions of arm `n` begin; the arm lies at `at`. */
export function armStart(body: BodyColumns, inst: InstIndex, n: number, at: number): number {
  const { extra } = body;
  return n < caseCount(body, inst) ? at + 3 + extra[at]! + 2 * extra[at + 1]! : at;
}

/** Number of instructions of arm `n`, which lies at `at`. */
export function armLength(body: BodyColumns, inst: InstIndex, n: number, at: number): number {
  const cases = caseCount(body, inst);
  return n < cases ? body.extra[at + 2]! : body.extra[body.b[inst]! + BODY_LENGTH[body.tags[inst]!]! + n - cases]!;
}
