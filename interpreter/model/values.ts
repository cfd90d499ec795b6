/**
 * Run-time values of the interpreter, and how an operand is taken for a use.
 *
 * A value is immutable, so sharing one is copying it: that is the by-value semantics of every AIR value. The type of a value
 * is static and not stored. Representation by type:
 *   integer of up to 32 bits, bool   number: the mathematical value, never -0; bool is 0 or 1
 *   wider integer                    bigint: the mathematical value
 *   f32, f64                         number; a JS NaN is "some NaN" (arithmetic made it); `ExactNan` one whose bits are known
 *   f16, f80, f128                   bigint: the bit pattern, of a NaN too
 *   pointer                          `Pointer`; an integer of address width may also hold a `Pointer`: an address
 *   struct, array, slice             array of fields, of elements (sentinel included), [pointer, length]
 *   enum, error                      the number of its tag, the code
 *   optional, error union            `Payload`, or `Absent` with the code of the error (0: null)
 *   union                            `Variant`: a copy of its bytes
 *   undefined value of any type      undefined; also the value of types without bits
 */
import { illegal } from './halt.ts';
import type { MemoryObject, Pointer } from './memory-object.ts';

/** A NaN that came from a constant or from memory and only was copied: its bits are known and are kept. */
export interface ExactNan {
  readonly kind: 'nan';
  /** 32 or 64 bits, by the type. */
  readonly bits: bigint;
}

/** What an optional or error union holds. */
export interface Payload {
  readonly kind: 'payload';
  readonly payload: Value;
}

/** Null, or an error. */
export interface Absent {
  readonly kind: 'absent';
  readonly code: number;
}

/** A union: nothing writes to `bytes` once the value is made. */
export interface Variant {
  readonly kind: 'variant';
  readonly bytes: MemoryObject;
}

/** A value of any type. */
export type Value = number | bigint | Pointer | ExactNan | Payload | Absent | Variant | readonly Value[] | undefined;

export const NULL: Absent = { kind: 'absent', code: 0 };

/** Whether a value is a pointer (of pointer type, or an address in an integer). */
export function isPointer(v: Value): v is Pointer {
  return typeof v === 'object' && (v as Pointer).kind === 'pointer';
}

/** Whether a value is a NaN with known bits. */
export function isExactNan(v: Value): v is ExactNan {
  return typeof v === 'object' && (v as ExactNan).kind === 'nan';
}

/** Reports the use of a value that is no number: undefined, or an address taken for a number. */
export function misuse(v: Value): never {
  return illegal(v === undefined ? 'undefined_value' : 'address_arithmetic');
}

/** Operand of type bool or of an integer type of up to 32 bits. */
export function numberOf(v: Value): number {
  return typeof v === 'number' ? v : misuse(v);
}

/** Operand of a wider integer type. */
export function bigOf(v: Value): bigint {
  return typeof v === 'bigint' ? v : misuse(v);
}

/** Operand of any integer type, as a bigint. */
export function anyIntOf(v: Value): bigint {
  return typeof v === 'bigint' ? v : BigInt(numberOf(v));
}

/**
 * Operand that counts something (index, length, shift amount; an unsigned integer of any width). Values past 2^53 lose low
 * bits, which is far above every limit that they are compared with.
 */
export function countOf(v: Value): number {
  return typeof v === 'bigint' ? Number(v) : numberOf(v);
}

/** An integer that its type has, as a value of that type; `small` as in IntShape. */
export function intValue(v: bigint, { small }: { readonly small: boolean }): number | bigint {
  return small ? Number(v) : v;
}

/** Operand of a float type; a NaN of any kind is NaN. */
export function floatOf(v: Value): number {
  if (typeof v === 'number') return v;
  return v === undefined ? illegal('undefined_value') : NaN;
}

/** Operand of a float type that the host does not have. */
export function softOf(v: Value): bigint {
  return typeof v === 'bigint' ? v : illegal('undefined_value');
}

/** Operand of pointer type that is used as an address. */
export function pointerOf(v: Value): Pointer {
  return isPointer(v) ? v : illegal('undefined_value');
}

/** Part `n` of a struct, array or slice; each part of an undefined one is undefined. */
export function partOf(v: Value, n: number): Value {
  return v === undefined ? undefined : (v as readonly Value[])[n];
}

/** Operand that is an optional or an error union. */
export function wrappedOf(v: Value): Payload | Absent {
  if (typeof v === 'object' && ((v as Payload).kind === 'payload' || (v as Absent).kind === 'absent')) {
    return v as Payload | Absent;
  }
  return misuse(v);
}

/** Operand that is a union. */
export function variantOf(v: Value): Variant {
  return typeof v === 'object' && (v as Variant).kind === 'variant' ? (v as Variant) : misuse(v);
}
