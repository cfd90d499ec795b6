/** Optionals, errors, enums and unions: text form, rules of the verifier, layout. */
import { describe, expect, test } from '@jest/globals';
import { parseUnit } from '../../../core/air/text/parse.ts';
import { printUnit } from '../../../core/air/text/print.ts';
import { verifyUnit } from '../../../core/air/verify/verify.ts';
import { formatDiagnostic } from '../../../core/diagnostics/diagnostics.ts';
import {
  abiAlign,
  abiSize,
  errorOffset,
  errorPayloadOffset,
  fieldOffset,
  isByRef,
  presenceWord,
  unionTagOffset,
} from '../../../core/intern/layout.ts';
import { unionTag } from '../../../core/intern/sums.ts';
import { TypeKind } from '../../../core/intern/type-kinds.ts';

function read(text: string): Extract<ReturnType<typeof parseUnit>, { ok: true }>['unit'] {
  const parsed = parseUnit(text);
  if (!parsed.ok) throw new Error(parsed.diagnostics.map(formatDiagnostic).join('\n'));
  return parsed.unit;
}

describe('text', () => {
  test.each([
    ['an optional', 'var @x: ?u8 = payload(5)\n'],
    ['null in an optional', 'var @x: ??bool = payload(null)\n'],
    ['an optional of nothing', 'var @x: ?void = payload({})\n'],
    ['an error', 'errors A, "two words", "_"\nvar @x: error{ A, "_" } = error."_"\n'],
    ['an error of all', 'errors A\nvar @x: anyerror = error.A\n'],
    ['an error union in an optional', 'errors A\nvar @x: ?error{ A }!?u8 = payload(error.A)\n'],
    ['an enum with gaps', 'var @x: enum(i8) { a = -128, "b c" = 127 } = ."b c"\n'],
    ['a value without a name', 'var @x: enum(u3) { a = 1, _ } = enum(7)\n'],
    ['a union with a tag', 'var @x: union(enum(u1) { a = 0, b = 1 }) { u8, void } = field(1, {})\n'],
    [
      'unions without',
      'var @x: extern union { u8, [1]u8 align(4) } = field(1, .{ 9 })\nvar @y: union { u8 } = undef\n',
    ],
  ])('%s is printed as it was read', (_, text) => {
    const unit = read(text);
    expect(printUnit(unit)).toBe(text);
    expect(verifyUnit(unit)).toEqual([]);
  });

  test('errors are numbered in the order of their list, then as they are met', () => {
    const { pool } = read('errors B, A\nvar @x: error{ C, A, B } = error.C\n');
    expect(printUnit({ pool, navs: [] })).toBe('errors B, A, C\n');
    expect(
      read('errors B, A\nvar @x: error{ C, A, B } = error.C\n').pool.word(
        read('errors B, A\nvar @x: error{ C, A, B } = error.C\n').navs[0]!.init!,
        1,
      ),
    ).toBe(3);
  });

  test.each([
    ['an enum that is no integer', 'var @x: enum(f32) { a = 0 } = .a', 'expected an integer type'],
    ['a value that the tag does not have', 'var @x: enum(u1) { a = 2 } = .a', '2 is out of range'],
    ['a name that the enum does not have', 'var @x: enum(u1) { a = 0 } = .b', 'unknown name b'],
    ['a field that the union does not have', 'var @x: union { u8 } = field(1, 2)', '1 is out of range'],
    ['null of what is no optional', 'var @x: u8 = null', 'expected a value of type u8'],
  ])('%s is refused', (_, text, message) => {
    const parsed = parseUnit(text);
    expect(parsed.ok ? [] : parsed.diagnostics.map(formatDiagnostic)).toContainEqual(expect.stringContaining(message));
  });
});

describe('the verifier refuses', () => {
  test.each([
    ['a null address as a payload', 'var @x: ?*u8 = payload(ptr(0))', 'cannot be told from null'],
    ['an undefined one', 'var @x: ?*u8 = payload(undef)', 'cannot be told from null'],
    ['an error of another set', 'var @x: error{ A }!u8 = error.B', 'does not have the error'],
    ['two names for one value', 'var @x: enum(u8) { a = 0, b = 0 } = .a', 'two names for 0'],
    ['one name for two values', 'var @x: enum(u8) { a = 0, a = 1 } = .a', 'the name a twice'],
    ['an enum without values', 'var @x: enum(u8) {} = undef', 'has no values'],
    ['a value without a name', 'var @x: enum(u8) { a = 0 } = enum(1)', 'has no name for 1'],
    [
      'a union with fewer fields than tags',
      'var @x: union(enum(u1) { a = 0, b = 1 }) { u8 } = undef',
      '1 fields and 2 tags',
    ],
    ['a union without fields', 'var @x: union {} = undef', 'has no fields'],
    [
      'an extern union with a tag',
      'var @x: extern union(enum(u1) { a = 0 }) { u8 } = undef',
      'is extern and has a tag',
    ],
    [
      'an optional of a function',
      'fn @f(*const ?fn() void) void { %0 = arg *const ?fn() void 0 ret void {} }',
      'cannot be in memory',
    ],
  ])('%s', (_, text, message) => {
    expect(verifyUnit(read(text)).map((error) => error.message)).toContainEqual(expect.stringContaining(message));
  });

  const USES: readonly (readonly [name: string, params: string, inst: string, message: string])[] = [
    ['is_null of an error union', 'anyerror!u8', '%1 = is_null %0', 'not an optional'],
    ['is_err_ptr of a value', 'anyerror!u8', '%1 = is_err_ptr %0', 'not a pointer to an error union'],
    ['a payload of another type', '?u8', '%1 = optional_payload u16 %0', 'not u8'],
    ['a payload address that drops const', '*const ?u8', '%1 = optional_payload_ptr *u8 %0', 'drops const'],
    ['a payload set through const', '*const ?u8', '%1 = optional_payload_ptr_set *const u8 %0', 'it is const'],
    ['an error of another set', 'anyerror', '%1 = wrap_errunion_err error{ A }!u8 %0', 'not error{ A }'],
    ['a tag of a union without', 'union { u8 }', '%1 = get_union_tag u8 %0', 'not a union with a tag'],
    ['a field that is not there', 'u8', '%1 = union_init union { u8 } %0, 1', 'no field 1'],
    ['the name of an integer', 'u8', '%1 = tag_name %0', 'not an enum'],
    ['a comparison of error unions', 'anyerror!u8', '%1 = cmp_eq %0, %0', 'not an integer'],
    ['a comparison of optionals of optionals', '??u8', '%1 = cmp_eq %0, %0', 'not an integer'],
    ['an error made of a number', 'u16', '%1 = bitcast anyerror %0', 'no bitcast'],
  ];
  test.each(USES)('%s', (_, param, inst, message) => {
    const text = `errors A\nfn @f(${param}) void {\n%0 = arg ${param} 0\n${inst}\nret void {}\n}`;
    expect(verifyUnit(read(text)).map((error) => error.message)).toContainEqual(expect.stringContaining(message));
  });

  test('a try whose body goes on', () => {
    const text = 'fn @f(anyerror!u8) void { %0 = arg anyerror!u8 0 %1 = try u8 %0 { breakpoint } ret void {} }';
    expect(verifyUnit(read(text)).map((error) => error.message)).toContainEqual(
      expect.stringContaining('the instruction does not end it'),
    );
  });
});

describe('layout', () => {
  /** Size, alignment, by reference, and what decides: the flag, the code or the tag, and the payload. */
  test.each([
    ['?u32', [8, 4, true, 4, 0]],
    ['?u8', [2, 1, true, 1, 0]],
    ['?u64', [16, 8, true, 8, 0]],
    ['?void', [1, 1, false, 0, 0]],
    ['?[0]u64', [1, 1, false, 0, 0]],
    ['?*u8', [4, 4, false, 0, 0]],
    ['?[]u8', [8, 4, true, 0, 0]],
    ['??*u8', [8, 4, true, 4, 0]],
    ['?anyerror', [2, 2, false, 0, 0]],
    ['anyerror!void', [2, 2, false, 0, 2]],
    ['anyerror!u8', [4, 2, true, 0, 2]],
    ['anyerror!u16', [4, 2, true, 2, 0]],
    ['anyerror![3]u8', [6, 2, true, 0, 2]],
    ['anyerror!u64', [16, 8, true, 8, 0]],
    ['anyerror!?u16', [6, 2, true, 4, 0]],
    ['union(enum(u8) { a = 0 }) { u32 }', [8, 4, true, 4, 0]],
    ['union(enum(u32) { a = 0 }) { u8 }', [8, 4, true, 0, 4]],
    ['union(enum(u16) { a = 0 }) { [3]u8 }', [6, 2, true, 0, 2]],
    ['union(enum(u8) { a = 0, b = 1 }) { void, void }', [1, 1, true, 0, 1]],
    ['union { u8, u64 }', [8, 8, true, -1, 0]],
  ] as const)('of %s', (name, wanted) => {
    const { pool, navs } = read(`var @x: ${name} = undef`);
    const { ty } = navs[0]!;
    const kind = pool.typeKind(ty);
    const decides =
      kind === TypeKind.opt
        ? presenceWord(pool, ty).offset
        : kind === TypeKind.error_union
          ? errorOffset(pool, ty)
          : unionTag(pool, ty) === null
            ? -1
            : unionTagOffset(pool, ty);
    const payload =
      kind === TypeKind.opt
        ? 0
        : kind === TypeKind.error_union
          ? errorPayloadOffset(pool, ty)
          : fieldOffset(pool, ty, 0);
    expect([abiSize(pool, ty), abiAlign(pool, ty), isByRef(pool, ty), decides, payload]).toEqual(wanted);
  });
});
