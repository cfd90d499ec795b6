/**
 * Functions: which there are, who may call whom, and the making of one body from its parameters to its last exit.
 *
 * Owns ranks, recursion, and the bounds on work and stack. Invariant: when the body of a function is made, everything it may
 * call has a known cost; recursion ends because the depth is masked on entry and falls with each call.
 */
import { IP } from '../../core/index.ts';
import { intConst } from '../draw/constants.ts';
import { drawScalar } from '../draw/draw-types.ts';
import { addNav, drawExports, freshName, nextNav } from '../draw/navs.ts';
import type { FunctionPlan, Program, Role } from '../model/program.ts';
import type { Value, Scope } from '../model/scope.ts';
import { factByConvention, unlisted } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';
import { Class, fnPtrInfo, isPortable, ptrInfo, typeInfo } from '../model/types.ts';
import { body, statements } from './bodies.ts';
import { callOneOfMany, callUncalled } from './calls.ts';
import type { Emitter, Exit, Gen } from './gen.ts';
import { binary, can, defineFull, newGen, settle, use, voidRef } from './gen.ts';
import { operand } from './operands.ts';
import { store } from './slots.ts';
import { returnByTailCall } from './tail-calls.ts';

/** Most instructions that one call of a function of a role executes. */
const LIMITS: Readonly<Record<Role, number>> = { leaf: 60, inner: 500, entry: 2500, never: 20 };

/** Declares a function: it gets its nav now and its body later. */
export function declareFunction(p: Program, ptr: TypeInfo, role: Role, quota: number): FunctionPlan {
  const name = freshName(p, role === 'entry' ? 'run' : 'f');
  const fn: FunctionPlan = {
    nav: nextNav(p),
    name,
    ptr,
    role,
    quota,
    recursion: null,
    cost: 0,
    stack: 0,
    called: role === 'entry',
    body: null,
  };
  const exported = role === 'entry' || (role !== 'never' && p.r.chance(16) && canBeExported(p, ptr));
  const exports = exported ? drawExports(p, name) : [];
  addNav(p, { kind: 'func', name, ty: ptr.child!.ip, exports }, fn);
  return fn;
}

/** What is exported can be called from outside, unless the program is about conventions: then that is for other objects. */
function canBeExported(p: Program, ptr: TypeInfo): boolean {
  if (p.plan.profile.conventions > 0) return true;
  return ptr.params.every(isPortable) && (ptr.result!.ip === IP.void_type || isPortable(ptr.result!));
}

/** Type of a pointer to a function that never returns. */
export function neverType(p: Program): TypeInfo {
  const params = p.r.chance(128) ? [drawScalar(p)] : [];
  return fnPtrInfo(p.types, params, typeInfo(p.types, IP.noreturn_type));
}

/** Lets `fn` call itself, or lets `fn` and `other` call each other, if their parameters allow it. */
export function makeRecursive(p: Program, fn: FunctionPlan, other: FunctionPlan = fn): boolean {
  const param = depthParam(fn);
  const otherParam = depthParam(other);
  if (param < 0 || otherParam < 0) return false;
  const mask = p.r.pick([1, 3, 7]);
  fn.recursion = { param, mask, partner: other };
  other.recursion = { param: otherParam, mask, partner: fn };
  return true;
}

function depthParam(fn: FunctionPlan): number {
  return fn.ptr.params.findIndex((param) => param.cls === Class.int && param.bits >= 4);
}

/** Makes the body of `fn`; everything of lower rank is made. */
export function makeBody(p: Program, emitters: readonly Emitter[], fn: FunctionPlan, scope: Scope): void {
  const levels = fn.recursion === null ? 1 : fn.recursion.mask + 1;
  const g = newGen(p, emitters, fn, scope, Math.floor(LIMITS[fn.role] / levels));
  const args = declareArguments(g);
  if (fn.recursion !== null) g.depth = startDepth(g, args[fn.recursion.param]!);
  if (fn.role === 'never') {
    statements(g, fn.quota);
    g.b.none('trap');
  } else {
    makeMain(g);
  }
  scope.leave(0);
  settle(g);
  fn.body = g.b.finish();
  setBounds(g, levels);
}

function setBounds(g: Gen, levels: number): void {
  const { fn } = g;
  // Lowering may need a second slot for what it copies.
  const frame = g.frame * 2 + scratchOf(g);
  fn.cost = g.spent * levels;
  fn.stack = frame * levels + g.calleeStack;
  const partner = fn.recursion?.partner;
  if (partner !== undefined && partner !== fn && partner.body !== null) {
    const cost = Math.max(fn.cost, partner.cost);
    const stack = fn.stack + partner.stack;
    fn.cost = partner.cost = cost;
    fn.stack = partner.stack = stack;
  }
}

/** Integers at once that the lowering of one instruction needs room for. */
const SCRATCH = 10;

/** What the frame has for steps inside of instructions on long integers. */
function scratchOf({ p }: Gen): number {
  if (p.plan.profile.longInts === 0) return 0;
  return (
    SCRATCH * p.types.byIndex.reduce((most, info) => (info?.cls === Class.int ? Math.max(most, info.size) : most), 0)
  );
}

function declareArguments(g: Gen): (Value | null)[] {
  const refs = g.fn.ptr.params.map((param, n) => g.b.arg(param.ip, n));
  return refs.map((ref, n) => {
    const info = g.fn.ptr.params[n]!;
    return info.cls === Class.nothing ? null : defineFull(g, ref, info, factByConvention(info, 'parameter'));
  });
}

function startDepth(g: Gen, arg: Value): Value {
  const { mask } = g.fn.recursion!;
  return binary(g, 'bit_and', arg, intConst(g.p, arg.info, mask), 0, mask);
}

function makeMain(g: Gen): void {
  const { fn, r } = g;
  const result = fn.ptr.result!;
  if (result.size > 0 && can(g, 'ret_ptr') && can(g, 'ret_load') && r.chance(result.byRef ? 60 : 14)) {
    g.resultPlace = placeOfResult(g, result);
    store(g, g.resultPlace, operand(g, result, true));
    g.scope.add(g.resultPlace);
  }
  const exit: Exit = { kind: 'return', info: result, leave: returning };
  g.exits.push(exit);
  if (fn.role === 'entry') {
    statements(g, Math.floor(fn.quota / 2));
    if (can(g, 'call')) {
      for (let n = 0; n < 5 && r.chance(215); n++) if (!callUncalled(g)) break;
      callOneOfMany(g);
    }
  }
  body(g, Math.max(1, fn.quota - g.b.length), exit, 'any', 0);
  g.exits.pop();
}

function placeOfResult(g: Gen, result: TypeInfo): Value {
  const info = ptrInfo(g.p.types, result, false);
  g.frame += result.size + 16;
  const object = g.nextObject--;
  const fact = { isStatic: false, object, ahead: 0, most: Infinity, behind: 0 };
  return unlisted(g.b.typed('ret_ptr', info.ip), info, 0, 0, fact);
}

/** `ret`, or `ret_load` of the place of the result. */
function returning(g: Gen, carrier: Value | null): void {
  const result = g.fn.ptr.result!;
  const { flow } = g.p.plan.profile;
  if (flow && carrier === null && g.r.chance(100) && returnByTailCall(g)) return;
  const tag = flow && can(g, 'ret_safe') && g.r.chance(60) ? 'ret_safe' : 'ret';
  if (result.cls === Class.nothing) {
    g.b.un(tag, voidRef());
    return;
  }
  const place = g.resultPlace;
  if (place !== null && g.r.chance(200)) {
    if (carrier !== null || g.r.chance(60)) store(g, place, carrier ?? operand(g, result, true));
    g.b.un('ret_load', use(place));
    return;
  }
  const value = carrier ?? operand(g, result, true);
  if (place === null && can(g, 'ret_ptr') && can(g, 'ret_load') && g.r.chance(16)) {
    const fresh = placeOfResult(g, result);
    store(g, fresh, value);
    g.b.un('ret_load', use(fresh));
    return;
  }
  g.b.un(tag, use(value));
}
