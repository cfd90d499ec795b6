/**
 * Who lowers which instruction: one entry per described AIR instruction, so that a new one does not compile until it has one.
 *
 * Table only. What docs/air.md does not describe is refused by name, in refusals.ts, before anything is emitted.
 */
import type { AirTag, DescribedTag } from '../air/schema/ops.ts';
import { AIR_TAG_NAMES, DESCRIBED_TAGS, isDescribed } from '../air/schema/ops.ts';
import { InternalError } from '../support/assert.ts';
import { lowerAggregateInit, lowerArrayElemVal, lowerStructFieldVal } from './aggregate/aggregates.ts';
import * as overflow from './aggregate/overflow.ts';
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
import { opGe, opGt, opLe, opLt } from './state/numeric-opcodes.ts';
import * as wideArithmetic from './wide/arithmetic.ts';
import * as wideBits from './wide/bits.ts';
import * as wideCasts from './wide/casts.ts';
import { byEither, byOperand, byResult } from './wide/choose-width.ts';
import * as wideOverflow from './wide/overflow.ts';

/** The lowering of each instruction. */
export const LOWERINGS: Readonly<Record<DescribedTag, Lowering>> = {
  add: byOperand(arithmetic.lowerAdd, wideArithmetic.lowerAdd),
  sub: byOperand(arithmetic.lowerSub, wideArithmetic.lowerSub),
  mul: byOperand(arithmetic.lowerMul, wideArithmetic.lowerMul),
  add_wrap: byOperand(arithmetic.lowerAddWrap, wideArithmetic.lowerAddWrap),
  sub_wrap: byOperand(arithmetic.lowerSubWrap, wideArithmetic.lowerSubWrap),
  mul_wrap: byOperand(arithmetic.lowerMulWrap, wideArithmetic.lowerMulWrap),
  add_sat: byOperand(saturating.lowerAddSat, wideOverflow.lowerAddSat),
  sub_sat: byOperand(saturating.lowerSubSat, wideOverflow.lowerSubSat),
  mul_sat: byOperand(saturating.lowerMulSat, wideOverflow.lowerMulSat),
  div_float: arithmetic.lowerDivFloat,
  div_trunc: byOperand(arithmetic.lowerDivTrunc, wideArithmetic.lowerDivTrunc),
  div_floor: byOperand(arithmetic.lowerDivFloor, wideArithmetic.lowerDivFloor),
  div_exact: byOperand(arithmetic.lowerDivExact, wideArithmetic.lowerDivTrunc),
  rem: byOperand(arithmetic.lowerRem, wideArithmetic.lowerRem),
  mod: byOperand(arithmetic.lowerMod, wideArithmetic.lowerMod),
  max: byOperand(arithmetic.lowerMax, wideArithmetic.lowerMax),
  min: byOperand(arithmetic.lowerMin, wideArithmetic.lowerMin),
  add_with_overflow: byOperand(overflow.lowerAddWithOverflow, wideOverflow.lowerAddWithOverflow),
  sub_with_overflow: byOperand(overflow.lowerSubWithOverflow, wideOverflow.lowerSubWithOverflow),
  mul_with_overflow: byOperand(overflow.lowerMulWithOverflow, wideOverflow.lowerMulWithOverflow),
  shl_with_overflow: byOperand(overflow.lowerShlWithOverflow, wideOverflow.lowerShlWithOverflow),
  abs: byOperand(arithmetic.lowerAbs, wideArithmetic.lowerAbs),
  neg: floats.lowerNeg,
  sqrt: floats.lowerSqrt,
  floor: floats.lowerFloor,
  ceil: floats.lowerCeil,
  trunc_float: floats.lowerTruncFloat,
  round: floats.lowerRound,
  bit_and: byOperand(bits.lowerBitAnd, wideArithmetic.lowerBitAnd),
  bit_or: byOperand(bits.lowerBitOr, wideArithmetic.lowerBitOr),
  xor: byOperand(bits.lowerXor, wideArithmetic.lowerXor),
  bool_and: bits.lowerBitAnd,
  bool_or: bits.lowerBitOr,
  not: byOperand(bits.lowerNot, wideArithmetic.lowerNot),
  shl: byOperand(bits.lowerShl, wideBits.lowerShl),
  shl_exact: byOperand(bits.lowerShlExact, wideBits.lowerShlExact),
  shl_sat: byOperand(saturating.lowerShlSat, wideOverflow.lowerShlSat),
  shr: byOperand(bits.lowerShr, wideBits.lowerShr),
  shr_exact: byOperand(bits.lowerShr, wideBits.lowerShr),
  clz: byEither(bits.lowerClz, wideBits.lowerClz),
  ctz: byEither(bits.lowerCtz, wideBits.lowerCtz),
  popcount: byEither(bits.lowerPopcount, wideBits.lowerPopcount),
  byte_swap: byOperand(bits.lowerByteSwap, wideBits.lowerByteSwap),
  bit_reverse: byOperand(bits.lowerBitReverse, wideBits.lowerBitReverse),
  cmp_lt: byOperand(compare.lowerCmpLt, wideArithmetic.ordered(opLt)),
  cmp_lte: byOperand(compare.lowerCmpLte, wideArithmetic.ordered(opLe)),
  cmp_eq: byOperand(compare.lowerCmpEq, wideArithmetic.equality(true)),
  cmp_gte: byOperand(compare.lowerCmpGte, wideArithmetic.ordered(opGe)),
  cmp_gt: byOperand(compare.lowerCmpGt, wideArithmetic.ordered(opGt)),
  cmp_neq: byOperand(compare.lowerCmpNeq, wideArithmetic.equality(false)),
  intcast: byEither(casts.lowerIntcast, wideCasts.lowerIntcast),
  trunc: byOperand(casts.lowerTrunc, wideCasts.lowerTrunc),
  bitcast: byOperand(casts.lowerBitcast, wideCasts.lowerBitcast),
  fptrunc: casts.lowerFloatResize,
  fpext: casts.lowerFloatResize,
  int_from_float: byResult(casts.lowerIntFromFloat, wideCasts.lowerIntFromFloat),
  float_from_int: byOperand(casts.lowerFloatFromInt, wideCasts.lowerFloatFromInt),
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
