/**
 * The vocabulary of the intern pool: index types, item kinds, well-known indexes.
 *
 * Types and values share one index space, as in Zig's InternPool, so that an AIR operand can be either. The numbers of
 * `ItemKind` and `IP` are part of the in-memory format that codegen threads read; append, never renumber.
 */
import type { Brand } from '../support/brand.ts';

/** Index into `InternPool` items: a type or a value. Always below 2^31. */
export type IpIndex = Brand<number, 'IpIndex'>;

/** Index into `Unit.navs`: a named addressable value. */
export type NavIndex = Brand<number, 'NavIndex'>;

/** Absent index, for sentinels and optional payload words. */
export const IP_NONE = 0x7fff_ffff as IpIndex;

/** Kind of an interned item; types first, then values. */
export const ItemKind = {
  ty_simple: 0,
  ty_int: 1,
  ty_ptr: 2,
  ty_slice: 3,
  ty_array: 4,
  ty_struct: 5,
  ty_fn: 6,
  /** First kind that is a value. */
  undef: 32,
  int: 33,
  bool: 34,
  f32: 35,
  f64: 36,
  void: 37,
  aggregate: 38,
  bytes: 39,
  repeated: 40,
  ptr_nav: 41,
  ptr_uav: 42,
  ptr_int: 43,
  slice: 44,
} as const;
export type ItemKind = (typeof ItemKind)[keyof typeof ItemKind];

/** Payload of `ty_simple`. */
export const SimpleType = { void: 0, noreturn: 1, bool: 2, usize: 3, isize: 4, f32: 5, f64: 6 } as const;
export type SimpleType = (typeof SimpleType)[keyof typeof SimpleType];

/** Text names of {@link SimpleType}, by number. */
export const SIMPLE_TYPE_NAMES = ['void', 'noreturn', 'bool', 'usize', 'isize', 'f32', 'f64'] as const;

/** How a pointer type is used: one element, or many of unknown count (element arithmetic allowed). */
export const PtrSize = { one: 0, many: 1 } as const;
export type PtrSize = (typeof PtrSize)[keyof typeof PtrSize];

/**
 * Field placement of a struct type. `auto` may reorder (descending alignment), `extern` and `tuple` keep declaration
 * order. A tuple is what `*_with_overflow` returns.
 */
export const StructLayout = { auto: 0, extern: 1, tuple: 2 } as const;
export type StructLayout = (typeof StructLayout)[keyof typeof StructLayout];

/** Parameter passing rules of a function type. */
export const CallConv = { auto: 0 } as const;
export type CallConv = (typeof CallConv)[keyof typeof CallConv];

/** Items every pool holds at fixed indexes. */
export const IP = {
  void_type: 0 as IpIndex,
  noreturn_type: 1 as IpIndex,
  bool_type: 2 as IpIndex,
  usize_type: 3 as IpIndex,
  isize_type: 4 as IpIndex,
  f32_type: 5 as IpIndex,
  f64_type: 6 as IpIndex,
  u1_type: 7 as IpIndex,
  u8_type: 8 as IpIndex,
  u32_type: 9 as IpIndex,
  i32_type: 10 as IpIndex,
  u64_type: 11 as IpIndex,
  i64_type: 12 as IpIndex,
  void_value: 13 as IpIndex,
  bool_false: 14 as IpIndex,
  bool_true: 15 as IpIndex,
  zero_usize: 16 as IpIndex,
} as const;

/** One field of a struct type; `align` in bytes, 0 = natural. */
export interface FieldType {
  readonly ty: IpIndex;
  readonly align: number;
}
