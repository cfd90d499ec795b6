/**
 * Instructions that take vectors: what they mean for scalars, they mean for each lane. Data only.
 *
 * Operands and result are vectors of one length; the amount of a shift may be one scalar for all lanes. Not among them: what
 * has a tuple for a result, compares (cmp_vector does), or changes the kind of a value without computing (bitcast).
 */
import type { DescribedTag } from './ops.ts';

/** See the header. */
// prettier-ignore
export const LANEWISE_TAGS: readonly DescribedTag[] = [
  'add', 'sub', 'mul', 'add_wrap', 'sub_wrap', 'mul_wrap', 'add_sat', 'sub_sat', 'mul_sat', 'div_float', 'div_trunc',
  'div_floor', 'div_exact', 'rem', 'mod', 'max', 'min', 'abs', 'neg', 'mul_add', 'sqrt', 'floor', 'ceil', 'trunc_float',
  'round', 'sin', 'cos', 'tan', 'exp', 'exp2', 'log', 'log2', 'log10', 'bit_and', 'bit_or', 'xor', 'bool_and', 'bool_or', 'not', 'shl', 'shl_exact', 'shl_sat', 'shr', 'shr_exact',
  'clz', 'ctz', 'popcount', 'byte_swap', 'bit_reverse', 'intcast', 'trunc', 'fptrunc', 'fpext', 'int_from_float',
  'float_from_int', 'add_optimized', 'sub_optimized', 'mul_optimized', 'div_float_optimized', 'div_trunc_optimized',
  'div_floor_optimized', 'div_exact_optimized', 'rem_optimized', 'mod_optimized', 'neg_optimized',
  'int_from_float_optimized', 'add_safe', 'sub_safe', 'mul_safe', 'intcast_safe', 'int_from_float_safe',
  'int_from_float_optimized_safe',
];

/** Those whose operand 1 is an amount. */
export const SHIFT_TAGS: readonly DescribedTag[] = ['shl', 'shl_exact', 'shl_sat', 'shr', 'shr_exact'];
