/**
 * bitcast of vectors: the bits of a value in the order of its elements, first to last, from the lowest on, read as another type.
 *
 * A bit of an undefined element is undefined, and so is an element with such a bit. Between a vector and an array of the same
 * elements nothing is read at all: both are the list of them.
 */
import { bitsFromFloat, floatFromBits, intFromBits, softFromBits } from '../model/encoding.ts';
import { NEXT } from '../model/frame.ts';
import { illegal } from '../model/halt.ts';
import type { Shape } from '../model/shapes.ts';
import type { Value } from '../model/values.ts';
import { anyIntOf, floatOf, misuse, numberOf, partOf, softOf } from '../model/values.ts';
import type { Handler } from './preparation.ts';

/** Bits of which some are not known. */
interface Pattern {
  readonly bits: bigint;
  /** 1 for each bit that is not known. */
  readonly unknown: bigint;
}

/** `scalar` unless one of the types is a vector. */
export function recasting(scalar: Handler): Handler {
  return (p, inst) => {
    const { pool } = p;
    const source = p.typeOf(p.body.operand(inst));
    const target = p.body.ty(inst);
    const from = p.shape(source);
    const to = p.shape(target);
    if (from.kind !== 'array' && to.kind !== 'array') return scalar(p, inst);
    const a = p.operand(p.body.operand(inst));
    const isList =
      from.kind === 'array' &&
      to.kind === 'array' &&
      from.count === to.count &&
      pool.childType(source) === pool.childType(target);
    return ({ values }) => {
      values[inst] = isList ? values[a] : valueOf(to, patternOf(from, values[a]));
      return NEXT;
    };
  };
}

function widthOf(shape: Shape): number {
  switch (shape.kind) {
    case 'bool':
      return 1;
    case 'int':
    case 'float':
    case 'soft':
      return shape.bits;
    case 'array':
      return shape.count * widthOf(shape.element);
    case 'none':
    case 'pointer':
    case 'parts':
    case 'optional':
    case 'error_union':
    case 'union':
      return 0;
  }
}

function patternOf(shape: Shape, v: Value): Pattern {
  if (shape.kind === 'array') {
    const width = BigInt(widthOf(shape.element));
    let bits = 0n;
    let unknown = 0n;
    for (let n = shape.count - 1; n >= 0; n--) {
      const part = patternOf(shape.element, partOf(v, n));
      bits = (bits << width) | part.bits;
      unknown = (unknown << width) | part.unknown;
    }
    return { bits, unknown };
  }
  if (v === undefined) return { bits: 0n, unknown: 2n ** BigInt(widthOf(shape)) - 1n };
  return { bits: scalarBits(shape, v), unknown: 0n };
}

function scalarBits(shape: Shape, v: Value): bigint {
  switch (shape.kind) {
    case 'bool':
      return BigInt(numberOf(v));
    case 'int':
      return BigInt.asUintN(shape.bits, anyIntOf(v));
    case 'soft':
      return softOf(v);
    case 'float': {
      const number = floatOf(v);
      return Number.isNaN(number) ? illegal('nan_bits') : bitsFromFloat(shape.size, number);
    }
    case 'none':
    case 'pointer':
    case 'parts':
    case 'array':
    case 'optional':
    case 'error_union':
    case 'union':
      return misuse(v);
  }
}

function valueOf(shape: Shape, { bits, unknown }: Pattern): Value {
  if (shape.kind === 'array') {
    const width = BigInt(widthOf(shape.element));
    return Array.from({ length: shape.count }, (_, n) => {
      const at = width * BigInt(n);
      const mask = 2n ** width - 1n;
      return valueOf(shape.element, { bits: (bits >> at) & mask, unknown: (unknown >> at) & mask });
    });
  }
  if (unknown !== 0n) return undefined;
  switch (shape.kind) {
    case 'bool':
      return Number(bits);
    case 'int':
      return intFromBits(shape, bits);
    case 'float':
      return floatFromBits(shape.size, bits);
    case 'soft':
      return softFromBits(shape, bits) ?? illegal('float_encoding');
    case 'none':
    case 'pointer':
    case 'parts':
    case 'optional':
    case 'error_union':
    case 'union':
      return undefined;
  }
}
