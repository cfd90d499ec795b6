/**
 * Typing rules of control flow and calls (docs/air.md sections 5 and 6), once the structure of the body is known.
 *
 * What may be named by `br`, `repeat` and `switch_dispatch` comes from the walk of verify-body.ts through `TypingContext.open`.
 */
import { callConv } from '../../intern/call-conv.ts';
import { elemCount, elemType } from '../../intern/elements.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { IP } from '../../intern/keys.ts';
import { integerValue } from '../../intern/sums.ts';
import { TypeKind } from '../../intern/type-kinds.ts';
import type { InstIndex, Ref } from '../body/ref.ts';
import { instRef, isInstRef, REF_NONE, refValue } from '../body/ref.ts';
import type { DescribedTag, OpOpens } from '../schema/ops.ts';
import { AIR_OP_BY_NUMBER, TAG } from '../schema/ops.ts';
import { isPlace } from './memory-rules.ts';
import type { Check, TypingContext, TypingRule } from './rule.ts';
import { isOne } from './memory-rules.ts';
import { mismatch, NO_TYPE, rule, typeOfOperand, wrongKind } from './rule.ts';
import { isData } from './type-classes.ts';

/** What `inst` can be branched to by from where the rule looks. */
function opens(f: TypingContext, inst: InstIndex): OpOpens {
  return f.open[inst] === 1 ? AIR_OP_BY_NUMBER[f.body.tags[inst]!]!.opens : 'nothing';
}

/** The arguments come first and in order, so the number of an `arg` is its parameter. */
const arg: Check = (f, inst) => {
  const { pool, body, fnTy } = f;
  const count = pool.fnParamCount(fnTy);
  if (inst >= count) return count === 0 ? 'the function has no parameters' : `the function has ${count} parameters`;
  if (body.number(inst) !== inst) return `the argument ${inst} comes first`;
  return mismatch(f, 'the result', body.ty(inst), pool.fnParam(fnTy, inst));
};

const block: Check = (f, inst) => {
  const ty = f.body.ty(inst);
  return ty === IP.noreturn_type || isData(f.pool, ty) ? null : wrongKind(f, 'the result', ty, 'a type of values');
};

const inlineBlock: Check = (f, inst) =>
  f.isFunction(f.body.nav(inst)) ? block(f, inst) : 'what is inlined is no function';

const loop: Check = (f, inst) => mismatch(f, 'the loop', f.body.ty(inst), IP.noreturn_type);

const br: Check = (f, inst) => {
  const target = f.body.target(inst);
  if (opens(f, target) !== 'block') return `%${target} is no block around it`;
  const ty = f.body.ty(target);
  const operand = f.body.operand(inst);
  if (ty === IP.noreturn_type) return `%${target} is a block noreturn: nothing leaves it`;
  if (operand === REF_NONE) {
    return ty === IP.void_type ? null : `a value of type ${f.nameOf(ty)} is missing`;
  }
  if (ty === IP.void_type) return `%${target} is a block void: it takes no value`;
  return mismatch(f, 'the value', typeOfOperand(f, inst, 0), ty);
};

const repeat: Check = (f, inst) => {
  const target = f.body.target(inst);
  return opens(f, target) === 'loop' ? null : `%${target} is no loop around it`;
};

const condBr: Check = (f, inst) => mismatch(f, 'the condition', typeOfOperand(f, inst, 0), IP.bool_type);

interface Range {
  readonly lo: bigint;
  readonly hi: bigint;
}

const switchBr: Check = (f, inst) => {
  const { pool } = f;
  const decoded = f.body.switchOf(inst);
  const ty = typeOfOperand(f, inst, 0);
  const kind = pool.typeKind(ty);
  if (!pool.isInt(ty) && kind !== TypeKind.enum && kind !== TypeKind.error_set) {
    return wrongKind(f, 'the operand', ty, 'an integer, enum or error');
  }
  const covered: Range[] = [];
  for (const c of decoded.cases) {
    for (const item of c.items) {
      const problem = itemProblem(f, item, ty);
      if (problem !== null) return problem;
      const value = integerValue(pool, refValue(item))!;
      covered.push({ lo: value, hi: value });
    }
    for (const [lo, hi] of c.ranges) {
      const problem = itemProblem(f, lo, ty) ?? itemProblem(f, hi, ty);
      if (problem !== null) return problem;
      const range = { lo: integerValue(pool, refValue(lo))!, hi: integerValue(pool, refValue(hi))! };
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

/** The operand takes the place of that of the switch. */
const dispatch: Check = (f, inst) => {
  const target = f.body.target(inst);
  if (opens(f, target) !== 'switch') return `%${target} is no loop_switch_br around it`;
  const need = typeOfOperand(f, target, 0);
  return need === NO_TYPE ? null : mismatch(f, 'the operand', typeOfOperand(f, inst, 0), need);
};

function itemProblem(f: TypingContext, item: Ref, ty: IpIndex): string | null {
  if (isInstRef(item)) return 'an item is no constant';
  const value = refValue(item);
  const problem = f.valueProblem(value);
  if (problem !== null) return problem;
  if (integerValue(f.pool, value) === null) return 'an item is no number';
  return mismatch(f, 'an item', f.pool.typeOf(value), ty);
}

/** ret and ret_load of a value of type `ty`. */
function returnProblem(f: TypingContext, ty: IpIndex): string | null {
  const need = f.pool.fnReturn(f.fnTy);
  return need === IP.noreturn_type ? 'a function noreturn never returns' : mismatch(f, 'the result', ty, need);
}

const ret: Check = (f, inst) => returnProblem(f, typeOfOperand(f, inst, 0));

const retLoad: Check = (f, inst) => {
  const { pool } = f;
  const ptr = typeOfOperand(f, inst, 0);
  if (!isOne(pool, ptr)) return wrongKind(f, 'the operand', ptr, 'a pointer *T');
  return returnProblem(f, pool.childType(ptr));
};

const call: Check = (f, inst) => {
  const { pool, body } = f;
  const callee = typeOfOperand(f, inst, 0);
  if (!pool.isFnPtr(callee)) return wrongKind(f, 'the callee', callee, 'a pointer to a function');
  const fnTy = pool.childType(callee);
  const args = body.refs(inst);
  const count = pool.fnParamCount(fnTy);
  if (args.length !== count) return `the callee takes ${count} arguments, not ${args.length}`;
  for (let n = 0; n < count; n++) {
    const found = typeOfOperand(f, inst, 1 + n);
    if (found !== pool.fnParam(fnTy, n)) return mismatch(f, `argument ${n}`, found, pool.fnParam(fnTy, n));
  }
  return null;
};

/** A call whose result the function returns at once: nothing is left to do in it. */
const tailCall: Check = (f, inst) => call(f, inst) ?? tailProblem(f, inst);

function tailProblem(f: TypingContext, inst: InstIndex): string | null {
  const { pool, body, fnTy } = f;
  const calleeTy = pool.childType(typeOfOperand(f, inst, 0));
  const result = pool.fnReturn(calleeTy);
  if (result !== pool.fnReturn(fnTy)) return mismatch(f, 'the result', result, pool.fnReturn(fnTy));
  if (callConv(pool, calleeTy) !== callConv(pool, fnTy)) return 'the callee has another calling convention';
  if (result === IP.noreturn_type) return null;
  const next = (inst + 1) as InstIndex;
  const tag = next < body.length ? body.tags[next] : null;
  const returns = tag === TAG.ret || tag === TAG.ret_safe;
  if (returns && (result === IP.void_type || body.operand(next) === instRef(inst))) return null;
  return 'no ret of its result follows it';
}

/** There is one memory. */
function memoryProblem(f: TypingContext, inst: InstIndex): string | null {
  const memory = f.body.number(inst);
  return memory === 0 ? null : `there is no memory ${memory}`;
}

const memoryGrow: Check = (f, inst) =>
  memoryProblem(f, inst) ?? mismatch(f, 'the number of pages', typeOfOperand(f, inst, 0), IP.usize_type);

/** The address of a variable. */
const variableAddress: Check = (f, inst) => {
  const ptr = typeOfOperand(f, inst, 0);
  return isPlace(f.pool, ptr) ? null : wrongKind(f, 'the operand', ptr, 'a pointer *T');
};

/** Of what is at any address. */
const prefetch: Check = (f, inst) => {
  const ptr = typeOfOperand(f, inst, 0);
  return f.pool.typeKind(ptr) === TypeKind.ptr && !f.pool.isFnPtr(ptr)
    ? localityProblem(f, inst)
    : wrongKind(f, 'the operand', ptr, 'a pointer to data');
};

function localityProblem(f: TypingContext, inst: InstIndex): string | null {
  const locality = f.body.number(inst);
  return locality <= 3 ? null : `a locality is 0 to 3, not ${locality}`;
}

const traceAddress: Check = (f, inst) => {
  const ty = f.body.ty(inst);
  return isOne(f.pool, ty) ? null : wrongKind(f, 'the result', ty, 'a pointer *T');
};

const setTrace: Check = (f, inst) => {
  const ptr = typeOfOperand(f, inst, 0);
  return isOne(f.pool, ptr) ? null : wrongKind(f, 'the operand', ptr, 'a pointer *T');
};

const traceIndex: Check = (f, inst) => {
  const { pool, body } = f;
  const ty = body.ty(inst);
  if (pool.typeKind(ty) !== TypeKind.struct) return wrongKind(f, 'the trace', ty, 'a struct');
  const field = body.number(inst);
  if (field >= elemCount(pool, ty)) return `${f.nameOf(ty)} has ${elemCount(pool, ty)} fields`;
  return mismatch(f, `field ${field}`, elemType(pool, ty, field), IP.usize_type);
};

/** No result, and any operand. */
const nothing = rule('void', () => null);
const leaving = rule('noreturn', () => null);

/** Rules of this file. */
export const CONTROL_RULES = {
  arg: rule('ty', arg),
  block: rule('ty', block),
  dbg_inline_block: rule('ty', inlineBlock),
  dbg_stmt: nothing,
  dbg_empty_stmt: nothing,
  dbg_var_ptr: rule('void', variableAddress),
  dbg_var_val: nothing,
  dbg_arg_inline: nothing,
  loop: rule('noreturn', loop),
  repeat: rule('noreturn', repeat),
  br: rule('noreturn', br),
  cond_br: rule('noreturn', condBr),
  switch_br: rule('noreturn', switchBr),
  loop_switch_br: rule('noreturn', switchBr),
  switch_dispatch: rule('noreturn', dispatch),
  ret: rule('noreturn', ret),
  ret_safe: rule('noreturn', ret),
  ret_load: rule('noreturn', retLoad),
  unreach: leaving,
  trap: leaving,
  breakpoint: nothing,
  call: rule('returned', call),
  call_never_tail: rule('returned', call),
  call_never_inline: rule('returned', call),
  call_always_tail: rule('returned', tailCall),
  prefetch: rule('void', prefetch),
  err_return_trace: rule('ty', traceAddress),
  set_err_return_trace: rule('void', setTrace),
  save_err_return_trace_index: rule('usize', traceIndex),
  frame_addr: rule('usize', () => null),
  ret_addr: rule('usize', () => null),
  wasm_memory_size: rule('usize', memoryProblem),
  wasm_memory_grow: rule('isize', memoryGrow),
} as const satisfies Readonly<Partial<Record<DescribedTag, TypingRule>>>;
