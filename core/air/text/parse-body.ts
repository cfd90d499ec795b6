/**
 * Function bodies of AIR text, straight into a body builder.
 *
 * Owns the grammar of instructions (docs/air.md section 5). The written `%n` are names only: the builder numbers anew, in
 * text order. Whether operands dominate their uses and have the right types is the verifier's business.
 */
import type { IpIndex } from '../../intern/keys.ts';
import { unreachable } from '../../support/assert.ts';
import type { Body, InstIndex, Ref } from '../body/body.ts';
import { instRef, REF_NONE, valueRef } from '../body/body.ts';
import type { SwitchCaseInput } from '../body/builder.ts';
import { BodyBuilder } from '../body/builder.ts';
import { Token } from './lex.ts';
import { MAX_NESTING } from '../limits.ts';
import type { AirTag, OpForm, TagOfForm } from '../schema/ops.ts';
import { AIR_OPS, AIR_TAG_NAMES } from '../schema/ops.ts';
import type { Cursor } from './parse-cursor.ts';
import {
  accept,
  acceptWord,
  expect,
  expectWord,
  fail,
  failExpected,
  kindAt,
  parseCount,
  parseNavRef,
  peek,
  rawText,
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

const OP_FORM: Readonly<Record<AirTag, { readonly form: OpForm }>> = AIR_OPS;

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
  if (OP_FORM[tag].form === 'other') fail(c, 'air_no_text_form', { name: tag });
  c.at++;
  const begin = (): InstIndex => {
    const inst = p.builder.length as InstIndex;
    p.lines[inst] = line;
    if (nameToken >= 0) {
      const number = localNumber(p, nameToken);
      if (p.locals.has(number)) {
        fail(c, 'air_duplicate_name', { name: tokenText(c, nameToken) }, nameToken);
      }
      p.locals.set(number, inst);
    }
    return inst;
  };
  parseRest(p, tag, begin);
}

/** Reads the operands of a `tag`; calls `begin` when it has them, just before it appends the instruction. */
function parseRest(p: BodyParser, tag: AirTag, begin: () => InstIndex): void {
  const { c, builder } = p;
  const { form } = OP_FORM[tag];
  switch (form) {
    case 'no_op':
      begin();
      builder.raw(tag, 0, 0);
      return;
    case 'un_op': {
      const operand = parseOperand(p);
      begin();
      builder.raw(tag, operand, 0);
      return;
    }
    case 'bin_op': {
      const lhs = parseOperand(p);
      const rhs = parseNextOperand(p);
      begin();
      builder.raw(tag, lhs, rhs);
      return;
    }
    case 'ty': {
      const ty = parseType(c);
      begin();
      builder.raw(tag, ty, 0);
      return;
    }
    case 'arg': {
      const ty = parseType(c);
      const param = parseCount(c, U32_MAX, 'the number of a parameter');
      begin();
      builder.raw(tag, ty, param);
      return;
    }
    case 'ty_op': {
      const ty = parseType(c);
      const operand = parseOperand(p);
      begin();
      builder.raw(tag, ty, operand);
      return;
    }
    case 'ty_pl_bin': {
      const ty = parseType(c);
      const lhs = parseOperand(p);
      const rhs = parseNextOperand(p);
      begin();
      builder.tyBin(tag as TagOfForm<'ty_pl_bin'>, ty, lhs, rhs);
      return;
    }
    case 'ty_pl_field': {
      const ty = parseType(c);
      const operand = parseOperand(p);
      expect(c, Token.comma, '","');
      const field = parseCount(c, U32_MAX, 'the number of a field');
      begin();
      builder.field(tag as TagOfForm<'ty_pl_field'>, ty, operand, field);
      return;
    }
    case 'ty_pl_elems': {
      const ty = parseType(c);
      expect(c, Token.braceOpen, '"{"');
      const elems = parseOperands(p, Token.braceClose);
      begin();
      builder.aggregate(ty, elems);
      return;
    }
    case 'ty_pl_body':
      parseOwner(p, tag as 'block' | 'loop', parseType(c), begin);
      return;
    case 'br': {
      const target = parseLocal(p);
      const operand = startsOperand(c) ? parseOperand(p) : REF_NONE;
      begin();
      builder.raw(tag, target, operand);
      return;
    }
    case 'repeat': {
      const target = parseLocal(p);
      begin();
      builder.raw(tag, target, 0);
      return;
    }
    case 'cond_br': {
      const cond = parseOperand(p);
      begin();
      builder.condBr(
        cond,
        () => {
          parseBody(p);
          expectWord(c, 'else');
        },
        () => {
          parseBody(p);
        },
      );
      return;
    }
    case 'switch_br':
      parseSwitch(p, tag as TagOfForm<'switch_br'>, begin);
      return;
    case 'call': {
      const callee = peek(c) === Token.nav ? parseCallee(p) : parseOperand(p);
      expect(c, Token.parenOpen, '"("');
      const args = parseOperands(p, Token.parenClose);
      begin();
      builder.call(callee, args, tag as TagOfForm<'call'>);
      return;
    }
    case 'pl_op_bin': {
      const a = parseOperand(p);
      const b = parseNextOperand(p);
      const addend = parseNextOperand(p);
      begin();
      builder.opBin(tag as TagOfForm<'pl_op_bin'>, a, b, addend);
      return;
    }
    case 'ty_nav': {
      const ty = parseType(c);
      const nav = parseNavRef(c);
      begin();
      builder.navPtr(ty, nav);
      return;
    }
    case 'dbg_stmt': {
      const line = parseCount(c, U32_MAX, 'a line');
      const column = parseCount(c, U32_MAX, 'a column');
      begin();
      builder.dbgStmt(line, column);
      return;
    }
    case 'other':
      return fail(c, 'air_no_text_form', { name: tag });
    default:
      unreachable(form, 'operand form');
  }
}

function parseNextOperand(p: BodyParser): Ref {
  expect(p.c, Token.comma, '","');
  return parseOperand(p);
}

function parseOperands(p: BodyParser, close: Token): Ref[] {
  const refs: Ref[] = [];
  while (!accept(p.c, close)) {
    if (refs.length > 0) expect(p.c, Token.comma, `"," or "${String.fromCharCode(close)}"`);
    refs.push(parseOperand(p));
  }
  return refs;
}

/** Whether an operand comes next, and not the next instruction or the end of the body. */
function startsOperand(c: Cursor): boolean {
  switch (peek(c)) {
    case Token.local:
      return kindAt(c, c.at + 1) !== Token.equals;
    case Token.star:
    case Token.bracketOpen:
      return true;
    case Token.word:
      return !TAGS.has(rawText(c, c.at));
    default:
      return false;
  }
}

function parseOwner(p: BodyParser, tag: 'block' | 'loop', ty: IpIndex, begin: () => InstIndex): void {
  begin();
  if (tag === 'block') {
    p.builder.block(ty, () => {
      parseBody(p);
    });
  } else {
    p.builder.loop(ty, () => {
      parseBody(p);
    });
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

function parseSwitch(p: BodyParser, tag: TagOfForm<'switch_br'>, begin: () => InstIndex): void {
  const { c } = p;
  const operand = parseOperand(p);
  begin();
  expect(c, Token.braceOpen, '"{"');
  p.builder.switchBr(
    operand,
    switchCases(p),
    () => {
      parseBody(p);
    },
    tag,
  );
  expect(c, Token.braceClose, '"}"');
}

/** The cases, each parsed when the builder asks for it; leaves the cursor after the word `else`. */
function* switchCases(p: BodyParser): Generator<SwitchCaseInput> {
  const { c } = p;
  while (!acceptWord(c, 'else')) {
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
