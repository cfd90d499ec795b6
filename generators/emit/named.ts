/**
 * Errors, enums and unions: names, membership, tags and fields.
 *
 * Invariant: a name is asked for only of a value that has one; a field of a tagged union is read only where the tag says so,
 * and a tag is set together with the field it speaks of.
 */
import { enumFieldValue, enumValue, IP, isOpenEnum, unionTag, valueRef } from '../../core/index.ts';
import { sumsOf } from '../draw/draw-sums.ts';
import { intConst } from '../draw/constants.ts';
import type { Fact, Value } from '../model/scope.ts';
import { OUTER_OBJECT, unlisted } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';
import { Class, intInfo, ptrInfo, sliceInfo } from '../model/types.ts';
import type { Emitter, Gen } from './gen.ts';
import { boolInfo, can, compare, define, defineFull, infoOf, use } from './gen.ts';
import { operand, wrap } from './operands.ts';
import { defineLoaded } from './pointers.ts';
import { markWritten, store } from './slots.ts';
import { guarded, sumOperand, sumPointer } from './sums.ts';

/** Names are static and have at least one byte. */
const NAME_FACT: Fact = { isStatic: true, object: OUTER_OBJECT, ahead: 1, most: Infinity, behind: 0 };

function nameInfo(g: Gen): TypeInfo {
  return sliceInfo(g.p.types, infoOf(g, IP.u8_type), true);
}

/** cmp_lt_errors_len: near the number of errors, and far from it. */
export const belowErrorsLen: Emitter = (g) => {
  const u16 = intInfo(g.p.types, false, 16);
  const near = g.p.pool.errorNames.length + g.r.between(-1, 2);
  const v = g.r.chance(150) ? intConst(g.p, u16, near) : operand(g, u16);
  define(g, g.b.un('cmp_lt_errors_len', use(v)), boolInfo(g), 0, 1);
  return true;
};

/** error_set_has_value. */
export const hasValue: Emitter = (g) => {
  const v = sumOperand(g, Class.errors);
  if (v === null) return false;
  const set = g.r.pick(sumsOf(g.p, Class.errors));
  define(g, g.b.tyOp('error_set_has_value', set.ip, use(v)), boolInfo(g), 0, 1);
  return true;
};

/** error_name. */
export const nameOfError: Emitter = (g) => {
  const v = sumOperand(g, Class.errors);
  if (v === null) return false;
  defineFull(g, g.b.un('error_name', use(v)), nameInfo(g), NAME_FACT);
  return true;
};

/** tag_name: of an open enum behind is_named_enum_value. */
export const nameOfTag: Emitter = (g) => {
  const v = sumOperand(g, Class.enum);
  if (v === null) return false;
  const info = nameInfo(g);
  if (!isOpenEnum(g.p.pool, v.info.ip)) {
    defineFull(g, g.b.un('tag_name', use(v)), info, NAME_FACT);
    return true;
  }
  if (!can(g, 'is_named_enum_value')) return false;
  const cond = define(g, g.b.un('is_named_enum_value', use(v)), boolInfo(g), 0, 1);
  guarded(g, info, cond, () => defineFull(g, g.b.un('tag_name', use(v)), info, NAME_FACT));
  return true;
};

/** is_named_enum_value, of an open enum also of a value made of any integer. */
export const isNamed: Emitter = (g) => {
  let v = sumOperand(g, Class.enum);
  if (v === null) return false;
  if (isOpenEnum(g.p.pool, v.info.ip) && g.r.chance(128)) {
    const { info } = v;
    v = defineFull(g, g.b.tyOp('bitcast', info.ip, use(operand(g, info.tag!))), info);
  }
  define(g, g.b.un('is_named_enum_value', use(v)), boolInfo(g), 0, 1);
  return true;
};

function isTagged(g: Gen): (info: TypeInfo) => boolean {
  return (info) => unionTag(g.p.pool, info.ip) !== null;
}

/** get_union_tag, and often the field that it speaks of. */
export const tagOfUnion: Emitter = (g) => {
  const v = sumOperand(g, Class.union, isTagged(g));
  if (v === null) return false;
  const tag = v.info.tag!;
  const found = defineFull(g, g.b.tyOp('get_union_tag', tag.ip, use(v)), tag);
  if (!can(g, 'struct_field_val') || !can(g, 'cmp_eq') || g.r.chance(60)) return true;
  const n = g.r.below(v.info.fields.length);
  const field = v.info.fields[n]!;
  const wanted = g.p.pool.intBig(enumFieldValue(g.p.pool, tag.ip, n));
  const constant = unlisted(valueRef(enumValue(g.p.pool, tag.ip, wanted)), tag, 0, 0);
  guarded(g, field, compare(g, 'cmp_eq', found, constant), () => fieldOf(g, v, n));
  return true;
};

/** struct_field_val of a union; null for a field without bits. */
function fieldOf(g: Gen, v: Value, n: number): Value | null {
  const field = v.info.fields[n]!;
  const ref = g.b.field('struct_field_val', field.ip, use(v), n);
  return field.size === 0 ? null : defineLoaded(g, ref, field);
}

/** set_union_tag, with the payload that goes with it. */
export const settingTag: Emitter = (g) => {
  const pointer = can(g, 'struct_field_ptr') ? sumPointer(g, Class.union, true, isTagged(g)) : null;
  if (pointer === null) return false;
  const union = pointer.info.child!;
  const n = g.r.below(union.fields.length);
  const field = union.fields[n]!;
  const payload = field.size === 0 ? null : operand(g, field, true);
  const tag = g.p.pool.intBig(enumFieldValue(g.p.pool, union.tag!.ip, n));
  g.b.bin('set_union_tag', use(pointer), valueRef(enumValue(g.p.pool, union.tag!.ip, tag)));
  if (payload !== null) store(g, fieldPlace(g, pointer, n), payload);
  markWritten(pointer);
  return true;
};

function fieldPlace(g: Gen, pointer: Value, n: number): Value {
  const info = ptrInfo(g.p.types, pointer.info.child!.fields[n]!, pointer.info.isConst);
  return unlisted(g.b.field('struct_field_ptr', info.ip, use(pointer), n), info, 0, 0, pointer.fact);
}

/** union_init; the field is read again, by value or in memory, of a union without tag as another one. */
export const makingUnion: Emitter = (g) => {
  const types = sumsOf(g.p, Class.union);
  if (types.length === 0) return false;
  const info = g.r.pick(types);
  const n = g.r.below(info.fields.length);
  const made = wrap(g, info, true, n);
  const seen = info.tag === null ? g.r.below(info.fields.length) : n;
  if (g.r.chance(128) && can(g, 'struct_field_val')) fieldOf(g, made, seen);
  if (info.tag === null && can(g, 'struct_field_ptr') && g.r.chance(100)) {
    const pointer = sumPointer(g, Class.union, true, (type) => type === info)!;
    const other = g.r.below(info.fields.length);
    const value = operand(g, info.fields[other]!, true);
    store(g, fieldPlace(g, pointer, other), value);
    const place = fieldPlace(g, pointer, seen);
    defineLoaded(g, g.b.tyOp('load', info.fields[seen]!.ip, place.ref), info.fields[seen]!);
    markWritten(pointer);
  }
  return true;
};
