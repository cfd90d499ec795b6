/**
 * Steps of comparisons. Integers by value, floats by IEEE 754 (a NaN is unequal to all and in no order), pointers by place.
 */
import { sameAddress } from '../model/access.ts';
import { NEXT } from '../model/frame.ts';
import { illegal } from '../model/halt.ts';
import { makePointer } from '../model/memory-object.ts';
import type { Shape } from '../model/shapes.ts';
import { order as softOrder } from '../model/soft-float.ts';
import type { Value } from '../model/values.ts';
import { floatOf, isPointer, misuse, numberOf, softOf, wrappedOf } from '../model/values.ts';
import type { Handler } from './preparation.ts';

type Order = (a: number | bigint, b: number | bigint) => boolean;

const ORDERS = {
  cmp_lt: (a, b) => a < b,
  cmp_lte: (a, b) => a <= b,
  cmp_gte: (a, b) => a >= b,
  cmp_gt: (a, b) => a > b,
  cmp_eq: (a, b) => a === b,
  cmp_neq: (a, b) => a !== b,
} as const satisfies Readonly<Record<string, Order>>;

/** cmp_*: the result is a bool. */
export function compare(name: keyof typeof ORDERS): Handler {
  const order: Order = ORDERS[name];
  const equality = name === 'cmp_eq' ? 'equal' : name === 'cmp_neq' ? 'unequal' : null;
  return (p, inst) => {
    const a = p.operand(p.body.lhs(inst));
    const b = p.operand(p.body.rhs(inst));
    const shape = p.shape(p.typeOf(p.body.lhs(inst)));
    switch (shape.kind) {
      case 'bool':
        return ({ values }) => {
          values[inst] = order(numberOf(values[a]), numberOf(values[b])) ? 1 : 0;
          return NEXT;
        };
      case 'float':
        return ({ values }) => {
          values[inst] = order(floatOf(values[a]), floatOf(values[b])) ? 1 : 0;
          return NEXT;
        };
      case 'soft':
        return ({ values }) => {
          const sign = softOrder(shape.format, softOf(values[a]), softOf(values[b]));
          values[inst] = (sign === null ? name === 'cmp_neq' : order(sign, 0)) ? 1 : 0;
          return NEXT;
        };
      case 'int':
      case 'pointer':
        return ({ values }) => {
          const x = values[a];
          const y = values[b];
          if (typeof x === 'object' || typeof y === 'object') {
            const equal = equality === null ? illegal('pointer_comparison') : comparedAddresses(x, y);
            values[inst] = equal === (equality === 'equal') ? 1 : 0;
          } else {
            values[inst] = order(known(x), known(y)) ? 1 : 0;
          }
          return NEXT;
        };
      case 'none':
      case 'parts':
      case 'array':
      case 'error_union':
      case 'union':
        return p.illTyped(inst);
      case 'optional': {
        const { payload } = shape;
        return ({ values }) => {
          values[inst] = sameOptional(payload, values[a], values[b]) === (equality === 'equal') ? 1 : 0;
          return NEXT;
        };
      }
    }
  };
}

function known(v: Value): number | bigint {
  return typeof v === 'number' || typeof v === 'bigint' ? v : misuse(v);
}

/** Equality of pointers, or of integers of which at least one is an address. */
function comparedAddresses(x: Value, y: Value): boolean {
  if (x === undefined || y === undefined) return illegal('undefined_value');
  return sameAddress(isPointer(x) ? x : makePointer(null, Number(x)), isPointer(y) ? y : makePointer(null, Number(y)));
}

/** Whether two values of a scalar type that is no float are equal. */
export function sameScalar(x: Value, y: Value): boolean {
  if (typeof x === 'object' || typeof y === 'object') return comparedAddresses(x, y);
  return known(x) === known(y);
}

/** Whether both are null, or both have equal payloads of `shape`. */
function sameOptional(shape: Shape, x: Value, y: Value): boolean {
  const a = wrappedOf(x);
  const b = wrappedOf(y);
  if (a.kind !== 'payload' || b.kind !== 'payload') return a.kind === b.kind;
  if (shape.kind === 'none') return true;
  if (shape.kind === 'float') return floatOf(a.payload) === floatOf(b.payload);
  return sameScalar(a.payload, b.payload);
}
