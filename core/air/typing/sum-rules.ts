/**
 * Typing rules of optionals, errors, enums, unions and names (docs/air.md section 6).
 *
 * Every rule of an instruction `x_ptr` is that of `x` behind a pointer: the address of a payload keeps const and promises no
 * more alignment than the place it lies at.
 */
import type { InternPool } from '../../intern/intern-pool.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { errorPayloadOffset, pointeeAlign } from '../../intern/layout.ts';
import { isPackedUnion } from '../../intern/packed.ts';
import { errorSetOf, payloadType, unionTag } from '../../intern/sums.ts';
import { TypeKind } from '../../intern/type-kinds.ts';
import type { InstIndex } from '../body/ref.ts';
import type { DescribedTag } from '../schema/ops.ts';
import { alignAfter, derived, isOne } from './memory-rules.ts';
import type { Check, TypingContext, TypingRule } from './rule.ts';
import { mismatch, rule, typeOfOperand, wrongKind } from './rule.ts';

type Sum = typeof TypeKind.opt | typeof TypeKind.error_union;

const NEED: Readonly<Record<Sum, string>> = {
  [TypeKind.opt]: 'an optional',
  [TypeKind.error_union]: 'an error union',
};

/** Type that the operand of `x_ptr` points to, if it is of `kind`. */
function behind(pool: InternPool, ptr: IpIndex, kind: TypeKind): IpIndex | null {
  if (!isOne(pool, ptr)) return null;
  const child = pool.childType(ptr);
  return pool.typeKind(child) === kind ? child : null;
}

/** un_op on a value of `kind`. */
function ofKind(kind: TypeKind, need: string): Check {
  return (f, inst) => {
    const ty = typeOfOperand(f, inst, 0);
    return f.pool.typeKind(ty) === kind ? null : wrongKind(f, 'the operand', ty, need);
  };
}

/** un_op on a pointer to a value of `kind`. */
function behindPointer(kind: Sum): Check {
  return (f, inst) => {
    const ptr = typeOfOperand(f, inst, 0);
    return behind(f.pool, ptr, kind) === null ? wrongKind(f, 'the operand', ptr, `a pointer to ${NEED[kind]}`) : null;
  };
}

/** The payload of a value: optional_payload, unwrap_errunion_payload, try. */
function payloadOf(kind: Sum): Check {
  return (f, inst) => {
    const ty = typeOfOperand(f, inst, 0);
    if (f.pool.typeKind(ty) !== kind) return wrongKind(f, 'the operand', ty, NEED[kind]);
    return mismatch(f, 'the result', f.body.ty(inst), payloadType(f.pool, ty));
  };
}

/** The address of the payload behind a pointer; `writes`: the instruction writes through it. */
function payloadPtr(kind: Sum, writes: boolean): Check {
  return (f, inst) => {
    const { pool } = f;
    const ptr = typeOfOperand(f, inst, 0);
    const sum = behind(pool, ptr, kind);
    if (sum === null) return wrongKind(f, 'the operand', ptr, `a pointer to ${NEED[kind]}`);
    const isConst = pool.ptrIsConst(ptr);
    if (writes && isConst) return `the operand has type ${f.nameOf(ptr)}: it is const`;
    const offset = kind === TypeKind.opt ? 0 : errorPayloadOffset(pool, sum);
    const align = offset === 0 ? pointeeAlign(pool, ptr) : alignAfter(pointeeAlign(pool, ptr), offset);
    return derived(f, f.body.ty(inst), 'one', payloadType(pool, sum), isConst, align);
  };
}

/** wrap_optional, wrap_errunion_payload: the result holds the operand. */
function wrapping(kind: Sum): Check {
  return (f, inst) => {
    const result = f.body.ty(inst);
    if (f.pool.typeKind(result) !== kind) return wrongKind(f, 'the result', result, NEED[kind]);
    return mismatch(f, 'the operand', typeOfOperand(f, inst, 0), payloadType(f.pool, result));
  };
}

const wrapError: Check = (f, inst) => {
  const result = f.body.ty(inst);
  if (f.pool.typeKind(result) !== TypeKind.error_union) return wrongKind(f, 'the result', result, 'an error union');
  return mismatch(f, 'the operand', typeOfOperand(f, inst, 0), errorSetOf(f.pool, result));
};

const errorOf: Check = (f, inst) => {
  const ty = typeOfOperand(f, inst, 0);
  if (f.pool.typeKind(ty) !== TypeKind.error_union) return wrongKind(f, 'the operand', ty, 'an error union');
  return mismatch(f, 'the result', f.body.ty(inst), errorSetOf(f.pool, ty));
};

const errorBehind: Check = (f, inst) => {
  const ptr = typeOfOperand(f, inst, 0);
  const sum = behind(f.pool, ptr, TypeKind.error_union);
  if (sum === null) return wrongKind(f, 'the operand', ptr, 'a pointer to an error union');
  return mismatch(f, 'the result', f.body.ty(inst), errorSetOf(f.pool, sum));
};

const errorsLen: Check = (f, inst) => {
  const ty = typeOfOperand(f, inst, 0);
  const fits = f.pool.typeKind(ty) === TypeKind.int && !f.pool.intSigned(ty) && f.pool.intBits(ty) === 16;
  return fits ? null : wrongKind(f, 'the operand', ty, 'u16');
};

const hasValue: Check = (f, inst) => {
  const set = f.body.ty(inst);
  if (f.pool.typeKind(set) !== TypeKind.error_set) return wrongKind(f, 'the set', set, 'an error set');
  const ty = typeOfOperand(f, inst, 0);
  return f.pool.typeKind(ty) === TypeKind.error_set ? null : wrongKind(f, 'the operand', ty, 'an error');
};

/** Tag type of union `ty`, or null if it is no union or has none. */
function tagOf(pool: InternPool, ty: IpIndex): IpIndex | null {
  return pool.typeKind(ty) === TypeKind.union ? unionTag(pool, ty) : null;
}

const getTag: Check = (f, inst) => {
  const ty = typeOfOperand(f, inst, 0);
  const tag = tagOf(f.pool, ty);
  if (tag === null) return wrongKind(f, 'the operand', ty, 'a union with a tag');
  return mismatch(f, 'the result', f.body.ty(inst), tag);
};

const setTag: Check = (f, inst) => {
  const { pool } = f;
  const ptr = typeOfOperand(f, inst, 0);
  const tag = isOne(pool, ptr) ? tagOf(pool, pool.childType(ptr)) : null;
  if (tag === null) return wrongKind(f, 'the left operand', ptr, 'a pointer to a union with a tag');
  if (pool.ptrIsConst(ptr)) return `the left operand has type ${f.nameOf(ptr)}: it is const`;
  return mismatch(f, 'the right operand', typeOfOperand(f, inst, 1), tag);
};

function unionInit(f: TypingContext, inst: InstIndex): string | null {
  const { pool, body } = f;
  const ty = body.ty(inst);
  if (pool.typeKind(ty) !== TypeKind.union && !isPackedUnion(pool, ty))
    return wrongKind(f, 'the result', ty, 'a union');
  const field = body.number(inst);
  if (field >= pool.fieldCount(ty)) return `${f.nameOf(ty)} has no field ${field}`;
  return mismatch(f, 'the operand', typeOfOperand(f, inst, 0), pool.fieldType(ty, field));
}

const isNull = rule('bool', ofKind(TypeKind.opt, NEED[TypeKind.opt]));
const isNullPtr = rule('bool', behindPointer(TypeKind.opt));
const isErr = rule('bool', ofKind(TypeKind.error_union, NEED[TypeKind.error_union]));
const isErrPtr = rule('bool', behindPointer(TypeKind.error_union));
const tried = rule('ty', payloadOf(TypeKind.error_union));
const triedPtr = rule('ty', payloadPtr(TypeKind.error_union, false));

/** Rules of this file. */
export const SUM_RULES = {
  is_null: isNull,
  is_non_null: isNull,
  is_null_ptr: isNullPtr,
  is_non_null_ptr: isNullPtr,
  is_err: isErr,
  is_non_err: isErr,
  is_err_ptr: isErrPtr,
  is_non_err_ptr: isErrPtr,
  optional_payload: rule('ty', payloadOf(TypeKind.opt)),
  optional_payload_ptr: rule('ty', payloadPtr(TypeKind.opt, false)),
  optional_payload_ptr_set: rule('ty', payloadPtr(TypeKind.opt, true)),
  wrap_optional: rule('ty', wrapping(TypeKind.opt)),
  unwrap_errunion_payload: tried,
  unwrap_errunion_payload_ptr: triedPtr,
  unwrap_errunion_err: rule('ty', errorOf),
  unwrap_errunion_err_ptr: rule('ty', errorBehind),
  errunion_payload_ptr_set: rule('ty', payloadPtr(TypeKind.error_union, true)),
  wrap_errunion_payload: rule('ty', wrapping(TypeKind.error_union)),
  wrap_errunion_err: rule('ty', wrapError),
  try: tried,
  try_cold: tried,
  try_ptr: triedPtr,
  try_ptr_cold: triedPtr,
  cmp_lt_errors_len: rule('bool', errorsLen),
  error_set_has_value: rule('bool', hasValue),
  error_name: rule('name', ofKind(TypeKind.error_set, 'an error')),
  tag_name: rule('name', ofKind(TypeKind.enum, 'an enum')),
  is_named_enum_value: rule('bool', ofKind(TypeKind.enum, 'an enum')),
  get_union_tag: rule('ty', getTag),
  set_union_tag: rule('void', setTag),
  union_init: rule('ty', unionInit),
} as const satisfies Readonly<Partial<Record<DescribedTag, TypingRule>>>;
