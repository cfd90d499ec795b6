/**
 * Types of the results of all instructions of a body, in one forward pass.
 *
 * Takes linear time over chains of operands and does not trust the body: an ill-typed or refused instruction gets
 * {@link NO_TYPE}, so that printer and verifier can speak about broken bodies. Judges nothing.
 */
import type { PoolReader } from '../../intern/pool-reader.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { IP } from '../../intern/keys.ts';
import { nameTypeOf } from '../../intern/sums.ts';
import { TypeKind } from '../../intern/type-kinds.ts';
import { unreachable } from '../../support/assert.ts';
import type { BodyColumns, InstIndex } from '../body/ref.ts';
import { operandAt } from '../body/operands.ts';
import { AIR_TAG_NAMES, isDescribed } from '../schema/ops.ts';
import type { ResultType } from './rule.ts';
import { NO_TYPE, operandType } from './rule.ts';
import { TYPING } from './rules.ts';

const RESULT_BY_NUMBER: readonly (ResultType | null)[] = AIR_TAG_NAMES.map((tag) =>
  isDescribed(tag) ? TYPING[tag].result : null,
);

/** Whether `ip` names a type of `pool`. */
function isTypeIndex(pool: PoolReader, ip: number): boolean {
  return ip < pool.size && pool.isType(ip as IpIndex);
}

/** Type of `inst`, given the types of the instructions before it. */
export function resultType(pool: PoolReader, body: BodyColumns, types: Uint32Array, inst: InstIndex): IpIndex {
  const result = RESULT_BY_NUMBER[body.tags[inst]!];
  switch (result) {
    case undefined:
    case null:
      return NO_TYPE;
    case 'ty': {
      const ty = body.a[inst]! as IpIndex;
      return isTypeIndex(pool, ty) ? ty : NO_TYPE;
    }
    case 'first':
      return operandType(pool, types, operandAt(body, inst, 0));
    case 'second':
      return operandType(pool, types, operandAt(body, inst, 1));
    case 'element': {
      const ty = operandType(pool, types, operandAt(body, inst, 0));
      return hasChild(pool, ty) ? pool.childType(ty) : NO_TYPE;
    }
    case 'returned': {
      const ty = operandType(pool, types, operandAt(body, inst, 0));
      return ty !== NO_TYPE && pool.isFnPtr(ty) ? pool.fnReturn(pool.childType(ty)) : NO_TYPE;
    }
    case 'name':
      return nameTypeOf(pool) ?? NO_TYPE;
    case 'bool':
      return IP.bool_type;
    case 'usize':
      return IP.usize_type;
    case 'isize':
      return IP.isize_type;
    case 'void':
      return IP.void_type;
    case 'noreturn':
      return IP.noreturn_type;
    default:
      return unreachable(result, 'result type');
  }
}

/** Result type per instruction; {@link NO_TYPE} where it cannot be known. */
export function resultTypes(pool: PoolReader, body: BodyColumns): Uint32Array {
  const types = new Uint32Array(body.tags.length);
  findResultTypes(pool, body, types);
  return types;
}

/** As {@link resultTypes}, into `types`, which is long enough. */
export function findResultTypes(pool: PoolReader, body: BodyColumns, types: Uint32Array): void {
  const { length } = body.tags;
  types.fill(NO_TYPE, 0, length);
  for (let inst = 0; inst < length; inst++) types[inst] = resultType(pool, body, types, inst as InstIndex);
}

function hasChild(pool: PoolReader, ty: IpIndex): boolean {
  if (ty === NO_TYPE) return false;
  switch (pool.typeKind(ty)) {
    case TypeKind.ptr:
    case TypeKind.slice:
    case TypeKind.array:
    case TypeKind.vector:
      return true;
    case TypeKind.simple:
    case TypeKind.int:
    case TypeKind.float:
    case TypeKind.struct:
    case TypeKind.fn:
    case TypeKind.opt:
    case TypeKind.error_set:
    case TypeKind.error_union:
    case TypeKind.enum:
    case TypeKind.union:
    case TypeKind.packed:
      return false;
  }
}
