/**
 * The representation of a type on the wasm side. How values travel in calls is in conventions.ts.
 *
 * Pure functions of (pool, type).
 */
import type { PoolReader } from '../../intern/pool-reader.ts';
import type { IpIndex } from '../../intern/keys.ts';
import type { FloatBits } from '../../intern/float-formats.ts';
import { SimpleType, TypeKind } from '../../intern/type-kinds.ts';
import { abiSize, isByRef } from '../../intern/layout.ts';
import { integerOf } from '../../intern/sums.ts';
import { InternalError } from '../../support/assert.ts';
import { ValType } from '../../wasm/kinds.ts';

/** Representation of a type; wasm has instructions for i32 to f64. */
export const Rep = {
  /** No bits. */
  none: 0,
  i32: 1,
  i64: 2,
  f32: 3,
  f64: 4,
  /** In memory; what travels is its address. */
  address: 5,
  /** The 16 bits of an f16, zero-extended in an i32. */
  f16: 6,
  /** A vector in a local: of temporaries and values in work, never of a type ({@link repOf} says address). */
  v128: 7,
} as const;
export type Rep = (typeof Rep)[keyof typeof Rep];

/** Text of a representation, for messages about bugs. */
export const REP_NAMES: readonly string[] = Object.keys(Rep);

/** Representation of an address, and of `usize` and `isize`. */
export function addressRep(pool: PoolReader): typeof Rep.i32 | typeof Rep.i64 {
  return pool.target.ptrBits === 64 ? Rep.i64 : Rep.i32;
}

/** Representation of what travels for a value of representation `rep`; `address` is that of addresses. */
export function carrierOf(rep: Rep, address: typeof Rep.i32 | typeof Rep.i64): Rep {
  if (rep < Rep.address || rep === Rep.v128) return rep;
  return rep === Rep.f16 ? Rep.i32 : address;
}

/** Representation of `ty`. */
export function repOf(pool: PoolReader, ty: IpIndex): Rep {
  switch (pool.typeKind(ty)) {
    case TypeKind.int: {
      const bits = pool.intBits(ty);
      if (bits <= 32) return Rep.i32;
      return bits <= 64 ? Rep.i64 : Rep.address;
    }
    case TypeKind.ptr:
      return addressRep(pool);
    case TypeKind.float:
      return floatRep(pool.floatBits(ty));
    case TypeKind.simple:
      return simpleRep(pool, ty);
    case TypeKind.slice:
    case TypeKind.vector:
      return Rep.address;
    case TypeKind.array:
    case TypeKind.struct:
      return abiSize(pool, ty) === 0 ? Rep.none : Rep.address;
    case TypeKind.fn:
      return Rep.none;
    case TypeKind.opt:
      if (isByRef(pool, ty)) return Rep.address;
      return pool.typeKind(pool.childType(ty)) === TypeKind.ptr ? addressRep(pool) : Rep.i32;
    case TypeKind.error_set:
      return Rep.i32;
    case TypeKind.error_union:
      return isByRef(pool, ty) ? Rep.address : Rep.i32;
    case TypeKind.enum:
    case TypeKind.packed:
      return repOf(pool, integerOf(pool, ty));
    case TypeKind.union:
      return abiSize(pool, ty) === 0 ? Rep.none : Rep.address;
  }
}

function floatRep(bits: FloatBits): Rep {
  switch (bits) {
    case 32:
      return Rep.f32;
    case 64:
      return Rep.f64;
    case 16:
      return Rep.f16;
    case 80:
    case 128:
      return Rep.address;
  }
}

function simpleRep(pool: PoolReader, ty: IpIndex): Rep {
  switch (pool.simpleType(ty)) {
    case SimpleType.void:
    case SimpleType.noreturn:
      return Rep.none;
    case SimpleType.bool:
      return Rep.i32;
    case SimpleType.usize:
    case SimpleType.isize:
      return addressRep(pool);
  }
}

/** Value type byte of locals of `rep`; an address is carried as what {@link addressRep} says, an f16 as an i32. */
export function valTypeOf(rep: Rep): ValType {
  switch (rep) {
    case Rep.i32:
      return ValType.i32;
    case Rep.i64:
      return ValType.i64;
    case Rep.f32:
      return ValType.f32;
    case Rep.f64:
      return ValType.f64;
    case Rep.v128:
      return ValType.v128;
    case Rep.none:
    case Rep.f16:
    case Rep.address:
      throw new InternalError(`representation ${REP_NAMES[rep]} has no value type`);
  }
}

/** Whether `rep` is that of floats of wasm, as opposed to integers; a value in memory is neither. */
export function isFloatRep(rep: Rep): boolean {
  switch (rep) {
    case Rep.f32:
    case Rep.f64:
      return true;
    case Rep.i32:
    case Rep.i64:
      return false;
    case Rep.none:
    case Rep.f16:
    case Rep.address:
    case Rep.v128:
      throw new InternalError(`representation ${REP_NAMES[rep]} is that of no number of wasm`);
  }
}

/** Bits of the container of an integer representation. */
export function containerBits(rep: Rep): 32 | 64 {
  switch (rep) {
    case Rep.i32:
      return 32;
    case Rep.i64:
      return 64;
    case Rep.none:
    case Rep.f32:
    case Rep.f64:
    case Rep.f16:
    case Rep.address:
    case Rep.v128:
      throw new InternalError(`representation ${REP_NAMES[rep]} is no container of integers`);
  }
}
