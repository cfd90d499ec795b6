/**
 * Typing rules of arithmetic, bits, comparisons and casts (docs/air.md section 6).
 */
import type { InternPool } from '../../intern/intern-pool.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { IP } from '../../intern/keys.ts';
import { isByRef } from '../../intern/layout.ts';
import { backingOf } from '../../intern/packed.ts';
import { enumTag, integerOf } from '../../intern/sums.ts';
import { isVector, laneType } from '../../intern/vectors.ts';
import { TypeKind, StructLayout } from '../../intern/type-kinds.ts';
import type { DescribedTag } from '../schema/ops.ts';
import type { Check, TypingRule } from './rule.ts';
import { mismatch, NO_TYPE, rule, typeOfOperand, typeOfResult, wrongKind } from './rule.ts';

type Class = (pool: InternPool, ty: IpIndex) => boolean;

const isInt: Class = (pool, ty) => pool.isInt(ty);
const isFloat: Class = (pool, ty) => pool.isFloat(ty);
const isNumber: Class = (pool, ty) => pool.isInt(ty) || pool.isFloat(ty);
const isBool: Class = (_, ty) => ty === IP.bool_type;
const isBoolOrInt: Class = (pool, ty) => ty === IP.bool_type || pool.isInt(ty);
const isEquatable: Class = (pool, ty) => {
  if (isNumber(pool, ty) || ty === IP.bool_type || pool.isPtr(ty)) return true;
  const kind = pool.typeKind(ty);
  if (kind === TypeKind.enum || kind === TypeKind.error_set || kind === TypeKind.packed) return true;
  // The payload of an optional is compared in place, so it is one scalar or nothing.
  return kind === TypeKind.opt && (pool.childType(ty) === IP.void_type || isEquatableScalar(pool, pool.childType(ty)));
};
const isEquatableScalar: Class = (pool, ty) => {
  if (pool.typeKind(ty) === TypeKind.opt || isByRef(pool, ty)) return false;
  return isEquatable(pool, ty) && !(pool.isFloat(ty) && pool.floatBits(ty) < 32);
};

function isUnsigned(pool: InternPool, ty: IpIndex): boolean {
  return pool.isInt(ty) && !pool.intSigned(ty);
}

/** bin_op whose operands have one type of class `is`. */
function sameBin(is: Class, need: string): Check {
  return (f, inst) => {
    const lhs = typeOfOperand(f, inst, 0);
    if (!is(f.pool, lhs)) return wrongKind(f, 'the left operand', lhs, need);
    return mismatch(f, 'the right operand', typeOfOperand(f, inst, 1), lhs);
  };
}

/** un_op on class `is`. */
function unary(is: Class, need: string): Check {
  return (f, inst) => {
    const ty = typeOfOperand(f, inst, 0);
    return is(f.pool, ty) ? null : wrongKind(f, 'the operand', ty, need);
  };
}

/** Two factors and an addend of one float type. */
const mulAdd: Check = (f, inst) => {
  const lhs = typeOfOperand(f, inst, 0);
  if (!f.pool.isFloat(lhs)) return wrongKind(f, 'the left factor', lhs, 'a float');
  return (
    mismatch(f, 'the right factor', typeOfOperand(f, inst, 1), lhs) ??
    mismatch(f, 'the addend', typeOfOperand(f, inst, 2), lhs)
  );
};

/** ty_op on class `is` whose result has the type of the operand. */
function sameResult(is: Class, need: string): Check {
  return (f, inst) => {
    const ty = typeOfOperand(f, inst, 0);
    if (!is(f.pool, ty)) return wrongKind(f, 'the operand', ty, need);
    return mismatch(f, 'the result', typeOfResult(f, inst), ty);
  };
}

const shift: Check = (f, inst) => {
  const lhs = typeOfOperand(f, inst, 0);
  if (!f.pool.isInt(lhs)) return wrongKind(f, 'the left operand', lhs, 'an integer');
  const rhs = typeOfOperand(f, inst, 1);
  return isUnsigned(f.pool, rhs) ? null : wrongKind(f, 'the shift amount', rhs, 'an unsigned integer');
};

/** Of vectors as well: then both parts of the result are vectors. */
function withOverflow(isShift: boolean): Check {
  return (f, inst) => {
    const { pool } = f;
    const lhs = typeOfOperand(f, inst, 0);
    if (lhs === NO_TYPE || !pool.isInt(laneType(pool, lhs))) {
      return wrongKind(f, 'the left operand', lhs, 'an integer or a vector of integers');
    }
    const rhs = typeOfOperand(f, inst, 1);
    if (!isShift) {
      if (rhs !== lhs) return mismatch(f, 'the right operand', rhs, lhs);
    } else if (!isAmountFor(pool, rhs, lhs)) {
      return wrongKind(f, 'the shift amount', rhs, 'an unsigned integer, or a vector of as many lanes of one');
    }
    const ty = typeOfResult(f, inst);
    const fits =
      pool.typeKind(ty) === TypeKind.struct &&
      pool.structLayout(ty) === StructLayout.tuple &&
      pool.fieldCount(ty) === 2 &&
      pool.fieldType(ty, 0) === lhs &&
      isFlagsOf(pool, pool.fieldType(ty, 1), lhs) &&
      pool.fieldAlign(ty, 0) === 0 &&
      pool.fieldAlign(ty, 1) === 0;
    if (fits) return null;
    const flags = isVector(pool, lhs) ? `vector(${pool.arrayLen(lhs)}) u1` : 'u1';
    return wrongKind(f, 'the result', ty, `tuple { ${f.nameOf(lhs)}, ${flags} }`);
  };
}

/** Whether a `shifted` can be shifted by an `amount`: of a vector all lanes by one amount, or each by its own. */
function isAmountFor(pool: InternPool, amount: IpIndex, shifted: IpIndex): boolean {
  if (amount === NO_TYPE || !isUnsigned(pool, laneType(pool, amount))) return false;
  if (!isVector(pool, amount)) return true;
  return isVector(pool, shifted) && pool.arrayLen(amount) === pool.arrayLen(shifted);
}

/** Whether `flags` has a u1 for each lane of `ty`. */
function isFlagsOf(pool: InternPool, flags: IpIndex, ty: IpIndex): boolean {
  if (!isVector(pool, ty)) return flags === IP.u1_type;
  return isVector(pool, flags) && pool.childType(flags) === IP.u1_type && pool.arrayLen(flags) === pool.arrayLen(ty);
}

const abs: Check = (f, inst) => {
  const { pool } = f;
  const operand = typeOfOperand(f, inst, 0);
  const result = typeOfResult(f, inst);
  if (pool.isFloat(operand)) return mismatch(f, 'the result', result, operand);
  if (!pool.isInt(operand)) return wrongKind(f, 'the operand', operand, 'an integer or a float');
  if (operand === IP.usize_type || operand === IP.isize_type) return mismatch(f, 'the result', result, IP.usize_type);
  const bits = pool.intBits(operand);
  const fits = pool.typeKind(result) === TypeKind.int && isUnsigned(pool, result) && pool.intBits(result) === bits;
  return fits ? null : wrongKind(f, 'the result', result, `u${bits}`);
};

/** clz, ctz, popcount. */
const bitCount: Check = (f, inst) => {
  const operand = typeOfOperand(f, inst, 0);
  if (!f.pool.isInt(operand)) return wrongKind(f, 'the operand', operand, 'an integer');
  const result = typeOfResult(f, inst);
  const bits = f.pool.intBits(operand);
  if (isUnsigned(f.pool, result) && bits < 2 ** f.pool.intBits(result)) return null;
  return wrongKind(f, 'the result', result, `an unsigned integer that can hold ${bits}`);
};

const byteSwap: Check = (f, inst) => {
  const ty = typeOfOperand(f, inst, 0);
  if (!f.pool.isInt(ty) || f.pool.intBits(ty) % 8 !== 0)
    return wrongKind(f, 'the operand', ty, 'an integer of whole bytes');
  return mismatch(f, 'the result', typeOfResult(f, inst), ty);
};

/** ty_op from class `from` to class `to`. */
function cast(from: Class, fromText: string, to: Class, toText: string): Check {
  return (f, inst) => {
    const operand = typeOfOperand(f, inst, 0);
    if (!from(f.pool, operand)) return wrongKind(f, 'the operand', operand, fromText);
    const result = typeOfResult(f, inst);
    return to(f.pool, result) ? null : wrongKind(f, 'the result', result, toText);
  };
}

/** ty_op from one float type to another. */
function floatResize(fits: (from: number, to: number) => boolean, need: string): Check {
  return (f, inst) => {
    const { pool } = f;
    const operand = typeOfOperand(f, inst, 0);
    if (!pool.isFloat(operand)) return wrongKind(f, 'the operand', operand, 'a float');
    const result = typeOfResult(f, inst);
    if (pool.isFloat(result) && fits(pool.floatBits(operand), pool.floatBits(result))) return null;
    return wrongKind(f, 'the result', result, `a float ${need} than ${f.nameOf(operand)}`);
  };
}

const trunc: Check = (f, inst) => {
  const { pool } = f;
  const operand = typeOfOperand(f, inst, 0);
  if (!pool.isInt(operand)) return wrongKind(f, 'the operand', operand, 'an integer');
  const result = typeOfResult(f, inst);
  const fits =
    pool.isInt(result) &&
    pool.intSigned(result) === pool.intSigned(operand) &&
    pool.intBits(result) <= pool.intBits(operand);
  return fits
    ? null
    : wrongKind(f, 'the result', result, `an integer no wider than ${f.nameOf(operand)} and of its sign`);
};

/** Whether `ty` is iN or uN of `bits` bits: usize has no width that a program may know. */
function isIntOf(pool: InternPool, ty: IpIndex, bits: number): boolean {
  return pool.typeKind(ty) === TypeKind.int && pool.intBits(ty) === bits;
}

/** Whether `ty` is iN, uN or a packed struct of `bits` bits. */
function isOfBits(pool: InternPool, ty: IpIndex, bits: number): boolean {
  return isIntOf(pool, integerOf(pool, ty), bits) && pool.typeKind(ty) !== TypeKind.enum;
}

/** Whether values of `ty` are numbers with names: enums and errors. */
function isNamed(pool: InternPool, ty: IpIndex): boolean {
  return pool.typeKind(ty) === TypeKind.enum || pool.typeKind(ty) === TypeKind.error_set;
}

/** Whether `number` is the integer type behind `named`. */
function isNumberOf(pool: InternPool, named: IpIndex, number: IpIndex): boolean {
  if (pool.typeKind(named) === TypeKind.enum) return enumTag(pool, named) === number;
  if (pool.typeKind(named) !== TypeKind.error_set || pool.typeKind(number) !== TypeKind.int) return false;
  return !pool.intSigned(number) && pool.intBits(number) === 16;
}

function sameBits(pool: InternPool, from: IpIndex, to: IpIndex): boolean {
  if (pool.isInt(from) && pool.isInt(to)) return pool.intBits(from) === pool.intBits(to);
  if (pool.isFloat(from)) return isIntOf(pool, to, pool.floatBits(from));
  if (pool.isFloat(to)) return isIntOf(pool, from, pool.floatBits(to));
  if (from === IP.bool_type) return to === IP.u1_type;
  if (to === IP.bool_type) return from === IP.u1_type;
  if (pool.typeKind(from) === TypeKind.packed) return isOfBits(pool, to, pool.intBits(backingOf(pool, from)));
  if (pool.typeKind(to) === TypeKind.packed) return isOfBits(pool, from, pool.intBits(backingOf(pool, to)));
  if (isNamed(pool, from)) return isNumberOf(pool, from, to);
  if (pool.typeKind(to) === TypeKind.enum) return isNumberOf(pool, to, from);
  if (pool.isPtr(from)) return pool.isPtr(to) || to === IP.usize_type;
  return from === IP.usize_type && pool.isPtr(to);
}

/** Bits of a value with bits of its own, each with a place: those of its elements follow each other. Null for other types. */
function patternBits(pool: InternPool, ty: IpIndex): number | null {
  switch (pool.typeKind(ty)) {
    case TypeKind.int:
      return pool.intBits(ty);
    case TypeKind.float:
      return pool.floatBits(ty);
    case TypeKind.simple:
      return ty === IP.bool_type ? 1 : null;
    case TypeKind.packed:
      return pool.intBits(backingOf(pool, ty));
    case TypeKind.vector:
    case TypeKind.array: {
      const child = pool.childType(ty);
      const isNested = pool.typeKind(child) === TypeKind.array || pool.typeKind(child) === TypeKind.vector;
      const bits = isNested || pool.arraySentinel(ty) !== null ? null : patternBits(pool, child);
      return bits === null ? null : bits * pool.arrayLen(ty);
    }
    case TypeKind.ptr:
    case TypeKind.slice:
    case TypeKind.struct:
    case TypeKind.fn:
    case TypeKind.opt:
    case TypeKind.error_set:
    case TypeKind.error_union:
    case TypeKind.enum:
    case TypeKind.union:
      return null;
  }
}

/** From a vector or to one: the same lanes as elements of an array, or a type of as many bits. */
function sameLanes(pool: InternPool, from: IpIndex, to: IpIndex): boolean {
  const other = isVector(pool, from) ? to : from;
  const isListed = isVector(pool, other) || pool.typeKind(other) === TypeKind.array;
  const sameElements =
    isListed &&
    pool.arraySentinel(other) === null &&
    pool.childType(from) === pool.childType(to) &&
    pool.arrayLen(from) === pool.arrayLen(to);
  const bits = patternBits(pool, from);
  return sameElements || (bits !== null && bits === patternBits(pool, to));
}

const bitcast: Check = (f, inst) => {
  const { pool } = f;
  const operand = typeOfOperand(f, inst, 0);
  const result = typeOfResult(f, inst);
  const hasVector = operand !== NO_TYPE && (isVector(pool, operand) || isVector(pool, result));
  return (hasVector ? sameLanes : sameBits)(pool, operand, result)
    ? null
    : `no bitcast from ${f.nameOf(operand)} to ${f.nameOf(result)}`;
};

/** Two operands of one type of a class, and a result of that type. */
const numbers = rule('first', sameBin(isNumber, 'an integer or a float'));
const integers = rule('first', sameBin(isInt, 'an integer'));
const floats = rule('first', sameBin(isFloat, 'a float'));
const bools = rule('first', sameBin(isBool, 'bool'));
/** One float, and a result of its type. */
const float = rule('first', unary(isFloat, 'a float'));
const equality = rule(
  'bool',
  sameBin(isEquatable, 'an integer, float, bool, pointer, enum, error or optional of one of them'),
);
const order = rule('bool', sameBin(isNumber, 'an integer or a float'));
const floatOrder = rule('bool', sameBin(isFloat, 'a float'));
const overflow = rule('ty', withOverflow(false));
const shifted = rule('first', shift);
const counted = rule('ty', bitCount);

/** Rules of this file. */
export const VALUE_RULES = {
  add: numbers,
  sub: numbers,
  mul: numbers,
  add_wrap: integers,
  sub_wrap: integers,
  mul_wrap: integers,
  add_sat: integers,
  sub_sat: integers,
  mul_sat: integers,
  add_safe: integers,
  sub_safe: integers,
  mul_safe: integers,
  div_float: floats,
  div_trunc: numbers,
  div_floor: numbers,
  div_exact: numbers,
  rem: numbers,
  mod: numbers,
  max: numbers,
  min: numbers,
  add_with_overflow: overflow,
  sub_with_overflow: overflow,
  mul_with_overflow: overflow,
  shl_with_overflow: rule('ty', withOverflow(true)),
  add_optimized: floats,
  sub_optimized: floats,
  mul_optimized: floats,
  div_float_optimized: floats,
  div_trunc_optimized: floats,
  div_floor_optimized: floats,
  div_exact_optimized: floats,
  rem_optimized: floats,
  mod_optimized: floats,
  neg_optimized: float,
  mul_add: rule('first', mulAdd),
  abs: rule('ty', abs),
  neg: float,
  sqrt: float,
  floor: float,
  ceil: float,
  trunc_float: float,
  round: float,
  sin: float,
  cos: float,
  tan: float,
  exp: float,
  exp2: float,
  log: float,
  log2: float,
  log10: float,
  bit_and: integers,
  bit_or: integers,
  xor: integers,
  bool_and: bools,
  bool_or: bools,
  not: rule('ty', sameResult(isBoolOrInt, 'bool or an integer')),
  shl: shifted,
  shl_exact: shifted,
  shl_sat: shifted,
  shr: shifted,
  shr_exact: shifted,
  clz: counted,
  ctz: counted,
  popcount: counted,
  byte_swap: rule('ty', byteSwap),
  bit_reverse: rule('ty', sameResult(isInt, 'an integer')),
  cmp_lt: order,
  cmp_lte: order,
  cmp_eq: equality,
  cmp_gte: order,
  cmp_gt: order,
  cmp_neq: equality,
  cmp_lt_optimized: floatOrder,
  cmp_lte_optimized: floatOrder,
  cmp_eq_optimized: floatOrder,
  cmp_gte_optimized: floatOrder,
  cmp_gt_optimized: floatOrder,
  cmp_neq_optimized: floatOrder,
  intcast: rule('ty', cast(isInt, 'an integer', isInt, 'an integer')),
  intcast_safe: rule('ty', cast(isInt, 'an integer', isInt, 'an integer')),
  trunc: rule('ty', trunc),
  bitcast: rule('ty', bitcast),
  fptrunc: rule(
    'ty',
    floatResize((from, to) => to < from, 'narrower'),
  ),
  fpext: rule(
    'ty',
    floatResize((from, to) => to > from, 'wider'),
  ),
  int_from_float: rule('ty', cast(isFloat, 'a float', isInt, 'an integer')),
  int_from_float_optimized: rule('ty', cast(isFloat, 'a float', isInt, 'an integer')),
  int_from_float_safe: rule('ty', cast(isFloat, 'a float', isInt, 'an integer')),
  int_from_float_optimized_safe: rule('ty', cast(isFloat, 'a float', isInt, 'an integer')),
  float_from_int: rule('ty', cast(isInt, 'an integer', isFloat, 'a float')),
} as const satisfies Readonly<Partial<Record<DescribedTag, TypingRule>>>;
