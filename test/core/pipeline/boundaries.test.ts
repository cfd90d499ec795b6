/** Numbers at the lengths of LEBs: addresses, stack pointers and table slots that a wrong sign would break. */
import { describe, expect, test } from '@jest/globals';
import { compileExe, compileObject, linkObjects } from '../../../core/pipeline/compile.ts';
import type { Settings } from '../../../core/pipeline/settings.ts';
import { DEFAULT_SETTINGS } from '../../../core/pipeline/settings.ts';
import type { Running } from '../codegen/run-air.ts';
import { expectOk, readUnit, start } from '../codegen/run-air.ts';

function both(text: string, changes: Partial<Settings>): Running[] {
  const unit = readUnit(text);
  const settings = { ...DEFAULT_SETTINGS, ...changes };
  const object = expectOk(compileObject(unit, settings));
  return [
    start(expectOk(compileExe(unit, settings))),
    start(expectOk(linkObjects([{ name: 'a.o', bytes: object }], settings))),
  ];
}

describe('addresses', () => {
  const text = `
    export var @x : u64 = 11
    var @p : *u64 = &@x
    export fn @f(u64) u64 {
      %0 = arg u64 0
      %1 = alloc *u64
      store %1, %0
      %3 = load u64 *u64 &@x
      %4 = load *u64 **u64 &@p
      %5 = load u64 %1
      %6 = add %3, %5
      store %4, %6
      %8 = load u64 *u64 &@x
      ret %8
    }`;
  const bases = [0x38, 0x40, 0x78, 0x80, 0x1ff8, 0x2000, 0x3ff8, 0x4000, 0xffff8, 0x100000, 0x1ffff8, 0x200000];

  test.each(bases)('of data at %d are read as they were written', (globalBase) => {
    for (const { call, address } of both(text, { globalBase, stackFirst: false })) {
      expect(address('x')).toBeGreaterThanOrEqual(globalBase);
      expect([call['f']!(5n), call['f']!(7n)]).toEqual([16n, 23n]);
    }
  });

  test.each([64, 128, 8192, 16384, 65536, 1 << 20, 1 << 21])('of a stack of %d bytes are', (stackSize) => {
    for (const stackFirst of [true, false]) {
      for (const { call } of both(text, { stackSize, stackFirst })) expect(call['f']!(5n)).toBe(16n);
    }
  });
});

test('table slots beyond the 63rd are called as they were taken', () => {
  const count = 140;
  const functions = Array.from(
    { length: count },
    (_, n) => `fn @g${n}(u32) u32 { %0 = arg u32 0 %1 = add_wrap %0, u32 ${n} ret %1 }`,
  );
  const arms = Array.from({ length: count }, (_, n) => `case u32 ${n} { br %1 *const fn(u32) u32 &@g${n} }`);
  const text = `${functions.join('\n')}
    export fn @f(u32) u32 {
      %0 = arg u32 0
      %1 = block *const fn(u32) u32 {
        switch_br %0 { ${arms.join('\n')} else { trap } }
      }
      %400 = call %1(u32 1000)
      ret %400
    }`;
  for (const { call } of both(text, {})) {
    for (let n = 0; n < count; n++) expect(call['f']!(n)).toBe(1000 + n);
  }
});

test('functions and variables beyond the 127th are found', () => {
  const count = 140;
  const text = Array.from(
    { length: count },
    (_, n) => `
      export var @x${n} : u32 = ${n}
      export fn @f${n}() u32 {
        %0 = load u32 *u32 &@x${(n * 7) % count}
        ${n === 0 ? 'ret %0' : `%1 = call @f${n - 1}() %2 = add_wrap %0, %1 ret %2`}
      }`,
  ).join('');
  let sum = 0;
  const want = Array.from({ length: count }, (_, n) => (sum += (n * 7) % count));
  for (const { call } of both(text, {})) {
    expect(Array.from({ length: count }, (_, n) => call[`f${n}`]!())).toEqual(want);
  }
});
