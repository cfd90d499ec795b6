/**
 * Values to and from the bytes of memory objects, and bit patterns of scalars at the border of a program.
 *
 * Owns docs/air.md section 3 as far as it speaks of contents: little endian, integers extended to their size, bool one byte,
 * padding undefined. A scalar that has an undefined byte, a part of a pointer or of an unknown NaN, or bytes that no value
 * of its type has (an integer that is not extended, a bool that is 2) reads as undefined. Ranges are checked by access.ts.
 */
import { InternalError } from '../../core/support/assert.ts';
import { illegal } from './halt.ts';
import type { MemoryObject, Pointer } from './memory-object.ts';
import { makePointer } from './memory-object.ts';
import type { FloatShape, FloatSize, IntShape, Shape, SoftShape } from './shapes.ts';
import { isPattern } from './soft-float.ts';
import { readSum, writeSum } from './sum-encoding.ts';
import type { ExactNan, Value } from './values.ts';
import { anyIntOf, isExactNan, isPointer, misuse, numberOf, softOf } from './values.ts';

/** Reads a value of `shape` from `offset` of `object`. */
export function readValue(object: MemoryObject, offset: number, shape: Shape): Value {
  switch (shape.kind) {
    case 'none':
      return undefined;
    case 'bool': {
      if (!object.isPlain(offset, 1)) return undefined;
      const byte = object.readNumber(offset, 1);
      return byte <= 1 ? byte : undefined;
    }
    case 'int':
      return readInt(object, offset, shape);
    case 'float':
      return readFloat(object, offset, shape);
    case 'soft':
      return object.isPlain(offset, shape.bits / 8)
        ? softFromBits(shape, object.readBig(offset, shape.bits / 8))
        : undefined;
    case 'pointer': {
      const stored = object.pointerAt(offset);
      if (stored !== undefined) return stored;
      if (!object.isPlain(offset, shape.size)) return undefined;
      return numericPointer(object.readBig(offset, shape.size));
    }
    case 'parts':
      return shape.parts.map((part) => readValue(object, offset + part.offset, part.shape));
    case 'array': {
      // Without bytes there is nothing to know, however many elements there are.
      if (shape.size === 0) return undefined;
      const values: Value[] = [];
      const stride = shape.element.size;
      for (let n = 0; n < shape.count; n++) values.push(readValue(object, offset + n * stride, shape.element));
      return values;
    }
    case 'optional':
    case 'error_union':
    case 'union':
      return readSum(object, offset, shape, readValue);
  }
}

/** A pointer with a numeric address, which lies below 2^53: that far a pointer of the interpreter is exact. */
export function numericPointer(address: bigint): Pointer {
  if (address > BigInt(Number.MAX_SAFE_INTEGER)) return illegal('null_or_numeric_address');
  return makePointer(null, Number(address));
}

/** Writes a value of `shape` to `offset` of `object`. Padding becomes undefined. */
export function writeValue(object: MemoryObject, offset: number, shape: Shape, value: Value): void {
  if (value === undefined) {
    object.erase(offset, shape.size);
    return;
  }
  switch (shape.kind) {
    case 'none':
      return;
    case 'bool':
      object.writeNumber(offset, 1, value as number);
      return;
    case 'int':
      if (typeof value === 'number') {
        object.writeNumber(offset, shape.size, value);
      } else if (isPointer(value)) {
        object.writePointer(offset, value);
      } else {
        object.writeBig(offset, shape.size, value as bigint);
      }
      return;
    case 'float':
      if (typeof value === 'number') object.writeFloat(offset, shape.size, value);
      else object.writeBig(offset, shape.size, (value as ExactNan).bits);
      return;
    case 'soft':
      object.erase(offset, shape.size);
      object.writeBig(offset, shape.bits / 8, value as bigint);
      return;
    case 'pointer':
      if (!isPointer(value)) return misuse(value);
      if (value.object !== null) object.writePointer(offset, value);
      else object.writeBig(offset, shape.size, BigInt(value.offset));
      return;
    case 'parts':
      object.erase(offset, shape.size);
      shape.parts.forEach((part, n) => {
        writeValue(object, offset + part.offset, part.shape, (value as readonly Value[])[n]);
      });
      return;
    case 'array': {
      const stride = shape.element.size;
      // A vector may have padding behind its lanes.
      if (shape.count * stride < shape.size) object.erase(offset, shape.size);
      for (let n = 0; n < shape.count; n++) {
        writeValue(object, offset + n * stride, shape.element, (value as readonly Value[])[n]);
      }
      return;
    }
    case 'optional':
    case 'error_union':
    case 'union':
      writeSum(object, offset, shape, value, writeValue);
      return;
  }
}

/** Float with the bit pattern `bits`; a NaN keeps its bits. */
export function floatFromBits(size: FloatSize, bits: bigint): number | ExactNan {
  scratch.setBigUint64(0, bits, true);
  const value = numberFromScratch(size);
  return value === value ? value : { kind: 'nan', bits };
}

/** Float that the host does not have, with the bit pattern `bits`; undefined where no value has them. */
export function softFromBits({ format }: SoftShape, bits: bigint): bigint | undefined {
  return isPattern(format, bits) ? bits : undefined;
}

/** Bit pattern of a float that is not NaN. */
export function bitsFromFloat(size: FloatSize, value: number): bigint {
  switch (size) {
    case 4:
      scratch.setFloat32(0, value, true);
      return BigInt(scratch.getUint32(0, true));
    case 8:
      scratch.setFloat64(0, value, true);
      return scratch.getBigUint64(0, true);
  }
}

function numberFromScratch(size: FloatSize): number {
  switch (size) {
    case 4:
      return scratch.getFloat32(0, true);
    case 8:
      return scratch.getFloat64(0, true);
  }
}

/** The quiet NaN without payload: what "some NaN" is shown as. */
function canonicalNanBits(size: FloatSize): bigint {
  switch (size) {
    case 4:
      return 0x7fc0_0000n;
    case 8:
      return 0x7ff8_0000_0000_0000n;
  }
}

/** Scalar from a bit pattern given from outside. A NaN is some NaN: its payload does not survive the way in. */
export function scalarFromBits(shape: Shape, bits: bigint): Value {
  switch (shape.kind) {
    case 'none':
      return undefined;
    case 'bool':
      return Number(bits & 1n);
    case 'int':
      return intFromBits(shape, bits);
    case 'float': {
      const value = floatFromBits(shape.size, BigInt.asUintN(shape.size * 8, bits));
      return isExactNan(value) ? NaN : value;
    }
    case 'soft':
      return softFromBits(shape, BigInt.asUintN(shape.bits, bits));
    case 'pointer':
    case 'parts':
    case 'array':
    case 'optional':
    case 'error_union':
    case 'union':
      throw new InternalError('an argument from outside is no scalar');
  }
}

/** Scalar that has exactly these bits; a NaN keeps them. */
export function scalarOfBits(shape: Shape, bits: bigint): Value {
  if (shape.kind === 'float') return floatFromBits(shape.size, bits);
  if (shape.kind === 'soft') return softFromBits(shape, bits) ?? illegal('float_encoding');
  return scalarFromBits(shape, bits);
}

/** Bit pattern of a scalar that is shown to the outside; illegal for an undefined value and for an address. */
export function bitsFromScalar(shape: Shape, value: Value): bigint {
  switch (shape.kind) {
    case 'none':
      return 0n;
    case 'bool':
      return BigInt(numberOf(value));
    case 'int':
      return BigInt.asUintN(shape.bits, anyIntOf(value));
    case 'float':
      if (value === undefined) return illegal('undefined_value');
      if (isExactNan(value)) return value.bits;
      return Number.isNaN(value) ? canonicalNanBits(shape.size) : bitsFromFloat(shape.size, value as number);
    case 'soft':
      return softOf(value);
    case 'pointer':
    case 'parts':
    case 'array':
    case 'optional':
    case 'error_union':
    case 'union':
      return misuse(value);
  }
}

/** Integer of `shape` whose two's complement is `bits` modulo 2^N. */
export function intFromBits(shape: IntShape, bits: bigint): number | bigint {
  const value = shape.signed ? BigInt.asIntN(shape.bits, bits) : BigInt.asUintN(shape.bits, bits);
  return shape.small ? Number(value) : value;
}

const scratch = new DataView(new ArrayBuffer(8));

function readInt(object: MemoryObject, offset: number, shape: IntShape): Value {
  const { size } = shape;
  if (!object.isPlain(offset, size)) {
    const stored = object.pointerAt(offset);
    return stored !== undefined && object.ptrSize === size && shape.bits === size * 8 ? stored : undefined;
  }
  if (shape.small) {
    const raw = object.readNumber(offset, size);
    const half = 2 ** (8 * size - 1);
    const value = shape.signed && raw >= half ? raw - 2 * half : raw;
    return value >= shape.low && value <= shape.high ? value : undefined;
  }
  const raw = object.readBig(offset, size);
  const value = shape.signed ? BigInt.asIntN(8 * size, raw) : raw;
  return value >= shape.min && value <= shape.max ? value : undefined;
}

function readFloat(object: MemoryObject, offset: number, { size }: FloatShape): Value {
  if (object.isPlain(offset, size)) {
    const value = object.readFloat(offset, size);
    return value === value ? value : { kind: 'nan', bits: object.readBig(offset, size) };
  }
  return object.isSomeNan(offset, size) ? NaN : undefined;
}
