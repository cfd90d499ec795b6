/**
 * Whether types and values of the pool are well formed, deeply: docs/air.md sections 2 to 4.
 *
 * Owns the rules about single types and values; knows no instructions. Each item is judged once. Adds nothing to the
 * pool. Items refer to older items only, so there are no cycles; an item that does not is refused.
 */
import { byteCount } from '../../intern/byte-values.ts';
import type { InternPool } from '../../intern/intern-pool.ts';
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import { elemCount, elemType, isAggregate } from '../../intern/elements.ts';
import { IP } from '../../intern/keys.ts';
import { backingOf, bitRange } from '../../intern/packed.ts';
import { TypeKind } from '../../intern/type-kinds.ts';
import { ValueKind } from '../../intern/value-kinds.ts';
import { isVector } from '../../intern/vectors.ts';
import { abiAlign, abiSize, pointeeAlign } from '../../intern/layout.ts';
import { isValidAlign, MAX_NESTING, MAX_TYPE_SIZE } from '../limits.ts';
import { printType } from '../text/print-terms.ts';
import { bitPointerProblem, packedTypeProblem } from './verify-packed.ts';
import type { Parts } from './verify-sums.ts';
import { sumTypeProblem, sumValueProblem } from './verify-sums.ts';
import { isData, sequenceElement } from '../typing/type-classes.ts';
import type { Unit } from '../unit.ts';
import { isFunctionNav } from '../unit.ts';

/** Judgements so far; one per verified unit. */
export interface Terms {
  readonly unit: Unit;
  readonly pool: InternPool;
  /** Per item: 0 = not judged, else 1 + how deep it nests. */
  readonly depths: Uint16Array;
  /** What is wrong with an item that was judged to be bad. */
  readonly problems: Map<number, string>;
}

/** Empty judgements for `unit`. */
export function makeTerms(unit: Unit): Terms {
  return { unit, pool: unit.pool, depths: new Uint16Array(unit.pool.size), problems: new Map() };
}

/** Text of a type for a message, cut to a readable length. */
export function typeName(terms: Terms, ty: IpIndex): string {
  const text = printType(terms.pool, ty, terms.unit);
  return text.length <= 100 ? text : `${text.slice(0, 100)}...`;
}

/** What is wrong with type or value `ip`, or null. */
function termProblem(terms: Terms, ip: number): string | null {
  const { depths } = terms;
  if (!(ip < depths.length)) return `there is no item ${ip}`;
  if (depths[ip] !== 0) return terms.problems.get(ip) ?? null;
  return judge(terms, ip as IpIndex, 1);
}

/** What is wrong with type `ip`, or null. */
export function typeProblem(terms: Terms, ip: number): string | null {
  if (ip < terms.depths.length && !terms.pool.isType(ip as IpIndex)) return 'a value stands in the place of a type';
  return termProblem(terms, ip);
}

/** What is wrong with value `ip`, or null. */
export function valueProblem(terms: Terms, ip: number): string | null {
  if (ip < terms.depths.length && terms.pool.isType(ip as IpIndex)) return 'a type stands in the place of a value';
  return termProblem(terms, ip);
}

function judge(terms: Terms, ip: IpIndex, level: number): string | null {
  const visit: Visit = { terms, owner: ip, level, depth: 0 };
  const { pool } = terms;
  const problem = pool.isType(ip) ? judgeType(visit, ip) : judgeValue(visit, ip);
  terms.depths[ip] = 1 + Math.min(visit.depth, MAX_NESTING);
  if (problem !== null) terms.problems.set(ip, problem);
  return problem;
}

/** One item under judgement. */
interface Visit {
  readonly terms: Terms;
  readonly owner: number;
  /** How many items are under judgement around it, itself included. */
  readonly level: number;
  /** Nesting of its parts so far. */
  depth: number;
}

/** Judges a part of the item of `visit`. */
function partProblem(visit: Visit, part: number, isType: boolean): string | null {
  const { terms } = visit;
  if (part >= visit.owner) return 'it refers to an item that is not older than itself';
  if (terms.pool.isType(part as IpIndex) !== isType) return `item ${part} is not a ${isType ? 'type' : 'value'}`;
  let problem: string | null = null;
  if (terms.depths[part] !== 0) problem = terms.problems.get(part) ?? null;
  else if (visit.level < MAX_NESTING) problem = judge(terms, part as IpIndex, visit.level + 1);
  else return `types and values nest deeper than ${MAX_NESTING} levels`;
  visit.depth = Math.max(visit.depth, terms.depths[part]!);
  if (problem === null && visit.depth >= MAX_NESTING) {
    return `types and values nest deeper than ${MAX_NESTING} levels`;
  }
  return problem;
}

// --- types ---

function judgeType(visit: Visit, ty: IpIndex): string | null {
  const { terms } = visit;
  const { pool } = terms;
  switch (pool.typeKind(ty)) {
    case TypeKind.ptr:
    case TypeKind.slice: {
      const child = pool.childType(ty);
      const problem = partProblem(visit, child, true);
      if (problem !== null) return problem;
      const align = pool.ptrAlign(ty);
      if (child === IP.noreturn_type) return `${typeName(terms, ty)} points to noreturn`;
      if (pool.typeKind(child) === TypeKind.fn) {
        if (!pool.isPtr(ty) || pool.ptrIsMany(ty)) return `${typeName(terms, ty)} points to many functions`;
        if (align !== 0) return `${typeName(terms, ty)} gives a function an alignment`;
      }
      if (align !== 0 && !isValidAlign(align)) return `${typeName(terms, ty)} has a bad alignment`;
      return bitPointerProblem(pool, ty, typeName(terms, ty));
    }
    case TypeKind.array: {
      const child = pool.childType(ty);
      const problem = partProblem(visit, child, true);
      if (problem !== null) return problem;
      if (!isData(pool, child)) return `${typeName(terms, ty)} has elements that cannot be in memory`;
      const sentinel = pool.arraySentinel(ty);
      if (sentinel !== null) {
        const bad = partProblem(visit, sentinel, false);
        if (bad !== null) return bad;
        if (pool.typeOf(sentinel) !== child) return `${typeName(terms, ty)} has a sentinel of another type`;
      }
      return sizeProblem(terms, ty);
    }
    case TypeKind.struct:
      for (let n = 0; n < pool.fieldCount(ty); n++) {
        const field = pool.fieldType(ty, n);
        const problem = partProblem(visit, field, true);
        if (problem !== null) return problem;
        if (!isData(pool, field)) return `field ${n} of ${typeName(terms, ty)} cannot be in memory`;
        const align = pool.fieldAlign(ty, n);
        if (align !== 0 && !(isValidAlign(align) && align >= abiAlign(pool, field))) {
          return `field ${n} of ${typeName(terms, ty)} has a bad alignment`;
        }
      }
      return sizeProblem(terms, ty);
    case TypeKind.vector: {
      const lane = pool.childType(ty);
      const problem = partProblem(visit, lane, true);
      if (problem !== null) return problem;
      if (!pool.isInt(lane) && !pool.isFloat(lane) && lane !== IP.bool_type) {
        return `${typeName(terms, ty)} has lanes that are no numbers and no bools`;
      }
      return pool.arrayLen(ty) > 0 ? sizeProblem(terms, ty) : `${typeName(terms, ty)} has no lane`;
    }
    case TypeKind.packed: {
      const problem = partProblem(visit, backingOf(pool, ty), true);
      if (problem !== null) return problem;
      for (let n = 0; n < pool.fieldCount(ty); n++) {
        const bad = partProblem(visit, pool.fieldType(ty, n), true);
        if (bad !== null) return bad;
      }
      return packedTypeProblem(pool, ty, typeName(terms, ty));
    }
    case TypeKind.fn: {
      for (let n = 0; n < pool.fnParamCount(ty); n++) {
        const param = pool.fnParam(ty, n);
        const problem = partProblem(visit, param, true);
        if (problem !== null) return problem;
        if (!isData(pool, param)) return `parameter ${n} of ${typeName(terms, ty)} has no values`;
      }
      const problem = partProblem(visit, pool.fnReturn(ty), true);
      if (problem !== null) return problem;
      return pool.typeKind(pool.fnReturn(ty)) === TypeKind.fn ? `${typeName(terms, ty)} returns a function` : null;
    }
    case TypeKind.opt:
    case TypeKind.error_set:
    case TypeKind.error_union:
    case TypeKind.enum:
    case TypeKind.union:
      return sumTypeProblem(partsOf(visit), ty);
    case TypeKind.simple:
    case TypeKind.int:
    case TypeKind.float:
      return null;
  }
}

/** What verify-sums.ts may ask of the item under judgement. */
function partsOf(visit: Visit): Parts {
  const { terms } = visit;
  return {
    pool: terms.pool,
    nameOf: (ty) => typeName(terms, ty),
    typeProblem: (ty) => partProblem(visit, ty, true),
    valueProblem: (value, ty) => {
      const problem = partProblem(visit, value, false);
      if (problem !== null) return problem;
      const found = terms.pool.typeOf(value);
      return found === ty ? null : `a part has type ${typeName(terms, found)}, not ${typeName(terms, ty)}`;
    },
    sizeProblem: (ty) => sizeProblem(terms, ty),
  };
}

function sizeProblem(terms: Terms, ty: IpIndex): string | null {
  return abiSize(terms.pool, ty) <= MAX_TYPE_SIZE ? null : `${typeName(terms, ty)} is too large`;
}

// --- values ---

function judgeValue(visit: Visit, value: IpIndex): string | null {
  const { terms } = visit;
  const { pool } = terms;
  const kind = pool.valueKind(value);
  if (kind === ValueKind.bool || kind === ValueKind.void) return null;
  const ty = pool.word(value, 0) as IpIndex;
  const problem = partProblem(visit, ty, true);
  if (problem !== null) return problem;
  switch (kind) {
    case ValueKind.float:
      return pool.isFloat(ty) ? null : `a float of type ${typeName(terms, ty)}`;
    case ValueKind.undef:
      return isData(pool, ty) ? null : `undef of type ${typeName(terms, ty)}`;
    case ValueKind.int:
      return pool.isInt(ty) && isCanonicalInt(pool, value, ty)
        ? null
        : `integer out of range of ${typeName(terms, ty)}`;
    case ValueKind.aggregate:
      return aggregateProblem(visit, value, ty);
    case ValueKind.bytes: {
      const fits = pool.typeKind(ty) === TypeKind.array && pool.childType(ty) === IP.u8_type;
      if (fits && pool.arrayLen(ty) === byteCount(pool, value)) return null;
      return `a string of ${byteCount(pool, value)} bytes is no ${typeName(terms, ty)}`;
    }
    case ValueKind.repeated:
      if (pool.typeKind(ty) !== TypeKind.array && !isVector(pool, ty))
        return `a repeated value of type ${typeName(terms, ty)}`;
      return elementProblem(visit, pool.word(value, 1), pool.childType(ty), ty, 0);
    case ValueKind.slice:
      return pool.typeKind(ty) === TypeKind.slice ? sliceProblem(visit, value, ty) : notPointer(terms, ty);
    case ValueKind.null:
    case ValueKind.payload:
    case ValueKind.err:
    case ValueKind.enum_tag:
    case ValueKind.union_value:
      return sumValueProblem(partsOf(visit), value, ty);
    case ValueKind.ptr_nav:
    case ValueKind.ptr_uav:
    case ValueKind.ptr_int:
      return pool.isPtr(ty) ? pointerProblem(visit, value, ty) : notPointer(terms, ty);
  }
}

function notPointer(terms: Terms, ty: IpIndex): string {
  return `an address of type ${typeName(terms, ty)}`;
}

/** Whether the words of an int value are the ones its type would give it. */
function isCanonicalInt(pool: InternPool, value: IpIndex, ty: IpIndex): boolean {
  const bits = pool.intBits(ty);
  // Only InternPool.int makes wider ones, and it reduces them.
  if (bits > 64) return true;
  const lo = pool.patternWord(value, 0);
  const hi = pool.patternWord(value, 1);
  if (pool.intSigned(ty)) {
    if (bits > 32) return bits === 64 || (hi << (64 - bits)) >> (64 - bits) === (hi | 0);
    return hi === ((lo | 0) >> 31) >>> 0 && (lo << (32 - bits)) >> (32 - bits) === (lo | 0);
  }
  if (bits > 32) return bits === 64 || hi < 2 ** (bits - 32);
  return hi === 0 && lo < 2 ** bits;
}

function aggregateProblem(visit: Visit, value: IpIndex, ty: IpIndex): string | null {
  const { pool } = visit.terms;
  if (!isAggregate(pool, ty)) return `elements of type ${typeName(visit.terms, ty)}`;
  const count = elemCount(pool, ty);
  for (let n = 0; n < count; n++) {
    const problem = elementProblem(visit, pool.word(value, 1 + n), elemType(pool, ty, n), ty, n);
    if (problem !== null) return problem;
  }
  return null;
}

function elementProblem(visit: Visit, elem: number, need: IpIndex, ty: IpIndex, n: number): string | null {
  const { terms } = visit;
  const problem = partProblem(visit, elem, false);
  if (problem !== null) return problem;
  const found = terms.pool.typeOf(elem as IpIndex);
  if (found === need) return null;
  return `element ${n} of a ${typeName(terms, ty)} has type ${typeName(terms, found)}`;
}

function pointerProblem(visit: Visit, value: IpIndex, ty: IpIndex): string | null {
  const { terms } = visit;
  const { pool, unit } = terms;
  const toFunction = pool.isFnPtr(ty);
  if (pool.valueKind(value) === ValueKind.ptr_int) return null;
  if (pool.valueKind(value) === ValueKind.ptr_uav) {
    const target = pool.word(value, 1);
    const problem = partProblem(visit, target, false);
    if (problem !== null) return problem;
    if (toFunction) return 'an unnamed constant is no function';
    const align = pool.word(value, 2);
    return align === 0 || isValidAlign(align) ? null : `an unnamed constant has the bad alignment ${align}`;
  }
  const index = pool.word(value, 1);
  const nav = unit.navs[index];
  if (nav === undefined) return `there is no nav ${index}`;
  if (isFunctionNav(nav) !== toFunction) {
    return `the address of ${isFunctionNav(nav) ? 'function' : 'data'} @${nav.name} has type ${typeName(terms, ty)}`;
  }
  if (toFunction) {
    if (pool.childType(ty) !== nav.ty) return `function @${nav.name} has type ${typeName(terms, nav.ty)}`;
    if (pool.ptrOffset(value) !== 0) return `the address of function @${nav.name} has an offset`;
  }
  return nav.threadlocal ? `@${nav.name} is thread-local: its address is no constant` : null;
}

/** What keeps `ty` from being the type of the address that thread-local `index` has in a thread, or null. */
export function threadLocalProblem(terms: Terms, index: NavIndex, ty: IpIndex): string | null {
  const { pool, unit } = terms;
  const nav = unit.navs[index]!;
  if (!nav.threadlocal) return `@${nav.name} is not thread-local: its address is a constant`;
  if (pool.isPtr(ty) && !pool.ptrIsMany(ty) && pool.childType(ty) === nav.ty && bitRange(pool, ty) === null)
    return null;
  return `the address of @${nav.name} has type ${typeName(terms, ty)}, not *${typeName(terms, nav.ty)}`;
}

function sliceProblem(visit: Visit, value: IpIndex, ty: IpIndex): string | null {
  const { terms } = visit;
  const { pool } = terms;
  const ptr = pool.word(value, 1) as IpIndex;
  const len = pool.word(value, 2) as IpIndex;
  const problem = partProblem(visit, ptr, false) ?? partProblem(visit, len, false);
  if (problem !== null) return problem;
  if (pool.valueKind(len) !== ValueKind.int || pool.typeOf(len) !== IP.usize_type)
    return 'the length of a slice is no number';
  const ptrTy = pool.typeOf(ptr);
  const elem = sequenceElement(pool, ptrTy);
  if (elem !== pool.childType(ty) || pool.typeKind(ptrTy) === TypeKind.slice) {
    return `a ${typeName(terms, ty)} cannot point to what a ${typeName(terms, ptrTy)} does`;
  }
  if (pool.ptrIsConst(ptrTy) && !pool.ptrIsConst(ty)) return `a ${typeName(terms, ty)} drops const`;
  if (pointeeAlign(pool, ty) > pointeeAlign(pool, ptrTy)) return `a ${typeName(terms, ty)} promises too much alignment`;
  return null;
}
