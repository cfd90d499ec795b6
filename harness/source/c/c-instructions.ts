/**
 * What each instruction of AIR becomes in C: the total table.
 *
 * A new instruction of AIR does not compile until it has an answer here; one that C cannot spell throws NotPrintable with the
 * reason.
 */
import type { AirTag, DescribedTag, InstIndex, NavIndex, Unit } from '../../../core/index.ts';
import { isDescribed } from '../../../core/index.ts';
import { NotPrintable } from '../not-printable.ts';
import { atomicChange, atomicLoad, atomicStore, exchange } from './c-atomics.ts';
import type { CSpelling } from './c-body.ts';
import { CBody } from './c-body.ts';
import * as control from './c-control.ts';
import * as expressions from './c-expressions.ts';
import { operator, value, wrapping } from './c-expressions.ts';
import * as memory from './c-memory.ts';
import * as sums from './c-sums.ts';
import type { CTypes } from './c-types.ts';
import type { CValues } from './c-values.ts';

/** The lines of the body of function `nav`, between its braces. */
export function printCBody(unit: Unit, nav: NavIndex, types: CTypes, values: CValues): readonly string[] {
  return new CBody(unit, nav, types, values, spell).print();
}

function spell(p: CBody, inst: InstIndex, indent: string): void {
  const tag = p.body.tag(inst);
  if (!isDescribed(tag)) throw new NotPrintable(tag);
  SPELLINGS[tag](p, inst, indent);
}

/** Spellings of what has none. */
const REFUSED = new Set<CSpelling>();

/** No C for `what`, or none that means the same. */
function without(what: string): CSpelling {
  const refusal: CSpelling = () => {
    throw new NotPrintable(what);
  };
  REFUSED.add(refusal);
  return refusal;
}

/** Results of libm need not be correctly rounded. */
const libm = without('a function of libm, whose last bit is not said');

const vector = without('a vector');
/** The function is one of a library, which a freestanding program has not. */
const fused = without('a fused multiply-add');

/** Whether instructions `tag` have a source at all. */
export function isSpelledInC(tag: AirTag): boolean {
  return isDescribed(tag) && !REFUSED.has(SPELLINGS[tag]);
}

/** What is there for debuggers only. */
const silent: CSpelling = () => undefined;

/** Plain or, of integers whose overflow is illegal, the same: C's own operator. */
const add = value(operator('+'));
const sub = value(operator('-'));
const mul = value(operator('*'));
const divFloat = value(operator('/'));
const negated = value((p, inst) => `-${p.ref(p.body.operand(inst))}`);
const converted = value(expressions.converted);
const compared = (sign: string): CSpelling => value(operator(sign));
const fieldPointer = (n: number): CSpelling => value(memory.offsetBy((p, inst) => memory.fieldOf(p, inst, n)));

/** Every instruction that AIR describes. */
const SPELLINGS: Readonly<Record<DescribedTag, CSpelling>> = {
  cmp_vector: vector,
  cmp_vector_optimized: vector,
  select: vector,
  splat: vector,
  vector_store_elem: vector,
  reduce: vector,
  reduce_optimized: vector,
  shuffle_one: vector,
  shuffle_two: vector,
  atomic_load: value(atomicLoad),
  atomic_store_unordered: atomicStore('RELAXED'),
  atomic_store_monotonic: atomicStore('RELAXED'),
  atomic_store_release: atomicStore('RELEASE'),
  atomic_store_seq_cst: atomicStore('SEQ_CST'),
  atomic_rmw: atomicChange,
  cmpxchg_weak: exchange,
  cmpxchg_strong: exchange,
  is_null: value(sums.nullTest(true)),
  is_non_null: value(sums.nullTest(false)),
  is_null_ptr: value(sums.nullTest(true, true)),
  is_non_null_ptr: value(sums.nullTest(false, true)),
  is_err: value(sums.errorTest(true)),
  is_non_err: value(sums.errorTest(false)),
  is_err_ptr: value(sums.errorTest(true, true)),
  is_non_err_ptr: value(sums.errorTest(false, true)),
  optional_payload: value(sums.payload),
  optional_payload_ptr: value(sums.payloadPointer),
  optional_payload_ptr_set: sums.payloadPointerSet,
  wrap_optional: sums.wrapOptional,
  unwrap_errunion_payload: value(sums.payload),
  unwrap_errunion_payload_ptr: value(sums.payloadPointer),
  unwrap_errunion_err: value(sums.errorOf()),
  unwrap_errunion_err_ptr: value(sums.errorOf(true)),
  errunion_payload_ptr_set: sums.payloadPointerSet,
  wrap_errunion_payload: sums.wrapPayload,
  wrap_errunion_err: sums.wrapError,
  try: sums.tried(false),
  try_cold: sums.tried(false),
  try_ptr: sums.tried(true),
  try_ptr_cold: sums.tried(true),
  cmp_lt_errors_len: value(sums.isErrorNumber),
  error_set_has_value: value(sums.isInSet),
  error_name: sums.nameOf,
  tag_name: sums.nameOf,
  is_named_enum_value: value(sums.isNamed),
  get_union_tag: value(sums.unionTagOf),
  set_union_tag: sums.setUnionTag,
  union_init: sums.unionInit,
  loop_switch_br: control.switched,
  switch_dispatch: control.dispatch,
  wasm_memory_size: value((p, inst) => `(${p.types.text(p.typeOf(inst))})__builtin_wasm_memory_size(0)`),
  wasm_memory_grow: value((p, inst) => {
    const pages = p.ref(p.body.operand(inst));
    return `(${p.types.text(p.typeOf(inst))})__builtin_wasm_memory_grow(0, (unsigned long)${pages})`;
  }),
  runtime_nav_ptr: without('a thread-local variable'),
  prefetch: silent,
  err_return_trace: without('an error trace'),
  set_err_return_trace: without('an error trace'),
  save_err_return_trace_index: without('an error trace'),
  frame_addr: without('the address of a frame'),
  ret_addr: value((p, inst) => p.values.int(p.integer(p.typeOf(inst)).bits, false, 0n)),
  call_never_tail: control.call,
  call_never_inline: control.call,
  call_always_tail: without('a call that must be a tail call'),
  store_safe: memory.storeSafe,
  memset_safe: memory.filledSafe,
  ret_safe: control.returned,
  int_from_float_safe: expressions.floatToIntSafe,
  int_from_float_optimized_safe: expressions.floatToIntSafe,
  add,
  sub,
  mul,
  add_wrap: value(wrapping('+')),
  sub_wrap: value(wrapping('-')),
  mul_wrap: value(wrapping('*')),
  add_sat: expressions.saturating('add'),
  sub_sat: expressions.saturating('sub'),
  mul_sat: expressions.saturating('mul'),
  add_safe: expressions.checked('add'),
  sub_safe: expressions.checked('sub'),
  mul_safe: expressions.checked('mul'),
  intcast_safe: expressions.intcastSafe,
  div_float: divFloat,
  div_trunc: value(expressions.divTrunc),
  div_floor: value(expressions.divFloor),
  div_exact: divFloat,
  rem: value(expressions.rem),
  mod: value(expressions.mod),
  max: value(expressions.least(true)),
  min: value(expressions.least(false)),
  add_with_overflow: expressions.withOverflow('add'),
  sub_with_overflow: expressions.withOverflow('sub'),
  mul_with_overflow: expressions.withOverflow('mul'),
  shl_with_overflow: expressions.shlWithOverflow,
  mul_add: fused,
  add_optimized: add,
  sub_optimized: sub,
  mul_optimized: mul,
  div_float_optimized: divFloat,
  div_trunc_optimized: value(expressions.divTrunc),
  div_floor_optimized: value(expressions.divFloor),
  div_exact_optimized: divFloat,
  rem_optimized: value(expressions.rem),
  mod_optimized: value(expressions.mod),
  neg_optimized: negated,
  cmp_lt_optimized: compared('<'),
  cmp_lte_optimized: compared('<='),
  cmp_eq_optimized: compared('=='),
  cmp_gte_optimized: compared('>='),
  cmp_gt_optimized: compared('>'),
  cmp_neq_optimized: compared('!='),
  int_from_float_optimized: converted,
  abs: value(expressions.abs),
  neg: negated,
  sqrt: value(expressions.elementwise('sqrt')),
  floor: value(expressions.elementwise('floor')),
  ceil: value(expressions.elementwise('ceil')),
  trunc_float: value(expressions.elementwise('trunc')),
  round: value(expressions.round),
  sin: libm,
  cos: libm,
  tan: libm,
  exp: libm,
  exp2: libm,
  log: libm,
  log2: libm,
  log10: libm,
  bit_and: value(operator('&')),
  bit_or: value(operator('|')),
  xor: value(operator('^')),
  bool_and: value(operator('&&')),
  bool_or: value(operator('||')),
  not: value(expressions.not),
  shl: value(expressions.shl),
  shr: value(expressions.shr),
  shl_exact: value(expressions.shl),
  shr_exact: value(expressions.shr),
  shl_sat: expressions.shlSat,
  clz: value(expressions.count('clz')),
  ctz: value(expressions.count('ctz')),
  popcount: value(expressions.count('popcount')),
  byte_swap: value(expressions.reversed('bswap')),
  bit_reverse: value(expressions.reversed('bitreverse')),
  cmp_lt: compared('<'),
  cmp_lte: compared('<='),
  cmp_eq: value(sums.equality(true)),
  cmp_gte: compared('>='),
  cmp_gt: compared('>'),
  cmp_neq: value(sums.equality(false)),
  intcast: converted,
  trunc: converted,
  bitcast: value(expressions.bitcast),
  fptrunc: converted,
  fpext: converted,
  int_from_float: converted,
  float_from_int: converted,
  ret_ptr: value(memory.resultPointer),
  load: value(memory.load),
  store: memory.store,
  ptr_add: value(memory.moved('+')),
  ptr_sub: value(memory.moved('-')),
  ptr_elem_val: value(memory.elementValue),
  ptr_elem_ptr: value(memory.elementPointer),
  slice: memory.sliceOf,
  slice_len: value(memory.sliceLen),
  slice_ptr: value(memory.slicePtr),
  ptr_slice_len_ptr: value(memory.offsetBy(() => 4)),
  ptr_slice_ptr_ptr: value(memory.offsetBy(() => 0)),
  slice_elem_val: value(memory.elementValue),
  slice_elem_ptr: value(memory.elementPointer),
  array_elem_val: value(memory.arrayElement),
  array_to_slice: memory.arrayToSlice,
  struct_field_ptr: value(memory.offsetBy((p, inst) => memory.fieldOf(p, inst, p.body.number(inst)))),
  struct_field_ptr_index_0: fieldPointer(0),
  struct_field_ptr_index_1: fieldPointer(1),
  struct_field_ptr_index_2: fieldPointer(2),
  struct_field_ptr_index_3: fieldPointer(3),
  struct_field_val: value(memory.fieldValue),
  field_parent_ptr: value(memory.fieldParent),
  memset: memory.filled,
  memcpy: memory.copied('memcpy'),
  memmove: memory.copied('memmove'),
  aggregate_init: memory.aggregate,
  repeat: control.repeat,
  br: control.branch,
  ret: control.returned,
  ret_load: memory.returnLoaded,
  unreach: control.statement('__builtin_unreachable();'),
  trap: control.statement('__builtin_trap();'),
  breakpoint: control.statement('__builtin_trap();'),
  call: control.call,
  arg: silent,
  alloc: memory.alloc,
  block: control.block,
  dbg_inline_block: control.block,
  dbg_stmt: silent,
  dbg_empty_stmt: silent,
  dbg_var_ptr: silent,
  dbg_var_val: silent,
  dbg_arg_inline: silent,
  loop: control.loop,
  cond_br: control.conditional,
  switch_br: control.switched,
};
