/**
 * Which vector types one v128 holds.
 *
 * Pure functions of (pool, type): vectors of 16 bytes whose lanes are numbers that fill 1 to 8 bytes each. Whether the code may have v128 at all is
 * an option of the compilation. The linker derives signatures by itself (link/unit/signature.ts).
 */
import type { IpIndex } from '../../intern/keys.ts';
import { abiSize } from '../../intern/layout.ts';
import type { PoolReader } from '../../intern/pool-reader.ts';
import { isVector } from '../../intern/vectors.ts';

/** Bytes of a v128. */
export const V128_BYTES = 16;

/** How a v128 is divided; halves of floats are only moved. */
export type Lanes = 'i8x16' | 'i16x8' | 'i32x4' | 'i64x2' | 'f32x4' | 'f64x2' | 'f16x8';

/** A vector type that a v128 holds. */
export interface Direct {
  readonly lanes: Lanes;
  readonly lane: IpIndex;
  /** Bytes of a lane. */
  readonly size: number;
  readonly count: number;
  readonly signed: boolean;
}

const INT_LANES: Readonly<Record<number, Lanes>> = { 1: 'i8x16', 2: 'i16x8', 4: 'i32x4', 8: 'i64x2' };
const FLOAT_LANES: Readonly<Record<number, Lanes>> = { 2: 'f16x8', 4: 'f32x4', 8: 'f64x2' };

/** What `ty` is as a v128; null if it is none. */
export function directOf(pool: PoolReader, ty: IpIndex): Direct | null {
  if (!isVector(pool, ty)) return null;
  const lane = pool.childType(ty);
  const count = pool.arrayLen(ty);
  const size = abiSize(pool, lane);
  if (size * count !== V128_BYTES) return null;
  const isInt = pool.isInt(lane) && pool.intBits(lane) === size * 8;
  const lanes = isInt ? INT_LANES[size] : pool.isFloat(lane) ? FLOAT_LANES[size] : undefined;
  return lanes === undefined ? null : { lanes, lane, size, count, signed: isInt && pool.intSigned(lane) };
}

/** Whether a v128 holds a `ty`. */
export function isDirect(pool: PoolReader, ty: IpIndex): boolean {
  return directOf(pool, ty) !== null;
}

/** Whether `direct` has lanes that are integers. */
export function isOfInts({ lanes }: Direct): boolean {
  return lanes.startsWith('i');
}
