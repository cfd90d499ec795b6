/**
 * Who lowers which instruction: one entry per described AIR instruction, so that a new one does not compile until it has one.
 *
 * Table only. What docs/air.md does not describe is refused by name, in refusals.ts, before anything is emitted.
 */
import type { AirTag, DescribedTag } from '../air/schema/ops.ts';
import { AIR_TAG_NAMES, DESCRIBED_TAGS, isDescribed } from '../air/schema/ops.ts';
import { InternalError } from '../support/assert.ts';
import { lowerAggregateInit, lowerArrayElemVal, lowerStructFieldVal } from './aggregate/aggregates.ts';
import * as names from './aggregate/names.ts';
import * as overflow from './aggregate/overflow.ts';
import * as sums from './aggregate/sums.ts';
import * as unions from './aggregate/unions.ts';
import { lowerCall } from './control/calls.ts';
import * as control from './control/control.ts';
import { lowerSwitchBr } from './control/switch.ts';
import * as memory from './memory/memory.ts';
import * as pointers from './memory/pointers.ts';
import * as arithmetic from './scalar/arithmetic.ts';
import * as bits from './scalar/bits-and-shifts.ts';
import * as casts from './scalar/casts.ts';
import * as compare from './scalar/compare.ts';
import * as floats from './scalar/floats.ts';
import * as saturating from './scalar/saturating.ts';
import type { Lowering } from './state/function-state.ts';

/** The lowering of each instruction. */
export const LOWERINGS: Readonly<Record<DescribedTag, Lowering>> = {
  add: arithmetic.lowerAdd,
  sub: arithmetic.lowerSub,
  mul: arithmetic.lowerMul,
  add_wrap: arithmetic.lowerAddWrap,
  sub_wrap: arithmetic.lowerSubWrap,
  mul_wrap: arithmetic.lowerMulWrap,
  add_sat: saturating.lowerAddSat,
  sub_sat: saturating.lowerSubSat,
  mul_sat: saturating.lowerMulSat,
  div_float: arithmetic.lowerDivFloat,
  div_trunc: arithmetic.lowerDivTrunc,
  div_floor: arithmetic.lowerDivFloor,
  div_exact: arithmetic.lowerDivExact,
  rem: arithmetic.lowerRem,
  mod: arithmetic.lowerMod,
  max: arithmetic.lowerMax,
  min: arithmetic.lowerMin,
  add_with_overflow: overflow.lowerAddWithOverflow,
  sub_with_overflow: overflow.lowerSubWithOverflow,
  mul_with_overflow: overflow.lowerMulWithOverflow,
  shl_with_overflow: overflow.lowerShlWithOverflow,
  abs: arithmetic.lowerAbs,
  neg: floats.lowerNeg,
  sqrt: floats.lowerSqrt,
  floor: floats.lowerFloor,
  ceil: floats.lowerCeil,
  trunc_float: floats.lowerTruncFloat,
  round: floats.lowerRound,
  bit_and: bits.lowerBitAnd,
  bit_or: bits.lowerBitOr,
  xor: bits.lowerXor,
  bool_and: bits.lowerBitAnd,
  bool_or: bits.lowerBitOr,
  not: bits.lowerNot,
  shl: bits.lowerShl,
  shl_exact: bits.lowerShlExact,
  shl_sat: saturating.lowerShlSat,
  shr: bits.lowerShr,
  shr_exact: bits.lowerShr,
  clz: bits.lowerClz,
  ctz: bits.lowerCtz,
  popcount: bits.lowerPopcount,
  byte_swap: bits.lowerByteSwap,
  bit_reverse: bits.lowerBitReverse,
  cmp_lt: compare.lowerCmpLt,
  cmp_lte: compare.lowerCmpLte,
  cmp_eq: sums.lowerCmpEq,
  cmp_gte: compare.lowerCmpGte,
  cmp_gt: compare.lowerCmpGt,
  cmp_neq: sums.lowerCmpNeq,
  intcast: casts.lowerIntcast,
  trunc: casts.lowerTrunc,
  bitcast: casts.lowerBitcast,
  fptrunc: casts.lowerFloatResize,
  fpext: casts.lowerFloatResize,
  int_from_float: casts.lowerIntFromFloat,
  float_from_int: casts.lowerFloatFromInt,
  alloc: memory.lowerAlloc,
  ret_ptr: memory.lowerRetPtr,
  load: memory.lowerLoad,
  store: memory.lowerStore,
  ptr_add: pointers.lowerPtrAdd,
  ptr_sub: pointers.lowerPtrSub,
  ptr_elem_val: pointers.lowerPtrElemVal,
  ptr_elem_ptr: pointers.lowerPtrElemPtr,
  slice: pointers.lowerSlice,
  slice_len: pointers.lowerSliceLen,
  slice_ptr: pointers.lowerSlicePtr,
  ptr_slice_len_ptr: pointers.lowerPtrSliceLenPtr,
  ptr_slice_ptr_ptr: pointers.lowerPtrSlicePtrPtr,
  slice_elem_val: pointers.lowerSliceElemVal,
  slice_elem_ptr: pointers.lowerSliceElemPtr,
  array_elem_val: lowerArrayElemVal,
  array_to_slice: pointers.lowerArrayToSlice,
  struct_field_ptr: pointers.lowerStructFieldPtr,
  struct_field_ptr_index_0: pointers.structFieldPtrIndex(0),
  struct_field_ptr_index_1: pointers.structFieldPtrIndex(1),
  struct_field_ptr_index_2: pointers.structFieldPtrIndex(2),
  struct_field_ptr_index_3: pointers.structFieldPtrIndex(3),
  struct_field_val: lowerStructFieldVal,
  field_parent_ptr: pointers.lowerFieldParentPtr,
  memset: memory.lowerMemset,
  memcpy: memory.lowerMemcpy,
  memmove: memory.lowerMemmove,
  aggregate_init: lowerAggregateInit,
  arg: control.lowerArg,
  block: control.lowerBlock,
  loop: control.lowerLoop,
  repeat: control.lowerRepeat,
  br: control.lowerBr,
  cond_br: control.lowerCondBr,
  switch_br: lowerSwitchBr,
  ret: control.lowerRet,
  ret_load: control.lowerRetLoad,
  unreach: control.lowerTrap,
  trap: control.lowerTrap,
  breakpoint: control.lowerTrap,
  call: lowerCall,
  is_null: sums.lowerIsNull,
  is_non_null: sums.lowerIsNonNull,
  is_null_ptr: sums.lowerIsNullPtr,
  is_non_null_ptr: sums.lowerIsNonNullPtr,
  is_err: sums.lowerIsErr,
  is_non_err: sums.lowerIsNonErr,
  is_err_ptr: sums.lowerIsErrPtr,
  is_non_err_ptr: sums.lowerIsNonErrPtr,
  optional_payload: sums.lowerPayload,
  optional_payload_ptr: sums.lowerPayloadPtr,
  optional_payload_ptr_set: sums.lowerPayloadPtrSet,
  wrap_optional: sums.lowerWrapPayload,
  unwrap_errunion_payload: sums.lowerPayload,
  unwrap_errunion_payload_ptr: sums.lowerPayloadPtr,
  unwrap_errunion_err: sums.lowerError,
  unwrap_errunion_err_ptr: sums.lowerErrorPtr,
  errunion_payload_ptr_set: sums.lowerPayloadPtrSet,
  wrap_errunion_payload: sums.lowerWrapPayload,
  wrap_errunion_err: sums.lowerWrapError,
  try: sums.lowerTry,
  try_cold: sums.lowerTry,
  try_ptr: sums.lowerTryPtr,
  try_ptr_cold: sums.lowerTryPtr,
  cmp_lt_errors_len: names.lowerCmpLtErrorsLen,
  error_set_has_value: names.lowerErrorSetHasValue,
  error_name: names.lowerErrorName,
  tag_name: names.lowerTagName,
  is_named_enum_value: names.lowerIsNamedEnumValue,
  get_union_tag: unions.lowerGetUnionTag,
  set_union_tag: unions.lowerSetUnionTag,
  union_init: unions.lowerUnionInit,
};

/** Names of the instructions that this back end lowers, in the order of the instruction table. */
export const LOWERED_TAGS: readonly AirTag[] = DESCRIBED_TAGS;

/** Lowering by tag number; one that is refused must have been kept out. */
export const LOWERING_BY_NUMBER: readonly Lowering[] = AIR_TAG_NAMES.map((tag): Lowering => {
  if (isDescribed(tag)) return LOWERINGS[tag];
  return () => {
    throw new InternalError(`${tag} reached code generation`);
  };
});
