/**
 * XXH3 with 64 bits, seed 0 and the default secret, as LLVM's hash tables use it on names.
 *
 * Owns the arithmetic only. It is for some names of a command line, not for speed: 64-bit numbers are bigints.
 */

const MASK = 0xffff_ffff_ffff_ffffn;
const PRIME32 = [0x9e37_79b1n, 0x85eb_ca77n, 0xc2b2_ae3dn] as const;
const PRIME64 = [
  0x9e37_79b1_85eb_ca87n,
  0xc2b2_ae3d_27d4_eb4fn,
  0x1656_67b1_9e37_79f9n,
  0x85eb_ca77_c2b2_ae63n,
  0x27d4_eb2f_1656_67c5n,
] as const;
const MIX_1 = 0x1656_6791_9e37_79f9n;
const MIX_2 = 0x9fb2_1c65_1e98_df25n;

/** The default secret, 192 bytes. */
const SECRET = Uint8Array.from(
  (
    'b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221' +
    'b8084674f743248ee03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8a8' +
    'fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb17' +
    '0ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e'
  )
    .match(/../g)!
    .map((byte) => Number.parseInt(byte, 16)),
);

const STRIPE = 64;
/** Bytes of the secret between two stripes. */
const STEP = 8;
const STRIPES_OF_BLOCK = (SECRET.length - STRIPE) / STEP;
/** The shortest secret there may be; the end of a middle-sized input is mixed with what lies there. */
const SHORTEST_SECRET = 136;

/** The hash of `bytes`, below 2^64. */
export function xxh3(bytes: Uint8Array): bigint {
  const { length } = bytes;
  if (length <= 16) return upTo16(bytes);
  if (length <= 128) return upTo128(bytes);
  return length <= 240 ? upTo240(bytes) : long(bytes);
}

function upTo16(bytes: Uint8Array): bigint {
  const { length } = bytes;
  if (length > 8) {
    const low = u64(bytes, 0) ^ u64(SECRET, 24) ^ u64(SECRET, 32);
    const high = u64(bytes, length - 8) ^ u64(SECRET, 40) ^ u64(SECRET, 48);
    return avalanche((BigInt(length) + swapped(low) + high + folded(low, high)) & MASK);
  }
  if (length >= 4) {
    const both = u32(bytes, length - 4) + (u32(bytes, 0) << 32n);
    let hash = both ^ u64(SECRET, 8) ^ u64(SECRET, 16);
    hash ^= rotated(hash, 49n) ^ rotated(hash, 24n);
    hash = (hash * MIX_2) & MASK;
    hash ^= (hash >> 35n) + BigInt(length);
    hash = (hash * MIX_2) & MASK;
    return hash ^ (hash >> 28n);
  }
  if (length > 0) {
    const [first, middle, last] = [bytes[0]!, bytes[length >> 1]!, bytes[length - 1]!];
    const both = BigInt(((first << 16) | (middle << 24) | last | (length << 8)) >>> 0);
    return shortAvalanche(both ^ u32(SECRET, 0) ^ u32(SECRET, 4));
  }
  return shortAvalanche(u64(SECRET, 56) ^ u64(SECRET, 64));
}

function upTo128(bytes: Uint8Array): bigint {
  const { length } = bytes;
  let sum = BigInt(length) * PRIME64[0];
  for (let i = (length - 1) >> 5; i >= 0; i--) {
    sum += mixed(bytes, 16 * i, 32 * i) + mixed(bytes, length - 16 * (i + 1), 32 * i + 16);
  }
  return avalanche(sum & MASK);
}

function upTo240(bytes: Uint8Array): bigint {
  const { length } = bytes;
  let sum = BigInt(length) * PRIME64[0];
  for (let i = 0; i < 8; i++) sum += mixed(bytes, 16 * i, 16 * i);
  sum = avalanche(sum & MASK);
  for (let i = 8; i < length >> 4; i++) sum += mixed(bytes, 16 * i, 16 * (i - 8) + 3);
  return avalanche((sum + mixed(bytes, length - 16, SHORTEST_SECRET - 17)) & MASK);
}

function long(bytes: Uint8Array): bigint {
  const sums = [PRIME32[2], ...PRIME64.slice(0, 4), PRIME32[1], PRIME64[4], PRIME32[0]];
  const last = Math.floor((bytes.length - 1) / STRIPE);
  for (let stripe = 0; stripe < last; stripe++) {
    const inBlock = stripe % STRIPES_OF_BLOCK;
    accumulate(sums, bytes, stripe * STRIPE, inBlock * STEP);
    if (inBlock === STRIPES_OF_BLOCK - 1) scramble(sums);
  }
  accumulate(sums, bytes, bytes.length - STRIPE, SECRET.length - STRIPE - 7);
  let hash = BigInt(bytes.length) * PRIME64[0];
  for (let i = 0; i < 4; i++) {
    hash += folded(sums[2 * i]! ^ u64(SECRET, 11 + 16 * i), sums[2 * i + 1]! ^ u64(SECRET, 19 + 16 * i));
  }
  return avalanche(hash & MASK);
}

function accumulate(sums: bigint[], bytes: Uint8Array, at: number, secretAt: number): void {
  for (let i = 0; i < 8; i++) {
    const value = u64(bytes, at + 8 * i);
    const keyed = value ^ u64(SECRET, secretAt + 8 * i);
    sums[i ^ 1] = (sums[i ^ 1]! + value) & MASK;
    sums[i] = (sums[i]! + (keyed & 0xffff_ffffn) * (keyed >> 32n)) & MASK;
  }
}

function scramble(sums: bigint[]): void {
  for (let i = 0; i < 8; i++) {
    const sum = sums[i]!;
    sums[i] = ((sum ^ (sum >> 47n) ^ u64(SECRET, SECRET.length - STRIPE + 8 * i)) * PRIME32[0]) & MASK;
  }
}

/** 16 bytes and as many of the secret. */
function mixed(bytes: Uint8Array, at: number, secretAt: number): bigint {
  return folded(u64(bytes, at) ^ u64(SECRET, secretAt), u64(bytes, at + 8) ^ u64(SECRET, secretAt + 8));
}

/** Both halves of a product. */
function folded(a: bigint, b: bigint): bigint {
  const product = a * b;
  return (product & MASK) ^ (product >> 64n);
}

function avalanche(hash: bigint): bigint {
  const first = ((hash ^ (hash >> 37n)) * MIX_1) & MASK;
  return first ^ (first >> 32n);
}

function shortAvalanche(hash: bigint): bigint {
  const first = ((hash ^ (hash >> 33n)) * PRIME64[1]) & MASK;
  const second = ((first ^ (first >> 29n)) * PRIME64[2]) & MASK;
  return second ^ (second >> 32n);
}

function rotated(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (64n - bits))) & MASK;
}

function swapped(value: bigint): bigint {
  let result = 0n;
  for (let i = 0n; i < 64n; i += 8n) result = (result << 8n) | ((value >> i) & 0xffn);
  return result;
}

function u32(bytes: Uint8Array, at: number): bigint {
  return BigInt((bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0);
}

function u64(bytes: Uint8Array, at: number): bigint {
  return u32(bytes, at) | (u32(bytes, at + 4) << 32n);
}
