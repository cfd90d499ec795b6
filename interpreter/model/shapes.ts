/**
 * Types as the interpreter sees them: what a value looks like and where its parts lie in memory.
 *
 * Derived from the pool once per type. Sizes and offsets are facts of the language and come from core/intern/layout.ts; nothing
 * else of how a back end represents types is known here.
 */
import type { FloatBits } from '../../core/intern/float-formats.ts';
import type { InternPool } from '../../core/intern/intern-pool.ts';
import type { IpIndex } from '../../core/intern/keys.ts';
import { IP } from '../../core/intern/keys.ts';
import {
  abiSize,
  arrayMemoryLen,
  ERROR_SIZE,
  errorOffset,
  errorPayloadOffset,
  fieldOffset,
  hasNullPayload,
  presenceWord,
  ptrSize,
  unionTagOffset,
} from '../../core/intern/layout.ts';
import { backingOf } from '../../core/intern/packed.ts';
import { enumTag, errorPayload, unionTag } from '../../core/intern/sums.ts';
import { TypeKind, SimpleType } from '../../core/intern/type-kinds.ts';
import { assert } from '../../core/support/assert.ts';
import type { SoftFormat } from './soft-float.ts';
import { SOFT_FORMATS } from './soft-float.ts';

/** Integer type. `low` and `high` are its least and greatest value where `small`, that is where values are JS numbers. */
export interface IntShape {
  readonly kind: 'int';
  readonly size: number;
  readonly bits: number;
  readonly signed: boolean;
  readonly small: boolean;
  readonly min: bigint;
  readonly max: bigint;
  readonly low: number;
  readonly high: number;
}

/** Bytes of a float in memory. */
export type FloatSize = 4 | 8;

/** Float type of the host: width in bits, bytes in memory. */
export interface FloatShape {
  readonly kind: 'float';
  readonly bits: 32 | 64;
  readonly size: FloatSize;
}

/** Float type that the host does not have. The bytes behind the value (of f80) are padding. */
export interface SoftShape {
  readonly kind: 'soft';
  readonly bits: 16 | 80 | 128;
  readonly size: number;
  readonly format: SoftFormat;
}

/** Pointer type; what it points to is checked where it is used. */
interface PointerShape {
  readonly kind: 'pointer';
  readonly size: number;
}

/** A part of a composite. */
interface Part {
  readonly shape: Shape;
  /** Bytes from the start of the composite. */
  readonly offset: number;
}

/** Struct (one part per field, in field order), or slice (pointer, length). */
interface PartsShape {
  readonly kind: 'parts';
  readonly size: number;
  readonly parts: readonly Part[];
}

/** Array; `count` includes the sentinel. */
interface ArrayShape {
  readonly kind: 'array';
  readonly size: number;
  readonly element: Shape;
  readonly count: number;
}

/** Optional. Null is a flag of 0 behind the payload, or what the payload cannot be: address 0, error code 0. */
export interface OptionalShape {
  readonly kind: 'optional';
  readonly size: number;
  readonly payload: Shape;
  readonly nullBy: 'flag' | 'address' | 'code';
  readonly flagOffset: number;
}

/** Error union: code 0 and a payload, or the code of an error. */
export interface ErrorUnionShape {
  readonly kind: 'error_union';
  readonly size: number;
  readonly payload: Shape;
  readonly codeOffset: number;
  readonly payloadOffset: number;
}

/** Union: its bytes. `tag` is null where nothing says which field they belong to. */
export interface UnionShape {
  readonly kind: 'union';
  readonly size: number;
  readonly tag: IntShape | null;
  readonly tagOffset: number;
}

/** `none`: types without values in memory (void, noreturn, functions). */
export type Shape =
  | { readonly kind: 'none'; readonly size: 0 }
  | { readonly kind: 'bool'; readonly size: 1 }
  | IntShape
  | FloatShape
  | SoftShape
  | PointerShape
  | PartsShape
  | ArrayShape
  | OptionalShape
  | ErrorUnionShape
  | UnionShape;

const NONE: Shape = { kind: 'none', size: 0 };
const BOOL: Shape = { kind: 'bool', size: 1 };
const FLOATS: Readonly<Record<FloatBits, FloatShape | SoftShape>> = {
  16: { kind: 'soft', bits: 16, size: 2, format: SOFT_FORMATS[16] },
  32: { kind: 'float', bits: 32, size: 4 },
  64: { kind: 'float', bits: 64, size: 8 },
  80: { kind: 'soft', bits: 80, size: 16, format: SOFT_FORMATS[80] },
  128: { kind: 'soft', bits: 128, size: 16, format: SOFT_FORMATS[128] },
};

const caches = new WeakMap<InternPool, (Shape | undefined)[]>();

/** Shape of type `ty`. */
export function shapeOf(pool: InternPool, ty: IpIndex): Shape {
  let cache = caches.get(pool);
  if (cache === undefined) caches.set(pool, (cache = []));
  return (cache[ty] ??= makeShape(pool, ty));
}

/** Shape of integer type `ty`. */
export function intShapeOf(pool: InternPool, ty: IpIndex): IntShape {
  const shape = shapeOf(pool, ty);
  assert(shape.kind === 'int', 'integer type expected');
  return shape;
}

/** Shape of float type `ty`. */
export function floatShapeOf(pool: InternPool, ty: IpIndex): FloatShape | SoftShape {
  const shape = shapeOf(pool, ty);
  assert(shape.kind === 'float' || shape.kind === 'soft', 'float type expected');
  return shape;
}

/** Integer shape from its parts; `size` in bytes. */
export function makeIntShape(signed: boolean, bits: number, size: number): IntShape {
  const min = signed ? -(2n ** BigInt(bits - 1)) : 0n;
  const max = signed ? 2n ** BigInt(bits - 1) - 1n : 2n ** BigInt(bits) - 1n;
  return { kind: 'int', size, bits, signed, small: bits <= 32, min, max, low: Number(min), high: Number(max) };
}

function simpleShape(pool: InternPool, ty: IpIndex, size: number): Shape {
  switch (pool.simpleType(ty)) {
    case SimpleType.void:
    case SimpleType.noreturn:
      return NONE;
    case SimpleType.bool:
      return BOOL;
    case SimpleType.usize:
    case SimpleType.isize:
      return makeIntShape(pool.intSigned(ty), pool.intBits(ty), size);
  }
}

function makeShape(pool: InternPool, ty: IpIndex): Shape {
  const size = abiSize(pool, ty);
  switch (pool.typeKind(ty)) {
    case TypeKind.simple:
      return simpleShape(pool, ty, size);
    case TypeKind.float:
      return FLOATS[pool.floatBits(ty)];
    case TypeKind.int:
      return makeIntShape(pool.intSigned(ty), pool.intBits(ty), size);
    case TypeKind.ptr:
      return { kind: 'pointer', size };
    case TypeKind.slice:
      return {
        kind: 'parts',
        size,
        parts: [
          { shape: { kind: 'pointer', size: ptrSize(pool) }, offset: 0 },
          { shape: shapeOf(pool, IP.usize_type), offset: ptrSize(pool) },
        ],
      };
    case TypeKind.array:
    case TypeKind.vector:
      return { kind: 'array', size, element: shapeOf(pool, pool.childType(ty)), count: arrayMemoryLen(pool, ty) };
    case TypeKind.struct:
      return {
        kind: 'parts',
        size,
        parts: Array.from({ length: pool.fieldCount(ty) }, (_, n) => ({
          shape: shapeOf(pool, pool.fieldType(ty, n)),
          offset: fieldOffset(pool, ty, n),
        })),
      };
    case TypeKind.fn:
      return NONE;
    case TypeKind.error_set:
      return makeIntShape(false, ERROR_SIZE * 8, ERROR_SIZE);
    case TypeKind.enum:
      return shapeOf(pool, enumTag(pool, ty));
    case TypeKind.packed:
      return shapeOf(pool, backingOf(pool, ty));
    case TypeKind.opt: {
      const child = pool.childType(ty);
      const { offset } = presenceWord(pool, ty);
      const isCode = pool.typeKind(child) === TypeKind.error_set;
      const nullBy = !hasNullPayload(pool, ty) ? 'flag' : isCode ? 'code' : 'address';
      return { kind: 'optional', size, payload: shapeOf(pool, child), nullBy, flagOffset: offset };
    }
    case TypeKind.error_union:
      return {
        kind: 'error_union',
        size,
        payload: shapeOf(pool, errorPayload(pool, ty)),
        codeOffset: errorOffset(pool, ty),
        payloadOffset: errorPayloadOffset(pool, ty),
      };
    case TypeKind.union: {
      const tag = unionTag(pool, ty);
      if (tag === null) return { kind: 'union', size, tag: null, tagOffset: 0 };
      return { kind: 'union', size, tag: intShapeOf(pool, tag), tagOffset: unionTagOffset(pool, ty) };
    }
  }
}
