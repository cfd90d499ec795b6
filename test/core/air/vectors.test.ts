/** Vectors: text form, layout, rules of the verifier. */
import { describe, expect, test } from '@jest/globals';
import { printUnit } from '../../../core/air/text/print.ts';
import { refusals } from '../../../core/codegen/refusals.ts';
import { abiAlign, abiSize, isByRef } from '../../../core/intern/layout.ts';
import { verifyUnit } from '../../../core/air/verify/verify.ts';
import { problems, read } from './read-unit.ts';

test.each(['var @x: vector(3) i7 = .{ 1, -64, 0 }\n', 'var @x: vector(16) bool = .{ true ** }\n'])(
  '%s is printed as it was read',
  (text) => {
    const unit = read(text);
    expect(printUnit(unit)).toBe(text);
    expect(verifyUnit(unit)).toEqual([]);
  },
);

test.each([
  ['vector(1) u8', 1, 1],
  ['vector(3) u8', 4, 4],
  ['vector(4) u24', 16, 16],
  ['vector(5) f32', 32, 16],
  ['vector(3) bool', 4, 4],
])('%s has %d bytes and alignment %d', (ty, size, align) => {
  const { pool, navs } = read(`var @x: ${ty} = undef`);
  const type = navs[0]!.ty;
  expect([abiSize(pool, type), abiAlign(pool, type), isByRef(pool, type)]).toEqual([size, align, true]);
});

describe('is accepted', () => {
  const V = 'vector(2) i16';
  test.each([
    ['a sum', [V, V], '%9 = add_wrap %0, %1'],
    ['a cast', [V], '%9 = intcast vector(2) i64 %0'],
    ['a shift by another type', [V, 'vector(2) u4'], '%9 = shl %0, %1'],
    ['a comparison of bools', ['vector(2) bool'], '%9 = cmp_vector vector(2) bool %0, %0, neq'],
    ['an amount for all lanes', [V, 'u4'], '%9 = shr_exact %0, %1'],
    ['a sum that reports overflow', [V], `%9 = add_with_overflow tuple { ${V}, vector(2) u1 } %0, %0`],
    ['a shift that does, by one amount', [V, 'u4'], `%9 = shl_with_overflow tuple { ${V}, vector(2) u1 } %0, %1`],
    ['a checked sum', [V], '%9 = add_safe %0, %0'],
    ['the bits as an integer', [V], '%9 = bitcast u32 %0'],
    ['the bits as other lanes', ['vector(6) bool'], '%9 = bitcast vector(2) i3 %0'],
    ['the lanes as an array', ['vector(3) usize'], '%9 = bitcast [3]usize %0'],
    ['an integer as lanes', ['u160'], '%9 = bitcast vector(2) f80 %0'],
    ['a lane that is stored', [`*${V}`, 'usize', 'i16'], 'vector_store_elem %0, %1, %2'],
    ['a lane', [V, 'usize'], '%9 = array_elem_val %0, %1'],
    ['lanes of vectors of two lengths', [V, 'vector(3) i16'], '%9 = shuffle_two vector(1) i16 %0, %1, { b2 }'],
  ])('%s', (_, params, inst) => {
    expect(problems(params, inst)).toEqual([]);
  });
});

describe('is refused', () => {
  const V = 'vector(2) i16';
  test.each([
    ['a vector and a scalar', [V, 'i16'], '%9 = add %0, %1', 'operand 1 has type i16, not a vector of 2 lanes'],
    ['another length', [V, 'vector(3) i16'], '%9 = add %0, %1', 'not a vector of 2 lanes'],
    ['a cast to a scalar', [V], '%9 = intcast i32 %0', 'the result has type i32, not a vector of 2 lanes'],
    ['lanes of another kind', ['vector(2) f32'], '%9 = add_wrap %0, %0', 'not an integer'],
    ['a comparison of whole vectors', [V], '%9 = cmp_eq %0, %0', 'not an integer'],
    [
      'one flag for all lanes',
      [V],
      `%9 = add_with_overflow tuple { ${V}, u1 } %0, %0`,
      `not tuple { ${V}, vector(2) u1 }`,
    ],
    ['amounts of another length', [V, 'vector(3) u4'], '%9 = shl %0, %1', 'not a vector of 2 lanes'],
    ['amounts for a scalar', ['i16', 'vector(2) u4'], '%9 = shl %0, %1', 'not an unsigned integer'],
    ['signed amounts', [V, 'i4'], '%9 = shl %0, %1', 'not an unsigned integer'],
    ['other bits', [V], '%9 = bitcast u31 %0', 'no bitcast from'],
    ['bits of an address', ['vector(2) usize'], '%9 = bitcast u64 %0', 'no bitcast from'],
    ['a sentinel', [V], '%9 = bitcast [2:0]i16 %0', 'no bitcast from'],
    ['a lane of a constant', [`*const ${V}`, 'usize', 'i16'], 'vector_store_elem %0, %1, %2', 'it is const'],
    ['a lane of an array', ['*[2]i16', 'usize', 'i16'], 'vector_store_elem %0, %1, %2', 'a pointer to a vector'],
    ['a lane of another type', [`*${V}`, 'usize', 'u16'], 'vector_store_elem %0, %1, %2', 'u16, not i16'],
    ['an order of bools', ['vector(2) bool'], '%9 = cmp_vector vector(2) bool %0, %0, lt', 'vector of numbers'],
    ['a splat of another type', ['u8'], `%9 = splat ${V} %0`, 'u8, not i16'],
    ['a choice by numbers', [V], '%9 = select %0, %0, %0', 'not vector(2) bool'],
    ['a sum of bools', ['vector(2) bool'], '%9 = reduce %0, add', 'add does not go with vector(2) bool'],
    ['bits of floats', ['vector(2) f32'], '%9 = reduce %0, xor', 'xor does not go with vector(2) f32'],
    ['a licence for integers', [V], '%9 = reduce_optimized %0, add', 'not a vector of floats'],
    ['a lane that is not there', [V], `%9 = shuffle_one ${V} %0, { a2, a0 }`, 'has no lane 2'],
    ['a second vector in the mask of one', [V], `%9 = shuffle_one ${V} %0, { b0, a0 }`, 'there is no second vector'],
    ['a constant in that of two', [V], `%9 = shuffle_two ${V} %0, %0, { i16 1, a0 }`, 'takes no constants'],
    ['too few entries', [V], `%9 = shuffle_one ${V} %0, { a0 }`, 'needs 2 lanes, not 1'],
  ])('%s', (_, params, inst, message) => {
    expect(problems(params, inst)).toEqual([expect.stringContaining(message)]);
  });

  test.each([
    ['vector(0) u8', 'has no lane'],
    ['vector(2) *u8', 'no numbers and no bools'],
  ])('the type %s', (ty, message) => {
    const messages = verifyUnit(read(`var @x: ${ty} = undef`)).map((error) => error.message);
    expect(messages).toEqual([expect.stringContaining(message)]);
  });

  test('no conversion of lanes, by the compiler', () => {
    const messages = (from: string, tag: string, to: string): string[] =>
      refusals(read(`fn @f(${from}) void {\n  %0 = arg ${from} 0\n  %1 = ${tag} ${to} %0\n  ret void {}\n}`)).map(
        ({ code }) => code,
      );
    expect(messages('vector(2) f80', 'int_from_float', 'vector(2) i129')).toEqual([]);
    expect(messages('vector(2) u200', 'float_from_int', 'vector(2) f128')).toEqual([]);
    expect(refusals(read('var @x: vector(2) u65535 = undef'))).toEqual([]);
  });
});
