/**
 * The wasm signature of a function type, as the linker derives it.
 *
 * Codegen has a derivation of its own for the parameters it numbers; the two must agree, and validation of the output
 * catches it when they do not. Owns the rule only: a result that lives in memory is a hidden first parameter, its
 * address; parameters without bits are dropped; a value that lives in memory is passed as its address.
 */
import type { PoolReader } from '../../intern/pool-reader.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { IP } from '../../intern/keys.ts';
import { hasRuntimeBits, isByRef } from '../../intern/layout.ts';
import { ValType } from '../../wasm/kinds.ts';
import type { SignatureKey } from '../input/object-file.ts';
import { signatureKey } from '../input/object-file.ts';

/** Value type that carries a value of `ty`, which has bits. */
function valTypeOf(pool: PoolReader, ty: IpIndex): ValType {
  if (ty === IP.f32_type) return ValType.f32;
  if (ty === IP.f64_type) return ValType.f64;
  if (pool.isPtr(ty) || isByRef(pool, ty)) return addressType(pool);
  return pool.isInt(ty) && pool.intBits(ty) > 32 && pool.intBits(ty) <= 64 ? ValType.i64 : ValType.i32;
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
