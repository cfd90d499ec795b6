/**
 * Plain constants: which value of a type is the simplest, and which values are simpler than a given one.
 *
 * Owns the ranking that makes minimised cases readable (0 before 1 before the rest). Knows nothing of programs beyond the
 * navs that a pointer can point to. Whether a simpler value still shows the bug is for the caller to find out.
 */
import type { InternPool, IpIndex, NavIndex } from '../../core/index.ts';
import { IP, ItemKind, pointeeAlign } from '../../core/index.ts';
import type { NavModel } from './model.ts';

/** Elements of one aggregate that are simplified one by one; more would flood the reducer with candidates. */
const MAX_ELEMENTS = 16;

/** The simplest value of `ty` that a program may use, or null (functions, noreturn). */
export function simplestValue(pool: InternPool, ty: IpIndex, navs: readonly NavModel[]): IpIndex | null {
  switch (pool.kind(ty)) {
    case ItemKind.ty_simple:
      if (ty === IP.void_type) return IP.void_value;
      if (ty === IP.noreturn_type) return null;
      if (ty === IP.bool_type) return IP.bool_false;
      return pool.isFloat(ty) ? floatValue(pool, ty, 0) : pool.int(ty, 0n);
    case ItemKind.ty_int:
      return pool.intBits(ty) > 64 ? null : pool.int(ty, 0n);
    case ItemKind.ty_array: {
      const elem = simplestValue(pool, pool.childType(ty), navs);
      return elem === null ? null : pool.repeated(ty, elem);
    }
    case ItemKind.ty_struct: {
      const fields: IpIndex[] = [];
      for (let n = 0; n < pool.fieldCount(ty); n++) {
        const field = simplestValue(pool, pool.fieldType(ty, n), navs);
        if (field === null) return null;
        fields.push(field);
      }
      return pool.aggregate(ty, fields);
    }
    case ItemKind.ty_slice: {
      const child = pool.childType(ty);
      const options = { size: 1 as const, isConst: pool.ptrIsConst(ty), align: pool.ptrAlign(ty) };
      // An empty slice may have any address, but keeps its promise of alignment.
      const ptr = pool.ptrInt(pool.ptrType(child, options), pointeeAlign(pool, ty));
      return pool.slice(ty, ptr, IP.zero_usize);
    }
    case ItemKind.ty_ptr:
      return simplestPointer(pool, ty, navs);
    default:
      return null;
  }
}

function simplestPointer(pool: InternPool, ty: IpIndex, navs: readonly NavModel[]): IpIndex {
  const child = pool.childType(ty);
  if (pool.kind(child) === ItemKind.ty_fn) {
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

function floatValue(pool: InternPool, ty: IpIndex, value: number): IpIndex {
  return ty === IP.f32_type ? pool.f32(value) : pool.f64(value);
}

/** Constants worth trying in place of a computed value of `ty`, simplest first. */
export function plainValues(pool: InternPool, ty: IpIndex, navs: readonly NavModel[]): IpIndex[] {
  const simplest = simplestValue(pool, ty, navs);
  if (simplest === null) return [];
  if (ty === IP.bool_type) return [IP.bool_false, IP.bool_true];
  if (pool.isFloat(ty)) return [simplest, floatValue(pool, ty, 1)];
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
  switch (pool.kind(value)) {
    case ItemKind.int:
      return simplerBits(pool.intBig(value)).map((v) => pool.int(ty, v));
    case ItemKind.bool:
      return value === IP.bool_true ? [IP.bool_false] : [];
    case ItemKind.f32:
    case ItemKind.f64:
      return simplerNumbers(numberOf(pool, value)).map((v) => floatValue(pool, ty, v));
    case ItemKind.aggregate:
    case ItemKind.bytes:
      return simplerAggregates(pool, value, navs);
    case ItemKind.repeated:
      return simplerValues(pool, pool.elem(value, 0), navs).map((elem) => pool.repeated(ty, elem));
    case ItemKind.ptr_nav:
      return pool.ptrOffset(value) === 0 ? [] : [pool.ptrNav(ty, pool.word(value, 1) as NavIndex)];
    case ItemKind.ptr_uav: {
      const inner = pool.word(value, 1) as IpIndex;
      const align = pool.word(value, 2);
      const offset = pool.ptrOffset(value);
      const simpler = simplerValues(pool, inner, navs).map((v) => pool.ptrUav(ty, v, align, offset));
      if (offset !== 0) simpler.push(pool.ptrUav(ty, inner, align));
      if (align !== 0) simpler.push(pool.ptrUav(ty, inner, 0, offset));
      return simpler;
    }
    case ItemKind.slice: {
      const ptr = pool.word(value, 1) as IpIndex;
      const len = pool.word(value, 2) as IpIndex;
      const simplest = simplestValue(pool, ty, navs);
      return [
        ...(simplest === null || simplest === value ? [] : [simplest]),
        ...simplerValues(pool, ptr, navs).map((p) => pool.slice(ty, p, len)),
        ...simplerValues(pool, len, navs).map((l) => pool.slice(ty, ptr, l)),
      ];
    }
    default:
      return [];
  }
}

function simplerAggregates(pool: InternPool, value: IpIndex, navs: readonly NavModel[]): IpIndex[] {
  const ty = pool.typeOf(value);
  const simplest = simplestValue(pool, ty, navs);
  const simpler = simplest === null ? [] : [simplest];
  const isStruct = pool.kind(ty) === ItemKind.ty_struct;
  const count = isStruct ? pool.fieldCount(ty) : pool.arrayLen(ty);
  const elements = Array.from({ length: count }, (_, n) => pool.elem(value, n));
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

function numberOf(pool: InternPool, value: IpIndex): number {
  const view = new DataView(new ArrayBuffer(8));
  if (pool.kind(value) === ItemKind.f32) {
    view.setUint32(0, pool.f32BitsOf(value));
    return view.getFloat32(0);
  }
  view.setUint32(0, pool.valueHi(value));
  view.setUint32(4, pool.valueLo(value));
  return view.getFloat64(0);
}

function distinct<T>(list: readonly T[]): T[] {
  return [...new Set(list)];
}
