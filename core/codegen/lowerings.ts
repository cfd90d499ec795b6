/**
 * Who lowers which instruction: one entry per described AIR instruction, so that a new one does not compile until it has one.
 *
 * Table only. What docs/air.md does not describe is refused by name, in refusals.ts, before anything is emitted.
 */
import { LANEWISE_TAGS } from '../air/schema/lanewise.ts';
import type { DescribedTag } from '../air/schema/ops.ts';
import { AIR_TAG_NAMES, isDescribed } from '../air/schema/ops.ts';
import { MirTag } from '../mir/ops.ts';
import { InternalError } from '../support/assert.ts';
import { lowerAggregateInit, lowerArrayElemVal, lowerStructFieldVal } from './aggregate/aggregates.ts';
import * as names from './aggregate/names.ts';
import * as overflow from './aggregate/overflow.ts';
import * as payloads from './aggregate/payloads.ts';
import { orSimd, SIMD } from './aggregate/simd.ts';
import * as unions from './aggregate/unions.ts';
import * as vectors from './aggregate/lanes.ts';
import { lowerVectorBits } from './aggregate/vector-bits.ts';
import { lowerCall, lowerTailCall } from './control/calls.ts';
import { lowerArg } from './control/carried.ts';
import * as debug from './control/debug.ts';
import * as control from './control/control.ts';
import { lowerLoopSwitchBr, lowerSwitchBr, lowerSwitchDispatch } from './control/switch.ts';
import * as atomics from './memory/atomics.ts';
import * as traces from './memory/error-traces.ts';
import * as memory from './memory/memory.ts';
import * as pointers from './memory/pointers.ts';
import * as safeMemory from './memory/safe-memory.ts';
import * as arithmetic from './scalar/arithmetic.ts';
import * as bits from './scalar/bits-and-shifts.ts';
import * as casts from './scalar/casts.ts';
import * as compare from './scalar/compare.ts';
import * as floats from './scalar/floats.ts';
import * as half from './scalar/half-floats.ts';
import * as saturating from './scalar/saturating.ts';
import {
  besideVector,
  besideWide,
  byEither,
  byFormat,
  byNumber,
  byOperand,
  byResult,
} from './state/choose-lowering.ts';
import type { Lowering } from './state/function-state.ts';
import * as ops from './state/numeric-opcodes.ts';
import { checkedIntcast } from './wide/checked-casts.ts';
import { checkedIntFromFloat } from './wide/checked-float-casts.ts';
import * as wideArithmetic from './wide/wide-arithmetic.ts';
import * as wideBits from './wide/wide-bits.ts';
import * as wideCasts from './wide/wide-casts.ts';
import * as wideFloats from './wide/float-calls.ts';
import * as wideNames from './wide/wide-names.ts';
import * as wideOverflow from './wide/wide-overflow.ts';
import * as widePacked from './wide/wide-packed.ts';

/** An order of two numbers: the instruction of wasm, and how the answer of the runtime library is compared with 0. */
function ordered(narrow: Lowering, op: typeof ops.opLt, relation: 'lt' | 'le' | 'ge' | 'gt', answer: MirTag): Lowering {
  const onWideFloat = wideFloats.wideComparison(relation, answer);
  return byNumber(narrow, half.halfComparison(op), onWideFloat, wideArithmetic.ordered(op));
}

/** The lowerings of instructions that have one of their own. */
const OWN = {
  add: byNumber(arithmetic.lowerAdd, half.halfBinary(ops.opAdd), wideFloats.lowerWideAdd, wideArithmetic.lowerAdd),
  sub: byNumber(arithmetic.lowerSub, half.halfBinary(ops.opSub), wideFloats.lowerWideSub, wideArithmetic.lowerSub),
  mul: byNumber(arithmetic.lowerMul, half.halfBinary(ops.opMul), wideFloats.lowerWideMul, wideArithmetic.lowerMul),
  add_wrap: byOperand(arithmetic.lowerAddWrap, wideArithmetic.lowerAddWrap),
  sub_wrap: byOperand(arithmetic.lowerSubWrap, wideArithmetic.lowerSubWrap),
  mul_wrap: byOperand(arithmetic.lowerMulWrap, wideArithmetic.lowerMulWrap),
  add_sat: byOperand(saturating.lowerAddSat, wideOverflow.lowerAddSat),
  sub_sat: byOperand(saturating.lowerSubSat, wideOverflow.lowerSubSat),
  mul_sat: byOperand(saturating.lowerMulSat, wideOverflow.lowerMulSat),
  add_safe: byOperand(overflow.lowerAddSafe, wideOverflow.lowerAddSafe),
  sub_safe: byOperand(overflow.lowerSubSafe, wideOverflow.lowerSubSafe),
  mul_safe: byOperand(overflow.lowerMulSafe, wideOverflow.lowerMulSafe),
  div_float: byFormat(arithmetic.lowerDivFloat, half.halfBinary(ops.opFloatDiv), wideFloats.lowerWideDiv),
  div_trunc: byNumber(
    arithmetic.lowerDivTrunc,
    half.halfQuotient(ops.opFloatTrunc),
    wideFloats.lowerWideDivTrunc,
    wideArithmetic.lowerDivTrunc,
  ),
  div_floor: byNumber(
    arithmetic.lowerDivFloor,
    half.halfQuotient(ops.opFloatFloor),
    wideFloats.lowerWideDivFloor,
    wideArithmetic.lowerDivFloor,
  ),
  div_exact: byNumber(
    arithmetic.lowerDivExact,
    half.halfBinary(ops.opFloatDiv),
    wideFloats.lowerWideDiv,
    wideArithmetic.lowerDivTrunc,
  ),
  rem: byNumber(arithmetic.lowerRem, half.halfOfBoth(floats.emitRem), wideFloats.lowerWideRem, wideArithmetic.lowerRem),
  mod: byNumber(arithmetic.lowerMod, half.halfOfBoth(floats.emitMod), wideFloats.lowerWideMod, wideArithmetic.lowerMod),
  max: byNumber(arithmetic.lowerMax, half.halfOfBoth(floats.emitMax), wideFloats.lowerWideMax, wideArithmetic.lowerMax),
  min: byNumber(arithmetic.lowerMin, half.halfOfBoth(floats.emitMin), wideFloats.lowerWideMin, wideArithmetic.lowerMin),
  add_with_overflow: vectors.reporting(overflow.reportSum, wideOverflow.reportSum),
  sub_with_overflow: vectors.reporting(overflow.reportDifference, wideOverflow.reportDifference),
  mul_with_overflow: vectors.reporting(overflow.reportProduct, wideOverflow.reportProduct),
  shl_with_overflow: vectors.reporting(overflow.reportShift, wideOverflow.reportShift),
  abs: byNumber(arithmetic.lowerAbs, half.lowerHalfAbs, wideFloats.lowerWideAbs, wideArithmetic.lowerAbs),
  neg: byFormat(floats.lowerNeg, half.lowerHalfNeg, wideFloats.lowerWideNeg),
  mul_add: wideFloats.lowerMulAdd,
  sqrt: byFormat(floats.lowerSqrt, half.halfUnary(ops.opFloatSqrt), wideFloats.lowerWideSqrt),
  floor: byFormat(floats.lowerFloor, half.halfUnary(ops.opFloatFloor), wideFloats.lowerWideFloor),
  ceil: byFormat(floats.lowerCeil, half.halfUnary(ops.opFloatCeil), wideFloats.lowerWideCeil),
  trunc_float: byFormat(floats.lowerTruncFloat, half.halfUnary(ops.opFloatTrunc), wideFloats.lowerWideTrunc),
  round: byFormat(floats.lowerRound, half.lowerHalfRound, wideFloats.lowerWideRound),
  sin: wideFloats.elementary('sin'),
  cos: wideFloats.elementary('cos'),
  tan: wideFloats.elementary('tan'),
  exp: wideFloats.elementary('exp'),
  exp2: wideFloats.elementary('exp2'),
  log: wideFloats.elementary('log'),
  log2: wideFloats.elementary('log2'),
  log10: wideFloats.elementary('log10'),
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
  cmp_lt: ordered(compare.lowerCmpLt, ops.opLt, 'lt', MirTag.i32_lt_s),
  cmp_lte: ordered(compare.lowerCmpLte, ops.opLe, 'le', MirTag.i32_le_s),
  cmp_eq: payloads.equality(
    byNumber(
      compare.lowerCmpEq,
      half.halfComparison(ops.opEq),
      wideFloats.wideComparison('eq', MirTag.i32_eq),
      wideArithmetic.equality(true),
    ),
    false,
  ),
  cmp_gte: ordered(compare.lowerCmpGte, ops.opGe, 'ge', MirTag.i32_ge_s),
  cmp_gt: ordered(compare.lowerCmpGt, ops.opGt, 'gt', MirTag.i32_gt_s),
  cmp_neq: payloads.equality(
    byNumber(
      compare.lowerCmpNeq,
      half.halfComparison(ops.opNe),
      wideFloats.wideComparison('ne', MirTag.i32_ne),
      wideArithmetic.equality(false),
    ),
    true,
  ),
  intcast: byEither(casts.lowerIntcast, wideCasts.lowerIntcast),
  intcast_safe: checkedIntcast(byEither(casts.lowerIntcast, wideCasts.lowerIntcast)),
  trunc: byOperand(casts.lowerTrunc, wideCasts.lowerTrunc),
  bitcast: besideVector(
    besideWide(byOperand(casts.lowerBitcast, wideCasts.lowerBitcast), wideFloats.lowerWideBits),
    lowerVectorBits,
  ),
  fptrunc: besideWide(casts.lowerFloatResize, wideFloats.lowerWideResize),
  fpext: besideWide(casts.lowerFloatResize, wideFloats.lowerWideResize),
  int_from_float: besideWide(
    byResult(casts.lowerIntFromFloat, wideCasts.lowerIntFromFloat),
    wideFloats.lowerIntFromWide,
  ),
  float_from_int: besideWide(
    byOperand(casts.lowerFloatFromInt, wideCasts.lowerFloatFromInt),
    wideFloats.lowerWideFromInt,
  ),
  alloc: memory.lowerAlloc,
  ret_ptr: memory.lowerRetPtr,
  load: widePacked.byHost(memory.lowerLoad, widePacked.lowerWideBitLoad),
  store: widePacked.byHost(memory.lowerStore, widePacked.lowerWideBitStore),
  vector_store_elem: vectors.lowerVectorStoreElem,
  store_safe: widePacked.byHost(safeMemory.lowerStoreSafe, widePacked.lowerWideBitStore),
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
  struct_field_val: byOperand(lowerStructFieldVal, widePacked.lowerWideFieldVal),
  field_parent_ptr: pointers.lowerFieldParentPtr,
  memset: memory.lowerMemset,
  memset_safe: safeMemory.lowerMemsetSafe,
  memcpy: memory.lowerMemcpy,
  memmove: memory.lowerMemmove,
  runtime_nav_ptr: memory.lowerRuntimeNavPtr,
  prefetch: control.lowerNothing,
  err_return_trace: traces.lowerTraceAddress,
  set_err_return_trace: traces.lowerSetTrace,
  save_err_return_trace_index: traces.lowerTraceIndex,
  frame_addr: memory.lowerFrameAddr,
  ret_addr: memory.lowerRetAddr,
  wasm_memory_size: memory.lowerMemorySize,
  wasm_memory_grow: memory.lowerMemoryGrow,
  aggregate_init: byResult(lowerAggregateInit, widePacked.lowerWidePackedInit),
  arg: lowerArg,
  block: control.lowerBlock,
  dbg_inline_block: debug.lowerInlineBlock,
  dbg_stmt: control.lowerDbgStmt,
  dbg_empty_stmt: control.lowerNothing,
  dbg_var_ptr: debug.lowerVarPtr,
  dbg_var_val: debug.lowerVarVal,
  dbg_arg_inline: debug.lowerArgInline,
  loop: control.lowerLoop,
  repeat: control.lowerRepeat,
  br: control.lowerBr,
  cond_br: control.lowerCondBr,
  switch_br: lowerSwitchBr,
  loop_switch_br: lowerLoopSwitchBr,
  switch_dispatch: lowerSwitchDispatch,
  ret: control.lowerRet,
  ret_safe: control.lowerRet,
  ret_load: control.lowerRetLoad,
  unreach: control.lowerTrap,
  trap: control.lowerTrap,
  breakpoint: control.lowerTrap,
  call: lowerCall,
  call_never_tail: lowerCall,
  call_never_inline: lowerCall,
  call_always_tail: lowerTailCall,
  atomic_load: atomics.lowerAtomicLoad,
  atomic_store_unordered: atomics.lowerAtomicStore,
  atomic_store_monotonic: atomics.lowerAtomicStore,
  atomic_store_release: atomics.lowerAtomicStore,
  atomic_store_seq_cst: atomics.lowerAtomicStore,
  atomic_rmw: atomics.lowerAtomicRmw,
  cmpxchg_weak: atomics.lowerCmpxchg,
  cmpxchg_strong: atomics.lowerCmpxchg,
  is_null: payloads.lowerIsNull,
  is_non_null: payloads.lowerIsNonNull,
  is_null_ptr: payloads.lowerIsNullPtr,
  is_non_null_ptr: payloads.lowerIsNonNullPtr,
  is_err: payloads.lowerIsErr,
  is_non_err: payloads.lowerIsNonErr,
  is_err_ptr: payloads.lowerIsErrPtr,
  is_non_err_ptr: payloads.lowerIsNonErrPtr,
  optional_payload: payloads.lowerPayload,
  optional_payload_ptr: payloads.lowerPayloadPtr,
  optional_payload_ptr_set: payloads.lowerPayloadPtrSet,
  wrap_optional: payloads.lowerWrapPayload,
  unwrap_errunion_payload: payloads.lowerPayload,
  unwrap_errunion_payload_ptr: payloads.lowerPayloadPtr,
  unwrap_errunion_err: payloads.lowerError,
  unwrap_errunion_err_ptr: payloads.lowerErrorPtr,
  errunion_payload_ptr_set: payloads.lowerPayloadPtrSet,
  wrap_errunion_payload: payloads.lowerWrapPayload,
  wrap_errunion_err: payloads.lowerWrapError,
  try: payloads.lowerTry,
  try_cold: payloads.lowerTry,
  try_ptr: payloads.lowerTryPtr,
  try_ptr_cold: payloads.lowerTryPtr,
  cmp_lt_errors_len: names.lowerCmpLtErrorsLen,
  error_set_has_value: names.lowerErrorSetHasValue,
  error_name: names.lowerErrorName,
  tag_name: names.lowerTagName,
  is_named_enum_value: byOperand(names.lowerIsNamedEnumValue, wideNames.lowerIsNamedEnumValue),
  get_union_tag: unions.lowerGetUnionTag,
  set_union_tag: unions.lowerSetUnionTag,
  union_init: byResult(unions.lowerUnionInit, widePacked.lowerWidePackedInit),
} as const satisfies Readonly<Partial<Record<DescribedTag, Lowering>>>;

const checkedConversion = checkedIntFromFloat(OWN.int_from_float);

const compareVectors = vectors.comparison({
  lt: OWN.cmp_lt,
  lte: OWN.cmp_lte,
  eq: OWN.cmp_eq,
  gte: OWN.cmp_gte,
  gt: OWN.cmp_gt,
  neq: OWN.cmp_neq,
});

/** Sums and products of integers wrap. */
const reduceVector = vectors.reduction((op, isFloat) => {
  switch (op) {
    case 'and':
      return OWN.bit_and;
    case 'or':
      return OWN.bit_or;
    case 'xor':
      return OWN.xor;
    case 'min':
      return OWN.min;
    case 'max':
      return OWN.max;
    case 'add':
      return isFloat ? OWN.add : OWN.add_wrap;
    case 'mul':
      return isFloat ? OWN.mul : OWN.mul_wrap;
  }
});

/** The lowering of each instruction, of scalars. A licence for fast mathematics is not used. */
const SCALAR: Readonly<Record<DescribedTag, Lowering>> = {
  ...OWN,
  cmp_vector: compareVectors,
  cmp_vector_optimized: compareVectors,
  reduce: reduceVector,
  reduce_optimized: reduceVector,
  splat: vectors.lowerSplat,
  select: vectors.lowerSelect,
  shuffle_one: vectors.lowerShuffle,
  shuffle_two: vectors.lowerShuffle,
  add_optimized: OWN.add,
  sub_optimized: OWN.sub,
  mul_optimized: OWN.mul,
  div_float_optimized: OWN.div_float,
  div_trunc_optimized: OWN.div_trunc,
  div_floor_optimized: OWN.div_floor,
  div_exact_optimized: OWN.div_exact,
  rem_optimized: OWN.rem,
  mod_optimized: OWN.mod,
  neg_optimized: OWN.neg,
  cmp_lt_optimized: OWN.cmp_lt,
  cmp_lte_optimized: OWN.cmp_lte,
  cmp_eq_optimized: OWN.cmp_eq,
  cmp_gte_optimized: OWN.cmp_gte,
  cmp_gt_optimized: OWN.cmp_gt,
  cmp_neq_optimized: OWN.cmp_neq,
  int_from_float_optimized: OWN.int_from_float,
  int_from_float_safe: checkedConversion,
  int_from_float_optimized_safe: checkedConversion,
};

/** The lowering of each instruction, of vectors lane by lane. */
const LANE_BY_LANE: Readonly<Record<DescribedTag, Lowering>> = {
  ...SCALAR,
  ...Object.fromEntries(LANEWISE_TAGS.map((tag) => [tag, vectors.lanewise(SCALAR[tag])])),
};

/** The lowering of each instruction; of a vector that is one v128 that of SIMD is tried first. */
export const LOWERINGS: Readonly<Record<DescribedTag, Lowering>> = {
  ...LANE_BY_LANE,
  ...Object.fromEntries(
    Array.from(SIMD, ([tag, attempt]) => [tag, orSimd(attempt, LANE_BY_LANE[tag as DescribedTag])]),
  ),
};

/** Lowering by tag number; one that is refused must have been kept out. */
export const LOWERING_BY_NUMBER: readonly Lowering[] = AIR_TAG_NAMES.map((tag): Lowering => {
  if (isDescribed(tag)) return LOWERINGS[tag];
  return () => {
    throw new InternalError(`${tag} reached code generation`);
  };
});
