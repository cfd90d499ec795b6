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
import { abiAlign, abiSize, fieldOffset, pointeeAlign } from '../../intern/layout.ts';
import { isVector, laneType } from '../../intern/vectors.ts';
import type { LocalIndex } from '../../mir/mir.ts';
import { MirTag } from '../../mir/ops.ts';
import { InternalError } from '../../support/assert.ts';
import { allocateSlot, copyValue, loadTop, storeOperand, storeTop, storeValue } from '../memory/memory-access.ts';
import { addIndex, constantIndexOffset } from '../memory/pointers.ts';
import { Rep, repOf } from '../state/abi.ts';
import { lowerConstant } from '../state/constants.ts';
import { byClassOfOperand } from '../state/choose-lowering.ts';
import type { FunctionState, Lowering } from '../state/function-state.ts';
import type { Reporting } from '../state/reporting.ts';
import { NumberClass } from '../state/number-class.ts';
import type { WValue } from '../state/wvalue.ts';
import { local, movedBy } from '../state/wvalue.ts';

/** A lane: what is loaded into a temporary, which is to be given back, or the place of what is in memory. */
interface LaneValue {
  readonly value: WValue;
  readonly temp: LocalIndex | null;
}

/** Lane `k` of the vector of type `ty` at `place`. */
function laneOf(f: FunctionState, place: WValue, ty: IpIndex, k: number): LaneValue {
  const lane = laneType(f.pool, ty);
  const offset = k * abiSize(f.pool, lane);
  const rep = repOf(f.pool, lane);
  if (rep === Rep.address) {
    const moved = movedBy(place, offset);
    if (moved !== null) return { value: moved, temp: null };
    f.pushAddress(place, offset);
  } else {
    f.pushBase(place);
    loadTop(f, place, offset, lane, abiAlign(f.pool, lane));
  }
  const temp = f.popTemp(rep);
  return { value: local(temp), temp };
}

function release(f: FunctionState, lanes: readonly LaneValue[]): void {
  for (const { temp } of lanes) if (temp !== null) f.releaseTemp(temp);
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

/** The operands of `inst`, by position; a scalar among vectors is the same in each lane. */
interface VectorOperands {
  readonly types: readonly IpIndex[];
  readonly places: readonly WValue[];
}

function operandsOf(f: FunctionState, inst: InstIndex): VectorOperands {
  const refs = Array.from({ length: operandCount(f.body, inst) }, (_, n) => f.operand(inst, n));
  return { types: refs.map((ref) => f.typeOf(ref)), places: refs.map((ref) => f.resolve(ref)) };
}

function lanesOf(f: FunctionState, { types, places }: VectorOperands, k: number): readonly LaneValue[] {
  return places.map((place, n) =>
    isVector(f.pool, types[n]!) ? laneOf(f, place, types[n]!, k) : { value: place, temp: null },
  );
}

/** Lowers `inst` by `scalar` for each lane; the result and the operands are vectors of one length, but for amounts of shifts. */
function lowerLanes(f: FunctionState, inst: InstIndex, scalar: Lowering): void {
  const { pool, mir } = f;
  const ty = f.resultType(inst);
  const resultTy = laneType(pool, ty);
  const slot = allocateSlot(f, ty);
  const operands = operandsOf(f, inst);
  const types = operands.types.map((type) => laneType(pool, type));
  for (let k = 0; k < pool.arrayLen(ty); k++) {
    const lanes = lanesOf(f, operands, k);
    const offset = k * abiSize(pool, resultTy);
    const take = (value: WValue | null, rep: Rep): void => {
      const temp = value === null ? f.popTemp(rep) : null;
      if (repOf(pool, resultTy) === Rep.address) {
        copyValue(f, slot, offset, value ?? local(temp!), resultTy, abiAlign(pool, resultTy));
      } else {
        f.pushBase(slot);
        if (temp === null) f.pushValue(value!);
        else mir.localGet(temp);
        storeTop(f, slot, offset, resultTy);
      }
      if (temp !== null) f.releaseTemp(temp);
    };
    f.inLane({ values: lanes.map(({ value }) => value), types, resultTy, take }, () => {
      scalar(f, inst);
    });
    release(f, lanes);
  }
  f.finish(inst, slot);
}

/** An instruction with a result of tuple { T, u1 }, of scalars or with both parts vectors. */
export function reporting(narrow: Reporting, wide: Reporting): Lowering {
  const scalar = (report: Reporting): Lowering => {
    return (f, inst) => {
      const tuple = f.resultType(inst);
      const slot = allocateSlot(f, tuple);
      report(f, inst, {
        slot,
        resultTy: f.pool.fieldType(tuple, 0),
        resultOffset: fieldOffset(f.pool, tuple, 0),
        flagTy: f.pool.fieldType(tuple, 1),
        flagOffset: fieldOffset(f.pool, tuple, 1),
      });
      f.finish(inst, slot);
    };
  };
  const [onNarrow, onWide] = [scalar(narrow), scalar(wide)];
  return byClassOfOperand({
    [NumberClass.plain]: onNarrow,
    [NumberClass.wideInt]: onWide,
    [NumberClass.half]: onNarrow,
    [NumberClass.wideFloat]: onNarrow,
    [NumberClass.vector]: (f, inst) => {
      reportLanes(f, inst, narrow, wide);
    },
  });
}

function reportLanes(f: FunctionState, inst: InstIndex, narrow: Reporting, wide: Reporting): void {
  const { pool } = f;
  const tuple = f.resultType(inst);
  const slot = allocateSlot(f, tuple);
  const operands = operandsOf(f, inst);
  const types = operands.types.map((type) => laneType(pool, type));
  const resultTy = types[0]!;
  const flagTy = laneType(pool, pool.fieldType(tuple, 1));
  const report = f.classOf(resultTy) === NumberClass.wideInt ? wide : narrow;
  for (let k = 0; k < pool.arrayLen(operands.types[0]!); k++) {
    const lanes = lanesOf(f, operands, k);
    f.inLane({ values: lanes.map(({ value }) => value), types, resultTy, take: NOBODY }, () => {
      report(f, inst, {
        slot,
        resultTy,
        resultOffset: fieldOffset(pool, tuple, 0) + k * abiSize(pool, resultTy),
        flagTy,
        flagOffset: fieldOffset(pool, tuple, 1) + k * abiSize(pool, flagTy),
      });
    });
    release(f, lanes);
  }
  f.finish(inst, slot);
}

/** A report is written to its parts and has no result. */
const NOBODY = (): never => {
  throw new InternalError('a lane that reports an overflow is finished');
};

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
    const { pool } = f;
    const operand = f.operand(inst, 0);
    const ty = f.typeOf(operand);
    const resultTy = laneType(pool, ty);
    const place = f.resolve(operand);
    const scalar = scalars(REDUCTIONS[f.body.word(inst)]!, pool.isFloat(resultTy));
    if (repOf(pool, resultTy) === Rep.address) reduceInMemory(f, inst, place, ty, scalar);
    else reduceInLocal(f, inst, place, ty, scalar);
  };
}

function reduceInLocal(f: FunctionState, inst: InstIndex, place: WValue, ty: IpIndex, scalar: Lowering): void {
  const { pool, mir } = f;
  const resultTy = laneType(pool, ty);
  const sum = laneOf(f, place, ty, 0).temp!;
  for (let k = 1; k < pool.arrayLen(ty); k++) {
    const lane = laneOf(f, place, ty, k).temp!;
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
}

/** Each step leaves its result in a place of its own, which the next one reads; the last one is copied, for a lane is no value. */
function reduceInMemory(f: FunctionState, inst: InstIndex, place: WValue, ty: IpIndex, scalar: Lowering): void {
  const { pool } = f;
  const resultTy = laneType(pool, ty);
  let sum = laneOf(f, place, ty, 0);
  for (let k = 1; k < pool.arrayLen(ty); k++) {
    const lane = laneOf(f, place, ty, k);
    const before = sum;
    const take = (value: WValue | null, rep: Rep): void => {
      const temp = value === null ? f.popTemp(rep) : null;
      const slot = allocateSlot(f, resultTy);
      copyValue(f, slot, 0, value ?? local(temp!), resultTy, abiAlign(pool, resultTy));
      if (temp !== null) f.releaseTemp(temp);
      sum = { value: slot, temp: null };
    };
    f.inLane({ values: [before.value, lane.value], types: [resultTy, resultTy], resultTy, take }, () => {
      scalar(f, inst);
    });
    release(f, [before, lane]);
  }
  const slot = allocateSlot(f, resultTy);
  copyValue(f, slot, 0, sum.value, resultTy, abiAlign(pool, resultTy));
  release(f, [sum]);
  f.finish(inst, slot);
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
        const place = f.resolve(f.operand(inst, item.operand));
        copyLane(f, slot, k * size, place, item.lane * size, lane);
      }
    }
  });
  f.finish(inst, slot);
}

function copyLane(f: FunctionState, to: WValue, toOffset: number, from: WValue, fromOffset: number, ty: IpIndex): void {
  const align = abiAlign(f.pool, ty);
  if (repOf(f.pool, ty) !== Rep.address) {
    f.pushBase(to);
    f.pushBase(from);
    loadTop(f, from, fromOffset, ty, align);
    storeTop(f, to, toOffset, ty);
    return;
  }
  const moved = movedBy(from, fromOffset);
  if (moved !== null) {
    copyValue(f, to, toOffset, moved, ty, align);
    return;
  }
  f.pushAddress(from, fromOffset);
  const address = f.popTemp(f.addressRep);
  copyValue(f, to, toOffset, local(address), ty, align);
  f.releaseTemp(address);
}

/** vector_store_elem. */
export function lowerVectorStoreElem(f: FunctionState, inst: InstIndex): void {
  const pointer = f.operand(inst, 0);
  const lane = f.operand(inst, 2);
  const size = abiSize(f.pool, f.typeOf(lane));
  const align = alignAfter(pointeeAlign(f.pool, f.typeOf(pointer)), size);
  const index = f.resolve(f.operand(inst, 1));
  const offset = constantIndexOffset(index, size);
  if (offset !== null) {
    storeOperand(f, f.resolve(pointer), offset, lane, align);
  } else {
    f.push(pointer);
    addIndex(f, index, size);
    const address = f.popTemp(f.addressRep);
    storeOperand(f, local(address), 0, lane, align);
    f.releaseTemp(address);
  }
  f.finishVoid(inst);
}

/** Alignment that is certain at any multiple of `step` bytes from a place aligned to `align`. */
function alignAfter(align: number, step: number): number {
  return step % align === 0 ? align : step & -step;
}
