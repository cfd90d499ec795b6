/**
 * Types as the generator sees them: one record per interned type, with the facts that choices need.
 *
 * Owns the records and how derived types are made. Draws nothing, and does not know what there is of a type: values in
 * scope are in scope.ts, objects and functions in program.ts. Invariant: one record per type of one pool, so records are
 * compared by identity.
 */
import type { FieldType, InternPool, IpIndex, StructLayout } from '../../core/index.ts';
import {
  abiAlign,
  abiSize,
  backingOf,
  CallConv,
  enumTag,
  errorPayload,
  errorSetOf,
  fieldOffset,
  isByRef,
  SimpleType,
  TypeKind,
  unionTag,
} from '../../core/index.ts';

/** What a type is, as far as the choice of instructions goes. */
export const Class = {
  nothing: 0,
  int: 1,
  bool: 2,
  float: 3,
  /** Pointer to one. */
  ptr: 4,
  /** Pointer to many. */
  many: 5,
  slice: 6,
  /** Pointer to a function. */
  fnptr: 7,
  array: 8,
  struct: 9,
  fn: 10,
  opt: 11,
  errors: 12,
  /** Error union. */
  fallible: 13,
  enum: 14,
  union: 15,
  packed: 16,
  vector: 17,
} as const;
export type Class = (typeof Class)[keyof typeof Class];

/** Facts of one type. */
export interface TypeInfo {
  readonly ip: IpIndex;
  /** Number of records that were made before this one: an index for tables by type. */
  readonly at: number;
  readonly cls: Class;
  /** Integers and floats: width. */
  readonly bits: number;
  readonly signed: boolean;
  /** Integers: least value. */
  readonly min: number;
  /** Integers: an upper bound of every value (exact up to 53 bits, else 2^N or 2^(N-1)). */
  readonly full: number;
  /** Integers: a value bounded by this, a finite number, certainly fits. */
  readonly max: number;
  readonly size: number;
  readonly align: number;
  readonly byRef: boolean;
  /** Pointee or element. */
  readonly child: TypeInfo | null;
  /** Pointers and slices: may not be written through. */
  readonly isConst: boolean;
  /** Arrays: elements without the sentinel. */
  readonly length: number;
  readonly sentinel: boolean;
  /** Integer of an enum or packed struct, enum of a tagged union, error set of an error union. */
  readonly tag: TypeInfo | null;
  readonly fields: readonly TypeInfo[];
  readonly offsets: readonly number[];
  /** Functions and pointers to them. */
  readonly params: readonly TypeInfo[];
  readonly result: TypeInfo | null;
  /** Every byte belongs to an integer that fills its bytes: memory of it may be seen as other such integers. */
  readonly raw: boolean;
}

/** Records of the types of one pool. */
export interface Types {
  readonly pool: InternPool;
  readonly byIndex: (TypeInfo | undefined)[];
  /** Number of records. */
  count: number;
}

/** Record of type `ip`. */
export function typeInfo(types: Types, ip: IpIndex): TypeInfo {
  return types.byIndex[ip] ?? (types.byIndex[ip] = describe(types, ip));
}

function classOf(pool: InternPool, ip: IpIndex): Class {
  switch (pool.typeKind(ip)) {
    case TypeKind.int:
      return Class.int;
    case TypeKind.ptr:
      if (pool.isFnPtr(ip)) return Class.fnptr;
      return pool.ptrIsMany(ip) ? Class.many : Class.ptr;
    case TypeKind.slice:
      return Class.slice;
    case TypeKind.array:
      return Class.array;
    case TypeKind.struct:
      return Class.struct;
    case TypeKind.fn:
      return Class.fn;
    case TypeKind.float:
      return Class.float;
    case TypeKind.opt:
      return Class.opt;
    case TypeKind.error_set:
      return Class.errors;
    case TypeKind.error_union:
      return Class.fallible;
    case TypeKind.enum:
      return Class.enum;
    case TypeKind.union:
      return Class.union;
    case TypeKind.packed:
      return Class.packed;
    case TypeKind.vector:
      return Class.vector;
    case TypeKind.simple:
      return classOfSimple(pool.simpleType(ip));
  }
}

function classOfSimple(simple: SimpleType): Class {
  switch (simple) {
    case SimpleType.void:
    case SimpleType.noreturn:
      return Class.nothing;
    case SimpleType.bool:
      return Class.bool;
    case SimpleType.usize:
    case SimpleType.isize:
      return Class.int;
  }
}

/** Whether types of class `cls` have a pointee or element type. */
function hasChild(cls: Class): boolean {
  switch (cls) {
    case Class.ptr:
    case Class.many:
    case Class.slice:
    case Class.fnptr:
    case Class.array:
    case Class.opt:
    case Class.vector:
      return true;
    case Class.nothing:
    case Class.int:
    case Class.bool:
    case Class.float:
    case Class.struct:
    case Class.fn:
    case Class.errors:
    case Class.fallible:
    case Class.enum:
    case Class.union:
    case Class.packed:
      return false;
  }
}

/** Whether values of class `cls` point to data: pointers and slices, which may forbid writing. */
export function isDataPointer(cls: Class): boolean {
  switch (cls) {
    case Class.ptr:
    case Class.many:
    case Class.slice:
      return true;
    case Class.nothing:
    case Class.int:
    case Class.bool:
    case Class.float:
    case Class.fnptr:
    case Class.array:
    case Class.struct:
    case Class.fn:
    case Class.opt:
    case Class.errors:
    case Class.fallible:
    case Class.enum:
    case Class.union:
    case Class.packed:
    case Class.vector:
      return false;
  }
}

const NEARLY_ONE = 1 - 2 ** -53;
const POWERS = Array.from({ length: 1024 }, (_, exponent) => 2 ** exponent);

/** 2 to the power of `exponent`, a non-negative integer. */
function powerOfTwo(exponent: number): number {
  return exponent < POWERS.length ? POWERS[exponent]! : Infinity;
}

function describe(types: Types, ip: IpIndex): TypeInfo {
  const { pool } = types;
  const cls = classOf(pool, ip);
  const isInt = cls === Class.int;
  const bits = isInt ? pool.intBits(ip) : cls === Class.float ? pool.floatBits(ip) : 0;
  const signed = isInt && pool.intSigned(ip);
  const limit = isInt ? powerOfTwo(signed ? bits - 1 : bits) : 0;
  const child = hasChild(cls)
    ? typeInfo(types, pool.childType(ip))
    : cls === Class.fallible
      ? typeInfo(types, errorPayload(pool, ip))
      : null;
  // Parts get their records before the whole does.
  const hasFields = cls === Class.struct || cls === Class.union || cls === Class.packed;
  const fields = hasFields ? fieldsOf(types, ip) : NO_TYPES;
  const tag = cls >= Class.opt ? tagInfo(types, cls, ip) : null;
  const fn = cls === Class.fn ? ip : cls === Class.fnptr ? child!.ip : null;
  const params = fn === null ? NO_TYPES : paramsOf(types, fn);
  const size = cls === Class.fn ? 0 : abiSize(pool, ip);
  return {
    ip,
    at: types.count++,
    cls,
    bits,
    signed,
    min: signed ? -limit : 0,
    full: bits <= 53 ? limit - 1 : limit,
    max: bits <= 53 ? limit - 1 : Math.min(limit * NEARLY_ONE, Number.MAX_VALUE),
    size,
    align: cls === Class.fn ? 1 : abiAlign(pool, ip),
    byRef: cls !== Class.fn && isByRef(pool, ip),
    child,
    isConst: isDataPointer(cls) && pool.ptrIsConst(ip),
    length: cls === Class.array || cls === Class.vector ? pool.arrayLen(ip) : 0,
    sentinel: cls === Class.array && pool.arraySentinel(ip) !== null,
    tag,
    fields,
    offsets: hasFields ? offsetsOf(pool, ip) : NO_OFFSETS,
    params,
    result: fn === null ? null : typeInfo(types, pool.fnReturn(fn)),
    raw: isInt ? bits === size * 8 : cls === Class.array && child!.raw && pool.arraySentinel(ip) === null,
  };
}

const NO_TYPES: readonly TypeInfo[] = [];
const NO_OFFSETS: readonly number[] = [];

function fieldsOf(types: Types, struct: IpIndex): readonly TypeInfo[] {
  const { pool } = types;
  const fields: TypeInfo[] = [];
  for (let n = 0; n < pool.fieldCount(struct); n++) fields.push(typeInfo(types, pool.fieldType(struct, n)));
  return fields;
}

function offsetsOf(pool: InternPool, struct: IpIndex): readonly number[] {
  const offsets: number[] = [];
  for (let n = 0; n < pool.fieldCount(struct); n++) offsets.push(fieldOffset(pool, struct, n));
  return offsets;
}

function paramsOf(types: Types, fn: IpIndex): readonly TypeInfo[] {
  const { pool } = types;
  const params: TypeInfo[] = [];
  for (let n = 0; n < pool.fnParamCount(fn); n++) params.push(typeInfo(types, pool.fnParam(fn, n)));
  return params;
}

function tagInfo(types: Types, cls: Class, ip: IpIndex): TypeInfo | null {
  const { pool } = types;
  if (cls === Class.enum) return typeInfo(types, enumTag(pool, ip));
  if (cls === Class.packed) return typeInfo(types, backingOf(pool, ip));
  if (cls === Class.fallible) return typeInfo(types, errorSetOf(pool, ip));
  const tag = cls === Class.union ? unionTag(pool, ip) : null;
  return tag === null ? null : typeInfo(types, tag);
}

/** Integer type of `bits` bits. */
export function intInfo(types: Types, signed: boolean, bits: number): TypeInfo {
  return typeInfo(types, types.pool.intType(signed, bits));
}

/** `*T` or `*const T`; `align` in bytes, 0 = natural. */
export function ptrInfo(types: Types, child: TypeInfo, isConst: boolean, align = 0): TypeInfo {
  return typeInfo(types, types.pool.ptrType(child.ip, { isConst, align }));
}

/** `[*]T` or `[*]const T`. */
export function manyInfo(types: Types, child: TypeInfo, isConst: boolean): TypeInfo {
  return typeInfo(types, types.pool.ptrType(child.ip, { size: 1, isConst }));
}

/** `[]T` or `[]const T`. */
export function sliceInfo(types: Types, child: TypeInfo, isConst: boolean): TypeInfo {
  return typeInfo(types, types.pool.sliceType(child.ip, { isConst }));
}

/** `[n]T`. */
export function arrayInfo(types: Types, child: TypeInfo, length: number, sentinel: IpIndex | null = null): TypeInfo {
  return typeInfo(types, types.pool.arrayType(child.ip, length, sentinel));
}

/** Struct or tuple. */
export function structInfo(types: Types, layout: StructLayout, fields: readonly FieldType[]): TypeInfo {
  return typeInfo(types, types.pool.structType(layout, fields));
}

/** Constant pointer to a function type. */
export function fnPtrInfo(
  types: Types,
  params: readonly TypeInfo[],
  result: TypeInfo,
  conv: CallConv = CallConv.auto,
): TypeInfo {
  const { pool } = types;
  const fn = pool.fnType(
    params.map((param) => param.ip),
    result.ip,
    conv,
  );
  return typeInfo(types, pool.ptrType(fn, { isConst: true }));
}

/** Whether `info` is an integer, bool or float. */
export function isScalar({ cls }: TypeInfo): boolean {
  return cls === Class.int || cls === Class.bool || cls === Class.float;
}

/** Whether `info` is an optional, error set, error union, enum, union, packed struct or vector. */
export function isSum({ cls }: TypeInfo): boolean {
  return cls >= Class.opt;
}

/** Whether functions can be given an `info`, or give one back, from outside: a scalar that is not passed in memory. */
export function isPortable(info: TypeInfo): boolean {
  return isScalar(info) && !info.byRef;
}

/** Whether `info` is a struct or array: copied by value, held in memory. */
export function isAggregate(info: TypeInfo): boolean {
  return info.cls === Class.array || info.cls === Class.struct;
}
