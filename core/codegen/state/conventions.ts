/**
 * How values travel in a call: what wasm parameters and results carry a value, under each calling convention.
 *
 * Codegen's own derivation; the linker has another one, so that validation of the output catches either being wrong.
 * The internal convention is that of codegen specification 9.1, the other one BasicCABI.md of the tool conventions.
 */
import { callConv, unwrapped } from '../../intern/call-conv.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { abiSize } from '../../intern/layout.ts';
import type { PoolReader } from '../../intern/pool-reader.ts';
import { integerOf } from '../../intern/sums.ts';
import { CallConv, TypeKind } from '../../intern/type-kinds.ts';
import { Rep, repOf } from './abi.ts';
import { isDirect } from './vector-types.ts';

/** What carries a value. */
export const Carrier = {
  /** Nothing: it has no bits. */
  none: 0,
  /** One number of wasm: that of {@link carriedType}. */
  value: 1,
  /** One v128: a vector, or what C wraps around one. */
  vector: 2,
  /** Two i64, the low one first; a result goes to an address instead. */
  pair: 3,
  /** Its address; of a result, the address where it is to be written. */
  address: 4,
} as const;
export type Carrier = (typeof Carrier)[keyof typeof Carrier];

/** Widest value that a pair carries, in bytes. */
const PAIR_BYTES = 16;

/** What carries a parameter or a result of type `ty` of a function of type `fnTy`, in code that has SIMD or not. */
export function carrierIn(pool: PoolReader, fnTy: IpIndex, ty: IpIndex, simd128: boolean): Carrier {
  const isC = callConv(pool, fnTy) === CallConv.c;
  const carried = isC ? unwrapped(pool, ty) : ty;
  const rep = repOf(pool, carried);
  if (rep === Rep.none) return Carrier.none;
  if (rep !== Rep.address) return Carrier.value;
  if (simd128 && isDirect(pool, carried)) return Carrier.vector;
  return isC && isWideNumber(pool, carried) ? Carrier.pair : Carrier.address;
}

/** Type of the wasm value that carries a `ty` in a function of type `fnTy`: of a C struct of one value, that value. */
export function carriedType(pool: PoolReader, fnTy: IpIndex, ty: IpIndex): IpIndex {
  return callConv(pool, fnTy) === CallConv.c ? unwrapped(pool, ty) : ty;
}

/** Integers of 65 to 128 bits, whatever they are called, and floats of two words. */
function isWideNumber(pool: PoolReader, ty: IpIndex): boolean {
  const number = integerOf(pool, ty);
  const kind = pool.typeKind(number);
  return (kind === TypeKind.int || kind === TypeKind.float) && abiSize(pool, number) === PAIR_BYTES;
}

/** Whether a function of type `fnTy` gets the address of its result as a hidden first parameter. */
export function returnsThroughMemory(pool: PoolReader, fnTy: IpIndex, simd128: boolean): boolean {
  return carrierIn(pool, fnTy, pool.fnReturn(fnTy), simd128) >= Carrier.pair;
}

/** Number of wasm parameters of `fnTy`: the hidden result address, and what carries each parameter. */
export function wasmParamCount(pool: PoolReader, fnTy: IpIndex, simd128: boolean): number {
  let count = returnsThroughMemory(pool, fnTy, simd128) ? 1 : 0;
  for (let n = 0; n < pool.fnParamCount(fnTy); n++) {
    const carrier = carrierIn(pool, fnTy, pool.fnParam(fnTy, n), simd128);
    count += carrier === Carrier.none ? 0 : carrier === Carrier.pair ? 2 : 1;
  }
  return count;
}

/** Whether the wasm function of `fnTy` leaves a value on the operand stack. */
export function hasWasmResult(pool: PoolReader, fnTy: IpIndex, simd128: boolean): boolean {
  const carrier = carrierIn(pool, fnTy, pool.fnReturn(fnTy), simd128);
  return carrier === Carrier.value || carrier === Carrier.vector;
}
