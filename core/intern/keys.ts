/**
 * The indexes of the intern pool: branded index types and the well-known items.
 *
 * Types and values share one index space, as in Zig's InternPool, so that an AIR operand can be either; what an item is
 * says its kind (type-kinds.ts, value-kinds.ts). Invariant: `IP` is in the order in which intern-pool.ts makes the items.
 */
import type { Brand } from '../support/brand.ts';

/** Index into `InternPool` items: a type or a value. Always below 2^31. */
export type IpIndex = Brand<number, 'IpIndex'>;

/** Index into `Unit.navs`: a named addressable value. */
export type NavIndex = Brand<number, 'NavIndex'>;

/** Absent index, for sentinels and optional payload words. */
export const IP_NONE = 0x7fff_ffff as IpIndex;

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
