/**
 * Types of the results of all instructions of a body, in one forward pass.
 *
 * Unlike `Body.typeOfInst` it takes linear time over chains of operands and does not trust the body: an ill-typed
 * instruction gets {@link NO_TYPE}, so that printer and verifier can speak about broken bodies. Judges nothing.
 */
import type { PoolReader } from '../intern/pool-reader.ts';
import type { IpIndex } from '../intern/keys.ts';
import { IP, IP_NONE } from '../intern/keys.ts';
import { TypeKind } from '../intern/type-kinds.ts';
import { unreachable } from '../support/assert.ts';
import type { Body, InstIndex, Ref } from './body/body.ts';
import { isInstRef, refInst, refValue } from './body/body.ts';
import { AIR_OP_BY_NUMBER } from './schema/ops.ts';

/** Type of something that has none because it is broken. */
export const NO_TYPE = IP_NONE;

/** Whether `ip` names a type of `pool`. */
export function isTypeIndex(pool: PoolReader, ip: number): boolean {
  return ip < pool.size && pool.isType(ip as IpIndex);
}

/** Whether `ip` names a value of `pool`. */
export function isValueIndex(pool: PoolReader, ip: number): boolean {
  return ip < pool.size && !pool.isType(ip as IpIndex);
}

/** Type of operand `ref`, given the types of the instructions before its user. */
export function operandType(pool: PoolReader, types: Uint32Array, ref: Ref): IpIndex {
  if (isInstRef(ref)) return (types[refInst(ref)] ?? NO_TYPE) as IpIndex;
  const ip = refValue(ref);
  return isValueIndex(pool, ip) ? pool.typeOf(ip) : NO_TYPE;
}

/** Type of `inst`, given the types of the instructions before it. */
export function resultType(pool: PoolReader, body: Body, types: Uint32Array, inst: InstIndex): IpIndex {
  const result = AIR_OP_BY_NUMBER[body.tags[inst]!]?.result;
  switch (result) {
    case undefined:
      return NO_TYPE;
    case 'ty': {
      const ty = body.a[inst]! as IpIndex;
      return isTypeIndex(pool, ty) ? ty : NO_TYPE;
    }
    case 'lhs':
      return operandType(pool, types, body.a[inst]! as Ref);
    case 'elem': {
      const ty = operandType(pool, types, body.a[inst]! as Ref);
      return hasChild(pool, ty) ? pool.childType(ty) : NO_TYPE;
    }
    case 'call': {
      const ty = operandType(pool, types, body.a[inst]! as Ref);
      return ty !== NO_TYPE && pool.isFnPtr(ty) ? pool.fnReturn(pool.childType(ty)) : NO_TYPE;
    }
    case 'bool':
      return IP.bool_type;
    case 'usize':
      return IP.usize_type;
    case 'u32':
      return IP.u32_type;
    case 'i32':
      return IP.i32_type;
    case 'void':
      return IP.void_type;
    case 'noreturn':
      return IP.noreturn_type;
    default:
      return unreachable(result, 'typing rule');
  }
}

/** Result type per instruction; {@link NO_TYPE} where it cannot be known. */
export function resultTypes(pool: PoolReader, body: Body): Uint32Array {
  const types = new Uint32Array(body.length).fill(NO_TYPE);
  for (let inst = 0; inst < types.length; inst++) types[inst] = resultType(pool, body, types, inst as InstIndex);
  return types;
}

function hasChild(pool: PoolReader, ty: IpIndex): boolean {
  if (ty === NO_TYPE) return false;
  switch (pool.typeKind(ty)) {
    case TypeKind.ptr:
    case TypeKind.slice:
    case TypeKind.array:
      return true;
    case TypeKind.simple:
    case TypeKind.int:
    case TypeKind.float:
    case TypeKind.struct:
    case TypeKind.fn:
      return false;
  }
}
