/**
 * Instructions on vectors that are one v128, by instructions of SIMD (codegen specification 10.1).
 *
 * Each function lowers an instruction and says so, or emits nothing: then the instruction is lowered lane by lane. Only where
 * the setting says that the engine has the feature. Integers narrower than their bytes have no place here, so nothing is wrapped.
 */
import type { InstIndex, Ref } from '../../air/body/ref.ts';
import type { DescribedTag } from '../../air/schema/ops.ts';
import { COMPARISONS } from '../../air/schema/forms.ts';
import { isVector } from '../../intern/vectors.ts';
import { MirTag } from '../../mir/ops.ts';
import { SIMD_OP } from '../../wasm/opcodes.ts';
import type { SimdPlainName } from '../../wasm/simd-opcodes.ts';
import { SIMD_PLAIN_OP } from '../../wasm/simd-opcodes.ts';
import { allocateSlot } from '../memory/memory-access.ts';
import { loadVectorTop, pushConstant, pushVector, putLane, shuffleTop, storeVectorTop } from '../memory/vectors.ts';
import { pushAmount } from '../scalar/amounts.ts';
import { Rep, repOf } from '../state/abi.ts';
import type { FunctionState, Lowering } from '../state/function-state.ts';
import { NumberClass } from '../state/number-class.ts';
import type { Direct, Lanes } from '../state/vector-types.ts';
import { directOf, isOfInts, V128_BYTES } from '../state/vector-types.ts';
import { baseOffset, smallConstant } from '../state/wvalue.ts';

/** Lowers an instruction, or returns false and has emitted nothing. */
type Attempt = (f: FunctionState, inst: InstIndex) => boolean;

/** `attempt` where the feature is there, else `lowering`. */
export function orSimd(attempt: Attempt, lowering: Lowering): Lowering {
  const { byClass } = lowering;
  const withSimd = (rest: Lowering): Lowering => {
    return (f, inst) => {
      if (!f.options.simd128 || !attempt(f, inst)) rest(f, inst);
    };
  };
  if (byClass === undefined) return withSimd(lowering);
  const chosen = byClass.slice();
  chosen[NumberClass.vector] = withSimd(byClass[NumberClass.vector]!);
  const choose: Lowering = (f, inst) => {
    chosen[f.operandClass(inst)]!(f, inst);
  };
  return Object.assign(choose, { byClass: chosen });
}

function op(f: FunctionState, name: SimdPlainName): void {
  f.mir.simd(SIMD_PLAIN_OP[name]);
}

/** The instruction of SIMD for an operation on lanes of a type, or null if there is none. */
type NameOf = (direct: Direct) => SimdPlainName | null;

const ALL: readonly Lanes[] = ['i8x16', 'i16x8', 'i32x4', 'i64x2', 'f32x4', 'f64x2'];

/** `LANES_stem` for each of `lanes`; of integers with the sign if `bySign`. */
function named(stem: string, lanes: readonly Lanes[], bySign = false): NameOf {
  return (direct) => {
    if (!lanes.includes(direct.lanes)) return null;
    const sign = bySign && isOfInts(direct) ? (direct.signed ? '_s' : '_u') : '';
    return `${direct.lanes}_${stem}${sign}` as SimdPlainName;
  };
}

const INTS: readonly Lanes[] = ['i8x16', 'i16x8', 'i32x4', 'i64x2'];
const FLOATS: readonly Lanes[] = ['f32x4', 'f64x2'];
const WORDS: readonly Lanes[] = ['i16x8', 'i32x4', 'i64x2'];
const UP_TO_32: readonly Lanes[] = ['i8x16', 'i16x8', 'i32x4'];
const UP_TO_16: readonly Lanes[] = ['i8x16', 'i16x8'];

const add = named('add', ALL);
const sub = named('sub', ALL);
const mul = named('mul', [...WORDS, ...FLOATS]);
const div = named('div', FLOATS);
const neg = named('neg', FLOATS);
const ofInts =
  (name: SimdPlainName): NameOf =>
  (direct) =>
    isOfInts(direct) ? name : null;

/** Two operands of one type, and a result of that type. */
const BINARY: Partial<Record<DescribedTag, NameOf>> = {
  add,
  sub,
  mul,
  add_wrap: add,
  sub_wrap: sub,
  mul_wrap: mul,
  add_sat: named('add_sat', UP_TO_16, true),
  sub_sat: named('sub_sat', UP_TO_16, true),
  min: named('min', UP_TO_32, true),
  max: named('max', UP_TO_32, true),
  div_float: div,
  add_optimized: add,
  sub_optimized: sub,
  mul_optimized: mul,
  div_float_optimized: div,
  bit_and: ofInts('v128_and'),
  bit_or: ofInts('v128_or'),
  xor: ofInts('v128_xor'),
};

/** One operand, and a result of as large lanes. */
const UNARY: Partial<Record<DescribedTag, NameOf>> = {
  neg,
  neg_optimized: neg,
  abs: (direct) => (isOfInts(direct) && !direct.signed ? null : named('abs', ALL)(direct)),
  sqrt: named('sqrt', FLOATS),
  ceil: named('ceil', FLOATS),
  floor: named('floor', FLOATS),
  trunc_float: named('trunc', FLOATS),
  not: ofInts('v128_not'),
};

/** A vector and one amount for all lanes. */
const SHIFTS: Partial<Record<DescribedTag, NameOf>> = {
  shl: named('shl', INTS),
  shl_exact: named('shl', INTS),
  shr: named('shr', INTS, true),
  shr_exact: named('shr', INTS, true),
};

function nameFor(f: FunctionState, inst: InstIndex, nameOf: NameOf): SimdPlainName | null {
  const direct = directOf(f.pool, f.typeOf(f.operand(inst, 0)));
  return direct === null ? null : nameOf(direct);
}

function computing(nameOf: NameOf, push: (f: FunctionState, inst: InstIndex) => void): Attempt {
  return (f, inst) => {
    const name = nameFor(f, inst, nameOf);
    if (name === null) return false;
    push(f, inst);
    op(f, name);
    f.finishVector(inst);
    return true;
  };
}

const pushBoth = (f: FunctionState, inst: InstIndex): void => {
  pushVector(f, f.operand(inst, 0));
  pushVector(f, f.operand(inst, 1));
};

const pushOne = (f: FunctionState, inst: InstIndex): void => {
  pushVector(f, f.operand(inst, 0));
};

function shifted(nameOf: NameOf): Attempt {
  const byOne = computing(nameOf, (f, inst) => {
    pushVector(f, f.operand(inst, 0));
    pushAmount(f, f.operand(inst, 1), Rep.i32);
  });
  return (f, inst) => !isVector(f.pool, f.typeOf(f.operand(inst, 1))) && byOne(f, inst);
}

/** Sizes of the bools of a comparison, and how as many bytes at the beginning of a v128 are stored and loaded. */
const BOOLS = {
  2: {
    extract: SIMD_OP.i16x8_extract_lane_u,
    store: MirTag.i32_store16,
    load: MirTag.i32_load16_u,
    splat: SIMD_OP.i16x8_splat,
  },
  4: {
    extract: SIMD_OP.i32x4_extract_lane,
    store: MirTag.i32_store,
    load: MirTag.i32_load,
    splat: SIMD_OP.i32x4_splat,
  },
  8: {
    extract: SIMD_OP.i64x2_extract_lane,
    store: MirTag.i64_store,
    load: MirTag.i64_load,
    splat: SIMD_OP.i64x2_splat,
  },
} as const;

/** cmp_vector: a mask of lanes, of which the low byte of each is kept. */
const compare: Attempt = (f, inst) => {
  const word = COMPARISONS[f.body.word(inst)]!;
  const stem = { lt: 'lt', lte: 'le', eq: 'eq', gte: 'ge', gt: 'gt', neq: 'ne' }[word];
  const bySign = word !== 'eq' && word !== 'neq';
  const direct = directOf(f.pool, f.typeOf(f.operand(inst, 0)));
  if (direct === null || (direct.lanes === 'i64x2' && bySign && !direct.signed)) return false;
  const name = named(stem, ALL, bySign)(direct);
  if (name === null) return false;
  const slot = allocateSlot(f, f.resultType(inst));
  f.pushBase(slot);
  pushBoth(f, inst);
  op(f, name);
  pushConstant(f, new Uint8Array(V128_BYTES).fill(1));
  op(f, 'v128_and');
  if (direct.count === V128_BYTES) {
    storeVectorTop(f, slot, 0);
  } else {
    const mask = f.popTemp(Rep.v128);
    f.mir.localGet(mask);
    f.mir.localGet(mask);
    f.releaseTemp(mask);
    shuffleTop(
      f,
      Uint8Array.from({ length: V128_BYTES }, (_, k) => (k < direct.count ? k * direct.size : 0)),
    );
    const { extract, store } = BOOLS[direct.count as keyof typeof BOOLS];
    f.mir.simd(extract, [0]);
    f.mir.memory(store, baseOffset(slot), direct.count);
  }
  f.finish(inst, slot);
  return true;
};

/** select: each bool becomes a mask of its lane. */
const select: Attempt = (f, inst) => {
  const direct = directOf(f.pool, f.typeOf(f.operand(inst, 1)));
  if (direct === null) return false;
  const choice = f.resolve(f.operand(inst, 0));
  pushVector(f, f.operand(inst, 1));
  pushVector(f, f.operand(inst, 2));
  f.pushBase(choice);
  if (direct.count === V128_BYTES) {
    loadVectorTop(f, choice, 0);
  } else {
    const { load, splat } = BOOLS[direct.count as keyof typeof BOOLS];
    f.mir.memory(load, baseOffset(choice), direct.count);
    f.mir.simd(splat);
    const bools = f.popTemp(Rep.v128);
    f.mir.localGet(bools);
    f.mir.localGet(bools);
    f.releaseTemp(bools);
    shuffleTop(
      f,
      Uint8Array.from({ length: V128_BYTES }, (_, k) => Math.floor(k / direct.size)),
    );
  }
  op(f, 'i8x16_neg');
  op(f, 'v128_bitselect');
  f.finishVector(inst);
  return true;
};

const SPLAT: Readonly<Record<Lanes, number>> = {
  i8x16: SIMD_OP.i8x16_splat,
  i16x8: SIMD_OP.i16x8_splat,
  f16x8: SIMD_OP.i16x8_splat,
  i32x4: SIMD_OP.i32x4_splat,
  i64x2: SIMD_OP.i64x2_splat,
  f32x4: SIMD_OP.f32x4_splat,
  f64x2: SIMD_OP.f64x2_splat,
};

const REPLACE: Readonly<Record<Lanes, number>> = {
  i8x16: SIMD_OP.i8x16_replace_lane,
  i16x8: SIMD_OP.i16x8_replace_lane,
  f16x8: SIMD_OP.i16x8_replace_lane,
  i32x4: SIMD_OP.i32x4_replace_lane,
  i64x2: SIMD_OP.i64x2_replace_lane,
  f32x4: SIMD_OP.f32x4_replace_lane,
  f64x2: SIMD_OP.f64x2_replace_lane,
};

function extractOf({ lanes, signed }: Direct): number {
  switch (lanes) {
    case 'i8x16':
      return signed ? SIMD_OP.i8x16_extract_lane_s : SIMD_OP.i8x16_extract_lane_u;
    case 'i16x8':
    case 'f16x8':
      return signed ? SIMD_OP.i16x8_extract_lane_s : SIMD_OP.i16x8_extract_lane_u;
    case 'i32x4':
      return SIMD_OP.i32x4_extract_lane;
    case 'i64x2':
      return SIMD_OP.i64x2_extract_lane;
    case 'f32x4':
      return SIMD_OP.f32x4_extract_lane;
    case 'f64x2':
      return SIMD_OP.f64x2_extract_lane;
  }
}

function pushSplat(f: FunctionState, { lanes }: Direct, ref: Ref): void {
  f.push(ref);
  f.mir.simd(SPLAT[lanes]);
}

const splat: Attempt = (f, inst) => {
  const direct = directOf(f.pool, f.resultType(inst));
  if (direct === null) return false;
  pushSplat(f, direct, f.operand(inst, 0));
  f.finishVector(inst);
  return true;
};

/** aggregate_init: the first lane everywhere, then the others one by one. */
const fromLanes: Attempt = (f, inst) => {
  const direct = directOf(f.pool, f.resultType(inst));
  if (direct === null) return false;
  const refs = Array.from(f.body.refs(inst));
  pushSplat(f, direct, refs[0]!);
  refs.forEach((ref, k) => {
    if (ref === refs[0] || f.isUndefined(ref)) return;
    f.push(ref);
    f.mir.simd(REPLACE[direct.lanes], [k]);
  });
  f.finishVector(inst);
  return true;
};

/** array_elem_val, of a lane that is known, out of a local. */
const laneOf: Attempt = (f, inst) => {
  const vector = f.operand(inst, 0);
  const direct = directOf(f.pool, f.typeOf(vector));
  const index = f.operand(inst, 1);
  if (direct === null || f.vectorLocal(vector) === null) return false;
  const k = smallConstant(f.resolve(index));
  if (k === null || k >= direct.count) return false;
  pushVector(f, vector);
  f.mir.simd(extractOf(direct), [k]);
  f.finishStack(inst, repOf(f.pool, direct.lane));
  return true;
};

/** shuffle_one and shuffle_two of vectors that are all one v128; constants are lanes of a second one. */
function shuffle(operands: 1 | 2): Attempt {
  return (f, inst) => {
    const direct = directOf(f.pool, f.resultType(inst));
    if (direct === null) return false;
    for (let k = 0; k < operands; k++) if (directOf(f.pool, f.typeOf(f.operand(inst, k))) === null) return false;
    const constants = new Uint8Array(V128_BYTES);
    const from = new Uint8Array(V128_BYTES);
    f.body.mask(inst).forEach((item, k) => {
      if (item.from === 'nothing') return;
      if (item.from === 'value') putLane(f.pool, direct, constants, k, item.value);
      const second = item.from === 'value' || item.operand === 1;
      const lane = item.from === 'value' ? k : item.lane;
      for (let at = 0; at < direct.size; at++) {
        from[k * direct.size + at] = (second ? V128_BYTES : 0) + lane * direct.size + at;
      }
    });
    pushVector(f, f.operand(inst, 0));
    if (operands === 2) pushVector(f, f.operand(inst, 1));
    else pushConstant(f, constants);
    shuffleTop(f, from);
    f.finishVector(inst);
    return true;
  };
}

/** bitcast from one v128 to another. */
const recast: Attempt = (f, inst) => {
  const from = directOf(f.pool, f.typeOf(f.operand(inst, 0)));
  if (from === null || directOf(f.pool, f.resultType(inst)) === null) return false;
  pushVector(f, f.operand(inst, 0));
  f.finishVector(inst);
  return true;
};

function entries(
  rows: Partial<Record<DescribedTag, NameOf>>,
  attempt: (nameOf: NameOf) => Attempt,
): [string, Attempt][] {
  return Object.entries(rows).map(([tag, nameOf]) => [tag, attempt(nameOf)]);
}

/** What is tried first, by instruction. */
export const SIMD: ReadonlyMap<string, Attempt> = new Map<string, Attempt>([
  ...entries(BINARY, (nameOf) => computing(nameOf, pushBoth)),
  ...entries(UNARY, (nameOf) => computing(nameOf, pushOne)),
  ...entries(SHIFTS, shifted),
  ['cmp_vector', compare],
  ['cmp_vector_optimized', compare],
  ['select', select],
  ['splat', splat],
  ['aggregate_init', fromLanes],
  ['array_elem_val', laneOf],
  ['shuffle_one', shuffle(1)],
  ['shuffle_two', shuffle(2)],
  ['bitcast', recast],
]);
