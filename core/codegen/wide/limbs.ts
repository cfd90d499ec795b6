/**
 * Integers of more than 64 bits: where their limbs are, and how a result is written limb by limb.
 *
 * Such an integer lies in memory as 64-bit limbs, the least significant first (codegen specification 2.3, 5.2). Owns the
 * canonical form: the bits above the width of the type, up to the end of its memory, continue its sign, or are zero. Knows no
 * instruction. Invariant: operands are canonical; a result is written to a slot of its own, which nothing writes afterwards.
 */
import type { Ref } from '../../air/body/ref.ts';
import { isInstRef, refValue } from '../../air/body/ref.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { abiSize } from '../../intern/layout.ts';
import { integerOf } from '../../intern/sums.ts';
import { ValueKind } from '../../intern/value-kinds.ts';
import type { IntrinsicName } from '../../mir/intrinsics.ts';
import { intrinsicIndex } from '../../mir/intrinsics.ts';
import { MirTag } from '../../mir/ops.ts';
import { copyConstant } from '../memory/memory-blocks.ts';
import { wrap } from '../scalar/integers.ts';
import { Rep } from '../state/abi.ts';
import type { FunctionState } from '../state/function-state.ts';
import { NumberClass } from '../state/number-class.ts';
import type { WValue } from '../state/wvalue.ts';
import { baseOffset } from '../state/wvalue.ts';

const LIMB_BITS = 64;
const LIMB_BYTES = 8;

/** An integer type in limbs. */
export interface WideType {
  readonly bits: number;
  readonly signed: boolean;
  /** Limbs that hold bits of the value; the others, up to `slots`, only extend it. */
  readonly limbs: number;
  /** Limbs in memory. */
  readonly slots: number;
}

/** Pushes limb `k` of an integer as an i64. */
export interface Limbs {
  (k: number): void;
  /** Where they lie in memory, canonical up to the last slot of their type; absent where they are computed. */
  readonly place?: () => WValue;
}

/** Integers of more limbs than this are worked on by functions of the runtime library that loop over limbs. */
const MAX_INLINE_LIMBS = 8;

/** Whether code for each limb of an integer of `t` would be too long. */
export function isLooped(t: WideType): boolean {
  return t.limbs > MAX_INLINE_LIMBS;
}

/** The place of `limbs` if `t` is looped over and there is one, else null. */
export function loopedPlace(t: WideType, limbs: Limbs): WValue | null {
  return (isLooped(t) && limbs.place?.()) || null;
}

/** An argument of a function of the runtime library on limbs: an address, a number of address width, or what is pushed. */
type LimbArgument = WValue | number | (() => void);

/** Calls `name` of the runtime library; its result, if it has one, is on the stack. */
export function callLimbs(f: FunctionState, name: IntrinsicName, ...args: readonly LimbArgument[]): void {
  for (const arg of args) {
    if (typeof arg === 'function') arg();
    else if (typeof arg === 'number') f.pushInt(f.addressRep, arg);
    else f.pushValue(arg);
  }
  f.mir.callIntrinsic(intrinsicIndex(name));
}

/** Whether values of `ty` are integers that live in memory. */
export function isWideType(f: FunctionState, ty: IpIndex): boolean {
  return f.classOf(ty) === NumberClass.wideInt;
}

/** Whether operand `ref` is such an integer. */
export function isWide(f: FunctionState, ref: Ref): boolean {
  return isWideType(f, f.typeOf(ref));
}

/** What limbs need to know of integer type `ty`, which is wider than 64 bits. */
export function wideTypeOf(f: FunctionState, ty: IpIndex): WideType {
  const integer = integerOf(f.pool, ty);
  const bits = f.pool.intBits(integer);
  return {
    bits,
    signed: f.pool.intSigned(integer),
    limbs: Math.ceil(bits / LIMB_BITS),
    slots: abiSize(f.pool, ty) / LIMB_BYTES,
  };
}

/** Limbs in memory at `place`. */
export function placeLimbs(f: FunctionState, place: WValue): Limbs {
  const push = (k: number): void => {
    f.pushBase(place);
    f.mir.memory(MirTag.i64_load, k * LIMB_BYTES + baseOffset(place), LIMB_BYTES);
  };
  return Object.assign(push, { place: () => place });
}

/** Limbs of an operand: immediates of a constant, loads of anything else. Limbs above those of its type extend it. */
export function operandLimbs(f: FunctionState, ref: Ref): Limbs {
  const { pool } = f;
  if (isInstRef(ref) || pool.valueKind(refValue(ref)) !== ValueKind.int) return placeLimbs(f, f.resolve(ref));
  const value = refValue(ref);
  const { limbs, signed } = wideTypeOf(f, pool.typeOf(value));
  const push = (k: number): void => {
    if (k < limbs) {
      f.mir.i64Const(pool.patternWord(value, 2 * k) | 0, pool.patternWord(value, 2 * k + 1) | 0);
    } else {
      const sign = signed ? pool.patternWord(value, 2 * limbs - 1) >> 31 : 0;
      f.mir.i64Const(sign, sign);
    }
  };
  return Object.assign(push, { place: () => f.resolve(ref) });
}

/** Pushes all ones if the integer is negative, else 0. */
export function pushSign(f: FunctionState, t: WideType, limbs: Limbs): void {
  limbs(t.limbs - 1);
  f.pushInt(Rep.i64, LIMB_BITS - 1);
  f.mir.op(MirTag.i64_shr_s);
}

/** Stores what `push` leaves on the stack as limb `k` of `place`. */
export function storeLimb(f: FunctionState, place: WValue, k: number, push: Limbs): void {
  f.pushBase(place);
  push(k);
  f.mir.memory(MirTag.i64_store, k * LIMB_BYTES + baseOffset(place), LIMB_BYTES);
}

/** Reduces the topmost limb with bits of the type, which is on the stack, to the canonical form. */
function wrapTop(f: FunctionState, t: WideType): void {
  wrap(f, Rep.i64, t.bits - (t.limbs - 1) * LIMB_BITS, t.signed);
}

/** Writes the limbs that `push` makes, in ascending order, and what extends them; `wraps` if they may not be canonical. */
export function storeLimbs(f: FunctionState, t: WideType, place: WValue, push: Limbs, wraps: boolean): void {
  const source = loopedPlace(t, push);
  if (source !== null) {
    copyConstant(f, place, 0, source, t.limbs * LIMB_BYTES);
    if (wraps) wrapPlace(f, t, place);
    else extendAbove(f, t, place);
    return;
  }
  for (let k = 0; k < t.limbs; k++) {
    storeLimb(f, place, k, () => {
      push(k);
      if (wraps && k === t.limbs - 1) wrapTop(f, t);
    });
  }
  extendAbove(f, t, place);
}

/** Writes the limbs above those with bits of the type. */
function extendAbove(f: FunctionState, t: WideType, place: WValue): void {
  for (let k = t.limbs; k < t.slots; k++) {
    storeLimb(f, place, k, () => {
      if (t.signed) pushSign(f, t, placeLimbs(f, place));
      else f.pushInt(Rep.i64, 0);
    });
  }
}

/** Brings the integer at `place`, whose limbs with bits are written, to the canonical form. */
export function wrapPlace(f: FunctionState, t: WideType, place: WValue): void {
  const top = t.limbs - 1;
  if (t.bits < t.limbs * LIMB_BITS) {
    storeLimb(f, place, top, () => {
      placeLimbs(f, place)(top);
      wrapTop(f, t);
    });
  }
  extendAbove(f, t, place);
}

/** Pushes limb `k` of the greatest value of the type. */
export function pushMaxLimb(f: FunctionState, t: WideType, k: number): void {
  pushMaskLimb(f, t.signed ? t.bits - 1 : t.bits, k);
}

/** Pushes limb `k` of 2^bits - 1. */
export function pushMaskLimb(f: FunctionState, bits: number, k: number): void {
  const inLimb = bits - k * LIMB_BITS;
  f.mir.i64Const(maskWord(inLimb), maskWord(inLimb - LIMB_BITS / 2));
}

/** The word of 32 bits of 2^bits - 1, for any `bits`. */
function maskWord(bits: number): number {
  return bits <= 0 ? 0 : bits >= 32 ? -1 : (1 << bits) - 1;
}
