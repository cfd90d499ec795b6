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
    ['a sum that reports overflow', [V], `%9 = add_with_overflow tuple { ${V}, u1 } %0, %0`, 'not an integer'],
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

  test('lanes of more than 64 bits by the compiler', () => {
    const codes = (ty: string): string[] => refusals(read(`var @x: ${ty} = undef`)).map(({ code }) => code);
    expect(codes('vector(2) u65')).toEqual(['refused_type']);
    expect(codes('vector(2) f80')).toEqual(['refused_type']);
    expect(codes('vector(2) u64')).toEqual([]);
  });
});
