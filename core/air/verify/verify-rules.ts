/**
 * Typing rules of arithmetic, bits, comparisons and casts (docs/air.md section 6), and the shape of a rule.
 *
 * A rule looks at one instruction whose operands are known to be sound and says what is wrong with its types, or null.
 * Knows nothing of bodies, order or control flow. Memory rules are in verify-memory.ts, control rules in verify-control.ts.
 */
import type { InternPool } from '../../intern/intern-pool.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { IP } from '../../intern/keys.ts';
import { TypeKind, StructLayout } from '../../intern/type-kinds.ts';
import type { Body, InstIndex, Ref } from '../body/body.ts';
import type { AirTag } from '../schema/ops.ts';
import { operandType } from '../result-types.ts';
import type { Terms } from './verify-terms.ts';
import { typeName } from './verify-terms.ts';

/** What a rule may look at. */
export interface FunctionContext {
  readonly terms: Terms;
  readonly pool: InternPool;
  readonly body: Body;
  /** Type of the function. */
  readonly fnTy: IpIndex;
  /** Result types of the instructions before the one at hand. */
  readonly types: Uint32Array;
  /** Per instruction: what it is to the instruction at hand, see {@link Open}. */
  readonly open: Uint8Array;
}

/** Whether the bodies of an instruction are open around the one at hand, and what may name it. */
export const Open = { no: 0, block: 1, loop: 2, switch: 3 } as const;

/** What is wrong with the types of `inst`, or null. */
export type Rule = (f: FunctionContext, inst: InstIndex) => string | null;

/** Rules for some tags; a tag without one is checked for structure only. */
export type RuleTable = readonly (readonly [Rule, readonly AirTag[]])[];

type Class = (pool: InternPool, ty: IpIndex) => boolean;

/** Type of an operand. */
export function typeOfRef(f: FunctionContext, ref: number): IpIndex {
  return operandType(f.pool, f.types, ref as Ref);
}

/** Message about a type that should be another. */
export function mismatch(f: FunctionContext, what: string, found: IpIndex, need: IpIndex): string | null {
  return found === need ? null : `${what} has type ${typeName(f.terms, found)}, not ${typeName(f.terms, need)}`;
}

/** Message about a type that should be of some kind. */
export function wrongKind(f: FunctionContext, what: string, found: IpIndex, need: string): string {
  return `${what} has type ${typeName(f.terms, found)}, not ${need}`;
}

const isInt: Class = (pool, ty) => pool.isInt(ty);
const isFloat: Class = (pool, ty) => pool.isFloat(ty);
const isNumber: Class = (pool, ty) => pool.isInt(ty) || pool.isFloat(ty);
const isBool: Class = (_, ty) => ty === IP.bool_type;
const isBoolOrInt: Class = (pool, ty) => ty === IP.bool_type || pool.isInt(ty);
const isEquatable: Class = (pool, ty) => isNumber(pool, ty) || ty === IP.bool_type || pool.isPtr(ty);

function isUnsigned(pool: InternPool, ty: IpIndex): boolean {
  return pool.isInt(ty) && !pool.intSigned(ty);
}

/** bin_op whose operands have one type of class `is`. */
function sameBin(is: Class, need: string): Rule {
  return (f, inst) => {
    const lhs = typeOfRef(f, f.body.a[inst]!);
    if (!is(f.pool, lhs)) return wrongKind(f, 'the left operand', lhs, need);
    return mismatch(f, 'the right operand', typeOfRef(f, f.body.b[inst]!), lhs);
  };
}

/** un_op on class `is`. */
function unary(is: Class, need: string): Rule {
  return (f, inst) => {
    const ty = typeOfRef(f, f.body.a[inst]!);
    return is(f.pool, ty) ? null : wrongKind(f, 'the operand', ty, need);
  };
}

/** ty_op on class `is` whose result has the type of the operand. */
function sameResult(is: Class, need: string): Rule {
  return (f, inst) => {
    const ty = typeOfRef(f, f.body.b[inst]!);
    if (!is(f.pool, ty)) return wrongKind(f, 'the operand', ty, need);
    return mismatch(f, 'the result', f.body.ty(inst), ty);
  };
}

const shift: Rule = (f, inst) => {
  const lhs = typeOfRef(f, f.body.a[inst]!);
  if (!f.pool.isInt(lhs)) return wrongKind(f, 'the left operand', lhs, 'an integer');
  const rhs = typeOfRef(f, f.body.b[inst]!);
  return isUnsigned(f.pool, rhs) ? null : wrongKind(f, 'the shift amount', rhs, 'an unsigned integer');
};

function withOverflow(isShift: boolean): Rule {
  return (f, inst) => {
    const { pool, body } = f;
    const lhs = typeOfRef(f, body.lhs(inst));
    if (!pool.isInt(lhs)) return wrongKind(f, 'the left operand', lhs, 'an integer');
    const rhs = typeOfRef(f, body.rhs(inst));
    if (isShift) {
      if (!isUnsigned(pool, rhs)) return wrongKind(f, 'the shift amount', rhs, 'an unsigned integer');
    } else if (rhs !== lhs) {
      return mismatch(f, 'the right operand', rhs, lhs);
    }
    const ty = body.ty(inst);
    const fits =
      pool.typeKind(ty) === TypeKind.struct &&
      pool.structLayout(ty) === StructLayout.tuple &&
      pool.fieldCount(ty) === 2 &&
      pool.fieldType(ty, 0) === lhs &&
      pool.fieldType(ty, 1) === IP.u1_type &&
      pool.fieldAlign(ty, 0) === 0 &&
      pool.fieldAlign(ty, 1) === 0;
    return fits ? null : wrongKind(f, 'the result', ty, `tuple { ${typeName(f.terms, lhs)}, u1 }`);
  };
}

const abs: Rule = (f, inst) => {
  const { pool } = f;
  const operand = typeOfRef(f, f.body.b[inst]!);
  const result = f.body.ty(inst);
  if (pool.isFloat(operand)) return mismatch(f, 'the result', result, operand);
  if (!pool.isInt(operand)) return wrongKind(f, 'the operand', operand, 'an integer or a float');
  if (operand === IP.usize_type || operand === IP.isize_type) return mismatch(f, 'the result', result, IP.usize_type);
  const bits = pool.intBits(operand);
  const fits = pool.typeKind(result) === TypeKind.int && isUnsigned(pool, result) && pool.intBits(result) === bits;
  return fits ? null : wrongKind(f, 'the result', result, `u${bits}`);
};

/** clz, ctz, popcount. */
const bitCount: Rule = (f, inst) => {
  const operand = typeOfRef(f, f.body.b[inst]!);
  if (!f.pool.isInt(operand)) return wrongKind(f, 'the operand', operand, 'an integer');
  const result = f.body.ty(inst);
  const bits = f.pool.intBits(operand);
  if (isUnsigned(f.pool, result) && bits < 2 ** f.pool.intBits(result)) return null;
  return wrongKind(f, 'the result', result, `an unsigned integer that can hold ${bits}`);
};

const byteSwap: Rule = (f, inst) => {
  const ty = typeOfRef(f, f.body.b[inst]!);
  if (!f.pool.isInt(ty) || f.pool.intBits(ty) % 8 !== 0)
    return wrongKind(f, 'the operand', ty, 'an integer of whole bytes');
  return mismatch(f, 'the result', f.body.ty(inst), ty);
};

/** ty_op from class `from` to class `to`. */
function cast(from: Class, fromText: string, to: Class, toText: string): Rule {
  return (f, inst) => {
    const operand = typeOfRef(f, f.body.b[inst]!);
    if (!from(f.pool, operand)) return wrongKind(f, 'the operand', operand, fromText);
    const result = f.body.ty(inst);
    return to(f.pool, result) ? null : wrongKind(f, 'the result', result, toText);
  };
}

/** ty_op from one float type to another. */
function floatResize(fits: (from: number, to: number) => boolean, need: string): Rule {
  return (f, inst) => {
    const { pool } = f;
    const operand = typeOfRef(f, f.body.b[inst]!);
    if (!pool.isFloat(operand)) return wrongKind(f, 'the operand', operand, 'a float');
    const result = f.body.ty(inst);
    if (pool.isFloat(result) && fits(pool.floatBits(operand), pool.floatBits(result))) return null;
    return wrongKind(f, 'the result', result, `a float ${need} than ${typeName(f.terms, operand)}`);
  };
}

const trunc: Rule = (f, inst) => {
  const { pool } = f;
  const operand = typeOfRef(f, f.body.b[inst]!);
  if (!pool.isInt(operand)) return wrongKind(f, 'the operand', operand, 'an integer');
  const result = f.body.ty(inst);
  const fits =
    pool.isInt(result) &&
    pool.intSigned(result) === pool.intSigned(operand) &&
    pool.intBits(result) <= pool.intBits(operand);
  return fits
    ? null
    : wrongKind(f, 'the result', result, `an integer no wider than ${typeName(f.terms, operand)} and of its sign`);
};

/** Whether `ty` is iN or uN of `bits` bits: usize has no width that a program may know. */
function isIntOf(pool: InternPool, ty: IpIndex, bits: number): boolean {
  return pool.typeKind(ty) === TypeKind.int && pool.intBits(ty) === bits;
}

function sameBits(pool: InternPool, from: IpIndex, to: IpIndex): boolean {
  if (pool.isInt(from) && pool.isInt(to)) return pool.intBits(from) === pool.intBits(to);
  if (pool.isFloat(from)) return isIntOf(pool, to, pool.floatBits(from));
  if (pool.isFloat(to)) return isIntOf(pool, from, pool.floatBits(to));
  if (from === IP.bool_type) return to === IP.u1_type;
  if (to === IP.bool_type) return from === IP.u1_type;
  if (pool.isPtr(from)) return pool.isPtr(to) || to === IP.usize_type;
  return from === IP.usize_type && pool.isPtr(to);
}

const bitcast: Rule = (f, inst) => {
  const operand = typeOfRef(f, f.body.b[inst]!);
  const result = f.body.ty(inst);
  return sameBits(f.pool, operand, result)
    ? null
    : `no bitcast from ${typeName(f.terms, operand)} to ${typeName(f.terms, result)}`;
};

/** Rules of this file. */
export const VALUE_RULES: RuleTable = [
  [
    sameBin(isNumber, 'an integer or a float'),
    ['add', 'sub', 'mul', 'div_trunc', 'div_floor', 'div_exact', 'rem', 'mod', 'min', 'max'],
  ],
  [
    sameBin(isInt, 'an integer'),
    ['add_wrap', 'sub_wrap', 'mul_wrap', 'add_sat', 'sub_sat', 'mul_sat', 'bit_and', 'bit_or', 'xor'],
  ],
  [sameBin(isFloat, 'a float'), ['div_float']],
  [sameBin(isBool, 'bool'), ['bool_and', 'bool_or']],
  [sameBin(isEquatable, 'an integer, float, bool or pointer'), ['cmp_eq', 'cmp_neq']],
  [sameBin(isNumber, 'an integer or a float'), ['cmp_lt', 'cmp_lte', 'cmp_gt', 'cmp_gte']],
  [unary(isFloat, 'a float'), ['neg', 'sqrt', 'floor', 'ceil', 'trunc_float', 'round']],
  [withOverflow(false), ['add_with_overflow', 'sub_with_overflow', 'mul_with_overflow']],
  [withOverflow(true), ['shl_with_overflow']],
  [shift, ['shl', 'shr', 'shl_exact', 'shr_exact', 'shl_sat']],
  [abs, ['abs']],
  [sameResult(isBoolOrInt, 'bool or an integer'), ['not']],
  [sameResult(isInt, 'an integer'), ['bit_reverse']],
  [bitCount, ['clz', 'ctz', 'popcount']],
  [byteSwap, ['byte_swap']],
  [cast(isInt, 'an integer', isInt, 'an integer'), ['intcast']],
  [trunc, ['trunc']],
  [bitcast, ['bitcast']],
  [floatResize((from, to) => to < from, 'narrower'), ['fptrunc']],
  [floatResize((from, to) => to > from, 'wider'), ['fpext']],
  [cast(isFloat, 'a float', isInt, 'an integer'), ['int_from_float']],
  [cast(isInt, 'an integer', isFloat, 'a float'), ['float_from_int']],
];
