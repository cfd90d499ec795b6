/**
 * Pointers: arithmetic, comparison, addresses in integers, pointers in memory, slices, arrays and structs by address and by value.
 */
import { describe, expect, test } from '@jest/globals';
import { parseUnit } from '../../core/air/text/parse.ts';
import { interpret } from '../../interpreter/interpret.ts';
import { hexOf, illegalAs, imageOf, outcomeOf, outcomeOfBody, returned } from './air-program.ts';

const ARRAY = 'var @a : [4]u16 = .{ 10, 11, 12, 13 }';

function withArray(result: string, body: string) {
  return outcomeOfBody(result, body, ARRAY);
}

describe('arithmetic', () => {
  test.each([
    ['ptr_add', '%0 = ptr_add [*]u16 [*]u16 &@a, usize 3', 13n],
    ['ptr_sub', '%0 = ptr_sub [*]u16 [*]u16 &@a + 6, usize 2', 11n],
    ['ptr_elem_ptr of many', '%0 = ptr_elem_ptr *u16 [*]u16 &@a + 2, usize 1', 12n],
    ['ptr_elem_ptr of an array', '%0 = ptr_elem_ptr *u16 *[4]u16 &@a, usize 2', 12n],
  ])('%s', (_, inst, bits) => {
    expect(withArray('u16', `${inst} %1 = bitcast *u16 %0 %2 = load u16 %1 ret %2`)).toEqual(returned(bits));
  });

  test('the end of an object is an address, the byte after it is none', () => {
    expect(withArray('void', '%0 = ptr_add [*]u16 [*]u16 &@a, usize 4 ret void {}')).toEqual(returned(null));
    expect(withArray('void', '%0 = ptr_add [*]u16 [*]u16 &@a, usize 5 ret void {}')).toMatchObject(
      illegalAs('out_of_bounds'),
    );
    expect(withArray('void', '%0 = ptr_sub [*]u16 [*]u16 &@a, usize 1 ret void {}')).toMatchObject(
      illegalAs('out_of_bounds'),
    );
    expect(withArray('void', '%0 = ptr_add [*]u16 [*]u16 &@a, usize 4294967295 ret void {}')).toMatchObject(
      illegalAs('out_of_bounds'),
    );
    expect(withArray('void', '%0 = ptr_add [*]u16 [*]u16 ptr(16), usize 1 ret void {}')).toMatchObject(
      illegalAs('null_or_numeric_address'),
    );
  });

  test('fields by address, and back to their struct', () => {
    const declaration = 'var @s : struct { u8, u32, u16 } = .{ 1, 2, 3 }';
    const type = 'struct { u8, u32, u16 }';
    for (const [k, field, value] of [
      [0, 'u8', 1n],
      [1, 'u32', 2n],
      [2, 'u16', 3n],
    ] as const) {
      const load = `%1 = load ${field} %0 ret %1`;
      expect(outcomeOfBody(field, `%0 = struct_field_ptr *${field} *${type} &@s, ${k} ${load}`, declaration)).toEqual(
        returned(value),
      );
      expect(
        outcomeOfBody(field, `%0 = struct_field_ptr_index_${k} *${field} *${type} &@s ${load}`, declaration),
      ).toEqual(returned(value));
      const there = `%0 = struct_field_ptr *${field} *${type} &@s, ${k} %1 = field_parent_ptr *${type} %0, ${k}`;
      expect(outcomeOfBody('bool', `${there} %2 = cmp_eq %1, *${type} &@s ret %2`, declaration)).toEqual(returned(1n));
    }
  });
});

describe('slices and elements', () => {
  const slice = '%0 = slice []u16 [*]u16 &@a + 2, usize 3';

  test.each([
    ['slice_len', `${slice} %1 = slice_len usize %0`, 'usize', 3n],
    ['slice_ptr', `${slice} %5 = slice_ptr [*]u16 %0 %1 = ptr_elem_val %5, usize 0`, 'u16', 11n],
    ['slice_elem_val', `${slice} %1 = slice_elem_val %0, usize 2`, 'u16', 13n],
    ['slice_elem_ptr', `${slice} %5 = slice_elem_ptr *u16 %0, usize 1 %1 = load u16 %5`, 'u16', 12n],
    ['ptr_elem_val', '%1 = ptr_elem_val [*]u16 &@a, usize 3', 'u16', 13n],
    ['array_to_slice', '%0 = array_to_slice []u16 *[4]u16 &@a %1 = slice_len usize %0', 'usize', 4n],
    ['slice of an array pointer', '%0 = slice []u16 *[4]u16 &@a, usize 2 %1 = slice_elem_val %0, usize 1', 'u16', 11n],
    ['array_elem_val', '%0 = load [4]u16 *[4]u16 &@a %1 = array_elem_val %0, usize 2', 'u16', 12n],
    ['a sentinel', '%1 = array_elem_val [2:9]u8 .{ 1, 2 }, usize 2', 'u8', 9n],
    ['a sentinel that is added', '%0 = aggregate_init [1:9]u8 { u8 1 } %1 = array_elem_val %0, usize 1', 'u8', 9n],
    ['a string', '%1 = array_elem_val [3]u8 "abc", usize 1', 'u8', 98n],
  ])('%s', (_, body, type, bits) => {
    expect(withArray(type, `${body} ret %1`)).toEqual(returned(bits));
  });

  test.each([
    ['slice_elem_val', `${slice} %1 = slice_elem_val %0, usize 3`],
    ['slice_elem_ptr', `${slice} %1 = slice_elem_ptr *u16 %0, usize 3`],
    ['array_elem_val', '%0 = load [4]u16 *[4]u16 &@a %1 = array_elem_val %0, usize 4'],
    ['array_elem_val past a sentinel', '%1 = array_elem_val [2:9]u8 .{ 1, 2 }, usize 3'],
    ['ptr_elem_val', '%1 = ptr_elem_val [*]u16 &@a, usize 4'],
    ['a slice that is longer than its object', '%0 = slice []u16 [*]u16 &@a, usize 9 %1 = slice_elem_val %0, usize 5'],
  ])('%s out of bounds is illegal', (_, body) => {
    expect(withArray('void', `${body} ret void {}`)).toMatchObject(illegalAs('out_of_bounds'));
  });

  test('the parts of a slice in memory have addresses', () => {
    const body = `
      %0 = alloc *[]u16
      store %0, []u16 slice([*]u16 &@a, 4)
      %2 = ptr_slice_len_ptr *usize %0
      store %2, usize 2
      %4 = ptr_slice_ptr_ptr *[*]u16 %0
      store %4, [*]u16 &@a + 4
      %6 = load []u16 %0
      %7 = slice_elem_val %6, usize 1
      %8 = slice_len usize %6
      %9 = intcast u16 %8
      %10 = mul %9, u16 100
      %11 = add %10, %7
      ret %11`;
    expect(withArray('u16', body)).toEqual(returned(213n));
  });
});

describe('comparison', () => {
  const declarations = `
    var @x : [2]u8 = .{ 0, 0 }
    var @y : [2]u8 = .{ 0, 0 }
    const @k : [2]u8 = .{ 0, 0 }
    fn @g() void { ret void {} }
    fn @h() void { ret void {} }`;

  test.each([
    ['*u8', '&@x', '&@x', 1n],
    ['*u8', '&@x + 1', '&@x', 0n],
    ['*u8', '&@x + 2', '&@x + 2', 1n],
    ['*u8', '&@x', '&@y + 1', 0n],
    ['*const u8', '&@k', '&(u8 7)', 0n],
    ['*const u8', '&(u8 7)', '&(u8 7)', 1n],
    ['*u8', 'ptr(16)', 'ptr(16)', 1n],
    ['*u8', 'ptr(16)', 'ptr(17)', 0n],
    ['*const fn() void', '&@g', '&@g', 1n],
    ['*const fn() void', '&@g', '&@h', 0n],
  ])('%s: %s and %s', (type, a, b, equal) => {
    expect(outcomeOfBody('bool', `%0 = cmp_eq ${type} ${a}, ${type} ${b} ret %0`, declarations)).toEqual(
      returned(equal),
    );
    expect(outcomeOfBody('bool', `%0 = cmp_neq ${type} ${a}, ${type} ${b} ret %0`, declarations)).toEqual(
      returned(1n - equal),
    );
  });

  test.each([
    ['an end and another object', '*u8 &@x + 2', '*u8 &@y'],
    ['two unnamed constants', '*const u8 &(u8 7)', '*const u8 &(u8 8)'],
    ['an object and a number', '*u8 &@x', '*u8 ptr(4096)'],
    ['an object and null', '*u8 &@x', '*u8 ptr(0)'],
    ['outside of an object', '*u8 &@x - 1', '*u8 &@y'],
  ])('%s must not be compared', (_, a, b) => {
    expect(outcomeOfBody('bool', `%0 = cmp_eq ${a}, ${b} ret %0`, declarations)).toMatchObject(
      illegalAs('pointer_comparison'),
    );
  });

  test('a function and data must not be compared', () => {
    const body = '%0 = bitcast *u8 *const fn() void &@g %1 = cmp_eq %0, *u8 &@x ret %1';
    expect(outcomeOfBody('bool', body, declarations)).toMatchObject(illegalAs('pointer_comparison'));
  });

  test('a slot of a function that has returned must not be compared with another object', () => {
    const text = `
      fn @g() *u8 { %0 = alloc *u8 ret %0 }
      export fn @f() bool { %0 = alloc *u8 %1 = call @g() %2 = cmp_eq %0, %1 ret %2 }`;
    expect(outcomeOf(text)).toMatchObject(illegalAs('pointer_comparison'));
  });
});

describe('addresses in integers', () => {
  test('a pointer comes back from usize, through memory and a call too', () => {
    const text = `
      var @v : u8 = 42
      fn @same(usize) usize { %0 = arg usize 0 ret %0 }
      export fn @f() u8 {
        %0 = bitcast usize *u8 &@v
        %1 = call @same(%0)
        %2 = alloc *usize
        store %2, %1
        %4 = load usize %2
        %5 = bitcast *u8 %4
        %6 = load u8 %5
        ret %6
      }`;
    expect(outcomeOf(text)).toEqual(returned(42n));
  });

  test('a pointer and an address in memory are the same bytes', () => {
    const text = `
      var @v : u8 = 42
      var @p : *u8 = &@v
      export fn @f() bool {
        %0 = load usize *usize &@p
        %1 = bitcast usize *u8 &@v
        %2 = cmp_eq %0, %1
        ret %2
      }`;
    expect(outcomeOf(text)).toEqual(returned(1n));
  });

  test('a number that is cast to a pointer is that number again', () => {
    const text = 'export fn @f(usize) usize { %0 = arg usize 0 %1 = bitcast *u8 %0 %2 = bitcast usize %1 ret %2 }';
    expect(outcomeOf(text, 0xffff_fffcn)).toEqual(returned(0xffff_fffcn));
  });

  test.each([
    ['arithmetic', '%1 = add_wrap %0, usize 4', 'address_arithmetic'],
    ['a bitwise operation', '%1 = bit_and %0, usize 4', 'address_arithmetic'],
    ['intcast', '%1 = intcast u64 %0', 'address_arithmetic'],
    ['trunc', '%1 = trunc u8 %0', 'address_arithmetic'],
    ['a conversion', '%1 = float_from_int f32 %0', 'address_arithmetic'],
    ['a switch', 'switch_br %0 { else { ret void {} } }', 'address_arithmetic'],
    ['an index', '%1 = array_elem_val [1]u8 .{ 1 }, %0', 'address_arithmetic'],
    ['order', '%1 = cmp_lt %0, usize 4', 'pointer_comparison'],
    ['equality with a number', '%1 = cmp_eq %0, usize 4', 'pointer_comparison'],
    ['an observed argument', '%1 = call @host(%0)', 'address_arithmetic'],
  ] as const)('an address in %s is illegal', (_, use, kind) => {
    const end = use.startsWith('switch') ? '' : 'ret void {}';
    const body = `%0 = bitcast usize *u8 &@v ${use} ${end}`;
    expect(outcomeOfBody('void', body, 'var @v : u8 = 0\nextern fn @host(usize) void')).toMatchObject(illegalAs(kind));
  });

  test('the low bits of an address are known as far as its object is aligned', () => {
    const low = (pointer: string, mask: number, alloc = '') =>
      outcomeOfBody(
        'usize',
        `${alloc} %1 = bitcast usize ${pointer} %2 = bit_and %1, usize ${mask} ret %2`,
        'var @v : [8]u16 align(32) = .{ 0 ** }\nvar @w : u32 = 0',
      );
    expect(low('*[8]u16 &@v', 31)).toEqual(returned(0n));
    expect(low('*u16 &@v + 6', 31)).toEqual(returned(6n));
    expect(low('*u16 &@v + 6', 3)).toEqual(returned(2n));
    expect(low('*u16 &@v + 6', 32)).toMatchObject(illegalAs('address_arithmetic'));
    expect(low('*u32 &@w', 3)).toEqual(returned(0n));
    expect(low('*u32 &@w', 4)).toMatchObject(illegalAs('address_arithmetic'));
    expect(low('*const u8 &(u8 7) align(16)', 15)).toEqual(returned(0n));
    expect(low('%0', 63, '%0 = alloc *align(64) u8')).toEqual(returned(0n));
    expect(low('%0', 3, '%0 = alloc *u16')).toMatchObject(illegalAs('address_arithmetic'));
  });

  test('an address does not leave the program as a result', () => {
    expect(outcomeOfBody('usize', '%0 = bitcast usize *u8 &@v ret %0', 'var @v : u8 = 0')).toMatchObject(
      illegalAs('address_arithmetic'),
    );
  });
});

describe('pointers in memory', () => {
  const declarations = `
    var @v : u8 = 42
    var @p : [2]*u8 = .{ &@v, undef }`;

  test('memcpy carries pointers', () => {
    const body = `
      memcpy []*u8 slice([*]*u8 &@p + 4, 1), []*u8 slice([*]*u8 &@p, 1)
      %1 = ptr_elem_val [*]*u8 &@p, usize 1
      %2 = load u8 %1
      ret %2`;
    expect(outcomeOfBody('u8', body, declarations)).toEqual(returned(42n));
  });

  test('a pointer that is copied byte by byte is lost', () => {
    const body = `
      memcpy []u8 slice([*]u8 &@p + 4, 2), []u8 slice([*]u8 &@p, 2)
      memcpy []u8 slice([*]u8 &@p + 6, 2), []u8 slice([*]u8 &@p + 2, 2)
      %2 = ptr_elem_val [*]*u8 &@p, usize 1
      %3 = load u8 %2
      ret %3`;
    expect(outcomeOfBody('u8', body, declarations)).toMatchObject(illegalAs('undefined_value'));
  });

  test('memmove over a part of a pointer keeps none of it, over whole ones all', () => {
    const shifted = 'memmove []u8 slice([*]u8 &@p + 4, 4), []u8 slice([*]u8 &@p, 4)';
    const load = '%1 = ptr_elem_val [*]*u8 &@p, usize 1 %2 = load u8 %1 ret %2';
    expect(outcomeOfBody('u8', `${shifted} ${load}`, declarations)).toEqual(returned(42n));
    const cut = 'memmove []u8 slice([*]u8 &@p + 2, 4), []u8 slice([*]u8 &@p, 4)';
    const first = '%1 = ptr_elem_val [*]*u8 &@p, usize 0 %2 = load u8 %1 ret %2';
    expect(outcomeOfBody('u8', `${cut} ${first}`, declarations)).toMatchObject(illegalAs('undefined_value'));
  });

  test('overwriting a part of a pointer makes the rest undefined', () => {
    const overwrite = 'store *u8 &@p + 1, u8 0';
    const rest = '%1 = load u8 *u8 &@p %2 = cmp_eq %1, u8 0 ret %2';
    expect(outcomeOfBody('bool', `${overwrite} ${rest}`, declarations)).toMatchObject(illegalAs('undefined_value'));
    const own = '%1 = load u8 *u8 &@p + 1 %2 = cmp_eq %1, u8 0 ret %2';
    expect(outcomeOfBody('bool', `${overwrite} ${own}`, declarations)).toEqual(returned(1n));
  });

  test('the bytes of a pointer are no numbers', () => {
    expect(outcomeOfBody('u8', '%0 = load u8 *u8 &@p ret %0', declarations)).toMatchObject(
      illegalAs('undefined_value'),
    );
  });

  test('a number in memory is a numeric pointer', () => {
    const body = 'store *usize &@p, usize 64 %1 = load *u8 **u8 &@p %2 = bitcast usize %1 ret %2';
    expect(outcomeOfBody('usize', body, declarations)).toEqual(returned(64n));
  });
});

describe('with addresses of 64 bits', () => {
  test('pointers, slices and usize are wider, and mean the same', () => {
    const text = `
      var @a : [4]u16 = .{ 10, 11, 12, 13 }
      var @s : []u16 = slice([*]u16 &@a + 2, 3)
      export fn @f(usize) u16 {
        %0 = arg usize 0
        %1 = load []u16 *[]u16 &@s
        %2 = slice_len usize %1
        %3 = sub %2, %0
        %4 = slice_elem_ptr *u16 %1, %3
        %5 = bitcast usize %4
        %6 = bitcast *u16 %5
        %7 = load u16 %6
        ret %7
      }`;
    const parsed = parseUnit(text, { target: { ptrBits: 64 } });
    if (!parsed.ok) throw new Error('the text is not AIR');
    const run = interpret(parsed.unit, [{ fn: 'f', args: [1n] }]);
    expect(run.outcomes).toEqual([returned(13n)]);
    const image = imageOf(parsed.unit, run, 's');
    expect(hexOf(image).slice(24)).toBe('03 00 00 00 00 00 00 00');
    expect([...image.pointers]).toEqual([[0, { kind: 'nav', nav: 0, offset: 2 }]]);
  });

  test('of 64 bits that are numbers are exact below 2^53, and illegal to make from there on', () => {
    const text = `
      export fn @f(usize) bool {
        %0 = arg usize 0
        %1 = bitcast *u8 %0
        %2 = cmp_eq %1, *u8 ptr(4294967294)
        ret %2
      }`;
    const parsed = parseUnit(text, { target: { ptrBits: 64 } });
    if (!parsed.ok) throw new Error('the text is not AIR');
    const outcomesOf = (a: bigint): unknown => interpret(parsed.unit, [{ fn: 'f', args: [a] }]).outcomes[0];
    expect(outcomesOf(0xffff_fffen)).toEqual(returned(1n));
    expect(outcomesOf(0x1_0000_0000n)).toEqual(returned(0n));
    expect(outcomesOf(2n ** 53n - 1n)).toEqual(returned(0n));
    expect(outcomesOf(2n ** 53n)).toMatchObject({ kind: 'illegal', what: 'null_or_numeric_address' });
  });
});
