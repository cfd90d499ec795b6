/**
 * Optionals and error unions: tests, payloads behind tests, and `try`.
 *
 * Owns the tests that make a payload safe to take. The address of a payload is never listed: the payload may be gone by the
 * time that somebody else looks. Invariant: a payload is taken only where it is there.
 */
import type { IpIndex, TagOfForm } from '../../core/index.ts';
import { instRef, nullValue, valueRef } from '../../core/index.ts';
import { drawConstant } from '../draw/static-data.ts';
import { sumsOf } from '../draw/draw-sums.ts';
import type { Value } from '../model/scope.ts';
import { factByConvention, unlisted } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';
import { Class, isScalar, ptrInfo } from '../model/types.ts';
import { mayNest, statements } from './bodies.ts';
import type { Emitter, Gen } from './gen.ts';
import { boolInfo, branch, can, compare, define, defineFull, inBody, use } from './gen.ts';
import { operand, preferred, wrap } from './operands.ts';
import { pointerTo } from './places.ts';
import { defineLoaded } from './pointers.ts';
import { markWritten, store } from './slots.ts';

/** A value of class `cls`, or null if the program has no such type. */
export function sumOperand(g: Gen, cls: Class, accepts: (info: TypeInfo) => boolean = () => true): Value | null {
  const values = g.scope.ofClass(cls);
  if (values.length > 0 && g.r.chance(190)) {
    const v = preferred(g, values);
    if (accepts(v.info)) return v;
  }
  const types = sumsOf(g.p, cls).filter(accepts);
  return types.length === 0 ? null : operand(g, g.r.pick(types), true);
}

/** A pointer to a value of class `cls`, or null if the program has no such type. */
export function sumPointer(
  g: Gen,
  cls: Class,
  mutable: boolean,
  accepts: (info: TypeInfo) => boolean = () => true,
): Value | null {
  const types = sumsOf(g.p, cls).filter(accepts);
  return types.length === 0 ? null : pointerTo(g, g.r.pick(types), mutable);
}

/** `cond ? inside : some other value of type info`, as a block; `inside` is null for a type without values. */
export function guarded(g: Gen, info: TypeInfo, cond: Value, inside: () => Value | null, whenFalse = false): void {
  const ref = g.b.block(info.ip, (self) => {
    const taken = (): void => {
      inBody(g, () => branch(g, self, info.cls === Class.nothing ? (inside(), null) : inside()));
    };
    const instead = (): void => {
      inBody(g, () => branch(g, self, info.cls === Class.nothing ? null : operand(g, info, true)));
    };
    g.b.condBr(use(cond), whenFalse ? instead : taken, whenFalse ? taken : instead);
  });
  defineFull(g, ref, info, factByConvention(info, 'memory'));
}

type Tests = readonly [absent: TagOfForm<'un_op'>, present: TagOfForm<'un_op'>];

const TESTS: Readonly<Record<'opt' | 'fallible', readonly [value: Tests, pointer: Tests]>> = {
  opt: [
    ['is_null', 'is_non_null'],
    ['is_null_ptr', 'is_non_null_ptr'],
  ],
  fallible: [
    ['is_err', 'is_non_err'],
    ['is_err_ptr', 'is_non_err_ptr'],
  ],
};

/** Tests `v`; `absent` says which of the two tests it was. Null where neither may be used. */
function tested(
  g: Gen,
  v: Value,
  cls: 'opt' | 'fallible',
  isPointer: boolean,
): { cond: Value; absent: boolean } | null {
  const tests = TESTS[cls][isPointer ? 1 : 0];
  const absent = g.r.chance(128);
  const tag = tests[absent ? 0 : 1];
  if (!can(g, tag)) return null;
  return { cond: define(g, g.b.un(tag, use(v)), boolInfo(g), 0, 1), absent };
}

/** is_null, is_err and so on, of a value or behind a pointer; now and then an equality instead. */
export function testing(tag: TagOfForm<'un_op'>, cls: 'opt' | 'fallible'): Emitter {
  return (g) => {
    const isPointer = tag.endsWith('_ptr');
    if (cls === 'opt' && !isPointer && g.r.chance(90) && comparing(g)) return true;
    const v = isPointer ? sumPointer(g, Class[cls], false) : sumOperand(g, Class[cls]);
    if (v === null) return false;
    define(g, g.b.un(tag, use(v)), boolInfo(g), 0, 1);
    return true;
  };
}

/** Whether two values of the optional type may be compared, whatever they are. */
function isComparable({ child }: TypeInfo): boolean {
  if (isScalar(child!)) return !child!.byRef && (child!.cls !== Class.float || child!.bits >= 32);
  return (child!.cls === Class.enum && !child!.byRef) || child!.cls === Class.errors || child!.cls === Class.nothing;
}

function comparing(g: Gen): boolean {
  const tag = g.r.chance(128) ? 'cmp_eq' : 'cmp_neq';
  const a = sumOperand(g, Class.opt, (info) => isComparable(info) || info.child!.cls === Class.ptr);
  if (a === null) return false;
  const none = unlisted(valueRef(nullValue(g.p.pool, a.info.ip)), a.info, 0, 0);
  let b = !isComparable(a.info) || g.r.chance(60) ? none : operand(g, a.info);
  // The payload of one may be that of the other, in bits of its own.
  if (b === a && g.r.chance(200)) b = drawConstant(g.p, a.info);
  compare(g, tag, a, b);
  return true;
}

/** optional_payload, unwrap_errunion_payload. */
export function unwrapping(tag: TagOfForm<'ty_op'>, cls: 'opt' | 'fallible'): Emitter {
  return (g) => {
    const v = sumOperand(g, Class[cls]);
    if (v === null) return false;
    const child = v.info.child!;
    if (g.r.chance(60)) {
      const made = wrap(g, v.info, true);
      if (child.size > 0) defineLoaded(g, g.b.tyOp(tag, child.ip, use(made)), child);
      else g.b.tyOp(tag, child.ip, use(made));
      return true;
    }
    const test = tested(g, v, cls, false);
    if (test === null) return false;
    guarded(
      g,
      child,
      test.cond,
      () => {
        const ref = g.b.tyOp(tag, child.ip, use(v));
        return child.size === 0 ? null : defineLoaded(g, ref, child);
      },
      test.absent,
    );
    return true;
  };
}

/** unwrap_errunion_err of a value or behind a pointer. */
export function unwrappingError(tag: TagOfForm<'ty_op'>): Emitter {
  return (g) => {
    const isPointer = tag.endsWith('_ptr');
    const v = isPointer ? sumPointer(g, Class.fallible, false) : sumOperand(g, Class.fallible);
    if (v === null) return false;
    const set = (isPointer ? v.info.child! : v.info).tag!;
    const test = tested(g, v, 'fallible', isPointer);
    if (test === null) return false;
    guarded(g, set, test.cond, () => defineFull(g, g.b.tyOp(tag, set.ip, use(v)), set), !test.absent);
    return true;
  };
}

/** Looks at, or changes, the payload at address `ref`. */
function throughPayload(g: Gen, ref: Value['ref'], pointer: Value, child: TypeInfo): Value | null {
  if (child.size === 0) return null;
  const info = payloadPtr(g, pointer, child);
  const place = unlisted(ref, info, 0, 0, pointer.fact);
  if (!info.isConst && g.r.chance(110)) store(g, place, operand(g, child, true));
  return defineLoaded(g, g.b.tyOp('load', child.ip, place.ref), child);
}

function payloadPtr(g: Gen, pointer: Value, child: TypeInfo): TypeInfo {
  return ptrInfo(g.p.types, child, pointer.info.isConst);
}

/** optional_payload_ptr, unwrap_errunion_payload_ptr. */
export function addressing(tag: TagOfForm<'ty_op'>, cls: 'opt' | 'fallible'): Emitter {
  return (g) => {
    const pointer = sumPointer(g, Class[cls], g.r.chance(150));
    if (pointer === null) return false;
    const child = pointer.info.child!.child!;
    const test = tested(g, pointer, cls, true);
    if (test === null) return false;
    guarded(
      g,
      child,
      test.cond,
      () => throughPayload(g, g.b.tyOp(tag, payloadPtr(g, pointer, child).ip, use(pointer)), pointer, child),
      test.absent,
    );
    markWritten(pointer);
    return true;
  };
}

/** optional_payload_ptr_set, errunion_payload_ptr_set, and the store that makes the payload defined. */
export function setting(tag: TagOfForm<'ty_op'>, cls: 'opt' | 'fallible'): Emitter {
  return (g) => {
    const pointer = sumPointer(g, Class[cls], true);
    if (pointer === null) return false;
    const child = pointer.info.child!.child!;
    const value = child.size === 0 ? null : operand(g, child, true);
    const info = payloadPtr(g, pointer, child);
    const ref = g.b.tyOp(tag, info.ip, use(pointer));
    if (value !== null) store(g, unlisted(ref, info, 0, 0, pointer.fact), value);
    markWritten(pointer);
    return true;
  };
}

/** wrap_optional, wrap_errunion_payload (`isPresent`), wrap_errunion_err. */
export function wrapping(cls: 'opt' | 'fallible', isPresent: boolean): Emitter {
  return (g) => {
    const types = sumsOf(g.p, Class[cls]);
    if (types.length === 0) return false;
    wrap(g, g.r.pick(types), isPresent);
    return true;
  };
}

/** try and its kin: the error body leaves by one of the ways out that are open here. */
export function trying(tag: 'try' | 'try_cold' | 'try_ptr' | 'try_ptr_cold'): Emitter {
  return (g) => {
    if (!mayNest(g) || g.exits.length === 0) return false;
    const isPointer = tag.startsWith('try_ptr');
    const v = isPointer ? sumPointer(g, Class.fallible, g.r.chance(128)) : sumOperand(g, Class.fallible);
    if (v === null) return false;
    const sum = isPointer ? v.info.child! : v.info;
    const child = sum.child!;
    const result: IpIndex = isPointer ? payloadPtr(g, v, child).ip : child.ip;
    const exit = g.r.chance(128) ? g.exits.at(-1)! : g.r.pick(g.exits);
    const inst = g.b.put(tag, [
      result,
      use(v),
      () => {
        inBody(g, () => {
          const unwrap = isPointer ? 'unwrap_errunion_err_ptr' : 'unwrap_errunion_err';
          if (can(g, unwrap) && g.r.chance(128)) defineFull(g, g.b.tyOp(unwrap, sum.tag!.ip, use(v)), sum.tag!);
          if (g.r.chance(100)) statements(g, g.r.between(1, 3));
          exit.leave(g, null);
        });
      },
    ]);
    if (isPointer) throughPayload(g, instRef(inst), v, child);
    else if (child.size > 0) defineLoaded(g, instRef(inst), child);
    return true;
  };
}
