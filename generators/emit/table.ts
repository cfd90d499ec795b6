/**
 * Which emitter stands behind each instruction, total over the instructions that docs/air.md describes. Data only.
 */
import type { DescribedTag } from '../../core/index.ts';
import { InternalError } from '../../core/index.ts';
import * as aggregates from './aggregates.ts';
import * as bits from './bits.ts';
import { calling } from './calls.ts';
import * as control from './control.ts';
import type { Emitter } from './gen.ts';
import * as integers from './integers.ts';
import * as pointers from './pointers.ts';
import * as scalars from './scalars.ts';
import * as slices from './slices.ts';

/** Why an instruction has no emitter: it comes with the construct that needs it (a body ends, a function starts). */
export type NoEmitter = 'with another';

/** The emitter of each instruction, or why it has none. */
export const EMITTERS: Readonly<Record<DescribedTag, Emitter | NoEmitter>> = {
  add: integers.exact('add'),
  sub: integers.exact('sub'),
  mul: integers.exact('mul'),
  add_wrap: integers.wrapping('add'),
  sub_wrap: integers.wrapping('sub'),
  mul_wrap: integers.wrapping('mul'),
  add_sat: integers.saturating('add'),
  sub_sat: integers.saturating('sub'),
  mul_sat: integers.saturating('mul'),
  div_float: scalars.divideFloats,
  div_trunc: integers.dividing('div_trunc'),
  div_floor: integers.dividing('div_floor'),
  div_exact: integers.divideExactly,
  rem: integers.remainder('rem'),
  mod: integers.remainder('mod'),
  max: integers.extreme('max'),
  min: integers.extreme('min'),
  add_with_overflow: integers.overflowing('add'),
  sub_with_overflow: integers.overflowing('sub'),
  mul_with_overflow: integers.overflowing('mul'),
  shl_with_overflow: integers.overflowing('shl'),
  abs: integers.absolute,
  neg: scalars.negatedBy('neg'),
  sqrt: scalars.rounding('sqrt'),
  floor: scalars.rounding('floor'),
  ceil: scalars.rounding('ceil'),
  trunc_float: scalars.rounding('trunc_float'),
  round: scalars.rounding('round'),
  bit_and: bits.bitwise('bit_and'),
  bit_or: bits.bitwise('bit_or'),
  xor: bits.bitwise('xor'),
  bool_and: bits.logical('bool_and'),
  bool_or: bits.logical('bool_or'),
  not: bits.inverted,
  shl: bits.shifting('shl'),
  shl_exact: bits.shiftLeftExactly,
  shl_sat: bits.shiftSaturating,
  shr: bits.shifting('shr'),
  shr_exact: bits.shiftRightExactly,
  clz: bits.counting('clz'),
  ctz: bits.counting('ctz'),
  popcount: bits.counting('popcount'),
  byte_swap: bits.byteSwapped,
  bit_reverse: bits.bitReversed,
  cmp_lt: scalars.comparing('cmp_lt'),
  cmp_lte: scalars.comparing('cmp_lte'),
  cmp_eq: scalars.comparing('cmp_eq'),
  cmp_gte: scalars.comparing('cmp_gte'),
  cmp_gt: scalars.comparing('cmp_gt'),
  cmp_neq: scalars.comparing('cmp_neq'),
  intcast: scalars.castInt,
  trunc: scalars.cutInt,
  bitcast: scalars.recast,
  fptrunc: scalars.resizing('fptrunc'),
  fpext: scalars.resizing('fpext'),
  int_from_float: scalars.intFromFloatBy('int_from_float'),
  float_from_int: scalars.floatFromInt,
  alloc: pointers.allocate,
  ret_ptr: 'with another',
  load: pointers.loading,
  store: pointers.storing,
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
  array_elem_val: aggregates.elementOfArray,
  array_to_slice: slices.arrayAsSlice,
  struct_field_ptr: pointers.fieldAddress,
  struct_field_ptr_index_0: pointers.indexedFieldAddress(0),
  struct_field_ptr_index_1: pointers.indexedFieldAddress(1),
  struct_field_ptr_index_2: pointers.indexedFieldAddress(2),
  struct_field_ptr_index_3: pointers.indexedFieldAddress(3),
  struct_field_val: aggregates.fieldOfStruct,
  field_parent_ptr: pointers.parentAddress,
  memset: aggregates.filling,
  memcpy: aggregates.copying,
  memmove: aggregates.overlapping,
  aggregate_init: aggregates.initialising,
  arg: 'with another',
  block: control.blocking('any'),
  loop: control.looping,
  repeat: 'with another',
  br: 'with another',
  cond_br: control.blocking('cond_br'),
  switch_br: control.blocking('switch_br'),
  ret: 'with another',
  ret_load: 'with another',
  call: calling,
  trap: control.trapping('trap'),
  breakpoint: control.trapping('breakpoint'),
  unreach: control.unreachable,
  mul_add: scalars.multiplyAdd,
  add_optimized: integers.floatsOnly('add_optimized'),
  sub_optimized: integers.floatsOnly('sub_optimized'),
  mul_optimized: integers.floatsOnly('mul_optimized'),
  div_float_optimized: integers.floatsOnly('div_float_optimized'),
  div_trunc_optimized: integers.floatsOnly('div_trunc_optimized'),
  div_floor_optimized: integers.floatsOnly('div_floor_optimized'),
  div_exact_optimized: integers.divideFloatsExactlyBy('div_exact_optimized'),
  rem_optimized: integers.floatsOnly('rem_optimized'),
  mod_optimized: integers.floatsOnly('mod_optimized'),
  neg_optimized: scalars.negatedBy('neg_optimized'),
  cmp_lt_optimized: scalars.comparingFloats('cmp_lt_optimized'),
  cmp_lte_optimized: scalars.comparingFloats('cmp_lte_optimized'),
  cmp_eq_optimized: scalars.comparingFloats('cmp_eq_optimized'),
  cmp_gte_optimized: scalars.comparingFloats('cmp_gte_optimized'),
  cmp_gt_optimized: scalars.comparingFloats('cmp_gt_optimized'),
  cmp_neq_optimized: scalars.comparingFloats('cmp_neq_optimized'),
  int_from_float_optimized: scalars.intFromFloatBy('int_from_float_optimized'),
};

/** The emitters of `tags`, each of which has one. */
export function emittersOf(tags: readonly DescribedTag[]): readonly Emitter[] {
  return tags.map((tag) => {
    const emitter = EMITTERS[tag];
    if (typeof emitter === 'string') throw new InternalError(`${tag} has no emitter: it comes ${emitter}`);
    return emitter;
  });
}
