/**
 * Types and values of AIR text, straight into the intern pool.
 *
 * Owns the grammar of docs/air.md sections 2 and 4. A value is read against its type, so a number that does not fit is
 * refused here: the pool would wrap it. Whether a type or value makes sense is the verifier's business.
 */
import { bytesValue } from '../../intern/byte-values.ts';
import { assert } from '../../support/assert.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { elemCount, elemType } from '../../intern/elements.ts';
import type { FloatFormat } from '../../intern/float-formats.ts';
import { FLOAT_FORMATS, infinityBits, isFloatPattern, isNanPattern } from '../../intern/float-formats.ts';
import { IP } from '../../intern/keys.ts';
import { bitPtrType, isPackedUnion } from '../../intern/packed.ts';
import { anyErrorType, errorUnionType, optType } from '../../intern/sums.ts';
import { CallConv, SimpleType, StructLayout, TypeKind } from '../../intern/type-kinds.ts';
import { vectorType } from '../../intern/vectors.ts';
import { readFloat } from './float-text.ts';
import { Token } from './lex.ts';
import type { Cursor } from './parse-cursor.ts';
import {
  accept,
  acceptWord,
  atWord,
  enter,
  expect,
  expectWord,
  fail,
  failExpected,
  kindAt,
  parseCount,
  parseNavRef,
  peek,
  rawText,
  stringBytes,
  tokenText,
} from './parse-cursor.ts';
import { parsePacked, parsePlace } from './parse-packed.ts';
import { parseAlign, parseBraces, parseEnum, parseErrorSet, parseField, parseSum, parseUnion } from './parse-sums.ts';
import { printType } from './print-terms.ts';

/** Longest number that is read; the exact decimal form of an f64 is shorter. A wide integer may have a digit per bit. */
const MAX_NUMBER_LENGTH = 1200;

const SIMPLE_TYPES = new Map<string, IpIndex>([
  ['void', IP.void_type],
  ['noreturn', IP.noreturn_type],
  ['bool', IP.bool_type],
  ['usize', IP.usize_type],
  ['isize', IP.isize_type],
]);

/** Float types by name. */
const FLOAT_TYPES = new Map(Object.values(FLOAT_FORMATS).map(({ bits }) => [`f${bits}`, bits]));

// --- types ---

/** Reads a type. */
export function parseType(c: Cursor): IpIndex {
  enter(c);
  let ty = typeAt(c);
  if (c.pool.typeKind(ty) === TypeKind.error_set && accept(c, Token.bang)) {
    ty = errorUnionType(c.pool, ty, parseType(c));
  }
  c.depth--;
  return ty;
}

function typeAt(c: Cursor): IpIndex {
  const kind = peek(c);
  if (kind === Token.word) return wordType(c);
  if (kind === Token.star) {
    c.at++;
    return pointerTo(c, 'one');
  }
  if (kind === Token.question) {
    c.at++;
    return optType(c.pool, parseType(c));
  }
  if (kind !== Token.bracketOpen) failExpected(c, 'a type');
  c.at++;
  if (accept(c, Token.bracketClose)) return pointerTo(c, 'slice');
  if (accept(c, Token.star)) {
    expect(c, Token.bracketClose, '"]"');
    return pointerTo(c, 'many');
  }
  const len = parseCount(c, 0xffff_ffff, 'an array length');
  if (accept(c, Token.bracketClose)) return c.pool.arrayType(parseType(c), len);
  expect(c, Token.colon, '"]" or ":"');
  return sentinelArray(c, len);
}

/** The sentinel stands before the type that it is read against: the type is read first. */
function sentinelArray(c: Cursor, len: number): IpIndex {
  const sentinelStart = c.at;
  skipToBracket(c);
  c.at++;
  const child = parseType(c);
  const after = c.at;
  c.at = sentinelStart;
  const sentinel = parseValue(c, child);
  expect(c, Token.bracketClose, '"]"');
  c.at = after;
  return c.pool.arrayType(child, len, sentinel);
}

/** Moves to the "]" that closes the bracket in which the next token stands. */
function skipToBracket(c: Cursor): void {
  for (let open = 0; ; c.at++) {
    const kind = peek(c);
    if (kind === Token.bracketOpen) open++;
    else if (kind === Token.eof || kind === Token.bad) failExpected(c, '"]"');
    else if (kind === Token.bracketClose && open-- === 0) return;
  }
}

function wordType(c: Cursor): IpIndex {
  const token = c.at++;
  const word = rawText(c, token);
  const simple = SIMPLE_TYPES.get(word);
  if (simple !== undefined) return simple;
  const float = FLOAT_TYPES.get(word);
  if (float !== undefined) return c.pool.floatType(float);
  if (/^[ui][1-9][0-9]{0,4}$/.test(word)) {
    const bits = Number(word.slice(1));
    if (bits > 65535) fail(c, 'air_number_range', { number: bits, what: 'the width of an integer type' }, token);
    return c.pool.intType(word.startsWith('i'), bits);
  }
  switch (word) {
    case 'struct':
      return structType(c, StructLayout.auto);
    case 'tuple':
      return structType(c, StructLayout.tuple);
    case 'extern':
      if (acceptWord(c, 'union')) return parseUnion(c, StructLayout.extern, parseType);
      expectWord(c, 'struct');
      return structType(c, StructLayout.extern);
    case 'packed':
      return parsePacked(c, parseType);
    case 'vector':
      return vectorOf(c);
    case 'union':
      return parseUnion(c, StructLayout.auto, parseType);
    case 'enum':
      return parseEnum(c, parseType);
    case 'error':
      return parseErrorSet(c);
    case 'anyerror':
      return anyErrorType(c.pool);
    case 'fn':
      return parseSignature(c);
    default:
      return failExpected(c, 'a type', token);
  }
}

function pointerTo(c: Cursor, what: 'one' | 'many' | 'slice'): IpIndex {
  const { align, bits } = parsePlace(c, what === 'one');
  const isConst = acceptWord(c, 'const');
  const child = parseType(c);
  if (bits !== null) return bitPtrType(c.pool, child, bits, isConst, align);
  if (what === 'slice') return c.pool.sliceType(child, { isConst, align });
  return c.pool.ptrType(child, { size: what === 'many' ? 1 : 0, isConst, align });
}

function structType(c: Cursor, layout: StructLayout): IpIndex {
  const fields = parseBraces(c, () => parseField(c, parseType));
  return c.pool.structType(layout, fields);
}

/** Reads what follows `vector`: `(n) T`. */
function vectorOf(c: Cursor): IpIndex {
  expect(c, Token.parenOpen, '"("');
  const count = parseCount(c, 0xffff, 'a number of lanes');
  expect(c, Token.parenClose, '")"');
  return vectorType(c.pool, parseType(c), count);
}

/** Reads `(T, U) R` or `(T, U) callconv(c) R`, a function type without its first word. */
export function parseSignature(c: Cursor): IpIndex {
  expect(c, Token.parenOpen, '"("');
  const params: IpIndex[] = [];
  while (peek(c) !== Token.parenClose) {
    if (params.length > 0) expect(c, Token.comma, '"," or ")"');
    params.push(parseType(c));
  }
  c.at++;
  const conv = acceptWord(c, 'callconv') ? parseCallConv(c) : CallConv.auto;
  return c.pool.fnType(params, parseType(c), conv);
}

function parseCallConv(c: Cursor): CallConv {
  expect(c, Token.parenOpen, '"("');
  expectWord(c, 'c');
  expect(c, Token.parenClose, '")"');
  return CallConv.c;
}

// --- values ---

/** Reads a value of type `ty`. */
export function parseValue(c: Cursor, ty: IpIndex): IpIndex {
  enter(c);
  const value = acceptWord(c, 'undef') ? c.pool.undef(ty) : valueAt(c, ty);
  c.depth--;
  return value;
}

function valueAt(c: Cursor, ty: IpIndex): IpIndex {
  const { pool } = c;
  switch (pool.typeKind(ty)) {
    case TypeKind.int:
      return intValue(c, ty);
    case TypeKind.float:
      return floatValue(c, ty);
    case TypeKind.simple:
      return simpleValue(c, ty);
    case TypeKind.ptr:
      return pointerValue(c, ty);
    case TypeKind.slice:
      return sliceValue(c, ty);
    case TypeKind.array:
      return peek(c) === Token.string ? stringValue(c, ty) : elements(c, ty, true);
    case TypeKind.struct:
      return elements(c, ty, false);
    case TypeKind.packed:
      return isPackedUnion(pool, ty) ? parseSum(c, ty, { parseValue, failValue }) : elements(c, ty, false);
    case TypeKind.vector:
      return elements(c, ty, true);
    case TypeKind.opt:
    case TypeKind.error_set:
    case TypeKind.error_union:
    case TypeKind.enum:
    case TypeKind.union:
      return parseSum(c, ty, { parseValue, failValue });
    case TypeKind.fn:
      return failValue(c, ty);
  }
}

function simpleValue(c: Cursor, ty: IpIndex): IpIndex {
  switch (c.pool.simpleType(ty)) {
    case SimpleType.usize:
    case SimpleType.isize:
      return intValue(c, ty);
    case SimpleType.bool:
      if (acceptWord(c, 'true')) return IP.bool_true;
      return acceptWord(c, 'false') ? IP.bool_false : failValue(c, ty);
    case SimpleType.void:
      if (peek(c) !== Token.braceOpen) failValue(c, ty);
      c.at++;
      expect(c, Token.braceClose, '"}"');
      return IP.void_value;
    case SimpleType.noreturn:
      return failValue(c, ty);
  }
}

function failValue(c: Cursor, ty: IpIndex): never {
  return failExpected(c, `a value of type ${typeName(c, ty)}`);
}

function typeName(c: Cursor, ty: IpIndex): string {
  const text = printType(c.pool, ty);
  return text.length <= 60 ? text : `${text.slice(0, 60)}...`;
}

function numberToken(c: Cursor, kind: Token, ty: IpIndex, maxLength: number): number {
  if (peek(c) !== kind) failValue(c, ty);
  const token = c.at++;
  if (c.tokens.ends[token]! - c.tokens.starts[token]! > maxLength) {
    fail(c, 'air_number_range', { number: tokenText(c, token), what: typeName(c, ty) }, token);
  }
  return token;
}

function intValue(c: Cursor, ty: IpIndex): IpIndex {
  const { pool } = c;
  const first = c.at;
  const negative = accept(c, Token.minus);
  const bits = pool.intBits(ty);
  const token = numberToken(c, Token.integer, ty, Math.max(MAX_NUMBER_LENGTH, bits));
  const signed = pool.intSigned(ty);
  const text = rawText(c, token);
  let magnitude = Number(text);
  if (bits <= 53 || (bits <= 64 && magnitude <= Number.MAX_SAFE_INTEGER)) {
    if (negative) magnitude = -magnitude;
    const half = 2 ** (bits - 1);
    if (signed ? magnitude >= -half && magnitude < half : magnitude >= 0 && magnitude < 2 * half) {
      return pool.intWords(ty, magnitude >>> 0, Math.floor(magnitude / 0x1_0000_0000) >>> 0);
    }
  } else {
    const exact = negative ? -BigInt(text) : BigInt(text);
    if (exact === (signed ? BigInt.asIntN(bits, exact) : BigInt.asUintN(bits, exact))) return pool.int(ty, exact);
  }
  return fail(
    c,
    'air_number_range',
    { number: (negative ? '-' : '') + tokenText(c, token), what: typeName(c, ty) },
    first,
  );
}

function floatValue(c: Cursor, ty: IpIndex): IpIndex {
  const { pool } = c;
  const bits = pool.floatBits(ty);
  const negative = accept(c, Token.minus);
  if (acceptWord(c, 'inf')) return pool.float(ty, infinityBits(FLOAT_FORMATS[bits], negative));
  if (!negative && acceptWord(c, 'nan')) return nanValue(c, ty, FLOAT_FORMATS[bits]);
  const token = numberToken(c, Token.decimal, ty, MAX_NUMBER_LENGTH);
  const pattern = readFloat(bits, rawText(c, token), negative);
  if (pattern !== null) return pool.float(ty, pattern);
  return fail(c, 'air_number_range', { number: tokenText(c, token), what: typeName(c, ty) }, token);
}

function nanValue(c: Cursor, ty: IpIndex, format: FloatFormat): IpIndex {
  expect(c, Token.parenOpen, '"("');
  const token = expect(c, Token.integer, 'the bits of a NaN');
  const text = rawText(c, token);
  const digits = format.bits / 4;
  if (!/^0x/i.test(text) || text.length !== 2 + digits) {
    fail(c, 'air_expected', { what: `0x and ${digits} digits`, found: `"${tokenText(c, token)}"` }, token);
  }
  const pattern = BigInt(text);
  if (!isNanPattern(format, pattern) || !isFloatPattern(format, pattern)) {
    fail(c, 'air_number_range', { number: text, what: 'the bits of a NaN' }, token);
  }
  expect(c, Token.parenClose, '")"');
  return c.pool.float(ty, pattern);
}

function stringValue(c: Cursor, ty: IpIndex): IpIndex {
  if (c.pool.childType(ty) !== IP.u8_type) failValue(c, ty);
  const token = c.at++;
  const bytes = stringBytes(c, token);
  const len = c.pool.arrayLen(ty);
  if (bytes.length !== len) {
    fail(c, 'air_element_count', { type: typeName(c, ty), need: len, found: bytes.length }, token);
  }
  return bytesValue(c.pool, ty, bytes);
}

/** Reads `.{ ... }` of a struct or array type. */
function elements(c: Cursor, ty: IpIndex, isArray: boolean): IpIndex {
  const { pool } = c;
  const count = elemCount(pool, ty);
  const start = c.at;
  if (!accept(c, Token.dotBrace)) failValue(c, ty);
  const elems: IpIndex[] = [];
  while (peek(c) !== Token.braceClose) {
    if (elems.length > 0) expect(c, Token.comma, '"," or "}"');
    if (elems.length === count && !isArray) break;
    elems.push(parseValue(c, elemType(pool, ty, elems.length)));
    if (isArray && elems.length === 1 && peek(c) === Token.star && kindAt(c, c.at + 1) === Token.star) {
      c.at += 2;
      expect(c, Token.braceClose, '"}"');
      return pool.repeated(ty, elems[0]!);
    }
  }
  if (elems.length !== count || !accept(c, Token.braceClose)) {
    const found = elems.length === count ? `more than ${count}` : elems.length;
    fail(c, 'air_element_count', { type: typeName(c, ty), need: count, found }, start);
  }
  return pool.aggregate(ty, elems);
}

function pointerValue(c: Cursor, ty: IpIndex): IpIndex {
  if (acceptWord(c, 'ptr')) {
    expect(c, Token.parenOpen, '"("');
    const address = parseCount(c, 0xffff_ffff, 'an address');
    expect(c, Token.parenClose, '")"');
    return c.pool.ptrInt(ty, address);
  }
  if (!accept(c, Token.amp)) failValue(c, ty);
  if (peek(c) === Token.nav) {
    const nav = parseNavRef(c);
    return c.pool.ptrNav(ty, nav, parseOffset(c));
  }
  if (!accept(c, Token.parenOpen)) failExpected(c, 'a name or "("');
  const target = parseTypedValue(c);
  expect(c, Token.parenClose, '")"');
  const align = atWord(c, 'align') ? parseAlign(c) : 0;
  return c.pool.ptrUav(ty, target, align, parseOffset(c));
}

function parseOffset(c: Cursor): number {
  if (accept(c, Token.plus)) return parseCount(c, 0x7fff_ffff, 'an offset');
  if (accept(c, Token.minus)) return -parseCount(c, 0x8000_0000, 'an offset');
  return 0;
}

function sliceValue(c: Cursor, ty: IpIndex): IpIndex {
  if (!acceptWord(c, 'slice')) failValue(c, ty);
  expect(c, Token.parenOpen, '"("');
  const start = c.at;
  const ptrTy = parseType(c);
  if (!c.pool.isPtr(ptrTy)) {
    fail(c, 'air_expected', { what: 'the type of a pointer', found: `"${typeName(c, ptrTy)}"` }, start);
  }
  const ptr = parseValue(c, ptrTy);
  expect(c, Token.comma, '","');
  const len = parseValue(c, IP.usize_type);
  expect(c, Token.parenClose, '")"');
  return c.pool.slice(ty, ptr, len);
}

/** Reads `type value`: a constant as it stands in an operand. */
export function parseTypedValue(c: Cursor): IpIndex {
  const ty = parseType(c);
  const value = parseValue(c, ty);
  assert(!c.pool.isType(value), 'a value was read as a type');
  return value;
}
