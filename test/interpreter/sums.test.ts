/** Optionals, errors, enums and unions in the interpreter: what is illegal, and what is undefined. */
import { expect, test } from '@jest/globals';
import { parseUnit } from '../../core/air/text/parse.ts';
import { interpret } from '../../interpreter/interpret.ts';

/** How a call of `@f` ends, whose body is `body`. */
function ends(body: string, result = 'u8'): string {
  const parsed = parseUnit(`errors A, B\nvar @none: void = {}\nexport fn @f() ${result} {\n${body}\n}`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
  const outcome = interpret(parsed.unit, [{ fn: 'f', args: [] }]).outcomes.at(-1)!;
  return outcome.kind === 'returned' ? String(outcome.bits) : outcome.kind === 'illegal' ? outcome.what : outcome.kind;
}

const SLOT = '%0 = alloc *?u8';

test.each([
  ['the payload of null', '%0 = optional_payload u8 ?u8 null\nret %0', 'wrong_variant'],
  ['the payload of an error', '%0 = unwrap_errunion_payload u8 anyerror!u8 error.A\nret %0', 'wrong_variant'],
  ['the error of a payload', '%0 = unwrap_errunion_err anyerror anyerror!u8 payload(1)\nret u8 0', 'wrong_variant'],
  [
    'the address of what is not there',
    `${SLOT}\nstore %0, ?u8 null\n%2 = optional_payload_ptr *u8 %0\nret u8 0`,
    'wrong_variant',
  ],
  ['the name of a number', '%0 = tag_name enum(u8) { a = 0, _ } enum(5)\nret u8 0', 'wrong_variant'],
  ['a test of what is undefined', `${SLOT}\n%1 = load ?u8 %0\n%2 = is_null %1\nret u8 0`, 'undefined_value'],
  ['a payload that is zero', '%0 = wrap_optional ?*u8 *u8 ptr(0)\nret u8 0', 'null_or_numeric_address'],
  [
    'the address of a variable without bits',
    '%0 = wrap_optional ?*void *void &@none\nret u8 0',
    'null_or_numeric_address',
  ],
  [
    'a payload that was null and is marked as there',
    `${SLOT}\nstore %0, ?u8 null\n%2 = optional_payload_ptr_set *u8 %0\n%3 = load u8 %2\n%4 = add_wrap %3, %3\nret %4`,
    'undefined_value',
  ],
  [
    'bytes of a union that its field does not have',
    '%0 = union_init union { u8, u16 } u8 1, 0\n%1 = struct_field_val u16 %0, 1\n%2 = trunc u8 %1\nret %2',
    'undefined_value',
  ],
])('%s is illegal', (_, body, what) => {
  expect(ends(body)).toBe(what);
});

test.each([
  [
    'a payload keeps its bytes when it is marked',
    `${SLOT}\nstore %0, ?u8 payload(9)\n%2 = optional_payload_ptr_set *u8 %0\n%3 = load u8 %2\nret %3`,
    '9',
  ],
  ['a field of a union is read as another', '%0 = struct_field_val u8 union { u16, u8 } field(0, 772), 1\nret %0', '4'],
  ['a code is the place in the list', '%0 = bitcast u16 anyerror error.B\n%1 = trunc u8 %0\nret %1', '2'],
  [
    'null equals null whatever it holds',
    '%0 = cmp_eq ?u8 null, ?u8 null\n%1 = bitcast u1 %0\n%2 = intcast u8 %1\nret %2',
    '1',
  ],
  [
    'an error set has what is in it',
    '%0 = error_set_has_value error{ B } anyerror error.A\n%1 = bitcast u1 %0\n%2 = intcast u8 %1\nret %2',
    '0',
  ],
  [
    'the code behind the last is none',
    '%0 = cmp_lt_errors_len u16 3\n%1 = bitcast u1 %0\n%2 = intcast u8 %1\nret %2',
    '0',
  ],
  ['the last code is one', '%0 = cmp_lt_errors_len u16 2\n%1 = bitcast u1 %0\n%2 = intcast u8 %1\nret %2', '1'],
  [
    'a zero follows a name',
    '%0 = error_name anyerror error.A\n%1 = slice_ptr [*]const u8 %0\n%2 = ptr_elem_val %1, usize 1\nret %2',
    '0',
  ],
  ['try runs its body on an error only', '%0 = try u8 anyerror!u8 payload(7) {\nret u8 1\n}\nret %0', '7'],
])('%s', (_, body, result) => {
  expect(ends(body)).toBe(result);
});
