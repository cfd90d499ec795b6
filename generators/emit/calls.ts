/**
 * Calls: direct, through pointers, to imported functions, and the bounded recursion of the function itself.
 *
 * Owns which function may be called where. Invariant: apart from the one recursive call, which passes a smaller depth, a
 * function calls only functions of lower rank; what a call may cost is charged before it is made.
 */
import type { Ref } from '../../core/index.ts';
import { valueRef } from '../../core/index.ts';
import { intConst } from '../draw/constants.ts';
import { drawConstant } from '../draw/static-data.ts';
import type { ExternPlan, FunctionPlan } from '../model/program.ts';
import { ofType } from '../model/program.ts';
import type { Value } from '../model/scope.ts';
import { factByConvention, unlisted } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';
import { arrayInfo, Class, manyInfo } from '../model/types.ts';
import { indexBelow } from './amounts.ts';
import type { Emitter, Gen } from './gen.ts';
import { branch, can, compare, defineFull, inBody, settle, use } from './gen.ts';
import { operand } from './operands.ts';
import { listedPointer } from './places.ts';
import { rawSlot, store } from './slots.ts';

/** Address of a function as a callee. */
export function addressOf(g: Gen, callee: FunctionPlan | ExternPlan): Ref {
  return valueRef(g.p.pool.ptrNav(callee.ptr.ip, callee.nav));
}

/** Whether a call of this cost may be added here. */
export function affordable(g: Gen, cost: number): boolean {
  return g.spent + (cost + 2) * g.weight <= g.limit;
}

/** `call` with operands for all parameters; registers the result. */
function emitCall(g: Gen, callee: Ref, ptr: TypeInfo, cost: number, stack: number): void {
  const args = ptr.params.map((param) => operand(g, param));
  settle(g);
  g.spent += cost * g.weight;
  g.calleeStack = Math.max(g.calleeStack, stack);
  const result = ptr.result!;
  defineFull(g, g.b.call(callee, args.map(use), g.callTag), result, factByConvention(result, 'memory'));
}

/** Calls `callee` directly. */
function callDirectly(g: Gen, callee: FunctionPlan): void {
  callee.called = true;
  emitCall(g, addressOf(g, callee), callee.ptr, callee.cost, callee.stack);
}

/** A finished function that may be called here, preferably one that nobody calls yet; null if there is none. */
function callable(g: Gen): FunctionPlan | null {
  const { functions } = g.p;
  const start = g.r.below(functions.length);
  let found: FunctionPlan | null = null;
  for (let n = 0; n < Math.min(functions.length, 24); n++) {
    const fn = functions[(start + n) % functions.length]!;
    if (
      fn.body === null ||
      fn.role === 'never' ||
      fn === g.fn.recursion?.partner ||
      (g.fn.role === 'leaf' && fn.role !== 'leaf')
    )
      continue;
    if (!affordable(g, fn.cost)) continue;
    if (!fn.called) return fn;
    found ??= fn;
  }
  return found;
}

/** Calls a finished function that nobody calls yet, if there is one that may be called here. */
export function callUncalled(g: Gen): boolean {
  const fn = callable(g);
  if (fn === null || fn.called) return false;
  callDirectly(g, fn);
  return true;
}

/** Calls an imported function: what the run can be watched by. */
export function callExtern(g: Gen, callee: ExternPlan): void {
  emitCall(g, addressOf(g, callee), callee.ptr, 1, 0);
}

/** `call` of some kind. */
export const calling: Emitter = (g) => {
  if (g.fn.recursion !== null && !g.recursed && g.weight === 1 && g.r.chance(140)) return callDeeper(g);
  const way = g.r.below(8);
  if (way < 2 && callIndirectly(g)) return true;
  if (way === 2 && callThroughSlot(g)) return true;
  if (way < 7) {
    const fn = callable(g);
    if (fn !== null) {
      callDirectly(g, fn);
      return true;
    }
  }
  const externs = g.p.externs.filter((callee) => callee.ptr.params.length > 0 || callee.ptr.result!.size > 0);
  if (externs.length === 0 || !affordable(g, 1)) return false;
  callExtern(g, g.r.pick(externs));
  return true;
};

/** Through a pointer to a leaf: a value in scope, or a constant that passed through a block or memory. */
function callIndirectly(g: Gen): boolean {
  if (g.fn.role === 'leaf' || g.p.fnPtrs.length === 0 || !affordable(g, g.p.leafCost)) return false;
  const listed = g.r.chance(170) ? listedPointer(g, Class.fnptr, () => true) : null;
  const pointer = listed ?? target(g, g.r.pick(g.p.fnPtrs));
  emitCall(g, use(pointer), pointer.info, g.p.leafCost, g.p.leafStack);
  return true;
}

/** A pointer to a leaf that went through memory: an element of a table, or a slot. */
export function target(g: Gen, ptr: TypeInfo): Value {
  const { runs, targets } = ofType(g.p, ptr);
  if (runs.length > 0 && g.r.chance(targets.length > MANY_SLOTS ? 120 : 200) && can(g, 'ptr_elem_val')) {
    const run = g.r.pick(runs);
    const table = manyInfo(g.p.types, ptr, true);
    const first = valueRef(g.p.pool.ptrNav(table.ip, run.data.nav, run.offset));
    return defineFull(g, g.b.bin('ptr_elem_val', first, use(indexBelow(g, run.length))), ptr);
  }
  if (targets.length > MANY_SLOTS && can(g, 'aggregate_init') && can(g, 'array_elem_val') && g.r.chance(170)) {
    return ofManyAddresses(g, ptr);
  }
  const slot = rawSlot(g, ptr);
  store(g, slot, drawConstant(g.p, ptr));
  return defineFull(g, g.b.tyOp('load', ptr.ip, use(slot)), ptr);
}

/** From so many slots on, their numbers take two bytes, or change their sign where signs are confused. */
const MANY_SLOTS = 62;

/** Calls one of a crowd of functions of one type through an address that the code takes, if there is such a crowd. */
export function callOneOfMany(g: Gen): void {
  const crowd = g.p.fnPtrs.find((ptr) => ofType(g.p, ptr).targets.length > MANY_SLOTS);
  if (crowd === undefined || !affordable(g, g.p.leafCost)) return;
  if (!can(g, 'aggregate_init') || !can(g, 'array_elem_val')) return;
  emitCall(g, use(ofManyAddresses(g, crowd)), crowd, g.p.leafCost, g.p.leafStack);
}

/** One of the addresses of all functions of a type, all of which the code takes. */
function ofManyAddresses(g: Gen, ptr: TypeInfo): Value {
  const { targets } = ofType(g.p, ptr);
  const table = arrayInfo(g.p.types, ptr, targets.length);
  g.frame += (table.size + 31) & ~15;
  const addresses = targets.map((nav) => valueRef(g.p.pool.ptrNav(ptr.ip, nav)));
  const all = g.b.aggregate(table.ip, addresses);
  return defineFull(g, g.b.bin('array_elem_val', all, use(indexBelow(g, targets.length))), ptr);
}

/** Through a pointer to a function that is no leaf: it is kept where nobody else sees it, so its cost is known. */
function callThroughSlot(g: Gen): boolean {
  const callee = g.fn.role === 'leaf' ? null : callable(g);
  if (callee === null) return false;
  callee.called = true;
  const slot = rawSlot(g, callee.ptr);
  store(g, slot, unlisted(addressOf(g, callee), callee.ptr, 0, 0));
  const pointer = g.b.tyOp('load', callee.ptr.ip, use(slot));
  emitCall(g, pointer, callee.ptr, callee.cost, callee.stack);
  return true;
}

/** The recursive call: made unless the depth is used up, then a value that is at hand takes the place of its result. */
function callDeeper(g: Gen): boolean {
  const { partner } = g.fn.recursion!;
  const depth = g.depth!;
  g.recursed = true;
  const result = partner.ptr.result!;
  const isVoid = result.cls === Class.nothing;
  const isDone = compare(g, 'cmp_eq', depth, intConst(g.p, depth.info, 0));
  const atBottom = isVoid ? null : operand(g, result, true);
  const ref = g.b.block(result.ip, (self) => {
    g.b.condBr(
      use(isDone),
      () => branch(g, self, atBottom),
      () => {
        inBody(g, () => {
          const one = intConst(g.p, depth.info, 1);
          const less = unlisted(g.b.bin('sub', use(depth), use(one)), depth.info, 0, depth.high - 1);
          const counter = partner.recursion!.param;
          const { params } = partner.ptr;
          const args = params.map((type, n) => (n === counter ? depthAs(g, less.ref, type) : operand(g, type)));
          const value = g.b.call(addressOf(g, partner), args.map(use));
          branch(g, self, isVoid ? null : unlisted(value, result, 0, 0));
        });
      },
    );
  });
  partner.called = true;
  defineFull(g, ref, result, factByConvention(result, 'memory'));
  return true;
}

/** Ends the body in a call of a function that never returns. */
export function callNever(g: Gen, callee: FunctionPlan): void {
  callee.called = true;
  g.calleeStack = Math.max(g.calleeStack, callee.stack);
  const args = callee.ptr.params.map((param) => operand(g, param));
  g.b.call(addressOf(g, callee), args.map(use));
}

/** The depth as the partner's type of it; both hold the greatest depth. */
export function depthAs(g: Gen, depth: Ref, type: TypeInfo): Value {
  if (g.depth!.info === type) return unlisted(depth, type, 0, 0);
  return unlisted(g.b.tyOp('intcast', type.ip, depth), type, 0, 0);
}
