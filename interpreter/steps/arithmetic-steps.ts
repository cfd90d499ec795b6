/**
 * Steps of arithmetic, bits and shifts: they pick the operation by the type of the operand and check that operands are defined.
 *
 * What the operations do is in integers.ts, small-integers.ts, floats.ts and soft-float.ts.
 */
import { operandAt } from '../../core/air/body/operands.ts';
import { ptrSize } from '../../core/intern/layout.ts';
import type { AddressSpace } from '../model/address-space.ts';
import { bitsFromFloat, floatFromBits, intFromBits } from '../model/encoding.ts';
import type { FloatBinary, FloatUnary } from '../model/floats.ts';
import type { Elementary } from '../model/elementary.ts';
import { elementary } from '../model/elementary.ts';
import { FLOAT_ARITHMETIC, FLOAT_BINARY, FLOAT_UNARY } from '../model/floats.ts';
import type { Step } from '../model/frame.ts';
import { NEXT } from '../model/frame.ts';
import { illegal } from '../model/halt.ts';
import type { IntBinary, IntOverflowing, IntShift } from '../model/integers.ts';
import {
  amountBelow,
  BIT_COUNT,
  bitsReversed,
  bytesReversed,
  fits,
  INT_BINARY,
  INT_EXACT,
  INT_SHIFT,
  norm,
  shiftedLeft,
} from '../model/integers.ts';
import type { Pointer } from '../model/memory-object.ts';
import type { FloatShape, IntShape } from '../model/shapes.ts';
import {
  SMALL_BINARY,
  SMALL_COUNT,
  SMALL_EXACT,
  SMALL_SHIFT,
  smallFits,
  smallNorm,
  smallReversed,
} from '../model/small-integers.ts';
import { fusedMultiplyAdd, isNan, quietNan, SOFT_BINARY, SOFT_FORMATS, SOFT_UNARY } from '../model/soft-float.ts';
import type { Value } from '../model/values.ts';
import {
  anyIntOf,
  bigOf,
  countOf,
  floatOf,
  intValue,
  isExactNan,
  isPointer,
  numberOf,
  softOf,
} from '../model/values.ts';
import type { Handler } from './preparation.ts';

/** bin_op on two operands of one type; null where the operation is not one of ints, or of floats. */
export function binary(ints: IntBinary | null, floats: FloatBinary | null): Handler {
  return (p, inst) => {
    const a = p.operand(p.body.lhs(inst));
    const b = p.operand(p.body.rhs(inst));
    const shape = p.shape(p.typeOf(p.body.lhs(inst)));
    if (shape.kind === 'int' && ints !== null) {
      return shape.small
        ? smallBinary(inst, a, b, SMALL_BINARY[ints], shape)
        : wideBinary(inst, a, b, INT_BINARY[ints], shape);
    }
    if (shape.kind === 'float' && floats !== null) {
      return floatBinary(inst, a, b, FLOAT_BINARY[floats], FLOAT_ARITHMETIC[shape.bits].round);
    }
    if (shape.kind === 'soft' && floats !== null) {
      const apply = SOFT_BINARY[floats];
      const { format } = shape;
      return ({ values }) => {
        values[inst] = apply(format, softOf(values[a]), softOf(values[b]));
        return NEXT;
      };
    }
    return p.illTyped(inst);
  };
}

/**
 * bit_and. Of an address it keeps what the alignment of the object decides: with a mask below that alignment the result is
 * a number, that of the offset.
 */
export const bitAnd: Handler = (p, inst) => {
  const step = binary('bit_and', null)(p, inst);
  const a = p.operand(p.body.lhs(inst));
  const b = p.operand(p.body.rhs(inst));
  const shape = p.shape(p.typeOf(p.body.lhs(inst)));
  if (shape.kind !== 'int' || shape.bits !== ptrSize(p.pool) * 8) return step;
  return (frame) => {
    const { values } = frame;
    const low = lowBits(values[a], values[b]) ?? lowBits(values[b], values[a]);
    if (low === null) return step(frame);
    values[inst] = intValue(low, shape);
    return NEXT;
  };
};

/** `address` modulo the powers of two in `mask`, or null where that is not known, or no address is. */
function lowBits(address: Value, mask: Value): bigint | null {
  if (!isPointer(address) || address.object === null || mask === undefined || isPointer(mask)) return null;
  const bits = anyIntOf(mask);
  if (bits < 0n || bits >= BigInt(address.object.align)) return null;
  return BigInt.asUintN(64, BigInt(address.offset)) & bits;
}

/** sub and sub_wrap. Of two numbers of pages their distance is known, though they are not. */
export function difference(ints: IntBinary, floats: FloatBinary | null): Handler {
  const plain = binary(ints, floats);
  return (p, inst) => {
    const step = plain(p, inst);
    const { machine } = p;
    const a = p.operand(p.body.lhs(inst));
    const b = p.operand(p.body.rhs(inst));
    const shape = p.shape(p.typeOf(p.body.lhs(inst)));
    if (shape.kind !== 'int' || shape.bits !== ptrSize(p.pool) * 8) return step;
    return (frame) => {
      const { values } = frame;
      const x = values[a];
      const y = values[b];
      if (typeof x !== 'object' || typeof y !== 'object' || !isPages(x, machine.space) || !isPages(y, machine.space)) {
        return step(frame);
      }
      values[inst] = intFromBits(shape, BigInt(x.offset - y.offset));
      return NEXT;
    };
  };
}

function isPages(v: Value, space: AddressSpace): v is Pointer {
  return isPointer(v) && v.object === space.pages;
}

function smallBinary(
  inst: number,
  a: number,
  b: number,
  apply: (a: number, b: number, t: IntShape) => number,
  t: IntShape,
): Step {
  return ({ values }) => {
    values[inst] = apply(numberOf(values[a]), numberOf(values[b]), t);
    return NEXT;
  };
}

function wideBinary(
  inst: number,
  a: number,
  b: number,
  apply: (a: bigint, b: bigint, t: IntShape) => bigint,
  t: IntShape,
): Step {
  return ({ values }) => {
    values[inst] = apply(bigOf(values[a]), bigOf(values[b]), t);
    return NEXT;
  };
}

function floatBinary(
  inst: number,
  a: number,
  b: number,
  apply: (a: number, b: number, round: (v: number) => number) => number,
  round: (v: number) => number,
): Step {
  return ({ values }) => {
    values[inst] = apply(floatOf(values[a]), floatOf(values[b]), round);
    return NEXT;
  };
}

/** bin_op on two bools. */
export function logical(apply: (a: number, b: number) => number): Handler {
  return (p, inst) => {
    const a = p.operand(p.body.lhs(inst));
    const b = p.operand(p.body.rhs(inst));
    return ({ values }) => {
      values[inst] = apply(numberOf(values[a]), numberOf(values[b]));
      return NEXT;
    };
  };
}

/** bin_op of a value and an amount of bits; the amount is of any unsigned type. */
export function shift(name: IntShift): Handler {
  return (p, inst) => {
    const a = p.operand(p.body.lhs(inst));
    const k = p.operand(p.body.rhs(inst));
    const t = p.shape(p.typeOf(p.body.lhs(inst)));
    if (t.kind !== 'int') return p.illTyped(inst);
    if (t.small) {
      const apply = SMALL_SHIFT[name];
      return ({ values }) => {
        values[inst] = apply(numberOf(values[a]), countOf(values[k]), t);
        return NEXT;
      };
    }
    const apply = INT_SHIFT[name];
    return ({ values }) => {
      values[inst] = apply(bigOf(values[a]), countOf(values[k]), t);
      return NEXT;
    };
  };
}

/** ty_pl_bin with result tuple { T, u1 }: the reduced result, and whether that is not the exact one. */
export function overflowing(name: IntOverflowing): Handler {
  return (p, inst) => {
    const a = p.operand(p.body.lhs(inst));
    const b = p.operand(p.body.rhs(inst));
    const t = p.shape(p.typeOf(p.body.lhs(inst)));
    if (t.kind !== 'int') return p.illTyped(inst);
    if (t.small) {
      const exact = SMALL_EXACT[name];
      const reduced = SMALL_BINARY[`${name}_wrap`];
      return ({ values }) => {
        const x = numberOf(values[a]);
        const y = numberOf(values[b]);
        values[inst] = [reduced(x, y, t), smallFits(exact(x, y), t) ? 0 : 1];
        return NEXT;
      };
    }
    const exact = INT_EXACT[name];
    return ({ values }) => {
      const result = exact(bigOf(values[a]), bigOf(values[b]));
      values[inst] = [norm(result, t), fits(result, t) ? 0 : 1];
      return NEXT;
    };
  };
}

/** `*_safe`: the exact result; one that does not fit panics. */
export function checked(name: IntOverflowing): Handler {
  return (p, inst) => {
    const { machine } = p;
    const a = p.operand(p.body.lhs(inst));
    const b = p.operand(p.body.rhs(inst));
    const t = p.shape(p.typeOf(p.body.lhs(inst)));
    if (t.kind !== 'int') return p.illTyped(inst);
    const exact = INT_EXACT[name];
    return ({ values }) => {
      const result = exact(anyIntOf(values[a]), anyIntOf(values[b]));
      if (!fits(result, t)) machine.panic('integer_overflow');
      values[inst] = intValue(result, t);
      return NEXT;
    };
  };
}

/** shl_with_overflow. */
export const shiftOverflowing: Handler = (p, inst) => {
  const a = p.operand(p.body.lhs(inst));
  const k = p.operand(p.body.rhs(inst));
  const t = p.shape(p.typeOf(p.body.lhs(inst)));
  if (t.kind !== 'int') return p.illTyped(inst);
  return ({ values }) => {
    const v = anyIntOf(values[a]);
    const exact = shiftedLeft(v, amountBelow(countOf(values[k]), t.bits));
    values[inst] = [intValue(norm(exact, t), t), fits(exact, t) ? 0 : 1];
    return NEXT;
  };
};

/** not. */
export const invert: Handler = (p, inst) => {
  const a = p.operand(p.body.operand(inst));
  const t = p.shape(p.body.ty(inst));
  if (t.kind === 'bool') {
    return ({ values }) => {
      values[inst] = 1 - numberOf(values[a]);
      return NEXT;
    };
  }
  if (t.kind !== 'int') return p.illTyped(inst);
  return ({ values }) => {
    const v = values[a];
    values[inst] = typeof v === 'bigint' ? norm(-1n - v, t) : smallNorm(-1 - numberOf(v), t);
    return NEXT;
  };
};

/** clz, ctz, popcount: a number of bits, in a type of its own. */
export function countBits(name: keyof typeof BIT_COUNT): Handler {
  const count = BIT_COUNT[name];
  const smallCount = SMALL_COUNT[name];
  return (p, inst) => {
    const a = p.operand(p.body.operand(inst));
    const from = p.shape(p.typeOf(p.body.operand(inst)));
    const to = p.shape(p.body.ty(inst));
    if (from.kind !== 'int' || to.kind !== 'int') return p.illTyped(inst);
    return ({ values }) => {
      const v = values[a];
      const n = typeof v === 'bigint' ? count(v, from) : smallCount(numberOf(v), from);
      values[inst] = to.small ? n : BigInt(n);
      return NEXT;
    };
  };
}

/** byte_swap, bit_reverse. */
export function rearrange(name: 'byte_swap' | 'bit_reverse'): Handler {
  const apply = name === 'byte_swap' ? bytesReversed : bitsReversed;
  const unit = name === 'byte_swap' ? 8 : 1;
  return (p, inst) => {
    const a = p.operand(p.body.operand(inst));
    const t = p.shape(p.body.ty(inst));
    if (t.kind !== 'int') return p.illTyped(inst);
    return ({ values }) => {
      const v = values[a];
      values[inst] = typeof v === 'bigint' ? apply(v, t) : smallReversed(numberOf(v), t, unit);
      return NEXT;
    };
  };
}

/** abs: an integer becomes unsigned, a float loses its sign bit. */
export const absolute: Handler = (p, inst) => {
  const a = p.operand(p.body.operand(inst));
  const t = p.shape(p.body.ty(inst));
  if (t.kind === 'float') {
    const signBit = 2n ** BigInt(t.size * 8 - 1);
    return ({ values }) => {
      values[inst] = withSign(values[a], Math.abs, (bits) => bits & (signBit - 1n));
      return NEXT;
    };
  }
  if (t.kind === 'soft') {
    const mask = 2n ** BigInt(t.bits - 1) - 1n;
    return ({ values }) => {
      values[inst] = softOf(values[a]) & mask;
      return NEXT;
    };
  }
  if (t.kind !== 'int') return p.illTyped(inst);
  return ({ values }) => {
    const v = values[a];
    values[inst] = typeof v === 'bigint' ? (v < 0n ? -v : v) : Math.abs(numberOf(v));
    return NEXT;
  };
};

/** neg of a float. */
export const negate: Handler = (p, inst) => {
  const a = p.operand(p.body.operand(inst));
  const t = p.shape(p.typeOf(p.body.operand(inst)));
  if (t.kind === 'soft') {
    const sign = 2n ** BigInt(t.bits - 1);
    return ({ values }) => {
      values[inst] = softOf(values[a]) ^ sign;
      return NEXT;
    };
  }
  if (t.kind !== 'float') return p.illTyped(inst);
  const signBit = 2n ** BigInt(t.size * 8 - 1);
  return ({ values }) => {
    values[inst] = withSign(
      values[a],
      (v) => -v,
      (bits) => bits ^ signBit,
    );
    return NEXT;
  };
};

/** neg and abs work on the sign bit, of a NaN too: a NaN with known bits keeps the others. */
function withSign(v: Value, ofNumber: (v: number) => number, ofBits: (bits: bigint) => bigint): Value {
  if (v === undefined) return illegal('undefined_value');
  return isExactNan(v) ? { kind: 'nan', bits: ofBits(v.bits) } : ofNumber(floatOf(v));
}

/** un_op on a float. */
export function floatUnary(name: FloatUnary): Handler {
  const apply = FLOAT_UNARY[name];
  return (p, inst) => {
    const a = p.operand(p.body.operand(inst));
    const t = p.shape(p.typeOf(p.body.operand(inst)));
    if (t.kind === 'soft') {
      const onPattern = SOFT_UNARY[name];
      return ({ values }) => {
        values[inst] = onPattern(t.format, softOf(values[a]));
        return NEXT;
      };
    }
    if (t.kind !== 'float') return p.illTyped(inst);
    const { round } = FLOAT_ARITHMETIC[t.bits];
    return ({ values }) => {
      values[inst] = apply(floatOf(values[a]), round);
      return NEXT;
    };
  };
}

/** sin to log10. */
export function elementaryOf(name: Elementary): Handler {
  return (p, inst) => {
    const a = p.operand(p.body.operand(inst));
    const t = p.shape(p.typeOf(p.body.operand(inst)));
    if (t.kind === 'soft') {
      return ({ values }) => {
        values[inst] = elementary(name, t.format, softOf(values[a]));
        return NEXT;
      };
    }
    if (t.kind !== 'float') return p.illTyped(inst);
    const format = SOFT_FORMATS[t.bits];
    return ({ values }) => {
      const result = elementary(name, format, patternOf(t, values[a]));
      values[inst] = isNan(format, result) ? NaN : floatFromBits(t.size, result);
      return NEXT;
    };
  };
}

/** The bits of a float of the host; of a NaN those of the quiet one. */
function patternOf(t: FloatShape, v: Value): bigint {
  const number = floatOf(v);
  return number === number ? bitsFromFloat(t.size, number) : quietNan(SOFT_FORMATS[t.bits]);
}

/** mul_add: the exact product and sum, rounded once. */
export const fused: Handler = (p, inst) => {
  const a = p.operand(p.body.lhs(inst));
  const b = p.operand(p.body.rhs(inst));
  const c = p.operand(operandAt(p.body, inst, 2));
  const t = p.shape(p.typeOf(p.body.lhs(inst)));
  if (t.kind === 'soft') {
    return ({ values }) => {
      values[inst] = fusedMultiplyAdd(t.format, softOf(values[a]), softOf(values[b]), softOf(values[c]));
      return NEXT;
    };
  }
  if (t.kind !== 'float') return p.illTyped(inst);
  const format = SOFT_FORMATS[t.bits];
  return ({ values }) => {
    const result = fusedMultiplyAdd(format, patternOf(t, values[a]), patternOf(t, values[b]), patternOf(t, values[c]));
    values[inst] = isNan(format, result) ? NaN : floatFromBits(t.size, result);
    return NEXT;
  };
};
