/**
 * The one table of AIR instructions: name, operand form, typing rule, effects, doc line.
 *
 * Data only. What an instruction means lives in interpreter/, how it is lowered in core/codegen, how often it is
 * generated in generators/, each as a total record over `AirTag`, so a new line here does not compile until all three
 * have an answer. The list is complete; what this back end does not lower is refused by name in core/codegen.
 */

/**
 * Shape of the operands (data words `a`, `b`; "refs" are `Ref`s):
 *   no_op; un_op a=ref; bin_op a,b=refs; ty a=type; arg a=type b=parameter; ty_op a=type b=ref;
 *   ty_pl_bin a=type b->[lhs, rhs]; ty_pl_field a=type b->[ref, field]; ty_pl_elems a=type b->[n, refs];
 *   ty_pl_body a=type b->[n, insts]; br a=inst b=ref; repeat a=inst; call a=callee b->[n, refs];
 *   cond_br a=ref b->[n, m, then insts, else insts]; switch_br a=ref b->see Body; pl_op_bin a=ref b->[lhs, rhs];
 *   ty_nav a=type b=nav; dbg_stmt a=line b=column; other: no form in this build, refused by the parser.
 */
export type OpForm =
  | 'no_op'
  | 'un_op'
  | 'bin_op'
  | 'ty'
  | 'arg'
  | 'ty_op'
  | 'ty_pl_bin'
  | 'ty_pl_field'
  | 'ty_pl_elems'
  | 'ty_pl_body'
  | 'br'
  | 'repeat'
  | 'cond_br'
  | 'switch_br'
  | 'call'
  | 'pl_op_bin'
  | 'ty_nav'
  | 'dbg_stmt'
  | 'other';

/** Where the type of the result comes from: the first operand, the type word, a fixed type, the element type of the first operand, or the callee. */
export type OpResult = 'lhs' | 'ty' | 'bool' | 'usize' | 'u32' | 'i32' | 'void' | 'noreturn' | 'elem' | 'call';

/** One instruction as data. */
export interface OpInfo {
  readonly form: OpForm;
  readonly result: OpResult;
  /** Lowered even when its result is unused (codegen specification 3.2). */
  readonly mustLower: boolean;
  /** Ends its body. */
  readonly ends: boolean;
  readonly doc: string;
}

function op<F extends OpForm>(
  form: F,
  result: OpResult,
  effects: '' | 'must' | 'must end',
  doc: string,
): OpInfo & { readonly form: F } {
  return { form, result, mustLower: effects !== '', ends: effects === 'must end', doc };
}

/** Every AIR instruction by name. */
export const AIR_OPS = {
  // Integer and float arithmetic
  add: op('bin_op', 'lhs', '', 'exact sum; integer overflow is illegal; floats round once'),
  sub: op('bin_op', 'lhs', '', 'exact difference; integer overflow is illegal'),
  mul: op('bin_op', 'lhs', '', 'exact product; integer overflow is illegal'),
  add_wrap: op('bin_op', 'lhs', '', 'sum modulo 2^N'),
  sub_wrap: op('bin_op', 'lhs', '', 'difference modulo 2^N'),
  mul_wrap: op('bin_op', 'lhs', '', 'product modulo 2^N'),
  add_sat: op('bin_op', 'lhs', '', 'sum clamped to the range of the type'),
  sub_sat: op('bin_op', 'lhs', '', 'difference clamped to the range of the type'),
  mul_sat: op('bin_op', 'lhs', '', 'product clamped to the range of the type'),
  add_safe: op('bin_op', 'lhs', '', 'sum; overflow panics'),
  sub_safe: op('bin_op', 'lhs', '', 'difference; overflow panics'),
  mul_safe: op('bin_op', 'lhs', '', 'product; overflow panics'),
  add_optimized: op('bin_op', 'lhs', '', 'add with fast-math licence'),
  sub_optimized: op('bin_op', 'lhs', '', 'sub with fast-math licence'),
  mul_optimized: op('bin_op', 'lhs', '', 'mul with fast-math licence'),
  div_float_optimized: op('bin_op', 'lhs', '', 'div_float with fast-math licence'),
  div_trunc_optimized: op('bin_op', 'lhs', '', 'div_trunc with fast-math licence'),
  div_floor_optimized: op('bin_op', 'lhs', '', 'div_floor with fast-math licence'),
  div_exact_optimized: op('bin_op', 'lhs', '', 'div_exact with fast-math licence'),
  rem_optimized: op('bin_op', 'lhs', '', 'rem with fast-math licence'),
  mod_optimized: op('bin_op', 'lhs', '', 'mod with fast-math licence'),
  neg_optimized: op('un_op', 'lhs', '', 'neg with fast-math licence'),
  div_float: op('bin_op', 'lhs', '', 'float quotient'),
  div_trunc: op('bin_op', 'lhs', '', 'quotient rounded toward zero; zero divisor and MIN/-1 are illegal for integers'),
  div_floor: op(
    'bin_op',
    'lhs',
    '',
    'quotient rounded toward minus infinity; zero divisor and MIN/-1 are illegal for integers',
  ),
  div_exact: op('bin_op', 'lhs', '', 'quotient without remainder; a remainder, zero divisor or MIN/-1 is illegal'),
  rem: op(
    'bin_op',
    'lhs',
    '',
    'remainder with the sign of the dividend; MIN rem -1 = 0; zero divisor is illegal for integers',
  ),
  mod: op(
    'bin_op',
    'lhs',
    '',
    'remainder with the sign of the divisor; MIN mod -1 = 0; zero divisor is illegal for integers',
  ),
  max: op('bin_op', 'lhs', '', 'greater operand; of a NaN and a number the number'),
  min: op('bin_op', 'lhs', '', 'lesser operand; of a NaN and a number the number'),
  add_with_overflow: op('ty_pl_bin', 'ty', '', 'tuple { wrapped result, u1 overflow }'),
  sub_with_overflow: op('ty_pl_bin', 'ty', '', 'tuple { wrapped result, u1 overflow }'),
  mul_with_overflow: op('ty_pl_bin', 'ty', '', 'tuple { wrapped result, u1 overflow }'),
  shl_with_overflow: op('ty_pl_bin', 'ty', '', 'tuple { wrapped result, u1 overflow }'),
  abs: op('ty_op', 'ty', '', 'absolute value; of iN as uN; of a float with the sign bit cleared'),
  neg: op('un_op', 'lhs', '', 'float with the sign bit flipped, NaN and zero included'),
  mul_add: op('pl_op_bin', 'lhs', '', 'a * b + c rounded once'),
  sqrt: op('un_op', 'lhs', '', 'square root'),
  floor: op('un_op', 'lhs', '', 'round toward minus infinity'),
  ceil: op('un_op', 'lhs', '', 'round toward plus infinity'),
  trunc_float: op('un_op', 'lhs', '', 'round toward zero'),
  round: op('un_op', 'lhs', '', 'round to nearest, ties away from zero'),
  sin: op('un_op', 'lhs', '', 'libm sin'),
  cos: op('un_op', 'lhs', '', 'libm cos'),
  tan: op('un_op', 'lhs', '', 'libm tan'),
  exp: op('un_op', 'lhs', '', 'libm exp'),
  exp2: op('un_op', 'lhs', '', 'libm exp2'),
  log: op('un_op', 'lhs', '', 'libm log'),
  log2: op('un_op', 'lhs', '', 'libm log2'),
  log10: op('un_op', 'lhs', '', 'libm log10'),
  // Bits and shifts
  bit_and: op('bin_op', 'lhs', '', 'bitwise on the N bits'),
  bit_or: op('bin_op', 'lhs', '', 'bitwise on the N bits'),
  xor: op('bin_op', 'lhs', '', 'bitwise on the N bits'),
  bool_and: op('bin_op', 'lhs', '', 'logical on bool'),
  bool_or: op('bin_op', 'lhs', '', 'logical on bool'),
  not: op('ty_op', 'ty', '', 'bool negation, or all N bits inverted'),
  shl: op('bin_op', 'lhs', '', 'shift left modulo 2^N; an amount >= N is illegal'),
  shl_exact: op('bin_op', 'lhs', '', 'shift left; losing a bit (for signed: one unlike the result sign) is illegal'),
  shl_sat: op('bin_op', 'lhs', '', 'shift left clamped to the range; any unsigned amount of any type'),
  shr: op('bin_op', 'lhs', '', 'shift right, arithmetic for signed; an amount >= N is illegal'),
  shr_exact: op('bin_op', 'lhs', '', 'shift right; losing a 1 bit is illegal'),
  clz: op('ty_op', 'ty', '', 'leading zeros of the N-bit pattern, N for 0'),
  ctz: op('ty_op', 'ty', '', 'trailing zeros of the N-bit pattern, N for 0'),
  popcount: op('ty_op', 'ty', '', 'number of 1 bits in the N-bit pattern'),
  byte_swap: op('ty_op', 'ty', '', 'bytes reversed; N is a multiple of 8'),
  bit_reverse: op('ty_op', 'ty', '', 'the N bits reversed'),
  // Comparison
  cmp_lt: op('bin_op', 'bool', '', 'lt; ints by value, floats IEEE (a NaN is unordered)'),
  cmp_lte: op('bin_op', 'bool', '', 'lte; ints by value, floats IEEE (a NaN is unordered)'),
  cmp_eq: op('bin_op', 'bool', '', 'eq; ints by value, floats IEEE (a NaN is unordered), bools and pointers'),
  cmp_gte: op('bin_op', 'bool', '', 'gte; ints by value, floats IEEE (a NaN is unordered)'),
  cmp_gt: op('bin_op', 'bool', '', 'gt; ints by value, floats IEEE (a NaN is unordered)'),
  cmp_neq: op('bin_op', 'bool', '', 'neq; ints by value, floats IEEE (a NaN is unordered), bools and pointers'),
  cmp_lt_optimized: op('bin_op', 'bool', '', 'cmp_lt with fast-math licence'),
  cmp_lte_optimized: op('bin_op', 'bool', '', 'cmp_lte with fast-math licence'),
  cmp_eq_optimized: op('bin_op', 'bool', '', 'cmp_eq with fast-math licence'),
  cmp_gte_optimized: op('bin_op', 'bool', '', 'cmp_gte with fast-math licence'),
  cmp_gt_optimized: op('bin_op', 'bool', '', 'cmp_gt with fast-math licence'),
  cmp_neq_optimized: op('bin_op', 'bool', '', 'cmp_neq with fast-math licence'),
  cmp_vector: op('other', 'ty', '', 'element-wise comparison'),
  cmp_vector_optimized: op('other', 'ty', '', 'element-wise comparison with fast-math licence'),
  cmp_lt_errors_len: op('un_op', 'bool', '', 'error code below the number of error names plus one'),
  // Casts
  intcast: op('ty_op', 'ty', '', 'same value in another integer type; a value that does not fit is illegal'),
  intcast_safe: op('ty_op', 'ty', '', 'intcast; a value that does not fit panics'),
  trunc: op('ty_op', 'ty', '', 'low bits in a narrower type of the same sign'),
  bitcast: op(
    'ty_op',
    'ty',
    '',
    'same bits: int and int, int and float, bool and u1, pointer and usize, pointer and pointer',
  ),
  fptrunc: op('ty_op', 'ty', '', 'float rounded to a narrower float'),
  fpext: op('ty_op', 'ty', '', 'float widened exactly'),
  int_from_float: op('ty_op', 'ty', '', 'float rounded toward zero; NaN or out of range is illegal'),
  int_from_float_optimized: op('ty_op', 'ty', '', 'float rounded toward zero; NaN or out of range is illegal'),
  int_from_float_safe: op('ty_op', 'ty', '', 'float rounded toward zero; NaN or out of range panics'),
  int_from_float_optimized_safe: op('ty_op', 'ty', '', 'float rounded toward zero; NaN or out of range panics'),
  float_from_int: op('ty_op', 'ty', '', 'nearest float, ties to even'),
  addrspace_cast: op('ty_op', 'ty', '', 'pointer in another address space'),
  // Memory and pointers
  alloc: op('ty', 'ty', '', 'address of a fresh stack slot, undefined content; type is the pointer type'),
  ret_ptr: op('ty', 'ty', '', 'address of the place of the result; type is the pointer type'),
  load: op('ty_op', 'ty', '', 'value at an address'),
  store: op('bin_op', 'void', 'must', 'writes rhs to the address lhs'),
  store_safe: op('bin_op', 'void', 'must', 'store; an undefined value fills 0xAA'),
  ptr_add: op('ty_pl_bin', 'ty', '', 'many-pointer plus rhs elements'),
  ptr_sub: op('ty_pl_bin', 'ty', '', 'many-pointer minus rhs elements'),
  ptr_elem_val: op('bin_op', 'elem', '', 'element rhs of many-pointer lhs'),
  ptr_elem_ptr: op('ty_pl_bin', 'ty', '', 'address of element rhs of a many-pointer or pointer to array'),
  slice: op('ty_pl_bin', 'ty', '', 'slice from a many-pointer and a length'),
  slice_len: op('ty_op', 'ty', '', 'length of a slice'),
  slice_ptr: op('ty_op', 'ty', '', 'pointer of a slice'),
  ptr_slice_len_ptr: op('ty_op', 'ty', '', 'address of the length of a slice in memory'),
  ptr_slice_ptr_ptr: op('ty_op', 'ty', '', 'address of the pointer of a slice in memory'),
  slice_elem_val: op('bin_op', 'elem', '', 'element rhs of slice lhs'),
  slice_elem_ptr: op('ty_pl_bin', 'ty', '', 'address of element rhs of slice lhs'),
  array_elem_val: op('bin_op', 'elem', '', 'element rhs of array value lhs'),
  array_to_slice: op('ty_op', 'ty', '', 'slice over a pointer to an array'),
  struct_field_ptr: op('ty_pl_field', 'ty', '', 'address of a field'),
  struct_field_ptr_index_0: op('ty_op', 'ty', '', 'address of field 0'),
  struct_field_ptr_index_1: op('ty_op', 'ty', '', 'address of field 1'),
  struct_field_ptr_index_2: op('ty_op', 'ty', '', 'address of field 2'),
  struct_field_ptr_index_3: op('ty_op', 'ty', '', 'address of field 3'),
  struct_field_val: op('ty_pl_field', 'ty', '', 'field of a struct value'),
  field_parent_ptr: op('ty_pl_field', 'ty', '', 'address of the struct that holds the field at an address'),
  set_union_tag: op('bin_op', 'void', 'must', 'writes the tag of a union'),
  get_union_tag: op('ty_op', 'ty', '', 'tag of a union value'),
  memset: op('bin_op', 'void', 'must', 'fills the slice or array at lhs with rhs'),
  memset_safe: op('bin_op', 'void', 'must', 'memset; an undefined value fills 0xAA'),
  memcpy: op(
    'bin_op',
    'void',
    'must',
    'copies the elements of rhs (slice or pointer to array) to lhs; overlap is illegal',
  ),
  memmove: op('bin_op', 'void', 'must', 'copies the elements of rhs to lhs; overlap allowed'),
  runtime_nav_ptr: op('ty_nav', 'ty', '', 'address of a thread-local or extern nav'),
  prefetch: op('other', 'void', 'must', 'hint'),
  frame_addr: op('no_op', 'usize', '', 'address of the frame'),
  ret_addr: op('no_op', 'usize', '', 'return address, 0 on wasm'),
  wasm_memory_size: op('other', 'u32', '', 'pages of a memory'),
  wasm_memory_grow: op('other', 'i32', 'must', 'grows a memory'),
  // Aggregates
  aggregate_init: op('ty_pl_elems', 'ty', '', 'struct or array from its elements'),
  union_init: op('other', 'ty', '', 'union with one field set'),
  // Optionals and error unions
  is_null: op('un_op', 'bool', '', 'test'),
  is_non_null: op('un_op', 'bool', '', 'test'),
  is_null_ptr: op('un_op', 'bool', '', 'test'),
  is_non_null_ptr: op('un_op', 'bool', '', 'test'),
  is_err: op('un_op', 'bool', '', 'test'),
  is_non_err: op('un_op', 'bool', '', 'test'),
  is_err_ptr: op('un_op', 'bool', '', 'test'),
  is_non_err_ptr: op('un_op', 'bool', '', 'test'),
  optional_payload: op('ty_op', 'ty', '', 'optional payload'),
  optional_payload_ptr: op('ty_op', 'ty', '', 'optional payload ptr'),
  wrap_optional: op('ty_op', 'ty', '', 'wrap optional'),
  unwrap_errunion_payload: op('ty_op', 'ty', '', 'unwrap errunion payload'),
  unwrap_errunion_payload_ptr: op('ty_op', 'ty', '', 'unwrap errunion payload ptr'),
  unwrap_errunion_err: op('ty_op', 'ty', '', 'unwrap errunion err'),
  unwrap_errunion_err_ptr: op('ty_op', 'ty', '', 'unwrap errunion err ptr'),
  wrap_errunion_payload: op('ty_op', 'ty', '', 'wrap errunion payload'),
  wrap_errunion_err: op('ty_op', 'ty', '', 'wrap errunion err'),
  optional_payload_ptr_set: op('ty_op', 'ty', 'must', 'marks as present and returns the payload address'),
  errunion_payload_ptr_set: op('ty_op', 'ty', 'must', 'marks as present and returns the payload address'),
  try: op('other', 'ty', 'must', 'payload, or runs the error body'),
  try_cold: op('other', 'ty', 'must', 'payload, or runs the error body'),
  try_ptr: op('other', 'ty', 'must', 'payload, or runs the error body'),
  try_ptr_cold: op('other', 'ty', 'must', 'payload, or runs the error body'),
  // Control
  arg: op('arg', 'ty', 'must', 'parameter of the function'),
  block: op('ty_pl_body', 'ty', 'must', 'runs a body; br to it leaves it with a value'),
  dbg_inline_block: op('other', 'ty', 'must', 'block of an inlined function'),
  loop: op('ty_pl_body', 'noreturn', 'must', 'runs a body that ends in repeat or leaves'),
  repeat: op('repeat', 'noreturn', 'must end', 'next iteration of an enclosing loop'),
  br: op('br', 'noreturn', 'must end', 'leaves an enclosing block with a value'),
  cond_br: op('cond_br', 'noreturn', 'must end', 'runs one of two bodies'),
  switch_br: op('switch_br', 'noreturn', 'must end', 'runs the body whose items or inclusive ranges hold the operand'),
  loop_switch_br: op('switch_br', 'noreturn', 'must end', 'switch_br that switch_dispatch can enter again'),
  switch_dispatch: op('br', 'noreturn', 'must end', 'enters an enclosing loop_switch_br with a new operand'),
  ret: op('un_op', 'noreturn', 'must end', 'returns a value'),
  ret_safe: op('un_op', 'noreturn', 'must end', 'ret'),
  ret_load: op('un_op', 'noreturn', 'must end', 'returns the value at an address'),
  unreach: op('no_op', 'noreturn', 'must end', 'reaching it is illegal'),
  trap: op('no_op', 'noreturn', 'must end', 'traps (unreachable)'),
  breakpoint: op('no_op', 'void', 'must', 'traps (unreachable)'),
  // Calls
  call: op('call', 'call', 'must', 'calls a function by address; a constant address of a nav is a direct call'),
  call_never_tail: op('call', 'call', 'must', 'call'),
  call_never_inline: op('call', 'call', 'must', 'call'),
  call_always_tail: op('call', 'call', 'must', 'tail call'),
  // Debug
  dbg_stmt: op('dbg_stmt', 'void', 'must', 'source line and column'),
  dbg_empty_stmt: op('no_op', 'void', 'must', 'empty statement'),
  dbg_var_ptr: op('other', 'void', 'must', 'variable name'),
  dbg_var_val: op('other', 'void', 'must', 'variable name'),
  dbg_arg_inline: op('other', 'void', 'must', 'variable name'),
  // Vectors
  splat: op('ty_op', 'ty', '', 'all lanes equal'),
  shuffle_one: op('other', 'ty', '', 'shuffle one'),
  shuffle_two: op('other', 'ty', '', 'shuffle two'),
  select: op('other', 'ty', '', 'select'),
  reduce: op('other', 'ty', '', 'reduce'),
  reduce_optimized: op('other', 'ty', '', 'reduce optimized'),
  vector_store_elem: op('other', 'void', 'must', 'vector store elem'),
  // Atomics
  atomic_load: op('other', 'ty', 'must', 'atomic load'),
  atomic_store_unordered: op('bin_op', 'void', 'must', 'atomic store'),
  atomic_store_monotonic: op('bin_op', 'void', 'must', 'atomic store'),
  atomic_store_release: op('bin_op', 'void', 'must', 'atomic store'),
  atomic_store_seq_cst: op('bin_op', 'void', 'must', 'atomic store'),
  atomic_rmw: op('other', 'ty', 'must', 'atomic rmw'),
  cmpxchg_weak: op('other', 'ty', 'must', 'cmpxchg weak'),
  cmpxchg_strong: op('other', 'ty', 'must', 'cmpxchg strong'),
  // Names and the rest
  tag_name: op('un_op', 'ty', '', 'name of an enum value'),
  error_name: op('un_op', 'ty', '', 'name of an error'),
  error_set_has_value: op('ty_op', 'bool', '', 'membership of an error code'),
  is_named_enum_value: op('un_op', 'bool', '', 'whether an enum value has a name'),
  assembly: op('other', 'ty', 'must', 'inline assembly'),
  err_return_trace: op('ty', 'ty', '', 'error trace address'),
  set_err_return_trace: op('un_op', 'void', 'must', 'sets the error trace address'),
  save_err_return_trace_index: op('other', 'usize', '', 'error trace index'),
  c_va_arg: op('other', 'ty', 'must', 'C varargs'),
  c_va_copy: op('other', 'ty', 'must', 'C varargs'),
  c_va_end: op('other', 'void', 'must', 'C varargs'),
  c_va_start: op('other', 'ty', 'must', 'C varargs'),
  work_item_id: op('other', 'u32', '', 'GPU only'),
  work_group_size: op('other', 'u32', '', 'GPU only'),
  work_group_id: op('other', 'u32', '', 'GPU only'),
} as const satisfies Readonly<Record<string, OpInfo>>;

/** Name of an AIR instruction whose operands have form `F`. */
export type TagOfForm<F extends OpForm> = {
  [K in keyof typeof AIR_OPS]: (typeof AIR_OPS)[K]['form'] extends F ? K : never;
}[keyof typeof AIR_OPS];

/** Name of an AIR instruction. */
export type AirTag = keyof typeof AIR_OPS;

/** Names by number; the number of a tag is its position in {@link AIR_OPS}. */
export const AIR_TAG_NAMES = Object.keys(AIR_OPS) as readonly AirTag[];

/** Facts by tag number. */
export const AIR_OP_BY_NUMBER: readonly OpInfo[] = Object.values(AIR_OPS);

/** Number of each tag, as stored in a body. */
export const TAG: { readonly [K in AirTag]: number } = Object.fromEntries(
  AIR_TAG_NAMES.map((name, number) => [name, number]),
) as { [K in AirTag]: number };
