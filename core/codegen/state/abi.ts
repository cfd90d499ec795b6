/**
 * How values travel: the representation of a type on the wasm side, and the signature of a function type.
 *
 * Codegen's own derivation; the linker has another one, so that validation of the output catches either being wrong.
 * Pure functions of (pool, type). Integers wider than 64 bits have no representation here: refusals.ts keeps them out.
 */
import type { PoolReader } from '../../intern/pool-reader.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { IP, ItemKind } from '../../intern/keys.ts';
import { abiSize } from '../../intern/layout.ts';
import { InternalError } from '../../support/assert.ts';
import { ValType } from '../../wasm/kinds.ts';

/** Representation of a type; opcode tables are indexed by the four middle ones. */
export const Rep = {
  /** No bits. */
  none: 0,
  i32: 1,
  i64: 2,
  f32: 3,
  f64: 4,
  /** In memory; what travels is its address. */
  address: 5,
} as const;
export type Rep = (typeof Rep)[keyof typeof Rep];

/** Representation of an address, and of `usize` and `isize`. */
export function addressRep(pool: PoolReader): typeof Rep.i32 | typeof Rep.i64 {
  return pool.target.ptrBits === 64 ? Rep.i64 : Rep.i32;
}

/** Representation of `ty`. */
export function repOf(pool: PoolReader, ty: IpIndex): Rep {
  switch (pool.kind(ty)) {
    case ItemKind.ty_int:
      return pool.intBits(ty) <= 32 ? Rep.i32 : Rep.i64;
    case ItemKind.ty_ptr:
      return addressRep(pool);
    case ItemKind.ty_simple:
      switch (ty) {
        case IP.f32_type:
          return Rep.f32;
        case IP.f64_type:
          return Rep.f64;
        case IP.void_type:
        case IP.noreturn_type:
          return Rep.none;
        case IP.usize_type:
        case IP.isize_type:
          return addressRep(pool);
        default:
          return Rep.i32;
      }
    case ItemKind.ty_slice:
      return Rep.address;
    case ItemKind.ty_array:
    case ItemKind.ty_struct:
      return abiSize(pool, ty) === 0 ? Rep.none : Rep.address;
    case ItemKind.ty_fn:
      return Rep.none;
    default:
      throw new InternalError('a value was asked for its representation');
  }
}

const VAL_TYPES: readonly number[] = [0, ValType.i32, ValType.i64, ValType.f32, ValType.f64];

/** Value type byte that carries `rep`, which is no {@link Rep.address}. */
export function valTypeOf(rep: Rep): number {
  return VAL_TYPES[rep]!;
}

/** Bits of the container of an integer representation. */
export function containerBits(rep: Rep): 32 | 64 {
  return rep === Rep.i64 ? 64 : 32;
}

/** Whether a function with result type `ret` gets the address of its result as a hidden first parameter. */
export function returnsThroughMemory(pool: PoolReader, ret: IpIndex): boolean {
  return repOf(pool, ret) === Rep.address;
}

/** Number of wasm parameters of `fnTy`: the hidden result address, and each parameter that has bits. */
export function wasmParamCount(pool: PoolReader, fnTy: IpIndex): number {
  let count = returnsThroughMemory(pool, pool.fnReturn(fnTy)) ? 1 : 0;
  for (let n = 0; n < pool.fnParamCount(fnTy); n++) {
    if (repOf(pool, pool.fnParam(fnTy, n)) !== Rep.none) count++;
  }
  return count;
}

/** Whether the wasm function of `fnTy` leaves a value on the operand stack. */
export function hasWasmResult(pool: PoolReader, fnTy: IpIndex): boolean {
  const rep = repOf(pool, pool.fnReturn(fnTy));
  return rep !== Rep.none && rep !== Rep.address;
}
