/**
 * Steps of optionals, error unions, enums, unions and names (docs/air.md section 6).
 *
 * A payload that is not there, an error that is none and a tag without a name are illegal. Through a pointer the whole value is
 * looked at, so that all of it has to be readable.
 */
import { errorPayloadOffset, fieldOffset, pointeeAlign, ptrSize, unionTagOffset } from '../../core/intern/layout.ts';
import type { IpIndex } from '../../core/intern/keys.ts';
import {
  enumFieldCount,
  enumFieldName,
  enumFieldValue,
  errorCodes,
  isAnyError,
  nameBytes,
  unionTag,
} from '../../core/intern/sums.ts';
import { TypeKind } from '../../core/intern/type-kinds.ts';
import { moved, placeToWrite } from '../model/access.ts';
import { readValue, writeValue } from '../model/encoding.ts';
import { NEXT } from '../model/frame.ts';
import { illegal } from '../model/halt.ts';
import { packedVariant } from '../model/packed.ts';
import type { OptionalShape } from '../model/shapes.ts';
import { newVariant } from '../model/sum-encoding.ts';
import type { Value } from '../model/values.ts';
import { anyIntOf, isPointer, numberOf, partOf, variantOf, wrappedOf } from '../model/values.ts';
import { loader } from './memory-steps.ts';
import type { Handler, Preparation } from './preparation.ts';

/** un_op or ty_op: the result is a function of the operand. */
function computing(
  pick: (p: Preparation, operandTy: IpIndex, inst: Parameters<Handler>[1]) => (v: Value) => Value,
): Handler {
  return (p, inst) => {
    const a = p.operand(p.body.operand(inst));
    const apply = pick(p, p.typeOf(p.body.operand(inst)), inst);
    return ({ values }) => {
      values[inst] = apply(values[a]);
      return NEXT;
    };
  };
}

/** As {@link computing}, of the value behind the operand. */
function behind(apply: (v: Value) => Value): Handler {
  return computing((p, ty) => {
    const read = loader(p, ty);
    return (v) => apply(read(v));
  });
}

function isPresent(v: Value): number {
  return wrappedOf(v).kind === 'payload' ? 1 : 0;
}

/** is_non_null, is_non_err. */
export const present = computing(() => isPresent);
/** is_null, is_err. */
export const absent = computing(() => (v) => 1 - isPresent(v));
/** is_non_null_ptr, is_non_err_ptr. */
export const presentBehind = behind(isPresent);
/** is_null_ptr, is_err_ptr. */
export const absentBehind = behind((v) => 1 - isPresent(v));

function payloadOf(v: Value): Value {
  const wrapped = wrappedOf(v);
  return wrapped.kind === 'payload' ? wrapped.payload : illegal('wrong_variant');
}

/** optional_payload, unwrap_errunion_payload. */
export const payload = computing(() => payloadOf);

/** Distance of the payload from the start of an optional or error union. */
function payloadDistance(p: Preparation, ty: IpIndex): number {
  return p.pool.typeKind(ty) === TypeKind.opt ? 0 : errorPayloadOffset(p.pool, ty);
}

/** optional_payload_ptr, unwrap_errunion_payload_ptr. */
export const payloadAddress = computing((p, ty) => {
  const read = loader(p, ty);
  const distance = payloadDistance(p, p.pool.childType(ty));
  return (v) => {
    payloadOf(read(v));
    return moved(v, distance);
  };
});

/** optional_payload_ptr_set, errunion_payload_ptr_set: the payload keeps its bytes, unless they are what said null. */
export const settingPayload = computing((p, ty) => {
  const child = p.pool.childType(ty);
  const shape = p.shape(child);
  const align = pointeeAlign(p.pool, ty);
  const distance = payloadDistance(p, child);
  return (v) => {
    const { object, offset } = placeToWrite(v, shape.size, align);
    if (shape.kind === 'error_union') object.writeNumber(offset + shape.codeOffset, 2, 0);
    else if (shape.kind === 'optional' && shape.nullBy === 'flag') object.writeNumber(offset + shape.flagOffset, 1, 1);
    else object.erase(offset, shape.size);
    return moved(v, distance);
  };
});

/** wrap_optional: where a value of the payload says null, that value cannot be wrapped. */
export const wrapOptional = computing((p, _, inst) => {
  const shape = p.shape(p.body.ty(inst)) as OptionalShape;
  return (v) => {
    if (shape.nullBy !== 'flag') {
      const decides = shape.payload.kind === 'parts' ? partOf(v, 0) : v;
      if (decides === undefined) return undefined;
      if (shape.nullBy === 'address' && mayBeZero(decides)) return illegal('null_or_numeric_address');
    }
    return { kind: 'payload', payload: v };
  };
});

/** Whether an address may be 0: a variable without bytes has none of its own. */
export function mayBeZero(v: Value): boolean {
  if (!isPointer(v)) return false;
  return v.object === null ? v.offset === 0 : v.object.role === 'nav' && v.object.size === 0;
}

/** wrap_errunion_payload. */
export const wrapPayload = computing(() => (v) => ({ kind: 'payload', payload: v }));

/** wrap_errunion_err. */
export const wrapError = computing(() => (v) => (v === undefined ? undefined : { kind: 'absent', code: numberOf(v) }));

function errorOf(v: Value): Value {
  const wrapped = wrappedOf(v);
  return wrapped.kind === 'absent' ? wrapped.code : illegal('wrong_variant');
}

/** unwrap_errunion_err. */
export const error = computing(() => errorOf);
/** unwrap_errunion_err_ptr. */
export const errorBehind = behind(errorOf);

/** try, try_cold. */
export const attempt: Handler = (p, inst) => {
  const { machine } = p;
  const a = p.operand(p.body.operand(inst));
  const onError = p.sequence(p.body.blockBody(inst));
  return (frame) => {
    const wrapped = wrappedOf(frame.values[a]);
    if (wrapped.kind === 'absent') return machine.execute(onError, frame);
    frame.values[inst] = wrapped.payload;
    return NEXT;
  };
};

/** try_ptr, try_ptr_cold. */
export const attemptBehind: Handler = (p, inst) => {
  const { machine } = p;
  const a = p.operand(p.body.operand(inst));
  const ty = p.typeOf(p.body.operand(inst));
  const read = loader(p, ty);
  const distance = payloadDistance(p, p.pool.childType(ty));
  const onError = p.sequence(p.body.blockBody(inst));
  return (frame) => {
    const address = frame.values[a];
    if (wrappedOf(read(address)).kind === 'absent') return machine.execute(onError, frame);
    frame.values[inst] = moved(address, distance);
    return NEXT;
  };
};

/** cmp_lt_errors_len. */
export const isErrorCode = computing((p) => (v) => (numberOf(v) <= p.pool.errorNames.length ? 1 : 0));

/** error_set_has_value. */
export const isOfSet = computing((p, _, inst) => {
  const set = p.body.ty(inst);
  const codes = isAnyError(p.pool, set) ? null : new Set(errorCodes(p.pool, set));
  return (v) => (codes === null || codes.has(numberOf(v)) ? 1 : 0);
});

/** error_name. */
export const errorName = computing((p) => (v) => {
  const name = p.pool.errorNames[numberOf(v) - 1];
  return name === undefined ? illegal('wrong_variant') : p.machine.space.text(nameBytes(p.pool, name));
});

/** Number of the named value of an enum by its integer. */
function fieldsByValue(p: Preparation, ty: IpIndex): ReadonlyMap<bigint, number> {
  const fields = new Map<bigint, number>();
  for (let n = 0; n < enumFieldCount(p.pool, ty); n++) fields.set(p.pool.intBig(enumFieldValue(p.pool, ty, n)), n);
  return fields;
}

/** tag_name. */
export const tagName = computing((p, ty) => {
  const fields = fieldsByValue(p, ty);
  return (v) => {
    const field = fields.get(anyIntOf(v));
    if (field === undefined) return illegal('wrong_variant');
    return p.machine.space.text(nameBytes(p.pool, enumFieldName(p.pool, ty, field)));
  };
});

/** is_named_enum_value. */
export const isNamed = computing((p, ty) => {
  const fields = fieldsByValue(p, ty);
  return (v) => (fields.has(anyIntOf(v)) ? 1 : 0);
});

/** union_init. */
export const makeUnion: Handler = (p, inst) => {
  const { pool, body } = p;
  const ty = body.ty(inst);
  const field = body.number(inst);
  const a = p.operand(body.operand(inst));
  const shape = p.shape(ty);
  const fieldShape = p.shape(pool.fieldType(ty, field));
  if (pool.typeKind(ty) === TypeKind.packed) {
    return ({ values }) => {
      values[inst] = packedVariant(pool, ty, field, values[a]);
      return NEXT;
    };
  }
  const offset = fieldOffset(pool, ty, field);
  const tag = unionTag(pool, ty);
  const number = tag === null ? null : p.machine.space.constant(enumFieldValue(pool, tag, field));
  if (shape.kind !== 'union') return p.illTyped(inst);
  return ({ values }) => {
    const variant = newVariant(shape.size, ptrSize(pool));
    writeValue(variant.bytes, offset, fieldShape, values[a]);
    if (shape.tag !== null) writeValue(variant.bytes, shape.tagOffset, shape.tag, number!);
    values[inst] = variant;
    return NEXT;
  };
};

/** get_union_tag. */
export const tagOfUnion = computing((p, ty) => {
  const shape = p.shape(ty);
  return (v) => {
    if (v === undefined || shape.kind !== 'union' || shape.tag === null) return undefined;
    return readValue(variantOf(v).bytes, shape.tagOffset, shape.tag);
  };
});

/** struct_field_val of a union. */
export function fieldOfUnion(p: Preparation, ty: IpIndex, field: number): (v: Value) => Value {
  const shape = p.shape(p.pool.fieldType(ty, field));
  const offset = fieldOffset(p.pool, ty, field);
  return (v) => (v === undefined ? undefined : readValue(variantOf(v).bytes, offset, shape));
}

/** set_union_tag. */
export const setTag: Handler = (p, inst) => {
  const a = p.operand(p.body.lhs(inst));
  const t = p.operand(p.body.rhs(inst));
  const ptrTy = p.typeOf(p.body.lhs(inst));
  const ty = p.pool.childType(ptrTy);
  const shape = p.shape(unionTag(p.pool, ty)!);
  const distance = unionTagOffset(p.pool, ty);
  const { size } = p.shape(ty);
  const align = pointeeAlign(p.pool, ptrTy);
  return ({ values }) => {
    const { object, offset } = placeToWrite(values[a], size, align);
    writeValue(object, offset + distance, shape, values[t]);
    return NEXT;
  };
};
