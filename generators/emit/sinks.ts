/**
 * What makes the work of a program visible: values that nothing has used yet reach an exported variable, an imported
 * function, or the value that the body yields.
 *
 * Owns the ways from any value to a scalar and from a scalar to the outside. Most results go one of these ways; some are
 * left dead on purpose.
 */
import { IP, valueRef } from '../../core/index.ts';
import { addExtern } from '../draw/navs.ts';
import { drawConstant, newData } from '../draw/static-data.ts';
import type { ExternPlan, Place } from '../model/program.ts';
import { ofType } from '../model/program.ts';
import type { Value } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';
import { Class, fnPtrInfo, intInfo, isAggregate, isPortable, isSum, ptrInfo, typeInfo } from '../model/types.ts';
import { callExtern } from './calls.ts';
import type { Gen } from './gen.ts';
import { binary, boolInfo, can, compare, convert, define, use, usizeInfo } from './gen.ts';
import { boolToInt, toInt } from './guards.ts';
import { numberOfPacked } from './packed.ts';
import { defineLoaded } from './pointers.ts';
import { usizeConst } from './slots.ts';

/** Imported functions and variables made just to watch results. */
const MOST_EXTERNS = 5;
const MOST_DATA = 14;

/**
 * Makes up to `most` unused values defined since the scope had `mark` values visible. The result, if any, is of type
 * `carried`, holds some of them, and is to be yielded.
 */
export function keepResults(g: Gen, mark: number, most: number, carried: TypeInfo): Value | null {
  let carrier: Value | null = null;
  let left = most;
  for (let n = g.scope.size - 1; n >= mark && left > 0; n--) {
    const value = g.scope.at(n);
    if (value.used || !g.r.chance(225)) continue;
    left--;
    const whole = isAggregate(value.info) || isSum(value.info) ? value : wholeBehind(g, value);
    if (whole !== null && exposeWhole(g, whole)) continue;
    const scalar = asScalar(g, value);
    if (scalar === null) continue;
    if (mayCarry(g, carried, scalar) && g.r.chance(140)) carrier = absorbed(g, carrier, scalar, carried);
    else expose(g, scalar);
  }
  return carrier;
}

/** Whether `scalar` may flow into a value of type `carried`: usually only where none of its bits are lost. */
function mayCarry(g: Gen, carried: TypeInfo, { info }: Value): boolean {
  if (carried.cls !== Class.int || (info.cls !== Class.int && info.cls !== Class.bool)) return false;
  return info.bits <= carried.bits || g.r.chance(30);
}

/** The struct or array that a pointer points to, loaded; null for other values. */
function wholeBehind(g: Gen, v: Value): Value | null {
  const child = v.info.cls === Class.ptr ? v.info.child! : null;
  if (child === null || !(isAggregate(child) || isSum(child)) || !g.r.chance(110)) return null;
  return defineLoaded(g, g.b.tyOp('load', child.ip, use(v)), child);
}

/** Stores a struct or array as a whole, so that all of it can be seen. */
function exposeWhole(g: Gen, v: Value): boolean {
  if (v.info.size > 64 || !g.r.chance(150)) return false;
  const place = mutablePlace(g, v.info);
  if (place !== null) storeAt(g, place.data.nav, place.offset, v);
  else if (g.p.data.length < MOST_DATA) storeAt(g, newData(g.p, v.info, true).nav, 0, v);
  else return false;
  return true;
}

function mutablePlace(g: Gen, info: TypeInfo): Place | null {
  const { places } = ofType(g.p, info);
  for (let tries = 0; tries < 3 && places.length > 0; tries++) {
    const place = g.r.pick(places);
    if (place.data.mutable) return place;
  }
  return null;
}

/** `carrier` with the bits of `v` mixed in. */
function absorbed(g: Gen, carrier: Value | null, v: Value, info: TypeInfo): Value {
  const part = v.info.cls === Class.bool ? boolToInt(g, v, info) : toInt(g, v, info);
  if (carrier === null) return part;
  const tag = g.r.chance(128) ? 'xor' : 'add_wrap';
  return binary(g, can(g, tag) ? tag : 'bit_or', carrier, part);
}

/** A scalar that depends on `v`; null if there is none. */
function asScalar(g: Gen, v: Value): Value | null {
  const { info } = v;
  switch (info.cls) {
    case Class.int:
    case Class.bool:
    case Class.float:
      return v;
    case Class.struct: {
      if (info.fields.length === 0 || !can(g, 'struct_field_val')) return null;
      const n = g.r.below(info.fields.length);
      const field = info.fields[n]!;
      return asScalar(g, defineLoaded(g, g.b.field('struct_field_val', field.ip, use(v), n), field));
    }
    case Class.array:
    case Class.vector: {
      if (info.length === 0 || !can(g, 'array_elem_val')) return null;
      const index = usizeConst(g, g.r.below(info.length));
      return asScalar(g, defineLoaded(g, g.b.bin('array_elem_val', use(v), use(index)), info.child!));
    }
    case Class.ptr:
      if (info.child!.size === 0) return null;
      return asScalar(g, defineLoaded(g, g.b.tyOp('load', info.child!.ip, use(v)), info.child!));
    case Class.many: {
      if (v.fact!.ahead === 0 || !can(g, 'ptr_elem_val')) return null;
      const index = usizeConst(g, g.r.below(v.fact!.ahead));
      return asScalar(g, defineLoaded(g, g.b.bin('ptr_elem_val', use(v), use(index)), info.child!));
    }
    case Class.slice: {
      if (v.fact!.ahead > 0 && can(g, 'slice_elem_val')) {
        const index = usizeConst(g, g.r.below(v.fact!.ahead));
        return asScalar(g, defineLoaded(g, g.b.bin('slice_elem_val', use(v), use(index)), info.child!));
      }
      if (!can(g, 'slice_len')) return null;
      const usize = usizeInfo(g);
      return define(g, g.b.tyOp('slice_len', usize.ip, use(v)), usize, 0, usize.full);
    }
    case Class.opt:
      return can(g, 'is_null') ? define(g, g.b.un('is_null', use(v)), boolInfo(g), 0, 1) : null;
    case Class.fallible:
      return can(g, 'is_err') ? define(g, g.b.un('is_err', use(v)), boolInfo(g), 0, 1) : null;
    case Class.errors:
    case Class.enum:
      return numberOf(g, v);
    case Class.union: {
      if (info.tag === null || !can(g, 'get_union_tag')) return null;
      return numberOf(g, define(g, g.b.tyOp('get_union_tag', info.tag.ip, use(v)), info.tag, 0, 0));
    }
    case Class.packed:
      return numberOfPacked(g, v);
    case Class.fnptr:
      return compare(g, g.r.chance(128) ? 'cmp_eq' : 'cmp_neq', v, drawConstant(g.p, info));
    case Class.nothing:
    case Class.fn:
      return null;
  }
}

/** The integer of an enum or error. */
function numberOf(g: Gen, v: Value): Value {
  const info = v.info.cls === Class.errors ? intInfo(g.p.types, false, 16) : v.info.tag!;
  return convert(g, 'bitcast', info, v);
}

/** Shows a scalar to the outside. */
function expose(g: Gen, v: Value): void {
  if (g.weight <= 16 && can(g, 'call') && g.r.chance(110) && observe(g, v)) return;
  const place = mutablePlace(g, v.info);
  if (place !== null) storeAt(g, place.data.nav, place.offset, v);
  else if (g.p.data.length < MOST_DATA) storeAt(g, newData(g.p, v.info, true).nav, 0, v);
  else observe(g, v);
}

function storeAt(g: Gen, nav: ExternPlan['nav'], offset: number, v: Value): void {
  const ptr = ptrInfo(g.p.types, v.info, false);
  g.b.bin('store', valueRef(g.p.pool.ptrNav(ptr.ip, nav, offset)), use(v));
}

/** Passes `v` to an imported function; the other arguments are whatever is at hand. */
function observe(g: Gen, v: Value): boolean {
  if (!can(g, 'call')) return false;
  const { externs } = g.p;
  const exact = externs.find((callee) => callee.ptr.params.includes(v.info));
  if (exact !== undefined) {
    callExtern(g, exact);
    return true;
  }
  if (externs.length < MOST_EXTERNS && isPortable(v.info)) {
    callExtern(g, addExtern(g.p, fnPtrInfo(g.p.types, [v.info], typeInfo(g.p.types, IP.void_type)), 'observe'));
    return true;
  }
  const near = externs.find((callee) => callee.ptr.params.some((param) => param.cls === Class.int));
  if (near === undefined || v.info.cls !== Class.int) return false;
  toInt(
    g,
    v,
    near.ptr.params.find((param) => param.cls === Class.int)!,
  );
  callExtern(g, near);
  return true;
}
