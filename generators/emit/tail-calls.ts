/**
 * Calls with modifiers: those that stay calls, and those that take the place of their function.
 *
 * Owns what a tail call may be: the callee gives what this function gives, takes nothing in memory, and gets no address of this
 * frame, which is gone when it begins.
 */
import type { Ref, TagOfForm } from '../../core/index.ts';
import { IP } from '../../core/index.ts';
import { intConst } from '../draw/constants.ts';
import { addExtern } from '../draw/navs.ts';
import type { Value } from '../model/scope.ts';
import { unlisted } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';
import { Class, fnPtrInfo, isPortable } from '../model/types.ts';
import { addressOf, affordable, calling, depthAs, target } from './calls.ts';
import { aside } from './control.ts';
import type { Emitter, Gen } from './gen.ts';
import { can, compare, settle, use, voidRef } from './gen.ts';
import { condition, operand } from './operands.ts';

/** `call_never_tail`, `call_never_inline`: what a `call` is. */
export function callingAs(tag: TagOfForm<'call'>): Emitter {
  return (g) => {
    g.callTag = tag;
    const made = calling(g);
    g.callTag = 'call';
    return made;
  };
}

/** A callee, and what a call of it may need. */
interface Callee {
  readonly ptr: TypeInfo;
  readonly ref: () => Ref;
  readonly cost: number;
  readonly stack: number;
}

/** Whether a function of type `ptr` can take the place of this one. */
function replaces(g: Gen, ptr: TypeInfo): boolean {
  return ptr.result === g.fn.ptr.result && ptr.params.every((param) => !param.byRef);
}

/** Something that can be called in place of this function, or null. */
function drawCallee(g: Gen): Callee | null {
  const { functions, externs, fnPtrs } = g.p;
  const found: Callee[] = [];
  for (const fn of functions) {
    if (fn.body === null || fn.role === 'never' || (g.fn.role === 'leaf' && fn.role !== 'leaf')) continue;
    if (!replaces(g, fn.ptr) || !affordable(g, fn.cost) || fn === g.fn.recursion?.partner) continue;
    const ref = (): Ref => {
      fn.called = true;
      return addressOf(g, fn);
    };
    found.push({ ptr: fn.ptr, ref, cost: fn.cost, stack: fn.stack });
  }
  for (const callee of externs) {
    if (replaces(g, callee.ptr)) found.push({ ptr: callee.ptr, ref: () => addressOf(g, callee), cost: 1, stack: 0 });
  }
  if (g.fn.role !== 'leaf' && affordable(g, g.p.leafCost)) {
    for (const ptr of fnPtrs.filter((one) => replaces(g, one))) {
      found.push({ ptr, ref: () => use(target(g, ptr)), cost: g.p.leafCost, stack: g.p.leafStack });
    }
  }
  return found.length === 0 ? null : g.r.pick(found);
}

/** An import that gives what this function gives, or null where the outside cannot. */
function imported(g: Gen): Callee | null {
  const result = g.fn.ptr.result!;
  if (result.ip !== IP.void_type && !isPortable(result)) return null;
  const callee = addExtern(g.p, fnPtrInfo(g.p.types, [], result), 'ext');
  return { ptr: callee.ptr, ref: () => addressOf(g, callee), cost: 1, stack: 0 };
}

/** Ends the body in a tail call of `callee`. */
function emitTailCall(g: Gen, callee: Callee, args: readonly Value[]): void {
  settle(g);
  g.spent += callee.cost * g.weight;
  g.calleeStack = Math.max(g.calleeStack, callee.stack);
  const ref = callee.ref();
  const call = g.b.call(ref, args.map(use), 'call_always_tail');
  const isVoid = callee.ptr.result!.cls === Class.nothing;
  g.b.un(can(g, 'ret_safe') && g.r.chance(60) ? 'ret_safe' : 'ret', isVoid ? voidRef() : call);
}

/** Arguments that do not point into this frame. */
function lastingArguments(g: Gen, ptr: TypeInfo): Value[] {
  return ptr.params.map((param) => operand(g, param, true));
}

/** Ends the body in a tail call, if there is something to call. */
export function returnByTailCall(g: Gen): boolean {
  const callee = can(g, 'call_always_tail') ? drawCallee(g) : null;
  if (callee === null) return false;
  emitTailCall(g, callee, lastingArguments(g, callee.ptr));
  return true;
}

/** `call_always_tail` in an arm. */
export const tailCalling: Emitter = (g) => {
  const { recursion } = g.fn;
  if (recursion !== null && !g.recursed && g.weight === 1 && replaces(g, recursion.partner.ptr))
    return tailCallDeeper(g);
  const callee = drawCallee(g) ?? imported(g);
  if (callee === null) return false;
  aside(g, condition(g), () => {
    emitTailCall(g, callee, lastingArguments(g, callee.ptr));
    return false;
  });
  return true;
};

/** The recursive call in place of the function, unless the depth is used up. */
function tailCallDeeper(g: Gen): boolean {
  const { partner } = g.fn.recursion!;
  const depth = g.depth!;
  g.recursed = true;
  partner.called = true;
  const callee: Callee = { ptr: partner.ptr, ref: () => addressOf(g, partner), cost: 0, stack: 0 };
  aside(g, compare(g, 'cmp_neq', depth, intConst(g.p, depth.info, 0)), () => {
    const one = intConst(g.p, depth.info, 1);
    const less = unlisted(g.b.bin('sub', use(depth), use(one)), depth.info, 0, depth.high - 1);
    const counter = partner.recursion!.param;
    const args = partner.ptr.params.map((param, n) =>
      n === counter ? depthAs(g, less.ref, param) : operand(g, param, true),
    );
    emitTailCall(g, callee, args);
    return false;
  });
  return true;
}
