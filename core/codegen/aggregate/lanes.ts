/**
 * Vectors as values: instructions on them lane by lane, unrolled.
 *
 * A vector is in memory, as an array is. What an instruction means for scalars is lowered once per lane, with the state of the
 * function showing the lane instead of the vector (Lane in function-state.ts); no lowering of scalars knows of it.
 * Invariant: the slot of a result is that of no operand, so that lanes can be written in any order.
 */
import { operandCount } from '../../air/body/operands.ts';
import type { InstIndex } from '../../air/body/ref.ts';
import type { Reduction } from '../../air/schema/forms.ts';
import { COMPARISONS, REDUCTIONS } from '../../air/schema/forms.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { abiAlign, abiSize } from '../../intern/layout.ts';
import { laneType } from '../../intern/vectors.ts';
import type { LocalIndex } from '../../mir/mir.ts';
import { MirTag } from '../../mir/ops.ts';
import { allocateSlot, loadTop, storeOperand, storeTop, storeValue } from '../memory/memory-access.ts';
import type { Rep } from '../state/abi.ts';
import { repOf } from '../state/abi.ts';
import { lowerConstant } from '../state/constants.ts';
import { byClassOfOperand } from '../state/choose-lowering.ts';
import type { FunctionState, Lowering } from '../state/function-state.ts';
import { NumberClass } from '../state/number-class.ts';
import type { WValue } from '../state/wvalue.ts';
import { local } from '../state/wvalue.ts';

/** Loads lane `k` of the vector of type `ty` at `place` into a temporary. */
function loadLane(f: FunctionState, place: WValue, ty: IpIndex, k: number): LocalIndex {
  const lane = laneType(f.pool, ty);
  pushLane(f, place, lane, k);
  return f.popTemp(repOf(f.pool, lane));
}

function pushLane(f: FunctionState, place: WValue, lane: IpIndex, k: number): void {
  f.pushBase(place);
  loadTop(f, place, k * abiSize(f.pool, lane), lane, abiAlign(f.pool, lane));
}

/** `scalar`, and of vectors the same for each lane. */
export function lanewise(scalar: Lowering): Lowering {
  return byClassOfOperand({
    [NumberClass.plain]: scalar,
    [NumberClass.wideInt]: scalar,
    [NumberClass.half]: scalar,
    [NumberClass.wideFloat]: scalar,
    [NumberClass.vector]: (f, inst) => {
      lowerLanes(f, inst, scalar);
    },
  });
}

/** Lowers `inst` by `scalar` for each lane; the result and all operands are vectors of one length. */
function lowerLanes(f: FunctionState, inst: InstIndex, scalar: Lowering): void {
  const { pool, mir } = f;
  const ty = f.resultType(inst);
  const resultTy = laneType(pool, ty);
  const slot = allocateSlot(f, ty);
  const refs = Array.from({ length: operandCount(f.body, inst) }, (_, n) => f.operand(inst, n));
  const types = refs.map((ref) => f.typeOf(ref));
  const places = refs.map((ref) => f.resolve(ref));
  const lanes = types.map((type) => laneType(pool, type));
  for (let k = 0; k < pool.arrayLen(ty); k++) {
    const temps = places.map((place, n) => loadLane(f, place, types[n]!, k));
    const offset = k * abiSize(pool, resultTy);
    const take = (value: WValue | null, rep: Rep): void => {
      const temp = value === null ? f.popTemp(rep) : null;
      f.pushBase(slot);
      if (temp === null) f.pushValue(value!);
      else mir.localGet(temp);
      storeTop(f, slot, offset, resultTy);
      if (temp !== null) f.releaseTemp(temp);
    };
    f.inLane({ values: temps.map(local), types: lanes, resultTy, take }, () => {
      scalar(f, inst);
    });
    for (const temp of temps) f.releaseTemp(temp);
  }
  f.finish(inst, slot);
}

/** One of two values, by a bool in front of them. */
const lowerChoice: Lowering = (f, inst) => {
  const a = f.operand(inst, 1);
  f.push(a);
  f.push(f.operand(inst, 2));
  f.push(f.operand(inst, 0));
  f.mir.op(MirTag.select);
  f.finishStack(inst, f.repOf(a));
};

/** select. */
export const lowerSelect: Lowering = (f, inst) => {
  lowerLanes(f, inst, lowerChoice);
};

/** cmp_vector, by the comparisons of scalars in the order of COMPARISONS. */
export function comparison(scalars: Readonly<Record<(typeof COMPARISONS)[number], Lowering>>): Lowering {
  return (f, inst) => {
    lowerLanes(f, inst, scalars[COMPARISONS[f.body.word(inst)]!]);
  };
}

/** reduce, by the operations of scalars: from the first lane to the last. */
export function reduction(scalars: (op: Reduction, isFloat: boolean) => Lowering): Lowering {
  return (f, inst) => {
    const { pool, mir } = f;
    const operand = f.operand(inst, 0);
    const ty = f.typeOf(operand);
    const resultTy = laneType(pool, ty);
    const place = f.resolve(operand);
    const scalar = scalars(REDUCTIONS[f.body.word(inst)]!, pool.isFloat(resultTy));
    const sum = loadLane(f, place, ty, 0);
    for (let k = 1; k < pool.arrayLen(ty); k++) {
      const lane = loadLane(f, place, ty, k);
      const take = (value: WValue | null): void => {
        if (value !== null) f.pushValue(value);
        mir.localSet(sum);
      };
      f.inLane({ values: [local(sum), local(lane)], types: [resultTy, resultTy], resultTy, take }, () => {
        scalar(f, inst);
      });
      f.releaseTemp(lane);
    }
    mir.localGet(sum);
    f.releaseTemp(sum);
    f.finishStack(inst, repOf(pool, resultTy));
  };
}

/** splat. */
export function lowerSplat(f: FunctionState, inst: InstIndex): void {
  const ty = f.resultType(inst);
  const slot = allocateSlot(f, ty);
  const size = abiSize(f.pool, laneType(f.pool, ty));
  for (let k = 0; k < f.pool.arrayLen(ty); k++) storeOperand(f, slot, k * size, f.operand(inst, 0));
  f.finish(inst, slot);
}

/** shuffle_one, shuffle_two; an undefined lane keeps whatever the slot holds. */
export function lowerShuffle(f: FunctionState, inst: InstIndex): void {
  const { pool } = f;
  const ty = f.resultType(inst);
  const lane = laneType(pool, ty);
  const size = abiSize(pool, lane);
  const slot = allocateSlot(f, ty);
  f.body.mask(inst).forEach((item, k) => {
    switch (item.from) {
      case 'nothing':
        return;
      case 'value':
        storeValue(f, slot, k * size, lane, lowerConstant(pool, item.value));
        return;
      case 'operand': {
        f.pushBase(slot);
        pushLane(f, f.resolve(f.operand(inst, item.operand)), lane, item.lane);
        storeTop(f, slot, k * size, lane);
      }
    }
  });
  f.finish(inst, slot);
}
