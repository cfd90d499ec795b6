/**
 * Shift amounts: unsigned integers of any width, brought to the container that a shift needs.
 *
 * An amount of more than 64 bits lies in memory. One that is below a width of at most 65,535 bits fits its low limb; whether
 * an amount reaches a width has to look at all of its limbs.
 */
import type { Ref } from '../../air/body/ref.ts';
import { abiSize } from '../../intern/layout.ts';
import { intrinsicIndex } from '../../mir/intrinsics.ts';
import { MirTag } from '../../mir/ops.ts';
import { Rep } from '../state/abi.ts';
import type { FunctionState } from '../state/function-state.ts';
import { opGe } from '../state/numeric-opcodes.ts';
import { baseOffset } from '../state/wvalue.ts';
import { convertContainer } from './integers.ts';

/** Limbs of longer amounts are looked at by a function of the runtime library. */
const MAX_INLINE_BYTES = 64;

/** Pushes the amount `ref`, of which no more than its low 32 bits count, in container `rep`. */
export function pushAmount(f: FunctionState, ref: Ref, rep: Rep): void {
  const from = f.repOf(ref);
  if (from !== Rep.address) {
    f.push(ref);
    convertContainer(f, from, rep, false);
    return;
  }
  pushLimb(f, ref, 0);
  convertContainer(f, Rep.i64, rep, false);
}

/** Whether an amount of the type of `ref` can be `width` or more. */
export function mayReach(f: FunctionState, ref: Ref, width: number): boolean {
  return 2 ** f.pool.intBits(f.typeOf(ref)) > width;
}

/** Pushes whether the amount `ref` is `width` or more. */
export function pushReaches(f: FunctionState, ref: Ref, width: number): void {
  const rep = f.repOf(ref);
  if (rep !== Rep.address) {
    f.push(ref);
    f.pushInt(rep, width);
    f.mir.op(opGe(rep, false));
    return;
  }
  pushLimb(f, ref, 0);
  f.pushInt(Rep.i64, width);
  f.mir.op(MirTag.i64_ge_u);
  if (abiSize(f.pool, f.typeOf(ref)) > MAX_INLINE_BYTES) {
    f.pushAddress(f.resolve(ref), 8);
    f.pushInt(f.addressRep, abiSize(f.pool, f.typeOf(ref)) / 8 - 1);
    f.pushInt(Rep.i64, 0);
    f.mir.callIntrinsic(intrinsicIndex('__air_bigdiffer'));
    f.pushInt(Rep.i64, 0);
    f.mir.op(MirTag.i64_ne);
    f.mir.op(MirTag.i32_or);
    return;
  }
  for (let k = 1; k < abiSize(f.pool, f.typeOf(ref)) / 8; k++) {
    pushLimb(f, ref, k);
    f.pushInt(Rep.i64, 0);
    f.mir.op(MirTag.i64_ne);
    f.mir.op(MirTag.i32_or);
  }
}

function pushLimb(f: FunctionState, ref: Ref, k: number): void {
  const place = f.resolve(ref);
  f.pushBase(place);
  f.mir.memory(MirTag.i64_load, k * 8 + baseOffset(place), 8);
}
