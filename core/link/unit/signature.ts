/**
 * The wasm signature of a function type, as the linker derives it.
 *
 * Codegen has a derivation of its own for the parameters it numbers; the two must agree, and validation of the output
 * catches it when they do not. Owns the rule only: a result that lives in memory is a hidden first parameter, its
 * address; parameters without bits are dropped; a value that lives in memory is passed as its address. Under the convention of C
 * (BasicCABI.md of the tool conventions) a record of one value is that value, and a number of 65 to 128 bits two i64. With SIMD a vector of 16 bytes is a v128.
 */
import { callConv } from '../../intern/call-conv.ts';
import type { PoolReader } from '../../intern/pool-reader.ts';
import type { IpIndex } from '../../intern/keys.ts';
import type { FloatBits } from '../../intern/float-formats.ts';
import { abiSize, hasRuntimeBits, isByRef } from '../../intern/layout.ts';
import { backingOf } from '../../intern/packed.ts';
import { enumTag, unionTag } from '../../intern/sums.ts';
import { CallConv, SimpleType, TypeKind } from '../../intern/type-kinds.ts';
import { InternalError } from '../../support/assert.ts';
import { ValType } from '../../wasm/kinds.ts';
import type { SignatureKey } from '../input/object-file.ts';
import { signatureKey } from '../input/object-file.ts';

/** Value type that carries a value of `ty`, which has bits. */
function valTypeOf(pool: PoolReader, ty: IpIndex): ValType {
  if (isByRef(pool, ty)) return addressType(pool);
  switch (pool.typeKind(ty)) {
    case TypeKind.simple:
      return simpleValType(pool, ty);
    case TypeKind.int:
      return pool.intBits(ty) > 32 ? ValType.i64 : ValType.i32;
    case TypeKind.float:
      return floatValType(pool.floatBits(ty));
    case TypeKind.ptr:
      return addressType(pool);
    case TypeKind.opt:
      return pool.typeKind(pool.childType(ty)) === TypeKind.ptr ? addressType(pool) : ValType.i32;
    case TypeKind.error_set:
    case TypeKind.error_union:
      return ValType.i32;
    case TypeKind.enum:
      return valTypeOf(pool, enumTag(pool, ty));
    case TypeKind.packed:
      return valTypeOf(pool, backingOf(pool, ty));
    case TypeKind.slice:
    case TypeKind.array:
    case TypeKind.vector:
    case TypeKind.struct:
    case TypeKind.union:
    case TypeKind.fn:
      throw new InternalError(`type ${ty} is not carried by a value`);
  }
}

function simpleValType(pool: PoolReader, ty: IpIndex): ValType {
  switch (pool.simpleType(ty)) {
    case SimpleType.bool:
      return ValType.i32;
    case SimpleType.usize:
    case SimpleType.isize:
      return addressType(pool);
    case SimpleType.void:
    case SimpleType.noreturn:
      throw new InternalError(`type ${ty} has no bits and no value type`);
  }
}

function floatValType(bits: FloatBits): ValType {
  switch (bits) {
    case 32:
      return ValType.f32;
    case 64:
      return ValType.f64;
    case 16:
      return ValType.i32;
    case 80:
    case 128:
      throw new InternalError(`a float of ${bits} bits is not carried by a value`);
  }
}

/** Value type of an address. */
function addressType(pool: PoolReader): ValType {
  return pool.target.ptrBits === 64 ? ValType.i64 : ValType.i32;
}

/** Whether a `ty` is one v128 in code that has SIMD: 16 bytes of numbers that fill 1 to 8 bytes each. */
function isOneV128(pool: PoolReader, ty: IpIndex): boolean {
  if (pool.typeKind(ty) !== TypeKind.vector) return false;
  const lane = pool.childType(ty);
  const bytes = abiSize(pool, lane);
  if (bytes > 8 || bytes * pool.arrayLen(ty) !== 16) return false;
  return pool.isFloat(lane) || (pool.isInt(lane) && pool.intBits(lane) === 8 * bytes);
}

/** Value types that C passes a `ty` in, which has bits; null: by its address. */
function inC(pool: PoolReader, ty: IpIndex, simd128: boolean): readonly ValType[] | null {
  const leaves: IpIndex[] = [];
  if (!collectLeaves(pool, ty, leaves) || leaves.length !== 1 || abiSize(pool, leaves[0]!) !== abiSize(pool, ty))
    return null;
  const leaf = leaves[0]!;
  if (!isByRef(pool, leaf)) return [valTypeOf(pool, leaf)];
  if (simd128 && isOneV128(pool, leaf)) return [ValType.v128];
  return abiSize(pool, leaf) === 16 && isNumber(pool, leaf) ? [ValType.i64, ValType.i64] : null;
}

function isNumber(pool: PoolReader, ty: IpIndex): boolean {
  const kind = pool.typeKind(ty);
  return kind === TypeKind.int || kind === TypeKind.float || kind === TypeKind.packed || kind === TypeKind.enum;
}

/** Collects the first two things that lie in records in a `ty`; false if it is, or holds, what is no C record of values. */
function collectLeaves(pool: PoolReader, ty: IpIndex, leaves: IpIndex[], depth = 0): boolean {
  if (!hasRuntimeBits(pool, ty)) return true;
  const kind = pool.typeKind(ty);
  if (kind === TypeKind.struct || (kind === TypeKind.union && unionTag(pool, ty) === null)) {
    for (let n = 0; n < pool.fieldCount(ty) && leaves.length < 2; n++) {
      if (!collectLeaves(pool, pool.fieldType(ty, n), leaves, depth + 1)) return false;
    }
    return true;
  }
  if (kind === TypeKind.array) {
    const child = pool.childType(ty);
    return depth > 0 && abiSize(pool, ty) === abiSize(pool, child) && collectLeaves(pool, child, leaves, depth + 1);
  }
  leaves.push(ty);
  return !isByRef(pool, ty) || isNumber(pool, ty) || kind === TypeKind.vector;
}

/** Signature of function type `fnType` in code that has SIMD or not. */
export function signatureOf(pool: PoolReader, fnType: IpIndex, simd128: boolean): SignatureKey {
  const params: number[] = [];
  const results: number[] = [];
  const ret = pool.fnReturn(fnType);
  const isC = callConv(pool, fnType) === CallConv.c;
  /** Value types that carry a `ty` in registers, if its address does not. */
  const inRegisters = (ty: IpIndex): readonly ValType[] | null => {
    if (isC) return inC(pool, ty, simd128);
    return simd128 && isOneV128(pool, ty) ? [ValType.v128] : null;
  };
  const result = inRegisters(ret);
  if (result?.length === 1) results.push(result[0]!);
  else if (isByRef(pool, ret)) params.push(addressType(pool));
  else if (hasRuntimeBits(pool, ret)) results.push(valTypeOf(pool, ret));
  for (let n = 0; n < pool.fnParamCount(fnType); n++) {
    const param = pool.fnParam(fnType, n);
    if (hasRuntimeBits(pool, param)) params.push(...(inRegisters(param) ?? [valTypeOf(pool, param)]));
  }
  return signatureKey(params, results);
}
