/**
 * Instructions by what they are about. Profiles give the instructions of a group more or less weight, or have none of them.
 *
 * Data only.
 */
import type { AirTag } from '../../core/index.ts';

// prettier-ignore
export const INTEGERS: readonly AirTag[] = [
  'add', 'sub', 'mul', 'add_wrap', 'sub_wrap', 'mul_wrap', 'add_sat', 'sub_sat', 'mul_sat', 'div_trunc', 'div_floor',
  'div_exact', 'rem', 'mod', 'max', 'min', 'add_with_overflow', 'sub_with_overflow', 'mul_with_overflow',
  'shl_with_overflow', 'abs', 'bit_and', 'bit_or', 'xor', 'bool_and', 'bool_or', 'not', 'shl', 'shl_exact', 'shl_sat',
  'shr', 'shr_exact', 'clz', 'ctz', 'popcount', 'byte_swap', 'bit_reverse', 'cmp_lt', 'cmp_lte', 'cmp_eq', 'cmp_gte',
  'cmp_gt', 'cmp_neq', 'intcast', 'trunc', 'bitcast',
];

// prettier-ignore
export const FLOATS: readonly AirTag[] = [
  'div_float', 'neg', 'sqrt', 'floor', 'ceil', 'trunc_float', 'round', 'fptrunc', 'fpext', 'int_from_float',
  'float_from_int', 'add', 'sub', 'mul', 'div_trunc', 'div_floor', 'div_exact', 'rem', 'mod', 'min', 'max', 'abs',
  'cmp_lt', 'cmp_lte', 'cmp_eq', 'cmp_gte', 'cmp_gt', 'cmp_neq', 'bitcast',
];

/** What only profiles have that name it: instructions that are compiled to calls, or that say no more than others do. */
// prettier-ignore
export const FLOAT_EXTRAS: readonly AirTag[] = [
  'mul_add', 'add_optimized', 'sub_optimized', 'mul_optimized', 'div_float_optimized', 'div_trunc_optimized',
  'div_floor_optimized', 'div_exact_optimized', 'rem_optimized', 'mod_optimized', 'neg_optimized', 'cmp_lt_optimized',
  'cmp_lte_optimized', 'cmp_eq_optimized', 'cmp_gte_optimized', 'cmp_gt_optimized', 'cmp_neq_optimized',
  'int_from_float_optimized',
];

// prettier-ignore
export const MEMORY: readonly AirTag[] = [
  'alloc', 'load', 'store', 'ptr_add', 'ptr_sub', 'ptr_elem_val', 'ptr_elem_ptr', 'slice', 'slice_len', 'slice_ptr',
  'ptr_slice_len_ptr', 'ptr_slice_ptr_ptr', 'slice_elem_val', 'slice_elem_ptr', 'array_elem_val', 'array_to_slice',
  'struct_field_ptr', 'struct_field_ptr_index_0', 'struct_field_ptr_index_1', 'struct_field_ptr_index_2',
  'struct_field_ptr_index_3', 'struct_field_val', 'field_parent_ptr', 'memset', 'memcpy', 'memmove', 'aggregate_init',
];

// prettier-ignore
/** Instructions of optionals, errors, enums and unions: drawn only by profiles that have such types. */
export const SUM_TAGS: readonly AirTag[] = [
  'is_null', 'is_non_null', 'is_null_ptr', 'is_non_null_ptr', 'is_err', 'is_non_err', 'is_err_ptr', 'is_non_err_ptr',
  'optional_payload', 'optional_payload_ptr', 'optional_payload_ptr_set', 'wrap_optional', 'unwrap_errunion_payload',
  'unwrap_errunion_payload_ptr', 'unwrap_errunion_err', 'unwrap_errunion_err_ptr', 'errunion_payload_ptr_set',
  'wrap_errunion_payload', 'wrap_errunion_err', 'try', 'try_cold', 'try_ptr', 'try_ptr_cold', 'cmp_lt_errors_len',
  'error_set_has_value', 'error_name', 'tag_name', 'is_named_enum_value', 'get_union_tag', 'set_union_tag', 'union_init',
];

export const CONTROL: readonly AirTag[] = ['block', 'loop', 'cond_br', 'switch_br', 'trap', 'breakpoint', 'unreach'];

/** Instructions that only profiles with checks have. */
export const CHECKED_TAGS: readonly AirTag[] = ['add_safe', 'sub_safe', 'mul_safe', 'intcast_safe'];

/** Instructions of control and of the machine that only profiles have that are about them. */
// prettier-ignore
export const FLOW_TAGS: readonly AirTag[] = [
  'loop_switch_br', 'switch_dispatch', 'wasm_memory_size', 'wasm_memory_grow', 'frame_addr', 'ret_addr', 'call_never_tail',
  'call_never_inline', 'call_always_tail', 'store_safe', 'memset_safe', 'ret_safe', 'int_from_float_safe',
  'int_from_float_optimized_safe', 'dbg_inline_block', 'dbg_stmt', 'dbg_empty_stmt', 'dbg_var_ptr', 'dbg_var_val',
  'dbg_arg_inline',
];

/** Hints and error traces. */
export const TRACE_TAGS: readonly AirTag[] = [
  'prefetch',
  'err_return_trace',
  'set_err_return_trace',
  'save_err_return_trace_index',
];

/** Instructions that only vectors have. */
// prettier-ignore
export const VECTOR_TAGS: readonly AirTag[] = [
  'cmp_vector', 'cmp_vector_optimized', 'select', 'splat', 'reduce', 'reduce_optimized', 'shuffle_one', 'shuffle_two',
];

/** Those that only profiles with everything of vectors have. */
export const EVERY_VECTOR_TAGS: readonly AirTag[] = ['vector_store_elem'];

/** Elementary functions. */
// prettier-ignore
export const MATH_TAGS: readonly AirTag[] = ['sin', 'cos', 'tan', 'exp', 'exp2', 'log', 'log2', 'log10'];

/** Atomic instructions. */
// prettier-ignore
export const ATOMIC_TAGS: readonly AirTag[] = [
  'atomic_load', 'atomic_store_unordered', 'atomic_store_monotonic', 'atomic_store_release', 'atomic_store_seq_cst',
  'atomic_rmw', 'cmpxchg_weak', 'cmpxchg_strong',
];
