/**
 * Packed structs, unions and pointers to bits of AIR text: `packed struct(u8) { T, U }`, `packed union(u8) { T, U }`, `*align(4:3:4) T`.
 *
 * Owns their grammar (docs/air.md section 2). Whether fields fit, and bits lie in their host, is the verifier's business.
 */
import type { IpIndex } from '../../intern/keys.ts';
import type { BitRange } from '../../intern/packed.ts';
import { MAX_HOST_SIZE, packedType, packedUnionType } from '../../intern/packed.ts';
import { Token } from './lex.ts';
import type { Cursor } from './parse-cursor.ts';
import { accept, acceptWord, atWord, expect, expectWord, fail, kindAt, parseCount, rawText } from './parse-cursor.ts';
import { parseAlign, parseBraces } from './parse-sums.ts';
import { isValidAlign } from '../limits.ts';

/** Reads what follows `packed`. */
export function parsePacked(c: Cursor, parseType: (c: Cursor) => IpIndex): IpIndex {
  const isUnion = acceptWord(c, 'union');
  if (!isUnion) expectWord(c, 'struct');
  expect(c, Token.parenOpen, '"("');
  const start = c.at;
  const backing = parseType(c);
  if (!c.pool.isInt(backing)) {
    fail(c, 'air_expected', { what: 'an integer type', found: `"${rawText(c, start)}"` }, start);
  }
  expect(c, Token.parenClose, '")"');
  const fields = parseBraces(c, () => parseType(c));
  return isUnion ? packedUnionType(c.pool, backing, fields) : packedType(c.pool, backing, fields);
}

/** What the type of a pointer says of the place: an alignment, 0 = natural, and which bits of it. */
interface PointerPlace {
  readonly align: number;
  readonly bits: BitRange | null;
}

/** Reads `align(n)` or, where pointers to bits may stand, `align(n:bit:bytes)`; or nothing. */
export function parsePlace(c: Cursor, mayHaveBits: boolean): PointerPlace {
  if (!atWord(c, 'align')) return { align: 0, bits: null };
  if (!mayHaveBits || kindAt(c, c.at + 3) !== Token.colon) return { align: parseAlign(c), bits: null };
  c.at++;
  expect(c, Token.parenOpen, '"("');
  const token = c.at;
  const align = parseCount(c, 0xffff, 'an alignment');
  if (!isValidAlign(align))
    fail(c, 'air_number_range', { number: align, what: 'an alignment (a power of two)' }, token);
  accept(c, Token.colon);
  const bitOffset = parseCount(c, 0xffff, 'the number of a bit');
  expect(c, Token.colon, '":"');
  const hostSize = parseCount(c, MAX_HOST_SIZE, 'a number of bytes');
  expect(c, Token.parenClose, '")"');
  return { align, bits: { hostSize, bitOffset } };
}
