/**
 * Hashes of a module, for build ids: SHA-1 (FIPS 180-4), and a fast 128-bit one that no adversary is kept from.
 *
 * Pure functions of bytes, the same on every machine.
 */

const ROUNDS = 80;

/** SHA-1, 20 bytes. */
export function hashSha1(bytes: Uint8Array): Uint8Array {
  const h = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  const w = new Int32Array(ROUNDS);
  const whole = bytes.length - (bytes.length % 64);
  for (let at = 0; at < whole; at += 64) sha1Block(h, w, bytes, at);
  // The rest, a one bit, zeros, and the length in bits as 64 bits.
  const rest = bytes.length - whole;
  const tail = new Uint8Array(rest < 56 ? 64 : 128);
  tail.set(bytes.subarray(whole));
  tail[rest] = 0x80;
  const view = new DataView(tail.buffer);
  view.setUint32(tail.length - 8, Math.floor(bytes.length / 0x2000_0000));
  view.setUint32(tail.length - 4, (bytes.length << 3) >>> 0);
  for (let at = 0; at < tail.length; at += 64) sha1Block(h, w, tail, at);
  const out = new DataView(new ArrayBuffer(20));
  h.forEach((word, i) => out.setInt32(i * 4, word));
  return new Uint8Array(out.buffer);
}

function sha1Block(h: Int32Array, w: Int32Array, bytes: Uint8Array, at: number): void {
  for (let i = 0; i < 16; i++) {
    const p = at + i * 4;
    w[i] = (bytes[p]! << 24) | (bytes[p + 1]! << 16) | (bytes[p + 2]! << 8) | bytes[p + 3]!;
  }
  for (let i = 16; i < ROUNDS; i++) w[i] = rotate(w[i - 3]! ^ w[i - 8]! ^ w[i - 14]! ^ w[i - 16]!, 1);
  let [a, b, c, d, e] = [h[0]!, h[1]!, h[2]!, h[3]!, h[4]!];
  for (let i = 0; i < ROUNDS; i++) {
    let f: number;
    if (i < 20) f = ((b & c) | (~b & d)) + 0x5a827999;
    else if (i < 40) f = (b ^ c ^ d) + 0x6ed9eba1;
    else if (i < 60) f = ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
    else f = (b ^ c ^ d) + 0xca62c1d6;
    const next = (rotate(a, 5) + f + e + w[i]!) | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  h[0]! += a;
  h[1]! += b;
  h[2]! += c;
  h[3]! += d;
  h[4]! += e;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** Four 32-bit lanes, each a multiply-and-rotate hash over the bytes, crossed and finished with avalanche steps; 16 bytes. */
export function hashFast(bytes: Uint8Array): Uint8Array {
  const lanes = Int32Array.of(0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f);
  for (let i = 0; i < bytes.length; i++) {
    const lane = i & 3;
    lanes[lane] = rotate(Math.imul(lanes[lane]! ^ bytes[i]!, 0x01000193), 13);
  }
  for (let round = 0; round < 8; round++) {
    const lane = round & 3;
    let x = lanes[lane]! ^ lanes[(lane + 3) & 3]! ^ (bytes.length + round);
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
    lanes[lane] = x ^ (x >>> 16);
  }
  return new Uint8Array(lanes.buffer.slice(0));
}
