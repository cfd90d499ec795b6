/**
 * LEB128 encoders that write into a byte array: minimal and padded, signed and unsigned, 32 and 64 bits.
 *
 * Owns the encodings only (wasm core spec 5.2.2; padded forms: tool-conventions Linking, relocation sections). The checked
 * decoders are methods of ByteReader, because an error there needs a place. Every encoder takes `(bytes, at, value)`,
 * requires room for the longest form, and returns the position after the last byte written. A 64-bit value is given as
 * its low and high 32-bit word; words may be signed or unsigned numbers.
 */

/** Bytes of the longest (and of the padded) form of a 32-bit value. */
export const LEB32_WIDTH = 5;
/** Bytes of the longest (and of the padded) form of a 64-bit value. */
export const LEB64_WIDTH = 10;

/** Bytes of the minimal unsigned form of `value` (u32). */
export function uleb32Length(value: number): number {
  const v = value >>> 0;
  if (v < 0x80) return 1;
  if (v < 0x4000) return 2;
  if (v < 0x20_0000) return 3;
  return v < 0x1000_0000 ? 4 : 5;
}

/** Minimal unsigned form of a u32. */
export function writeUleb32(bytes: Uint8Array, at: number, value: number): number {
  let v = value >>> 0;
  while (v > 0x7f) {
    bytes[at++] = (v & 0x7f) | 0x80;
    v >>>= 7;
  }
  bytes[at] = v;
  return at + 1;
}

/** Minimal signed form of an i32. */
export function writeSleb32(bytes: Uint8Array, at: number, value: number): number {
  let v = value | 0;
  while (v < -64 || v > 63) {
    bytes[at++] = (v & 0x7f) | 0x80;
    v >>= 7;
  }
  bytes[at] = v & 0x7f;
  return at + 1;
}

/** Minimal unsigned form of a u64. */
export function writeUleb64(bytes: Uint8Array, at: number, lo: number, hi: number): number {
  let l = lo >>> 0;
  let h = hi >>> 0;
  while (h !== 0 || l > 0x7f) {
    bytes[at++] = (l & 0x7f) | 0x80;
    l = ((l >>> 7) | (h << 25)) >>> 0;
    h >>>= 7;
  }
  bytes[at] = l;
  return at + 1;
}

/** Minimal signed form of an i64. */
export function writeSleb64(bytes: Uint8Array, at: number, lo: number, hi: number): number {
  let l = lo | 0;
  let h = hi | 0;
  while (h !== l >> 31 || l < -64 || l > 63) {
    bytes[at++] = (l & 0x7f) | 0x80;
    l = (l >>> 7) | (h << 25);
    h >>= 7;
  }
  bytes[at] = l & 0x7f;
  return at + 1;
}

/** Five-byte unsigned form of a u32. */
export function writePaddedUleb32(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = (value & 0x7f) | 0x80;
  bytes[at + 1] = ((value >>> 7) & 0x7f) | 0x80;
  bytes[at + 2] = ((value >>> 14) & 0x7f) | 0x80;
  bytes[at + 3] = ((value >>> 21) & 0x7f) | 0x80;
  bytes[at + 4] = (value >>> 28) & 0x0f;
  return at + 5;
}

/** Five-byte signed form of an i32; the unused bits of the last byte repeat the sign. */
export function writePaddedSleb32(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = (value & 0x7f) | 0x80;
  bytes[at + 1] = ((value >> 7) & 0x7f) | 0x80;
  bytes[at + 2] = ((value >> 14) & 0x7f) | 0x80;
  bytes[at + 3] = ((value >> 21) & 0x7f) | 0x80;
  bytes[at + 4] = (value >> 28) & 0x7f;
  return at + 5;
}

/** Ten-byte unsigned form of a u64. */
export function writePaddedUleb64(bytes: Uint8Array, at: number, lo: number, hi: number): number {
  let l = lo >>> 0;
  let h = hi >>> 0;
  for (let i = 0; i < 9; i++) {
    bytes[at++] = (l & 0x7f) | 0x80;
    l = ((l >>> 7) | (h << 25)) >>> 0;
    h >>>= 7;
  }
  bytes[at] = l & 0x01;
  return at + 1;
}

/** Ten-byte signed form of an i64; the unused bits of the last byte repeat the sign. */
export function writePaddedSleb64(bytes: Uint8Array, at: number, lo: number, hi: number): number {
  let l = lo | 0;
  let h = hi | 0;
  for (let i = 0; i < 9; i++) {
    bytes[at++] = (l & 0x7f) | 0x80;
    l = (l >>> 7) | (h << 25);
    h >>= 7;
  }
  bytes[at] = l & 0x7f;
  return at + 1;
}
