/**
 * The kinds of interned types, and the small enumerations that their payloads are made of.
 *
 * Owns the numbers of type kinds; what the payload words mean is in intern-pool.ts, sums.ts, packed.ts and vectors.ts. A switch over one of these unions names
 * every member and has no `default` (lint holds that), so that a new kind does not compile until each place has an answer.
 * Invariant: no number is a ValueKind as well.
 */
import type { IpIndex } from './keys.ts';

/** Kind of an interned type. */
export const TypeKind = {
  simple: 0,
  int: 1,
  float: 2,
  ptr: 3,
  slice: 4,
  array: 5,
  struct: 6,
  fn: 7,
  opt: 8,
  error_set: 9,
  error_union: 10,
  enum: 11,
  union: 12,
  packed: 13,
  vector: 14,
} as const;
export type TypeKind = (typeof TypeKind)[keyof typeof TypeKind];

/** Payload of a `simple` type. */
export const SimpleType = { void: 0, noreturn: 1, bool: 2, usize: 3, isize: 4 } as const;
export type SimpleType = (typeof SimpleType)[keyof typeof SimpleType];

/** Text names of {@link SimpleType}, by number. */
export const SIMPLE_TYPE_NAMES = ['void', 'noreturn', 'bool', 'usize', 'isize'] as const;

/** How a pointer type is used: one element, or many of unknown count (element arithmetic allowed). */
export const PtrSize = { one: 0, many: 1 } as const;
export type PtrSize = (typeof PtrSize)[keyof typeof PtrSize];

/**
 * Field placement of a struct type. `auto` may reorder (descending alignment), `extern` and `tuple` keep declaration
 * order. A tuple is what `*_with_overflow` returns.
 */
export const StructLayout = { auto: 0, extern: 1, tuple: 2 } as const;
export type StructLayout = (typeof StructLayout)[keyof typeof StructLayout];

/** How a function is called: by the rule of this back end (codegen specification 9.1), or by that of C (BasicCABI.md of the tool conventions). */
export const CallConv = { auto: 0, c: 1 } as const;
export type CallConv = (typeof CallConv)[keyof typeof CallConv];

/** One field of a struct type; `align` in bytes, 0 = natural. */
export interface FieldType {
  readonly ty: IpIndex;
  readonly align: number;
}
