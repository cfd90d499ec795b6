/**
 * Where a value is: the result of lowering one AIR value.
 *
 * Plain data of one shape, so that the code that reads them stays monomorphic. A value on the operand stack of wasm is no
 * WValue: each instruction leaves its result in a place before the next one is lowered. Knows nothing of types.
 * Invariant: a by-reference value and an address look alike; the type says which one it is.
 */
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import type { LocalIndex } from '../../mir/mir.ts';

/** Kinds of places; `a`, `b` and `align` as noted, 0 where nothing is noted. */
export const W = {
  /** No bits. */
  none: 0,
  /** Wasm local; a = index. */
  local: 1,
  /** a = i32 bits (signed number). */
  imm32: 2,
  /** a = low word, b = high word. */
  imm64: 3,
  /** a = bits. */
  float32: 4,
  /** a = low word, b = high word of the bits. */
  float64: 5,
  /** Address of data nav a, plus b bytes. */
  nav_ref: 6,
  /** Table slot of function nav a. */
  func_ref: 7,
  /** Address of constant a, plus b bytes; align = alignment asked for, 0 = natural. */
  uav_ref: 8,
  /** Address of the frame plus a bytes, a >= 0. */
  stack_offset: 9,
  /** Must not be used: not lowered, or freed. */
  dead: 10,
  /** Address in wasm local a, plus b bytes, 0 < b <= MAX_LOCAL_OFFSET. */
  local_offset: 11,
  /** A vector in wasm local a; whoever asks for its place gets it written to the frame. */
  vector: 12,
} as const;
type WKind = (typeof W)[keyof typeof W];

/** See {@link W}. */
export interface WValue {
  readonly kind: WKind;
  readonly a: number;
  readonly b: number;
  readonly align: number;
}

function make(kind: WKind, a: number, b: number, align: number): WValue {
  return { kind, a, b, align };
}

/** The value without bits. */
export const NO_VALUE: WValue = make(W.none, 0, 0, 0);
/** What must not be used. */
export const DEAD: WValue = make(W.dead, 0, 0, 0);

/** The first locals, made once: places never change. */
const FIRST_LOCALS: readonly WValue[] = Array.from({ length: 128 }, (_, index) => make(W.local, index, 0, 0));

/** Wasm local `index`. */
export function local(index: LocalIndex): WValue {
  return index < FIRST_LOCALS.length ? FIRST_LOCALS[index]! : make(W.local, index, 0, 0);
}

/** Index of the wasm local that `v` is. */
export function localOf(v: WValue): LocalIndex {
  return v.a as LocalIndex;
}

/** Vector in wasm local `index`. */
export function vectorIn(index: LocalIndex): WValue {
  return make(W.vector, index, 0, 0);
}

/** i32 constant from any 32-bit pattern. */
export function imm32(bits: number): WValue {
  return make(W.imm32, bits | 0, 0, 0);
}

/** i64 constant from its words. */
export function imm64(lo: number, hi: number): WValue {
  return make(W.imm64, lo, hi, 0);
}

/** `v` as an unsigned number if it is an integer constant below 2^32, else null. */
export function smallConstant(v: WValue): number | null {
  return v.kind === W.imm32 || (v.kind === W.imm64 && v.b === 0) ? v.a >>> 0 : null;
}

/** f32 constant from its bits. */
export function float32(bits: number): WValue {
  return make(W.float32, bits, 0, 0);
}

/** f64 constant from the words of its bits. */
export function float64(lo: number, hi: number): WValue {
  return make(W.float64, lo, hi, 0);
}

/** Address of a data nav. */
export function navRef(nav: NavIndex, offset: number): WValue {
  return make(W.nav_ref, nav, offset, 0);
}

/** Table slot of a function nav. */
export function funcRef(nav: NavIndex): WValue {
  return make(W.func_ref, nav, 0, 0);
}

/** Address of an unnamed constant. */
export function uavRef(value: IpIndex, align: number, offset: number): WValue {
  return make(W.uav_ref, value, offset, align);
}

/** Place in the frame. */
export function stackOffset(offset: number): WValue {
  return make(W.stack_offset, offset, 0, 0);
}

/** Greatest offset of a {@link W.local_offset}: a load or store adds less than as much again. */
const MAX_LOCAL_OFFSET = 0x3fff_ffff;

/** The address in a local, which may have an offset already, plus `bytes`; null if that is no such place. */
export function localPlus(v: WValue, bytes: number): WValue | null {
  if (v.kind !== W.local && v.kind !== W.local_offset) return null;
  const offset = v.b + bytes;
  if (offset === 0) return local(localOf(v));
  return offset > 0 && offset <= MAX_LOCAL_OFFSET ? make(W.local_offset, v.a, offset, 0) : null;
}

/** Whether `v` is in a wasm local, or is an address that is told by one. */
export function isInLocal(v: WValue): boolean {
  return v.kind === W.local || v.kind === W.local_offset;
}

/** Bytes that an access at `v` has to carry in its static offset, because {@link FunctionState.pushBase} leaves them out. */
export function baseOffset(v: WValue): number {
  if (v.kind === W.local_offset) return v.b;
  return v.kind === W.stack_offset ? v.a : 0;
}

/**
 * `v` plus `bytes` as a constant place, or null where only an addition at run time can tell: locals, and what does not
 * fit an i32 or lies below the frame.
 */
export function movedBy(v: WValue, bytes: number): WValue | null {
  if (bytes === 0) return v;
  switch (v.kind) {
    case W.stack_offset:
      return fitsOffset(v.a + bytes) && v.a + bytes >= 0 ? stackOffset(v.a + bytes) : null;
    case W.nav_ref:
    case W.uav_ref:
      return fitsOffset(v.b + bytes) ? make(v.kind, v.a, v.b + bytes, v.align) : null;
    case W.imm32:
      return imm32(v.a + bytes);
    case W.imm64: {
      const lo = (v.a >>> 0) + bytes;
      return imm64(lo | 0, (v.b + Math.floor(lo / 0x1_0000_0000)) | 0);
    }
    case W.local_offset:
      return localPlus(v, bytes);
    case W.none:
    case W.local:
    case W.float32:
    case W.float64:
    case W.func_ref:
    case W.dead:
    case W.vector:
      return null;
  }
}

function fitsOffset(bytes: number): boolean {
  return bytes >= -0x8000_0000 && bytes <= 0x7fff_ffff;
}
