/**
 * Function bodies of AIR text, straight into a body builder.
 *
 * Owns the grammar of instructions (docs/air.md section 5). The written `%n` are names only: the builder numbers anew, in
 * text order. Whether operands dominate their uses and have the right types is the verifier's business.
 */
import { unreachable } from '../../support/assert.ts';
import type { Body } from '../body/body.ts';
import type { InstIndex, MaskItem, Ref } from '../body/ref.ts';
import { instRef, MAX_LANE, REF_NONE, valueRef } from '../body/ref.ts';
import type { SlotInput, SwitchCaseInput } from '../body/builder.ts';
import { BodyBuilder } from '../body/builder.ts';
import { Token } from './lex.ts';
import { MAX_NESTING } from '../limits.ts';
import type { FormLayout, LaidSlot } from '../schema/layout.ts';
import { LAYOUT_BY_NUMBER } from '../schema/layout.ts';
import type { AirTag } from '../schema/ops.ts';
import { AIR_TAG_NAMES, TAG } from '../schema/ops.ts';
import type { Cursor } from './parse-cursor.ts';
import {
  accept,
  acceptWord,
  atWord,
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
import { parseType, parseTypedValue } from './parse-terms.ts';

/** State of one body. */
interface BodyParser {
  readonly c: Cursor;
  readonly builder: BodyBuilder;
  /** Instruction by the number that the text gives it. */
  readonly locals: Map<number, InstIndex>;
  /** Line of each instruction. */
  readonly lines: number[];
  /** How many bodies are open. */
  depth: number;
}

const TAGS: ReadonlyMap<string, AirTag> = new Map(AIR_TAG_NAMES.map((name) => [name, name]));

const U32_MAX = 0xffff_ffff;

/** A parsed body and the line of each of its instructions. */
export interface ParsedBody {
  readonly body: Body;
  readonly lines: Uint32Array;
}

/** Reads `{ ... }`, the body of a function. */
export function parseFunctionBody(c: Cursor): ParsedBody {
  const p: BodyParser = { c, builder: new BodyBuilder(c.store), locals: new Map(), lines: [], depth: 0 };
  parseBody(p);
  return { body: p.builder.finish(), lines: Uint32Array.from(p.lines) };
}

function parseBody(p: BodyParser): void {
  const { c } = p;
  if (p.depth === MAX_NESTING) fail(c, 'air_nesting', { what: 'bodies', limit: MAX_NESTING });
  p.depth++;
  expect(c, Token.braceOpen, '"{"');
  while (!accept(c, Token.braceClose)) parseInst(p);
  p.depth--;
}

function localNumber(p: BodyParser, token: number): number {
  const number = Number(rawText(p.c, token).slice(1));
  if (number > 0x7fff_ffff) {
    fail(p.c, 'air_number_range', { number: tokenText(p.c, token), what: 'an instruction' }, token);
  }
  return number;
}

/** Instruction that the next token, `%n`, names. */
function parseLocal(p: BodyParser): InstIndex {
  const token = expect(p.c, Token.local, 'an instruction "%n"');
  const inst = p.locals.get(localNumber(p, token));
  if (inst === undefined) fail(p.c, 'air_unknown_name', { name: tokenText(p.c, token) }, token);
  return inst;
}

function parseOperand(p: BodyParser): Ref {
  return peek(p.c) === Token.local ? instRef(parseLocal(p)) : valueRef(parseTypedValue(p.c));
}

function parseInst(p: BodyParser): void {
  const { c } = p;
  const line = c.tokens.lines[c.at]!;
  let nameToken = -1;
  if (peek(c) === Token.local) {
    nameToken = c.at++;
    expect(c, Token.equals, '"="');
  }
  if (peek(c) !== Token.word) failExpected(c, 'an instruction or "}"');
  const tag = TAGS.get(rawText(c, c.at));
  if (tag === undefined) fail(c, 'air_unknown_instruction', { name: tokenText(c, c.at) });
  const layout = LAYOUT_BY_NUMBER[TAG[tag]]!;
  if (layout === null) fail(c, 'air_no_text_form', { name: tag });
  c.at++;
  const begin = (): void => {
    const inst = p.builder.length as InstIndex;
    p.lines[inst] = line;
    if (nameToken >= 0) {
      const number = localNumber(p, nameToken);
      if (p.locals.has(number)) {
        fail(c, 'air_duplicate_name', { name: tokenText(c, nameToken) }, nameToken);
      }
      p.locals.set(number, inst);
    }
  };
  parseRest(p, tag, layout, begin);
}

/**
 * Reads what the form of `tag` asks for and appends the instruction. `begin` is called just before that: bodies are read
 * when the builder calls for them, and may name their owner.
 */
function parseRest(p: BodyParser, tag: AirTag, { slots }: FormLayout, begin: () => void): void {
  const inputs = slots.map((slot, n) => parseSlot(p, slot, slots[n - 1]));
  begin();
  p.builder.put(tag, inputs);
  if (slots.some((slot) => slot.kind === 'cases')) expect(p.c, Token.braceClose, '"}"');
}

function parseSlot(p: BodyParser, slot: LaidSlot, before: LaidSlot | undefined): SlotInput {
  const { c } = p;
  if (slot.lead === ', ') expect(c, Token.comma, '","');
  switch (slot.kind) {
    case 'ref':
      return parseOperand(p);
    case 'callee':
      return peek(c) === Token.nav ? parseCallee(p) : parseOperand(p);
    case 'optional_ref':
      return startsOperand(c) ? parseOperand(p) : REF_NONE;
    case 'type':
      return parseType(c);
    case 'number':
      return parseCount(c, U32_MAX, slot.what!);
    case 'word':
      return parseWord(c, slot.words!);
    case 'nav':
      return parseNavRef(c);
    case 'target':
      return parseLocal(p);
    case 'refs':
      return parseList(c, slot.brackets!, () => parseOperand(p));
    case 'mask':
      return parseList(c, 'braces', () => parseMaskItem(c));
    case 'name':
      return stringBytes(c, expect(c, Token.string, 'a name in quotes'));
    case 'body':
      return () => {
        if (before?.kind === 'body' || before?.kind === 'cases') expectWord(c, 'else');
        parseBody(p);
      };
    case 'cases':
      return { [Symbol.iterator]: () => switchCases(p) };
    default:
      return unreachable(slot.kind, 'kind of slot');
  }
}

function parseWord(c: Cursor, words: readonly string[]): number {
  const index = peek(c) === Token.word ? words.indexOf(rawText(c, c.at)) : -1;
  if (index < 0) failExpected(c, `one of ${words.join(', ')}`);
  c.at++;
  return index;
}

/** A lane of a shuffle: `a0` of the first operand, `b0` of the second, `undef`, or a constant with its type. */
function parseMaskItem(c: Cursor): MaskItem {
  if (acceptWord(c, 'undef')) return { from: 'nothing' };
  const text = peek(c) === Token.word ? rawText(c, c.at) : '';
  if (!/^[ab][0-9]+$/.test(text)) return { from: 'value', value: parseTypedValue(c) };
  const lane = Number(text.slice(1));
  if (lane > MAX_LANE) fail(c, 'air_number_range', { number: tokenText(c, c.at), what: 'a lane' });
  c.at++;
  return { from: 'operand', operand: text.startsWith('a') ? 0 : 1, lane };
}

function parseList<T>(c: Cursor, brackets: 'braces' | 'parentheses', parseItem: () => T): T[] {
  const braces = brackets === 'braces';
  const close = braces ? Token.braceClose : Token.parenClose;
  expect(c, braces ? Token.braceOpen : Token.parenOpen, braces ? '"{"' : '"("');
  const items: T[] = [];
  while (!accept(c, close)) {
    if (items.length > 0) expect(c, Token.comma, `"," or "${String.fromCharCode(close)}"`);
    items.push(parseItem());
  }
  return items;
}

/** Whether an operand comes next, and not the next instruction or the end of the body. */
function startsOperand(c: Cursor): boolean {
  switch (peek(c)) {
    case Token.local:
      return kindAt(c, c.at + 1) !== Token.equals;
    case Token.star:
    case Token.bracketOpen:
    case Token.question:
      return true;
    case Token.word:
      return !TAGS.has(rawText(c, c.at));
    default:
      return false;
  }
}

/** `@f` as callee: the constant address of function f. */
function parseCallee(p: BodyParser): Ref {
  const { c } = p;
  const token = c.at;
  const nav = parseNavRef(c);
  const ty = c.fnTypes[nav];
  if (ty === undefined) {
    fail(c, 'air_expected', { what: 'the name of a function', found: `"${tokenText(c, token)}"` }, token);
  }
  return valueRef(c.pool.ptrNav(c.pool.ptrType(ty, { isConst: true }), nav));
}

/** The cases, each parsed when the builder asks for it; leaves the cursor at the word `else`. */
function* switchCases(p: BodyParser): Generator<SwitchCaseInput> {
  const { c } = p;
  expect(c, Token.braceOpen, '"{"');
  while (!atWord(c, 'else')) {
    if (!acceptWord(c, 'case')) failExpected(c, '"case" or "else"');
    const items: Ref[] = [];
    const ranges: [Ref, Ref][] = [];
    while (peek(c) !== Token.braceOpen) {
      if (items.length + ranges.length > 0) expect(c, Token.comma, '"," or "{"');
      const item = parseOperand(p);
      if (accept(c, Token.range)) ranges.push([item, parseOperand(p)]);
      else items.push(item);
    }
    yield {
      items,
      ranges,
      body: () => {
        parseBody(p);
      },
    };
  }
}
