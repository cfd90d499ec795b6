/**
 * MIR tags of numeric operations by representation, and of memory accesses by representation and size: tables only.
 *
 * Each table is a function of a representation that gives a tag or fails by name: what has no opcode (an addition of
 * values in memory, say) is a bug of the lowering that asked, and must never become some other instruction.
 */
import { MirTag } from '../../mir/ops.ts';
import { InternalError } from '../../support/assert.ts';
import { Rep, REP_NAMES } from './abi.ts';

/** Tag of one operation by representation. */
export type OpRow = (rep: Rep) => MirTag;

/** Tag of one operation by representation and sign; the sign counts for integers only. */
export type SignedOpRow = (rep: Rep, signed: boolean) => MirTag;

function noOpcode(op: string, rep: Rep): never {
  throw new InternalError(`${op} has no opcode for ${REP_NAMES[rep]}`);
}

function ints(op: string, i32: MirTag, i64: MirTag): OpRow {
  return (rep) => {
    switch (rep) {
      case Rep.i32:
        return i32;
      case Rep.i64:
        return i64;
      case Rep.f32:
      case Rep.f64:
      case Rep.none:
      case Rep.f16:
      case Rep.address:
      case Rep.v128:
        return noOpcode(op, rep);
    }
  };
}

function floats(op: string, f32: MirTag, f64: MirTag): OpRow {
  return (rep) => {
    switch (rep) {
      case Rep.f32:
        return f32;
      case Rep.f64:
        return f64;
      case Rep.i32:
      case Rep.i64:
      case Rep.none:
      case Rep.f16:
      case Rep.address:
      case Rep.v128:
        return noOpcode(op, rep);
    }
  };
}

function all(op: string, i32: MirTag, i64: MirTag, f32: MirTag, f64: MirTag): OpRow {
  return (rep) => {
    switch (rep) {
      case Rep.i32:
        return i32;
      case Rep.i64:
        return i64;
      case Rep.f32:
        return f32;
      case Rep.f64:
        return f64;
      case Rep.none:
      case Rep.f16:
      case Rep.address:
      case Rep.v128:
        return noOpcode(op, rep);
    }
  };
}

function bySign(unsigned: OpRow, signed: OpRow): SignedOpRow {
  return (rep, isSigned) => (isSigned ? signed : unsigned)(rep);
}

export const opAdd = all('add', MirTag.i32_add, MirTag.i64_add, MirTag.f32_add, MirTag.f64_add);
export const opSub = all('sub', MirTag.i32_sub, MirTag.i64_sub, MirTag.f32_sub, MirTag.f64_sub);
export const opMul = all('mul', MirTag.i32_mul, MirTag.i64_mul, MirTag.f32_mul, MirTag.f64_mul);
export const opEq = all('eq', MirTag.i32_eq, MirTag.i64_eq, MirTag.f32_eq, MirTag.f64_eq);
export const opNe = all('ne', MirTag.i32_ne, MirTag.i64_ne, MirTag.f32_ne, MirTag.f64_ne);

export const opEqz = ints('eqz', MirTag.i32_eqz, MirTag.i64_eqz);
export const opAnd = ints('and', MirTag.i32_and, MirTag.i64_and);
export const opOr = ints('or', MirTag.i32_or, MirTag.i64_or);
export const opXor = ints('xor', MirTag.i32_xor, MirTag.i64_xor);
export const opShl = ints('shl', MirTag.i32_shl, MirTag.i64_shl);
export const opClz = ints('clz', MirTag.i32_clz, MirTag.i64_clz);
export const opCtz = ints('ctz', MirTag.i32_ctz, MirTag.i64_ctz);
export const opPopcount = ints('popcnt', MirTag.i32_popcnt, MirTag.i64_popcnt);

export const opShr = bySign(
  ints('shr_u', MirTag.i32_shr_u, MirTag.i64_shr_u),
  ints('shr_s', MirTag.i32_shr_s, MirTag.i64_shr_s),
);
export const opDiv = bySign(
  ints('div_u', MirTag.i32_div_u, MirTag.i64_div_u),
  ints('div_s', MirTag.i32_div_s, MirTag.i64_div_s),
);
export const opRem = bySign(
  ints('rem_u', MirTag.i32_rem_u, MirTag.i64_rem_u),
  ints('rem_s', MirTag.i32_rem_s, MirTag.i64_rem_s),
);
export const opLt = bySign(
  all('lt', MirTag.i32_lt_u, MirTag.i64_lt_u, MirTag.f32_lt, MirTag.f64_lt),
  all('lt', MirTag.i32_lt_s, MirTag.i64_lt_s, MirTag.f32_lt, MirTag.f64_lt),
);
export const opLe = bySign(
  all('le', MirTag.i32_le_u, MirTag.i64_le_u, MirTag.f32_le, MirTag.f64_le),
  all('le', MirTag.i32_le_s, MirTag.i64_le_s, MirTag.f32_le, MirTag.f64_le),
);
export const opGt = bySign(
  all('gt', MirTag.i32_gt_u, MirTag.i64_gt_u, MirTag.f32_gt, MirTag.f64_gt),
  all('gt', MirTag.i32_gt_s, MirTag.i64_gt_s, MirTag.f32_gt, MirTag.f64_gt),
);
export const opGe = bySign(
  all('ge', MirTag.i32_ge_u, MirTag.i64_ge_u, MirTag.f32_ge, MirTag.f64_ge),
  all('ge', MirTag.i32_ge_s, MirTag.i64_ge_s, MirTag.f32_ge, MirTag.f64_ge),
);

export const opFloatDiv = floats('float div', MirTag.f32_div, MirTag.f64_div);
export const opFloatAbs = floats('float abs', MirTag.f32_abs, MirTag.f64_abs);
export const opFloatNeg = floats('float neg', MirTag.f32_neg, MirTag.f64_neg);
export const opFloatCeil = floats('float ceil', MirTag.f32_ceil, MirTag.f64_ceil);
export const opFloatFloor = floats('float floor', MirTag.f32_floor, MirTag.f64_floor);
export const opFloatTrunc = floats('float trunc', MirTag.f32_trunc, MirTag.f64_trunc);
export const opFloatSqrt = floats('float sqrt', MirTag.f32_sqrt, MirTag.f64_sqrt);
export const opFloatMin = floats('float min', MirTag.f32_min, MirTag.f64_min);
export const opFloatMax = floats('float max', MirTag.f32_max, MirTag.f64_max);
export const opFloatCopysign = floats('float copysign', MirTag.f32_copysign, MirTag.f64_copysign);

/** Float to integer, toward zero: by representation of the float, then of the integer, then sign. */
const INT_FROM_F32 = bySign(
  ints('trunc_f32_u', MirTag.i32_trunc_f32_u, MirTag.i64_trunc_f32_u),
  ints('trunc_f32_s', MirTag.i32_trunc_f32_s, MirTag.i64_trunc_f32_s),
);
const INT_FROM_F64 = bySign(
  ints('trunc_f64_u', MirTag.i32_trunc_f64_u, MirTag.i64_trunc_f64_u),
  ints('trunc_f64_s', MirTag.i32_trunc_f64_s, MirTag.i64_trunc_f64_s),
);
/** Integer to float, nearest: by representation of the integer, then of the float, then sign. */
const FLOAT_FROM_I32 = bySign(
  floats('convert_i32_u', MirTag.f32_convert_i32_u, MirTag.f64_convert_i32_u),
  floats('convert_i32_s', MirTag.f32_convert_i32_s, MirTag.f64_convert_i32_s),
);
const FLOAT_FROM_I64 = bySign(
  floats('convert_i64_u', MirTag.f32_convert_i64_u, MirTag.f64_convert_i64_u),
  floats('convert_i64_s', MirTag.f32_convert_i64_s, MirTag.f64_convert_i64_s),
);

/** Conversion of a float of `from` to an integer container `to`. */
export function intFromFloatTag(from: Rep, to: Rep, signed: boolean): MirTag {
  switch (from) {
    case Rep.f32:
      return INT_FROM_F32(to, signed);
    case Rep.f64:
      return INT_FROM_F64(to, signed);
    case Rep.i32:
    case Rep.i64:
    case Rep.none:
    case Rep.f16:
    case Rep.address:
    case Rep.v128:
      return noOpcode('int_from_float', from);
  }
}

/** Conversion of an integer container `from` to a float of `to`. */
export function floatFromIntTag(from: Rep, to: Rep, signed: boolean): MirTag {
  switch (from) {
    case Rep.i32:
      return FLOAT_FROM_I32(to, signed);
    case Rep.i64:
      return FLOAT_FROM_I64(to, signed);
    case Rep.f32:
    case Rep.f64:
    case Rep.none:
    case Rep.f16:
    case Rep.address:
    case Rep.v128:
      return noOpcode('float_from_int', from);
  }
}

/** Conversion between two different float representations. */
export function floatResizeTag(from: Rep, to: Rep): MirTag {
  if (from === Rep.f64 && to === Rep.f32) return MirTag.f32_demote_f64;
  if (from === Rep.f32 && to === Rep.f64) return MirTag.f64_promote_f32;
  return noOpcode(`resize from ${REP_NAMES[from]}`, to);
}

/** The same bits in another kind of register. */
export function reinterpretTag(from: Rep, to: Rep): MirTag {
  if (from === Rep.i32 && to === Rep.f32) return MirTag.f32_reinterpret_i32;
  if (from === Rep.i64 && to === Rep.f64) return MirTag.f64_reinterpret_i64;
  if (from === Rep.f32 && to === Rep.i32) return MirTag.i32_reinterpret_f32;
  if (from === Rep.f64 && to === Rep.i64) return MirTag.i64_reinterpret_f64;
  return noOpcode(`reinterpret from ${REP_NAMES[from]}`, to);
}

/** Load of a value of `rep` that takes `size` bytes in memory. */
export function loadTag(rep: Rep, size: number, signed: boolean): MirTag {
  switch (rep) {
    case Rep.i32:
      if (size === 1) return signed ? MirTag.i32_load8_s : MirTag.i32_load8_u;
      if (size === 2) return signed ? MirTag.i32_load16_s : MirTag.i32_load16_u;
      return size === 4 ? MirTag.i32_load : noOpcode(`load of ${size} bytes`, rep);
    case Rep.i64:
      return size === 8 ? MirTag.i64_load : noOpcode(`load of ${size} bytes`, rep);
    case Rep.f32:
      return size === 4 ? MirTag.f32_load : noOpcode(`load of ${size} bytes`, rep);
    case Rep.f64:
      return size === 8 ? MirTag.f64_load : noOpcode(`load of ${size} bytes`, rep);
    case Rep.f16:
      return size === 2 ? MirTag.i32_load16_u : noOpcode(`load of ${size} bytes`, rep);
    case Rep.none:
    case Rep.address:
    case Rep.v128:
      return noOpcode(`load of ${size} bytes`, rep);
  }
}

/** Store of a value of `rep` that takes `size` bytes in memory. */
export function storeTag(rep: Rep, size: number): MirTag {
  switch (rep) {
    case Rep.i32:
      if (size === 1) return MirTag.i32_store8;
      if (size === 2) return MirTag.i32_store16;
      return size === 4 ? MirTag.i32_store : noOpcode(`store of ${size} bytes`, rep);
    case Rep.i64:
      return size === 8 ? MirTag.i64_store : noOpcode(`store of ${size} bytes`, rep);
    case Rep.f32:
      return size === 4 ? MirTag.f32_store : noOpcode(`store of ${size} bytes`, rep);
    case Rep.f64:
      return size === 8 ? MirTag.f64_store : noOpcode(`store of ${size} bytes`, rep);
    case Rep.f16:
      return size === 2 ? MirTag.i32_store16 : noOpcode(`store of ${size} bytes`, rep);
    case Rep.none:
    case Rep.address:
    case Rep.v128:
      return noOpcode(`store of ${size} bytes`, rep);
  }
}
