/**
 * Every operand form, pinned: its text, its words, its operands. The walkers follow from the same data, so a mistake in it
 * would be made by all of them alike; these rows are written by hand.
 */
import { describe, expect, test } from '@jest/globals';
import type { Body } from '../../../../core/air/body/body.ts';
import type { SlotInput } from '../../../../core/air/body/builder.ts';
import { BodyBuilder } from '../../../../core/air/body/builder.ts';
import { forEachOperand, operandAt, operandCount } from '../../../../core/air/body/operands.ts';
import type { InstIndex, MaskItem, Ref } from '../../../../core/air/body/ref.ts';
import { instRef, maskItem, maskWord, MAX_LANE, REF_NONE, valueRef } from '../../../../core/air/body/ref.ts';
import type { OpForm } from '../../../../core/air/schema/forms.ts';
import { FORMS } from '../../../../core/air/schema/forms.ts';
import type { AirTag } from '../../../../core/air/schema/ops.ts';
import { layOut } from '../../../../core/air/schema/layout.ts';
import { AIR_OPS } from '../../../../core/air/schema/ops.ts';
import type { Form } from '../../../../core/air/schema/slots.ts';
import { parseUnit } from '../../../../core/air/text/parse.ts';
import { printUnit } from '../../../../core/air/text/print.ts';
import type { InternPool } from '../../../../core/intern/intern-pool.ts';
import type { IpIndex } from '../../../../core/intern/keys.ts';
import { IP } from '../../../../core/intern/keys.ts';

interface Pinned {
  /** An instruction behind three parameters u32; it is %3, or what stands in a block %3 and is %4. */
  readonly text: string;
  /** Words a and b, then the payload, for which b is `->`. `%n`: a result; u32: the type; 9: the constant u32 9. */
  readonly words: string;
  /** Operands in order. */
  readonly operands: string;
}

const PINNED: Readonly<Record<OpForm, Pinned>> = {
  no_op: { text: 'trap', words: '0 0', operands: '' },
  un_op: { text: 'ret %1', words: '%1 0', operands: '%1' },
  bin_op: { text: '%3 = add %0, %1', words: '%0 %1', operands: '%0 %1' },
  ty: { text: '%3 = alloc u32', words: 'u32 0', operands: '' },
  arg: { text: '%3 = arg u32 7', words: 'u32 7', operands: '' },
  ty_field: { text: '%3 = save_err_return_trace_index u32 7', words: 'u32 7', operands: '' },
  ty_op: { text: '%3 = trunc u32 %2', words: 'u32 %2', operands: '%2' },
  ty_pl_bin: { text: '%3 = slice u32 %1, %0', words: 'u32 -> %1 %0', operands: '%1 %0' },
  ty_pl_field: { text: '%3 = struct_field_val u32 %1, 7', words: 'u32 -> %1 7', operands: '%1' },
  ty_pl_elems: { text: '%3 = aggregate_init u32 { %2, #9, %0 }', words: 'u32 -> 3 %2 #9 %0', operands: '%2 #9 %0' },
  ty_pl_body: { text: '%3 = block u32 {\n    trap\n    trap\n  }', words: 'u32 -> 2 4 5', operands: '' },
  ty_pl_op_body: { text: '%3 = try u32 %1 {\n    trap\n  }', words: 'u32 -> 1 %1 4', operands: '%1' },
  ty_pl_nav_body: { text: '%3 = dbg_inline_block u32 @g {\n    trap\n  }', words: 'u32 -> 1 1 4', operands: '' },
  ty_pl_cmp: { text: '%3 = cmp_vector u32 %0, %1, gte', words: 'u32 -> %0 %1 3', operands: '%0 %1' },
  ty_pl_mask_one: {
    text: '%3 = shuffle_one u32 %1, { a0, #9, undef }',
    words: 'u32 -> 3 %1 2147483648 #9 4294967295',
    operands: '%1',
  },
  ty_pl_mask_two: {
    text: '%3 = shuffle_two u32 %1, %2, { b3, a5 }',
    words: 'u32 -> 2 %1 %2 2147483655 2147483658',
    operands: '%1 %2',
  },
  ty_nav: { text: '%3 = runtime_nav_ptr u32 @g', words: 'u32 1', operands: '' },
  br: { text: 'br %3 %1', words: '3 %1', operands: '%1' },
  repeat: { text: 'repeat %3', words: '3 0', operands: '' },
  dispatch: { text: 'switch_dispatch %3 %1', words: '3 %1', operands: '%1' },
  cond_br: {
    text: 'cond_br %2 {\n    trap\n  } else {\n    breakpoint\n    trap\n  }',
    words: '%2 -> 1 2 4 5 6',
    operands: '%2',
  },
  switch_br: {
    text: 'switch_br %2 {\n    case #9, #8..#9 {\n      trap\n    }\n    case {\n      trap\n    }\n    else {\n      trap\n    }\n  }',
    words: '%2 -> 2 1 1 1 1 #9 #8 #9 4 0 0 1 5 6',
    operands: '%2',
  },
  call: { text: '%3 = call %2(%1, %0)', words: '%2 -> 2 %1 %0', operands: '%2 %1 %0' },
  pl_op_bin: { text: '%3 = mul_add %0, %1, %2', words: '%2 -> %0 %1', operands: '%0 %1 %2' },
  op_pl_bin: { text: '%3 = select %0, %1, %2', words: '%0 -> %1 %2', operands: '%0 %1 %2' },
  reduce: { text: '%3 = reduce %1, max', words: '%1 4', operands: '%1' },
  atomic_load: { text: '%3 = atomic_load u32 %1, seq_cst', words: 'u32 -> %1 5', operands: '%1' },
  atomic_rmw: { text: '%3 = atomic_rmw u32 %1, %0, nand, release', words: 'u32 -> %1 %0 4 3', operands: '%1 %0' },
  cmpxchg: {
    text: '%3 = cmpxchg_weak u32 %2, %1, %0, acq_rel, monotonic',
    words: 'u32 -> %2 %1 %0 4 1',
    operands: '%2 %1 %0',
  },
  prefetch: { text: 'prefetch %1, write, 3, data', words: '%1 -> 1 3 1', operands: '%1' },
  number: { text: '%3 = wasm_memory_size 7', words: '7 0', operands: '' },
  number_op: { text: '%3 = wasm_memory_grow 7 %1', words: '7 %1', operands: '%1' },
  op_name: { text: 'dbg_var_val %1, "a\\xc3\\xa9"', words: '%1 -> 3 97 195 169', operands: '%1' },
  dbg_stmt: { text: 'dbg_stmt 7 8', words: '7 8', operands: '' },
};

function wordOf(pool: InternPool, text: string): number {
  if (text.startsWith('%')) return instRef(Number(text.slice(1)) as InstIndex);
  if (text.startsWith('#')) return valueRef(pool.int(IP.u32_type, BigInt(text.slice(1))));
  return text === 'u32' ? IP.u32_type : Number(text);
}

/** The program around the instruction of a row, and the index of the instruction. */
function programOf(form: OpForm): { text: string; inst: InstIndex } {
  const text = PINNED[form].text.replaceAll('#', 'u32 ');
  const around = FORMS[form].some(({ kind }) => kind === 'target');
  const placed = around ? `%3 = block u32 {\n    ${text}\n  }` : text;
  return {
    text: `fn @f(u32, u32, u32) void {\n  %0 = arg u32 0\n  %1 = arg u32 1\n  %2 = arg u32 2\n  ${placed}\n}\n\nextern fn @g() void\n`,
    inst: (around ? 4 : 3) as InstIndex,
  };
}

function parse(text: string): { body: Body; pool: InternPool } {
  const parsed = parseUnit(text);
  if (!parsed.ok) throw new Error(parsed.diagnostics.map(({ message }) => message).join('\n'));
  expect(printUnit(parsed.unit)).toBe(text);
  return { body: parsed.unit.navs[0]!.body!, pool: parsed.unit.pool };
}

describe.each(Object.keys(PINNED) as OpForm[])('form %s', (form) => {
  const { text, inst } = programOf(form);

  test('has its text and its words', () => {
    const { body, pool } = parse(text);
    expect(AIR_OPS[body.tag(inst)].form).toBe(form);
    const [a, b, ...payload] = PINNED[form].words.split(' ').map((word) => (word === '->' ? -1 : wordOf(pool, word)));
    expect(body.a[inst]).toBe(a);
    if (b === -1) {
      const at = body.b[inst]!;
      expect(Array.from(body.extra.subarray(at, at + payload.length))).toEqual(payload);
    } else {
      expect(body.b[inst]).toBe(b);
      expect(payload).toEqual([]);
    }
  });

  test('has its operands', () => {
    const { body, pool } = parse(text);
    const words = PINNED[form].operands.split(' ').filter((word) => word !== '');
    const expected = words.map((word) => wordOf(pool, word));
    expect(operandCount(body, inst)).toBe(expected.length);
    const visited: Ref[] = [];
    forEachOperand(body, inst, (ref) => visited.push(ref));
    expect(visited).toEqual(expected);
    expect(expected.map((_, k) => operandAt(body, inst, k))).toEqual(expected);
  });
});

describe('the short ways of the builder', () => {
  const one = instRef(1 as InstIndex);
  const two = instRef(2 as InstIndex);
  const u32 = IP.u32_type;
  test.each<readonly [string, (b: BodyBuilder) => unknown, AirTag, readonly SlotInput[]]>([
    ['arg', (b) => b.arg(u32, 3), 'arg', [u32, 3]],
    ['none', (b) => b.none('trap'), 'trap', []],
    ['un', (b) => b.un('neg', one), 'neg', [one]],
    ['bin', (b) => b.bin('add', one, two), 'add', [one, two]],
    ['typed', (b) => b.typed('alloc', u32), 'alloc', [u32]],
    ['tyOp', (b) => b.tyOp('trunc', u32, one), 'trunc', [u32, one]],
    ['tyBin', (b) => b.tyBin('slice', u32, one, two), 'slice', [u32, one, two]],
    ['field', (b) => b.field('struct_field_ptr', u32, one, 4), 'struct_field_ptr', [u32, one, 4]],
    ['aggregate', (b) => b.aggregate(u32, [one, two]), 'aggregate_init', [u32, [one, two]]],
    ['call', (b) => b.call(one, [two], 'call_never_tail'), 'call_never_tail', [one, [two]]],
    ['br', (b) => b.br(0 as InstIndex), 'br', [0 as InstIndex, REF_NONE]],
    ['repeat', (b) => b.repeat(0 as InstIndex), 'repeat', [0 as InstIndex]],
  ])('%s packs as its form says', (_, short, tag, inputs) => {
    const [by, as] = [new BodyBuilder(), new BodyBuilder()];
    short(by);
    as.put(tag, inputs);
    expect(by.finish()).toEqual(as.finish());
  });
});

describe('a form beyond the limits of the layout is refused', () => {
  const ref = { kind: 'ref', place: 'a' } as const;
  const refs = { kind: 'refs', place: 'extra', brackets: 'braces' } as const;
  const body = { kind: 'body', place: 'extra' } as const;
  const cases = { kind: 'cases', place: 'extra' } as const;
  const number = { kind: 'number', place: 'extra' } as const;
  const optional = { kind: 'optional_ref', place: 'b' } as const;
  test.each<readonly [string, Form, string]>([
    ['two slots in word a', [ref, ref], 'a data word is used twice'],
    ['word b beside a payload', [{ kind: 'ref', place: 'b' }, body], 'a data word is used twice'],
    ['a list in a word', [{ ...refs, place: 'b' }], 'a list is not in extra'],
    ['a word behind a list', [refs, number], 'a word follows a list'],
    ['a type in word b', [{ kind: 'type', place: 'b' }], 'a type or a target is not in word a'],
    ['bodies beside operands', [refs, body], 'bodies stand beside another list'],
    ['a body in front of cases', [body, cases], 'cases are not the first list'],
    ['cases without an else body', [ref, cases], 'no body follows the cases'],
    ['two lists of operands', [refs, refs], 'operands are in a list that is not the first'],
    ['an optional operand in front', [optional, ref], 'an optional operand is not last and in word b'],
  ])('%s', (_, form, rule) => {
    expect(() => layOut('planted', form)).toThrow(`form planted: ${rule}`);
  });
});

describe('lanes of a mask', () => {
  test.each<MaskItem>([
    { from: 'nothing' },
    { from: 'value', value: 0x7fff_ffff as IpIndex },
    { from: 'operand', operand: 0, lane: 0 },
    { from: 'operand', operand: 1, lane: MAX_LANE },
  ])('%j is one word and back', (item) => {
    expect(maskItem(maskWord(item))).toEqual(item);
  });
});

describe('an instruction without a value where one may be', () => {
  test('has no operand', () => {
    const { body } = parse('fn @f() void {\n  %0 = block void {\n    br %0\n  }\n  ret void {}\n}\n');
    expect(operandCount(body, 1 as InstIndex)).toBe(0);
    expect(operandAt(body, 1 as InstIndex, 0)).toBe(REF_NONE);
  });
});
