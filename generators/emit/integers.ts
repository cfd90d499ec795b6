/**
 * Integer arithmetic: exact, wrapping, saturating, dividing, with overflow bit; and the float form of the instructions that
 * have both.
 *
 * Owns the operands and the result ranges. Invariant: no exact instruction overflows and no divisor is zero, either because
 * the ranges say so or because a guard was put in front.
 */
import type { TagOfForm } from '../../core/index.ts';
import { IP, StructLayout } from '../../core/index.ts';
import { intConst, maxConst, minConst, powerConst } from '../draw/constants.ts';
import { productHigh, productLow, roundDown, roundUp } from '../model/ranges.ts';
import type { Value } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';
import { intInfo, structInfo } from '../model/types.ts';
import { shiftAmount } from './amounts.ts';
import type { Emitter, Gen } from './gen.ts';
import { binary, can, convert, define, use, usizeInfo } from './gen.ts';
import { atMost, fits, masked, narrowed, nonZero, notLeast } from './guards.ts';
import { mayPanic } from './panics.ts';
import { operand, operands, someFloat, someInt, wantsFloat, wideInt } from './operands.ts';

interface Range {
  readonly low: number;
  readonly high: number;
}

type Operation = 'add' | 'sub' | 'mul';

/** Range of the exact result. */
function exactRange(operation: Operation, a: Value, b: Value): Range {
  switch (operation) {
    case 'add':
      return { low: roundDown(a.low + b.low), high: roundUp(a.high + b.high) };
    case 'sub':
      return { low: roundDown(a.low - b.high), high: roundUp(a.high - b.low) };
    case 'mul':
      return {
        low: productLow(a.low, a.high, b.low, b.high),
        high: productHigh(a.low, a.high, b.low, b.high),
      };
  }
}

function floatBinary(g: Gen, tag: TagOfForm<'bin_op'>): boolean {
  const info = someFloat(g);
  const [a, b] = operands(g, info);
  binary(g, tag, a, b);
  return true;
}

/** An instruction that only floats have. */
export function floatsOnly(tag: TagOfForm<'bin_op'>): Emitter {
  return (g) => floatBinary(g, tag);
}

/** `add`, `sub`, `mul`: exact. */
export function exact(operation: Operation): Emitter {
  return (g) => {
    if (wantsFloat(g)) return floatBinary(g, operation);
    const info = someInt(g);
    const [a, b] = operands(g, info);
    const [x, y] = withinRange(g, operation, info, a, b);
    const { low, high } = exactRange(operation, x, y);
    binary(g, operation, x, y, Math.max(low, info.min), Math.min(high, info.full));
    return true;
  };
}

/** `*_safe`: most often of operands whose result fits; else the check may fail, which ends the run. */
export function checking(operation: Operation): Emitter {
  return (g) => {
    const info = someInt(g);
    const [a, b] = operands(g, info);
    const [x, y] = mayPanic(g) ? [a, b] : withinRange(g, operation, info, a, b);
    const { low, high } = exactRange(operation, x, y);
    binary(g, `${operation}_safe`, x, y, clamp(low, info), clamp(high, info));
    return true;
  };
}

/** Operands made of `a` and `b` for which the exact result fits. */
function withinRange(g: Gen, operation: Operation, info: TypeInfo, a: Value, b: Value): [Value, Value] {
  const { low, high } = exactRange(operation, a, b);
  if (fits(info, low, high)) return [a, b];
  const { bits } = info;
  const few = bits === 1 || (operation === 'mul' && bits === 2 && info.signed);
  if (few) return [a, intConst(g.p, info, 0)];
  if (operation === 'mul') {
    if (g.r.chance(90)) {
      // One factor below 2^k, the other one fits the bits that are left.
      const k = g.r.between(1, bits - 1);
      const factor = powerConst(g.p, info, false, k - 1, g.r.chance(128) && k > 1 ? -1 : 0);
      return g.r.chance(128) ? [narrowed(g, a, bits - k), factor] : [factor, narrowed(g, b, bits - k)];
    }
    return [narrowed(g, a, bits >> 1), narrowed(g, b, bits >> 1)];
  }
  if (!info.signed && operation === 'add' && g.r.chance(100) && can(g, 'not')) {
    return [a, atMost(g, b, convert(g, 'not', info, a))];
  }
  if (!info.signed && operation === 'sub') {
    if (g.r.chance(128)) return [a, atMost(g, b, a)];
    const top = powerConst(g.p, info, false, bits - 1, 0);
    return [binary(g, 'bit_or', a, top, top.low, info.full), masked(g, b, bits - 1)];
  }
  return [narrowed(g, a, bits - 1), narrowed(g, b, bits - 1)];
}

/** `*_wrap`. */
export function wrapping(operation: Operation): Emitter {
  return (g) => {
    const info = someInt(g);
    const [a, b] = operands(g, info);
    const { low, high } = exactRange(operation, a, b);
    if (fits(info, low, high)) binary(g, `${operation}_wrap`, a, b, low, high);
    else binary(g, `${operation}_wrap`, a, b);
    return true;
  };
}

/** `*_sat`. */
export function saturating(operation: Operation): Emitter {
  return (g) => {
    const info = someInt(g);
    const [a, b] = operands(g, info);
    const { low, high } = exactRange(operation, a, b);
    binary(g, `${operation}_sat`, a, b, clamp(low, info), clamp(high, info));
    return true;
  };
}

function clamp(bound: number, info: TypeInfo): number {
  return Math.min(info.full, Math.max(info.min, bound));
}

/** Divisors that leave remainders of both signs, and those at which quotients are hard. */
const DIVISORS = [2, 3, 5, 7, 10, -1, -2, -3, -7, 100, -100];

/** A divisor that is never zero: `v` made safe, or a constant. */
function divisorFrom(g: Gen, v: Value): Value {
  const { info } = v;
  if (info.bits === 1 || !g.r.chance(80)) return nonZero(g, v);
  if (g.r.chance(40)) return maxOrMin(g, info);
  const value = g.r.pick(DIVISORS);
  return fits(info, value, value) ? intConst(g.p, info, value) : nonZero(g, v);
}

function maxOrMin(g: Gen, info: TypeInfo): Value {
  return info.signed && g.r.chance(128) ? minConst(g.p, info) : maxConst(g.p, info);
}

/** `div_trunc`, `div_floor`. */
export function dividing(tag: 'div_trunc' | 'div_floor'): Emitter {
  return (g) => {
    if (wantsFloat(g)) return floatBinary(g, tag);
    const info = someInt(g);
    const [a, b] = operands(g, info);
    const divisor = divisorFrom(g, b);
    const dividend = notLeast(g, a, divisor);
    if (!info.signed) binary(g, tag, dividend, divisor, 0, dividend.high);
    else binary(g, tag, dividend, divisor);
    return true;
  };
}

/** `rem`, `mod`. */
export function remainder(tag: 'rem' | 'mod'): Emitter {
  return (g) => {
    if (wantsFloat(g)) return floatBinary(g, tag);
    const info = someInt(g);
    const [a, b] = operands(g, info);
    const divisor = divisorFrom(g, b);
    if (a.low >= 0 && divisor.low >= 0) binary(g, tag, a, divisor, 0, Math.min(a.high, divisor.high));
    else binary(g, tag, a, divisor);
    return true;
  };
}

/** `div_exact`: of a product made for it. */
export const divideExactly: Emitter = (g) => {
  if (wantsFloat(g)) return divideFloatsExactly(g, 'div_exact');
  const info = wideInt(g, 2);
  const { bits } = info;
  const v = operand(g, info);
  if (bits < 6 || !can(g, 'mul')) {
    binary(g, 'div_exact', v, intConst(g.p, info, 1), v.low, v.high);
    return true;
  }
  let quotient: Value;
  let divisor: Value;
  if (g.r.chance(100)) {
    divisor = intConst(g.p, info, g.r.pick(info.signed ? [-1, -2, -3, 3, 1, 2] : [3, 5, 6, 7, 1, 2]));
    quotient = narrowed(g, v, bits - 3);
  } else {
    const half = bits >> 1;
    divisor = binary(
      g,
      'bit_or',
      masked(g, operand(g, info), half - 1),
      intConst(g.p, info, 1),
      1,
      2 ** (half - 1) - 1,
    );
    quotient = narrowed(g, v, bits - half);
  }
  const { low, high } = exactRange('mul', quotient, divisor);
  const product = binary(g, 'mul', quotient, divisor, Math.max(low, info.min), Math.min(high, info.full));
  binary(g, 'div_exact', product, divisor, quotient.low, quotient.high);
  return true;
};

/** Small integers as floats: their product is exact, and so is the division that undoes it. */
function divideFloatsExactly(g: Gen, tag: 'div_exact' | 'div_exact_optimized'): boolean {
  if (!can(g, 'mul') || !can(g, 'float_from_int')) return false;
  const info = someFloat(g);
  // The product has twice the bits, and all of them are in the significand.
  const narrow = intInfo(g.p.types, true, info.bits === 16 ? 6 : 12);
  const limit = -narrow.min;
  const quotient = convert(g, 'float_from_int', info, operand(g, narrow), -limit, limit - 1);
  const odd = binary(g, 'bit_or', operand(g, narrow), intConst(g.p, narrow, 1));
  const divisor = convert(g, 'float_from_int', info, odd, -limit, limit - 1);
  const product = binary(g, 'mul', quotient, divisor, -limit * limit, limit * limit);
  binary(g, tag, product, divisor, -limit, limit - 1);
  return true;
}

/** `div_exact_optimized`. */
export function divideFloatsExactlyBy(tag: 'div_exact_optimized'): Emitter {
  return (g) => divideFloatsExactly(g, tag);
}

/** `min`, `max`. */
export function extreme(tag: 'min' | 'max'): Emitter {
  return (g) => {
    if (wantsFloat(g)) return floatBinary(g, tag);
    const info = someInt(g);
    const [a, b] = operands(g, info);
    if (tag === 'min') binary(g, tag, a, b, Math.min(a.low, b.low), Math.min(a.high, b.high));
    else binary(g, tag, a, b, Math.max(a.low, b.low), Math.max(a.high, b.high));
    return true;
  };
}

/** `*_with_overflow`, with the use of both halves of the result. */
export function overflowing(operation: Operation | 'shl'): Emitter {
  return (g) => {
    const info = someInt(g);
    const [a, other] = operands(g, info);
    const b = operation === 'shl' ? shiftAmount(g, info, info.bits - 1) : other;
    const bit = intInfo(g.p.types, false, 1);
    const fields = [
      { ty: info.ip, align: 0 },
      { ty: bit.ip, align: 0 },
    ];
    const pair = structInfo(g.p.types, StructLayout.tuple, fields);
    const ref = g.b.tyBin(`${operation}_with_overflow`, pair.ip, use(a), use(b));
    const result = define(g, ref, pair, -Infinity, Infinity);
    if (!can(g, 'struct_field_val')) return true;
    if (g.r.chance(220)) define(g, g.b.field('struct_field_val', bit.ip, use(result), 1), bit, 0, 1);
    if (g.r.chance(200)) define(g, g.b.field('struct_field_val', info.ip, use(result), 0), info, info.min, info.full);
    return true;
  };
}

/** `abs`: of a signed integer as an unsigned one. */
export const absolute: Emitter = (g) => {
  if (wantsFloat(g)) {
    const info = someFloat(g);
    convert(g, 'abs', info, operand(g, info));
    return true;
  }
  const info = someInt(g);
  const v = operand(g, info);
  const isAddressWidth = info.ip === IP.usize_type || info.ip === IP.isize_type;
  const result = isAddressWidth ? usizeInfo(g) : intInfo(g.p.types, false, info.bits);
  const most = Math.max(Math.abs(v.low), Math.abs(v.high));
  const least = v.low >= 0 ? v.low : v.high <= 0 ? Math.abs(v.high) : 0;
  convert(g, 'abs', result, v, least, Math.min(most, result.full));
  return true;
};
