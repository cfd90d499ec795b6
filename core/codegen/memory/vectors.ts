/**
 * Vectors that are one v128: how one is pushed, loaded and stored.
 *
 * A value of a type of {@link directOf} can be in a local; it need not, and whoever asks for the place of one that is gets it in memory
 * (FunctionState.resolve). Knows no instruction of AIR.
 */
import type { Ref } from '../../air/body/ref.ts';
import { isInstRef, refValue } from '../../air/body/ref.ts';
import { byteAt } from '../../intern/byte-values.ts';
import type { IpIndex } from '../../intern/keys.ts';
import type { PoolReader } from '../../intern/pool-reader.ts';
import { ValueKind } from '../../intern/value-kinds.ts';
import { SIMD_OP } from '../../wasm/opcodes.ts';
import type { FunctionState } from '../state/function-state.ts';
import type { Direct } from '../state/vector-types.ts';
import { directOf, V128_BYTES } from '../state/vector-types.ts';
import type { WValue } from '../state/wvalue.ts';
import { baseOffset } from '../state/wvalue.ts';

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
  loadVectorTop(f, place, 0);
}

/** Replaces the base of `base` on the stack by the v128 at `offset`; `align` is what is known of its address. */
export function loadVectorTop(f: FunctionState, base: WValue, offset: number, align = V128_BYTES): void {
  f.mir.simd(SIMD_OP.v128_load, [offset + baseOffset(base), Math.min(V128_BYTES, align)]);
}

/** Pops a v128 and the base of `base`, and stores at `offset`. */
export function storeVectorTop(f: FunctionState, base: WValue, offset: number, align = V128_BYTES): void {
  f.mir.simd(SIMD_OP.v128_store, [offset + baseOffset(base), Math.min(V128_BYTES, align)]);
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
  const view = new DataView(bytes.buffer, bytes.byteOffset, V128_BYTES);
  return [0, 4, 8, 12].map((at) => view.getUint32(at, true));
}

/** What an undefined byte is. */
const UNDEFINED_BYTE = 0xaa;

/** The bytes of a constant of a type of {@link directOf}. */
function constantBytes(pool: PoolReader, value: IpIndex): Uint8Array | null {
  const direct = directOf(pool, pool.typeOf(value))!;
  const bytes = new Uint8Array(V128_BYTES).fill(UNDEFINED_BYTE);
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
