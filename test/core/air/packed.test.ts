/** Packed structs, packed unions and pointers to bits: text form, layout, rules of the verifier. */
import { describe, expect, test } from '@jest/globals';
import { printUnit } from '../../../core/air/text/print.ts';
import { refusals } from '../../../core/codegen/refusals.ts';
import { abiAlign, abiSize, isByRef } from '../../../core/intern/layout.ts';
import { bitOffset } from '../../../core/intern/packed.ts';
import { parseUnit } from '../../../core/air/text/parse.ts';
import { verifyUnit } from '../../../core/air/verify/verify.ts';
import { formatDiagnostic } from '../../../core/diagnostics/diagnostics.ts';
import { problems, read } from './read-unit.ts';

describe('text', () => {
  test.each([
    ['a packed struct', 'var @x: packed struct(u9) { u1, i7, bool } = .{ 1, -64, true }\n'],
    ['one in another', 'var @x: packed struct(u24) { packed struct(u8) { u8 }, f16 } = .{ .{ 3 }, 1.5 }\n'],
    ['an undefined field', 'var @x: packed struct(u8) { u4, u4 } = .{ undef, 3 }\n'],
    ['a packed union', 'var @x: packed union(u8) { u8, packed struct(u8) { u3, i5 } } = field(1, .{ 7, -1 })\n'],
    [
      'a packed union in a packed struct',
      'var @x: packed struct(u9) { packed union(u1) { bool, i1 }, u8 } = .{ field(0, true), 3 }\n',
    ],
    ['a pointer to bits', 'var @x: u32 = 0\nvar @p: *align(2:5:4) const i3 = &@x\n'],
  ])('%s is printed as it was read', (_, text) => {
    const unit = read(text);
    expect(printUnit(unit)).toBe(text);
    expect(verifyUnit(unit)).toEqual([]);
  });

  test.each([
    ['an integer that is none', 'var @x: packed struct(f32) { f32 } = .{ 1.0 }', 'expected an integer type'],
    ['no integer', 'var @x: packed struct { u8 } = .{ 1 }', 'expected "("'],
    ['a packed thing of another kind', 'var @x: packed enum(u8) { u8 } = .{ 1 }', 'expected "struct"'],
    [
      'elements of a packed union',
      'var @x: packed union(u8) { u8 } = .{ 1 }',
      'expected a value of type packed union(u8)',
    ],
    ['a field that a packed union has not', 'var @x: packed union(u8) { u8 } = field(1, 1)', '1 is out of range'],
    ['a bad alignment', 'var @x: *align(3:0:4) u8 = ptr(4)', '3 is out of range'],
    ['a slice of bits', 'var @x: []align(4:0:4) u8 = undef', 'expected ")"'],
  ])('%s is refused when it is read', (_, text, message) => {
    const parsed = parseUnit(text);
    expect(parsed.ok ? '' : parsed.diagnostics.map(formatDiagnostic).join('\n')).toContain(message);
  });
});

test('it is laid out as its integer, field 0 lowest', () => {
  const { pool, navs } = read('var @x: packed struct(u33) { u2, i30, bool } = undef');
  const { ty } = navs[0]!;
  expect([abiSize(pool, ty), abiAlign(pool, ty), isByRef(pool, ty)]).toEqual([8, 8, false]);
  expect([0, 1, 2].map((n) => bitOffset(pool, ty, n))).toEqual([0, 2, 32]);
});

test('every field of a packed union is all of its integer', () => {
  const { pool, navs } = read('var @x: packed union(u33) { u33, packed struct(u33) { bool, i32 } } = undef');
  const { ty } = navs[0]!;
  expect([abiSize(pool, ty), abiAlign(pool, ty), isByRef(pool, ty)]).toEqual([8, 8, false]);
  expect([0, 1].map((n) => bitOffset(pool, ty, n))).toEqual([0, 0]);
});

describe('types are refused', () => {
  test.each([
    ['packed union(u9) { u9, u8 }', 'field 1 of packed union(u9) { u9, u8 } has 8 bits, not 9'],
    ['packed union(i8) { i8 }', 'no unsigned one'],
    ['packed union(u32) { *u8 }', 'field 0 of packed union(u32) { *u8 } cannot be packed'],
    ['packed struct(u9) { u8 }', 'the fields of packed struct(u9) { u8 } have 8 bits'],
    ['packed struct(i8) { u8 }', 'no unsigned one'],
    ['packed struct(u8) {}', 'has no field'],
    ['packed struct(u32) { *u8 }', 'field 0 of packed struct(u32) { *u8 } cannot be packed'],
    ['*align(4:30:4) u3', 'beyond its 4 bytes'],
    ['*align(1:0:3) u8', 'no integer has the 3 bytes'],
    ['*align(1:0:8) [1]u8', 'cannot be packed'],
  ])('%s', (ty, message) => {
    expect(verifyUnit(read(`var @x: ${ty} = undef`)).map((error) => error.message)).toEqual([
      expect.stringContaining(message),
    ]);
  });

  test('none by the compiler, however many bits it has', () => {
    const messages = (ty: string): string[] => refusals(read(`var @x: ${ty} = undef`)).map(({ code }) => code);
    expect(messages('packed struct(u65535) { u65534, u1 }')).toEqual([]);
    expect(messages('*align(16:0:528) u8')).toEqual([]);
  });
});

describe('instructions are refused', () => {
  const S = 'packed struct(u8) { u3, i5 }';
  test.each([
    ['the address of a field at another bit', [`*${S}`], '%1 = struct_field_ptr *align(1:2:1) i5 %0, 1', 'bit 3 of 1'],
    ['one that is no pointer to bits', [`*${S}`], '%1 = struct_field_ptr *i5 %0, 1', 'bit 3 of 1'],
    ['one that drops const', [`*const ${S}`], '%1 = struct_field_ptr *align(1:0:1) u3 %0, 0', 'drops const'],
    ['one that promises more', [`*${S}`], '%1 = struct_field_ptr *align(2:0:1) u3 %0, 0', 'only 1 is certain'],
    ['a field that is not there', [S], '%1 = struct_field_val u3 %0, 2', 'has no field 2'],
    [
      'elements for a packed union',
      ['u8'],
      '%1 = aggregate_init packed union(u8) { u8 } { %0 }',
      'not a struct or an array',
    ],
    ['the tag of a packed union', ['packed union(u8) { u8 }'], '%1 = get_union_tag u8 %0', 'not a union with a tag'],
    ['a packed struct that is made as a union', ['u3'], `%1 = union_init ${S} %0, 0`, 'not a union'],
    [
      'a packed union of another value',
      ['i8'],
      '%1 = union_init packed union(u8) { u8 } %0, 0',
      'the operand has type i8',
    ],
    ['the parent of a field', ['*align(1:0:1) u3'], `%1 = field_parent_ptr *${S} %0, 0`, 'not a pointer to a struct'],
    ['a cast to another width', [S], '%1 = bitcast u9 %0', 'no bitcast'],
    ['a cast to an enum', [S], '%1 = bitcast enum(u8) { a = 0, _ } %0', 'no bitcast'],
    ['an order', [S], '%1 = cmp_lt %0, %0', 'not an integer or a float'],
    ['an atomic access to bits', ['*align(1:0:1) u3'], '%1 = atomic_load u3 %0, seq_cst', 'not a pointer *T'],
    ['a copy of bits', ['*align(1:0:1) u3'], '%1 = ptr_elem_ptr *u3 %0, usize 0', 'not a [*]T'],
  ])('%s', (_, params, inst, message) => {
    expect(problems(params, inst)).toEqual([expect.stringContaining(message)]);
  });
});
