import { describe, expect, test } from '@jest/globals';
import type { InstIndex } from '../../../core/air/body/ref.ts';
import type { SlotInput } from '../../../core/air/body/builder.ts';
import { LAYOUT_BY_NUMBER } from '../../../core/air/schema/layout.ts';
import { AIR_TAG_NAMES, TAG } from '../../../core/air/schema/ops.ts';
import type { SlotKind } from '../../../core/air/schema/slots.ts';
import type { ParseResult } from '../../../core/air/text/parse.ts';
import { parseUnit } from '../../../core/air/text/parse.ts';
import { printInst, printNav, printRef, printUnit } from '../../../core/air/text/print.ts';
import { printType, printValue } from '../../../core/air/text/print-terms.ts';
import type { Unit } from '../../../core/air/unit.ts';
import { makeNav } from '../../../core/air/unit.ts';
import { BodyBuilder } from '../../../core/air/body/builder.ts';
import { instRef, valueRef } from '../../../core/air/body/ref.ts';
import { formatDiagnostic } from '../../../core/diagnostics/diagnostics.ts';
import { InternPool } from '../../../core/intern/intern-pool.ts';
import type { NavIndex } from '../../../core/intern/keys.ts';
import { IP } from '../../../core/intern/keys.ts';
import { PROGRAMS, REFUSED_PROGRAM } from './programs.ts';

type Parsed = Extract<ParseResult, { ok: true }>;

function parsed(text: string): Parsed {
  const result = parseUnit(text);
  if (!result.ok) throw new Error(result.diagnostics.map(formatDiagnostic).join('\n'));
  return result;
}

function canonical(text: string): string {
  return printUnit(parsed(text).unit);
}

/** Bodies as plain data: with equal pools, equal data means equal bodies. */
function bodies(unit: Unit): unknown {
  return unit.navs.map(({ body }) => {
    return body && { tags: body.tags, a: body.a, b: body.b, extra: body.extra, main: body.main };
  });
}

describe('printing and parsing', () => {
  test.each(Object.keys(PROGRAMS))('the program "%s" is printed as it is written', (name) => {
    expect(canonical(PROGRAMS[name]!)).toBe(PROGRAMS[name]);
  });

  test.each(Object.keys(PROGRAMS))('reading the program "%s" twice gives equal bodies and declarations', (name) => {
    const first = parsed(PROGRAMS[name]!).unit;
    const second = parsed(printUnit(first)).unit;
    expect(bodies(second)).toEqual(bodies(first));
    expect(second.navs.map((nav) => ({ ...nav, body: null }))).toEqual(
      first.navs.map((nav) => ({ ...nav, body: null })),
    );
    expect(second.pool.size).toBe(first.pool.size);
  });

  test('refused instructions are printed as they are written', () => {
    expect(canonical(REFUSED_PROGRAM)).toBe(REFUSED_PROGRAM);
  });

  test('every instruction that has a form survives a round trip', () => {
    const pool = new InternPool();
    const builder = new BodyBuilder();
    const u32 = IP.u32_type;
    const one = valueRef(pool.int(u32, 1n));
    const fnTy = pool.fnType([u32], u32);
    const callee = valueRef(pool.ptrNav(pool.ptrType(fnTy, { isConst: true }), 0 as NavIndex));
    const end = (): void => {
      builder.none('trap');
    };
    let around = 0 as InstIndex;
    /** Something for a slot of each kind. */
    const inputs: { readonly [K in SlotKind]: () => SlotInput<K> } = {
      ref: () => one,
      callee: () => callee,
      optional_ref: () => one,
      type: () => u32,
      number: () => 4294967295,
      word: () => 1,
      nav: () => 0 as NavIndex,
      target: () => around,
      refs: () => [one, one],
      mask: () => [
        { from: 'operand', operand: 1, lane: 5 },
        { from: 'value', value: IP.bool_true },
        { from: 'nothing' },
      ],
      name: () => Uint8Array.of(0x61, 0xc3, 0xa9),
      body: () => end,
      cases: () => [
        { items: [one], ranges: [[one, one]], body: end },
        { items: [], ranges: [], body: end },
      ],
    };
    const formless: string[] = [];
    builder.block(u32, (self) => {
      around = self;
      for (const tag of AIR_TAG_NAMES) {
        const layout = LAYOUT_BY_NUMBER[TAG[tag]]!;
        if (layout === null) formless.push(tag);
        else
          builder.put(
            tag,
            layout.slots.map(({ kind }) => inputs[kind]()),
          );
      }
    });
    expect(formless).toEqual(['assembly']);
    const unit = { pool, navs: [makeNav({ kind: 'func', name: 'f', ty: fnTy, body: builder.finish() })] };
    const text = printUnit(unit);
    const again = parsed(text).unit;
    expect(printUnit(again)).toBe(text);
    const [before, after] = [unit.navs[0]!.body!, again.navs[0]!.body!];
    expect(after.tags).toEqual(before.tags);
    expect(after.extra.length).toBe(before.extra.length);
    expect(after.main).toBe(before.main);
  });

  test('a unit that was built and not read prints and reads back', () => {
    const pool = new InternPool();
    const i7 = pool.intType(true, 7);
    const builder = new BodyBuilder();
    const arg = builder.arg(i7, 0);
    const sum = builder.bin('add_wrap', arg, valueRef(pool.int(i7, -3n)));
    builder.un('ret', sum);
    const unit = {
      pool,
      navs: [
        makeNav({
          kind: 'func',
          name: 'f',
          ty: pool.fnType([i7], i7),
          exports: [{ name: 'f', visibility: 'hidden' }],
          body: builder.finish(),
        }),
      ],
    };
    const text = 'export("f" hidden) fn @f(i7) i7 {\n  %0 = arg i7 0\n  %1 = add_wrap %0, i7 -3\n  ret %1\n}\n';
    expect(printUnit(unit)).toBe(text);
    expect(canonical(text)).toBe(text);
  });

  test('free layout, free numbers, hex and mixed switch items are read and printed in canonical form', () => {
    const text = `fn@f(u8)u8{%40=arg u8 0 %7 = block u8 { switch_br %40 { case u8 1..u8 2, u8 0x0A, u8 5..u8 6 {
      br %7 u8 0xff } else { br %7 ; a comment, and no more on this line
      %40 } } } ret %7 }`;
    expect(canonical(text)).toBe(`fn @f(u8) u8 {
  %0 = arg u8 0
  %1 = block u8 {
    switch_br %0 {
      case u8 10, u8 1..u8 2, u8 5..u8 6 {
        br %1 u8 255
      }
      else {
        br %1 %0
      }
    }
  }
  ret %1
}
`);
  });

  test('an instruction may follow a br without a value on any line, for the verifier to refuse', () => {
    expect(
      canonical('fn @f() void { %1 = block void { br %1 %2 = alloc *u8 br %1 store %2, u8 1 br %1 } ret void {} }'),
    ).toBe(`fn @f() void {
  %0 = block void {
    br %0
    %2 = alloc *u8
    br %0
    store %2, u8 1
    br %0
  }
  ret void {}
}
`);
  });

  test('the lines of instructions and declarations are handed back', () => {
    const { lines } = parsed('\n\nvar @x: u8 = 1\nexport\nfn @f() u8 {\n\n  %3 = add u8 1,\n  u8 2 ret %3\n}\n');
    expect(lines.navs).toEqual([3, 4]);
    expect(lines.insts).toEqual([null, Uint32Array.of(7, 8)]);
  });

  test('recipe lines are handed back, with or without errors', () => {
    const notes = [
      { line: 1, text: 'case 1' },
      { line: 3, text: 'run @f() = 1' },
    ];
    expect(parseUnit(';! case 1\r\nvar @x: u8 = 1 ; no recipe\n;!run @f() = 1\r\n').notes).toEqual(notes);
    expect(parseUnit(';! case 1\nvar @x: ? = 1\n;!run @f() = 1').notes).toEqual(notes);
  });

  test('an empty file is an empty unit', () => {
    expect(canonical('  ; nothing\n')).toBe('');
  });

  test('the parts can be printed alone', () => {
    const { unit } = parsed(PROGRAMS['control']!);
    const body = unit.navs[2]!.body!;
    expect(printInst(unit, body, 3 as InstIndex)).toBe('%3 = call @itself(%2)');
    expect(printRef(unit, instRef(2 as InstIndex))).toBe('%2');
    expect(printRef(unit, valueRef(unit.pool.int(IP.u8_type, 7n)))).toBe('u8 7');
    expect(printNav(unit, 1 as NavIndex)).toBe('extern("other module") fn @log(i7) void\n');
    expect(printType(unit.pool, unit.navs[2]!.ty)).toBe('fn(*const fn(u32) u32, u32) u32');
    const ptr = unit.pool.ptrNav(unit.pool.ptrType(IP.u8_type), 0 as NavIndex, -4);
    expect(printValue(unit.pool, ptr, unit)).toBe('&@tick - 4');
  });

  test('the target of the pool is the one asked for', () => {
    const result = parseUnit('var @x: usize = 18446744073709551615', { target: { ptrBits: 64 } });
    expect(result.ok && printUnit(result.unit)).toBe('var @x: usize = 18446744073709551615\n');
    expect(parseUnit('var @x: usize = 4294967296').ok).toBe(false);
  });
});
