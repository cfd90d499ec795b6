/**
 * The wasm signature of a function type, as the linker derives it.
 *
 * Codegen has a derivation of its own for the parameters it numbers; the two must agree, and validation of the output
 * catches it when they do not. Owns the rule only: a result that lives in memory is a hidden first parameter, its
 * address; parameters without bits are dropped; a value that lives in memory is passed as its address.
 */
import type { PoolReader } from '../../intern/pool-reader.ts';
import type { IpIndex } from '../../intern/keys.ts';
import type { FloatBits } from '../../intern/float-formats.ts';
import { hasRuntimeBits, isByRef } from '../../intern/layout.ts';
import { backingOf } from '../../intern/packed.ts';
import { enumTag } from '../../intern/sums.ts';
import { SimpleType, TypeKind } from '../../intern/type-kinds.ts';
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

/** Signature of function type `fnType`. */
export function signatureOf(pool: PoolReader, fnType: IpIndex): SignatureKey {
  const params: number[] = [];
  const results: number[] = [];
  const ret = pool.fnReturn(fnType);
  if (isByRef(pool, ret)) params.push(addressType(pool));
  else if (hasRuntimeBits(pool, ret)) results.push(valTypeOf(pool, ret));
  for (let n = 0; n < pool.fnParamCount(fnType); n++) {
    const param = pool.fnParam(fnType, n);
    if (hasRuntimeBits(pool, param)) params.push(valTypeOf(pool, param));
  }
  return signatureKey(params, results);
}
