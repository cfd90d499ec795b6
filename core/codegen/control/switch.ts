/**
 * switch_br and loop_switch_br: a `br_table` over nested blocks, or a chain of comparisons (codegen specification 7).
 *
 * n cases open n + 1 blocks; leaving block i reaches case i, leaving all of them the else body. The table is indexed by
 * target - min, modulo the container: that is one number per value of the container, so values outside come out too
 * large. A 64-bit difference is compared before it is cut to 32 bits. What switch_dispatch goes to is a loop around all of
 * it; its operand travels in a local, of an integer in memory its address: nothing is written between the two places.
 */
import type { Switch } from '../../air/body/body.ts';
import { firstArm } from '../../air/body/operands.ts';
import type { InstIndex, Ref } from '../../air/body/ref.ts';
import { refValue } from '../../air/body/ref.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { integerOf, integerValue } from '../../intern/sums.ts';
import { MirTag } from '../../mir/ops.ts';
import { containerBits, Rep, repOf } from '../state/abi.ts';
import type { FunctionState } from '../state/function-state.ts';
import { opAnd, opEq, opEqz, opGe, opLe, opSub } from '../state/numeric-opcodes.ts';
import type { WValue } from '../state/wvalue.ts';
import { local, localOf } from '../state/wvalue.ts';
import { pushOrder, pushXorSum } from '../wide/carry-chains.ts';
import type { Limbs } from '../wide/limbs.ts';
import { isWideType, operandLimbs, placeLimbs, wideTypeOf } from '../wide/limbs.ts';

/** Longest table that `brTable: 'always'` makes. */
const MAX_FORCED_WIDTH = 1024n;
/** Fewer values than this are not worth a table. */
const MIN_WIDTH = 2n;

/** What a switch decides by. */
interface Subject {
  readonly ty: IpIndex;
  readonly value: WValue;
  /** Limbs of an integer in memory. */
  readonly limbs: () => Limbs;
}

export function lowerSwitchBr(f: FunctionState, inst: InstIndex): void {
  const operand = f.operand(inst, 0);
  lowerSwitch(f, inst, {
    ty: f.typeOf(operand),
    value: f.resolve(operand),
    limbs: () => operandLimbs(f, operand),
  });
}

export function lowerLoopSwitchBr(f: FunctionState, inst: InstIndex): void {
  const { mir } = f;
  const operand = f.operand(inst, 0);
  f.push(operand);
  const value = local(f.popTemp(f.repOf(operand)));
  f.blockResults[inst] = value;
  mir.loop();
  f.labels[inst] = ++f.depth;
  lowerSwitch(f, inst, { ty: f.typeOf(operand), value, limbs: () => placeLimbs(f, value) });
  f.depth--;
  mir.end();
  f.releaseTemp(localOf(value));
}

export function lowerSwitchDispatch(f: FunctionState, inst: InstIndex): void {
  const target = f.body.target(inst);
  f.push(f.operand(inst, 0));
  f.mir.localSet(localOf(f.blockResults[target]!));
  f.mir.br(f.depth - f.labels[target]!);
  f.finishVoid(inst);
}

function lowerSwitch(f: FunctionState, inst: InstIndex, subject: Subject): void {
  const { mir, body } = f;
  const decoded = body.switchOf(inst);
  const count = decoded.cases.length;
  if (count > 0) {
    for (let i = 0; i <= count; i++) mir.block();
    f.depth += count + 1;
    dispatch(f, decoded, subject);
  }
  f.finishVoid(inst);
  let at = firstArm(body, inst);
  for (let n = 0; n < count; n++) {
    f.depth--;
    mir.end();
    at = f.lowerArm(inst, n, at);
  }
  if (count > 0) {
    f.depth--;
    mir.end();
  }
  f.lowerArm(inst, count, at);
}

interface Bounds {
  readonly min: bigint;
  /** Values from the least to the greatest item, both included. */
  readonly width: bigint;
  /** Comparisons that a chain takes. */
  readonly branchingSize: number;
}

function intOf(f: FunctionState, ref: Ref): bigint {
  return integerValue(f.pool, refValue(ref))!;
}

function boundsOf(f: FunctionState, decoded: Switch): Bounds | null {
  const values: bigint[] = [];
  for (const { items, ranges } of decoded.cases) {
    for (const item of items) values.push(intOf(f, item));
    for (const [lo, hi] of ranges) values.push(intOf(f, lo), intOf(f, hi));
  }
  if (values.length === 0) return null;
  let min = values[0]!;
  let max = min;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, width: max - min + 1n, branchingSize: values.length };
}

function dispatch(f: FunctionState, decoded: Switch, subject: Subject): void {
  if (isWideType(f, subject.ty)) {
    dispatchByWideChain(f, decoded, subject);
    return;
  }
  const bounds = boundsOf(f, decoded);
  if (bounds !== null && wantsTable(f, bounds)) dispatchByTable(f, decoded, subject, bounds);
  else dispatchByChain(f, decoded, subject);
}

function wantsTable(f: FunctionState, { width, branchingSize }: Bounds): boolean {
  switch (f.options.brTable) {
    case 'never':
      return false;
    case 'always':
      return width <= MAX_FORCED_WIDTH;
    case 'heuristic':
      return width >= MIN_WIDTH && width <= 2n * BigInt(branchingSize);
  }
}

function dispatchByTable(f: FunctionState, decoded: Switch, subject: Subject, { min, width }: Bounds): void {
  const { mir } = f;
  const defaultLabel = decoded.cases.length;
  const labels = new Uint32Array(Number(width) + 1).fill(defaultLabel);
  decoded.cases.forEach(({ items, ranges }, index) => {
    for (const item of items) labels[Number(intOf(f, item) - min)] = index;
    for (const [lo, hi] of ranges) labels.fill(index, Number(intOf(f, lo) - min), Number(intOf(f, hi) - min) + 1);
  });
  const rep = repOf(f.pool, subject.ty);
  f.pushValue(subject.value);
  if (min !== 0n) {
    pushBig(f, rep, min);
    mir.op(opSub(rep));
  }
  if (rep === Rep.i64) {
    const index = f.popTemp(rep);
    mir.localGet(index);
    pushBig(f, rep, width);
    mir.op(opGe(rep, false));
    mir.brIf(defaultLabel);
    mir.localGet(index);
    mir.op(MirTag.i32_wrap_i64);
    f.releaseTemp(index);
  }
  mir.brTable(labels);
}

function pushBig(f: FunctionState, rep: Rep, value: bigint): void {
  if (containerBits(rep) === 64)
    f.mir.i64Const(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));
  else f.mir.i32Const(Number(BigInt.asIntN(32, value)));
}

/** As {@link dispatchByChain}, of an integer in memory. */
function dispatchByWideChain(f: FunctionState, decoded: Switch, subject: Subject): void {
  const { mir } = f;
  const t = wideTypeOf(f, subject.ty);
  const target = subject.limbs();
  decoded.cases.forEach(({ items, ranges }, index) => {
    for (const item of items) {
      pushXorSum(f, t, target, operandLimbs(f, item));
      mir.op(opEqz(Rep.i64));
      mir.brIf(index);
    }
    for (const [lo, hi] of ranges) {
      pushOrder(f, t, target, operandLimbs(f, lo), opGe);
      pushOrder(f, t, target, operandLimbs(f, hi), opLe);
      mir.op(opAnd(Rep.i32));
      mir.brIf(index);
    }
  });
  mir.br(decoded.cases.length);
}

function dispatchByChain(f: FunctionState, decoded: Switch, { ty, value }: Subject): void {
  const { mir } = f;
  const rep = repOf(f.pool, ty);
  const signed = f.pool.intSigned(integerOf(f.pool, ty));
  decoded.cases.forEach(({ items, ranges }, index) => {
    for (const item of items) {
      f.pushValue(value);
      f.push(item);
      mir.op(opEq(rep));
      mir.brIf(index);
    }
    for (const [lo, hi] of ranges) {
      f.pushValue(value);
      f.push(lo);
      mir.op(opGe(rep, signed));
      f.pushValue(value);
      f.push(hi);
      mir.op(opLe(rep, signed));
      mir.op(opAnd(Rep.i32));
      mir.brIf(index);
    }
  });
  mir.br(decoded.cases.length);
}
