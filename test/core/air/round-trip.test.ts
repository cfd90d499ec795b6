import { describe, expect, test } from '@jest/globals';
import type { InstIndex } from '../../../core/air/body/body.ts';
import { AIR_OPS, AIR_TAG_NAMES } from '../../../core/air/schema/ops.ts';
import type { ParseResult } from '../../../core/air/text/parse.ts';
import { parseUnit } from '../../../core/air/text/parse.ts';
import { printInst, printNav, printRef, printType, printUnit, printValue } from '../../../core/air/text/print.ts';
import type { Unit } from '../../../core/air/unit.ts';
import { makeNav } from '../../../core/air/unit.ts';
import { BodyBuilder } from '../../../core/air/body/builder.ts';
import { instRef, valueRef } from '../../../core/air/body/body.ts';
import { formatDiagnostic } from '../../../core/diagnostics/diagnostics.ts';
import { InternPool } from '../../../core/intern/intern-pool.ts';
import type { NavIndex } from '../../../core/intern/keys.ts';
import { IP } from '../../../core/intern/keys.ts';
import { PROGRAMS } from './programs.ts';

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

  test('every instruction that has a text form survives a round trip', () => {
    const pool = new InternPool();
    const builder = new BodyBuilder();
    const u32 = IP.u32_type;
    const one = valueRef(pool.int(u32, 1n));
    const fnTy = pool.fnType([u32], u32);
    const callee = valueRef(pool.ptrNav(pool.ptrType(fnTy, { isConst: true }), 0 as NavIndex));
    let forms = 0;
    const end = (): void => {
      builder.raw('trap', 0, 0);
    };
    for (const tag of AIR_TAG_NAMES) {
      const { form } = AIR_OPS[tag];
      if (form === 'other') continue;
      forms++;
      switch (form) {
        case 'no_op':
          builder.raw(tag, 0, 0);
          break;
        case 'un_op':
          builder.raw(tag, one, 0);
          break;
        case 'bin_op':
          builder.raw(tag, one, one);
          break;
        case 'ty':
          builder.raw(tag, u32, 0);
          break;
        case 'arg':
          builder.raw(tag, u32, 3);
          break;
        case 'ty_op':
          builder.raw(tag, u32, one);
          break;
        case 'ty_pl_bin':
          builder.tyBin(tag as 'slice', u32, one, one);
          break;
        case 'ty_pl_field':
          builder.field(tag as 'struct_field_val', u32, one, 1);
          break;
        case 'ty_pl_elems':
          builder.aggregate(u32, [one, one]);
          break;
        case 'ty_pl_body':
          if (tag === 'block') builder.block(u32, end);
          else builder.loop(IP.noreturn_type, end);
          break;
        case 'br':
        case 'repeat':
          builder.block(u32, (self) => {
            if (form === 'br') builder.raw(tag, self, one);
            else builder.raw(tag, self, 0);
          });
          break;
        case 'cond_br':
          builder.condBr(one, end, end);
          break;
        case 'switch_br':
          builder.switchBr(
            one,
            [
              { items: [one], ranges: [[one, one]], body: end },
              { items: [], ranges: [], body: end },
            ],
            end,
            tag as 'loop_switch_br',
          );
          break;
        case 'call':
          builder.call(callee, [one], tag as 'call');
          break;
        case 'pl_op_bin':
          builder.opBin('mul_add', one, one, one);
          break;
        case 'ty_nav':
          builder.navPtr(u32, 0 as NavIndex);
          break;
        case 'dbg_stmt':
          builder.dbgStmt(1, 4294967295);
          break;
      }
    }
    const unit = { pool, navs: [makeNav({ kind: 'func', name: 'f', ty: fnTy, body: builder.finish() })] };
    const text = printUnit(unit);
    expect(forms).toBeGreaterThan(120);
    const again = parsed(text).unit;
    expect(printUnit(again)).toBe(text);
    expect([...again.navs[0]!.body!.tags]).toEqual([...unit.navs[0]!.body!.tags]);
    expect([...again.navs[0]!.body!.extra].length).toBe([...unit.navs[0]!.body!.extra].length);
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
