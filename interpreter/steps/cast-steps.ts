/**
 * Steps of casts between scalar types.
 *
 * bitcast copies: an undefined value stays undefined, an address stays an address. All others compute.
 */
import type { InstIndex } from '../../core/air/body/ref.ts';
import { bitsFromFloat, floatFromBits, intFromBits, numericPointer, softFromBits } from '../model/encoding.ts';
import { FLOAT_ARITHMETIC, nearestFloat } from '../model/floats.ts';
import type { Step } from '../model/frame.ts';
import { NEXT } from '../model/frame.ts';
import { illegal } from '../model/halt.ts';
import { fits, norm } from '../model/integers.ts';
import type { IntShape, Shape, SoftShape } from '../model/shapes.ts';
import { smallFits, smallNorm } from '../model/small-integers.ts';
import { fromInteger, integerOf, isNan, quietNan, resized, SOFT_FORMATS } from '../model/soft-float.ts';
import type { Value } from '../model/values.ts';
import { anyIntOf, floatOf, intValue, isPointer, misuse, softOf } from '../model/values.ts';
import type { Handler, Preparation } from './preparation.ts';

/** Prepares a ty_op from its two shapes and its function of a value. */
function cast(pick: (from: Shape, to: Shape) => ((v: Value) => Value) | null): Handler {
  return (p: Preparation, inst: InstIndex): Step => {
    const a = p.operand(p.body.operand(inst));
    const convert = pick(p.shape(p.typeOf(p.body.operand(inst))), p.shape(p.body.ty(inst)));
    if (convert === null) return p.illTyped(inst);
    return ({ values }) => {
      values[inst] = convert(values[a]);
      return NEXT;
    };
  };
}

/** intcast: the same value; it must fit. */
export const intcast = cast((from, to) => {
  if (from.kind !== 'int' || to.kind !== 'int') return null;
  return (v) => {
    if (typeof v === 'number' && to.small) return smallFits(v, to) ? v : illegal('integer_out_of_range');
    return ranged(anyIntOf(v), to);
  };
});

/** intcast_safe: the same value; one that does not fit panics. */
export const checkedIntcast: Handler = (p, inst) => {
  const { machine } = p;
  const a = p.operand(p.body.operand(inst));
  const to = p.shape(p.body.ty(inst));
  if (to.kind !== 'int') return p.illTyped(inst);
  return ({ values }) => {
    const v = anyIntOf(values[a]);
    if (!fits(v, to)) machine.panic('integer_out_of_range');
    values[inst] = intValue(v, to);
    return NEXT;
  };
};

/** trunc: modulo 2^N'. */
export const truncate = cast((from, to) => {
  if (from.kind !== 'int' || to.kind !== 'int') return null;
  return (v) => (typeof v === 'number' ? smallNorm(v, to) : intValue(norm(anyIntOf(v), to), to));
});

/** fptrunc, fpext: nearest, ties to even; widening is exact. */
export const floatcast = cast((from, to) => {
  if (from.kind === 'soft' || to.kind === 'soft') return softResize(from, to);
  if (from.kind !== 'float' || to.kind !== 'float') return null;
  const { round } = FLOAT_ARITHMETIC[to.bits];
  return (v) => round(floatOf(v));
});

/** As `floatcast`, where at least one of the formats is not the host's. */
function softResize(from: Shape, to: Shape): ((v: Value) => Value) | null {
  if (from.kind === 'soft' && to.kind === 'soft') return (v) => resized(from.format, to.format, softOf(v));
  if (from.kind === 'float' && to.kind === 'soft') {
    const source = SOFT_FORMATS[from.bits];
    return (v) => {
      const number = floatOf(v);
      return number === number ? resized(source, to.format, bitsFromFloat(from.size, number)) : quietNan(to.format);
    };
  }
  if (from.kind !== 'soft' || to.kind !== 'float') return null;
  const target = SOFT_FORMATS[to.bits];
  return (v) => {
    const pattern = softOf(v);
    if (isNan(from.format, pattern)) return NaN;
    return floatFromBits(to.size, resized(from.format, target, pattern));
  };
}

/** int_from_float: toward zero; NaN, infinities and what does not fit are illegal. */
export const intFromFloat = cast((from, to) => {
  if (to.kind !== 'int') return null;
  if (from.kind === 'soft') {
    const { format } = from;
    return (v) => {
      const whole = integerOf(format, softOf(v));
      return whole === null ? illegal('integer_out_of_range') : ranged(whole, to);
    };
  }
  if (from.kind !== 'float') return null;
  return (v) => {
    const whole = Math.trunc(floatOf(v));
    return Number.isFinite(whole) ? ranged(BigInt(whole), to) : illegal('integer_out_of_range');
  };
});

/** int_from_float_safe: toward zero; NaN and what does not fit panic. */
export const checkedIntFromFloat: Handler = (p, inst) => {
  const { machine } = p;
  const a = p.operand(p.body.operand(inst));
  const from = p.shape(p.typeOf(p.body.operand(inst)));
  const to = p.shape(p.body.ty(inst));
  if (to.kind !== 'int' || (from.kind !== 'soft' && from.kind !== 'float')) return p.illTyped(inst);
  return ({ values }) => {
    const v = values[a];
    const whole = from.kind === 'soft' ? integerOf(from.format, softOf(v)) : wholeOf(floatOf(v));
    if (whole === null || !fits(whole, to)) return machine.panic('float_out_of_range');
    values[inst] = intValue(whole, to);
    return NEXT;
  };
};

function wholeOf(v: number): bigint | null {
  return Number.isFinite(v) ? BigInt(Math.trunc(v)) : null;
}

/** float_from_int: nearest, ties to even. */
export const floatFromInt = cast((from, to) => {
  if (from.kind !== 'int') return null;
  if (to.kind === 'soft') {
    const { format } = to;
    return (v) => fromInteger(format, anyIntOf(v));
  }
  if (to.kind !== 'float') return null;
  const { precision, round } = FLOAT_ARITHMETIC[to.bits];
  // A number of up to 32 bits is exact as f64 and rounds once. A wider one has its precision already; what is left to round is
  // one beyond the greatest number of the type, to infinity.
  return (v) => round(typeof v === 'number' ? v : nearestFloat(anyIntOf(v), precision));
});

/** bitcast: the same bits in a type of the same size. */
export const bitcast = cast((from, to) => {
  const convert = reinterpret(from, to);
  return convert === null ? null : (v) => (v === undefined ? undefined : convert(v));
});

function reinterpret(from: Shape, to: Shape): ((v: Value) => Value) | null {
  switch (from.kind) {
    case 'bool':
      return to.kind === 'bool' || isBit(to) ? same : null;
    case 'int':
      if (to.kind === 'int') return from.bits === to.bits ? (v) => (isPointer(v) ? v : asInt(v, to)) : null;
      if (to.kind === 'float')
        return from.bits === to.size * 8 ? (v) => floatFromBits(to.size, patternOf(v, from)) : null;
      if (to.kind === 'soft') return from.bits === to.bits ? (v) => asSoft(patternOf(v, from), to) : null;
      if (to.kind === 'pointer') return from.bits === to.size * 8 ? (v) => asPointer(v, from) : null;
      return to.kind === 'bool' && isBit(from) ? same : null;
    case 'float':
      if (to.kind === 'float') return from.size === to.size ? same : null;
      if (to.kind !== 'int' || to.bits !== from.size * 8) return null;
      return (v) => {
        const number = floatOf(v);
        return Number.isNaN(number) ? illegal('nan_bits') : intFromBits(to, bitsFromFloat(from.size, number));
      };
    case 'soft':
      if (to.kind === 'soft') return from.bits === to.bits ? same : null;
      return to.kind === 'int' && to.bits === from.bits ? (v) => intFromBits(to, softOf(v)) : null;
    case 'pointer':
      if (to.kind === 'pointer') return same;
      return to.kind === 'int' && to.bits === from.size * 8 ? (v) => asAddress(v, to) : null;
    case 'none':
    case 'parts':
    case 'array':
    case 'optional':
    case 'error_union':
    case 'union':
      return null;
  }
}

function isBit(shape: Shape): boolean {
  return shape.kind === 'int' && shape.bits === 1 && !shape.signed;
}

function same(v: Value): Value {
  return v;
}

function asInt(v: Value, to: IntShape): Value {
  return typeof v === 'number' ? smallNorm(v, to) : norm(anyIntOf(v), to);
}

function asSoft(pattern: bigint, to: SoftShape): Value {
  return softFromBits(to, pattern) ?? illegal('float_encoding');
}

function patternOf(v: Value, from: IntShape): bigint {
  return BigInt.asUintN(from.bits, anyIntOf(v));
}

/** An address comes back as the pointer that it was; another integer is a numeric address. */
function asPointer(v: Value, from: IntShape): Value {
  return isPointer(v) ? v : numericPointer(patternOf(v, from));
}

/** A numeric address is a number again; another stays symbolic inside the integer. */
function asAddress(v: Value, to: IntShape): Value {
  if (!isPointer(v)) return misuse(v);
  return v.object === null ? intFromBits(to, BigInt(v.offset)) : v;
}

function ranged(v: bigint, to: IntShape): Value {
  return fits(v, to) ? intValue(v, to) : illegal('integer_out_of_range');
}
