/**
 * Probes: host functions that watch a run from inside of the program and take no part in it.
 *
 * A probe is an `extern_func` without result that may take any values. Its calls are not in the trace, are not counted for
 * the answers of other host functions, and never make a run illegal: an undefined argument is seen as undefined. Owns what
 * is seen of a value, free of addresses. Knows nothing of why somebody looks.
 */
import type { NavIndex } from '../../core/intern/keys.ts';
import { bitsFromFloat, writeValue } from './encoding.ts';
import type { Pointer } from './memory-object.ts';
import { MemoryObject } from './memory-object.ts';
import type { ErrorUnionShape, OptionalShape, Shape } from './shapes.ts';
import type { Absent, Payload, Value } from './values.ts';
import { anyIntOf, isExactNan, isPointer, wrappedOf } from './values.ts';

/** An object that a pointer points to; one object is one JavaScript object as long as the run lasts. */
export type SeenObject = Pick<MemoryObject, 'role' | 'nav' | 'size'>;

/** An address: of a byte of an object, or a number where `object` is null. */
export interface SeenPointer {
  readonly object: SeenObject | null;
  readonly offset: number;
  /** False for a slot of a function that has returned. */
  readonly alive: boolean;
}

/** What is known of a range of memory, by offset from its start. */
export interface SeenBytes {
  readonly bytes: Uint8Array;
  /** 1 where the byte is defined and no part of a pointer. */
  readonly known: Uint8Array;
  readonly pointers: ReadonlyMap<number, SeenPointer>;
  /** Size of each NaN that arithmetic made. */
  readonly nans: ReadonlyMap<number, 4 | 8>;
}

/** One argument of a probe. `anyNan`: a NaN of any bits would be the same value. */
export type Seen =
  | { readonly kind: 'undefined' }
  | { readonly kind: 'bits'; readonly bits: bigint; readonly anyNan: boolean }
  | { readonly kind: 'pointer'; readonly pointer: SeenPointer }
  | { readonly kind: 'bytes'; readonly content: SeenBytes };

/** One call of a probe. */
interface Sight {
  readonly nav: NavIndex;
  readonly args: readonly Seen[];
  /** Of a probe that looks behind its last argument (a pointer or a slice): the memory there, if it can be read. */
  readonly behind: SeenBytes | null;
  /** Calls in the trace so far. */
  readonly hostCalls: number;
}

/** Who watches, and through which host functions. */
export interface Probe {
  /** `behind`: bytes of one thing that the last argument points to (of an element for a slice), or null: do not look. */
  readonly navs: ReadonlyMap<NavIndex, { readonly behind: number | null }>;
  saw(sight: Sight): void;
}

/** Greatest number of bytes that are looked at behind a pointer. */
export const BEHIND_LIMIT = 4096;

/** What is seen of a value of `shape`. */
export function seen(shape: Shape, value: Value, ptrSize: number): Seen {
  if (value === undefined || shape.kind === 'none') return { kind: 'undefined' };
  if (isPointer(value)) return { kind: 'pointer', pointer: seenPointer(value) };
  switch (shape.kind) {
    case 'bool':
      return { kind: 'bits', bits: BigInt(value as number), anyNan: false };
    case 'int':
      return { kind: 'bits', bits: BigInt.asUintN(shape.bits, anyIntOf(value)), anyNan: false };
    case 'soft':
      return { kind: 'bits', bits: value as bigint, anyNan: false };
    case 'float':
      if (isExactNan(value)) return { kind: 'bits', bits: value.bits, anyNan: true };
      return {
        kind: 'bits',
        bits: bitsFromFloat(shape.size, value as number),
        anyNan: Number.isNaN(value),
      };
    case 'optional':
    case 'error_union': {
      const scalar = seenSum(shape, wrappedOf(value), ptrSize);
      if (scalar !== null) return scalar;
      return { kind: 'bytes', content: contentOf(shape, value, ptrSize) };
    }
    case 'pointer':
    case 'parts':
    case 'array':
    case 'union': {
      return { kind: 'bytes', content: contentOf(shape, value, ptrSize) };
    }
  }
}

/** What the memory of a value holds. */
function contentOf(shape: Shape, value: Value, ptrSize: number): SeenBytes {
  const object = new MemoryObject('slot', null, shape.size, 1, false, ptrSize);
  writeValue(object, 0, shape, value);
  return seenBytes(object, 0, shape.size);
}

/** An optional or error union that is passed as one scalar; null for one that is passed in memory. */
function seenSum(shape: OptionalShape | ErrorUnionShape, value: Payload | Absent, ptrSize: number): Seen | null {
  const bits = (number: number): Seen => ({ kind: 'bits', bits: BigInt(number), anyNan: false });
  const { payload } = shape;
  if (shape.kind === 'error_union') {
    if (payload.size > 0) return null;
    return bits(value.kind === 'absent' ? value.code : 0);
  }
  if (payload.size === 0) return bits(value.kind === 'absent' ? 0 : 1);
  if (shape.nullBy === 'flag' || payload.kind === 'parts') return null;
  if (value.kind === 'payload') return seen(payload, value.payload, ptrSize);
  if (shape.nullBy === 'code') return bits(0);
  return { kind: 'pointer', pointer: { object: null, offset: 0, alive: true } };
}

/** The memory behind a pointer or slice, cut to {@link BEHIND_LIMIT}; null if there is none to read. */
export function seenBehind(value: Value, size: number): SeenBytes | null {
  const slice = Array.isArray(value) ? (value as readonly Value[]) : null;
  const pointer = slice === null ? value : slice[0];
  if (pointer === undefined || !isPointer(pointer)) return null;
  const { object, offset } = pointer;
  if (object === null || !object.alive || object.role === 'function') return null;
  const count = slice === null ? 1 : slice[1];
  if (typeof count !== 'number' && typeof count !== 'bigint') return null;
  const length = Math.min(size * Number(count), BEHIND_LIMIT);
  return offset < 0 || offset + length > object.size ? null : seenBytes(object, offset, length);
}

function seenPointer({ object, offset }: Pointer): SeenPointer {
  return { object, offset, alive: object === null || object.alive };
}

function seenBytes(object: MemoryObject, offset: number, size: number): SeenBytes {
  const bytes = new Uint8Array(size);
  const known = new Uint8Array(size);
  const pointers = new Map<number, SeenPointer>();
  const nans = new Map<number, 4 | 8>();
  for (let n = 0; n < size; n++) {
    const at = offset + n;
    if (object.isPlain(at, 1)) {
      bytes[n] = object.readNumber(at, 1);
      known[n] = 1;
      continue;
    }
    const pointer = n + object.ptrSize <= size ? object.pointerAt(at) : undefined;
    if (pointer !== undefined) pointers.set(n, seenPointer(pointer));
    for (const nan of [4, 8] as const) {
      if (n + nan <= size && object.isSomeNan(at, nan)) nans.set(n, nan);
    }
  }
  return { bytes, known, pointers, nans };
}
