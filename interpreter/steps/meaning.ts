/**
 * Which instruction means what: the total table from tag to handler.
 *
 * Data only. An instruction that becomes `described` in core/air/schema/ops.ts does not compile until it has a handler here;
 * supported.ts refuses a unit that holds any other.
 */
import type { DescribedTag } from '../../core/air/schema/ops.ts';
import { AIR_TAG_NAMES, isDescribed } from '../../core/air/schema/ops.ts';
import {
  absolute,
  binary,
  bitAnd,
  countBits,
  floatUnary,
  invert,
  logical,
  negate,
  overflowing,
  rearrange,
  shift,
  shiftOverflowing,
} from './arithmetic-steps.ts';
import { bitcast, floatcast, floatFromInt, intcast, intFromFloat, truncate } from './cast-steps.ts';
import { compare } from './comparison-steps.ts';
import {
  argument,
  block,
  branch,
  call,
  choose,
  conditional,
  giveBack,
  loop,
  repeat,
  trap,
  unreachable,
} from './control-steps.ts';
import { alloc, copy, fill, load, returnLoaded, returnPlace, store } from './memory-steps.ts';
import {
  aggregate,
  anyFieldAddress,
  arrayElement,
  fieldAddress,
  fieldValue,
  makeSlice,
  parentAddress,
  pointerElement,
  sliceElement,
  sliceElementAddress,
  sliceLengthAddress,
  sliceOfArray,
  slicePart,
  slicePointerAddress,
  stepped,
} from './pointer-steps.ts';
import type { Handler } from './prepare.ts';

/** See the file header. */
export const MEANING: Readonly<Record<DescribedTag, Handler>> = {
  // Integer and float arithmetic
  add: binary('add', 'add'),
  sub: binary('sub', 'sub'),
  mul: binary('mul', 'mul'),
  add_wrap: binary('add_wrap', null),
  sub_wrap: binary('sub_wrap', null),
  mul_wrap: binary('mul_wrap', null),
  add_sat: binary('add_sat', null),
  sub_sat: binary('sub_sat', null),
  mul_sat: binary('mul_sat', null),
  div_float: binary(null, 'div_float'),
  div_trunc: binary('div_trunc', 'div_trunc'),
  div_floor: binary('div_floor', 'div_floor'),
  div_exact: binary('div_exact', 'div_exact'),
  rem: binary('rem', 'rem'),
  mod: binary('mod', 'mod'),
  max: binary('max', 'max'),
  min: binary('min', 'min'),
  add_with_overflow: overflowing('add'),
  sub_with_overflow: overflowing('sub'),
  mul_with_overflow: overflowing('mul'),
  shl_with_overflow: shiftOverflowing,
  abs: absolute,
  neg: negate,
  sqrt: floatUnary('sqrt'),
  floor: floatUnary('floor'),
  ceil: floatUnary('ceil'),
  trunc_float: floatUnary('trunc_float'),
  round: floatUnary('round'),
  // Bits and shifts
  bit_and: bitAnd,
  bit_or: binary('bit_or', null),
  xor: binary('xor', null),
  bool_and: logical((a, b) => a & b),
  bool_or: logical((a, b) => a | b),
  not: invert,
  shl: shift('shl'),
  shl_exact: shift('shl_exact'),
  shl_sat: shift('shl_sat'),
  shr: shift('shr'),
  shr_exact: shift('shr_exact'),
  clz: countBits('clz'),
  ctz: countBits('ctz'),
  popcount: countBits('popcount'),
  byte_swap: rearrange('byte_swap'),
  bit_reverse: rearrange('bit_reverse'),
  // Comparison
  cmp_lt: compare('cmp_lt'),
  cmp_lte: compare('cmp_lte'),
  cmp_eq: compare('cmp_eq'),
  cmp_gte: compare('cmp_gte'),
  cmp_gt: compare('cmp_gt'),
  cmp_neq: compare('cmp_neq'),
  // Casts
  intcast,
  trunc: truncate,
  bitcast,
  fptrunc: floatcast,
  fpext: floatcast,
  int_from_float: intFromFloat,
  float_from_int: floatFromInt,
  // Memory and pointers
  alloc,
  ret_ptr: returnPlace,
  load,
  store,
  ptr_add: stepped(1),
  ptr_sub: stepped(-1),
  ptr_elem_val: pointerElement,
  ptr_elem_ptr: stepped(1),
  slice: makeSlice,
  slice_len: slicePart(1),
  slice_ptr: slicePart(0),
  ptr_slice_len_ptr: sliceLengthAddress,
  ptr_slice_ptr_ptr: slicePointerAddress,
  slice_elem_val: sliceElement,
  slice_elem_ptr: sliceElementAddress,
  array_elem_val: arrayElement,
  array_to_slice: sliceOfArray,
  struct_field_ptr: anyFieldAddress,
  struct_field_ptr_index_0: fieldAddress(0),
  struct_field_ptr_index_1: fieldAddress(1),
  struct_field_ptr_index_2: fieldAddress(2),
  struct_field_ptr_index_3: fieldAddress(3),
  struct_field_val: fieldValue,
  field_parent_ptr: parentAddress,
  memset: fill,
  memcpy: copy(false),
  memmove: copy(true),
  // Aggregates
  aggregate_init: aggregate,
  // Control
  arg: argument,
  block,
  loop,
  repeat,
  br: branch,
  cond_br: conditional,
  switch_br: choose,
  ret: giveBack,
  ret_load: returnLoaded,
  unreach: unreachable,
  trap,
  breakpoint: trap,
  // Calls
  call,
};

/** Handler by tag number; null for an instruction that this version refuses. */
export const HANDLER_BY_NUMBER: readonly (Handler | null)[] = AIR_TAG_NAMES.map((tag) =>
  isDescribed(tag) ? MEANING[tag] : null,
);
