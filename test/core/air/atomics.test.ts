/** Atomic instructions: rules of the verifier, and what is not allowed with which type and order. */
import { describe, expect, test } from '@jest/globals';
import { parseUnit } from '../../../core/air/text/parse.ts';
import { verifyUnit } from '../../../core/air/verify/verify.ts';
import { formatDiagnostic } from '../../../core/diagnostics/diagnostics.ts';

function problems(params: readonly string[], inst: string): string[] {
  const args = params.map((ty, n) => `%${n} = arg ${ty} ${n}`).join('\n');
  const parsed = parseUnit(`fn @f(${params.join(', ')}) void {\n${args}\n${inst}\nret void {}\n}`);
  if (!parsed.ok) throw new Error(parsed.diagnostics.map(formatDiagnostic).join('\n'));
  return verifyUnit(parsed.unit).map(({ message }) => message);
}

describe('is accepted', () => {
  test.each([
    ['a load of a bool', ['*const bool'], '%9 = atomic_load bool %0, seq_cst'],
    ['a load of a pointer', ['**u8'], '%9 = atomic_load *u8 %0, unordered'],
    ['a store of an undefined value', ['*u7'], 'atomic_store_release %0, u7 undef'],
    ['max of floats', ['*f32', 'f32'], '%9 = atomic_rmw f32 %0, %1, max, monotonic'],
    [
      'a swap of enums',
      ['*enum(u8) { a = 0 }'],
      '%9 = atomic_rmw enum(u8) { a = 0 } %0, enum(u8) { a = 0 } .a, xchg, acquire',
    ],
    ['an exchange of pointers', ['**u8', '*u8'], '%9 = cmpxchg_weak ?*u8 %0, %1, %1, seq_cst, acquire'],
    ['more alignment than is needed', ['*align(16) u16'], '%9 = atomic_load u16 %0, acquire'],
  ])('%s', (_, params, inst) => {
    expect(problems(params, inst)).toEqual([]);
  });
});

describe('is refused', () => {
  test.each([
    ['an integer of 65 bits', ['*u65'], '%9 = atomic_load u65 %0, seq_cst', 'the value has type u65'],
    ['a struct', ['*struct { u8 }'], '%9 = atomic_load struct { u8 } %0, seq_cst', 'the value has type struct'],
    ['an f80', ['*f80'], '%9 = atomic_load f80 %0, seq_cst', 'the value has type f80'],
    ['a slice', ['*[]u8'], '%9 = atomic_load []u8 %0, seq_cst', 'the value has type []u8'],
    ['an error', ['*anyerror'], '%9 = atomic_load anyerror %0, seq_cst', 'the value has type anyerror'],
    ['less alignment than the type has', ['*align(2) u32'], '%9 = atomic_load u32 %0, seq_cst', 'needs 4'],
    ['a load that releases', ['*u8'], '%9 = atomic_load u8 %0, release', 'the order of a load cannot be release'],
    ['a store of another type', ['*u8', 'u16'], 'atomic_store_seq_cst %0, %1', 'u16, not u8'],
    ['a store to a constant', ['*const u8'], 'atomic_store_seq_cst %0, u8 1', 'it is const'],
    ['a change without an order', ['*u8'], '%9 = atomic_rmw u8 %0, u8 1, add, unordered', 'cannot be unordered'],
    ['nand of floats', ['*f64'], '%9 = atomic_rmw f64 %0, f64 1.0, nand, seq_cst', 'nand does not go with f64'],
    ['a sum of bools', ['*bool'], '%9 = atomic_rmw bool %0, bool true, add, seq_cst', 'add does not go with bool'],
    ['an exchange of floats', ['*f32'], '%9 = cmpxchg_weak ?f32 %0, f32 1.0, f32 1.0, seq_cst, seq_cst', 'type f32'],
    ['a result that is no optional', ['*u8'], '%9 = cmpxchg_weak u8 %0, u8 1, u8 1, seq_cst, seq_cst', 'not ?u8'],
    ['a failure that releases', ['*u8'], '%9 = cmpxchg_weak ?u8 %0, u8 1, u8 1, seq_cst, release', 'cannot be release'],
    ['a stricter failure', ['*u8'], '%9 = cmpxchg_strong ?u8 %0, u8 1, u8 1, monotonic, acquire', 'is stricter than'],
  ])('%s', (_, params, inst, message) => {
    expect(problems(params, inst)).toEqual([expect.stringContaining(message)]);
  });
});
