/**
 * Mistakes in f16, f80 and f128, planted in a copy of the built core as in bugs.ts: each must be found by profile `formats`.
 *
 * Data only. Modelled on what goes wrong in soft floats: bits that are lost before a rounding, ties, subnormals, a rounding too
 * many, carries, signs, NaNs.
 */
import type { PlantedBug } from '../../../bench/planted/bugs.ts';

/** All of them. */
export const FLOAT_BUGS: readonly PlantedBug[] = [
  {
    name: 'half-tie-goes-up',
    family: 'runtime',
    file: 'half-conversions.js',
    find: '%19 = add %18, %17',
    replace: '%19 = add %18, ${word} 1',
    mistake: 'a number in the middle of two f16 is rounded up, whether that is even or not',
  },
  {
    name: 'double-to-half-through-single',
    family: 'codegen',
    file: 'half-floats.js',
    find: 'f.mir.callIntrinsic(from === Rep.f64 ? TRUNCATE_DOUBLE : TRUNCATE);',
    replace: 'if (from === Rep.f64) f.mir.op(MirTag.f32_demote_f64); f.mir.callIntrinsic(TRUNCATE);',
    mistake: 'an f64 is rounded to f32 on the way to f16',
  },
  {
    name: 'half-quotient-is-not-rounded-first',
    family: 'codegen',
    file: 'half-floats.js',
    find: 'f.mir.callIntrinsic(TRUNCATE); f.mir.callIntrinsic(EXTEND);',
    replace: '',
    mistake: 'the integer part is that of the f32 quotient, not of the f16 quotient',
  },
  {
    name: 'shifted-out-bits-are-forgotten',
    family: 'runtime',
    file: 'float-parts.js',
    find: 'r.store(parts, 0, r.or(limb(0), u64(1)));',
    replace: 'r.store(parts, 0, limb(0));',
    mistake: 'what is shifted out of a significand does not decide a tie',
  },
  {
    name: 'subnormal-is-one-bit-too-precise',
    family: 'runtime',
    file: 'float-parts.js',
    find: 'const more = r.min(r.sub(i64(1), field), i64(256));',
    replace: 'const more = r.min(r.sub(i64(0), field), i64(256));',
    mistake: 'a subnormal result is twice as great',
  },
  {
    name: 'root-mixes-up-odd-and-even',
    family: 'runtime',
    file: 'float-division.js',
    find: 'r.when(r.eq(isOdd, u64(0)), () => {',
    replace: 'r.when(r.ne(isOdd, u64(0)), () => {',
    mistake: 'the square root halves the wrong exponents',
  },
  {
    name: 'round-takes-ties-toward-zero',
    family: 'runtime',
    file: 'float-parts.js',
    find: 'const isHalf = r.ne(r.shr(r.load(x, 1), 63), u64(0));',
    replace: 'const isHalf = r.gt(r.load(x, 1), u64(1n << 63n));',
    mistake: 'a fraction of one half is cut off by round',
  },
  {
    name: 'modulus-adds-when-signs-agree',
    family: 'codegen',
    file: 'float-calls.js',
    find: 'pushUpper(f, divisor); mir.op(MirTag.i64_xor);',
    replace: 'pushUpper(f, divisor); mir.op(MirTag.i64_or);',
    mistake: 'mod of two negative numbers adds the divisor to the remainder',
  },
  {
    name: 'nan-is-greater',
    family: 'runtime',
    file: 'wide-floats.js',
    find: 'yield comparison(codec, relation, -1);',
    replace: 'yield comparison(codec, relation, 1);',
    mistake: 'a NaN is greater than everything',
  },
  {
    name: 'unsigned-integer-has-a-sign',
    family: 'runtime',
    file: 'wide-floats.js',
    find: 'const sign = signed ? r.shr(pattern, 63) : u64(0);',
    replace: 'const sign = r.shr(pattern, 63);',
    mistake: 'a u64 of 2^63 or more becomes a negative float',
  },
  {
    name: 'product-is-cut-before-the-sum',
    family: 'runtime',
    file: 'wide-floats.js',
    find: "r.call('__float_multiply', a, b); r.call('__float_add', a, c);",
    replace:
      "r.call('__float_multiply', a, b); r.store(a, 0, u64(0)); r.store(a, 1, u64(0)); r.call('__float_add', a, c);",
    mistake: 'mul_add of f128 loses the lower half of the product',
  },
  {
    name: 'half-bits-are-not-sign-extended',
    family: 'codegen',
    file: 'half-floats.js',
    find: 'if (!f.pool.intSigned(f.resultType(inst))) {',
    replace: 'if (f !== null) {',
    mistake: 'the bits of a negative f16 as an i16 are not extended by the sign',
  },
  {
    name: 'product-forgets-a-carry',
    family: 'runtime',
    file: 'float-parts.js',
    find: 'const carry = r.add(r.flag(r.lt(first, one[0])), r.flag(r.lt(second, two[0])));',
    replace: 'const carry = r.flag(r.lt(first, one[0]));',
    mistake: 'the second carry into the third word of a product is lost',
  },
];
