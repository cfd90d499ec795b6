/**
 * Who lowers which instruction: one entry per described AIR instruction, so that a new one does not compile until it has one.
 *
 * Table only. What docs/air.md does not describe is refused by name, in refusals.ts, before anything is emitted.
 */
import type { AirTag, DescribedTag } from '../air/schema/ops.ts';
import { AIR_TAG_NAMES, DESCRIBED_TAGS, isDescribed } from '../air/schema/ops.ts';
import { MirTag } from '../mir/ops.ts';
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
import { byFormat } from './scalar/by-format.ts';
import * as casts from './scalar/casts.ts';
import * as compare from './scalar/compare.ts';
import * as floats from './scalar/floats.ts';
import * as half from './scalar/half-floats.ts';
import * as saturating from './scalar/saturating.ts';
import type { Lowering } from './state/function-state.ts';
import * as ops from './state/numeric-opcodes.ts';
import * as wideFloats from './wide/wide-floats.ts';

/** The lowering of each instruction. */
export const LOWERINGS: Readonly<Record<DescribedTag, Lowering>> = {
  add: byFormat(arithmetic.lowerAdd, half.halfBinary(ops.opAdd), wideFloats.lowerWideAdd),
  sub: byFormat(arithmetic.lowerSub, half.halfBinary(ops.opSub), wideFloats.lowerWideSub),
  mul: byFormat(arithmetic.lowerMul, half.halfBinary(ops.opMul), wideFloats.lowerWideMul),
  add_wrap: arithmetic.lowerAddWrap,
  sub_wrap: arithmetic.lowerSubWrap,
  mul_wrap: arithmetic.lowerMulWrap,
  add_sat: saturating.lowerAddSat,
  sub_sat: saturating.lowerSubSat,
  mul_sat: saturating.lowerMulSat,
  div_float: byFormat(arithmetic.lowerDivFloat, half.halfBinary(ops.opFloatDiv), wideFloats.lowerWideDiv),
  div_trunc: byFormat(arithmetic.lowerDivTrunc, half.halfQuotient(ops.opFloatTrunc), wideFloats.lowerWideDivTrunc),
  div_floor: byFormat(arithmetic.lowerDivFloor, half.halfQuotient(ops.opFloatFloor), wideFloats.lowerWideDivFloor),
  div_exact: byFormat(arithmetic.lowerDivExact, half.halfBinary(ops.opFloatDiv), wideFloats.lowerWideDiv),
  rem: byFormat(arithmetic.lowerRem, half.halfOfBoth(floats.emitRem), wideFloats.lowerWideRem),
  mod: byFormat(arithmetic.lowerMod, half.halfOfBoth(floats.emitMod), wideFloats.lowerWideMod),
  max: byFormat(arithmetic.lowerMax, half.halfOfBoth(floats.emitMax), wideFloats.lowerWideMax),
  min: byFormat(arithmetic.lowerMin, half.halfOfBoth(floats.emitMin), wideFloats.lowerWideMin),
  add_with_overflow: overflow.lowerAddWithOverflow,
  sub_with_overflow: overflow.lowerSubWithOverflow,
  mul_with_overflow: overflow.lowerMulWithOverflow,
  shl_with_overflow: overflow.lowerShlWithOverflow,
  abs: byFormat(arithmetic.lowerAbs, half.lowerHalfAbs, wideFloats.lowerWideAbs),
  neg: byFormat(floats.lowerNeg, half.lowerHalfNeg, wideFloats.lowerWideNeg),
  sqrt: byFormat(floats.lowerSqrt, half.halfUnary(ops.opFloatSqrt), wideFloats.lowerWideSqrt),
  floor: byFormat(floats.lowerFloor, half.halfUnary(ops.opFloatFloor), wideFloats.lowerWideFloor),
  ceil: byFormat(floats.lowerCeil, half.halfUnary(ops.opFloatCeil), wideFloats.lowerWideCeil),
  trunc_float: byFormat(floats.lowerTruncFloat, half.halfUnary(ops.opFloatTrunc), wideFloats.lowerWideTrunc),
  round: byFormat(floats.lowerRound, half.lowerHalfRound, wideFloats.lowerWideRound),
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
  cmp_lt: byFormat(compare.lowerCmpLt, half.halfComparison(ops.opLt), wideFloats.wideComparison('lt', MirTag.i32_lt_s)),
  cmp_lte: byFormat(
    compare.lowerCmpLte,
    half.halfComparison(ops.opLe),
    wideFloats.wideComparison('le', MirTag.i32_le_s),
  ),
  cmp_eq: byFormat(compare.lowerCmpEq, half.halfComparison(ops.opEq), wideFloats.wideComparison('eq', MirTag.i32_eq)),
  cmp_gte: byFormat(
    compare.lowerCmpGte,
    half.halfComparison(ops.opGe),
    wideFloats.wideComparison('ge', MirTag.i32_ge_s),
  ),
  cmp_gt: byFormat(compare.lowerCmpGt, half.halfComparison(ops.opGt), wideFloats.wideComparison('gt', MirTag.i32_gt_s)),
  cmp_neq: byFormat(compare.lowerCmpNeq, half.halfComparison(ops.opNe), wideFloats.wideComparison('ne', MirTag.i32_ne)),
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
