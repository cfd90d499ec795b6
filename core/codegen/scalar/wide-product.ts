/**
 * The 128-bit product of two 64-bit integers, by the runtime function __multi3, and whether it fits a narrower type.
 *
 * Owns the frame slot that receives the product: one for the whole function, because it is read before anything else can
 * write it. Invariant: operands are canonical, so their extension to 128 bits is their container and its sign word.
 */
import type { Ref } from '../../air/body/ref.ts';
import { intrinsicIndex } from '../../mir/intrinsics.ts';
import type { LocalIndex } from '../../mir/mir.ts';
import { MirTag } from '../../mir/ops.ts';
import { Rep } from '../state/abi.ts';
import type { FunctionState } from '../state/function-state.ts';
import { wrap } from './integers.ts';
import { stackOffset } from '../state/wvalue.ts';

const MULTI3 = intrinsicIndex('__multi3');
const SLOT_BYTES = 16;

function productSlot(f: FunctionState): number {
  return (f.productSlot ??= f.frame.allocate(SLOT_BYTES, SLOT_BYTES));
}

/** Multiplies `a` and `b` (64-bit containers); returns a temporary with the product wrapped to `bits`. */
export function storeWideProduct(f: FunctionState, a: Ref, b: Ref, signed: boolean, bits: number): LocalIndex {
  f.pushValue(stackOffset(productSlot(f)));
  pushWide(f, a, signed);
  pushWide(f, b, signed);
  f.mir.callIntrinsic(MULTI3);
  pushProductWord(f, 0);
  wrap(f, Rep.i64, bits, signed);
  return f.popTemp(Rep.i64);
}

function pushWide(f: FunctionState, ref: Ref, signed: boolean): void {
  f.push(ref);
  if (signed) {
    f.push(ref);
    f.pushInt(Rep.i64, 63);
    f.mir.op(MirTag.i64_shr_s);
  } else {
    f.pushInt(Rep.i64, 0);
  }
}

function pushProductWord(f: FunctionState, offset: 0 | 8): void {
  f.mir.localGet(f.frame.bottomLocal);
  f.mir.memory(MirTag.i64_load, productSlot(f) + offset, 8);
}

/** Pushes whether the last product differs from `wrapped`, the temporary of {@link storeWideProduct}. */
export function pushProductOverflow(f: FunctionState, wrapped: LocalIndex, signed: boolean, bits: number): void {
  const { mir } = f;
  pushProductWord(f, 8);
  if (signed) {
    mir.localGet(wrapped);
    f.pushInt(Rep.i64, 63);
    mir.op(MirTag.i64_shr_s);
  } else {
    f.pushInt(Rep.i64, 0);
  }
  mir.op(MirTag.i64_ne);
  if (bits === 64) return;
  pushProductWord(f, 0);
  mir.localGet(wrapped);
  mir.op(MirTag.i64_ne);
  mir.op(MirTag.i32_or);
}
