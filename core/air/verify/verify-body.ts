/**
 * Structure of one function body (docs/air.md section 5): packing, numbering, terminators, domination; and the order in
 * which the typing rules see its instructions.
 *
 * One pass in text order. A fault of packing or numbering ends the pass, since nothing after it can be trusted; any other
 * fault leaves the instruction with what type it claims, and the pass goes on.
 */
import type { IpIndex } from '../../intern/keys.ts';
import { IP } from '../../intern/keys.ts';
import type { Body, InstIndex, InstSequence, Ref } from '../body/body.ts';
import { isInstRef, REF_NONE, refInst, refValue } from '../body/body.ts';
import { MAX_NESTING } from '../limits.ts';
import type { OpForm } from '../schema/ops.ts';
import { AIR_OP_BY_NUMBER, AIR_TAG_NAMES, TAG } from '../schema/ops.ts';
import { NO_TYPE, resultType } from '../result-types.ts';
import { CONTROL_RULES } from './verify-control.ts';
import { MEMORY_RULES } from './verify-memory.ts';
import type { FunctionContext, Rule } from './verify-rules.ts';
import { Open, VALUE_RULES } from './verify-rules.ts';
import type { Terms } from './verify-terms.ts';
import { isData, typeProblem, valueProblem } from './verify-terms.ts';

/** Takes a problem; `inst` is null for the function as a whole, `show` says whether the instruction can be printed. */
export type ReportProblem = (inst: InstIndex | null, problem: string, show: boolean) => void;

interface Walk extends FunctionContext {
  readonly report: ReportProblem;
  /** Whether an instruction is finished and in a body that is open: it may be used. */
  readonly usable: Uint8Array;
  readonly paramCount: number;
  /** Number that the next instruction in text order must have. */
  next: number;
  /** Whether an operand of the instruction at hand is unsound. */
  unsound: boolean;
  readonly checkOperand: (ref: Ref) => void;
  current: InstIndex;
}

const RULES: readonly (Rule | undefined)[] = (() => {
  const rules = new Array<Rule | undefined>(AIR_TAG_NAMES.length).fill(undefined);
  for (const table of [VALUE_RULES, MEMORY_RULES, CONTROL_RULES]) {
    for (const [rule, tags] of table) for (const tag of tags) rules[TAG[tag]] = rule;
  }
  return rules;
})();

const HAS_TYPE_WORD: Readonly<Record<OpForm, boolean>> = {
  no_op: false,
  un_op: false,
  bin_op: false,
  ty: true,
  arg: true,
  ty_op: true,
  ty_pl_bin: true,
  ty_pl_field: true,
  ty_pl_elems: true,
  ty_pl_body: true,
  br: false,
  repeat: false,
  cond_br: false,
  switch_br: false,
  call: false,
  pl_op_bin: false,
  ty_nav: true,
  dbg_stmt: false,
  other: false,
};

/** Verifies the body of a function of type `fnTy`, which is known to be sound. */
export function verifyBody(terms: Terms, fnTy: IpIndex, body: Body, report: ReportProblem): void {
  const count = body.length;
  const walk: Walk = {
    terms,
    pool: terms.pool,
    body,
    fnTy,
    types: new Uint32Array(count).fill(NO_TYPE),
    open: new Uint8Array(count),
    report,
    usable: new Uint8Array(count),
    paramCount: terms.pool.fnParamCount(fnTy),
    next: 0,
    unsound: false,
    checkOperand: (ref) => {
      checkOperand(walk, ref);
    },
    current: 0 as InstIndex,
  };
  if (!(body.main < body.extra.length && body.main + 1 + body.extra[body.main]! <= body.extra.length)) {
    report(null, 'the main body is packed badly', false);
    return;
  }
  if (!verifyList(walk, body.mainBody(), null, 1)) return;
  if (walk.next !== count) report(walk.next as InstIndex, 'it is in no body', false);
}

/** Verifies one body of `owner`; false ends the pass. */
function verifyList(w: Walk, insts: InstSequence, owner: InstIndex | null, depth: number): boolean {
  if (depth > MAX_NESTING) {
    w.report(owner, `bodies nest deeper than ${MAX_NESTING} levels`, false);
    return false;
  }
  if (insts.length === 0) w.report(owner, owner === null ? 'the body is empty' : 'it owns an empty body', true);
  for (let n = 0; n < insts.length; n++) {
    const inst = insts[n]!;
    if (inst !== w.next || inst >= w.body.length) {
      w.report(owner, `%${inst} stands where %${w.next} is due in the canonical numbering`, false);
      return false;
    }
    w.next++;
    if (!verifyInst(w, inst, depth)) return false;
    const ends = AIR_OP_BY_NUMBER[w.body.tags[inst]!]!.ends || w.types[inst] === IP.noreturn_type;
    if (ends && n + 1 < insts.length) w.report(inst, 'the body goes on after an instruction that ends it', true);
    if (!ends && n + 1 === insts.length && w.types[inst] !== NO_TYPE) {
      w.report(inst, 'the body ends here, but the instruction does not end it', true);
    }
  }
  for (let n = 0; n < insts.length; n++) w.usable[insts[n]!] = 0;
  return true;
}

function verifyInst(w: Walk, inst: InstIndex, depth: number): boolean {
  const { body } = w;
  const tag = body.tags[inst]!;
  const info = AIR_OP_BY_NUMBER[tag];
  if (info === undefined || info.form === 'other' || !isPacked(body, inst, info.form)) {
    w.report(inst, 'it is packed badly, or has no form in this version', false);
    return false;
  }
  w.current = inst;
  w.unsound = false;
  if (HAS_TYPE_WORD[info.form]) checkTypeWord(w, inst, info.form);
  body.forEachOperand(inst, w.checkOperand);
  if (info.form === 'br' || info.form === 'repeat') checkTarget(w, inst);
  if (info.form === 'ty_nav' && body.nav(inst) >= w.terms.unit.navs.length)
    unsound(w, `there is no nav ${body.b[inst]}`);
  if (inst < w.paramCount && tag !== TAG.arg) {
    w.report(inst, `the argument ${inst} comes first`, true);
  }
  if (!w.unsound) {
    w.types[inst] = resultType(w.pool, body, w.types, inst);
    const problem = RULES[tag]?.(w, inst) ?? null;
    if (problem !== null) w.report(inst, problem, true);
  }
  if (!verifyOwned(w, inst, info.form, depth + 1)) return false;
  w.usable[inst] = 1;
  return true;
}

function verifyOwned(w: Walk, inst: InstIndex, form: OpForm, depth: number): boolean {
  const { body } = w;
  if (form === 'ty_pl_body') {
    w.open[inst] = body.tags[inst] === TAG.loop ? Open.loop : Open.block;
    if (!verifyList(w, body.blockBody(inst), inst, depth)) return false;
    w.open[inst] = Open.no;
  } else if (form === 'cond_br') {
    if (!verifyList(w, body.thenBody(inst), inst, depth)) return false;
    if (!verifyList(w, body.elseBody(inst), inst, depth)) return false;
  } else if (form === 'switch_br') {
    const decoded = body.switchOf(inst);
    w.open[inst] = body.tags[inst] === TAG.loop_switch_br ? Open.switch : Open.no;
    for (const c of decoded.cases) if (!verifyList(w, c.body, inst, depth)) return false;
    if (!verifyList(w, decoded.elseBody, inst, depth)) return false;
    w.open[inst] = Open.no;
  }
  return true;
}

function unsound(w: Walk, problem: string): void {
  w.unsound = true;
  w.report(w.current, problem, true);
}

function checkTypeWord(w: Walk, inst: InstIndex, form: OpForm): void {
  const ty = w.body.ty(inst);
  const problem = typeProblem(w.terms, ty);
  if (problem !== null) unsound(w, problem);
  else if (form !== 'ty_pl_body' && !isData(w.pool, ty)) unsound(w, 'its type has no values');
}

function checkTarget(w: Walk, inst: InstIndex): void {
  if (w.body.target(inst) >= inst) unsound(w, 'it goes to nothing');
}

function checkOperand(w: Walk, ref: Ref): void {
  if (ref === REF_NONE) {
    unsound(w, 'an operand is missing');
    return;
  }
  if (!isInstRef(ref)) {
    const problem = valueProblem(w.terms, refValue(ref));
    if (problem !== null) unsound(w, problem);
    return;
  }
  const used = refInst(ref);
  if (w.usable[used] !== 1) {
    const known = used < w.body.length;
    unsound(w, known ? `%${used} is not defined on every way to it` : `there is no instruction %${used}`);
  } else if (w.types[used] === NO_TYPE) {
    // Reported where it is defined; what uses it cannot be judged.
    w.unsound = true;
  } else if (w.types[used] === IP.void_type || w.types[used] === IP.noreturn_type) {
    unsound(w, `%${used} has no value`);
  }
}

/** Whether the payload of `inst` lies inside `extra`. */
function isPacked(body: Body, inst: InstIndex, form: OpForm): boolean {
  const { extra } = body;
  const at = body.b[inst]!;
  switch (form) {
    case 'ty_pl_bin':
    case 'ty_pl_field':
    case 'pl_op_bin':
      return at + 2 <= extra.length;
    case 'ty_pl_elems':
    case 'ty_pl_body':
    case 'call':
      return at < extra.length && at + 1 + extra[at]! <= extra.length;
    case 'cond_br':
      return at + 1 < extra.length && at + 2 + extra[at]! + extra[at + 1]! <= extra.length;
    case 'switch_br':
      return isSwitchPacked(extra, at);
    default:
      return true;
  }
}

function isSwitchPacked(extra: Uint32Array, start: number): boolean {
  if (!(start + 1 < extra.length)) return false;
  const cases = extra[start]!;
  let at = start + 2;
  for (let c = 0; c < cases; c++) {
    if (!(at + 2 < extra.length)) return false;
    at += 3 + extra[at]! + 2 * extra[at + 1]! + extra[at + 2]!;
  }
  return at + extra[start + 1]! <= extra.length;
}
