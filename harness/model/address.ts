/**
 * Addresses as they leave an engine: numbers of 32 or 64 bits, in wasm values and in memory.
 *
 * As JavaScript numbers, exact below 2^53; no program has a memory beyond that, and a wrong address stays a wrong one.
 */

/** The address that a wasm value of i32 or i64 is. */
export function addressOf(value: unknown): number {
  return typeof value === 'bigint' ? Number(BigInt.asUintN(64, value)) : Number(value) >>> 0;
}

/** The address in the `size` bytes at `at`. */
export function readAddress(view: DataView, at: number, size: number): number {
  const low = view.getUint32(at, true);
  return size === 8 ? low + view.getUint32(at + 4, true) * 0x1_0000_0000 : low;
}
