/**
 * Arrays of u8 given as bytes: how they are packed into the words of a value.
 *
 * Payload words of a `bytes` value: [ty, number of bytes, words of four bytes each, the first in the low bits].
 */
import type { InternPool } from './intern-pool.ts';
import type { IpIndex } from './keys.ts';
import type { PoolReader } from './pool-reader.ts';
import { ValueKind } from './value-kinds.ts';

/** Array `ty` of u8 with these elements, the sentinel left out. */
export function bytesValue(pool: InternPool, ty: IpIndex, bytes: Uint8Array): IpIndex {
  const words = [ty, bytes.length];
  for (let at = 0; at < bytes.length; at += 4) {
    words.push(
      (bytes[at]! | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0,
    );
  }
  return pool.item(ValueKind.bytes, words);
}

/** Number of bytes of a `bytes` value. */
export function byteCount(pool: PoolReader, value: IpIndex): number {
  return pool.word(value, 1);
}

/** Byte `n` of a `bytes` value. */
export function byteAt(pool: PoolReader, value: IpIndex, n: number): number {
  return (pool.word(value, 2 + (n >> 2)) >>> ((n & 3) * 8)) & 0xff;
}
