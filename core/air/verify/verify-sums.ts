/**
 * Whether optionals, error sets, error unions, enums and unions of the pool are well formed: docs/air.md sections 2 and 4.
 *
 * Owns the rules about these types and their values; how parts are judged is passed in, so that this file knows neither
 * depth nor memory of judgements. Adds nothing to the pool.
 */
import type { InternPool } from '../../intern/intern-pool.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { IP_NONE } from '../../intern/keys.ts';
import { abiAlign, hasNullPayload } from '../../intern/layout.ts';
import { isPackedUnion } from '../../intern/packed.ts';
import * as sums from '../../intern/sums.ts';
import { TypeKind } from '../../intern/type-kinds.ts';
import { ValueKind } from '../../intern/value-kinds.ts';
import { isValidAlign } from '../limits.ts';
import { isData } from '../typing/type-classes.ts';

/** What may be asked about the parts of an item. */
export interface Parts {
  readonly pool: InternPool;
  readonly nameOf: (ty: IpIndex) => string;
  /** What is wrong with a type that the item is made of, or null. */
  readonly typeProblem: (ty: IpIndex) => string | null;
  /** What is wrong with a value of type `ty` that the item is made of, or null. */
  readonly valueProblem: (value: IpIndex, ty: IpIndex) => string | null;
  /** Whether the type is too large. */
  readonly sizeProblem: (ty: IpIndex) => string | null;
}

/** What is wrong with type `ty`, which is of one of these kinds, or null. */
export function sumTypeProblem(parts: Parts, ty: IpIndex): string | null {
  const { pool } = parts;
  const kind = pool.typeKind(ty);
  if (kind === TypeKind.error_set) return errorSetProblem(parts, ty);
  if (kind === TypeKind.enum) return enumProblem(parts, ty);
  if (kind === TypeKind.union) return unionProblem(parts, ty) ?? parts.sizeProblem(ty);
  if (kind === TypeKind.opt) return payloadProblem(parts, ty, pool.childType(ty)) ?? parts.sizeProblem(ty);
  const set = sums.errorSetOf(pool, ty);
  const problem = parts.typeProblem(set);
  if (problem !== null) return problem;
  if (pool.typeKind(set) !== TypeKind.error_set) return `${parts.nameOf(ty)} has no error set`;
  return payloadProblem(parts, ty, sums.errorPayload(pool, ty)) ?? parts.sizeProblem(ty);
}

function payloadProblem(parts: Parts, ty: IpIndex, payload: IpIndex): string | null {
  const problem = parts.typeProblem(payload);
  if (problem !== null) return problem;
  return isData(parts.pool, payload) ? null : `${parts.nameOf(ty)} has a payload that cannot be in memory`;
}

function errorSetProblem({ pool, nameOf }: Parts, ty: IpIndex): string | null {
  if (sums.isAnyError(pool, ty)) return null;
  let before = 0;
  for (const code of sums.errorCodes(pool, ty)) {
    if (code <= before || code > pool.errorNames.length) return `${nameOf(ty)} has the bad error code ${code}`;
    before = code;
  }
  return null;
}

function enumProblem(parts: Parts, ty: IpIndex): string | null {
  const { pool, nameOf } = parts;
  const tag = sums.enumTag(pool, ty);
  const problem = parts.typeProblem(tag);
  if (problem !== null) return problem;
  if (!pool.isInt(tag)) return `${nameOf(ty)} has the tag type ${nameOf(tag)}, which is no integer`;
  const names = new Set<IpIndex>();
  const values = new Set<IpIndex>();
  for (let n = 0; n < sums.enumFieldCount(pool, ty); n++) {
    const name = sums.enumFieldName(pool, ty, n);
    const value = sums.enumFieldValue(pool, ty, n);
    const bad = parts.valueProblem(value, tag);
    if (bad !== null) return bad;
    if (pool.valueKind(value) !== ValueKind.int) return `a value of ${nameOf(ty)} is no number`;
    if (names.has(name)) return `${nameOf(ty)} has the name ${sums.nameText(pool, name)} twice`;
    if (values.has(value)) return `${nameOf(ty)} has two names for ${String(pool.intBig(value))}`;
    names.add(name);
    values.add(value);
  }
  if (names.size === 0 && !sums.isOpenEnum(pool, ty)) return `${nameOf(ty)} has no values`;
  return null;
}

function unionProblem(parts: Parts, ty: IpIndex): string | null {
  const { pool, nameOf } = parts;
  const count = pool.fieldCount(ty);
  if (count === 0) return `${nameOf(ty)} has no fields`;
  for (let n = 0; n < count; n++) {
    const field = pool.fieldType(ty, n);
    const problem = parts.typeProblem(field);
    if (problem !== null) return problem;
    if (!isData(pool, field)) return `field ${n} of ${nameOf(ty)} cannot be in memory`;
    const align = pool.fieldAlign(ty, n);
    if (align !== 0 && !(isValidAlign(align) && align >= abiAlign(pool, field))) {
      return `field ${n} of ${nameOf(ty)} has a bad alignment`;
    }
  }
  const tag = pool.word(ty, 2 + 2 * count) as IpIndex;
  if (tag === IP_NONE) return null;
  const problem = parts.typeProblem(tag);
  if (problem !== null) return problem;
  if (pool.structLayout(ty) !== 0) return `${nameOf(ty)} is extern and has a tag`;
  if (pool.typeKind(tag) !== TypeKind.enum) return `${nameOf(ty)} has the tag type ${nameOf(tag)}, which is no enum`;
  if (sums.enumFieldCount(pool, tag) === count) return null;
  return `${nameOf(ty)} has ${count} fields and ${sums.enumFieldCount(pool, tag)} tags`;
}

/** What is wrong with value `value` of type `ty`, which is of one of these kinds, or null. */
export function sumValueProblem(parts: Parts, value: IpIndex, ty: IpIndex): string | null {
  const { pool, nameOf } = parts;
  const kind = pool.valueKind(value);
  const of = pool.typeKind(ty);
  if (kind === ValueKind.null) return of === TypeKind.opt ? null : `null of type ${nameOf(ty)}`;
  if (kind === ValueKind.payload) return payloadValueProblem(parts, value, ty);
  if (kind === ValueKind.err) return errorProblem(parts, pool.word(value, 1), ty);
  if (kind === ValueKind.enum_tag) return enumValueProblem(parts, pool.word(value, 1) as IpIndex, ty);
  const field = pool.word(value, 1);
  if ((of !== TypeKind.union && !isPackedUnion(pool, ty)) || field >= pool.fieldCount(ty))
    return `field ${field} of type ${nameOf(ty)}`;
  return parts.valueProblem(pool.word(value, 2) as IpIndex, pool.fieldType(ty, field));
}

function payloadValueProblem(parts: Parts, value: IpIndex, ty: IpIndex): string | null {
  const { pool, nameOf } = parts;
  const of = pool.typeKind(ty);
  if (of !== TypeKind.opt && of !== TypeKind.error_union) return `a payload of type ${nameOf(ty)}`;
  const payload = pool.word(value, 1) as IpIndex;
  const problem = parts.valueProblem(payload, sums.payloadType(pool, ty));
  if (problem !== null || of !== TypeKind.opt || !hasNullPayload(pool, ty)) return problem;
  return isPresent(pool, payload) ? null : `a payload of ${nameOf(ty)} that cannot be told from null`;
}

function errorProblem({ pool, nameOf }: Parts, code: number, ty: IpIndex): string | null {
  const of = pool.typeKind(ty);
  if (of !== TypeKind.error_set && of !== TypeKind.error_union) return `an error of type ${nameOf(ty)}`;
  const set = sums.errorSetOf(pool, ty);
  const has = sums.isAnyError(pool, set)
    ? code > 0 && code <= pool.errorNames.length
    : sums.errorCodes(pool, set).includes(code);
  return has ? null : `${nameOf(set)} does not have the error of the value`;
}

function enumValueProblem(parts: Parts, integer: IpIndex, ty: IpIndex): string | null {
  const { pool, nameOf } = parts;
  if (pool.typeKind(ty) !== TypeKind.enum) return `a tag of type ${nameOf(ty)}`;
  const problem = parts.valueProblem(integer, sums.enumTag(pool, ty));
  if (problem !== null) return problem;
  if (pool.valueKind(integer) !== ValueKind.int) return `a value of ${nameOf(ty)} is no number`;
  if (sums.isOpenEnum(pool, ty) || sums.enumFieldOf(pool, ty, integer) >= 0) return null;
  return `${nameOf(ty)} has no name for ${String(pool.intBig(integer))}`;
}

/** Whether a payload is certainly not what stands for null: a numeric or undefined address may be. */
function isPresent(pool: InternPool, payload: IpIndex): boolean {
  const kind = pool.valueKind(payload);
  if (kind === ValueKind.slice) return isPresent(pool, pool.word(payload, 1) as IpIndex);
  if (kind === ValueKind.ptr_int) return pool.word(payload, 1) !== 0;
  return kind !== ValueKind.undef;
}
