/**
 * Optionals, error sets, error unions, enums and unions: what the words of their types and values mean.
 *
 * Payload words of types and of values:
 *   opt         [payload type]
 *   error_set   [n, code x n]; n = ANY: every error of the unit       null        [ty]
 *   error_union [error set, payload type]                             payload     [ty, value]: present, or no error
 *   enum        [tag, open, n, (name, value) x n]                     err         [ty, code]: of an error set or union
 *   union       [layout, n, (field type, align) x n, tag | NONE]      enum_tag    [ty, value of the tag type]
 *                                                                     union_value [ty, field, value]
 * A union begins as a struct does, so that `fieldCount`, `fieldType` and `fieldAlign` of the pool answer for both.
 * Errors are numbered 1, 2, ... in the order in which the pool first hears of their names; 0 is no error. A name is a value of
 * type [n:0]u8 with its UTF-8 bytes.
 */
import { byteAt, byteCount, bytesValue } from './byte-values.ts';
import type { InternPool } from './intern-pool.ts';
import type { IpIndex } from './keys.ts';
import { IP, IP_NONE } from './keys.ts';
import { backingOf } from './packed.ts';
import type { PoolReader } from './pool-reader.ts';
import type { FieldType, StructLayout } from './type-kinds.ts';
import { TypeKind } from './type-kinds.ts';
import { ValueKind } from './value-kinds.ts';

/** Count of an error set that holds every error. */
const ANY = 0xffff_ffff;

/** Words of an enum type in front of its fields. */
const ENUM_HEAD = 3;

/** One named value of an enum. */
export interface EnumField {
  readonly name: string;
  readonly value: bigint;
}

// --- making types ---

/** `?child`. */
export function optType(pool: InternPool, child: IpIndex): IpIndex {
  return pool.item(TypeKind.opt, [child]);
}

/** Code of the error called `name`; a new name gets the next one. */
export function errorCode(pool: InternPool, name: string): number {
  const value = nameValue(pool, name);
  const known = pool.errorNames.indexOf(value);
  return known >= 0 ? known + 1 : pool.errorNames.push(value);
}

/** Set of the errors with these codes. */
export function errorSetType(pool: InternPool, codes: readonly number[]): IpIndex {
  const sorted = [...new Set(codes)].sort((a, b) => a - b);
  needNameType(pool);
  return pool.item(TypeKind.error_set, [sorted.length, ...sorted]);
}

/** The set of every error. */
export function anyErrorType(pool: InternPool): IpIndex {
  needNameType(pool);
  return pool.item(TypeKind.error_set, [ANY]);
}

/** `set!payload`. */
export function errorUnionType(pool: InternPool, set: IpIndex, payload: IpIndex): IpIndex {
  return pool.item(TypeKind.error_union, [set, payload]);
}

/** Enum with integer type `tag`; an open one may have values without a name. */
export function enumType(pool: InternPool, tag: IpIndex, fields: readonly EnumField[], isOpen: boolean): IpIndex {
  needNameType(pool);
  const words: number[] = [tag, isOpen ? 1 : 0, fields.length];
  for (const { name, value } of fields) words.push(nameValue(pool, name), pool.int(tag, value));
  return pool.item(TypeKind.enum, words);
}

/** Union; `tag` is an enum with one value per field, in the same order, or null for a union that does not know its field. */
export function unionType(
  pool: InternPool,
  layout: StructLayout,
  tag: IpIndex | null,
  fields: readonly FieldType[],
): IpIndex {
  const words: number[] = [layout, fields.length];
  for (const { ty, align } of fields) words.push(ty, align);
  words.push(tag ?? IP_NONE);
  return pool.item(TypeKind.union, words);
}

// --- making values ---

/** The null of optional type `ty`. */
export function nullValue(pool: InternPool, ty: IpIndex): IpIndex {
  return pool.item(ValueKind.null, [ty]);
}

/** `payload` as a value of the optional or error union type `ty`. */
export function payloadValue(pool: InternPool, ty: IpIndex, payload: IpIndex): IpIndex {
  return pool.item(ValueKind.payload, [ty, payload]);
}

/** Error `code` as a value of the error set or error union type `ty`. */
export function errorValue(pool: InternPool, ty: IpIndex, code: number): IpIndex {
  return pool.item(ValueKind.err, [ty, code]);
}

/** Value of enum type `ty` whose integer is `value`. */
export function enumValue(pool: InternPool, ty: IpIndex, value: bigint): IpIndex {
  return pool.item(ValueKind.enum_tag, [ty, pool.int(enumTag(pool, ty), value)]);
}

/** Value of union type `ty` with field `field` set. */
export function unionValue(pool: InternPool, ty: IpIndex, field: number, payload: IpIndex): IpIndex {
  return pool.item(ValueKind.union_value, [ty, field, payload]);
}

/** A name as a value. */
function nameValue(pool: InternPool, name: string): IpIndex {
  const bytes = new TextEncoder().encode(name);
  return bytesValue(pool, pool.arrayType(IP.u8_type, bytes.length, pool.int(IP.u8_type, 0n)), bytes);
}

function needNameType(pool: InternPool): void {
  pool.nameType ??= pool.sliceType(IP.u8_type, { isConst: true });
}

// --- reading ---

/** `[]const u8`, the type of names, or null in a pool that has no names. A reader looks for it once. */
export function nameTypeOf(pool: PoolReader): IpIndex | null {
  if (pool.nameType === undefined) {
    for (let i = 0; i < pool.size; i++) {
      const item = i as IpIndex;
      if (!pool.isType(item) || pool.typeKind(item) !== TypeKind.slice) continue;
      if (pool.childType(item) !== IP.u8_type || !pool.ptrIsConst(item) || pool.ptrAlign(item) !== 0) continue;
      pool.nameType = item;
      break;
    }
  }
  return pool.nameType ?? null;
}

/** Text of a name. */
export function nameText(pool: PoolReader, name: IpIndex): string {
  return new TextDecoder().decode(nameBytes(pool, name));
}

/** Bytes of a name, without the zero behind them. */
export function nameBytes(pool: PoolReader, name: IpIndex): Uint8Array {
  return Uint8Array.from({ length: byteCount(pool, name) }, (_, n) => byteAt(pool, name, n));
}

/** Whether error set `ty` holds every error. */
export function isAnyError(pool: PoolReader, ty: IpIndex): boolean {
  return pool.word(ty, 0) === ANY;
}

/** Codes of an error set that does not hold every error, ascending. */
export function errorCodes(pool: PoolReader, ty: IpIndex): number[] {
  return Array.from({ length: pool.word(ty, 0) }, (_, n) => pool.word(ty, 1 + n));
}

/** Error set of an error union, or the error set itself. */
export function errorSetOf(pool: PoolReader, ty: IpIndex): IpIndex {
  return pool.typeKind(ty) === TypeKind.error_union ? (pool.word(ty, 0) as IpIndex) : ty;
}

/** Payload type of an error union. */
export function errorPayload(pool: PoolReader, ty: IpIndex): IpIndex {
  return pool.word(ty, 1) as IpIndex;
}

/** Payload type of an optional or error union. */
export function payloadType(pool: PoolReader, ty: IpIndex): IpIndex {
  return pool.typeKind(ty) === TypeKind.error_union ? errorPayload(pool, ty) : pool.childType(ty);
}

/** Integer type of an enum. */
export function enumTag(pool: PoolReader, ty: IpIndex): IpIndex {
  return pool.word(ty, 0) as IpIndex;
}

/** The integer type that values of an integer, enum or packed struct type are represented by. */
export function integerOf(pool: PoolReader, ty: IpIndex): IpIndex {
  const kind = pool.typeKind(ty);
  if (kind === TypeKind.packed) return backingOf(pool, ty);
  return kind === TypeKind.enum ? enumTag(pool, ty) : ty;
}

/** Whether an enum may have values without a name. */
export function isOpenEnum(pool: PoolReader, ty: IpIndex): boolean {
  return pool.word(ty, 1) === 1;
}

/** Number of named values of an enum. */
export function enumFieldCount(pool: PoolReader, ty: IpIndex): number {
  return pool.word(ty, 2);
}

/** Name of named value `n` of an enum. */
export function enumFieldName(pool: PoolReader, ty: IpIndex, n: number): IpIndex {
  return pool.word(ty, ENUM_HEAD + 2 * n) as IpIndex;
}

/** Integer of named value `n` of an enum. */
export function enumFieldValue(pool: PoolReader, ty: IpIndex, n: number): IpIndex {
  return pool.word(ty, ENUM_HEAD + 2 * n + 1) as IpIndex;
}

/** Number of the named value of enum `ty` whose integer is the pool value `value`, or -1. */
export function enumFieldOf(pool: PoolReader, ty: IpIndex, value: IpIndex): number {
  for (let n = 0; n < enumFieldCount(pool, ty); n++) if (enumFieldValue(pool, ty, n) === value) return n;
  return -1;
}

/** Enum that says which field of a union is set, or null. */
export function unionTag(pool: PoolReader, ty: IpIndex): IpIndex | null {
  const tag = pool.word(ty, 2 + 2 * pool.fieldCount(ty)) as IpIndex;
  return tag === IP_NONE ? null : tag;
}

/** Whether `ty` has fields: a struct or a union. */
export function hasFields(pool: PoolReader, ty: IpIndex): boolean {
  const kind = pool.typeKind(ty);
  return kind === TypeKind.struct || kind === TypeKind.union;
}

/** Integer of a value of an integer, enum or error set type; null for an undefined one. */
export function integerValue(pool: PoolReader, value: IpIndex): bigint | null {
  const kind = pool.valueKind(value);
  if (kind === ValueKind.int) return pool.intBig(value);
  if (kind === ValueKind.enum_tag) return pool.intBig(pool.word(value, 1) as IpIndex);
  return kind === ValueKind.err ? BigInt(pool.word(value, 1)) : null;
}
