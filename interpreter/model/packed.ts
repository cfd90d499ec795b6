/**
 * Packed structs and unions: fields as ranges of the digits of an unsigned number, and what lies behind a pointer to bits.
 *
 * A packed struct or union is a value of its backing integer. It is undefined as a whole: where one field is, all are. Bytes of a host that
 * are not all known make what is read from them undefined, and what is written to them undefines all of them.
 */
import type { InternPool } from '../../core/intern/intern-pool.ts';
import type { IpIndex } from '../../core/intern/keys.ts';
import { backingOf, bitOffset, packedBits } from '../../core/intern/packed.ts';
import { bitsFromScalar, intFromBits, scalarOfBits } from './encoding.ts';
import { illegal } from './halt.ts';
import type { MemoryObject } from './memory-object.ts';
import type { Shape } from './shapes.ts';
import { intShapeOf, shapeOf } from './shapes.ts';
import type { Value } from './values.ts';

/** Where a field lies in the digits of a number, and what its values look like. */
interface Field {
  readonly shape: Shape;
  /** 2 to the power of the lowest bit. */
  readonly weight: bigint;
  /** 2 to the power of the width. */
  readonly range: bigint;
}

/** The `bits` bits from bit `offset` on, as a value of type `ty`. */
export function bitField(pool: InternPool, ty: IpIndex, offset: number): Field {
  return { shape: shapeOf(pool, ty), weight: 2n ** BigInt(offset), range: 2n ** BigInt(packedBits(pool, ty)!) };
}

/** Field `n` of a packed struct. */
export function packedField(pool: InternPool, ty: IpIndex, n: number): Field {
  return bitField(pool, pool.fieldType(ty, n), bitOffset(pool, ty, n));
}

/** Takes a field out of a number that is not negative. */
export function fieldOf(number: bigint, { shape, weight, range }: Field): Value {
  return scalarOfBits(shape, (number / weight) % range);
}

/** What a field adds to a number in which its bits are zero. */
function summandOf({ shape, weight, range }: Field, value: Value): bigint {
  // The bits of a NaN that arithmetic made are not known.
  if (typeof value === 'number' && value !== value) return illegal('nan_bits');
  const bits = bitsFromScalar(shape, value) % range;
  return bits * weight;
}

/** A number with a field replaced. */
function withField(number: bigint, field: Field, value: Value): bigint {
  const before = ((number / field.weight) % field.range) * field.weight;
  return number - before + summandOf(field, value);
}

/** The packed struct of type `ty` with these fields. */
export function packed(pool: InternPool, ty: IpIndex, values: readonly Value[]): Value {
  if (values.includes(undefined)) return undefined;
  const number = values.reduce<bigint>((sum, value, n) => sum + summandOf(packedField(pool, ty, n), value), 0n);
  return intFromBits(intShapeOf(pool, backingOf(pool, ty)), number);
}

/** The packed union of type `ty` whose field `n`, which is all of its bits, is `value`. */
export function packedVariant(pool: InternPool, ty: IpIndex, n: number, value: Value): Value {
  if (value === undefined) return undefined;
  return intFromBits(intShapeOf(pool, backingOf(pool, ty)), summandOf(packedField(pool, ty, n), value));
}

/** Reads bits of the host of `size` bytes at `offset`. */
export function readBits(object: MemoryObject, offset: number, size: number, field: Field): Value {
  return object.isPlain(offset, size) ? fieldOf(object.readBig(offset, size), field) : undefined;
}

/** Writes bits of the host of `size` bytes at `offset`. */
export function writeBits(object: MemoryObject, offset: number, size: number, field: Field, value: Value): void {
  if (value === undefined || !object.isPlain(offset, size)) object.erase(offset, size);
  else object.writeBig(offset, size, withField(object.readBig(offset, size), field, value));
}
