/**
 * The optionals, errors, enums and unions of a program: which types there are, and constants of them.
 *
 * Draws only in programs of profiles that have such types. Invariants (relied on wherever a value is taken apart): a value of a
 * closed enum has a name; every field of a union without tag is made of the same number of bytes that all are integers, so that
 * any field of it can be read whichever was written.
 */
import type { EnumField, FieldType, IpIndex } from '../../core/index.ts';
import {
  anyErrorType,
  enumFieldCount,
  enumFieldValue,
  enumType,
  enumValue,
  errorCode,
  errorCodes,
  errorSetType,
  errorUnionType,
  errorValue,
  IP,
  isAnyError,
  isOpenEnum,
  nullValue,
  optType,
  payloadValue,
  refValue,
  unionType,
  unionValue,
} from '../../core/index.ts';
import type { Program } from '../model/program.ts';
import type { TypeInfo } from '../model/types.ts';
import { arrayInfo, Class, intInfo, isSum, typeInfo } from '../model/types.ts';
import { drawInt } from './constants.ts';
import { drawPackedTypes } from './draw-packed.ts';
import { drawVectorTypes } from './draw-vectors.ts';
import { drawIntType, drawPointerType, drawScalar, drawWideBits } from './draw-types.ts';

/** Most bytes of a payload. */
const MOST_BYTES = 40;

// prettier-ignore
const WORDS = [
  'OutOfMemory', 'NotFound', 'a', 'b', 'Overflow', 'EndOfStream', 'x', 'BrokenPipe', 'InvalidCharacterInANumberThatIsRatherLong',
  'red', 'green', 'blue', 'none', 'error', 'null', '_', 'two words', 'é', '0', 'λ', 'q"uote', 'A', 'Z9_',
];

/** Whether this program has such types. */
export function hasSums(p: Program): boolean {
  return p.plan.profile.sums > 0;
}

/** Error sets, enums, and optionals and error unions of scalars: what structs and arrays may hold. */
export function drawFirstSums(p: Program): void {
  const { r } = p;
  for (let n = r.between(1, 9); n > 0; n--) errorCode(p.pool, drawName(p));
  const sets = r.between(1, 3);
  for (let n = 0; n < sets; n++) p.sums.push(drawErrorSet(p));
  const enums = r.between(1, 3);
  for (let n = 0; n < enums; n++) p.sums.push(drawEnum(p));
  if (p.plan.profile.packed > 0) drawPackedTypes(p);
  if (p.plan.profile.vectors) drawVectorTypes(p);
  p.sums.push(wrapped(p, drawScalar(p)), fallible(p, drawScalar(p)));
}

/** Optionals, error unions and unions of everything. */
export function drawSums(p: Program): void {
  const { r } = p;
  p.sums.push(taggedUnion(p), bareUnion(p));
  for (let n = r.between(2, 5); n > 0; n--) {
    const way = r.below(8);
    if (way < 3) p.sums.push(wrapped(p, drawPayload(p)));
    else if (way < 6) p.sums.push(fallible(p, drawPayload(p)));
    else p.sums.push(way === 6 ? taggedUnion(p) : bareUnion(p));
  }
}

function drawName(p: Program): string {
  const word = p.r.pick(WORDS);
  return p.r.chance(100) ? `${word}${p.r.below(30)}` : word;
}

function drawErrorSet(p: Program): TypeInfo {
  const { r, pool, types } = p;
  const count = pool.errorNames.length;
  if (r.chance(50)) return typeInfo(types, anyErrorType(pool));
  const codes = Array.from({ length: count }, (_, n) => n + 1).filter(() => r.chance(140));
  return typeInfo(types, errorSetType(pool, codes.length === 0 ? [r.between(1, count)] : codes));
}

/** Most bits of the tag of an enum. */
const MOST_TAG_BITS = 64;

function drawEnum(p: Program): TypeInfo {
  const { r, pool, types, plan } = p;
  if (plan.profile.wideTags && r.chance(170)) return wideEnum(p, r.chance(100));
  const drawn = r.chance(60) ? intInfo(types, r.chance(100), r.pick([1, 2, 7, 8, 32, 64])) : drawIntType(p);
  const tag = drawn.bits > MOST_TAG_BITS ? intInfo(types, drawn.signed, MOST_TAG_BITS) : drawn;
  const isOpen = r.chance(80);
  const fields = drawEnumFields(p, tag, r.between(isOpen && r.chance(20) ? 0 : 1, 7));
  return typeInfo(types, enumType(pool, tag.ip, fields, isOpen));
}

/** An enum with a tag of more than 64 bits; some of its values differ in one limb only. */
function wideEnum(p: Program, isOpen: boolean): TypeInfo {
  const { r, pool, types } = p;
  const tag = intInfo(types, r.chance(110), drawWideBits(r, p.plan.profile));
  const fields = drawEnumFields(p, tag, r.between(1, 7));
  const isKnown = (value: bigint): boolean => fields.some((field) => field.value === value);
  const neighbour = BigInt.asIntN(tag.bits, fields[0]!.value ^ (1n << BigInt(r.pick([64, tag.bits - 2, 3]))));
  const fitting = tag.signed ? neighbour : BigInt.asUintN(tag.bits, neighbour);
  if (r.chance(150) && !isKnown(fitting)) fields.push({ name: 'neighbour of the first', value: fitting });
  return typeInfo(types, enumType(pool, tag.ip, fields, isOpen));
}

/** Up to `most` named values: in a row from some start, or anywhere. */
function drawEnumFields(p: Program, tag: TypeInfo, most: number): EnumField[] {
  const { r, pool } = p;
  const names = new Set<string>();
  const values = new Set<bigint>();
  const inRow = r.chance(140);
  const start = r.chance(170) ? 0n : pool.intBig(refValue(drawInt(p, tag).ref));
  for (let n = 0; n < most; n++) {
    const value = inRow ? start + BigInt(n) : pool.intBig(refValue(drawInt(p, tag).ref));
    if (pool.intBig(pool.int(tag.ip, value)) === value) values.add(value);
    let name = drawName(p);
    while (names.has(name)) name += '_';
    names.add(name);
  }
  const kept = [...values];
  if (!inRow || r.chance(40)) r.shuffle(kept);
  return [...names].slice(0, kept.length).map((name, n) => ({ name, value: kept[n]! }));
}

/** Type of a payload: anything of a moderate size, or nothing. */
function drawPayload(p: Program): TypeInfo {
  const { r } = p;
  const way = r.below(16);
  if (way === 0) return typeInfo(p.types, IP.void_type);
  const info = way < 6 ? drawScalar(p) : way < 9 ? drawPointerType(p) : r.pick(way < 12 ? p.aggregates : p.sums);
  return info.size <= MOST_BYTES ? info : drawScalar(p);
}

function wrapped(p: Program, payload: TypeInfo): TypeInfo {
  return typeInfo(p.types, optType(p.pool, payload.ip));
}

function fallible(p: Program, payload: TypeInfo): TypeInfo {
  const sets = p.sums.filter((info) => info.cls === Class.errors);
  return typeInfo(p.types, errorUnionType(p.pool, p.r.pick(sets).ip, payload.ip));
}

function taggedUnion(p: Program): TypeInfo {
  const { r, pool, types } = p;
  const known = p.sums.filter((info) => info.cls === Class.enum && enumFieldCount(pool, info.ip) > 0);
  const tag = known.length > 0 && r.chance(100) ? r.pick(known) : drawTag(p);
  const count = enumFieldCount(pool, tag.ip);
  const fields = Array.from({ length: count }, () => plain(drawPayload(p)));
  return typeInfo(types, unionType(pool, 0, tag.ip, fields));
}

/** An enum that has values, for a union of its own. */
function drawTag(p: Program): TypeInfo {
  const { r, pool, types, plan } = p;
  if (plan.profile.wideTags && r.chance(170)) return listed(p, wideEnum(p, false));
  const tag = intInfo(types, r.chance(40), r.pick([8, 2, 3, 16, 32, 64]));
  const fields = drawEnumFields(p, tag, r.between(2, 4));
  return listed(p, typeInfo(types, enumType(pool, tag.ip, fields, false)));
}

function listed(p: Program, info: TypeInfo): TypeInfo {
  if (!p.sums.includes(info)) p.sums.push(info);
  return info;
}

function plain(info: TypeInfo): FieldType {
  return { ty: info.ip, align: 0 };
}

function bareUnion(p: Program): TypeInfo {
  const { r, pool, types } = p;
  const bytes = r.pick([1, 2, 4, 8, 8, 16]);
  const fields = Array.from({ length: r.between(1, 4) }, () => plain(rawOf(p, bytes)));
  return typeInfo(types, unionType(pool, r.chance(128) ? 0 : 1, null, fields));
}

/** An integer or array of integers of `bytes` bytes. */
function rawOf(p: Program, bytes: number): TypeInfo {
  const { r, types } = p;
  const unit = r.pick([1, 2, 4, 8].filter((size) => size <= bytes));
  const child = intInfo(types, r.chance(128), unit * 8);
  return unit === bytes ? child : arrayInfo(types, child, bytes / unit);
}

/** A constant of an optional, error, enum or union type; `part` draws one of another type. */
export function drawSumConstant(p: Program, info: TypeInfo, part: (part: TypeInfo) => IpIndex): IpIndex {
  const { r, pool } = p;
  if (info.cls === Class.opt) {
    return r.chance(80) ? nullValue(pool, info.ip) : payloadValue(pool, info.ip, part(info.child!));
  }
  if (info.cls === Class.errors) return errorValue(pool, info.ip, drawError(p, info));
  if (info.cls === Class.fallible) {
    if (r.chance(90)) return errorValue(pool, info.ip, drawError(p, info.tag!));
    return payloadValue(pool, info.ip, part(info.child!));
  }
  if (info.cls === Class.enum) {
    const count = enumFieldCount(pool, info.ip);
    if (count === 0 || (isOpenEnum(pool, info.ip) && r.chance(80))) {
      return enumValue(pool, info.ip, pool.intBig(refValue(drawInt(p, info.tag!).ref)));
    }
    return enumValue(pool, info.ip, pool.intBig(enumFieldValue(pool, info.ip, r.below(count))));
  }
  const field = r.below(info.fields.length);
  return unionValue(pool, info.ip, field, part(info.fields[field]!));
}

/** The constant of these types that has most zeros. */
export function zeroSum(p: Program, info: TypeInfo, part: (part: TypeInfo) => IpIndex): IpIndex {
  if (info.cls === Class.opt) return nullValue(p.pool, info.ip);
  if (info.cls === Class.fallible) return payloadValue(p.pool, info.ip, part(info.child!));
  if (info.cls === Class.union) return unionValue(p.pool, info.ip, 0, part(info.fields[0]!));
  return drawSumConstant(p, info, part);
}

function drawError(p: Program, set: TypeInfo): number {
  if (isAnyError(p.pool, set.ip)) return p.r.between(1, p.pool.errorNames.length);
  return p.r.pick(errorCodes(p.pool, set.ip));
}

/** The values with a name of an enum, or the errors of a set. */
export function sumItems(p: Program, { ip, cls }: TypeInfo): IpIndex[] {
  const { pool } = p;
  if (cls === Class.enum) {
    return Array.from({ length: enumFieldCount(pool, ip) }, (_, n) => {
      return enumValue(pool, ip, pool.intBig(enumFieldValue(pool, ip, n)));
    });
  }
  const codes = isAnyError(pool, ip) ? pool.errorNames.map((_, n) => n + 1) : errorCodes(pool, ip);
  return codes.map((code) => errorValue(pool, ip, code));
}

/** The types of class `cls` that the program has. */
export function sumsOf(p: Program, cls: Class): TypeInfo[] {
  return p.sums.filter((info) => info.cls === cls && isSum(info));
}
