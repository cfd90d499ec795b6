/**
 * The kinds of interned values.
 *
 * Owns the numbers; what the payload words mean is in intern-pool.ts and sums.ts. A switch over ValueKind names every member and has no
 * `default` (lint holds that). Invariant: every number is at least FIRST_VALUE_KIND, every TypeKind is below it.
 */

/** Least kind number of a value; all below are types. */
export const FIRST_VALUE_KIND = 32;

/** Kind of an interned value. */
export const ValueKind = {
  undef: 32,
  int: 33,
  bool: 34,
  float: 35,
  void: 36,
  aggregate: 37,
  bytes: 38,
  repeated: 39,
  ptr_nav: 40,
  ptr_uav: 41,
  ptr_int: 42,
  slice: 43,
  null: 44,
  payload: 45,
  err: 46,
  enum_tag: 47,
  union_value: 48,
} as const;
export type ValueKind = (typeof ValueKind)[keyof typeof ValueKind];
