/**
 * Structure of one function body (docs/air.md section 5): packing, numbering, terminators, domination; and the order in
 * which the typing rules see its instructions.
 *
 * One pass in text order. A fault of packing or numbering ends the pass, since nothing after it can be trusted; any other
 * fault leaves the instruction with what type it claims, and the pass goes on.
 */
import { MAX_NESTING } from '../limits.ts';
import { IP } from '../../intern/keys.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { unreachable } from '../../support/assert.ts';
import type { Body } from '../body/body.ts';
import { armCount } from '../body/operands.ts';
import type { InstIndex, InstSequence, Ref } from '../body/ref.ts';
import { isInstRef, maskItem, REF_NONE, refInst, refValue } from '../body/ref.ts';
import type { FormLayout, LaidSlot } from '../schema/layout.ts';
import { LAYOUT_BY_NUMBER } from '../schema/layout.ts';
import { AIR_OP_BY_NUMBER, AIR_TAG_NAMES, isDescribed, TAG } from '../schema/ops.ts';
import { SLOT_KINDS } from '../schema/slots.ts';
import { NO_TYPE } from '../typing/rule.ts';
import type { TypingContext, TypingRule } from '../typing/rule.ts';
import { TYPING } from '../typing/rules.ts';
import { resultType } from '../typing/result-types.ts';
import { isData } from '../typing/type-classes.ts';
import { isFunctionNav } from '../unit.ts';
import type { Terms } from './verify-terms.ts';
import { threadLocalProblem, typeName, typeProblem, valueProblem } from './verify-terms.ts';

/** Takes a problem; `inst` is null for the function as a whole, `show` says whether the instruction can be printed. */
type ReportProblem = (inst: InstIndex | null, problem: string, show: boolean) => void;

interface Walk extends TypingContext {
  readonly terms: Terms;
  readonly report: ReportProblem;
  /** Whether an instruction is finished and in a body that is open: it may be used. */
  readonly usable: Uint8Array;
  readonly paramCount: number;
  /** Number that the next instruction in text order must have. */
  next: number;
  /** Whether an operand of the instruction at hand is unsound. */
  unsound: boolean;
  current: InstIndex;
}

/** Rule by tag number; null for an instruction that this version refuses. */
const RULES: readonly (TypingRule | null)[] = AIR_TAG_NAMES.map((tag) => (isDescribed(tag) ? TYPING[tag] : null));

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
    inLanes: false,
    report,
    usable: new Uint8Array(count),
    paramCount: terms.pool.fnParamCount(fnTy),
    next: 0,
    unsound: false,
    isFunction: (nav) => isFunctionNav(terms.unit.navs[nav]!),
    threadLocalProblem: (nav, ty) => threadLocalProblem(terms, nav, ty),
    nameOf: (ty) => typeName(terms, ty),
    valueProblem: (value) => valueProblem(terms, value),
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
  const layout = LAYOUT_BY_NUMBER[tag];
  if (layout === undefined || layout === null || !isPacked(body, inst, layout)) {
    w.report(inst, layout === null ? 'it has no form in this version' : 'it is packed badly', false);
    return false;
  }
  w.current = inst;
  w.unsound = false;
  checkSlots(w, inst, layout);
  if (inst < w.paramCount && tag !== TAG.arg) {
    w.report(inst, `the argument ${inst} comes first`, true);
  }
  const rule = RULES[tag]!;
  if (rule === null) {
    w.report(inst, `this version refuses ${AIR_TAG_NAMES[tag]!}: docs/air.md gives it no meaning`, true);
  } else if (!w.unsound) {
    w.types[inst] = resultType(w.pool, body, w.types, inst);
    const problem = rule.check(w, inst);
    if (problem !== null) w.report(inst, problem, true);
  }
  if (!verifyOwned(w, inst, depth + 1)) return false;
  w.usable[inst] = 1;
  return true;
}

function verifyOwned(w: Walk, inst: InstIndex, depth: number): boolean {
  if (armCount(w.body, inst) === 0) return true;
  w.open[inst] = 1;
  for (const insts of w.body.ownedBodies(inst)) if (!verifyList(w, insts, inst, depth)) return false;
  w.open[inst] = 0;
  return true;
}

function unsound(w: Walk, problem: string): void {
  w.unsound = true;
  w.report(w.current, problem, true);
}

/** Checks what each slot holds by itself: that it is there, and what may stand there. */
function checkSlots(w: Walk, inst: InstIndex, layout: FormLayout): void {
  const { body } = w;
  const { extra } = body;
  const payload = body.b[inst]!;
  let list = payload + layout.headLength;
  for (const slot of layout.slots) {
    const word = slot.place === 'a' ? body.a[inst]! : slot.place === 'b' ? payload : extra[payload + slot.offset]!;
    switch (slot.kind) {
      case 'ref':
      case 'callee':
        checkOperand(w, word as Ref);
        break;
      case 'optional_ref':
        if ((word as Ref) !== REF_NONE) checkOperand(w, word as Ref);
        break;
      case 'type':
        checkType(w, inst, word as IpIndex);
        break;
      case 'number':
        break;
      case 'word':
        if (word >= slot.words!.length) unsound(w, `there is no choice ${word}`);
        break;
      case 'nav':
        if (word >= w.terms.unit.navs.length) unsound(w, `there is no nav ${word}`);
        break;
      case 'target':
        if (word >= inst) unsound(w, 'it goes to nothing');
        break;
      case 'refs':
        for (let n = 0; n < word; n++) checkOperand(w, extra[list + n]! as Ref);
        list += word;
        break;
      case 'mask':
        for (let n = 0; n < word; n++) checkMaskWord(w, extra[list + n]!);
        list += word;
        break;
      case 'name':
        checkName(w, extra.subarray(list, list + word));
        list += word;
        break;
      case 'body':
      case 'cases':
        // Bodies are verified when their owner is; the items of cases have types, which is the business of the rule.
        break;
      default:
        unreachable(slot.kind, 'kind of slot');
    }
  }
}

function checkType(w: Walk, inst: InstIndex, ty: IpIndex): void {
  const problem = typeProblem(w.terms, ty);
  if (problem !== null) unsound(w, problem);
  else if (armCount(w.body, inst) === 0 && !isData(w.pool, ty)) unsound(w, 'its type has no values');
}

function checkMaskWord(w: Walk, word: number): void {
  const item = maskItem(word);
  const problem = item.from === 'value' ? valueProblem(w.terms, item.value) : null;
  if (problem !== null) unsound(w, problem);
}

function checkName(w: Walk, words: Uint32Array): void {
  try {
    if (words.some((word) => word > 255)) throw new TypeError();
    new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(words));
  } catch {
    unsound(w, 'its name is not UTF-8');
  }
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
function isPacked(body: Body, inst: InstIndex, layout: FormLayout): boolean {
  if (!layout.hasPayload) return true;
  const { extra } = body;
  const payload = body.b[inst]!;
  let end = payload + layout.headLength;
  if (!(end <= extra.length)) return false;
  for (const slot of layout.slots) {
    end = listEnd(extra, payload, slot, end);
    if (!(end <= extra.length)) return false;
  }
  return true;
}

/** Where the list of `slot`, which begins at `at`, ends; `at` for a slot of one word, Infinity for cases outside of `extra`. */
function listEnd(extra: Uint32Array, payload: number, slot: LaidSlot, at: number): number {
  switch (SLOT_KINDS[slot.kind].size) {
    case 'word':
      return at;
    case 'list':
      return at + extra[payload + slot.offset]!;
    case 'cases':
      for (let c = 0; c < extra[payload + slot.offset]!; c++) {
        if (!(at + 2 < extra.length)) return Infinity;
        at += 3 + extra[at]! + 2 * extra[at + 1]! + extra[at + 2]!;
      }
      return at;
  }
}
