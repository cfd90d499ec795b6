/**
 * The one table of AIR instructions: name, operand form, effects, whether this version describes it, doc line.
 *
 * Data only. The list is complete. What an instruction's types must be lives in typing/, what it means in interpreter/, how
 * it is lowered in core/codegen, how it is generated in generators/, each as a total record over {@link DescribedTag}: a row
 * that changes from `refused` to `described` does not compile until all of them have an answer. A refused instruction that
 * has a form can be built, printed and read back; the verifier refuses it by name.
 */
import type { OpForm } from './forms.ts';

/** Whether docs/air.md gives the instruction a meaning in this version. */
type OpStatus = 'described' | 'refused';

/**
 * Facts of control: `must`: lowered even when its result is unused (codegen specification 3.2); `void`: has no result;
 * `end`: ends its body; `block`, `loop`, `switch`: can be branched to by br, repeat, switch_dispatch from inside its bodies.
 */
type Effects = '' | 'must' | 'must void' | 'must end' | 'must block' | 'must loop' | 'must end switch';

/** What may branch to an instruction from inside the bodies that it owns. */
export type OpOpens = 'nothing' | 'block' | 'loop' | 'switch';

/** One instruction as data. */
export interface OpInfo {
  /** null: it has no form, and so cannot stand in a body. */
  readonly form: OpForm | null;
  readonly status: OpStatus;
  /** Lowered even when its result is unused. */
  readonly mustLower: boolean;
  /** Never has a result. Others may have one of type `void` or `noreturn`. */
  readonly isVoid: boolean;
  /** Ends its body. */
  readonly ends: boolean;
  readonly opens: OpOpens;
  readonly doc: string;
}

type Op<F extends OpForm | null, S extends OpStatus> = OpInfo & { readonly form: F; readonly status: S };

function op<F extends OpForm | null, S extends OpStatus>(form: F, effects: Effects, status: S, doc: string): Op<F, S> {
  const has = (word: string): boolean => effects.split(' ').includes(word);
  const opens = has('block') ? 'block' : has('loop') ? 'loop' : has('switch') ? 'switch' : 'nothing';
  return { form, status, mustLower: has('must'), isVoid: has('void'), ends: has('end'), opens, doc };
}

/** Every AIR instruction by name. */
export const AIR_OPS = {
  // Integer and float arithmetic
  add: op('bin_op', '', 'described', 'exact sum; integer overflow is illegal; floats round once'),
  sub: op('bin_op', '', 'described', 'exact difference; integer overflow is illegal'),
  mul: op('bin_op', '', 'described', 'exact product; integer overflow is illegal'),
  add_wrap: op('bin_op', '', 'described', 'sum modulo 2^N'),
  sub_wrap: op('bin_op', '', 'described', 'difference modulo 2^N'),
  mul_wrap: op('bin_op', '', 'described', 'product modulo 2^N'),
  add_sat: op('bin_op', '', 'described', 'sum clamped to the range of the type'),
  sub_sat: op('bin_op', '', 'described', 'difference clamped to the range of the type'),
  mul_sat: op('bin_op', '', 'described', 'product clamped to the range of the type'),
  add_safe: op('bin_op', 'must', 'described', 'sum; overflow panics'),
  sub_safe: op('bin_op', 'must', 'described', 'difference; overflow panics'),
  mul_safe: op('bin_op', 'must', 'described', 'product; overflow panics'),
  add_optimized: op('bin_op', '', 'described', 'add with fast-math licence'),
  sub_optimized: op('bin_op', '', 'described', 'sub with fast-math licence'),
  mul_optimized: op('bin_op', '', 'described', 'mul with fast-math licence'),
  div_float_optimized: op('bin_op', '', 'described', 'div_float with fast-math licence'),
  div_trunc_optimized: op('bin_op', '', 'described', 'div_trunc with fast-math licence'),
  div_floor_optimized: op('bin_op', '', 'described', 'div_floor with fast-math licence'),
  div_exact_optimized: op('bin_op', '', 'described', 'div_exact with fast-math licence'),
  rem_optimized: op('bin_op', '', 'described', 'rem with fast-math licence'),
  mod_optimized: op('bin_op', '', 'described', 'mod with fast-math licence'),
  neg_optimized: op('un_op', '', 'described', 'neg with fast-math licence'),
  div_float: op('bin_op', '', 'described', 'float quotient'),
  div_trunc: op(
    'bin_op',
    '',
    'described',
    'quotient rounded toward zero; zero divisor and MIN/-1 are illegal for integers',
  ),
  div_floor: op(
    'bin_op',
    '',
    'described',
    'quotient rounded toward minus infinity; zero divisor and MIN/-1 are illegal for integers',
  ),
  div_exact: op(
    'bin_op',
    '',
    'described',
    'quotient without remainder; a remainder, zero divisor or MIN/-1 is illegal',
  ),
  rem: op(
    'bin_op',
    '',
    'described',
    'remainder with the sign of the dividend; MIN rem -1 = 0; zero divisor is illegal for integers',
  ),
  mod: op(
    'bin_op',
    '',
    'described',
    'remainder with the sign of the divisor; MIN mod -1 = 0; zero divisor is illegal for integers',
  ),
  max: op('bin_op', '', 'described', 'greater operand; of a NaN and a number the number'),
  min: op('bin_op', '', 'described', 'lesser operand; of a NaN and a number the number'),
  add_with_overflow: op('ty_pl_bin', '', 'described', 'tuple { wrapped result, u1 overflow }'),
  sub_with_overflow: op('ty_pl_bin', '', 'described', 'tuple { wrapped result, u1 overflow }'),
  mul_with_overflow: op('ty_pl_bin', '', 'described', 'tuple { wrapped result, u1 overflow }'),
  shl_with_overflow: op('ty_pl_bin', '', 'described', 'tuple { wrapped result, u1 overflow }'),
  abs: op('ty_op', '', 'described', 'absolute value; of iN as uN; of a float with the sign bit cleared'),
  neg: op('un_op', '', 'described', 'float with the sign bit flipped, NaN and zero included'),
  mul_add: op('pl_op_bin', '', 'described', 'a * b + c rounded once'),
  sqrt: op('un_op', '', 'described', 'square root'),
  floor: op('un_op', '', 'described', 'round toward minus infinity'),
  ceil: op('un_op', '', 'described', 'round toward plus infinity'),
  trunc_float: op('un_op', '', 'described', 'round toward zero'),
  round: op('un_op', '', 'described', 'round to nearest, ties away from zero'),
  sin: op('un_op', '', 'described', 'sine, correctly rounded'),
  cos: op('un_op', '', 'described', 'cosine, correctly rounded'),
  tan: op('un_op', '', 'described', 'tangent, correctly rounded'),
  exp: op('un_op', '', 'described', 'e to the power, correctly rounded'),
  exp2: op('un_op', '', 'described', '2 to the power, correctly rounded'),
  log: op('un_op', '', 'described', 'natural logarithm, correctly rounded'),
  log2: op('un_op', '', 'described', 'logarithm to base 2, correctly rounded'),
  log10: op('un_op', '', 'described', 'logarithm to base 10, correctly rounded'),
  // Bits and shifts
  bit_and: op('bin_op', '', 'described', 'bitwise on the N bits'),
  bit_or: op('bin_op', '', 'described', 'bitwise on the N bits'),
  xor: op('bin_op', '', 'described', 'bitwise on the N bits'),
  bool_and: op('bin_op', '', 'described', 'logical on bool'),
  bool_or: op('bin_op', '', 'described', 'logical on bool'),
  not: op('ty_op', '', 'described', 'bool negation, or all N bits inverted'),
  shl: op('bin_op', '', 'described', 'shift left modulo 2^N; an amount >= N is illegal'),
  shl_exact: op(
    'bin_op',
    '',
    'described',
    'shift left; losing a bit (for signed: one unlike the result sign) is illegal',
  ),
  shl_sat: op('bin_op', '', 'described', 'shift left clamped to the range; any unsigned amount of any type'),
  shr: op('bin_op', '', 'described', 'shift right, arithmetic for signed; an amount >= N is illegal'),
  shr_exact: op('bin_op', '', 'described', 'shift right; losing a 1 bit is illegal'),
  clz: op('ty_op', '', 'described', 'leading zeros of the N-bit pattern, N for 0'),
  ctz: op('ty_op', '', 'described', 'trailing zeros of the N-bit pattern, N for 0'),
  popcount: op('ty_op', '', 'described', 'number of 1 bits in the N-bit pattern'),
  byte_swap: op('ty_op', '', 'described', 'bytes reversed; N is a multiple of 8'),
  bit_reverse: op('ty_op', '', 'described', 'the N bits reversed'),
  // Comparison
  cmp_lt: op('bin_op', '', 'described', 'lt; ints by value, floats IEEE (a NaN is unordered)'),
  cmp_lte: op('bin_op', '', 'described', 'lte; ints by value, floats IEEE (a NaN is unordered)'),
  cmp_eq: op(
    'bin_op',
    '',
    'described',
    'eq; ints by value, floats IEEE (a NaN is unordered), bools, pointers, enums, errors, optionals',
  ),
  cmp_gte: op('bin_op', '', 'described', 'gte; ints by value, floats IEEE (a NaN is unordered)'),
  cmp_gt: op('bin_op', '', 'described', 'gt; ints by value, floats IEEE (a NaN is unordered)'),
  cmp_neq: op(
    'bin_op',
    '',
    'described',
    'neq; ints by value, floats IEEE (a NaN is unordered), bools, pointers, enums, errors, optionals',
  ),
  cmp_lt_optimized: op('bin_op', '', 'described', 'cmp_lt with fast-math licence'),
  cmp_lte_optimized: op('bin_op', '', 'described', 'cmp_lte with fast-math licence'),
  cmp_eq_optimized: op('bin_op', '', 'described', 'cmp_eq with fast-math licence'),
  cmp_gte_optimized: op('bin_op', '', 'described', 'cmp_gte with fast-math licence'),
  cmp_gt_optimized: op('bin_op', '', 'described', 'cmp_gt with fast-math licence'),
  cmp_neq_optimized: op('bin_op', '', 'described', 'cmp_neq with fast-math licence'),
  cmp_vector: op('ty_pl_cmp', '', 'described', 'vector of bool: lane by lane a comparison'),
  cmp_vector_optimized: op('ty_pl_cmp', '', 'described', 'cmp_vector with fast-math licence'),
  cmp_lt_errors_len: op('un_op', '', 'described', 'whether a u16 is below the number of error names plus one'),
  // Casts
  intcast: op('ty_op', '', 'described', 'same value in another integer type; a value that does not fit is illegal'),
  intcast_safe: op('ty_op', 'must', 'described', 'intcast; a value that does not fit panics'),
  trunc: op('ty_op', '', 'described', 'low bits in a narrower type of the same sign'),
  bitcast: op(
    'ty_op',
    '',
    'described',
    'same bits: int and int, int and float, bool and u1, pointer and usize, pointer and pointer, enum and its int, error to u16',
  ),
  fptrunc: op('ty_op', '', 'described', 'float rounded to a narrower float'),
  fpext: op('ty_op', '', 'described', 'float widened exactly'),
  int_from_float: op('ty_op', '', 'described', 'float rounded toward zero; NaN or out of range is illegal'),
  int_from_float_optimized: op('ty_op', '', 'described', 'float rounded toward zero; NaN or out of range is illegal'),
  int_from_float_safe: op('ty_op', 'must', 'described', 'float rounded toward zero; NaN or out of range panics'),
  int_from_float_optimized_safe: op(
    'ty_op',
    'must',
    'described',
    'float rounded toward zero; NaN or out of range panics',
  ),
  float_from_int: op('ty_op', '', 'described', 'nearest float, ties to even'),
  addrspace_cast: op('ty_op', '', 'refused', 'pointer in another address space'),
  // Memory and pointers
  alloc: op('ty', '', 'described', 'address of a fresh stack slot, undefined content; type is the pointer type'),
  ret_ptr: op('ty', '', 'described', 'address of the place of the result; type is the pointer type'),
  load: op('ty_op', '', 'described', 'value at an address'),
  store: op('bin_op', 'must void', 'described', 'writes rhs to the address lhs'),
  store_safe: op('bin_op', 'must void', 'described', 'store; the constant undef fills with 0xAA'),
  ptr_add: op('ty_pl_bin', '', 'described', 'many-pointer plus rhs elements'),
  ptr_sub: op('ty_pl_bin', '', 'described', 'many-pointer minus rhs elements'),
  ptr_elem_val: op('bin_op', '', 'described', 'element rhs of many-pointer lhs'),
  ptr_elem_ptr: op('ty_pl_bin', '', 'described', 'address of element rhs of a many-pointer or pointer to array'),
  slice: op('ty_pl_bin', '', 'described', 'slice from a many-pointer and a length'),
  slice_len: op('ty_op', '', 'described', 'length of a slice'),
  slice_ptr: op('ty_op', '', 'described', 'pointer of a slice'),
  ptr_slice_len_ptr: op('ty_op', '', 'described', 'address of the length of a slice in memory'),
  ptr_slice_ptr_ptr: op('ty_op', '', 'described', 'address of the pointer of a slice in memory'),
  slice_elem_val: op('bin_op', '', 'described', 'element rhs of slice lhs'),
  slice_elem_ptr: op('ty_pl_bin', '', 'described', 'address of element rhs of slice lhs'),
  array_elem_val: op('bin_op', '', 'described', 'element rhs of array value lhs'),
  array_to_slice: op('ty_op', '', 'described', 'slice over a pointer to an array'),
  struct_field_ptr: op('ty_pl_field', '', 'described', 'address of a field'),
  struct_field_ptr_index_0: op('ty_op', '', 'described', 'address of field 0'),
  struct_field_ptr_index_1: op('ty_op', '', 'described', 'address of field 1'),
  struct_field_ptr_index_2: op('ty_op', '', 'described', 'address of field 2'),
  struct_field_ptr_index_3: op('ty_op', '', 'described', 'address of field 3'),
  struct_field_val: op('ty_pl_field', '', 'described', 'field of a struct value'),
  field_parent_ptr: op('ty_pl_field', '', 'described', 'address of the struct that holds the field at an address'),
  set_union_tag: op(
    'bin_op',
    'must void',
    'described',
    'writes the tag of the union at an address; its payload keeps its bytes',
  ),
  get_union_tag: op('ty_op', '', 'described', 'tag of a union value'),
  memset: op('bin_op', 'must void', 'described', 'fills the slice or array at lhs with rhs'),
  memset_safe: op('bin_op', 'must void', 'described', 'memset; the constant undef fills with 0xAA'),
  memcpy: op(
    'bin_op',
    'must void',
    'described',
    'copies the elements of rhs (slice or pointer to array) to lhs; overlap is illegal',
  ),
  memmove: op('bin_op', 'must void', 'described', 'copies the elements of rhs to lhs; overlap allowed'),
  runtime_nav_ptr: op('ty_nav', '', 'described', 'address of a thread-local nav, of this thread'),
  prefetch: op('prefetch', 'must void', 'described', 'hint that memory is needed soon'),
  frame_addr: op('no_op', '', 'described', 'address of the frame, as a number'),
  ret_addr: op('no_op', '', 'described', 'return address: 0, for wasm does not tell it'),
  wasm_memory_size: op('number', '', 'described', 'pages of a memory'),
  wasm_memory_grow: op('number_op', 'must', 'described', 'adds pages to a memory; gives the number before, or -1'),
  // Aggregates
  aggregate_init: op('ty_pl_elems', '', 'described', 'struct or array from its elements'),
  union_init: op('ty_pl_field', '', 'described', 'union with one field set'),
  // Optionals and error unions
  is_null: op('un_op', '', 'described', 'whether an optional is null'),
  is_non_null: op('un_op', '', 'described', 'whether an optional has a payload'),
  is_null_ptr: op('un_op', '', 'described', 'is_null of the optional at an address'),
  is_non_null_ptr: op('un_op', '', 'described', 'is_non_null of the optional at an address'),
  is_err: op('un_op', '', 'described', 'whether an error union is an error'),
  is_non_err: op('un_op', '', 'described', 'whether an error union has a payload'),
  is_err_ptr: op('un_op', '', 'described', 'is_err of the error union at an address'),
  is_non_err_ptr: op('un_op', '', 'described', 'is_non_err of the error union at an address'),
  optional_payload: op('ty_op', '', 'described', 'payload of an optional; null is illegal'),
  optional_payload_ptr: op(
    'ty_op',
    '',
    'described',
    'address of the payload of the optional at an address; null is illegal',
  ),
  wrap_optional: op('ty_op', '', 'described', 'optional with a payload'),
  unwrap_errunion_payload: op('ty_op', '', 'described', 'payload of an error union; an error is illegal'),
  unwrap_errunion_payload_ptr: op(
    'ty_op',
    '',
    'described',
    'address of the payload of the error union at an address; an error is illegal',
  ),
  unwrap_errunion_err: op('ty_op', '', 'described', 'error of an error union; a payload is illegal'),
  unwrap_errunion_err_ptr: op('ty_op', '', 'described', 'error of the error union at an address; a payload is illegal'),
  wrap_errunion_payload: op('ty_op', '', 'described', 'error union with a payload'),
  wrap_errunion_err: op('ty_op', '', 'described', 'error union with an error'),
  optional_payload_ptr_set: op(
    'ty_op',
    'must',
    'described',
    'marks the optional at an address as present and gives the address of its payload, which keeps its content',
  ),
  errunion_payload_ptr_set: op(
    'ty_op',
    'must',
    'described',
    'marks the error union at an address as no error and gives the address of its payload, which keeps its content',
  ),
  try: op(
    'ty_pl_op_body',
    'must',
    'described',
    'payload of an error union; of an error runs the body, which does not continue',
  ),
  try_cold: op('ty_pl_op_body', 'must', 'described', 'try whose error is unlikely'),
  try_ptr: op(
    'ty_pl_op_body',
    'must',
    'described',
    'try of the error union at an address; gives the address of the payload',
  ),
  try_ptr_cold: op('ty_pl_op_body', 'must', 'described', 'try_ptr whose error is unlikely'),
  // Control
  arg: op('arg', 'must', 'described', 'parameter of the function'),
  block: op('ty_pl_body', 'must block', 'described', 'runs a body; br to it leaves it with a value'),
  dbg_inline_block: op('ty_pl_nav_body', 'must block', 'described', 'block of an inlined function'),
  loop: op('ty_pl_body', 'must loop', 'described', 'runs a body that ends in repeat or leaves'),
  repeat: op('repeat', 'must end', 'described', 'next iteration of an enclosing loop'),
  br: op('br', 'must end', 'described', 'leaves an enclosing block with a value'),
  cond_br: op('cond_br', 'must end', 'described', 'runs one of two bodies'),
  switch_br: op('switch_br', 'must end', 'described', 'runs the body whose items or inclusive ranges hold the operand'),
  loop_switch_br: op('switch_br', 'must end switch', 'described', 'switch_br that switch_dispatch can enter again'),
  switch_dispatch: op('dispatch', 'must end', 'described', 'enters an enclosing loop_switch_br with a new operand'),
  ret: op('un_op', 'must end', 'described', 'returns a value'),
  ret_safe: op('un_op', 'must end', 'described', 'ret'),
  ret_load: op('un_op', 'must end', 'described', 'returns the value at an address'),
  unreach: op('no_op', 'must end', 'described', 'reaching it is illegal'),
  trap: op('no_op', 'must end', 'described', 'traps (unreachable)'),
  breakpoint: op('no_op', 'must void', 'described', 'traps (unreachable)'),
  // Calls
  call: op('call', 'must', 'described', 'calls a function by address; a constant address of a nav is a direct call'),
  call_never_tail: op('call', 'must', 'described', 'call that stays one'),
  call_never_inline: op('call', 'must', 'described', 'call that stays one'),
  call_always_tail: op(
    'call',
    'must',
    'described',
    'call in place of the function, which ends first; a ret of its result follows',
  ),
  // Debug
  dbg_stmt: op('dbg_stmt', 'must void', 'described', 'position in the source of what follows'),
  dbg_empty_stmt: op('no_op', 'must void', 'described', 'empty statement'),
  dbg_var_ptr: op('op_name', 'must void', 'described', 'name of the variable at an address'),
  dbg_var_val: op('op_name', 'must void', 'described', 'name of a value'),
  dbg_arg_inline: op('op_name', 'must void', 'described', 'name of an argument of an inlined function'),
  // Vectors
  splat: op('ty_op', '', 'described', 'vector whose lanes are all the operand'),
  shuffle_one: op('ty_pl_mask_one', '', 'described', 'vector of lanes of a vector and of constants'),
  shuffle_two: op('ty_pl_mask_two', '', 'described', 'vector of lanes of two vectors'),
  select: op('op_pl_bin', '', 'described', 'lane by lane one of two vectors, as a vector of bool says'),
  reduce: op('reduce', '', 'described', 'the lanes put together by an operation, from the first to the last'),
  reduce_optimized: op('reduce', '', 'described', 'reduce with fast-math licence'),
  vector_store_elem: op('op_pl_bin', 'must void', 'described', 'writes one lane of the vector at an address'),
  // Atomics
  atomic_load: op('atomic_load', 'must', 'described', 'load in one step'),
  atomic_store_unordered: op('bin_op', 'must void', 'described', 'store in one step'),
  atomic_store_monotonic: op('bin_op', 'must void', 'described', 'store in one step'),
  atomic_store_release: op('bin_op', 'must void', 'described', 'store in one step'),
  atomic_store_seq_cst: op('bin_op', 'must void', 'described', 'store in one step'),
  atomic_rmw: op(
    'atomic_rmw',
    'must',
    'described',
    'changes the value at an address in one step and gives the former one',
  ),
  cmpxchg_weak: op(
    'cmpxchg',
    'must',
    'described',
    'replaces the value at an address if it is the expected one; null, or the value that is there',
  ),
  cmpxchg_strong: op('cmpxchg', 'must', 'described', 'cmpxchg_weak; never fails without a reason'),
  // Names and the rest
  tag_name: op('un_op', '', 'described', 'name of an enum value; a value without one is illegal'),
  error_name: op('un_op', '', 'described', 'name of an error'),
  error_set_has_value: op('ty_op', '', 'described', 'whether an error set has an error'),
  is_named_enum_value: op('un_op', '', 'described', 'whether an enum value has a name'),
  assembly: op(null, 'must', 'refused', 'inline assembly'),
  err_return_trace: op('ty', '', 'described', 'address of the error trace of this call'),
  set_err_return_trace: op('un_op', 'must void', 'described', 'says where the error trace of this call is'),
  save_err_return_trace_index: op('ty_field', '', 'described', 'a field usize of the error trace of this call'),
  c_va_arg: op('ty_op', 'must', 'refused', 'C varargs'),
  c_va_copy: op('ty_op', 'must', 'refused', 'C varargs'),
  c_va_end: op('un_op', 'must void', 'refused', 'C varargs'),
  c_va_start: op('ty', 'must', 'refused', 'C varargs'),
  work_item_id: op('number', '', 'refused', 'GPU only'),
  work_group_size: op('number', '', 'refused', 'GPU only'),
  work_group_id: op('number', '', 'refused', 'GPU only'),
} as const satisfies Readonly<Record<string, OpInfo>>;

/** Name of an AIR instruction. */
export type AirTag = keyof typeof AIR_OPS;

/** Name of an AIR instruction that this version describes. */
export type DescribedTag = {
  [K in AirTag]: (typeof AIR_OPS)[K]['status'] extends 'described' ? K : never;
}[AirTag];

/** Name of an AIR instruction whose operands have form `F`. */
export type TagOfForm<F extends OpForm> = {
  [K in AirTag]: (typeof AIR_OPS)[K]['form'] extends F ? K : never;
}[AirTag];

/** Names by number; the number of a tag is its position in {@link AIR_OPS}. */
export const AIR_TAG_NAMES = Object.keys(AIR_OPS) as readonly AirTag[];

/** Facts by tag number. */
export const AIR_OP_BY_NUMBER: readonly OpInfo[] = Object.values(AIR_OPS);

/** Number of each tag, as stored in a body. */
export const TAG: { readonly [K in AirTag]: number } = Object.fromEntries(
  AIR_TAG_NAMES.map((name, number) => [name, number]),
) as { [K in AirTag]: number };

/** Whether this version describes `tag`. */
export function isDescribed(tag: AirTag): tag is DescribedTag {
  return AIR_OPS[tag].status === 'described';
}

/** The instructions that this version describes, in the order of the table. */
export const DESCRIBED_TAGS: readonly DescribedTag[] = AIR_TAG_NAMES.filter(isDescribed);

/** 1 for each tag number that is lowered even when its result is unused. */
export const MUST_LOWER: Uint8Array = Uint8Array.from(AIR_OP_BY_NUMBER, (info) => (info.mustLower ? 1 : 0));
