import { describe, expect, test } from '@jest/globals';
import { bytesValue } from '../../../core/intern/byte-values.ts';
import type { InstIndex } from '../../../core/air/body/ref.ts';
import { Body } from '../../../core/air/body/body.ts';
import { instRef, REF_NONE, valueRef } from '../../../core/air/body/ref.ts';
import { BodyBuilder } from '../../../core/air/body/builder.ts';
import { AIR_OPS, AIR_TAG_NAMES, isDescribed, TAG } from '../../../core/air/schema/ops.ts';
import type { ParseResult } from '../../../core/air/text/parse.ts';
import { parseUnit } from '../../../core/air/text/parse.ts';
import type { Nav, Unit } from '../../../core/air/unit.ts';
import { makeNav } from '../../../core/air/unit.ts';
import type { VerifyError } from '../../../core/air/verify/verify.ts';
import { reportVerifyErrors, verifyUnit } from '../../../core/air/verify/verify.ts';
import { Diagnostics, formatDiagnostic } from '../../../core/diagnostics/diagnostics.ts';
import { InternPool } from '../../../core/intern/intern-pool.ts';
import type { IpIndex, NavIndex } from '../../../core/intern/keys.ts';
import { IP } from '../../../core/intern/keys.ts';
import { PROGRAMS } from './programs.ts';

function parsed(text: string): Extract<ParseResult, { ok: true }> {
  const result = parseUnit(text);
  if (!result.ok) throw new Error(result.diagnostics.map(formatDiagnostic).join('\n'));
  return result;
}

function errorsOf(text: string): readonly VerifyError[] {
  const { unit, lines } = parsed(text);
  return verifyUnit(unit, lines);
}

/** A function of no export whose lines are `lines`, the first of them on line 2. */
function fn(signature: string, ...lines: string[]): string {
  return `fn @f${signature} {\n${lines.join('\n')}\n}\n`;
}

/** `void` function with parameters `params`, whose lines after the arguments are `lines`; the first of them is on line 2 + params. */
function body(params: readonly string[], ...lines: string[]): string {
  const args = params.map((param, n) => `%${n} = arg ${param} ${n}`);
  return fn(`(${params.join(', ')}) void`, ...args, ...lines, 'ret void {}');
}

const SHORT = 'struct { u8, u32 }';

describe('valid programs', () => {
  test.each(Object.keys(PROGRAMS))('the program "%s" is valid', (name) => {
    expect(errorsOf(PROGRAMS[name]!)).toEqual([]);
  });

  test.each([
    ['a variable whose value points to itself', 'var @x: *const u8 = &@x'],
    ['two navs that point to each other', 'const @x: *const u8 = &@y\nconst @y: *const u8 = &@x'],
    ['undefined data', 'var @x: struct { u8, [3]bool } = .{ undef, .{ true, undef, false } }'],
    ['an access with less than natural alignment', body(['*align(1) u32'], '%1 = load u32 %0')],
    ['a block noreturn as the end of a body', fn('() u8', '%0 = block noreturn { ret u8 1 }')],
    ['a call of a noreturn function as the end of a body', fn('() noreturn', 'call @f()')],
    ['clz with the least width that holds N', body(['u8'], '%1 = clz u4 %0')],
    ['intcast to the same type', body(['u8'], '%1 = intcast u8 %0')],
    ['trunc to the same type', body(['u8'], '%1 = trunc u8 %0')],
    [
      'a field pointer with the alignment that base and offset give',
      body([`*align(16) ${SHORT}`], '%1 = struct_field_ptr *align(4) u8 %0, 0'),
    ],
    [
      'an exported noreturn-free scalar function',
      'export fn @f(u7, isize, bool, f32, f64) void { %0 = arg u7 0 %1 = arg isize 1 %2 = arg bool 2 %3 = arg f32 3 %4 = arg f64 4 ret void {} }',
    ],
    [
      'touching ranges',
      body(
        ['i8'],
        'switch_br %0 { case i8 -128..i8 -1 { trap } case i8 0, i8 1..i8 127 { trap } else { trap } }',
      ).replace('ret void {}\n', ''),
    ],
    ['a wide integer, for the compiler to refuse', body(['u128'], '%1 = add %0, %0')],
  ])('%s', (_, text) => {
    expect(errorsOf(text)).toEqual([]);
  });
});

describe('instructions that this version does not describe', () => {
  /** Operands for each form that refused instructions have. Inline assembly has no form, and so no text. */
  const OPERANDS: Readonly<Record<string, string>> = {
    un_op: '%0',
    ty_op: 'u32 %0',
    ty: 'u32',
    number: '0',
  };
  const refused = AIR_TAG_NAMES.filter((tag) => !isDescribed(tag) && AIR_OPS[tag].form !== null);

  test.each(refused)('%s is refused by name, whatever its operands', (tag) => {
    const { form, isVoid } = AIR_OPS[tag];
    const text = `${isVoid ? '' : '%2 = '}${tag} ${OPERANDS[form!]!}`;
    const params = 'extern var @x: u32 threadlocal\nfn @f(u32, *u32) void {\n%0 = arg u32 0\n%1 = arg *u32 1\n';
    const { lines, unit } = parsed(`${params}${text}\ntrap\n}`);
    const messages = verifyUnit(unit, lines).map((error) => error.message);
    expect(messages).toContainEqual(
      expect.stringMatching(new RegExp(`^%2(: | = )${tag} .*: this version refuses ${tag}: `)),
    );
  });

  test.each([
    ['an argument of C', body(['*u8'], '%1 = c_va_arg u8 %0'), '%1 = c_va_arg u8 %0: this version refuses c_va_arg'],
  ])('%s', (_, text, message) => {
    expect(errorsOf(text).map((error) => error.message)).toEqual([
      expect.stringContaining(`${message}: docs/air.md gives it no meaning`),
    ]);
  });

  test('what uses their result is not judged, what stands beside them is', () => {
    const errors = errorsOf(body(['f32'], '%1 = c_va_arg f32 %0', '%2 = not bool %1', '%3 = add_wrap %0, %0'));
    expect(errors.map((error) => error.message)).toEqual([
      expect.stringContaining('refuses c_va_arg'),
      expect.stringContaining('not an integer'),
    ]);
  });
});

/** Name, program, line of the first error, part of its message. */
type Reject = readonly [name: string, text: string, line: number, message: string];

const ARITHMETIC: readonly Reject[] = [
  [
    'add of bools',
    body(['bool'], '%1 = add %0, %0'),
    3,
    '%1 = add %0, %0: the left operand has type bool, not an integer or a float',
  ],
  ['add of two types', body(['u8', 'u16'], '%2 = add %0, %1'), 4, 'the right operand has type u16, not u8'],
  ['add_wrap of floats', body(['f32'], '%1 = add_wrap %0, %0'), 3, 'not an integer'],
  [
    'add_sat with a constant of another type',
    body(['u8'], '%1 = add_sat %0, u9 1'),
    3,
    'the right operand has type u9, not u8',
  ],
  ['div_float of integers', body(['u8'], '%1 = div_float %0, %0'), 3, 'not a float'],
  ['usize and u32 in one add', body(['usize'], '%1 = add %0, u32 1'), 3, 'the right operand has type u32, not usize'],
  ['bool_and of u1', body(['u1'], '%1 = bool_and %0, %0'), 3, 'not bool'],
  ['bit_and of bools', body(['bool'], '%1 = bit_and %0, %0'), 3, 'not an integer'],
  ['neg of an integer', body(['i8'], '%1 = neg %0'), 3, 'the operand has type i8, not a float'],
  ['abs of a signed integer as signed', body(['i8'], '%1 = abs i8 %0'), 3, 'the result has type i8, not u8'],
  ['abs of a float as another float', body(['f32'], '%1 = abs f64 %0'), 3, 'the result has type f64, not f32'],
  ['abs of isize as u32', body(['isize'], '%1 = abs u32 %0'), 3, 'the result has type u32, not usize'],
  [
    'overflow with a struct for a tuple',
    body(['u8'], '%1 = add_with_overflow struct { u8, u1 } %0, %0'),
    3,
    'not tuple { u8, u1 }',
  ],
  [
    'overflow with another element',
    body(['u8'], '%1 = mul_with_overflow tuple { u16, u1 } %0, %0'),
    3,
    'not tuple { u8, u1 }',
  ],
  [
    'overflow of two types',
    body(['u8'], '%1 = sub_with_overflow tuple { u8, u1 } %0, u16 1'),
    3,
    'the right operand has type u16',
  ],
  [
    'shl_with_overflow by a signed amount',
    body(['u8'], '%1 = shl_with_overflow tuple { u8, u1 } %0, i8 1'),
    3,
    'the shift amount has type i8, not an unsigned integer',
  ],
  ['shl by a signed amount', body(['u8'], '%1 = shl %0, i3 1'), 3, 'the shift amount has type i3'],
  ['shr of a float', body(['f32'], '%1 = shr %0, u3 1'), 3, 'not an integer'],
  ['not of a float', body(['f32'], '%1 = not f32 %0'), 3, 'not bool or an integer'],
  ['not with another result', body(['u8'], '%1 = not u9 %0'), 3, 'the result has type u9, not u8'],
  ['clz with too narrow a result', body(['u8'], '%1 = clz u3 %0'), 3, 'not an unsigned integer that can hold 8'],
  ['popcount with a signed result', body(['u8'], '%1 = popcount i8 %0'), 3, 'not an unsigned integer'],
  ['ctz of a bool', body(['bool'], '%1 = ctz u8 %0'), 3, 'not an integer'],
  ['byte_swap of 9 bits', body(['u9'], '%1 = byte_swap u9 %0'), 3, 'not an integer of whole bytes'],
  ['bit_reverse with another result', body(['u9'], '%1 = bit_reverse i9 %0'), 3, 'the result has type i9, not u9'],
];

const CASTS: readonly Reject[] = [
  ['cmp_lt of bools', body(['bool'], '%1 = cmp_lt %0, %0'), 3, 'not an integer or a float'],
  ['cmp_eq of structs', body([SHORT], '%1 = cmp_eq %0, %0'), 3, 'not an integer, float, bool, pointer, enum'],
  [
    'cmp_eq of pointers of two types',
    body(['*u8', '*const u8'], '%2 = cmp_eq %0, %1'),
    4,
    'has type *const u8, not *u8',
  ],
  ['cmp_gt of pointers', body(['*u8'], '%1 = cmp_gt %0, %0'), 3, 'not an integer or a float'],
  ['intcast of a bool', body(['bool'], '%1 = intcast u8 %0'), 3, 'the operand has type bool, not an integer'],
  ['intcast to a float', body(['u8'], '%1 = intcast f32 %0'), 3, 'the result has type f32, not an integer'],
  ['trunc to more bits', body(['u8'], '%1 = trunc u9 %0'), 3, 'no wider than u8'],
  ['trunc to another sign', body(['u8'], '%1 = trunc i8 %0'), 3, 'and of its sign'],
  ['bitcast between widths', body(['u8'], '%1 = bitcast u9 %0'), 3, 'no bitcast from u8 to u9'],
  ['bitcast of f32 to u64', body(['f32'], '%1 = bitcast u64 %0'), 3, 'no bitcast from f32 to u64'],
  ['bitcast of f32 to usize', body(['f32'], '%1 = bitcast usize %0'), 3, 'no bitcast from f32 to usize'],
  ['bitcast of bool to u8', body(['bool'], '%1 = bitcast u8 %0'), 3, 'no bitcast from bool to u8'],
  ['bitcast of a pointer to u32', body(['*u8'], '%1 = bitcast u32 %0'), 3, 'no bitcast from *u8 to u32'],
  ['bitcast of a slice', body(['[]u8'], '%1 = bitcast []i8 %0'), 3, 'no bitcast from []u8 to []i8'],
  ['fptrunc to f64', body(['f64'], '%1 = fptrunc f64 %0'), 3, 'the result has type f64, not a float narrower than f64'],
  ['fpext of f64', body(['f64'], '%1 = fpext f64 %0'), 3, 'the result has type f64, not a float wider than f64'],
  ['fpext of an integer', body(['u32'], '%1 = fpext f64 %0'), 3, 'the operand has type u32, not a float'],
  ['fptrunc to an integer', body(['f64'], '%1 = fptrunc u32 %0'), 3, 'the result has type u32, not a float narrower'],
  [
    'int_from_float of an integer',
    body(['u8'], '%1 = int_from_float u8 %0'),
    3,
    'the operand has type u8, not a float',
  ],
  ['float_from_int of a float', body(['f32'], '%1 = float_from_int f32 %0'), 3, 'not an integer'],
];

const MEMORY: readonly Reject[] = [
  ['alloc of no pointer', body([], '%0 = alloc u8'), 2, 'the result has type u8, not a pointer *T'],
  ['alloc of a const pointer', body([], '%0 = alloc *const u8'), 2, 'not a pointer *T'],
  ['alloc of a many-pointer', body([], '%0 = alloc [*]u8'), 2, 'not a pointer *T'],
  ['alloc of a function', body([], '%0 = alloc *fn() void'), 2, 'not a pointer *T'],
  ['ret_ptr of another type', fn('() u8', '%0 = ret_ptr *u9', 'trap'), 2, 'the place has type u9, not u8'],
  [
    'ret_ptr with more alignment than the caller gives',
    fn('() [2]u8', '%0 = ret_ptr *align(8) [2]u8', 'trap'),
    2,
    'the place promises alignment 8, a result has 1',
  ],
  ['load with another type', body(['*u8'], '%1 = load i8 %0'), 3, 'the result has type i8, not u8'],
  [
    'load through a many-pointer',
    body(['[*]u8'], '%1 = load u8 %0'),
    3,
    'the operand has type [*]u8, not a pointer *T',
  ],
  ['load of a function', body(['*const fn() void'], '%1 = load u8 %0'), 3, 'not a pointer *T'],
  [
    'store through a const pointer',
    body(['*const u8'], 'store %0, u8 1'),
    3,
    '%1: store %0, u8 1: the left operand has type *const u8: it is const',
  ],
  ['store of another type', body(['*u8'], 'store %0, i8 1'), 3, 'the right operand has type i8, not u8'],
  ['store to a number', body(['u32'], 'store %0, u8 1'), 3, 'not a pointer *T'],
  ['ptr_add on a pointer to one', body(['*u8'], '%1 = ptr_add [*]u8 %0, usize 1'), 3, 'not a pointer [*]T'],
  ['ptr_add by u32', body(['[*]u8'], '%1 = ptr_add [*]u8 %0, u32 1'), 3, 'the right operand has type u32, not usize'],
  ['ptr_add that drops const', body(['[*]const u8'], '%1 = ptr_add [*]u8 %0, usize 1'), 3, 'drops const'],
  [
    'ptr_sub that keeps too much alignment',
    body(['[*]align(16) u32'], '%1 = ptr_sub [*]align(16) u32 %0, usize 1'),
    3,
    'promises alignment 16, only 4 is certain',
  ],
  ['ptr_elem_val of a slice', body(['[]u8'], '%1 = ptr_elem_val %0, usize 1'), 3, 'not a pointer [*]T'],
  ['ptr_elem_ptr of a pointer to one', body(['*u8'], '%1 = ptr_elem_ptr *u8 %0, usize 1'), 3, 'not a [*]T or a *[n]T'],
  [
    'ptr_elem_ptr to a many-pointer',
    body(['[*]u8'], '%1 = ptr_elem_ptr [*]u8 %0, usize 1'),
    3,
    'the result has type [*]u8, not *u8',
  ],
  [
    'ptr_elem_ptr with a u8 index',
    body(['[*]u8'], '%1 = ptr_elem_ptr *u8 %0, u8 1'),
    3,
    'the index has type u8, not usize',
  ],
  ['slice of another element', body(['[*]u8'], '%1 = slice []i8 %0, usize 1'), 3, 'the result has type []i8, not []u8'],
  ['slice with a u32 length', body(['[*]u8'], '%1 = slice []u8 %0, u32 1'), 3, 'the length has type u32, not usize'],
  ['slice_len as u32', body(['[]u8'], '%1 = slice_len u32 %0'), 3, 'the result has type u32, not usize'],
  ['slice_len of an array', body(['[3]u8'], '%1 = slice_len usize %0'), 3, 'not a slice'],
  ['slice_ptr that drops const', body(['[]const u8'], '%1 = slice_ptr [*]u8 %0'), 3, 'drops const'],
  ['ptr_slice_len_ptr of a slice', body(['[]u8'], '%1 = ptr_slice_len_ptr *usize %0'), 3, 'not a *[]T'],
  ['ptr_slice_len_ptr to u32', body(['*[]u8'], '%1 = ptr_slice_len_ptr *u32 %0'), 3, 'not *usize'],
  [
    'ptr_slice_ptr_ptr to another pointer',
    body(['*[]const u8'], '%1 = ptr_slice_ptr_ptr *[*]u8 %0'),
    3,
    'not a pointer to the [*]T of []const u8',
  ],
  ['slice_elem_val of a many-pointer', body(['[*]u8'], '%1 = slice_elem_val %0, usize 0'), 3, 'not a slice'],
  ['slice_elem_ptr that drops const', body(['[]const u8'], '%1 = slice_elem_ptr *u8 %0, usize 0'), 3, 'drops const'],
  ['array_elem_val of a pointer', body(['*[3]u8'], '%1 = array_elem_val %0, usize 0'), 3, 'not an array'],
  ['array_to_slice of an array value', body(['[3]u8'], '%1 = array_to_slice []u8 %0'), 3, 'not a *[n]T'],
  [
    'struct_field_ptr of a struct value',
    body([SHORT], '%1 = struct_field_ptr *u8 %0, 0'),
    3,
    'not a pointer to a struct',
  ],
  [
    'struct_field_ptr past the fields',
    body([`*${SHORT}`], '%1 = struct_field_ptr *u8 %0, 2'),
    3,
    `${SHORT} has no field 2`,
  ],
  [
    'struct_field_ptr of another type',
    body([`*${SHORT}`], '%1 = struct_field_ptr *u8 %0, 1'),
    3,
    'the result has type *u8, not *u32',
  ],
  [
    'struct_field_ptr that drops const',
    body([`*const ${SHORT}`], '%1 = struct_field_ptr *u32 %0, 1'),
    3,
    'drops const',
  ],
  [
    'struct_field_ptr that promises too much',
    body([`*align(16) ${SHORT}`], '%1 = struct_field_ptr *align(8) u8 %0, 0'),
    3,
    'promises alignment 8, only 4 is certain',
  ],
  [
    'struct_field_ptr of less than natural alignment',
    body([`*align(1) ${SHORT}`], '%1 = struct_field_ptr *u32 %0, 1'),
    3,
    'promises alignment 4, only 1 is certain',
  ],
  [
    'struct_field_ptr_index_3 of two fields',
    body([`*${SHORT}`], '%1 = struct_field_ptr_index_3 *u8 %0'),
    3,
    'has no field 3',
  ],
  [
    'struct_field_val of another type',
    body([SHORT], '%1 = struct_field_val u8 %0, 1'),
    3,
    'the result has type u8, not u32',
  ],
  ['struct_field_val of an array', body(['[3]u8'], '%1 = struct_field_val u8 %0, 1'), 3, 'not a struct'],
  [
    'field_parent_ptr of another field',
    body(['*u8'], `%1 = field_parent_ptr *${SHORT} %0, 1`),
    3,
    'the operand has type *u8, not *u32',
  ],
  [
    'field_parent_ptr that promises too much',
    body(['*u32'], `%1 = field_parent_ptr *align(8) ${SHORT} %0, 1`),
    3,
    'promises alignment 8, only 4 is certain',
  ],
  ['field_parent_ptr to no struct', body(['*u8'], '%1 = field_parent_ptr *u8 %0, 0'), 3, 'not a pointer to a struct'],
  ['memset of another element', body(['[]u8'], 'memset %0, u9 1'), 3, 'the value has type u9, not u8'],
  ['memset of const memory', body(['*const [3]u8'], 'memset %0, u8 1'), 3, 'it is const'],
  [
    'memset of a many-pointer',
    body(['[*]u8'], 'memset %0, u8 1'),
    3,
    'the destination has type [*]u8, not a []T or a *[n]T',
  ],
  ['memcpy of another element', body(['[]u8', '[]i8'], 'memcpy %0, %1'), 4, 'the source has type []i8'],
  ['memmove to a number', body(['u8'], 'memmove %0, %0'), 3, 'the destination has type u8'],
  [
    'aggregate_init with too few operands',
    body([], `%0 = aggregate_init ${SHORT} { u8 1 }`),
    2,
    'needs 2 operands, not 1',
  ],
  [
    'aggregate_init with an operand of another type',
    body([], '%0 = aggregate_init [2]u8 { u8 1, u9 1 }'),
    2,
    'operand 1 has type u9, not u8',
  ],
  ['aggregate_init of a number', body([], '%0 = aggregate_init u8 { u8 1 }'), 2, 'not a struct or an array'],
];

const CONTROL: readonly Reject[] = [
  ['an argument of another type', fn('(u8) void', '%0 = arg u9 0', 'ret void {}'), 2, 'the result has type u9, not u8'],
  [
    'arguments out of order',
    fn('(u8, u8) void', '%0 = arg u8 1', '%1 = arg u8 0', 'ret void {}'),
    2,
    'the argument 0 comes first',
  ],
  ['a missing argument', fn('(u8) void', 'ret void {}'), 2, 'the argument 0 comes first'],
  [
    'an argument too many',
    fn('(u8) void', '%0 = arg u8 0', '%1 = arg u8 1', 'ret void {}'),
    3,
    'the function has 1 parameters',
  ],
  [
    'an argument in a block',
    fn('(u8) void', '%0 = block void {', '%1 = arg u8 0', 'br %0', '}', 'ret void {}'),
    2,
    'the argument 0 comes first',
  ],
  ['a body that does not end', fn('() void', '%0 = alloc *u8'), 2, 'the body ends here'],
  ['a body that goes on after its end', fn('() void', 'ret void {}', 'ret void {}'), 2, 'the body goes on'],
  ['code after a noreturn call', fn('() noreturn', 'call @f()', 'trap'), 2, 'the body goes on'],
  ['an empty function', fn('() void'), 1, '@f: the body is empty'],
  ['an empty block', fn('() void', '%0 = block void {}', 'ret void {}'), 2, 'it owns an empty body'],
  [
    'a value from another arm',
    fn(
      '() u8',
      '%0 = block void {',
      'cond_br bool true {',
      '%2 = add u8 1, u8 2',
      'br %0',
      '} else {',
      'ret %2',
      '}',
      '}',
      'ret u8 1',
    ),
    7,
    '%2 is not defined on every way to it',
  ],
  [
    'a value from inside a block',
    fn('() u8', '%0 = block void {', '%1 = add u8 1, u8 2', 'br %0', '}', 'ret %1'),
    6,
    '%1 is not defined on every way',
  ],
  [
    'a block used inside itself',
    fn('() u8', '%0 = block u8 {', '%1 = add %0, u8 2', 'br %0 %1', '}', 'ret %0'),
    3,
    '%0 is not defined on every way',
  ],
  ['the result of a store', fn('(*u8) void', '%0 = arg *u8 0', '%1 = store %0, u8 1', 'ret %1'), 4, '%1 has no value'],
  [
    'br out of a block that is not open',
    fn('() void', '%0 = block void {', 'br %0', '}', 'br %0'),
    5,
    '%0 is no block around it',
  ],
  ['br to a loop', fn('() void', '%0 = loop noreturn {', 'br %0', '}'), 3, '%0 is no block around it'],
  [
    'br with another type',
    fn('() u8', '%0 = block u8 {', 'br %0 u9 1', '}', 'ret %0'),
    3,
    'the value has type u9, not u8',
  ],
  ['br without a value', fn('() u8', '%0 = block u8 {', 'br %0', '}', 'ret %0'), 3, 'a value of type u8 is missing'],
  [
    'br with a value of a void block',
    fn('() void', '%0 = block void {', 'br %0 void {}', '}', 'ret void {}'),
    3,
    'it takes no value',
  ],
  ['br out of a noreturn block', fn('() void', '%0 = block noreturn {', 'br %0', '}'), 3, 'nothing leaves it'],
  [
    'repeat of a block',
    fn('() void', '%0 = block void {', 'repeat %0', '}', 'ret void {}'),
    3,
    '%0 is no loop around it',
  ],
  ['a loop with a type', fn('() void', '%0 = loop u8 {', 'ret void {}', '}'), 2, 'the loop has type u8, not noreturn'],
  [
    'a condition of type u1',
    fn('(u1) void', '%0 = arg u1 0', 'cond_br %0 { trap } else { trap }'),
    3,
    '%1: cond_br %0: the condition has type u1, not bool',
  ],
  [
    'switch_br on a bool',
    fn('(bool) void', '%0 = arg bool 0', 'switch_br %0 { else { trap } }'),
    3,
    'the operand has type bool, not an integer',
  ],
  [
    'loop_switch_br on a bool',
    fn('(bool) void', '%0 = arg bool 0', '%1 = loop_switch_br %0 { else { trap } }'),
    3,
    'not an integer, enum or error',
  ],
  [
    'switch_dispatch to a loop',
    fn('(u8) void', '%0 = arg u8 0', '%1 = loop noreturn { switch_dispatch %1 %0 }'),
    3,
    '%1 is no loop_switch_br around it',
  ],
  [
    'switch_dispatch with another type',
    fn('(u8) void', '%0 = arg u8 0', '%1 = loop_switch_br %0 { else { switch_dispatch %1 u16 1 } }'),
    3,
    'the operand has type u16, not u8',
  ],
  [
    'repeat of a loop_switch_br',
    fn('(u8) void', '%0 = arg u8 0', '%1 = loop_switch_br %0 { else { repeat %1 } }'),
    3,
    '%1 is no loop around it',
  ],
  [
    'a tail call of a function with another result',
    'fn @g() u8 { ret u8 1 } fn @f() u16 { %0 = call_always_tail @g() ret u16 1 }',
    1,
    'the result has type u8, not u16',
  ],
  [
    'a tail call of a function of another convention',
    'fn @g() callconv(c) u8 { ret u8 1 } fn @f() u8 { %0 = call_always_tail @g() ret %0 }',
    1,
    'the callee has another calling convention',
  ],
  [
    'a call through a pointer of another convention',
    'const @p: *const fn() void = &@g fn @g() callconv(c) void { ret void {} }',
    1,
    'fn() callconv(c) void',
  ],
  [
    'a tail call whose result is not returned',
    'fn @f() u16 { %0 = call_always_tail @f() ret u16 1 }',
    1,
    'no ret of its result follows it',
  ],
  [
    'a tail call that something follows',
    'fn @f() void { call_always_tail @f() %1 = ret_addr ret void {} }',
    1,
    'no ret of its result follows it',
  ],
  ['a prefetch of no pointer', body(['u8'], 'prefetch %0, read, 3, data'), 3, 'not a pointer to data'],
  ['a prefetch of a function', body(['*fn() void'], 'prefetch %0, read, 3, data'), 3, 'not a pointer to data'],
  ['a locality of 4', body(['*u8'], 'prefetch %0, read, 4, data'), 3, 'a locality is 0 to 3, not 4'],
  ['an error trace at no address', body(['u8'], 'set_err_return_trace %0'), 3, 'not a pointer *T'],
  ['an error trace at many', body([], '%0 = err_return_trace [*]u8'), 2, 'not a pointer *T'],
  ['an index of no struct', body([], '%0 = save_err_return_trace_index usize 0'), 2, 'not a struct'],
  ['an index that is no field', body([], `%0 = save_err_return_trace_index ${SHORT} 2`), 2, 'has 2 fields'],
  ['an index that is no usize', body([], `%0 = save_err_return_trace_index ${SHORT} 1`), 2, 'field 1 has type u32'],
  ['another memory', fn('() void', '%0 = wasm_memory_size 1', 'ret void {}'), 2, 'there is no memory 1'],
  [
    'pages that are no usize',
    fn('() void', '%0 = wasm_memory_grow 0 u32 1', 'ret void {}'),
    2,
    'the number of pages has type u32, not usize',
  ],
  [
    'a switch item of another type',
    fn('(u8) void', '%0 = arg u8 0', 'switch_br %0 { case u9 1 { trap } else { trap } }'),
    3,
    'an item has type u9, not u8',
  ],
  [
    'a switch item that is no constant',
    fn('(u8) void', '%0 = arg u8 0', 'switch_br %0 { case %0 { trap } else { trap } }'),
    3,
    'an item is no constant',
  ],
  [
    'an undefined switch item',
    fn('(u8) void', '%0 = arg u8 0', 'switch_br %0 { case u8 undef { trap } else { trap } }'),
    3,
    'an item is no number',
  ],
  [
    'a switch item in two cases',
    fn('(u8) void', '%0 = arg u8 0', 'switch_br %0 { case u8 1 { trap } case u8 1 { trap } else { trap } }'),
    3,
    'two items cover 1',
  ],
  [
    'overlapping ranges',
    fn(
      '(i8) void',
      '%0 = arg i8 0',
      'switch_br %0 { case i8 0..i8 5 { trap } case i8 -3..i8 0 { trap } else { trap } }',
    ),
    3,
    'two items cover 0',
  ],
  [
    'an empty range',
    fn('(i8) void', '%0 = arg i8 0', 'switch_br %0 { case i8 1..i8 -1 { trap } else { trap } }'),
    3,
    'the range 1..-1 is empty',
  ],
  ['ret of another type', fn('() u8', 'ret u9 1'), 2, '%0: ret u9 1: the result has type u9, not u8'],
  ['ret of a noreturn function', fn('() noreturn', 'ret void {}'), 2, 'a function noreturn never returns'],
  ['ret_load of another type', fn('(*u9) u8', '%0 = arg *u9 0', 'ret_load %0'), 3, 'the result has type u9, not u8'],
  ['ret_load of a number', fn('(u8) u8', '%0 = arg u8 0', 'ret_load %0'), 3, 'not a pointer *T'],
  ['a call of a number', body(['u8'], 'call %0()'), 3, 'the callee has type u8, not a pointer to a function'],
  ['a call of a pointer to data', body(['*u8'], 'call %0()'), 3, 'not a pointer to a function'],
  [
    'a call with too many arguments',
    fn('() void', 'call @f(u8 1)', 'ret void {}'),
    2,
    'the callee takes 0 arguments, not 1',
  ],
  [
    'a call with an argument of another type',
    body(['*const fn(u8) void'], 'call %0(u9 1)'),
    3,
    'argument 0 has type u9, not u8',
  ],
  ['an instruction after one that is broken', body(['u8'], '%1 = add %0, u9 1', '%2 = add %0, u10 1'), 3, '%1 = add'],
  ['a block of a function type', fn('() void', '%0 = block fn() void { trap }', 'trap'), 2, 'not a type of values'],
  ['a load of type noreturn', body(['*u8'], '%1 = load noreturn %0'), 3, 'its type has no values'],
];

const DECLARATIONS: readonly Reject[] = [
  [
    'two exports of one name',
    'export("a") var @x: u8 = 1\nexport("a") fn @f() void { ret void {} }',
    2,
    '@f: the name "a" is exported twice',
  ],
  ['an empty name', 'var @"": u8 = 1', 1, 'the name is empty'],
  ['an empty export name', 'export("") var @x: u8 = 1', 1, 'the name of an export is empty'],
  ['an empty section', 'var @x: u8 section("") = 1', 1, 'the section is empty'],
  ['data of function type', 'var @x: fn() void = undef', 1, 'data cannot have type fn() void'],
  ['data of type noreturn', 'var @x: noreturn = undef', 1, 'data cannot have type noreturn'],
  [
    'a field of type noreturn',
    'var @x: struct { noreturn } = undef',
    1,
    'field 0 of struct { noreturn } cannot be in memory',
  ],
  [
    'a field aligned below its nature',
    'var @x: struct { u32 align(2) } = undef',
    1,
    'field 0 of struct { u32 align(2) } has a bad alignment',
  ],
  ['an array of functions', 'var @x: [2]fn() void = undef', 1, 'has elements that cannot be in memory'],
  ['a pointer to many functions', 'var @x: [*]fn() void = undef', 1, 'points to many functions'],
  ['an aligned pointer to a function', 'var @x: *align(4) fn() void = undef', 1, 'gives a function an alignment'],
  ['a pointer to noreturn', 'var @x: *noreturn = undef', 1, 'points to noreturn'],
  ['a parameter of type noreturn', 'extern fn @f(noreturn) void', 1, 'parameter 0 of fn(noreturn) void has no values'],
  ['a function that returns a function', 'extern fn @f() fn() void', 1, 'returns a function'],
  ['a type that is too large', 'var @x: [2147483648]u8 = undef', 1, '[2147483648]u8 is too large'],
  ['a type whose size is not a number any more', `var @x: ${'[4294967295]'.repeat(60)}u64 = undef`, 1, 'is too large'],
  [
    'the address of a function as data',
    'const @x: *const u8 = &@f\nextern fn @f() void',
    1,
    'the address of function @f has type *const u8',
  ],
  [
    'the address of data as a function',
    'const @x: *const fn() void = &@x',
    1,
    'the address of data @x has type *const fn() void',
  ],
  [
    'the address of a function of another type',
    'const @x: *const fn(u8) void = &@f\nextern fn @f() void',
    1,
    'function @f has type fn() void',
  ],
  [
    'an offset from a function',
    'const @x: *const fn() void = &@f + 4\nextern fn @f() void',
    1,
    'the address of function @f has an offset',
  ],
  [
    'a constant with a thread-local address',
    'const @x: *const u8 = &@y\nvar @y: u8 threadlocal = 1',
    1,
    '@y is thread-local',
  ],
  ['an unnamed function', 'const @x: *const fn() void = &(u8 1)', 1, 'an unnamed constant is no function'],
  [
    'a slice from one element',
    'const @x: []const u8 = slice(*const u8 &(u8 1), 1)',
    1,
    'a []const u8 cannot point to what a *const u8 does',
  ],
  ['a slice that drops const', 'const @x: []u8 = slice([*]const u8 &(u8 1), 1)', 1, 'a []u8 drops const'],
  [
    'a slice that promises too much',
    'const @x: []align(4) const u8 = slice([*]const u8 &(u8 1), 1)',
    1,
    'promises too much alignment',
  ],
  [
    'a slice of undefined length',
    'const @x: []const u8 = slice([*]const u8 undef, undef)',
    1,
    'the length of a slice is no number',
  ],
  [
    'a bad value deep inside',
    'const @x: *const *const []const u8 = &(*const []const u8 &([]const u8 slice(*const u8 ptr(1), 1)))',
    1,
    'cannot point to what',
  ],
];

describe.each([
  ['arithmetic and bits', ARITHMETIC],
  ['comparisons and casts', CASTS],
  ['memory and aggregates', MEMORY],
  ['control flow and calls', CONTROL],
  ['declarations, types and values', DECLARATIONS],
])('refused: %s', (_, cases) => {
  test.each(cases)('%s', (_name, text, line, message) => {
    const [first] = errorsOf(text);
    expect(first).toBeDefined();
    expect({ line: first!.line, message: first!.message }).toEqual({ line, message: expect.stringContaining(message) });
  });
});

describe('errors', () => {
  test('name the declaration, the instruction and the line, in text order', () => {
    const text = 'var @x: [*]fn() void = undef\nfn @g(u8) u8 {\n%0 = arg u8 0\n%1 = add %0, u9 1\nret u7 1\n}';
    expect(errorsOf(text)).toEqual([
      { nav: 'x', inst: null, line: 1, message: '@x: [*]fn() void points to many functions' },
      { nav: 'g', inst: 1, line: 4, message: '%1 = add %0, u9 1: the right operand has type u9, not u8' },
      { nav: 'g', inst: 2, line: 5, message: '%2: ret u7 1: the result has type u7, not u8' },
    ]);
  });

  test('do not follow from each other', () => {
    expect(errorsOf(body([], '%0 = call bool true()', '%1 = add %0, %0', '%2 = neg %1'))).toHaveLength(1);
  });

  test('are no more than fifty', () => {
    expect(errorsOf(body([], ...Array.from({ length: 80 }, () => 'store u8 1, u8 1')))).toHaveLength(50);
  });

  test('become diagnostics with a place in the text, or in the unit when there is no text', () => {
    const { unit, lines } = parsed('fn @f() u8 {\nret u9 1\n}');
    const diagnostics = new Diagnostics();
    reportVerifyErrors(verifyUnit(unit, lines), diagnostics, 'a.air');
    reportVerifyErrors(verifyUnit(unit), diagnostics);
    const message = 'error: %0: ret u9 1: the result has type u9, not u8';
    expect(diagnostics.text()).toBe(`@f %0: ${message}\na.air:2: ${message}`);
  });
});

describe('units that text cannot express', () => {
  function unitOf(make: (pool: InternPool) => Nav | readonly Nav[]): Unit {
    const pool = new InternPool();
    const navs = make(pool);
    return { pool, navs: 'kind' in navs ? [navs] : navs };
  }

  function func(pool: InternPool, body: Body, nav: Partial<Nav> = {}): Nav {
    return makeNav({ kind: 'func', name: 'f', ty: pool.fnType([], IP.void_type), body, ...nav });
  }

  const VOID = valueRef(IP.void_value);

  function built(make: (builder: BodyBuilder) => void): Body {
    const builder = new BodyBuilder();
    make(builder);
    return builder.finish();
  }

  const returns = built((b) => b.un('ret', VOID));

  test.each<readonly [string, (pool: InternPool) => Nav | readonly Nav[], string]>([
    ['a nav without a body', (p) => ({ ...func(p, returns), body: null }), 'only they, have a body'],
    ['a function with a section', (p) => func(p, returns, { section: 'x' }), 'a function has no alignment'],
    ['a function with a module', (p) => func(p, returns, { module: 'x' }), 'only they, have a module'],
    ['a function of no function type', (p) => func(p, returns, { ty: IP.u8_type }), 'its type u8 is no function type'],
    ['two navs of one name', (p) => [func(p, returns), func(p, returns)], 'the name is declared twice'],
    ['a name that is not Unicode', (p) => func(p, returns, { name: '\ud800' }), 'not Unicode'],
    [
      'an extern that is exported',
      (p) =>
        makeNav({
          kind: 'extern_func',
          name: 'f',
          ty: p.fnType([], IP.void_type),
          exports: [{ name: 'f', visibility: 'default' }],
        }),
      'something extern cannot be exported',
    ],
    ['data without a value', () => makeNav({ kind: 'var', name: 'x', ty: IP.u8_type }), 'the value is missing'],
    [
      'data with a value of another type',
      (p) => makeNav({ kind: 'var', name: 'x', ty: IP.u8_type, init: p.int(IP.u32_type, 1n) }),
      'the value has type u32, not u8',
    ],
    [
      'data whose value is a type',
      () => makeNav({ kind: 'var', name: 'x', ty: IP.u8_type, init: IP.u8_type }),
      'a type stands in the place of a value',
    ],
    [
      'data whose type is a value',
      () => makeNav({ kind: 'var', name: 'x', ty: IP.void_value, init: IP.void_value }),
      'a value stands in the place of a type',
    ],
    [
      'data of an unknown type',
      () => makeNav({ kind: 'var', name: 'x', ty: 99999 as IpIndex, init: IP.void_value }),
      'there is no item 99999',
    ],
    [
      'data with an alignment of 3',
      (p) => makeNav({ kind: 'var', name: 'x', ty: IP.u8_type, align: 3, init: p.int(IP.u8_type, 1n) }),
      'the alignment 3',
    ],
    [
      'an integer out of range',
      (p) => makeNav({ kind: 'var', name: 'x', ty: IP.u8_type, init: p.intWords(IP.u8_type, 256, 0) }),
      'integer out of range of u8',
    ],
    [
      'a signed integer that is not sign-extended',
      (p) => makeNav({ kind: 'var', name: 'x', ty: IP.i32_type, init: p.intWords(IP.i32_type, 0x8000_0000, 0) }),
      'integer out of range of i32',
    ],
    [
      'a 40-bit integer that is not sign-extended',
      (p) =>
        makeNav({ kind: 'var', name: 'x', ty: p.intType(true, 40), init: p.intWords(p.intType(true, 40), 0, 0x80) }),
      'integer out of range of i40',
    ],
    [
      'a string of the wrong length',
      (p) =>
        makeNav({
          kind: 'var',
          name: 'x',
          ty: p.arrayType(IP.u8_type, 2),
          init: bytesValue(p, p.arrayType(IP.u8_type, 2), Uint8Array.of(1)),
        }),
      'a string of 1 bytes is no [2]u8',
    ],
    [
      'an element of another type',
      (p) =>
        makeNav({
          kind: 'var',
          name: 'x',
          ty: p.arrayType(IP.u8_type, 1),
          init: p.aggregate(p.arrayType(IP.u8_type, 1), [p.int(IP.u32_type, 1n)]),
        }),
      'element 0 of a [1]u8 has type u32',
    ],
    [
      'a repeated element of another type',
      (p) =>
        makeNav({
          kind: 'var',
          name: 'x',
          ty: p.arrayType(IP.u8_type, 9),
          init: p.repeated(p.arrayType(IP.u8_type, 9), IP.void_value),
        }),
      'element 0 of a [9]u8 has type void',
    ],
    [
      'elements of a number',
      (p) => makeNav({ kind: 'var', name: 'x', ty: IP.u8_type, init: p.aggregate(IP.u8_type, []) }),
      'elements of type u8',
    ],
    [
      'an unnamed constant aligned to 3',
      (p) =>
        makeNav({
          kind: 'var',
          name: 'x',
          ty: p.ptrType(IP.u8_type),
          init: p.ptrUav(p.ptrType(IP.u8_type), IP.bool_true, 3),
        }),
      'the bad alignment 3',
    ],
    [
      'a pointer aligned to 3',
      (p) => makeNav({ kind: 'extern_var', name: 'x', ty: p.ptrType(IP.u8_type, { align: 3 }) }),
      'has a bad alignment',
    ],
    [
      'the address of an unknown nav',
      (p) =>
        makeNav({
          kind: 'var',
          name: 'x',
          ty: p.ptrType(IP.u8_type),
          init: p.ptrNav(p.ptrType(IP.u8_type), 7 as NavIndex),
        }),
      'there is no nav 7',
    ],
    [
      'an unnamed constant that refers to itself',
      (p) => {
        const ty = p.ptrType(IP.u8_type);
        return makeNav({ kind: 'var', name: 'x', ty, init: p.ptrUav(ty, p.size as IpIndex) });
      },
      'not older than itself',
    ],
    [
      'values nested too deeply',
      (p) => {
        const ty = p.ptrType(IP.u8_type);
        let init = p.ptrInt(ty, 1);
        for (let n = 0; n < 20_000; n++) init = p.ptrUav(ty, init);
        return makeNav({ kind: 'var', name: 'x', ty, init });
      },
      'nest deeper than 256 levels',
    ],
    [
      'values nested too deeply, judged from the inside',
      (p) => {
        const ty = p.ptrType(IP.u8_type);
        const navs: Nav[] = [];
        let init = p.ptrInt(ty, 1);
        for (let n = 0; n < 300; n++)
          navs.push(makeNav({ kind: 'var', name: `x${n}`, ty, init: (init = p.ptrUav(ty, init)) }));
        return navs;
      },
      'nest deeper than 256 levels',
    ],
    [
      'bodies nested too deeply',
      (p) =>
        func(
          p,
          built((b) => {
            const nest = (n: number): void => {
              if (n > 0) b.block(IP.noreturn_type, () => nest(n - 1));
              else b.none('trap');
            };
            nest(300);
          }),
        ),
      'bodies nest deeper than 256 levels',
    ],
    [
      'a nav pointer to an unknown nav',
      (p) =>
        func(
          p,
          built((b) => {
            b.add('runtime_nav_ptr', p.ptrType(IP.u8_type), 9 as NavIndex);
            b.un('ret', VOID);
          }),
        ),
      'there is no nav 9',
    ],
    [
      'an operand that is a type',
      (p) =>
        func(
          p,
          built((b) => b.un('ret', valueRef(IP.void_type))),
        ),
      'a type stands in the place of a value',
    ],
    [
      'an operand that is missing',
      (p) =>
        func(
          p,
          built((b) => b.un('ret', REF_NONE)),
        ),
      'an operand is missing',
    ],
    [
      'an operand that is no instruction',
      (p) =>
        func(
          p,
          built((b) => b.un('ret', instRef(7 as InstIndex))),
        ),
      'there is no instruction %7',
    ],
    [
      'an unknown value',
      (p) =>
        func(
          p,
          built((b) => b.un('ret', valueRef(70000 as IpIndex))),
        ),
      'there is no item 70000',
    ],
    [
      'br to an instruction that does not exist',
      (p) =>
        func(
          p,
          built((b) => b.br(9 as InstIndex)),
        ),
      'it goes to nothing',
    ],
    [
      'an instruction without text form',
      (p) =>
        func(
          p,
          built((b) => b.raw('set_err_return_trace', 0, 0)),
          {
            body: new Body(Uint8Array.of(TAG.assembly), Uint32Array.of(0), Uint32Array.of(0), Uint32Array.of(1, 0), 0),
          },
        ),
      'no form in this version',
    ],
    [
      'a tag that does not exist',
      (p) =>
        func(
          p,
          new Body(Uint8Array.of(TAG.ret, 255), Uint32Array.of(1, 0), new Uint32Array(2), Uint32Array.of(2, 0, 1), 0),
        ),
      'a type stands in the place of a value',
    ],
    [
      'a payload outside of extra',
      (p) =>
        func(
          p,
          new Body(Uint8Array.of(TAG.aggregate_init), Uint32Array.of(0), Uint32Array.of(99), Uint32Array.of(1, 0), 0),
        ),
      'packed badly',
    ],
    [
      'a main body outside of extra',
      (p) => func(p, new Body(new Uint8Array(1), new Uint32Array(1), new Uint32Array(1), Uint32Array.of(9), 0)),
      'the main body is packed badly',
    ],
    [
      'instructions out of canonical order',
      (p) =>
        func(
          p,
          new Body(
            Uint8Array.of(TAG.trap, TAG.breakpoint),
            new Uint32Array(2),
            new Uint32Array(2),
            Uint32Array.of(2, 1, 0),
            0,
          ),
        ),
      '%1 stands where %0 is due',
    ],
    [
      'an instruction in two places',
      (p) =>
        func(
          p,
          new Body(
            Uint8Array.of(TAG.breakpoint, TAG.trap),
            new Uint32Array(2),
            new Uint32Array(2),
            Uint32Array.of(3, 0, 0, 1),
            0,
          ),
        ),
      '%0 stands where %1 is due',
    ],
    [
      'an instruction in no body',
      (p) =>
        func(
          p,
          new Body(Uint8Array.of(TAG.trap, TAG.trap), new Uint32Array(2), new Uint32Array(2), Uint32Array.of(1, 0), 0),
        ),
      'it is in no body',
    ],
  ])('%s', (_, make, message) => {
    const messages = verifyUnit(unitOf(make)).map((error) => error.message);
    expect(messages).toContainEqual(expect.stringContaining(message));
  });

  test('verifying adds nothing to the pool', () => {
    const { unit } = parsed(PROGRAMS['values']! + PROGRAMS['control']!);
    const before = unit.pool.size;
    verifyUnit(unit);
    expect(unit.pool.size).toBe(before);
  });
});
