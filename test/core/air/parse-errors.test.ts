import { describe, expect, test } from '@jest/globals';
import { parseUnit } from '../../../core/air/text/parse.ts';
import { printUnit } from '../../../core/air/text/print.ts';
import { verifyUnit } from '../../../core/air/verify/verify.ts';
import { formatDiagnostic } from '../../../core/diagnostics/diagnostics.ts';

function errorsOf(text: string): readonly string[] {
  const result = parseUnit(text, { file: 'a.air' });
  return result.ok ? [] : result.diagnostics.map(formatDiagnostic);
}

/** Name, text, start of the only message. */
type Reject = readonly [name: string, text: string, message: string];

const TOKENS: readonly Reject[] = [
  ['a character of no token', 'var @x: u8 = ~', 'a.air:1:14: error: cannot read ~'],
  ['a character outside of ASCII', 'var @x: u8 = \u00e9', 'a.air:1:14: error: cannot read \u00e9'],
  ['a word glued to a number', 'var @x: u8 = 5u8', 'a.air:1:14: error: cannot read 5u8'],
  ['hex without digits', 'var @x: u8 = 0x', 'a.air:1:14: error: cannot read 0x'],
  ['a lonely percent sign', 'fn @f() void {\n  ret % }', 'a.air:2:7: error: cannot read %'],
  ['a lonely at sign', 'fn @ () void {}', 'a.air:1:1: error: expected a declaration'],
  ['a lonely dot', 'var @x: u8 = .5', 'a.air:1:14: error: expected a value of type u8, found "."'],
  ['a string without an end', 'var @x: [1]u8 = "a\n"', 'a.air:1:17: error: cannot read "'],
  ['an unknown escape', 'var @x: [1]u8 = "\\q"', 'a.air:1:17: error: unknown escape \\q in a string'],
  ['half a hex escape', 'var @x: [1]u8 = "\\x1"', 'a.air:1:17: error: unknown escape \\x in a string'],
  ['a name that is not UTF-8', 'var @"\\xff": u8 = 1', 'a.air:1:5: error: @"\\xff" is not a name'],
];

const TYPES: readonly Reject[] = [
  ['no type', 'var @x: = 1', 'a.air:1:9: error: expected a type, found "="'],
  ['an unknown type', 'var @x: u0 = 1', 'a.air:1:9: error: expected a type, found "u0"'],
  ['an integer that is too wide', 'var @x: u65536 = 1', 'a.air:1:9: error: 65536 is out of range for the width'],
  [
    'an array that is too long',
    'var @x: [4294967296]u8 = undef',
    'a.air:1:10: error: 4294967296 is out of range for an array length',
  ],
  ['an array without a bracket', 'var @x: [4 u8 = undef', 'a.air:1:12: error: expected "]" or ":", found "u8"'],
  [
    'a sentinel without a bracket',
    'var @x: [4:0 u8 = undef',
    'a.air:1:24: error: expected "]", found the end of the text',
  ],
  [
    'a sentinel of another type',
    'var @x: [4:true]u8 = undef',
    'a.air:1:12: error: expected a value of type u8, found "true"',
  ],
  [
    'an alignment of 3',
    'var @x: *align(3) u8 = undef',
    'a.air:1:16: error: 3 is out of range for an alignment (a power of two up to 65536)',
  ],
  ['an alignment of 0', 'var @x: u8 align(0) = undef', 'a.air:1:18: error: 0 is out of range for an alignment'],
  [
    'an alignment of two pages',
    'var @x: u8 align(131072) = undef',
    'a.air:1:18: error: 131072 is out of range for an alignment',
  ],
  [
    'a const before its alignment',
    'var @x: *const align(4) u8 = undef',
    'a.air:1:16: error: expected a type, found "align"',
  ],
  ['fields without a comma', 'var @x: struct { u8 u8 } = undef', 'a.air:1:21: error: expected "," or "}", found "u8"'],
  ['extern without struct', 'var @x: extern u8 = undef', 'a.air:1:16: error: expected "struct"'],
  [
    'types nested too deeply',
    `var @x: ${'*'.repeat(300)}u8 = undef`,
    'a.air:1:265: error: types and values nest deeper than 256 levels',
  ],
];

const VALUES: readonly Reject[] = [
  ['a number that is too large', 'var @x: u8 = 256', 'a.air:1:14: error: 256 is out of range for u8'],
  ['a number that is too small', 'var @x: i8 = -129', 'a.air:1:14: error: -129 is out of range for i8'],
  ['a negative unsigned number', 'var @x: u64 = -1', 'a.air:1:15: error: -1 is out of range for u64'],
  [
    'a number past 64 bits',
    'var @x: u64 = 18446744073709551616',
    'a.air:1:15: error: 18446744073709551616 is out of range',
  ],
  [
    'a number below i64',
    'var @x: i64 = -9223372036854775809',
    'a.air:1:15: error: -9223372036854775809 is out of range',
  ],
  [
    'a number of ten thousand digits',
    `var @x: u64 = ${'1'.repeat(10_000)}`,
    'a.air:1:15: error: 1111111111111111111111111111111111111111... is out of range',
  ],
  ['a constant of a wide integer', 'var @x: u65 = -1', 'a.air:1:15: error: -1 is out of range for u65'],
  ['a float for an integer', 'var @x: u8 = 1.0', 'a.air:1:14: error: expected a value of type u8, found "1.0"'],
  ['an integer for a float', 'var @x: f32 = 1', 'a.air:1:15: error: expected a value of type f32, found "1"'],
  ['a float that is infinite', 'var @x: f32 = 1e39', 'a.air:1:15: error: 1e39 is out of range for f32'],
  ['a double that is infinite', 'var @x: f64 = -1e309', 'a.air:1:16: error: 1e309 is out of range for f64'],
  ['a NaN of the wrong width', 'var @x: f32 = nan(0x7ff8000000000000)', 'a.air:1:19: error: expected 0x and 8 digits'],
  [
    'a NaN that is a number',
    'var @x: f32 = nan(0x3f800000)',
    'a.air:1:19: error: 0x3f800000 is out of range for the bits of a NaN',
  ],
  [
    'a NaN that is infinity',
    'var @x: f64 = nan(0x7ff0000000000000)',
    'a.air:1:19: error: 0x7ff0000000000000 is out of range',
  ],
  ['a number for a bool', 'var @x: bool = 1', 'a.air:1:16: error: expected a value of type bool, found "1"'],
  ['a value of a function type', 'var @x: fn() void = 1', 'a.air:1:21: error: expected a value of type fn() void'],
  ['too few elements', 'var @x: [3]u8 = .{ 1, 2 }', 'a.air:1:17: error: a value of type [3]u8 has 3 elements, found 2'],
  [
    'too many elements',
    'var @x: [1]u8 = .{ 1, 2 }',
    'a.air:1:17: error: a value of type [1]u8 has 1 elements, found 2',
  ],
  [
    'too many fields',
    'var @x: struct { u8 } = .{ 1, 2 }',
    'a.air:1:25: error: a value of type struct { u8 } has 1 elements, found more than 1',
  ],
  [
    'a field of an empty struct',
    'var @x: struct {} = .{ 1 }',
    'a.air:1:21: error: a value of type struct {} has 0 elements, found more than 0',
  ],
  ['a repeated field', 'var @x: struct { u8 } = .{ 1 ** }', 'a.air:1:30: error: expected "," or "}", found "*"'],
  [
    'a string of another length',
    'var @x: [3]u8 = "ab"',
    'a.air:1:17: error: a value of type [3]u8 has 3 elements, found 2',
  ],
  ['a string for numbers', 'var @x: [2]u16 = "ab"', 'a.air:1:18: error: expected a value of type [2]u16'],
  ['the address of an unknown name', 'var @x: *u8 = &@y', 'a.air:1:16: error: unknown name @y'],
  ['a number for a pointer', 'var @x: *u8 = 4', 'a.air:1:15: error: expected a value of type *u8, found "4"'],
  [
    'an address that is too large',
    'var @x: *u8 = ptr(4294967296)',
    'a.air:1:19: error: 4294967296 is out of range for an address',
  ],
  [
    'an offset that is too large',
    'var @x: *u8 = &@x + 2147483648',
    'a.air:1:21: error: 2147483648 is out of range for an offset',
  ],
  [
    'a slice of a number',
    'var @x: []u8 = slice(u8 1, 2)',
    'a.air:1:22: error: expected the type of a pointer, found "u8"',
  ],
  [
    'values nested too deeply',
    `var @x: *u8 = ${'&(*u8 '.repeat(300)}`,
    'a.air:1:1542: error: types and values nest deeper than 256 levels',
  ],
];

const INSTRUCTIONS: readonly Reject[] = [
  ['an unknown instruction', 'fn @f() void {\n  jump %0\n}', 'a.air:2:3: error: unknown instruction jump'],
  [
    'an instruction without text form',
    'fn @f() void {\n  %0 = assembly u8 1\n}',
    'a.air:2:8: error: instruction assembly has no text form in this version',
  ],
  [
    'a word that the form does not have',
    'fn @f() void {\n  %0 = cmp_vector bool u8 1, u8 2, less\n}',
    'a.air:2:36: error: expected one of lt, lte, eq, gte, gt, neq, found "less"',
  ],
  [
    'a lane that no vector has',
    'fn @f() void {\n  %0 = shuffle_one u8 u8 1, { a1073741823 }\n}',
    'a.air:2:31: error: a1073741823 is out of range for a lane',
  ],
  [
    'a body where a name is due',
    'fn @f() void {\n  dbg_var_val u8 1, {}\n}',
    'a.air:2:21: error: expected a name in quotes, found "{"',
  ],
  ['no instruction', 'fn @f() void {\n  5\n}', 'a.air:2:3: error: expected an instruction or "}", found "5"'],
  [
    'a body without an end',
    'fn @f() void {\n  trap',
    'a.air:2:7: error: expected an instruction or "}", found the end of the text',
  ],
  ['a name without an instruction', 'fn @f() void { %0 ret void {} }', 'a.air:1:19: error: expected "=", found "ret"'],
  ['an operand that is not defined', 'fn @f() u8 { ret %1 }', 'a.air:1:18: error: unknown name %1'],
  [
    'an operand that is defined later',
    'fn @f() u8 { %0 = add %1, u8 1 %1 = add %0, u8 1 ret %0 }',
    'a.air:1:23: error: unknown name %1',
  ],
  ['an instruction that uses itself', 'fn @f() u8 { %0 = add %0, u8 1 ret %0 }', 'a.air:1:23: error: unknown name %0'],
  [
    'a name given twice',
    'fn @f() u8 { %0 = alloc *u8 %0 = alloc *u8 trap }',
    'a.air:1:29: error: %0 is declared twice',
  ],
  [
    'a number that is too large for a name',
    'fn @f() void { %2147483648 = trap }',
    'a.air:1:16: error: %2147483648 is out of range for an instruction',
  ],
  ['a missing operand', 'fn @f() u8 { %0 = add u8 1 ret %0 }', 'a.air:1:28: error: expected ",", found "ret"'],
  ['an operand without a type', 'fn @f() u8 { ret 5 }', 'a.air:1:18: error: expected a type, found "5"'],
  ['a constant that does not fit', 'fn @f() u8 { ret u8 256 }', 'a.air:1:21: error: 256 is out of range for u8'],
  [
    'a negative field number',
    'fn @f() u8 { %0 = struct_field_val u8 u8 1, -1 }',
    'a.air:1:45: error: expected the number of a field, found "-"',
  ],
  [
    'cond_br without else',
    'fn @f() u8 { cond_br bool true { trap } }',
    'a.air:1:41: error: expected "else", found "}"',
  ],
  [
    'switch_br without else',
    'fn @f() u8 { switch_br u8 1 { case u8 1 { trap } } }',
    'a.air:1:50: error: expected "case" or "else", found "}"',
  ],
  [
    'switch_br with a case after else',
    'fn @f() u8 { switch_br u8 1 { else { trap } case u8 1 { trap } } }',
    'a.air:1:45: error: expected "}", found "case"',
  ],
  [
    'br to a name of another function',
    'fn @f() void { %0 = block void { br %0 } ret void {} }\nfn @g() void { br %0 }',
    'a.air:2:19: error: unknown name %0',
  ],
  [
    'a call of data by name',
    'var @x: u8 = 1\nfn @f() void { call @x() }',
    'a.air:2:21: error: expected the name of a function, found "@x"',
  ],
  ['a call of an unknown name', 'fn @f() void { call @x() }', 'a.air:1:21: error: unknown name @x'],
  ['a call without arguments', 'fn @f() void { call @f trap }', 'a.air:1:24: error: expected "(", found "trap"'],
  [
    'arguments without a comma',
    'fn @f() void { call @f(u8 1 u8 2) }',
    'a.air:1:29: error: expected "," or ")", found "u8"',
  ],
  [
    'bodies nested too deeply',
    `fn @f() void {${'block void {'.repeat(300)}`,
    'a.air:1:3086: error: bodies nest deeper than 256 levels',
  ],
];

const DECLARATIONS: readonly Reject[] = [
  ['something else', '5', 'a.air:1:1: error: expected a declaration, found "5"'],
  ['something behind the last one', 'var @x: u8 = 1 }', 'a.air:1:16: error: expected a declaration, found "}"'],
  ['a variable without a value', 'var @x: u8', 'a.air:1:11: error: expected "=", found the end of the text'],
  ['an extern variable with a value', 'extern var @x: u8 = 1', 'a.air:1:19: error: expected a declaration, found "="'],
  ['an extern constant', 'extern const @x: u8', 'a.air:1:8: error: expected "var" or a function, found "const"'],
  ['an extern variable of a module', 'extern("m") var @x: u8', 'a.air:1:13: error: expected "var" or a function'],
  [
    'an extern function with a body',
    'extern fn @f() void { trap }',
    'a.air:1:21: error: expected a declaration, found "{"',
  ],
  ['a function without a body', 'fn @f() void', 'a.air:1:13: error: expected "{", found the end of the text'],
  ['a function without a result', 'fn @f() { trap }', 'a.air:1:9: error: expected a type, found "{"'],
  [
    'an empty list of exports',
    'export() var @x: u8 = 1',
    'a.air:1:8: error: expected the name of an export, found ")"',
  ],
  ['export and extern', 'export extern fn @f() void', 'a.air:1:8: error: expected a declaration, found "extern"'],
  ['a name twice', 'var @x: u8 = 1\nfn @x() void { trap }', 'a.air:2:4: error: @x is declared twice'],
  ['a name twice, once in quotes', 'var @x: u8 = 1\nvar @"x": u8 = 1', 'a.air:2:5: error: @"x" is declared twice'],
];

describe.each([
  ['tokens', TOKENS],
  ['types', TYPES],
  ['values', VALUES],
  ['instructions', INSTRUCTIONS],
  ['declarations', DECLARATIONS],
])('refused: %s', (_, cases) => {
  test.each(cases)('%s', (_name, text, message) => {
    const errors = errorsOf(text);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(message);
  });
});

describe('errors', () => {
  test('of several declarations are reported together, in text order', () => {
    const text = `var @a: u8 = 300
export("a" "b") fn @b() void { trap }
extern("m") fn @c(u8 u8) void
export fn @d() u8 { ret %5 }
fn @e() void { ret void {} }
var @f: u8 = ~`;
    expect(errorsOf(text)).toEqual([
      'a.air:1:14: error: 300 is out of range for u8',
      'a.air:2:12: error: expected ")", found ""b""',
      'a.air:3:22: error: expected "," or ")", found "u8"',
      'a.air:4:25: error: unknown name %5',
      'a.air:6:14: error: cannot read ~',
    ]);
  });

  test('are no more than twenty', () => {
    expect(errorsOf('var @x: u8 = 300\n'.repeat(100))).toHaveLength(20);
    expect(errorsOf('fn @f(\n'.repeat(100))).toHaveLength(20);
  });

  test('have stable codes and a place', () => {
    const result = parseUnit('\nfn @f() u8 { ret %5 }');
    expect(result).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'air_unknown_name', place: { in: 'text', line: 2, column: 18 } }],
    });
  });
});

describe('the deepest programs that are read', () => {
  test.each([
    ['bodies', `fn @f() void {${'block noreturn {'.repeat(255)}trap${'}'.repeat(256)}`],
    ['types', `var @x: ${'*'.repeat(254)}u8 = undef`],
    ['values', `var @x: *u8 = ${'&(*u8 '.repeat(250)}ptr(1)${')'.repeat(250)}`],
  ])('%s are verified and printed', (_, text) => {
    const result = parseUnit(text);
    expect(result.ok && verifyUnit(result.unit)).toEqual([]);
    const printed = result.ok ? printUnit(result.unit) : '';
    const again = parseUnit(printed);
    expect(again.ok && printUnit(again.unit)).toBe(printed);
  });
});
