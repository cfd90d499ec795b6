/**
 * What a run refuses before it starts, and what ends it when it uses too much: fuel, calls inside each other, memory.
 */
import { describe, expect, test } from '@jest/globals';
import { AIR_TAG_NAMES, DESCRIBED_TAGS, isDescribed } from '../../core/air/schema/ops.ts';
import { BodyBuilder } from '../../core/air/body/builder.ts';
import { valueRef } from '../../core/air/body/ref.ts';
import type { Unit } from '../../core/air/unit.ts';
import { makeNav } from '../../core/air/unit.ts';
import { InternPool } from '../../core/intern/intern-pool.ts';
import { IP } from '../../core/intern/keys.ts';
import { BadCallInput, interpret, UnsupportedInstruction } from '../../interpreter/interpret.ts';
import { MEANING } from '../../interpreter/steps/meaning.ts';
import { outcomeOf, returned, runOnce, unitOf, unverifiedUnitOf } from './air-program.ts';

const EXHAUSTED = {
  fuel: { kind: 'exhausted', what: 'fuel' },
  stack: { kind: 'exhausted', what: 'stack' },
  memory: { kind: 'exhausted', what: 'memory' },
} as const;

describe('fuel', () => {
  const endless = 'export fn @f() void { %0 = loop noreturn { repeat %0 } }';

  test('an endless loop ends', () => {
    expect(outcomeOf(endless)).toEqual(EXHAUSTED.fuel);
    expect(runOnce(endless, [], { fuel: 100 }).steps).toBe(100);
  });

  test('is enough exactly when the program needs no more', () => {
    const three = 'export fn @f(u8) u8 { %0 = arg u8 0 %1 = not u8 %0 ret %1 }';
    expect(runOnce(three, [0n], { fuel: 3 }).outcomes).toEqual([returned(255n)]);
    expect(runOnce(three, [0n], { fuel: 2 }).outcomes).toEqual([EXHAUSTED.fuel]);
  });

  test('is for all calls together', () => {
    const unit = unitOf('export fn @f() void { ret void {} }');
    const call = { fn: 'f', args: [] };
    expect(interpret(unit, [call, call, call], { fuel: 2 }).outcomes).toEqual([
      returned(null),
      returned(null),
      EXHAUSTED.fuel,
    ]);
  });

  test('moving many bytes costs more, but not steps', () => {
    const text = 'var @v : [6400]u8 = undef\nexport fn @f() void { memset *[6400]u8 &@v, u8 1 ret void {} }';
    expect(runOnce(text, [], { fuel: 50 }).outcomes).toEqual([EXHAUSTED.fuel]);
    expect(runOnce(text, [], { fuel: 102 })).toMatchObject({ outcomes: [returned(null)], steps: 2 });
  });
});

describe('calls inside each other', () => {
  const endless = 'export fn @f() void { %0 = call @f() ret void {} }';
  const nested = (depth: number) =>
    `export fn @f(u32) u32 { %0 = arg u32 0 ${Array.from({ length: depth }, (_, n) => `%${n + 1} = block u32 {`).join(' ')}
      %900 = cmp_eq %0, u32 0
      cond_br %900 { ret u32 1 } else { %901 = sub %0, u32 1 %902 = call @f(%901) ret %902 }
      ${Array.from({ length: depth }, (_, n) => `} ret %${depth - n}`).join(' ')} }`;

  test('are limited', () => {
    expect(outcomeOf(endless)).toEqual(EXHAUSTED.stack);
    expect(runOnce(endless, [], { callDepth: 7 }).steps).toBe(7);
    expect(runOnce(nested(1), [6n], { callDepth: 7 }).outcomes).toEqual([returned(1n)]);
    expect(runOnce(nested(1), [7n], { callDepth: 7 }).outcomes).toEqual([EXHAUSTED.stack]);
  });

  test('reach the default limit even with deep bodies', () => {
    expect(outcomeOf(nested(6), 399n)).toEqual(returned(1n));
  });

  test('beyond the stack of the host count as exhausted too', () => {
    expect(runOnce(nested(100), [100_000n], { callDepth: 1_000_000, fuel: 1e8 }).outcomes).toEqual([EXHAUSTED.stack]);
  });
});

describe('memory', () => {
  test('is limited for data, slots and unnamed constants', () => {
    const limits = { memoryBytes: 100 };
    expect(runOnce('var @v : [101]u8 = undef\nexport fn @f() void { ret void {} }', [], limits).outcomes).toEqual([
      EXHAUSTED.memory,
    ]);
    expect(runOnce('export fn @f() void { %0 = alloc *[101]u8 ret void {} }', [], limits).outcomes).toEqual([
      EXHAUSTED.memory,
    ]);
    expect(
      runOnce('export fn @f() u8 { %0 = load u8 *const u8 &([101]u8 .{ 1 ** }) ret %0 }', [], limits).outcomes,
    ).toEqual([EXHAUSTED.memory]);
  });

  test('of a function is free again when it returns', () => {
    const text = `
      fn @g() void { %0 = alloc *[60]u8 ret void {} }
      export fn @f() void { %0 = call @g() %1 = call @g() %2 = call @g() ret void {} }`;
    expect(runOnce(text, [], { memoryBytes: 100 }).outcomes).toEqual([returned(null)]);
  });

  test('a huge undefined object costs nothing but its size', () => {
    expect(outcomeOf('var @v : [1000000000]u8 = undef\nexport fn @f() void { ret void {} }')).toEqual(EXHAUSTED.memory);
    expect(
      outcomeOf(
        'export fn @f() void { %0 = alloc *[1000000000]struct {} %1 = load [1000000000]struct {} %0 ret void {} }',
      ),
    ).toEqual(returned(null));
  });
});

describe('what has no meaning here', () => {
  function unitWith(build: (body: BodyBuilder) => void): Unit {
    const pool = new InternPool();
    const body = new BodyBuilder();
    build(body);
    const ty = pool.fnType([], IP.void_type);
    const exports = [{ name: 'f', visibility: 'default' }] as const;
    return { pool, navs: [makeNav({ kind: 'func', name: 'f', ty, exports, body: body.finish() })] };
  }

  test.each(AIR_TAG_NAMES.filter((tag) => !isDescribed(tag)))('%s is refused by name', (tag) => {
    const unit = unitWith((body) => {
      body.un('ret', valueRef(IP.void_value));
      body.raw(tag, 0, 0);
    });
    expect(() => interpret(unit, [])).toThrow(UnsupportedInstruction);
    expect(() => interpret(unit, [])).toThrow(`@f %1: ${tag} is not supported`);
  });

  test('all that docs/air.md describes is supported', () => {
    const supported = Object.keys(MEANING);
    expect(supported.sort()).toEqual([...DESCRIBED_TAGS].sort());
    expect(supported).toEqual(expect.arrayContaining(['add', 'field_parent_ptr', 'memmove', 'switch_br', 'shl_sat']));
  });

  test.each([
    ['a variable without definition', 'extern var @v : u8', '@v: a variable without definition'],
    ['a host function with a pointer', 'extern fn @h(*u8) void', '@h: a host function'],
    ['a host function that does not return', 'extern fn @h(u8) noreturn', '@h: a host function'],
    ['a host function with a struct', 'extern fn @h() struct { u8 }', '@h: a host function'],
  ])('%s is refused', (_, text, message) => {
    expect(() => interpret(unverifiedUnitOf(text), [])).toThrow(UnsupportedInstruction);
    expect(() => interpret(unverifiedUnitOf(text), [])).toThrow(message);
  });

  test.each([
    ['an unknown name', { fn: 'g', args: [] }, "no function is exported as 'g'"],
    ['a hidden export', { fn: 'h', args: [] }, "no function is exported as 'h'"],
    ['a variable', { fn: 'v', args: [] }, "'v' is not a function with a body"],
    ['too few arguments', { fn: 'f', args: [] }, "'f' takes 1 arguments, not 0"],
    ['a pointer', { fn: 'p', args: [1n] }, "'p' has a parameter or result that is no scalar"],
  ])('a call of %s is refused', (_, call, message) => {
    const unit = unverifiedUnitOf(`
      export fn @f(u8) void { %0 = arg u8 0 ret void {} }
      export ("h" hidden) fn @hh() void { ret void {} }
      export fn @p(*u8) void { %0 = arg *u8 0 ret void {} }
      export var @v : u8 = 0`);
    expect(() => interpret(unit, [call])).toThrow(BadCallInput);
    expect(() => interpret(unit, [call])).toThrow(message);
  });
});
