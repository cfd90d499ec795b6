/**
 * Values that cross a call in another form than codegen keeps them in: what C passes in registers and codegen has in memory.
 *
 * A struct that holds one value travels as that value, a vector as a v128, a number of two words as two i64; and what C passes by address is the callee's to
 * write, so it gets a copy (BasicCABI.md of the tool conventions).
 */
import type { InstIndex, Ref } from '../../air/body/ref.ts';
import { callConv } from '../../intern/call-conv.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { abiAlign } from '../../intern/layout.ts';
import { CallConv } from '../../intern/type-kinds.ts';
import type { LocalIndex } from '../../mir/mir.ts';
import { MirTag } from '../../mir/ops.ts';
import { allocateSlot, copyValue, loadForeignTop, storeTop } from '../memory/memory-access.ts';
import { loadVectorTop, pushVector, storeVectorTop } from '../memory/vectors.ts';
import { Rep, repOf } from '../state/abi.ts';
import { carriedType, Carrier, carrierIn } from '../state/conventions.ts';
import type { FunctionState } from '../state/function-state.ts';
import type { WValue } from '../state/wvalue.ts';
import { baseOffset, local, NO_VALUE, vectorIn } from '../state/wvalue.ts';

/** Bytes of a word of a pair. */
const WORD = 8;

/** The wasm parameter that the next `arg` with bits denotes, or its first one. */
function takeParam(f: FunctionState): LocalIndex {
  const index = f.nextParam;
  f.nextParam = (index + 1) as LocalIndex;
  return index;
}

export function lowerArg(f: FunctionState, inst: InstIndex): void {
  const { pool, fnTy } = f;
  const ty = f.resultType(inst);
  switch (carrierIn(pool, fnTy, ty, f.options.simd128)) {
    case Carrier.none:
      f.finish(inst, NO_VALUE);
      return;
    case Carrier.address:
      f.finish(inst, local(takeParam(f)));
      return;
    case Carrier.value: {
      const param = takeParam(f);
      f.finish(inst, f.resultRep(inst) === Rep.address ? keep(f, ty, param) : local(param));
      return;
    }
    case Carrier.vector: {
      const param = takeParam(f);
      f.finish(inst, f.isVectorValue(ty) ? vectorIn(param) : keep(f, ty, param));
      return;
    }
    case Carrier.pair: {
      const slot = allocateSlot(f, ty);
      for (let at = 0; at <= WORD; at += WORD) {
        f.pushBase(slot);
        f.mir.localGet(takeParam(f));
        f.mir.memory(MirTag.i64_store, at + baseOffset(slot), WORD);
      }
      f.finish(inst, slot);
    }
  }
}

/** A new slot for the `ty` that one local carries. */
function keep(f: FunctionState, ty: IpIndex, carried: LocalIndex): WValue {
  const slot = allocateSlot(f, ty);
  f.pushBase(slot);
  f.mir.localGet(carried);
  storeCarried(f, f.fnTy, ty, slot);
  return slot;
}

/** Pushes the one value that carries the `ty` in memory at `place`, in a call of a function of type `fnTy`. */
export function pushCarried(
  f: FunctionState,
  fnTy: IpIndex,
  ty: IpIndex,
  place: WValue,
  align = abiAlign(f.pool, ty),
): void {
  const carried = carriedType(f.pool, fnTy, ty);
  f.pushBase(place);
  if (f.isVectorValue(carried)) loadVectorTop(f, place, 0, align);
  else loadForeignTop(f, place, 0, carried, align);
}

/** Pops the one value that carries a `ty` in a call of a function of type `fnTy`, and the base of `slot`, where it goes. */
function storeCarried(f: FunctionState, fnTy: IpIndex, ty: IpIndex, slot: WValue): void {
  const carried = carriedType(f.pool, fnTy, ty);
  if (f.isVectorValue(carried)) storeVectorTop(f, slot, 0, abiAlign(f.pool, ty));
  else storeTop(f, slot, 0, carried);
}

/** Pushes what carries argument `ref` of a call of a function of type `fnTy`. */
export function pushArgument(f: FunctionState, fnTy: IpIndex, ref: Ref): void {
  const { pool } = f;
  const ty = f.typeOf(ref);
  if (f.isVectorValue(ty)) {
    pushVector(f, ref);
    return;
  }
  if (callConv(pool, fnTy) === CallConv.auto || f.repOf(ref) !== Rep.address) {
    f.push(ref);
    return;
  }
  const place = f.resolve(ref);
  switch (carrierIn(pool, fnTy, ty, f.options.simd128)) {
    case Carrier.none:
      return;
    case Carrier.value:
    case Carrier.vector:
      pushCarried(f, fnTy, ty, place);
      return;
    case Carrier.pair:
      for (let at = 0; at <= WORD; at += WORD) {
        f.pushBase(place);
        f.mir.memory(MirTag.i64_load, at + baseOffset(place), WORD);
      }
      return;
    case Carrier.address: {
      const copy = allocateSlot(f, ty);
      copyValue(f, copy, 0, place, ty, abiAlign(pool, ty));
      f.pushValue(copy);
    }
  }
}

/** Puts the result of a call of a function of type `fnTy`, which is on the stack, into the slot of its `ty`. */
export function popCarried(f: FunctionState, fnTy: IpIndex, ty: IpIndex, slot: WValue): void {
  const carried = carriedType(f.pool, fnTy, ty);
  const temp = f.popTemp(f.isVectorValue(carried) ? Rep.v128 : repOf(f.pool, carried));
  f.pushBase(slot);
  f.mir.localGet(temp);
  storeCarried(f, fnTy, ty, slot);
  f.releaseTemp(temp);
}
