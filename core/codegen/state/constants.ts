/**
 * Interned values as places: what an operand that is no instruction lowers to.
 *
 * By-reference constants become the address of an unnamed constant, all others an immediate or an address. Bytes in
 * memory are the linker's business. Pure function of (pool, value).
 */
import type { PoolReader } from '../../intern/pool-reader.ts';
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import { backingOf, packedPattern } from '../../intern/packed.ts';
import { ValueKind } from '../../intern/value-kinds.ts';
import { TypeKind } from '../../intern/type-kinds.ts';
import { abiAlign, hasNullPayload, hasRuntimeBits, isByRef } from '../../intern/layout.ts';
import { addressRep, Rep, repOf } from './abi.ts';
import type { WValue } from './wvalue.ts';
import { float32, float64, funcRef, imm32, imm64, navRef, NO_VALUE, uavRef } from './wvalue.ts';

/** What an undefined word holds: any bits will do, these are easy to recognise. */
const UNDEFINED_WORD = 0xaaaa_aaaa;

/** Place of constant `value`. */
export function lowerConstant(pool: PoolReader, value: IpIndex): WValue {
  const kind = pool.valueKind(value);
  switch (kind) {
    case ValueKind.int:
      return lowerInt(pool, value);
    case ValueKind.bool:
      return imm32(pool.word(value, 0));
    case ValueKind.float:
      return lowerFloat(pool, value);
    case ValueKind.void:
      return NO_VALUE;
    case ValueKind.ptr_nav:
    case ValueKind.ptr_uav:
    case ValueKind.ptr_int:
      return lowerPointer(pool, value, kind);
    case ValueKind.undef:
      return lowerUndefined(pool, value);
    case ValueKind.enum_tag:
      return lowerConstant(pool, pool.word(value, 1) as IpIndex);
    case ValueKind.null:
    case ValueKind.payload:
    case ValueKind.err:
      return isByRef(pool, pool.typeOf(value)) ? uavRef(value, 0, 0) : lowerScalarSum(pool, value, kind);
    case ValueKind.aggregate:
    case ValueKind.union_value:
      if (pool.typeKind(pool.typeOf(value)) === TypeKind.packed) return lowerPacked(pool, value);
      return hasRuntimeBits(pool, pool.typeOf(value)) ? uavRef(value, 0, 0) : NO_VALUE;
    case ValueKind.bytes:
    case ValueKind.repeated:
    case ValueKind.slice:
      return hasRuntimeBits(pool, pool.typeOf(value)) ? uavRef(value, 0, 0) : NO_VALUE;
  }
}

function lowerInt(pool: PoolReader, value: IpIndex): WValue {
  const bits = pool.intBits(pool.typeOf(value));
  if (bits <= 32) return imm32(pool.patternWord(value, 0));
  if (bits <= 64) return imm64(pool.patternWord(value, 0), pool.patternWord(value, 1));
  return uavRef(value, 0, 0);
}

/** The backing integer of a packed struct or union. */
function lowerPacked(pool: PoolReader, value: IpIndex): WValue {
  const bits = pool.intBits(backingOf(pool, pool.typeOf(value)));
  if (bits > 64) return uavRef(value, 0, 0);
  const pattern = packedPattern(pool, value);
  const low = Number(pattern & 0xffff_ffffn);
  return bits <= 32 ? imm32(low) : imm64(low, Number(pattern >> 32n));
}

function lowerFloat(pool: PoolReader, value: IpIndex): WValue {
  switch (pool.floatBits(pool.typeOf(value))) {
    case 32:
      return float32(pool.patternWord(value, 0));
    case 64:
      return float64(pool.patternWord(value, 0), pool.patternWord(value, 1));
    case 16:
      return imm32(pool.patternWord(value, 0));
    case 80:
    case 128:
      return uavRef(value, 0, 0);
  }
}

/** An optional, error or error union that is one scalar. */
function lowerScalarSum(
  pool: PoolReader,
  value: IpIndex,
  kind: typeof ValueKind.null | typeof ValueKind.payload | typeof ValueKind.err,
): WValue {
  const ty = pool.typeOf(value);
  switch (kind) {
    case ValueKind.null:
      return repOf(pool, ty) === Rep.i64 ? imm64(0, 0) : imm32(0);
    case ValueKind.err:
      return imm32(pool.word(value, 1));
    case ValueKind.payload:
      if (pool.typeKind(ty) === TypeKind.error_union) return imm32(0);
      return hasNullPayload(pool, ty) ? lowerConstant(pool, pool.word(value, 1) as IpIndex) : imm32(1);
  }
}

type PointerKind = typeof ValueKind.ptr_nav | typeof ValueKind.ptr_uav | typeof ValueKind.ptr_int;

function lowerPointer(pool: PoolReader, value: IpIndex, kind: PointerKind): WValue {
  switch (kind) {
    case ValueKind.ptr_int:
      return numericAddress(pool, pool.word(value, 1), 0);
    case ValueKind.ptr_nav: {
      const nav = pool.word(value, 1) as NavIndex;
      return pool.isFnPtr(pool.typeOf(value)) ? funcRef(nav) : navRef(nav, pool.ptrOffset(value));
    }
    case ValueKind.ptr_uav:
      return lowerUavPointer(pool, value, pool.ptrOffset(value));
  }
}

function lowerUavPointer(pool: PoolReader, value: IpIndex, offset: number): WValue {
  const pointee = pool.word(value, 1) as IpIndex;
  const pointeeTy = pool.typeOf(pointee);
  if (!hasRuntimeBits(pool, pointeeTy)) return numericAddress(pool, UNDEFINED_WORD + offset, UNDEFINED_WORD);
  const align = pool.word(value, 2);
  return uavRef(pointee, align > abiAlign(pool, pointeeTy) ? align : 0, offset);
}

/** The high word counts only where addresses have one. */
function numericAddress(pool: PoolReader, lo: number, hi: number): WValue {
  return addressRep(pool) === Rep.i64 ? imm64(lo | 0, hi | 0) : imm32(lo);
}

function lowerUndefined(pool: PoolReader, value: IpIndex): WValue {
  switch (repOf(pool, pool.typeOf(value))) {
    case Rep.none:
      return NO_VALUE;
    case Rep.i32:
      return imm32(UNDEFINED_WORD);
    case Rep.i64:
      return imm64(UNDEFINED_WORD, UNDEFINED_WORD);
    case Rep.f32:
      return float32(UNDEFINED_WORD);
    case Rep.f64:
      return float64(UNDEFINED_WORD, UNDEFINED_WORD);
    case Rep.f16:
      return imm32(UNDEFINED_WORD & 0xffff);
    case Rep.address:
    case Rep.v128:
      return uavRef(value, 0, 0);
  }
}
