/**
 * MIR tags of numeric operations by representation, and of memory accesses by representation and size: tables only.
 */
import { MirTag } from '../../mir/ops.ts';
import { Rep } from '../state/abi.ts';

/** Tags by Rep: index 0 is unused; integer rows have two entries, float rows start behind them. */
export type OpRow = readonly MirTag[];

const NO = MirTag.unreachable;

function ints(i32: MirTag, i64: MirTag): OpRow {
  return [NO, i32, i64];
}

function floats(f32: MirTag, f64: MirTag): OpRow {
  return [NO, NO, NO, f32, f64];
}

function all(i32: MirTag, i64: MirTag, f32: MirTag, f64: MirTag): OpRow {
  return [NO, i32, i64, f32, f64];
}

export const ADD = all(MirTag.i32_add, MirTag.i64_add, MirTag.f32_add, MirTag.f64_add);
export const SUB = all(MirTag.i32_sub, MirTag.i64_sub, MirTag.f32_sub, MirTag.f64_sub);
export const MUL = all(MirTag.i32_mul, MirTag.i64_mul, MirTag.f32_mul, MirTag.f64_mul);
export const EQ = all(MirTag.i32_eq, MirTag.i64_eq, MirTag.f32_eq, MirTag.f64_eq);
export const NE = all(MirTag.i32_ne, MirTag.i64_ne, MirTag.f32_ne, MirTag.f64_ne);

export const EQZ = ints(MirTag.i32_eqz, MirTag.i64_eqz);
export const AND = ints(MirTag.i32_and, MirTag.i64_and);
export const OR = ints(MirTag.i32_or, MirTag.i64_or);
export const XOR = ints(MirTag.i32_xor, MirTag.i64_xor);
export const SHL = ints(MirTag.i32_shl, MirTag.i64_shl);
export const CLZ = ints(MirTag.i32_clz, MirTag.i64_clz);
export const CTZ = ints(MirTag.i32_ctz, MirTag.i64_ctz);
export const POPCNT = ints(MirTag.i32_popcnt, MirTag.i64_popcnt);

/** Rows of signed and of unsigned integer operations: `SHR[signed ? 1 : 0][rep]`. */
export type SignedRows = readonly [unsigned: OpRow, signed: OpRow];

export const SHR: SignedRows = [ints(MirTag.i32_shr_u, MirTag.i64_shr_u), ints(MirTag.i32_shr_s, MirTag.i64_shr_s)];
export const DIV: SignedRows = [ints(MirTag.i32_div_u, MirTag.i64_div_u), ints(MirTag.i32_div_s, MirTag.i64_div_s)];
export const REM: SignedRows = [ints(MirTag.i32_rem_u, MirTag.i64_rem_u), ints(MirTag.i32_rem_s, MirTag.i64_rem_s)];
export const LT: SignedRows = [
  all(MirTag.i32_lt_u, MirTag.i64_lt_u, MirTag.f32_lt, MirTag.f64_lt),
  all(MirTag.i32_lt_s, MirTag.i64_lt_s, MirTag.f32_lt, MirTag.f64_lt),
];
export const LE: SignedRows = [
  all(MirTag.i32_le_u, MirTag.i64_le_u, MirTag.f32_le, MirTag.f64_le),
  all(MirTag.i32_le_s, MirTag.i64_le_s, MirTag.f32_le, MirTag.f64_le),
];
export const GT: SignedRows = [
  all(MirTag.i32_gt_u, MirTag.i64_gt_u, MirTag.f32_gt, MirTag.f64_gt),
  all(MirTag.i32_gt_s, MirTag.i64_gt_s, MirTag.f32_gt, MirTag.f64_gt),
];
export const GE: SignedRows = [
  all(MirTag.i32_ge_u, MirTag.i64_ge_u, MirTag.f32_ge, MirTag.f64_ge),
  all(MirTag.i32_ge_s, MirTag.i64_ge_s, MirTag.f32_ge, MirTag.f64_ge),
];

export const FDIV = floats(MirTag.f32_div, MirTag.f64_div);
export const FABS = floats(MirTag.f32_abs, MirTag.f64_abs);
export const FNEG = floats(MirTag.f32_neg, MirTag.f64_neg);
export const FCEIL = floats(MirTag.f32_ceil, MirTag.f64_ceil);
export const FFLOOR = floats(MirTag.f32_floor, MirTag.f64_floor);
export const FTRUNC = floats(MirTag.f32_trunc, MirTag.f64_trunc);
export const FSQRT = floats(MirTag.f32_sqrt, MirTag.f64_sqrt);
export const FMIN = floats(MirTag.f32_min, MirTag.f64_min);
export const FMAX = floats(MirTag.f32_max, MirTag.f64_max);
export const FCOPYSIGN = floats(MirTag.f32_copysign, MirTag.f64_copysign);

/** Load of a value of `rep` that takes `size` bytes in memory. */
export function loadTag(rep: Rep, size: number, signed: boolean): MirTag {
  switch (rep) {
    case Rep.i64:
      return MirTag.i64_load;
    case Rep.f32:
      return MirTag.f32_load;
    case Rep.f64:
      return MirTag.f64_load;
    default:
      if (size === 1) return signed ? MirTag.i32_load8_s : MirTag.i32_load8_u;
      if (size === 2) return signed ? MirTag.i32_load16_s : MirTag.i32_load16_u;
      return MirTag.i32_load;
  }
}

/** Store of a value of `rep` that takes `size` bytes in memory. */
export function storeTag(rep: Rep, size: number): MirTag {
  switch (rep) {
    case Rep.i64:
      return MirTag.i64_store;
    case Rep.f32:
      return MirTag.f32_store;
    case Rep.f64:
      return MirTag.f64_store;
    default:
      return size === 1 ? MirTag.i32_store8 : size === 2 ? MirTag.i32_store16 : MirTag.i32_store;
  }
}
