/**
 * Operands: a value of a wanted type at the point of insertion.
 *
 * Owns the preference that makes results observable: values made recently that nothing has used yet come first, then other
 * values in scope, then conversions of values of other types, then constants. Invariant: the result has exactly the wanted
 * type and, if `isStatic` is asked for, may be stored in memory; a slot is listed only when every byte that a typed access
 * can read is defined.
 */
import { drawFloatType } from '../draw/draw-types.ts';
import { drawConstant } from '../draw/static-data.ts';
import { roundTo } from '../model/ranges.ts';
import type { Value } from '../model/scope.ts';
import { MANY_AHEAD, unlisted } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';
import { Class, intInfo, ptrInfo } from '../model/types.ts';
import type { Gen } from './gen.ts';
import { can, compare, convert, define, use } from './gen.ts';
import { boolToInt, toInt } from './guards.ts';
import { rawSlot, store, undefinedValue } from './slots.ts';

/** A value of type `info`. Pointers: `isStatic` asks for one that outlives the frame. */
export function operand(g: Gen, info: TypeInfo, isStatic = false): Value {
  switch (info.cls) {
    case Class.int:
    case Class.bool:
    case Class.float:
      return scalar(g, info);
    case Class.ptr:
    case Class.many:
    case Class.slice:
      return pointer(g, info, isStatic);
    case Class.array:
    case Class.struct:
      return aggregate(g, info);
    case Class.fnptr:
      return functionPointer(g, info);
    case Class.opt:
    case Class.errors:
    case Class.fallible:
    case Class.enum:
    case Class.union:
      return sum(g, info);
    case Class.packed:
      return packed(g, info);
    case Class.vector:
      return vector(g, info);
    case Class.nothing:
    case Class.fn:
      return drawConstant(g.p, info);
  }
}

/** Two values of type `info`, rarely the same one. */
export function operands(g: Gen, info: TypeInfo): [Value, Value] {
  const a = operand(g, info);
  const wasUsed = a.used;
  a.used = true;
  const b = operand(g, info);
  a.used = wasUsed;
  return [a, b === a && g.r.chance(215) ? drawConstant(g.p, info) : b];
}

/** One of `values` (not empty): an unused one of the last few if there is one, else a recent one. */
export function preferred(g: Gen, values: readonly Value[]): Value {
  const count = values.length;
  if (g.r.chance(170)) {
    const end = Math.max(0, count - 6);
    for (let i = count - 1; i >= end; i--) {
      const value = values[i]!;
      if (!value.used) return value;
    }
  }
  const u = g.r.below(1024);
  return values[count - 1 - Math.floor((count * u * u) / 1_048_576)]!;
}

function functionPointer(g: Gen, info: TypeInfo): Value {
  const values = g.scope.ofType(info);
  return values.length > 0 && g.r.chance(150) ? preferred(g, values) : drawConstant(g.p, info);
}

function scalar(g: Gen, info: TypeInfo): Value {
  const values = g.scope.ofType(info);
  if (values.length > 0 && g.r.chance(205)) return preferred(g, values);
  if (g.r.chance(values.length > 0 ? 90 : 190)) {
    const made = converted(g, info);
    if (made !== null) return made;
  }
  return drawConstant(g.p, info);
}

/** A value of another type, converted to `info`; null if nothing suits. */
function converted(g: Gen, info: TypeInfo): Value | null {
  const ints = g.scope.ofClass(Class.int);
  if (info.cls === Class.int) {
    if (ints.length > 0) return toInt(g, preferred(g, ints), info);
    const bools = g.scope.ofClass(Class.bool);
    return bools.length > 0 ? boolToInt(g, preferred(g, bools), info) : null;
  }
  if (info.cls === Class.bool) {
    if (ints.length > 0) return comparison(g, preferred(g, ints));
    const floats = g.scope.ofClass(Class.float);
    return floats.length > 0 ? comparison(g, preferred(g, floats)) : null;
  }
  const floats = g.scope.ofClass(Class.float);
  if (floats.length > 0) {
    const v = preferred(g, floats);
    if (v.info === info) return v;
    const tag = v.info.bits < info.bits ? 'fpext' : 'fptrunc';
    if (can(g, tag)) return convert(g, tag, info, v);
  }
  return ints.length > 0 && can(g, 'float_from_int') ? floatOf(g, preferred(g, ints), info) : null;
}

/** `float_from_int`, with its range. */
export function floatOf(g: Gen, v: Value, info: TypeInfo): Value {
  // Rounding to nearest is monotonic, so it may move a bound only as far as it moves a value.
  const bits = g.p.pool.floatBits(info.ip);
  return convert(g, 'float_from_int', info, v, roundTo(bits, v.low), roundTo(bits, v.high));
}

const COMPARISONS = ['cmp_eq', 'cmp_neq', 'cmp_lt', 'cmp_lte', 'cmp_gt', 'cmp_gte'] as const;

/** A bool that depends on `v`, an int or float. */
function comparison(g: Gen, v: Value): Value {
  const values = g.scope.ofType(v.info);
  const other = values.length > 1 && g.r.chance(128) ? preferred(g, values) : drawConstant(g.p, v.info);
  const tag = g.r.pick(COMPARISONS);
  if (other === v && g.r.chance(230)) return compare(g, tag, v, drawConstant(g.p, v.info));
  return compare(g, tag, v, other);
}

/** A condition to branch on: preferably one that depends on the arguments. */
export function condition(g: Gen): Value {
  const bools = g.scope.ofClass(Class.bool);
  if (bools.length > 0 && g.r.chance(120)) return preferred(g, bools);
  const ints = g.scope.ofClass(Class.int);
  const floats = g.scope.ofClass(Class.float);
  if (ints.length > 0 && (floats.length === 0 || g.r.chance(215))) return comparison(g, preferred(g, ints));
  if (floats.length > 0) return comparison(g, preferred(g, floats));
  if (bools.length > 0) return preferred(g, bools);
  const info = g.p.ints[0]!;
  return compare(g, g.r.pick(COMPARISONS), drawConstant(g.p, info), drawConstant(g.p, info));
}

/** Whether `v` keeps the convention of its type when it is passed on, so that nothing more need be known of it. */
function isPassable(v: Value, isStatic: boolean): boolean {
  const fact = v.fact!;
  return (!isStatic || fact.isStatic) && (v.info.cls !== Class.many || fact.ahead >= MANY_AHEAD);
}

function pointer(g: Gen, info: TypeInfo, isStatic: boolean): Value {
  const values = g.scope.ofType(info);
  if (values.length > 0 && g.r.chance(190)) {
    const v = preferred(g, values);
    if (isPassable(v, isStatic)) return v;
    for (let i = values.length - 1; i >= 0; i--) if (isPassable(values[i]!, isStatic)) return values[i]!;
  }
  if (!isStatic && info.cls === Class.ptr && g.r.chance(70)) {
    const made = newPlace(g, info.child!);
    if (made.info === info) return made;
  }
  return drawConstant(g.p, info);
}

function aggregate(g: Gen, info: TypeInfo): Value {
  const values = g.scope.ofType(info);
  if (values.length > 0 && g.r.chance(160)) return preferred(g, values);
  if (info.length <= 8 && g.r.chance(110) && can(g, 'aggregate_init')) return initialised(g, info);
  return drawConstant(g.p, info);
}

/** An optional, error, enum or union. */
function sum(g: Gen, info: TypeInfo): Value {
  const values = g.scope.ofType(info);
  if (values.length > 0 && g.r.chance(170)) return preferred(g, values);
  const isMade = info.cls === Class.opt || info.cls === Class.fallible || info.cls === Class.union;
  if (isMade && can(g, 'union_init') && g.r.chance(130)) return wrap(g, info, g.r.chance(150));
  return drawConstant(g.p, info);
}

/** What is in scope, all lanes alike, or a constant. */
function vector(g: Gen, info: TypeInfo): Value {
  const values = g.scope.ofType(info);
  if (values.length > 0 && g.r.chance(190)) return preferred(g, values);
  if (!can(g, 'splat') || !g.r.chance(60)) return drawConstant(g.p, info);
  return define(g, g.b.tyOp('splat', info.ip, use(operand(g, info.child!))), info, -Infinity, Infinity);
}

function packed(g: Gen, info: TypeInfo): Value {
  const values = g.scope.ofType(info);
  return values.length > 0 && g.r.chance(180) ? preferred(g, values) : drawConstant(g.p, info);
}

/** A new value: an optional or error union with a payload or without, or a union with field `field`. */
export function wrap(g: Gen, info: TypeInfo, isPresent: boolean, field = 0): Value {
  if (info.cls === Class.union) {
    const n = Math.min(field, info.fields.length - 1);
    const ref = g.b.field('union_init', info.ip, use(operand(g, info.fields[n]!, true)), n);
    return define(g, ref, info, -Infinity, Infinity);
  }
  if (info.cls === Class.fallible && !isPresent) {
    return define(g, g.b.tyOp('wrap_errunion_err', info.ip, use(operand(g, info.tag!))), info, -Infinity, Infinity);
  }
  if (!isPresent) return drawConstant(g.p, info);
  const tag = info.cls === Class.opt ? 'wrap_optional' : 'wrap_errunion_payload';
  return define(g, g.b.tyOp(tag, info.ip, use(operand(g, info.child!, true))), info, -Infinity, Infinity);
}

/** `aggregate_init` of type `info` from operands. */
export function initialised(g: Gen, info: TypeInfo): Value {
  const elems: Value[] = [];
  if (info.cls === Class.struct) for (const field of info.fields) elems.push(operand(g, field, true));
  else for (let i = 0; i < info.length; i++) elems.push(element(g, info, elems[i - 1]));
  return define(g, g.b.aggregate(info.ip, elems.map(use)), info, -Infinity, Infinity);
}

function element(g: Gen, array: TypeInfo, previous: Value | undefined): Value {
  if (previous !== undefined && g.r.chance(array.length > 4 ? 150 : 40)) return previous;
  return operand(g, array.child!, true);
}

/** How often another type is drawn in the place of one that the statement shuns. */
const MOST_DRAWS = 8;

/** What `draw` gives, again while the statement at hand shuns it. */
function notShunned(g: Gen, draw: (g: Gen) => TypeInfo): TypeInfo {
  let info = draw(g);
  const { shuns } = g.p;
  if (shuns !== null) for (let n = 1; n < MOST_DRAWS && shuns(info); n++) info = draw(g);
  return info;
}

/** The type of an integer to compute with: usually one that is in scope. */
export function someInt(g: Gen): TypeInfo {
  return notShunned(g, drawInt);
}

function drawInt(g: Gen): TypeInfo {
  const ints = g.scope.ofClass(Class.int);
  return ints.length > 0 && g.r.chance(180) ? preferred(g, ints).info : g.r.pick(g.p.ints);
}

/** An integer type of at least `bits` bits. */
export function wideInt(g: Gen, bits: number): TypeInfo {
  for (let tries = 0; tries < 3; tries++) {
    const info = someInt(g);
    if (info.bits >= bits) return info;
  }
  return intInfo(g.p.types, g.r.chance(128), Math.max(bits, g.r.pick([8, 16, 32, 64])));
}

/** A float type to compute with. */
export function someFloat(g: Gen): TypeInfo {
  return notShunned(g, drawFloat);
}

function drawFloat(g: Gen): TypeInfo {
  const floats = g.scope.ofClass(Class.float);
  if (floats.length > 0 && g.r.chance(170)) return preferred(g, floats).info;
  return drawFloatType(g.p);
}

/** Whether an instruction that has an integer and a float form takes the float form this time. */
export function wantsFloat(g: Gen): boolean {
  return g.r.chance(
    g.scope.ofClass(Class.float).length > 0 ? g.p.plan.profile.floats * 2 : g.p.plan.profile.floats >> 1,
  );
}

/** A fresh initialised slot for a `child`, listed. */
export function newPlace(g: Gen, child: TypeInfo): Value {
  const align = g.r.chance(30) ? Math.min(64, child.align << g.r.between(1, 6)) : 0;
  const slot = rawSlot(g, child, align > child.align ? align : 0);
  initialiseSlot(g, slot, child);
  slot.used = false;
  g.scope.add(slot);
  return slot;
}

function initialiseSlot(g: Gen, slot: Value, child: TypeInfo): void {
  const way = g.r.below(8);
  if (way === 0 && child.cls === Class.array && child.length > 0 && !child.sentinel && can(g, 'memset')) {
    const elem = operand(g, child.child!, true);
    g.b.bin('memset', use(slot), use(elem));
    return;
  }
  if (way <= 1 && child.cls === Class.struct && child.fields.length <= 5 && can(g, 'struct_field_ptr')) {
    if (g.r.chance(40)) store(g, slot, undefinedValue(g, child));
    child.fields.forEach((field, n) => {
      if (field.size > 0) storeField(g, slot, field, n);
    });
    return;
  }
  if (way === 2 && g.r.chance(60)) store(g, slot, undefinedValue(g, child));
  store(g, slot, operand(g, child, true));
}

function storeField(g: Gen, struct: Value, field: TypeInfo, n: number): void {
  const value = operand(g, field, true);
  const info = ptrInfo(g.p.types, field, false);
  const place = unlisted(g.b.field('struct_field_ptr', info.ip, use(struct), n), info, 0, 0);
  store(g, place, value);
}
