/**
 * Memory: by-value semantics, definedness per byte, layout of what is stored, memset, memcpy, memmove, and illegal accesses.
 */
import { describe, expect, test } from '@jest/globals';
import { hexOf, illegalAs, imageOf, outcomeOf, outcomeOfBody, returned, runOnce, unitOf } from './air-program.ts';
import { interpret } from '../../interpreter/interpret.ts';

/** Bytes of `@v` after `f` ran, in hex. */
function bytesAfter(text: string, ...args: bigint[]): string {
  const unit = unitOf(text);
  const run = interpret(unit, [{ fn: 'f', args }]);
  expect(run.outcomes[0]?.kind).toBe('returned');
  return hexOf(imageOf(unit, run, 'v'));
}

/** Bytes of `@v`, which has a type, an initial value and a body of void f that changes it. */
function bytesOf(type: string, init: string, body = ''): string {
  return bytesAfter(`var @v : ${type} = ${init}\nexport fn @f() void { ${body} ret void {} }`);
}

describe('layout of what is stored', () => {
  test.each([
    ['u8', '200', 'c8'],
    ['i8', '-1', 'ff'],
    ['i7', '-2', 'fe'],
    ['u7', '127', '7f'],
    ['u1', '1', '01'],
    ['i1', '-1', 'ff'],
    ['bool', 'true', '01'],
    ['u16', '0x1234', '34 12'],
    ['i9', '-2', 'fe ff'],
    ['u24', '0xabcdef', 'ef cd ab 00'],
    ['i24', '-2', 'fe ff ff ff'],
    ['i40', '-3', 'fd ff ff ff ff ff ff ff'],
    ['u48', '0x123456789abc', 'bc 9a 78 56 34 12 00 00'],
    ['usize', '258', '02 01 00 00'],
    ['f32', '1.0', '00 00 80 3f'],
    ['f64', '-2.0', '00 00 00 00 00 00 00 c0'],
    ['f32', 'nan(0x7fa00001)', '01 00 a0 7f'],
    ['struct { u8, u32, u16 }', '.{ 1, 2, 3 }', '02 00 00 00 03 00 01 ..'],
    ['extern struct { u8, u32, u16 }', '.{ 1, 2, 3 }', '01 .. .. .. 02 00 00 00 03 00 .. ..'],
    ['tuple { u8, u8 align(4) }', '.{ 1, 2 }', '01 .. .. .. 02 .. .. ..'],
    ['[3]u16', '.{ 1, 2, 3 }', '01 00 02 00 03 00'],
    ['[3]u16', '.{ 7 ** }', '07 00 07 00 07 00'],
    ['[2:255]u8', '.{ 1, 2 }', '01 02 ff'],
    ['[2]struct { u8, u16 }', '.{ .{ 1, 2 }, undef }', '02 00 01 .. .. .. .. ..'],
    ['[3]u8', '"abc"', '61 62 63'],
    ['u32', 'undef', '.. .. .. ..'],
    ['*u8', 'ptr(4096)', '00 10 00 00'],
  ])('%s with value %s is %s', (type, init, bytes) => {
    expect(bytesOf(type, init)).toBe(bytes);
    expect(bytesOf(type, 'undef', `store *${type} &@v, ${type} ${init}`)).toBe(bytes);
  });
});

describe('values are copies', () => {
  test('a loaded struct does not change with the memory it came from', () => {
    expect(
      outcomeOfBody(
        'u32',
        `%0 = alloc *struct { u32, u8 }
         store %0, struct { u32, u8 } .{ 1, 2 }
         %2 = load struct { u32, u8 } %0
         store %0, struct { u32, u8 } .{ 9, 9 }
         %4 = struct_field_val u32 %2, 0
         ret %4`,
      ),
    ).toEqual(returned(1n));
  });

  test('an array of structs is copied deeply', () => {
    expect(
      outcomeOfBody(
        'u8',
        `%0 = alloc *[2]struct { [2]u8 }
         store %0, [2]struct { [2]u8 } .{ .{ .{ 1, 2 } }, .{ .{ 3, 4 } } }
         %2 = load [2]struct { [2]u8 } %0
         %3 = bitcast *[4]u8 %0
         %4 = array_to_slice []u8 %3
         memset %4, u8 0
         %6 = array_elem_val %2, usize 1
         %7 = struct_field_val [2]u8 %6, 0
         %8 = array_elem_val %7, usize 1
         ret %8`,
      ),
    ).toEqual(returned(4n));
  });

  test('a callee cannot change the copy of its caller', () => {
    const text = `
      var @g : [2]u8 = .{ 5, 6 }
      fn @change([2]u8) void { %0 = arg [2]u8 0 store *[2]u8 &@g, [2]u8 .{ 0, 0 } ret void {} }
      export fn @f() u8 {
        %0 = load [2]u8 *[2]u8 &@g
        %1 = call @change(%0)
        %2 = array_elem_val %0, usize 1
        ret %2
      }`;
    expect(outcomeOf(text)).toEqual(returned(6n));
  });
});

describe('definedness', () => {
  test('storing undef makes bytes undefined, storing a value defines them', () => {
    expect(bytesOf('[4]u8', '.{ 1 ** }', '%0 = ptr_elem_ptr *u8 *[4]u8 &@v, usize 1 store %0, u8 undef')).toBe(
      '01 .. 01 01',
    );
    expect(bytesOf('[4]u8', 'undef', '%0 = ptr_elem_ptr *u8 *[4]u8 &@v, usize 2 store %0, u8 8')).toBe('.. .. 08 ..');
  });

  test('storing a struct makes its padding undefined', () => {
    const body = `%0 = bitcast *[4]u8 *extern struct { u8, u16 } &@v
      memset %0, u8 7
      store *extern struct { u8, u16 } &@v, extern struct { u8, u16 } .{ 1, 2 }`;
    expect(bytesOf('extern struct { u8, u16 }', 'undef', body)).toBe('01 .. 02 00');
  });

  test('a scalar with one undefined byte is undefined, and may be copied but not used', () => {
    const head = `%0 = alloc *u32 store %0, u32 1 %2 = bitcast *[4]u8 %0 %3 = ptr_elem_ptr *u8 %2, usize 3 store %3, u8 undef %5 = load u32 %0`;
    expect(outcomeOfBody('u32', `${head} %6 = add_wrap %5, u32 1 ret %6`)).toMatchObject(illegalAs('undefined_value'));
    expect(bytesOf('u32', '0', `${head} store *u32 &@v, %5`)).toBe('.. .. .. ..');
  });

  test('copying undefined values through a block, a call, an aggregate and memory is legal', () => {
    const text = `
      fn @same([2]u8) [2]u8 { %0 = arg [2]u8 0 ret %0 }
      export fn @f() u8 {
        %0 = alloc *u8
        %1 = load u8 %0
        %2 = block u8 { br %2 %1 }
        %4 = aggregate_init [2]u8 { %2, u8 4 }
        %5 = call @same(%4)
        %6 = alloc *[2]u8
        store %6, %5
        %8 = load [2]u8 %6
        %9 = array_elem_val %8, usize 1
        %10 = array_elem_val %8, usize 0
        %11 = bitcast i8 %10
        ret %9
      }`;
    expect(outcomeOf(text)).toEqual(returned(4n));
  });

  test.each([
    ['arithmetic', '%2 = add_wrap %1, u8 1'],
    ['a shift', '%2 = shl u8 1, %1'],
    ['a comparison', '%2 = cmp_eq %1, u8 1'],
    ['a cast', '%2 = intcast u16 %1'],
    ['counting bits', '%2 = clz u4 %1'],
    ['a switch', 'switch_br %1 { case u8 1 { ret void {} } else { ret void {} } }'],
    ['an observed argument', '%2 = call @host(%1)'],
    ['an index', '%2 = intcast usize u8 0 %3 = alloc *usize %4 = load usize %3 %5 = array_elem_val [1]u8 .{ 1 }, %4'],
    ['an address', '%2 = alloc **u8 %3 = load *u8 %2 %4 = load u8 %3'],
    ['a length', '%2 = alloc *[]u8 %3 = load []u8 %2 %4 = slice_elem_val %3, usize 0'],
    ['a branch', '%2 = alloc *bool %3 = load bool %2 cond_br %3 { ret void {} } else { ret void {} }'],
    ['a callee', '%2 = alloc **const fn() void %3 = load *const fn() void %2 %4 = call %3()'],
  ])('an undefined value in %s is illegal', (_, use) => {
    const end = /\}\s*$/.test(use) && use.includes('_br') ? '' : 'ret void {}';
    const body = `%0 = alloc *u8 %1 = load u8 %0 ${use} ${end}`;
    expect(outcomeOfBody('void', body, 'extern fn @host(u8) void')).toMatchObject(illegalAs('undefined_value'));
  });

  test('an undefined value does not leave the program as a result', () => {
    expect(outcomeOfBody('u8', '%0 = alloc *u8 %1 = load u8 %0 ret %1')).toEqual({
      kind: 'illegal',
      what: 'undefined_value',
      where: '@f result',
    });
  });

  test('bytes that no value of the type has read as undefined', () => {
    const read = (type: string, byte: number) =>
      outcomeOfBody(type, `%0 = alloc *u8 store %0, u8 ${byte} %2 = bitcast *${type} %0 %3 = load ${type} %2 ret %3`);
    expect(read('u7', 127)).toEqual(returned(127n));
    expect(read('u7', 128)).toMatchObject(illegalAs('undefined_value'));
    expect(read('i7', 0xc0)).toEqual(returned(0x40n));
    expect(read('i7', 0x40)).toMatchObject(illegalAs('undefined_value'));
    expect(read('bool', 1)).toEqual(returned(1n));
    expect(read('bool', 2)).toMatchObject(illegalAs('undefined_value'));
  });

  test('an alloc that is executed again is undefined again, at the same place', () => {
    const text = (use: string) => `
      export fn @f() bool {
        %0 = alloc **u8
        %1 = alloc *bool
        store %1, bool false
        %3 = block bool {
          %4 = loop noreturn {
            %5 = alloc *u8
            %6 = load bool %1
            cond_br %6 {
              ${use}
              br %3 %29
            } else {
              store %0, %5
              store %5, u8 1
              store %1, bool true
              repeat %4
            }
          }
        }
        ret %3
      }`;
    expect(outcomeOf(text('%20 = load *u8 %0 %29 = cmp_eq %20, %5'))).toEqual(returned(1n));
    expect(outcomeOf(text('%20 = load u8 %5 %29 = cmp_eq %20, u8 1'))).toMatchObject(illegalAs('undefined_value'));
  });
});

describe('memset, memcpy, memmove', () => {
  const array = '.{ 1, 2, 3, 4, 5, 6 }';
  const pointer = (offset: number) => `[*]u8 &@v + ${offset}`;
  const slice = (offset: number, length: number) => `[]u8 slice([*]u8 &@v + ${offset}, ${length})`;

  test.each([
    [`memset ${slice(1, 3)}, u8 9`, '01 09 09 09 05 06'],
    [`memset ${slice(1, 3)}, u8 undef`, '01 .. .. .. 05 06'],
    [`memset ${slice(6, 0)}, u8 9`, '01 02 03 04 05 06'],
    [`memset []u8 slice([*]u8 ptr(0), 0), u8 9`, '01 02 03 04 05 06'],
    [`memset *[6]u8 &@v, u8 0`, '00 00 00 00 00 00'],
    [`memset []align(1) u16 slice([*]align(1) u16 &@v + 1, 2), u16 0x1234`, '01 34 12 34 12 06'],
    [`memcpy ${slice(0, 2)}, ${slice(4, 2)}`, '05 06 03 04 05 06'],
    [`memcpy ${slice(0, 3)}, ${pointer(3)}`, '04 05 06 04 05 06'],
    [`memcpy ${slice(2, 0)}, ${slice(2, 0)}`, '01 02 03 04 05 06'],
    [`memmove ${slice(0, 4)}, ${slice(1, 4)}`, '02 03 04 05 05 06'],
    [`memmove ${slice(2, 4)}, ${slice(0, 4)}`, '01 02 01 02 03 04'],
    [`memmove ${slice(1, 3)}, ${slice(1, 3)}`, '01 02 03 04 05 06'],
    [`memcpy *[2]u8 &@v, *const [2]u8 &([2]u8 .{ undef, 9 })`, '.. 09 03 04 05 06'],
  ])('%s', (inst, bytes) => {
    expect(bytesOf('[6]u8', array, inst)).toBe(bytes);
  });

  test('memset of an array with a sentinel leaves the sentinel', () => {
    expect(bytesOf('[2:9]u8', '.{ 1, 2 }', 'memset *[2:9]u8 &@v, u8 0')).toBe('00 00 09');
  });

  test.each([
    [`memcpy ${slice(0, 3)}, ${slice(2, 3)}`, 'overlap'],
    [`memcpy ${slice(1, 1)}, ${slice(1, 1)}`, 'overlap'],
    [`memcpy ${slice(4, 3)}, ${slice(0, 3)}`, 'out_of_bounds'],
    [`memmove ${slice(0, 3)}, ${slice(4, 3)}`, 'out_of_bounds'],
    [`memset ${slice(5, 2)}, u8 1`, 'out_of_bounds'],
    [`memset []u8 slice([*]u8 ptr(64), 1), u8 1`, 'null_or_numeric_address'],
    [`memcpy ${slice(0, 1)}, [*]u8 ptr(64)`, 'null_or_numeric_address'],
  ] as const)('%s is illegal', (inst, kind) => {
    const text = `var @v : [6]u8 = ${array}\nexport fn @f() void { ${inst} ret void {} }`;
    expect(outcomeOf(text)).toMatchObject(illegalAs(kind));
  });
});

describe('illegal accesses', () => {
  test.each([
    ['past the end', '%0 = load u8 *u8 &@v + 4', 'out_of_bounds'],
    ['partly past the end', '%0 = load u16 *align(1) u16 &@v + 3', 'out_of_bounds'],
    ['before the start', '%0 = load u8 *u8 &@v - 1', 'out_of_bounds'],
    ['a number as an address', '%0 = load u8 *u8 ptr(1024)', 'null_or_numeric_address'],
    ['null', 'store *u8 ptr(0), u8 1', 'null_or_numeric_address'],
    ['less aligned than promised', '%0 = load u16 *u16 &@v + 1', 'misaligned'],
    ['more promised than known', '%0 = load u32 *align(8) u32 &@v', 'misaligned'],
    ['a write to a constant nav', '%0 = bitcast *u8 *const u8 &@c store %0, u8 1', 'write_to_constant'],
    ['a write to an unnamed constant', '%0 = bitcast *u8 *const u8 &(u8 1) store %0, u8 1', 'write_to_constant'],
    ['code as data', '%0 = bitcast *const u8 *const fn() void &@f %1 = load u8 %0', 'out_of_bounds'],
  ] as const)('%s', (_, body, kind) => {
    const text = `var @v : u32 = 1\nconst @c : u8 = 1\nexport fn @f() void { ${body} ret void {} }`;
    expect(outcomeOf(text)).toMatchObject(illegalAs(kind));
  });

  test('a slot is dangling once its function has returned', () => {
    const text = `
      fn @g() *u8 { %0 = alloc *u8 store %0, u8 1 ret %0 }
      export fn @f() u8 { %0 = call @g() %1 = load u8 %0 ret %1 }`;
    expect(outcomeOf(text)).toMatchObject({ ...illegalAs('dangling'), where: '@f %1 load' });
  });

  test('alignments that are asked for are kept: of a nav, a slot, an unnamed constant', () => {
    expect(outcomeOfBody('u8', '%0 = load u8 *align(16) u8 &@v ret %0', 'var @v : u8 align(16) = 3')).toEqual(
      returned(3n),
    );
    expect(outcomeOfBody('u8', '%0 = alloc *align(64) u8 store %0, u8 2 %2 = load u8 %0 ret %2')).toEqual(returned(2n));
    expect(outcomeOfBody('u8', '%0 = load u8 *align(32) const u8 &(u8 4) align(32) ret %0')).toEqual(returned(4n));
    expect(outcomeOfBody('u32', '%0 = load u32 *u32 &@v ret %0', 'var @v : u32 align(1) = 3')).toMatchObject(
      illegalAs('misaligned'),
    );
    expect(outcomeOfBody('u32', '%0 = load u32 *align(1) u32 &@v ret %0', 'var @v : u32 align(1) = 3')).toEqual(
      returned(3n),
    );
  });

  test('types without bytes have no accesses', () => {
    expect(
      outcomeOfBody('void', '%0 = load struct {} *struct {} ptr(0) store *struct {} ptr(0), %0 ret void {}'),
    ).toEqual(returned(null));
  });
});

describe('ret_ptr and ret_load', () => {
  test('the place of the result is one place, and its value is returned', () => {
    const text = `
      fn @g() [2]u8 {
        %0 = ret_ptr *[2]u8
        store %0, [2]u8 .{ 1, 2 }
        %2 = ret_ptr *[2]u8
        %3 = ptr_elem_ptr *u8 %2, usize 0
        store %3, u8 7
        ret_load %0
      }
      export fn @f() u8 { %0 = call @g() %1 = array_elem_val %0, usize 0 ret %1 }`;
    expect(outcomeOf(text)).toEqual(returned(7n));
  });

  test('a place that was never written is undefined', () => {
    const text = 'export fn @f() u8 { %0 = ret_ptr *u8 ret_load %0 }';
    expect(runOnce(text).outcomes[0]).toMatchObject(illegalAs('undefined_value'));
  });
});
