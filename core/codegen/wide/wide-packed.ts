/**
 * Packed structs of more than 64 bits, in memory, and pointers to bits of as large integers.
 *
 * Bits are cut out of limbs of 64 bits, of which a field may touch several, and put back into them. A field is seen as pieces of up
 * to 64 bits; every place of a piece is known when the code is made. Invariant: bits above the width of the integer stay zero.
 */
import type { InstIndex, Ref } from '../../air/body/ref.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { abiSize } from '../../intern/layout.ts';
import { bitOffset, bitRange, isPackedUnion, packedBits } from '../../intern/packed.ts';
import { integerOf } from '../../intern/sums.ts';
import { MirTag } from '../../mir/ops.ts';
import { cutOut, moveIn } from '../memory/bit-pointers.ts';
import { allocateSlot } from '../memory/memory-access.ts';
import { fillBytes } from '../memory/memory-blocks.ts';
import { wrap } from '../scalar/integers.ts';
import { Rep, repOf } from '../state/abi.ts';
import type { FunctionState, Lowering } from '../state/function-state.ts';
import type { WValue } from '../state/wvalue.ts';
import { baseOffset, imm32 } from '../state/wvalue.ts';
import type { Limbs } from './limbs.ts';
import { callLimbs, isLooped, placeLimbs, storeLimb, storeLimbs, wrapPlace } from './limbs.ts';

const LIMB = 64;

/** Limbs of an integer in memory. */
interface Host {
  readonly place: WValue;
  /** Limbs in memory. */
  readonly count: number;
  /** What is known of the address, in bytes. */
  readonly align: number;
}

function pushHostLimb(f: FunctionState, { place, align }: Host, k: number): void {
  f.pushBase(place);
  f.mir.memory(MirTag.i64_load, k * 8 + baseOffset(place), Math.min(align, 8));
}

/** Pushes the 64 bits of `host` from bit `offset` on; those behind its end are zero. */
function pushBits(f: FunctionState, host: Host, offset: number, bits: number): void {
  const first = Math.floor(offset / LIMB);
  const shift = offset % LIMB;
  pushHostLimb(f, host, first);
  if (shift === 0) return;
  f.pushInt(Rep.i64, shift);
  f.mir.op(MirTag.i64_shr_u);
  if (shift + bits <= LIMB || first + 1 >= host.count) return;
  pushHostLimb(f, host, first + 1);
  f.pushInt(Rep.i64, LIMB - shift);
  f.mir.op(MirTag.i64_shl);
  f.mir.op(MirTag.i64_or);
}

/** Finishes with the value of the result type at bit `offset` of `host`. */
function finishCut(f: FunctionState, inst: InstIndex, host: Host, offset: number): void {
  const ty = f.resultType(inst);
  const bits = packedBits(f.pool, ty)!;
  const rep = repOf(f.pool, ty);
  if (rep !== Rep.address) {
    pushBits(f, host, offset, bits);
    cutOut(f, Rep.i64, 0, ty);
    f.finishStack(inst, rep);
    return;
  }
  const slot = allocateSlot(f, ty);
  const integer = integerOf(f.pool, ty);
  const signed = f.pool.isInt(integer) && f.pool.intSigned(integer);
  const t = { bits, signed, limbs: Math.ceil(bits / LIMB), slots: abiSize(f.pool, ty) / 8 };
  if (isLooped(t)) {
    callLimbs(f, '__air_bigcut', slot, host.place, offset, bits);
    wrapPlace(f, t, slot);
    f.finish(inst, slot);
    return;
  }
  const limb: Limbs = (k) => {
    pushBits(f, host, offset + k * LIMB, Math.min(LIMB, bits - k * LIMB));
  };
  storeLimbs(f, t, slot, limb, true);
  f.finish(inst, slot);
}

/** Up to 64 bits of a value, and where they go. */
interface Piece {
  readonly offset: number;
  readonly bits: number;
  /** Pushes them as an i64, zero-extended. */
  readonly push: () => void;
}

function piecesOf(f: FunctionState, ref: Ref, ty: IpIndex, offset: number): readonly Piece[] {
  const bits = packedBits(f.pool, ty)!;
  if (repOf(f.pool, ty) !== Rep.address) {
    const push = (): void => {
      f.push(ref);
      moveIn(f, Rep.i64, 0, ty);
    };
    return [{ offset, bits, push }];
  }
  const limbs = placeLimbs(f, f.resolve(ref));
  return Array.from({ length: Math.ceil(bits / LIMB) }, (_, k): Piece => {
    const width = Math.min(LIMB, bits - k * LIMB);
    const push = (): void => {
      limbs(k);
      wrap(f, Rep.i64, width, false);
    };
    return { offset: offset + k * LIMB, bits: width, push };
  });
}

/** Whether `piece` has bits in limb `k`. */
function touches({ offset, bits }: Piece, k: number): boolean {
  return offset < (k + 1) * LIMB && offset + bits > k * LIMB;
}

/** Pushes the bits of `piece` that are in limb `k`, at their place in it. */
function pushInLimb(f: FunctionState, piece: Piece, k: number): void {
  piece.push();
  const distance = piece.offset - k * LIMB;
  if (distance === 0) return;
  f.pushInt(Rep.i64, Math.abs(distance));
  f.mir.op(distance > 0 ? MirTag.i64_shl : MirTag.i64_shr_u);
}

/** aggregate_init of a packed struct, or union_init of a packed union, in memory. */
export function lowerWidePackedInit(f: FunctionState, inst: InstIndex): void {
  const ty = f.resultType(inst);
  const slot = allocateSlot(f, ty);
  const slots = abiSize(f.pool, ty) / 8;
  const fields = isPackedUnion(f.pool, ty) ? [f.operand(inst, 0)] : Array.from(f.body.refs(inst));
  if (isLooped({ bits: slots * LIMB, signed: false, limbs: slots, slots })) {
    fillBytes(f, slot, imm32(slots * 8), 0);
    const host = { place: slot, count: slots, align: 8 };
    fields.forEach((ref, n) => {
      if (!f.isUndefined(ref)) putIn(f, host, ref, bitOffset(f.pool, ty, n));
    });
    f.finish(inst, slot);
    return;
  }
  const pieces = fields.flatMap((ref, n) =>
    f.isUndefined(ref) ? [] : piecesOf(f, ref, f.typeOf(ref), bitOffset(f.pool, ty, n)),
  );
  for (let k = 0; k < slots; k++) {
    storeLimb(f, slot, k, () => {
      f.pushInt(Rep.i64, 0);
      for (const piece of pieces) {
        if (!touches(piece, k)) continue;
        pushInLimb(f, piece, k);
        f.mir.op(MirTag.i64_or);
      }
    });
  }
  f.finish(inst, slot);
}

/** struct_field_val of a packed struct in memory. */
export function lowerWideFieldVal(f: FunctionState, inst: InstIndex): void {
  const struct = f.operand(inst, 0);
  const ty = f.typeOf(struct);
  const host = { place: f.resolve(struct), count: abiSize(f.pool, ty) / 8, align: 8 };
  finishCut(f, inst, host, bitOffset(f.pool, ty, f.body.number(inst)));
}

function hostBehind(f: FunctionState, inst: InstIndex): Host {
  const pointer = f.operand(inst, 0);
  const ptrTy = f.typeOf(pointer);
  return {
    place: f.resolve(pointer),
    count: bitRange(f.pool, ptrTy)!.hostSize / 8,
    align: f.pool.ptrAlign(ptrTy),
  };
}

/** `plain`, or `wide` through a pointer to bits of more than 8 bytes. */
export function byHost(plain: Lowering, wide: Lowering): Lowering {
  return (f, inst) => {
    const bits = bitRange(f.pool, f.typeOf(f.operand(inst, 0)));
    (bits !== null && bits.hostSize > 8 ? wide : plain)(f, inst);
  };
}

/** load through a pointer to bits of a host of more than 8 bytes. */
export function lowerWideBitLoad(f: FunctionState, inst: InstIndex): void {
  finishCut(f, inst, hostBehind(f, inst), bitRange(f.pool, f.typeOf(f.operand(inst, 0)))!.bitOffset);
}

/** The bits of limb `k` that `piece` does not have. */
function pushKept(f: FunctionState, { offset, bits }: Piece, k: number): void {
  const mask = (2n ** BigInt(bits) - 1n) << BigInt(offset);
  const kept = BigInt.asUintN(LIMB, ~(mask >> BigInt(k * LIMB)));
  f.mir.i64Const(Number(BigInt.asIntN(32, kept)), Number(BigInt.asIntN(32, kept >> 32n)));
}

/** store through such a pointer: limb by limb, (limb & ~mask) | bits. */
export function lowerWideBitStore(f: FunctionState, inst: InstIndex): void {
  const value = f.operand(inst, 1);
  if (!f.isUndefined(value)) {
    putIn(f, hostBehind(f, inst), value, bitRange(f.pool, f.typeOf(f.operand(inst, 0)))!.bitOffset);
  }
  f.finishVoid(inst);
}

/** Puts the bits of `value` at bit `offset` of `host`. */
function putIn(f: FunctionState, host: Host, value: Ref, offset: number): void {
  const ty = f.typeOf(value);
  const bits = packedBits(f.pool, ty)!;
  const limbs = Math.ceil(bits / LIMB);
  if (isLooped({ bits, signed: false, limbs, slots: limbs })) {
    callLimbs(f, '__air_bigput', host.place, f.resolve(value), offset, bits);
    return;
  }
  for (const piece of piecesOf(f, value, ty, offset)) {
    for (let k = Math.floor(piece.offset / LIMB); k * LIMB < piece.offset + piece.bits; k++) {
      f.pushBase(host.place);
      pushHostLimb(f, host, k);
      pushKept(f, piece, k);
      f.mir.op(MirTag.i64_and);
      pushInLimb(f, piece, k);
      f.mir.op(MirTag.i64_or);
      f.mir.memory(MirTag.i64_store, k * 8 + baseOffset(host.place), Math.min(host.align, 8));
    }
  }
}
