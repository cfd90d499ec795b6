/** Calls that take the place of their function, and stores that leave a mark, in the reference interpreter. */
import { describe, expect, test } from '@jest/globals';
import { hexOf, illegalAs, imageOf, outcomeOf, outcomeOfBody, returned, runOnce, unitOf } from './air-program.ts';
import { interpret } from '../../interpreter/interpret.ts';

const COUNT = `
fn @down(u32, u32) u32 {
  %0 = arg u32 0
  %1 = arg u32 1
  %2 = cmp_eq %0, u32 0
  cond_br %2 {
    ret %1
  } else {
    %5 = sub %0, u32 1
    %6 = add_wrap %1, u32 3
    %7 = call_always_tail @down(%5, %6)
    ret %7
  }
}
export fn @f(u32) u32 {
  %0 = arg u32 0
  %1 = call_never_inline @down(%0, u32 0)
  ret %1
}`;

describe('a tail call', () => {
  test('takes no depth', () => {
    expect(outcomeOf(COUNT, 5000n)).toEqual(returned(15_000n));
    const plain = COUNT.replace('call_always_tail', 'call_never_tail');
    expect(outcomeOf(plain, 5000n)).toEqual({ kind: 'exhausted', what: 'stack' });
    expect(outcomeOf(plain, 50n)).toEqual(returned(150n));
  });

  test('leaves no frame to point into', () => {
    const callee = 'fn @read(*u32) u32 { %0 = arg *u32 0\n %1 = load u32 %0\n ret %1 }';
    const body = (call: string): string => `%0 = alloc *u32\nstore %0, u32 7\n%2 = ${call} @read(%0)\nret %2`;
    expect(outcomeOfBody('u32', body('call'), callee)).toEqual(returned(7n));
    expect(outcomeOfBody('u32', body('call_always_tail'), callee)).toMatchObject(illegalAs('dangling'));
  });

  test('of the host gives what the host gives', () => {
    const declaration = 'extern fn @host(u32) u32';
    const run = runOnce(`${declaration}\nexport fn @f() u32 { %0 = call_always_tail @host(u32 5)\n ret %0 }`);
    expect(run.trace).toEqual([{ name: 'host', args: [5n] }]);
    expect(run.outcomes).toEqual([returned(0n)]);
  });
});

describe('a checked store', () => {
  const memory = (text: string): string => {
    const unit = unitOf(text);
    return hexOf(imageOf(unit, interpret(unit, [{ fn: 'f', args: [] }]), 'x'));
  };

  test('of nothing leaves a mark, but for a sentinel', () => {
    expect(memory('var @x: i7 = 0\nexport fn @f() void { store_safe *i7 &@x, i7 undef\n ret_safe void {} }')).toBe(
      'aa',
    );
    const array = 'export fn @f() void { store_safe *[2:5]u16 &@x, [2:5]u16 undef\n ret void {} }';
    expect(memory(`var @x: [2:5]u16 = .{1, 2}\n${array}`)).toBe('aa aa aa aa 05 00');
    const filled = 'export fn @f() void { memset_safe *[2][1:9]u8 &@x, [1:9]u8 undef\n ret void {} }';
    expect(memory(`var @x: [2][1:9]u8 = .{.{1}, .{2}}\n${filled}`)).toBe('aa 09 aa 09');
  });

  test('of a value stores it', () => {
    expect(memory('var @x: u16 = 0\nexport fn @f() void { store_safe *u16 &@x, u16 258\n ret void {} }')).toBe('02 01');
    const filled = 'export fn @f() void { memset_safe *[2]u8 &@x, u8 3\n ret void {} }';
    expect(memory(`var @x: [2]u8 = .{1, 2}\n${filled}`)).toBe('03 03');
  });
});

describe('a checked cast of a float', () => {
  const cast = (ty: string, value: string) =>
    runOnce(`extern fn @panic(u32) void\nexport fn @f() ${ty} { %0 = int_from_float_safe ${ty} ${value}\n ret %0 }`);

  test('cuts what fits', () => {
    expect(cast('u8', 'f32 255.99').outcomes).toEqual([returned(255n)]);
    expect(cast('u8', 'f64 -0.99').outcomes).toEqual([returned(0n)]);
    expect(cast('i8', 'f16 -128.5').outcomes).toEqual([returned(128n)]);
    expect(cast('i64', 'f128 -9223372036854775808.5').outcomes).toEqual([returned(1n << 63n)]);
  });

  test.each([
    ['u8', 'f32 256.0'],
    ['u8', 'f64 -1.0'],
    ['i8', 'f16 -129.0'],
    ['i8', 'f80 128.0'],
    ['i64', 'f64 9223372036854775808.0'],
    ['i64', 'f64 -9223372036854777856.0'],
    ['u32', 'f32 nan(0x7fc00000)'],
    ['u32', 'f128 inf'],
  ])('panics for %s of %s', (ty, value) => {
    const { outcomes, trace } = cast(ty, value);
    expect(outcomes).toEqual([{ kind: 'trapped', trap: 'unreachable' }]);
    expect(trace).toEqual([{ name: 'panic', args: [3n] }]);
  });
});
