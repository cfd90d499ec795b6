/**
 * Plain constants: which value of a type is the simplest, and which values are simpler than a given one.
 *
 * Owns the ranking that makes minimised cases readable (0 before 1 before the rest). Knows nothing of programs beyond the
 * navs that a pointer can point to. Whether a simpler value still shows the bug is for the caller to find out.
 */
import type { InternPool, IpIndex, NavIndex } from '../../core/index.ts';
import {
  elemCount,
  elemValue,
  enumFieldCount,
  enumFieldValue,
  enumValue,
  errorCodes,
  errorPayload,
  errorValue,
  floatNearest,
  floatPattern,
  IP,
  isAnyError,
  isPackedUnion,
  nullValue,
  numberOfPattern,
  payloadValue,
  pointeeAlign,
  SimpleType,
  TypeKind,
  unionValue,
  ValueKind,
} from '../../core/index.ts';
import type { NavModel } from './model.ts';

/** Elements of one aggregate that are simplified one by one; more would flood the reducer with candidates. */
const MAX_ELEMENTS = 16;

/** The simplest value of `ty` that a program may use, or null (functions, noreturn). */
export function simplestValue(pool: InternPool, ty: IpIndex, navs: readonly NavModel[]): IpIndex | null {
  switch (pool.typeKind(ty)) {
    case TypeKind.simple:
      return simplestOfSimple(pool, ty);
    case TypeKind.int:
      return pool.int(ty, 0n);
    case TypeKind.float:
      return floatNearest(pool, ty, 0);
    case TypeKind.array:
    case TypeKind.vector: {
      const elem = simplestValue(pool, pool.childType(ty), navs);
      return elem === null ? null : pool.repeated(ty, elem);
    }
    case TypeKind.struct:
    case TypeKind.packed: {
      if (isPackedUnion(pool, ty)) {
        const field = simplestValue(pool, pool.fieldType(ty, 0), navs);
        return field === null ? null : unionValue(pool, ty, 0, field);
      }
      const fields: IpIndex[] = [];
      for (let n = 0; n < pool.fieldCount(ty); n++) {
        const field = simplestValue(pool, pool.fieldType(ty, n), navs);
        if (field === null) return null;
        fields.push(field);
      }
      return pool.aggregate(ty, fields);
    }
    case TypeKind.slice: {
      const child = pool.childType(ty);
      const options = { size: 1 as const, isConst: pool.ptrIsConst(ty), align: pool.ptrAlign(ty) };
      // An empty slice may have any address, but keeps its promise of alignment.
      const ptr = pool.ptrInt(pool.ptrType(child, options), pointeeAlign(pool, ty));
      return pool.slice(ty, ptr, IP.zero_usize);
    }
    case TypeKind.ptr:
      return simplestPointer(pool, ty, navs);
    case TypeKind.opt:
      return nullValue(pool, ty);
    case TypeKind.error_set: {
      const code = isAnyError(pool, ty) ? Math.min(1, pool.errorNames.length) : (errorCodes(pool, ty)[0] ?? 0);
      return code === 0 ? null : errorValue(pool, ty, code);
    }
    case TypeKind.error_union: {
      const payload = simplestValue(pool, errorPayload(pool, ty), navs);
      return payload === null ? null : payloadValue(pool, ty, payload);
    }
    case TypeKind.enum:
      return enumValue(pool, ty, enumFieldCount(pool, ty) === 0 ? 0n : pool.intBig(enumFieldValue(pool, ty, 0)));
    case TypeKind.union: {
      const payload = simplestValue(pool, pool.fieldType(ty, 0), navs);
      return payload === null ? null : unionValue(pool, ty, 0, payload);
    }
    case TypeKind.fn:
      return null;
  }
}

function simplestOfSimple(pool: InternPool, ty: IpIndex): IpIndex | null {
  switch (pool.simpleType(ty)) {
    case SimpleType.void:
      return IP.void_value;
    case SimpleType.noreturn:
      return null;
    case SimpleType.bool:
      return IP.bool_false;
    case SimpleType.usize:
    case SimpleType.isize:
      return pool.int(ty, 0n);
  }
}

function simplestPointer(pool: InternPool, ty: IpIndex, navs: readonly NavModel[]): IpIndex {
  const child = pool.childType(ty);
  if (pool.typeKind(child) === TypeKind.fn) {
    const at = navs.findIndex(({ nav }) => nav.kind === 'func' && nav.ty === child);
    return at < 0 ? pool.undef(ty) : pool.ptrNav(ty, at as NavIndex);
  }
  const align = pool.ptrAlign(ty);
  const at = navs.findIndex(({ nav }) => nav.kind === 'var' && nav.ty === child && (align === 0 || nav.align >= align));
  if (at >= 0 && !pool.ptrIsMany(ty)) return pool.ptrNav(ty, at as NavIndex);
  if (!pool.ptrIsConst(ty) || pool.ptrIsMany(ty)) return pool.undef(ty);
  const value = simplestValue(pool, child, navs);
  return value === null ? pool.undef(ty) : pool.ptrUav(ty, value, align);
}

/** Constants worth trying in place of a computed value of `ty`, simplest first. */
export function plainValues(pool: InternPool, ty: IpIndex, navs: readonly NavModel[]): IpIndex[] {
  const simplest = simplestValue(pool, ty, navs);
  if (simplest === null) return [];
  if (ty === IP.bool_type) return [IP.bool_false, IP.bool_true];
  if (pool.isFloat(ty)) return [simplest, floatNearest(pool, ty, 1)];
  if (pool.isInt(ty)) {
    const bits = BigInt(pool.intBits(ty));
    const top = pool.intSigned(ty) ? 1n << (bits - 1n) : (1n << bits) - 1n;
    return distinct([simplest, pool.int(ty, 1n), pool.int(ty, -1n), pool.int(ty, top), pool.int(ty, top - 1n)]);
  }
  return [simplest];
}

/** Values of the type of `value` that are simpler than it, simplest first. */
export function simplerValues(pool: InternPool, value: IpIndex, navs: readonly NavModel[]): IpIndex[] {
  const ty = pool.typeOf(value);
  switch (pool.valueKind(value)) {
    case ValueKind.int:
      return simplerBits(pool.intBig(value)).map((v) => pool.int(ty, v));
    case ValueKind.bool:
      return value === IP.bool_true ? [IP.bool_false] : [];
    case ValueKind.float: {
      const number = numberOfPattern(pool.floatBits(ty), floatPattern(pool, value));
      return simplerNumbers(number).map((v) => floatNearest(pool, ty, v));
    }
    case ValueKind.aggregate:
    case ValueKind.bytes:
      return simplerAggregates(pool, value, navs);
    case ValueKind.repeated:
      return simplerValues(pool, elemValue(pool, value, 0), navs).map((elem) => pool.repeated(ty, elem));
    case ValueKind.ptr_nav:
      return pool.ptrOffset(value) === 0 ? [] : [pool.ptrNav(ty, pool.word(value, 1) as NavIndex)];
    case ValueKind.ptr_uav: {
      const inner = pool.word(value, 1) as IpIndex;
      const align = pool.word(value, 2);
      const offset = pool.ptrOffset(value);
      const simpler = simplerValues(pool, inner, navs).map((v) => pool.ptrUav(ty, v, align, offset));
      if (offset !== 0) simpler.push(pool.ptrUav(ty, inner, align));
      if (align !== 0) simpler.push(pool.ptrUav(ty, inner, 0, offset));
      return simpler;
    }
    case ValueKind.slice: {
      const ptr = pool.word(value, 1) as IpIndex;
      const len = pool.word(value, 2) as IpIndex;
      const simplest = simplestValue(pool, ty, navs);
      return [
        ...(simplest === null || simplest === value ? [] : [simplest]),
        ...simplerValues(pool, ptr, navs).map((p) => pool.slice(ty, p, len)),
        ...simplerValues(pool, len, navs).map((l) => pool.slice(ty, ptr, l)),
      ];
    }
    case ValueKind.payload: {
      const simplest = pool.typeKind(ty) === TypeKind.opt ? [nullValue(pool, ty)] : [];
      const inner = simplerValues(pool, pool.word(value, 1) as IpIndex, navs);
      return [...simplest, ...inner.map((v) => payloadValue(pool, ty, v))];
    }
    case ValueKind.union_value: {
      const field = pool.word(value, 1);
      return simplerValues(pool, pool.word(value, 2) as IpIndex, navs).map((v) => unionValue(pool, ty, field, v));
    }
    case ValueKind.err:
    case ValueKind.enum_tag: {
      const simplest = simplestValue(pool, ty, navs);
      return simplest === null || simplest === value ? [] : [simplest];
    }
    case ValueKind.undef:
    case ValueKind.void:
    case ValueKind.ptr_int:
    case ValueKind.null:
      return [];
  }
}

function simplerAggregates(pool: InternPool, value: IpIndex, navs: readonly NavModel[]): IpIndex[] {
  const ty = pool.typeOf(value);
  const simplest = simplestValue(pool, ty, navs);
  const simpler = simplest === null ? [] : [simplest];
  const count = elemCount(pool, ty);
  const elements = Array.from({ length: count }, (_, n) => elemValue(pool, value, n));
  for (let n = 0; n < Math.min(count, MAX_ELEMENTS); n++) {
    for (const elem of simplerValues(pool, elements[n]!, navs)) {
      simpler.push(pool.aggregate(ty, elements.with(n, elem)));
    }
  }
  return simpler;
}

/** Integers simpler than `value`, for arguments of calls as well. */
export function simplerBits(value: bigint): bigint[] {
  if (value === 0n) return [];
  if (value === 1n) return [0n];
  const magnitude = value < 0n ? -value : value;
  const sign = value < 0n ? -1n : 1n;
  const topBit = 1n << BigInt(magnitude.toString(2).length - 1);
  const list = [0n, 1n, -1n, 2n, sign * topBit, value / 2n, value / 10n, magnitude];
  return [...new Set(list)].filter((v) => v !== value && (value < 0n || v >= 0n));
}

function simplerNumbers(value: number): number[] {
  if (Object.is(value, 0)) return [];
  const list = [0, 1];
  if (Number.isFinite(value)) list.push(Math.trunc(value), Math.abs(value), Math.trunc(value / 2));
  return list.filter((v, n) => !Object.is(v, value) && list.indexOf(v) === n && (value !== 1 || v === 0));
}

function distinct<T>(list: readonly T[]): T[] {
  return [...new Set(list)];
}
