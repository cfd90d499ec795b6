/**
 * Functions of the host: what is seen of a call, and what it returns (docs/air.md section 6, "Calls").
 */
import type { Nav, Unit } from '../../core/air/unit.ts';
import { bitsFromScalar, intFromBits, softFromBits } from './encoding.ts';
import { FLOAT_ARITHMETIC } from './floats.ts';
import type { HostCall } from './outcome.ts';
import { shapeOf } from './shapes.ts';
import type { Value } from './values.ts';

/** 2^64 divided by the golden ratio, odd. */
const STEP = 0x9e37_79b9_7f4a_7c15n;

/** The call as it is seen from outside; illegal if an argument is undefined. A parameter without bits is seen as 0. */
export function observed({ pool }: Unit, nav: Nav, args: readonly Value[]): HostCall {
  return { name: nav.name, args: args.map((arg, n) => bitsFromScalar(shapeOf(pool, pool.fnParam(nav.ty, n)), arg)) };
}

/** What the `k`-th host call of a run returns. */
export function hostResult({ pool }: Unit, nav: Nav, k: number): Value {
  const shape = shapeOf(pool, pool.fnReturn(nav.ty));
  const number = (BigInt(k) * STEP) >> 7n;
  switch (shape.kind) {
    case 'bool':
      return Number(number & 1n);
    case 'int':
      return intFromBits(shape, number);
    case 'float':
      return FLOAT_ARITHMETIC[shape.bits].round(k);
    case 'soft':
      return softFromBits(shape, BigInt.asUintN(shape.bits, number));
    case 'none':
    case 'pointer':
    case 'parts':
    case 'array':
    case 'optional':
    case 'error_union':
    case 'union':
      return undefined;
  }
}
