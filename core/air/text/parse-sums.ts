/**
 * Optionals, errors, enums and unions of AIR text, and the parts that their types share with structs.
 *
 * Owns the grammar of docs/air.md sections 2 and 4 as far as it speaks of these. What a payload, field or value is made of is
 * read by the parsers that are passed in, so that this file does not depend on them. Whether a type or value makes sense is
 * the verifier's business.
 */
import type { IpIndex } from '../../intern/keys.ts';
import {
  enumFieldCount,
  enumFieldName,
  enumFieldValue,
  enumTag,
  enumType,
  enumValue,
  errorCode,
  errorSetType,
  errorValue,
  nameText,
  nullValue,
  payloadType,
  payloadValue,
  unionType,
  unionValue,
} from '../../intern/sums.ts';
import type { EnumField } from '../../intern/sums.ts';
import type { FieldType, StructLayout } from '../../intern/type-kinds.ts';
import { TypeKind } from '../../intern/type-kinds.ts';
import { isValidAlign, MAX_ALIGN } from '../limits.ts';
import { Token } from './lex.ts';
import type { Cursor } from './parse-cursor.ts';
import {
  accept,
  acceptWord,
  atWord,
  expect,
  expectWord,
  fail,
  failExpected,
  parseCount,
  parseName,
  peek,
  rawText,
} from './parse-cursor.ts';

type ParseType = (c: Cursor) => IpIndex;

/** The parsers of parse-terms.ts that values need. */
export interface ValueParsers {
  readonly parseValue: (c: Cursor, ty: IpIndex) => IpIndex;
  readonly failValue: (c: Cursor, ty: IpIndex) => never;
}

/** Reads `align(n)`. */
export function parseAlign(c: Cursor): number {
  expectWord(c, 'align');
  expect(c, Token.parenOpen, '"("');
  const token = c.at;
  const align = parseCount(c, MAX_ALIGN, 'an alignment');
  if (!isValidAlign(align)) {
    fail(c, 'air_number_range', { number: align, what: `an alignment (a power of two up to ${MAX_ALIGN})` }, token);
  }
  expect(c, Token.parenClose, '")"');
  return align;
}

/** Reads `T` or `T align(n)`. */
export function parseField(c: Cursor, parseType: ParseType): FieldType {
  const ty = parseType(c);
  return { ty, align: atWord(c, 'align') ? parseAlign(c) : 0 };
}

/** Reads `{ item, item }`. */
export function parseBraces<T>(c: Cursor, item: () => T): T[] {
  expect(c, Token.braceOpen, '"{"');
  const items: T[] = [];
  while (peek(c) !== Token.braceClose) {
    if (items.length > 0) expect(c, Token.comma, '"," or "}"');
    items.push(item());
  }
  c.at++;
  return items;
}

/** Reads what follows `errors`: the names of the unit's errors, in the order of their codes. */
export function parseErrorNames(c: Cursor): void {
  do errorCode(c.pool, parseName(c, 'the name of an error'));
  while (accept(c, Token.comma));
}

/** Reads what follows `error` in a type. */
export function parseErrorSet(c: Cursor): IpIndex {
  return errorSetType(
    c.pool,
    parseBraces(c, () => errorCode(c.pool, parseName(c, 'the name of an error'))),
  );
}

/** Reads what follows `enum`. */
export function parseEnum(c: Cursor, parseType: ParseType): IpIndex {
  expect(c, Token.parenOpen, '"("');
  const start = c.at;
  const tag = parseType(c);
  if (!c.pool.isInt(tag)) {
    fail(c, 'air_expected', { what: 'an integer type', found: `"${rawText(c, start)}"` }, start);
  }
  expect(c, Token.parenClose, '")"');
  let isOpen = false;
  const fields: EnumField[] = [];
  parseBraces(c, () => {
    if (isOpen) failExpected(c, '"}"');
    if (acceptWord(c, '_')) {
      isOpen = true;
      return;
    }
    const name = parseName(c, 'the name of a value');
    expect(c, Token.equals, '"="');
    fields.push({ name, value: parseInteger(c, tag) });
  });
  return enumType(c.pool, tag, fields, isOpen);
}

/** An integer that type `ty` has. */
function parseInteger(c: Cursor, ty: IpIndex): bigint {
  const start = c.at;
  const negative = accept(c, Token.minus);
  const text = rawText(c, expect(c, Token.integer, 'a number'));
  const bits = c.pool.intBits(ty);
  const value = text.length > bits + 2 ? null : negative ? -BigInt(text) : BigInt(text);
  if (value === null || value !== (c.pool.intSigned(ty) ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value))) {
    fail(c, 'air_number_range', { number: text.slice(0, 40), what: 'the type of the enum' }, start);
  }
  return value;
}

/** Reads what follows `union`: the tag, if it has one, and the types of the fields. */
export function parseUnion(c: Cursor, layout: StructLayout, parseType: ParseType): IpIndex {
  let tag: IpIndex | null = null;
  if (accept(c, Token.parenOpen)) {
    tag = parseType(c);
    expect(c, Token.parenClose, '")"');
  }
  return unionType(
    c.pool,
    layout,
    tag,
    parseBraces(c, () => parseField(c, parseType)),
  );
}

/** Reads a value of an optional, error set, error union, enum or union type, a packed union too. */
export function parseSum(c: Cursor, ty: IpIndex, parsers: ValueParsers): IpIndex {
  const { pool } = c;
  const kind = pool.typeKind(ty);
  if (kind === TypeKind.enum) return parseEnumValue(c, ty, parsers);
  if (kind === TypeKind.union || kind === TypeKind.packed) return parseUnionValue(c, ty, parsers);
  if (kind === TypeKind.opt && acceptWord(c, 'null')) return nullValue(pool, ty);
  if (kind !== TypeKind.opt && acceptWord(c, 'error')) {
    expect(c, Token.dot, '"."');
    return errorValue(pool, ty, errorCode(pool, parseName(c, 'the name of an error')));
  }
  if (kind === TypeKind.error_set || !acceptWord(c, 'payload')) return parsers.failValue(c, ty);
  expect(c, Token.parenOpen, '"("');
  const payload = parsers.parseValue(c, payloadType(pool, ty));
  expect(c, Token.parenClose, '")"');
  return payloadValue(pool, ty, payload);
}

/** `.name`, or `enum(n)` for a value without a name. */
function parseEnumValue(c: Cursor, ty: IpIndex, parsers: ValueParsers): IpIndex {
  const { pool } = c;
  if (acceptWord(c, 'enum')) {
    expect(c, Token.parenOpen, '"("');
    const value = parseInteger(c, enumTag(pool, ty));
    expect(c, Token.parenClose, '")"');
    return enumValue(pool, ty, value);
  }
  if (!accept(c, Token.dot)) return parsers.failValue(c, ty);
  const start = c.at;
  const name = parseName(c, 'the name of a value');
  for (let n = 0; n < enumFieldCount(pool, ty); n++) {
    if (nameText(pool, enumFieldName(pool, ty, n)) === name) {
      return enumValue(pool, ty, pool.intBig(enumFieldValue(pool, ty, n)));
    }
  }
  return fail(c, 'air_unknown_name', { name: rawText(c, start).slice(0, 40) }, start);
}

/** `field(n, value)`. */
function parseUnionValue(c: Cursor, ty: IpIndex, parsers: ValueParsers): IpIndex {
  const { pool } = c;
  if (!acceptWord(c, 'field')) return parsers.failValue(c, ty);
  expect(c, Token.parenOpen, '"("');
  const start = c.at;
  const field = parseCount(c, 0xffff_ffff, 'the number of a field');
  if (field >= pool.fieldCount(ty)) {
    fail(c, 'air_number_range', { number: field, what: 'the fields of the union' }, start);
  }
  expect(c, Token.comma, '","');
  const payload = parsers.parseValue(c, pool.fieldType(ty, field));
  expect(c, Token.parenClose, '")"');
  return unionValue(pool, ty, field, payload);
}
