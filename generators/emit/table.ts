/**
 * Which emitter stands behind each instruction, total over the instructions that docs/air.md describes. Data only.
 */
import type { DescribedTag, TagOfForm } from '../../core/index.ts';
import { InternalError } from '../../core/index.ts';
import type { Avoids, Plan } from '../model/plan.ts';
import * as aggregates from './aggregates.ts';
import * as atomics from './atomics.ts';
import * as bits from './bits.ts';
import { calling } from './calls.ts';
import * as control from './control.ts';
import * as debug from './debug.ts';
import type { Emitter } from './gen.ts';
import * as integers from './integers.ts';
import { loopSwitching } from './loop-switches.ts';
import * as machine from './machine.ts';
import * as marks from './marks.ts';
import * as named from './named.ts';
import * as packed from './packed.ts';
import * as pointers from './pointers.ts';
import * as scalars from './scalars.ts';
import * as slices from './slices.ts';
import * as sums from './sums.ts';
import { callingAs, tailCalling } from './tail-calls.ts';
import * as extras from './vector-extras.ts';
import * as traces from './traces.ts';
import { orVariable } from './variables.ts';
import * as vectors from './vectors.ts';

/** Why an instruction has no emitter: it comes with the construct that needs it (a body ends, a function starts). */
export type NoEmitter = 'with another';

/** struct_field_ptr_index_n. */
function fieldAddress(n: 0 | 1 | 2 | 3): Emitter {
  return packed.orPacked(pointers.indexedFieldAddress(n), packed.addressing(`struct_field_ptr_index_${n}`));
}

/** An instruction with a licence for fast mathematics, of floats and of vectors of them. */
function licensed(tag: TagOfForm<'bin_op'>): Emitter {
  return extras.orEveryVector(integers.floatsOnly(tag), vectors.lanesOfTwo(tag, 'float'));
}

/** The emitter of each instruction, or why it has none. */
export const EMITTERS: Readonly<Record<DescribedTag, Emitter | NoEmitter>> = {
  add: extras.orEveryVector(
    vectors.orVector(integers.exact('add'), vectors.lanesOfTwo('add', 'float')),
    extras.either(extras.lanesExact('add'), vectors.lanesOfTwo('add', 'float')),
  ),
  sub: extras.orEveryVector(
    vectors.orVector(integers.exact('sub'), vectors.lanesOfTwo('sub', 'float')),
    extras.either(extras.lanesExact('sub'), vectors.lanesOfTwo('sub', 'float')),
  ),
  mul: extras.orEveryVector(
    vectors.orVector(integers.exact('mul'), vectors.lanesOfTwo('mul', 'float')),
    extras.either(extras.lanesExact('mul'), vectors.lanesOfTwo('mul', 'float')),
  ),
  add_wrap: vectors.orVector(integers.wrapping('add'), vectors.lanesOfTwo('add_wrap', 'int')),
  sub_wrap: vectors.orVector(integers.wrapping('sub'), vectors.lanesOfTwo('sub_wrap', 'int')),
  mul_wrap: vectors.orVector(integers.wrapping('mul'), vectors.lanesOfTwo('mul_wrap', 'int')),
  add_sat: vectors.orVector(integers.saturating('add'), vectors.lanesOfTwo('add_sat', 'int')),
  sub_sat: vectors.orVector(integers.saturating('sub'), vectors.lanesOfTwo('sub_sat', 'int')),
  mul_sat: vectors.orVector(integers.saturating('mul'), vectors.lanesOfTwo('mul_sat', 'int')),
  add_safe: extras.orEveryVector(integers.checking('add'), extras.lanesChecked('add')),
  sub_safe: extras.orEveryVector(integers.checking('sub'), extras.lanesChecked('sub')),
  mul_safe: extras.orEveryVector(integers.checking('mul'), extras.lanesChecked('mul')),
  intcast_safe: extras.orEveryVector(scalars.castChecked, extras.lanesCastSafely),
  div_float: vectors.orVector(scalars.divideFloats, vectors.lanesOfTwo('div_float', 'float')),
  div_trunc: vectors.orVector(integers.dividing('div_trunc'), vectors.lanesDivided('div_trunc')),
  div_floor: vectors.orVector(integers.dividing('div_floor'), vectors.lanesDivided('div_floor')),
  div_exact: extras.orEveryVector(integers.divideExactly, extras.lanesDividedExactly),
  rem: vectors.orVector(integers.remainder('rem'), vectors.lanesDivided('rem')),
  mod: vectors.orVector(integers.remainder('mod'), vectors.lanesDivided('mod')),
  max: vectors.orVector(integers.extreme('max'), vectors.lanesOfTwo('max', 'number')),
  min: vectors.orVector(integers.extreme('min'), vectors.lanesOfTwo('min', 'number')),
  add_with_overflow: extras.orEveryVector(integers.overflowing('add'), extras.lanesReported('add')),
  sub_with_overflow: extras.orEveryVector(integers.overflowing('sub'), extras.lanesReported('sub')),
  mul_with_overflow: extras.orEveryVector(integers.overflowing('mul'), extras.lanesReported('mul')),
  shl_with_overflow: extras.orEveryVector(integers.overflowing('shl'), extras.lanesReported('shl')),
  abs: vectors.orVector(integers.absolute, vectors.lanesAbsolute),
  neg: vectors.orVector(scalars.negatedBy('neg'), vectors.lanesOfOne('neg')),
  sqrt: vectors.orVector(scalars.rounding('sqrt'), vectors.lanesOfOne('sqrt')),
  floor: vectors.orVector(scalars.rounding('floor'), vectors.lanesOfOne('floor')),
  ceil: vectors.orVector(scalars.rounding('ceil'), vectors.lanesOfOne('ceil')),
  trunc_float: vectors.orVector(scalars.rounding('trunc_float'), vectors.lanesOfOne('trunc_float')),
  round: vectors.orVector(scalars.rounding('round'), vectors.lanesOfOne('round')),
  sin: vectors.orVector(scalars.elementary('sin'), vectors.lanesOfOne('sin')),
  cos: vectors.orVector(scalars.elementary('cos'), vectors.lanesOfOne('cos')),
  tan: vectors.orVector(scalars.elementary('tan'), vectors.lanesOfOne('tan')),
  exp: vectors.orVector(scalars.elementary('exp'), vectors.lanesOfOne('exp')),
  exp2: vectors.orVector(scalars.elementary('exp2'), vectors.lanesOfOne('exp2')),
  log: vectors.orVector(scalars.elementary('log'), vectors.lanesOfOne('log')),
  log2: vectors.orVector(scalars.elementary('log2'), vectors.lanesOfOne('log2')),
  log10: vectors.orVector(scalars.elementary('log10'), vectors.lanesOfOne('log10')),
  bit_and: vectors.orVector(bits.bitwise('bit_and'), vectors.lanesOfTwo('bit_and', 'int')),
  bit_or: vectors.orVector(bits.bitwise('bit_or'), vectors.lanesOfTwo('bit_or', 'int')),
  xor: vectors.orVector(bits.bitwise('xor'), vectors.lanesOfTwo('xor', 'int')),
  bool_and: extras.orEveryVector(bits.logical('bool_and'), extras.lanesOfBools('bool_and')),
  bool_or: extras.orEveryVector(bits.logical('bool_or'), extras.lanesOfBools('bool_or')),
  not: vectors.orVector(bits.inverted, vectors.lanesInverted),
  shl: extras.orEveryVector(
    vectors.orVector(bits.shifting('shl'), vectors.lanesShifted('shl', false)),
    extras.either(extras.lanesShiftedAlike('shl'), vectors.lanesShifted('shl', false)),
  ),
  shl_exact: extras.orEveryVector(bits.shiftLeftExactly, extras.lanesShiftedExactly('shl_exact')),
  shl_sat: extras.orEveryVector(
    vectors.orVector(bits.shiftSaturating, vectors.lanesShifted('shl_sat', true)),
    extras.either(extras.lanesShiftedAlike('shl_sat'), vectors.lanesShifted('shl_sat', true)),
  ),
  shr: extras.orEveryVector(
    vectors.orVector(bits.shifting('shr'), vectors.lanesShifted('shr', false)),
    extras.either(extras.lanesShiftedAlike('shr'), vectors.lanesShifted('shr', false)),
  ),
  shr_exact: extras.orEveryVector(bits.shiftRightExactly, extras.lanesShiftedExactly('shr_exact')),
  clz: vectors.orVector(bits.counting('clz'), vectors.lanesCounted('clz')),
  ctz: vectors.orVector(bits.counting('ctz'), vectors.lanesCounted('ctz')),
  popcount: vectors.orVector(bits.counting('popcount'), vectors.lanesCounted('popcount')),
  byte_swap: vectors.orVector(bits.byteSwapped, vectors.lanesSwapped),
  bit_reverse: vectors.orVector(bits.bitReversed, vectors.lanesReversed),
  cmp_lt: scalars.comparing('cmp_lt'),
  cmp_lte: scalars.comparing('cmp_lte'),
  cmp_eq: packed.orPacked(scalars.comparing('cmp_eq'), packed.comparing('cmp_eq')),
  cmp_gte: scalars.comparing('cmp_gte'),
  cmp_gt: scalars.comparing('cmp_gt'),
  cmp_neq: packed.orPacked(scalars.comparing('cmp_neq'), packed.comparing('cmp_neq')),
  intcast: vectors.orVector(scalars.castInt, vectors.lanesWidened),
  trunc: vectors.orVector(scalars.cutInt, vectors.lanesCut),
  bitcast: extras.orEveryVector(packed.orPacked(scalars.recast, packed.recasting), extras.lanesRecast),
  fptrunc: vectors.orVector(scalars.resizing('fptrunc'), vectors.lanesRounded),
  fpext: vectors.orVector(scalars.resizing('fpext'), vectors.lanesExtended),
  int_from_float: vectors.orVector(scalars.intFromFloatBy('int_from_float'), vectors.lanesToInt),
  float_from_int: vectors.orVector(scalars.floatFromInt, vectors.lanesToFloat),
  alloc: orVariable(pointers.allocate),
  ret_ptr: 'with another',
  load: pointers.loading,
  store: pointers.storing,
  store_safe: marks.storingSafely,
  ptr_add: pointers.moving('ptr_add'),
  ptr_sub: pointers.moving('ptr_sub'),
  ptr_elem_val: pointers.elementOfPointer,
  ptr_elem_ptr: pointers.elementAddress,
  slice: slices.slicing,
  slice_len: slices.lengthOfSlice,
  slice_ptr: slices.pointerOfSlice,
  ptr_slice_len_ptr: slices.shortenInPlace,
  ptr_slice_ptr_ptr: slices.advanceInPlace,
  slice_elem_val: slices.elementOfSlice,
  slice_elem_ptr: slices.elementAddressOfSlice,
  array_elem_val: vectors.orVector(aggregates.elementOfArray, vectors.laneOfVector),
  array_to_slice: slices.arrayAsSlice,
  struct_field_ptr: packed.orPacked(pointers.fieldAddress, packed.addressing('struct_field_ptr')),
  struct_field_ptr_index_0: fieldAddress(0),
  struct_field_ptr_index_1: fieldAddress(1),
  struct_field_ptr_index_2: fieldAddress(2),
  struct_field_ptr_index_3: fieldAddress(3),
  struct_field_val: packed.orPacked(aggregates.fieldOfStruct, packed.fieldOfPacked),
  field_parent_ptr: pointers.parentAddress,
  memset: aggregates.filling,
  memset_safe: marks.fillingSafely,
  memcpy: aggregates.copying,
  memmove: aggregates.overlapping,
  runtime_nav_ptr: machine.threadLocalAddress,
  prefetch: traces.prefetching,
  err_return_trace: traces.traceAddress,
  set_err_return_trace: 'with another',
  save_err_return_trace_index: traces.traceIndex,
  frame_addr: machine.frameAddress,
  ret_addr: machine.returnAddress,
  wasm_memory_size: machine.measuring,
  wasm_memory_grow: machine.growing,
  aggregate_init: vectors.orVector(packed.orPacked(aggregates.initialising, packed.initialising), vectors.fromLanes),
  arg: 'with another',
  block: control.blocking('any'),
  loop: control.looping,
  dbg_inline_block: control.inlining,
  dbg_stmt: debug.positioning,
  dbg_empty_stmt: debug.emptyStatement,
  dbg_var_ptr: debug.namingVariable,
  dbg_var_val: debug.naming('dbg_var_val'),
  dbg_arg_inline: debug.naming('dbg_arg_inline'),
  repeat: 'with another',
  br: 'with another',
  cond_br: control.blocking('cond_br'),
  switch_br: control.blocking('switch_br'),
  loop_switch_br: loopSwitching,
  switch_dispatch: 'with another',
  ret: 'with another',
  ret_safe: 'with another',
  ret_load: 'with another',
  call: calling,
  call_never_tail: callingAs('call_never_tail'),
  call_never_inline: callingAs('call_never_inline'),
  call_always_tail: tailCalling,
  trap: control.trapping('trap'),
  breakpoint: control.trapping('breakpoint'),
  unreach: control.unreachable,
  is_null: sums.testing('is_null', 'opt'),
  is_non_null: sums.testing('is_non_null', 'opt'),
  is_null_ptr: sums.testing('is_null_ptr', 'opt'),
  is_non_null_ptr: sums.testing('is_non_null_ptr', 'opt'),
  is_err: sums.testing('is_err', 'fallible'),
  is_non_err: sums.testing('is_non_err', 'fallible'),
  is_err_ptr: sums.testing('is_err_ptr', 'fallible'),
  is_non_err_ptr: sums.testing('is_non_err_ptr', 'fallible'),
  optional_payload: sums.unwrapping('optional_payload', 'opt'),
  optional_payload_ptr: sums.addressing('optional_payload_ptr', 'opt'),
  optional_payload_ptr_set: sums.setting('optional_payload_ptr_set', 'opt'),
  wrap_optional: sums.wrapping('opt', true),
  unwrap_errunion_payload: sums.unwrapping('unwrap_errunion_payload', 'fallible'),
  unwrap_errunion_payload_ptr: sums.addressing('unwrap_errunion_payload_ptr', 'fallible'),
  unwrap_errunion_err: sums.unwrappingError('unwrap_errunion_err'),
  unwrap_errunion_err_ptr: sums.unwrappingError('unwrap_errunion_err_ptr'),
  errunion_payload_ptr_set: sums.setting('errunion_payload_ptr_set', 'fallible'),
  wrap_errunion_payload: sums.wrapping('fallible', true),
  wrap_errunion_err: sums.wrapping('fallible', false),
  try: sums.trying('try'),
  try_cold: sums.trying('try_cold'),
  try_ptr: sums.trying('try_ptr'),
  try_ptr_cold: sums.trying('try_ptr_cold'),
  cmp_lt_errors_len: named.belowErrorsLen,
  error_set_has_value: named.hasValue,
  error_name: named.nameOfError,
  tag_name: named.nameOfTag,
  is_named_enum_value: named.isNamed,
  get_union_tag: named.tagOfUnion,
  set_union_tag: named.settingTag,
  union_init: packed.orPackedUnion(named.makingUnion),
  cmp_vector: vectors.comparingLanes('cmp_vector'),
  cmp_vector_optimized: vectors.comparingLanes('cmp_vector_optimized'),
  select: vectors.selecting,
  splat: vectors.spreading,
  vector_store_elem: extras.storingLane,
  reduce: vectors.reducing('reduce'),
  reduce_optimized: vectors.reducing('reduce_optimized'),
  shuffle_one: vectors.shuffling('shuffle_one'),
  shuffle_two: vectors.shuffling('shuffle_two'),
  atomic_load: atomics.loadingAtomically,
  atomic_store_unordered: atomics.storingAtomically('atomic_store_unordered'),
  atomic_store_monotonic: atomics.storingAtomically('atomic_store_monotonic'),
  atomic_store_release: atomics.storingAtomically('atomic_store_release'),
  atomic_store_seq_cst: atomics.storingAtomically('atomic_store_seq_cst'),
  atomic_rmw: atomics.modifying,
  cmpxchg_weak: atomics.exchanging('cmpxchg_weak'),
  cmpxchg_strong: atomics.exchanging('cmpxchg_strong'),
  mul_add: vectors.orVector(scalars.multiplyAdd, vectors.lanesFused),
  add_optimized: licensed('add_optimized'),
  sub_optimized: licensed('sub_optimized'),
  mul_optimized: licensed('mul_optimized'),
  div_float_optimized: licensed('div_float_optimized'),
  div_trunc_optimized: licensed('div_trunc_optimized'),
  div_floor_optimized: licensed('div_floor_optimized'),
  div_exact_optimized: extras.orRareVector(
    integers.divideFloatsExactlyBy('div_exact_optimized'),
    extras.lanesOfFloatsDividedExactly,
  ),
  rem_optimized: licensed('rem_optimized'),
  mod_optimized: licensed('mod_optimized'),
  neg_optimized: extras.orEveryVector(scalars.negatedBy('neg_optimized'), vectors.lanesOfOne('neg_optimized')),
  cmp_lt_optimized: scalars.comparingFloats('cmp_lt_optimized'),
  cmp_lte_optimized: scalars.comparingFloats('cmp_lte_optimized'),
  cmp_eq_optimized: scalars.comparingFloats('cmp_eq_optimized'),
  cmp_gte_optimized: scalars.comparingFloats('cmp_gte_optimized'),
  cmp_gt_optimized: scalars.comparingFloats('cmp_gt_optimized'),
  cmp_neq_optimized: scalars.comparingFloats('cmp_neq_optimized'),
  int_from_float_optimized: extras.orEveryVector(
    scalars.intFromFloatBy('int_from_float_optimized'),
    extras.lanesToIntBy('int_from_float_optimized', false),
  ),
  int_from_float_safe: extras.orEveryVector(
    scalars.truncatingSafely('int_from_float_safe'),
    extras.lanesToIntBy('int_from_float_safe', true),
  ),
  int_from_float_optimized_safe: extras.orEveryVector(
    scalars.truncatingSafely('int_from_float_optimized_safe'),
    extras.lanesToIntBy('int_from_float_optimized_safe', true),
  ),
};

/** The emitters of the instructions of `plan`, in its order; they keep away from types that their instruction should not have. */
export function emittersOf(plan: Plan): readonly Emitter[] {
  let emitters = EMITTERS_OF.get(plan);
  if (emitters === undefined) EMITTERS_OF.set(plan, (emitters = makeEmitters(plan)));
  return emitters;
}

const EMITTERS_OF = new WeakMap<Plan, readonly Emitter[]>();

function makeEmitters({ tags, avoids }: Plan): readonly Emitter[] {
  return tags.map((tag) => {
    const emitter = EMITTERS[tag];
    if (typeof emitter === 'string') throw new InternalError(`${tag} has no emitter: it comes ${emitter}`);
    return avoids === null ? emitter : shunning(tag, emitter, avoids);
  });
}

function shunning(tag: DescribedTag, emitter: Emitter, avoids: Avoids): Emitter {
  return (g) => {
    const before = g.p.shuns;
    g.p.shuns = ({ ip }) => avoids(g.p.pool, tag, [ip], null);
    const isDone = emitter(g);
    g.p.shuns = before;
    return isDone;
  };
}
