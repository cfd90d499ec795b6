/**
 * Vectors that are one v128: which they are, and how one is pushed.
 *
 * A vector of 16 bytes whose lanes are numbers that fill 1 to 8 bytes each can be in a local; it need not, and whoever asks for the place of
 * one that is gets it in memory (FunctionState.resolve). Parameters, results and what blocks give are always in memory. Knows no instruction of AIR.
 */
import type { Ref } from '../../air/body/ref.ts';
import { isInstRef, refValue } from '../../air/body/ref.ts';
import { byteAt } from '../../intern/byte-values.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { abiSize } from '../../intern/layout.ts';
import type { PoolReader } from '../../intern/pool-reader.ts';
import { ValueKind } from '../../intern/value-kinds.ts';
import { isVector } from '../../intern/vectors.ts';
import { SIMD_OP } from '../../wasm/opcodes.ts';
import type { FunctionState } from '../state/function-state.ts';
import { baseOffset } from '../state/wvalue.ts';

/** Bytes of a v128. */
export const BYTES = 16;

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
  if (size * count !== BYTES) return null;
  const isInt = pool.isInt(lane) && pool.intBits(lane) === size * 8;
  const lanes = isInt ? INT_LANES[size] : pool.isFloat(lane) ? FLOAT_LANES[size] : undefined;
  return lanes === undefined ? null : { lanes, lane, size, count, signed: isInt && pool.intSigned(lane) };
}

/** Whether `direct` has lanes that are integers. */
export function isOfInts({ lanes }: Direct): boolean {
  return lanes.startsWith('i');
}

/** Pushes an operand, which is of a type of {@link directOf}. */
export function pushVector(f: FunctionState, ref: Ref): void {
  const index = f.vectorLocal(ref);
  if (index !== null) {
    f.mir.localGet(index);
    return;
  }
  const bytes = isInstRef(ref) ? null : constantBytes(f.pool, refValue(ref));
  if (bytes !== null) {
    pushConstant(f, bytes);
    return;
  }
  const place = f.resolve(ref);
  f.pushBase(place);
  f.mir.simd(SIMD_OP.v128_load, [baseOffset(place), BYTES]);
}

/** Pushes a v128 of 16 bytes. */
export function pushConstant(f: FunctionState, bytes: Uint8Array): void {
  f.mir.simd(SIMD_OP.v128_const, wordsOf(bytes));
}

/** Puts bytes of two vectors on the stack together: byte k of the result is that of number `from[k]` among the 32. */
export function shuffleTop(f: FunctionState, from: Uint8Array): void {
  f.mir.simd(SIMD_OP.i8x16_shuffle, wordsOf(from));
}

function wordsOf(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, BYTES);
  return [0, 4, 8, 12].map((at) => view.getUint32(at, true));
}

/** What an undefined byte is. */
const UNDEFINED_BYTE = 0xaa;

/** The bytes of a constant of a type of {@link directOf}. */
function constantBytes(pool: PoolReader, value: IpIndex): Uint8Array | null {
  const direct = directOf(pool, pool.typeOf(value))!;
  const bytes = new Uint8Array(BYTES).fill(UNDEFINED_BYTE);
  switch (pool.valueKind(value)) {
    case ValueKind.undef:
      return bytes;
    case ValueKind.aggregate:
      for (let k = 0; k < direct.count; k++) putLane(pool, direct, bytes, k, pool.word(value, 1 + k) as IpIndex);
      return bytes;
    case ValueKind.repeated:
      for (let k = 0; k < direct.count; k++) putLane(pool, direct, bytes, k, pool.word(value, 1) as IpIndex);
      return bytes;
    case ValueKind.bytes:
      for (let k = 0; k < direct.count; k++) bytes[k] = byteAt(pool, value, k);
      return bytes;
    case ValueKind.int:
    case ValueKind.bool:
    case ValueKind.float:
    case ValueKind.void:
    case ValueKind.ptr_nav:
    case ValueKind.ptr_uav:
    case ValueKind.ptr_int:
    case ValueKind.slice:
    case ValueKind.null:
    case ValueKind.payload:
    case ValueKind.err:
    case ValueKind.enum_tag:
    case ValueKind.union_value:
      return null;
  }
}

/** Writes the bytes of number `value` as lane `k`. */
export function putLane(pool: PoolReader, { size }: Direct, bytes: Uint8Array, k: number, value: IpIndex): void {
  if (pool.valueKind(value) === ValueKind.undef) return;
  for (let at = 0; at < size; at++) bytes[k * size + at] = pool.patternWord(value, at >> 2) >>> (8 * (at & 3));
}
