/**
 * Tokens of AIR text: parallel arrays of kind, start, end and line.
 *
 * Owns the lexical rules; knows no grammar. Linear, never fails: what is no token becomes one of kind `bad`, for the
 * parser to report where it meets it. Invariant: the last token is `eof`.
 */
import { U32Column, U8Column } from '../../support/column.ts';

/** Kinds of tokens; punctuation has its own character code. */
export const Token = {
  eof: 0,
  bad: 1,
  word: 2,
  /** Digits, or `0x` and hex digits. */
  integer: 3,
  /** Decimal with a fraction or an exponent. */
  decimal: 4,
  string: 5,
  /** `@name` or `@"name"`. */
  nav: 6,
  /** `%n`. */
  local: 7,
  /** `..` */
  range: 8,
  /** `.{` */
  dotBrace: 9,
  bang: 0x21,
  amp: 0x26,
  parenOpen: 0x28,
  parenClose: 0x29,
  star: 0x2a,
  plus: 0x2b,
  comma: 0x2c,
  minus: 0x2d,
  dot: 0x2e,
  colon: 0x3a,
  equals: 0x3d,
  question: 0x3f,
  bracketOpen: 0x5b,
  bracketClose: 0x5d,
  braceOpen: 0x7b,
  braceClose: 0x7d,
} as const;
export type Token = (typeof Token)[keyof typeof Token];

/** A `;!` comment: recipe of a case file, without meaning to AIR. */
export interface Note {
  /** From 1. */
  readonly line: number;
  /** What follows `;!`, without the white space around it. */
  readonly text: string;
}

/** The tokens of a text. */
export interface Tokens {
  readonly text: string;
  readonly count: number;
  readonly kinds: Uint8Array;
  /** Offsets in UTF-16 units. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** Line of each token, from 1. */
  readonly lines: Uint32Array;
  readonly notes: readonly Note[];
}

const WORD = 1;
const DIGIT = 2;
const NAV = 4;
const PUNCTUATION = 8;
const HEX = 16;

/** Classes of ASCII characters. */
const CLASS = new Uint8Array(128);
for (const char of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_') CLASS[char.charCodeAt(0)] = WORD | NAV;
for (const char of '0123456789') CLASS[char.charCodeAt(0)] = WORD | DIGIT | NAV | HEX;
for (const char of '.$') CLASS[char.charCodeAt(0)] = NAV;
for (const char of '!&()*+,-:=?[]{}') CLASS[char.charCodeAt(0)] = PUNCTUATION;
for (const char of 'abcdefABCDEF') CLASS[char.charCodeAt(0)]! |= HEX;

function classAt(text: string, at: number): number {
  // Past the end charCodeAt gives NaN, and the class is 0.
  return CLASS[text.charCodeAt(at)] ?? 0;
}

/** First offset from `at` on whose character is not of class `mask`. */
function skip(text: string, at: number, mask: number): number {
  let end = at;
  while ((classAt(text, end) & mask) !== 0) end++;
  return end;
}

/** Offset past the string that begins at `at`, or -1 if its line or the text ends before it does. */
function stringEnd(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === 0x22) return i + 1;
    if (char === 0x0a) return -1;
    if (char === 0x5c) i++;
  }
  return -1;
}

/** End of the number at `at`; `kind` says whether it is an integer. */
function numberEnd(text: string, at: number): { end: number; kind: Token } {
  if (text.charCodeAt(at) === 0x30 && (text.charCodeAt(at + 1) | 0x20) === 0x78) {
    const end = skip(text, at + 2, HEX);
    return { end, kind: end > at + 2 ? Token.integer : Token.bad };
  }
  let end = skip(text, at, DIGIT);
  let kind: Token = Token.integer;
  if (text.charCodeAt(end) === 0x2e && (classAt(text, end + 1) & DIGIT) !== 0) {
    end = skip(text, end + 1, DIGIT);
    kind = Token.decimal;
  }
  if ((text.charCodeAt(end) | 0x20) === 0x65) {
    const sign = text.charCodeAt(end + 1);
    const digits = sign === 0x2b || sign === 0x2d ? end + 2 : end + 1;
    if ((classAt(text, digits) & DIGIT) !== 0) {
      end = skip(text, digits, DIGIT);
      kind = Token.decimal;
    }
  }
  return { end, kind };
}

/** Cuts `text` into tokens. */
export function lex(text: string): Tokens {
  const kinds = new U8Column(256);
  const starts = new U32Column(256);
  const ends = new U32Column(256);
  const lines = new U32Column(256);
  const notes: Note[] = [];
  let line = 1;
  let at = 0;
  const add = (kind: Token, end: number): void => {
    kinds.push(kind);
    starts.push(at);
    ends.push(end);
    lines.push(line);
    at = end;
  };
  while (at < text.length) {
    const char = text.charCodeAt(at);
    const cls = CLASS[char] ?? 0;
    if (char === 0x20 || char === 0x09 || char === 0x0d) {
      at++;
    } else if (char === 0x0a) {
      at++;
      line++;
    } else if ((cls & DIGIT) !== 0) {
      const { end, kind } = numberEnd(text, at);
      // A word may not be glued to a number: `5u8` is a slip of the pen.
      if ((classAt(text, end) & WORD) !== 0) add(Token.bad, skip(text, end, WORD));
      else add(kind, end);
    } else if ((cls & WORD) !== 0) {
      add(Token.word, skip(text, at, WORD));
    } else if ((cls & PUNCTUATION) !== 0) {
      add(char as Token, at + 1);
    } else if (char === 0x25) {
      const end = skip(text, at + 1, DIGIT);
      add(end > at + 1 ? Token.local : Token.bad, end);
    } else if (char === 0x40) {
      if (text.charCodeAt(at + 1) === 0x22) {
        const end = stringEnd(text, at + 1);
        add(end < 0 ? Token.bad : Token.nav, end < 0 ? at + 2 : end);
      } else {
        const end = skip(text, at + 1, NAV);
        add(end > at + 1 ? Token.nav : Token.bad, end);
      }
    } else if (char === 0x22) {
      const end = stringEnd(text, at);
      add(end < 0 ? Token.bad : Token.string, end < 0 ? at + 1 : end);
    } else if (char === 0x2e) {
      const next = text.charCodeAt(at + 1);
      if (next === 0x2e) add(Token.range, at + 2);
      else if (next === 0x7b) add(Token.dotBrace, at + 2);
      else add(Token.dot, at + 1);
    } else if (char === 0x3b) {
      let end = text.indexOf('\n', at);
      if (end < 0) end = text.length;
      if (text.charCodeAt(at + 1) === 0x21) notes.push({ line, text: text.slice(at + 2, end).trim() });
      at = end;
    } else {
      add(Token.bad, at + 1);
    }
  }
  add(Token.eof, at);
  return {
    text,
    count: kinds.length,
    kinds: kinds.toArray(),
    starts: starts.toArray(),
    ends: ends.toArray(),
    lines: lines.toArray(),
    notes,
  };
}
