/**
 * Typing rules of control flow and calls (docs/air.md sections 5 and 6), once the structure of the body is known.
 *
 * What may be named by `br` and `repeat` comes from the walk of verify-body.ts through `FunctionContext.open`.
 */
import type { IpIndex } from '../../intern/keys.ts';
import { IP } from '../../intern/keys.ts';
import { ValueKind } from '../../intern/value-kinds.ts';
import type { InstIndex, Ref } from '../body/body.ts';
import { isInstRef, REF_NONE, refValue } from '../body/body.ts';
import type { FunctionContext, Rule, RuleTable } from './verify-rules.ts';
import { mismatch, Open, typeOfRef, wrongKind } from './verify-rules.ts';
import { isData, typeName, valueProblem } from './verify-terms.ts';

/** The arguments come first and in order, so the number of an `arg` is its parameter. */
const arg: Rule = (f, inst) => {
  const { pool, body, fnTy } = f;
  const count = pool.fnParamCount(fnTy);
  if (inst >= count) return count === 0 ? 'the function has no parameters' : `the function has ${count} parameters`;
  if (body.b[inst] !== inst) return `the argument ${inst} comes first`;
  return mismatch(f, 'the result', body.ty(inst), pool.fnParam(fnTy, inst));
};

const block: Rule = (f, inst) => {
  const ty = f.body.ty(inst);
  return ty === IP.noreturn_type || isData(f.pool, ty) ? null : wrongKind(f, 'the result', ty, 'a type of values');
};

const loop: Rule = (f, inst) => mismatch(f, 'the loop', f.body.ty(inst), IP.noreturn_type);

const br: Rule = (f, inst) => {
  const target = f.body.target(inst);
  if (f.open[target] !== Open.block) return `%${target} is no block around it`;
  const ty = f.body.ty(target);
  const operand = f.body.brOperand(inst);
  if (ty === IP.noreturn_type) return `%${target} is a block noreturn: nothing leaves it`;
  if (operand === REF_NONE) {
    return ty === IP.void_type ? null : `a value of type ${typeName(f.terms, ty)} is missing`;
  }
  if (ty === IP.void_type) return `%${target} is a block void: it takes no value`;
  return mismatch(f, 'the value', typeOfRef(f, operand), ty);
};

const repeat: Rule = (f, inst) => {
  const target = f.body.target(inst);
  return f.open[target] === Open.loop ? null : `%${target} is no loop around it`;
};

const dispatch: Rule = (f, inst) => {
  const target = f.body.target(inst);
  return f.open[target] === Open.switch ? null : `%${target} is no loop_switch_br around it`;
};

const condBr: Rule = (f, inst) => mismatch(f, 'the condition', typeOfRef(f, f.body.a[inst]!), IP.bool_type);

interface Range {
  readonly lo: bigint;
  readonly hi: bigint;
}

const switchBr: Rule = (f, inst) => {
  const { pool, body } = f;
  const decoded = body.switchOf(inst);
  const ty = typeOfRef(f, decoded.operand);
  if (!pool.isInt(ty)) return wrongKind(f, 'the operand', ty, 'an integer');
  const covered: Range[] = [];
  for (const c of decoded.cases) {
    for (const item of c.items) {
      const problem = itemProblem(f, item, ty);
      if (problem !== null) return problem;
      const value = pool.intBig(refValue(item));
      covered.push({ lo: value, hi: value });
    }
    for (const [lo, hi] of c.ranges) {
      const problem = itemProblem(f, lo, ty) ?? itemProblem(f, hi, ty);
      if (problem !== null) return problem;
      const range = { lo: pool.intBig(refValue(lo)), hi: pool.intBig(refValue(hi)) };
      if (range.lo > range.hi) return `the range ${range.lo}..${range.hi} is empty`;
      covered.push(range);
    }
  }
  covered.sort((a, b) => (a.lo < b.lo ? -1 : a.lo > b.lo ? 1 : a.hi < b.hi ? -1 : a.hi > b.hi ? 1 : 0));
  for (let n = 1; n < covered.length; n++) {
    if (covered[n]!.lo <= covered[n - 1]!.hi) return `two items cover ${covered[n]!.lo}`;
  }
  return null;
};

function itemProblem(f: FunctionContext, item: Ref, ty: IpIndex): string | null {
  if (isInstRef(item)) return 'an item is no constant';
  const value = refValue(item);
  const problem = valueProblem(f.terms, value);
  if (problem !== null) return problem;
  if (f.pool.valueKind(value) !== ValueKind.int) return 'an item is no number';
  return mismatch(f, 'an item', f.pool.typeOf(value), ty);
}

/** ret and ret_load of a value of type `ty`. */
function returnProblem(f: FunctionContext, ty: IpIndex): string | null {
  const need = f.pool.fnReturn(f.fnTy);
  return need === IP.noreturn_type ? 'a function noreturn never returns' : mismatch(f, 'the result', ty, need);
}

const ret: Rule = (f, inst) => returnProblem(f, typeOfRef(f, f.body.a[inst]!));

const retLoad: Rule = (f, inst) => {
  const { pool } = f;
  const ptr = typeOfRef(f, f.body.a[inst]!);
  if (!pool.isPtr(ptr) || pool.ptrIsMany(ptr)) return wrongKind(f, 'the operand', ptr, 'a pointer *T');
  return returnProblem(f, pool.childType(ptr));
};

const call: Rule = (f, inst: InstIndex) => {
  const { pool, body } = f;
  const callee = typeOfRef(f, body.a[inst]!);
  if (!pool.isFnPtr(callee)) return wrongKind(f, 'the callee', callee, 'a pointer to a function');
  const fnTy = pool.childType(callee);
  const args = body.refs(inst);
  const count = pool.fnParamCount(fnTy);
  if (args.length !== count) return `the callee takes ${count} arguments, not ${args.length}`;
  for (let n = 0; n < count; n++) {
    const found = typeOfRef(f, args[n]!);
    if (found !== pool.fnParam(fnTy, n)) return mismatch(f, `argument ${n}`, found, pool.fnParam(fnTy, n));
  }
  return null;
};

/** Rules of this file. */
export const CONTROL_RULES: RuleTable = [
  [arg, ['arg']],
  [block, ['block']],
  [loop, ['loop']],
  [br, ['br']],
  [dispatch, ['switch_dispatch']],
  [repeat, ['repeat']],
  [condBr, ['cond_br']],
  [switchBr, ['switch_br', 'loop_switch_br']],
  [ret, ['ret', 'ret_safe']],
  [retLoad, ['ret_load']],
  [call, ['call', 'call_never_tail', 'call_never_inline', 'call_always_tail']],
];
