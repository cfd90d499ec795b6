/**
 * Which of two lowerings an instruction on integers takes: the one for registers, or the one for integers in memory.
 *
 * Decides by types only, so that the lowerings for registers stay as they are and never ask. Types that are no integers take
 * the first one.
 */
import type { Lowering } from '../state/function-state.ts';
import { isWide, isWideType } from './limbs.ts';

/** By operand 0. */
export function byOperand(narrow: Lowering, wide: Lowering): Lowering {
  return (f, inst) => {
    (isWide(f, f.operand(inst, 0)) ? wide : narrow)(f, inst);
  };
}

/** `wide` if operand 0 or the result is in memory. */
export function byEither(narrow: Lowering, wide: Lowering): Lowering {
  return (f, inst) => {
    (isWide(f, f.operand(inst, 0)) || isWideType(f, f.resultType(inst)) ? wide : narrow)(f, inst);
  };
}

/** By the result. */
export function byResult(narrow: Lowering, wide: Lowering): Lowering {
  return (f, inst) => {
    (isWideType(f, f.resultType(inst)) ? wide : narrow)(f, inst);
  };
}
