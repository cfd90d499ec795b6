/**
 * Reading position over tokens, and how a syntax error leaves the grammar functions.
 *
 * Owns error places and the wording of "found". Knows neither types nor instructions. A grammar function that meets bad
 * text throws a {@link ParseFailure}, which parse.ts turns into a diagnostic; it never leaves core/air.
 */
import type { MessageArgs, MessageCode } from '../../diagnostics/catalogue.ts';
import type { InternPool } from '../../intern/intern-pool.ts';
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import type { BodyStore } from '../body/body-store.ts';
import type { Tokens } from './lex.ts';
import { Token } from './lex.ts';
import { MAX_NESTING } from '../limits.ts';

/** State of one parse. */
export interface Cursor {
  readonly tokens: Tokens;
  /** Index of the next token. */
  at: number;
  readonly pool: InternPool;
  /** Where bodies are made; null: in memory of this thread. */
  readonly store: BodyStore | null;
  /** Every name that the file declares. */
  readonly navs: ReadonlyMap<string, NavIndex>;
  /** Type of each function, as far as known. */
  readonly fnTypes: (IpIndex | undefined)[];
  /** How many types and values are open around the next token. */
  depth: number;
}

/** A syntax error on its way to the diagnostics. */
export class ParseFailure extends Error {
  override readonly name = 'ParseFailure';
  readonly report: (error: <Code extends MessageCode>(code: Code, args: MessageArgs<Code>) => void) => void;
  /** Token that the error is about. */
  readonly token: number;

  constructor(report: ParseFailure['report'], token: number) {
    super('syntax error');
    this.report = report;
    this.token = token;
  }
}

/** Gives up the declaration at hand. */
export function fail<Code extends MessageCode>(
  c: Cursor,
  code: Code,
  args: MessageArgs<Code>,
  token: number = c.at,
): never {
  throw new ParseFailure((error) => {
    error(code, args);
  }, token);
}

/** Gives up because something else than `what` comes next. */
export function failExpected(c: Cursor, what: string, token: number = c.at): never {
  if (kindAt(c, token) === Token.bad) fail(c, 'air_bad_token', { text: tokenText(c, token) }, token);
  const found = kindAt(c, token) === Token.eof ? 'the end of the text' : `"${tokenText(c, token)}"`;
  fail(c, 'air_expected', { what, found }, token);
}

/** Kind of token `token`. */
export function kindAt(c: Cursor, token: number): Token {
  return (c.tokens.kinds[token] ?? Token.eof) as Token;
}

/** Kind of the next token. */
export function peek(c: Cursor): Token {
  return c.tokens.kinds[c.at]! as Token;
}

/** Text of token `token`, cut to a length fit for a message. */
export function tokenText(c: Cursor, token: number): string {
  const text = rawText(c, token);
  return text.length <= 40 ? text : `${text.slice(0, 40)}...`;
}

/** Whole text of token `token`. */
export function rawText(c: Cursor, token: number): string {
  return c.tokens.text.slice(c.tokens.starts[token], c.tokens.ends[token]);
}

/** Whether the next token is the word `word`. */
export function atWord(c: Cursor, word: string): boolean {
  if (peek(c) !== Token.word) return false;
  const start = c.tokens.starts[c.at]!;
  return c.tokens.ends[c.at]! - start === word.length && c.tokens.text.startsWith(word, start);
}

/** Takes the next token if it is of kind `kind`. */
export function accept(c: Cursor, kind: Token): boolean {
  if (peek(c) !== kind) return false;
  c.at++;
  return true;
}

/** Takes the next token if it is the word `word`. */
export function acceptWord(c: Cursor, word: string): boolean {
  if (!atWord(c, word)) return false;
  c.at++;
  return true;
}

/** Takes the next token, which must be of kind `kind`; `what` names it. Returns its index. */
export function expect(c: Cursor, kind: Token, what: string): number {
  if (peek(c) !== kind) failExpected(c, what);
  return c.at++;
}

/** Takes the next token, which must be the word `word`. */
export function expectWord(c: Cursor, word: string): void {
  if (!acceptWord(c, word)) failExpected(c, `"${word}"`);
}

/** Reads a number from 0 to `max`; `what` names it in messages. */
export function parseCount(c: Cursor, max: number, what: string): number {
  const token = expect(c, Token.integer, what);
  const value = Number(rawText(c, token));
  if (!(value <= max)) fail(c, 'air_number_range', { number: tokenText(c, token), what }, token);
  return value;
}

/** Bytes of the string whose opening quote is at `offset` and whose last character is before `end`. */
function unescape(c: Cursor, token: number, offset: number): Uint8Array {
  const { text, ends } = c.tokens;
  const end = ends[token]! - 1;
  const inner = text.slice(offset + 1, end);
  if (!inner.includes('\\')) return new TextEncoder().encode(inner);
  const pieces: number[] = [];
  const encoder = new TextEncoder();
  for (let i = 0; i < inner.length;) {
    if (inner.charCodeAt(i) !== 0x5c) {
      let stop = inner.indexOf('\\', i);
      if (stop < 0) stop = inner.length;
      for (const byte of encoder.encode(inner.slice(i, stop))) pieces.push(byte);
      i = stop;
      continue;
    }
    const escape = inner[i + 1] ?? '';
    const simple = { n: 0x0a, t: 0x09, '\\': 0x5c, '"': 0x22 }[escape];
    const hex = inner.slice(i + 2, i + 4);
    if (simple !== undefined) {
      pieces.push(simple);
      i += 2;
    } else if (escape === 'x' && /^[0-9a-fA-F]{2}$/.test(hex)) {
      pieces.push(parseInt(hex, 16));
      i += 4;
    } else {
      fail(c, 'air_bad_escape', { text: inner.slice(i, i + 2) }, token);
    }
  }
  return Uint8Array.from(pieces);
}

/** Bytes of string token `token`. */
export function stringBytes(c: Cursor, token: number): Uint8Array {
  return unescape(c, token, c.tokens.starts[token]!);
}

function decodeName(c: Cursor, bytes: Uint8Array, token: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail(c, 'air_bad_name', { text: tokenText(c, token) }, token);
  }
}

/** Reads a string that is a name; `what` names it in messages. */
export function parseString(c: Cursor, what: string): string {
  const token = expect(c, Token.string, what);
  return decodeName(c, stringBytes(c, token), token);
}

/** Reads the name of an error or of a field: a word, or a string; `what` names it in messages. */
export function parseName(c: Cursor, what: string): string {
  if (peek(c) === Token.string) return parseString(c, what);
  return rawText(c, expect(c, Token.word, what));
}

/** Name that nav token `token` spells. */
export function navNameAt(c: Cursor, token: number): string {
  const start = c.tokens.starts[token]!;
  if (c.tokens.text.charCodeAt(start + 1) !== 0x22) return c.tokens.text.slice(start + 1, c.tokens.ends[token]);
  return decodeName(c, unescape(c, token, start + 1), token);
}

/** Reads a reference to a nav of the file. */
export function parseNavRef(c: Cursor): NavIndex {
  const token = expect(c, Token.nav, 'a name with "@"');
  const nav = c.navs.get(navNameAt(c, token));
  if (nav === undefined) fail(c, 'air_unknown_name', { name: tokenText(c, token) }, token);
  return nav;
}

/** Opens one more level of types and values; the caller ends it with `c.depth--`. */
export function enter(c: Cursor): void {
  if (c.depth === MAX_NESTING) fail(c, 'air_nesting', { what: 'types and values', limit: MAX_NESTING });
  c.depth++;
}
