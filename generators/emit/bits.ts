/**
 * Bitwise instructions, shifts, bit counts and bit permutations.
 *
 * Owns operands, amounts and ranges. Invariant: an amount is below the width except for `shl_sat`, and an exact shift loses
 * nothing.
 */
import { drawInt, intConst, powerConst } from '../draw/constants.ts';
import { bitsFor } from '../model/ranges.ts';
import type { Value } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';
import { intInfo } from '../model/types.ts';
import { shiftAmount } from './amounts.ts';
import type { Emitter, Gen } from './gen.ts';
import { binary, boolInfo, can, convert, usizeInfo } from './gen.ts';
import { amountInfo, narrowed, otherWidth } from './guards.ts';
import { operand, operands, someInt } from './operands.ts';

/** `bit_and`, `bit_or`, `xor`. */
export function bitwise(tag: 'bit_and' | 'bit_or' | 'xor'): Emitter {
  return (g) => {
    const info = someInt(g);
    const [a, b] = operands(g, info);
    if (tag === 'bit_and' && (a.low >= 0 || b.low >= 0)) {
      const high = a.low < 0 ? b.high : b.low < 0 ? a.high : Math.min(a.high, b.high);
      binary(g, tag, a, b, 0, high);
    } else if (a.low >= 0 && b.low >= 0 && a.high <= 2 ** 40 && b.high <= 2 ** 40) {
      binary(g, tag, a, b, 0, Math.min(info.full, 2 ** bitsFor(Math.max(a.high, b.high)) - 1));
    } else {
      binary(g, tag, a, b);
    }
    return true;
  };
}

/** `bool_and`, `bool_or`. */
export function logical(tag: 'bool_and' | 'bool_or'): Emitter {
  return (g) => {
    const [a, b] = operands(g, boolInfo(g));
    binary(g, tag, a, b, 0, 1);
    return true;
  };
}

/** `not` of an int or bool. */
export const inverted: Emitter = (g) => {
  if (g.r.chance(70)) {
    convert(g, 'not', boolInfo(g), operand(g, boolInfo(g)), 0, 1);
    return true;
  }
  const info = someInt(g);
  const v = operand(g, info);
  if (info.signed) convert(g, 'not', info, v, Math.max(info.min, -v.high - 1), Math.min(info.full, -v.low - 1));
  else convert(g, 'not', info, v);
  return true;
};

/** `shl`, `shr`. */
export function shifting(tag: 'shl' | 'shr'): Emitter {
  return (g) => {
    const info = someInt(g);
    const v = operand(g, info);
    const amount = shiftAmount(g, info, info.bits - 1);
    if (tag === 'shr' && v.low >= 0) binary(g, tag, v, amount, 0, v.high);
    else binary(g, tag, v, amount);
    return true;
  };
}

/** `shl_exact`: the operand leaves room for the greatest amount. */
export const shiftLeftExactly: Emitter = (g) => {
  const info = someInt(g);
  const most = g.r.below(info.bits);
  const v = narrowed(g, operand(g, info), info.bits - most);
  binary(g, 'shl_exact', v, shiftAmount(g, info, most));
  return true;
};

/** `shr_exact`: undoes a shift to the left, or shifts out zeros made for it. */
export const shiftRightExactly: Emitter = (g) => {
  const info = someInt(g);
  const most = g.r.below(info.bits);
  const v = operand(g, info);
  if (!can(g, 'shl')) {
    binary(g, 'shr_exact', v, intConst(g.p, amountInfo(g, info), 0), v.low, v.high);
    return true;
  }
  const amount = shiftAmount(g, info, most);
  const zeros = g.r.chance(128) ? amount : intConst(g.p, amount.info, Math.min(most, amount.info.full));
  if (zeros !== amount && amount.high > zeros.low) {
    const room = binary(g, 'shl', v, amount);
    binary(g, 'shr_exact', room, amount);
    return true;
  }
  binary(g, 'shr_exact', binary(g, 'shl', v, zeros), amount);
  return true;
};

/** `shl_sat`: every amount of every unsigned type, those around the width and the container included. */
export const shiftSaturating: Emitter = (g) => {
  const info = someInt(g);
  const v = operand(g, info);
  const type = amountInfo(g, info);
  binary(g, 'shl_sat', v, overshift(g, info, type));
  return true;
};

const CONTAINERS = [31, 32, 33, 63, 64, 65];
const WIDE_CONTAINERS = [63, 64, 65, 95, 96, 97, 127, 128, 129, 191, 192, 193];

function overshift(g: Gen, info: TypeInfo, type: TypeInfo): Value {
  const way = g.r.below(4);
  if (way === 0) return shiftAmount(g, info, info.bits - 1);
  if (way === 1) return operand(g, type);
  if (way === 2) return drawInt(g.p, type);
  if (type.bits > 64 && g.r.chance(128))
    return powerConst(g.p, type, false, g.r.between(64, type.bits - 1), g.r.below(3));
  const amount = g.r.chance(128)
    ? info.bits + g.r.between(-1, 1)
    : g.r.pick(info.bits > 64 ? WIDE_CONTAINERS : CONTAINERS);
  return intConst(g.p, type, Math.min(amount, type.full));
}

/** `clz`, `ctz`, `popcount`; the result type is the least that holds the width, or a wider one. */
export function counting(tag: 'clz' | 'ctz' | 'popcount'): Emitter {
  return (g) => {
    const info = someInt(g);
    const least = bitsFor(info.bits);
    const way = g.r.below(6);
    const result =
      way < 3
        ? intInfo(g.p.types, false, least)
        : way === 3
          ? usizeInfo(g)
          : intInfo(g.p.types, false, Math.max(least, otherWidth(g, [8, 32, 64, 17])));
    convert(g, tag, result, operand(g, info), 0, info.bits);
    return true;
  };
}

const BYTE_WIDTHS = [16, 32, 64, 24, 40, 48, 8, 56];

/** `byte_swap`. */
export const byteSwapped: Emitter = (g) => {
  const preferred = someInt(g);
  const info = preferred.bits % 8 === 0 ? preferred : intInfo(g.p.types, g.r.chance(128), g.r.pick(BYTE_WIDTHS));
  convert(g, 'byte_swap', info, operand(g, info));
  return true;
};

/** `bit_reverse`. */
export const bitReversed: Emitter = (g) => {
  const info = someInt(g);
  convert(g, 'bit_reverse', info, operand(g, info));
  return true;
};
