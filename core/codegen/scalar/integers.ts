/**
 * Building blocks of integer lowerings: wrap to a width, constants of a width, changes of container.
 *
 * The invariant of the whole back end (codegen specification 2.2): an integer of N bits, in a local or in memory, is the
 * extension of its N bits to the full container, sign extension for iN and zero extension for uN. Whatever may break
 * that calls {@link wrap}.
 */
import { MirTag } from '../../mir/ops.ts';
import type { Rep } from '../state/abi.ts';
import { containerBits } from '../state/abi.ts';
import type { FunctionState } from '../state/function-state.ts';
import { opAnd, opShl, opShr } from '../state/numeric-opcodes.ts';

/** Reduces the integer on the stack to the canonical form of `bits` bits. */
export function wrap(f: FunctionState, rep: Rep, bits: number, signed: boolean): void {
  const width = containerBits(rep);
  if (bits === width) return;
  const extension = signed && f.options.peepholes.signExt ? extensionTag(width, bits) : null;
  if (extension !== null) {
    f.mir.op(extension);
  } else if (signed) {
    f.pushInt(rep, width - bits);
    f.mir.op(opShl(rep));
    f.pushInt(rep, width - bits);
    f.mir.op(opShr(rep, true));
  } else {
    pushMask(f, rep, bits);
    f.mir.op(opAnd(rep));
  }
}

/** The instruction that extends the sign of `bits` bits, if there is one. */
function extensionTag(width: number, bits: number): MirTag | null {
  switch (bits) {
    case 8:
      return width === 64 ? MirTag.i64_extend8_s : MirTag.i32_extend8_s;
    case 16:
      return width === 64 ? MirTag.i64_extend16_s : MirTag.i32_extend16_s;
    case 32:
      return MirTag.i64_extend32_s;
    default:
      return null;
  }
}

/** Pushes 2^bits - 1. */
export function pushMask(f: FunctionState, rep: Rep, bits: number): void {
  if (containerBits(rep) === 64) f.mir.i64Const(lowMask(bits), lowMask(bits - 32));
  else f.mir.i32Const(lowMask(bits));
}

/** The low word of 2^bits - 1, for any `bits`. */
function lowMask(bits: number): number {
  return bits <= 0 ? 0 : bits >= 32 ? -1 : (1 << bits) - 1;
}

/** Pushes the greatest value of a type. */
export function pushMax(f: FunctionState, rep: Rep, bits: number, signed: boolean): void {
  pushMask(f, rep, signed ? bits - 1 : bits);
}

/** Pushes the least value of a type. */
export function pushMin(f: FunctionState, rep: Rep, bits: number, signed: boolean): void {
  if (!signed) f.pushInt(rep, 0);
  else if (containerBits(rep) === 32) f.mir.i32Const(-1 << (bits - 1));
  else if (bits <= 32) f.mir.i64Const(-1 << (bits - 1), -1);
  else f.mir.i64Const(0, -1 << (bits - 33));
}

/** Moves the integer on the stack to another container; `signed` is the sign of the type it has now. */
export function convertContainer(f: FunctionState, from: Rep, to: Rep, signed: boolean): void {
  if (containerBits(from) === containerBits(to)) return;
  if (containerBits(to) === 64) f.mir.op(signed ? MirTag.i64_extend_i32_s : MirTag.i64_extend_i32_u);
  else f.mir.op(MirTag.i32_wrap_i64);
}
