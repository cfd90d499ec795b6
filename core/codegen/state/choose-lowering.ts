/**
 * Which of several lowerings an instruction takes, by the class of its types.
 *
 * So the lowerings for values of wasm stay as they are and never ask. Types that are no numbers take the first one.
 */
import type { Lowering } from './function-state.ts';
import { NumberClass } from './number-class.ts';

/** By operand 0, for integers. */
export function byOperand(narrow: Lowering, wide: Lowering): Lowering {
  return (f, inst) => {
    (f.operandClass(inst) === NumberClass.wideInt ? wide : narrow)(f, inst);
  };
}

/** `wide` if operand 0 or the result is an integer in memory. */
export function byEither(narrow: Lowering, wide: Lowering): Lowering {
  return (f, inst) => {
    const isWide = f.operandClass(inst) === NumberClass.wideInt || f.resultClass(inst) === NumberClass.wideInt;
    (isWide ? wide : narrow)(f, inst);
  };
}

/** By the result, for integers. */
export function byResult(narrow: Lowering, wide: Lowering): Lowering {
  return (f, inst) => {
    (f.resultClass(inst) === NumberClass.wideInt ? wide : narrow)(f, inst);
  };
}

/** By operand 0: a value of wasm, f16, a wider float, an integer in memory. */
export function byNumber(plain: Lowering, half: Lowering, wideFloat: Lowering, wideInt: Lowering): Lowering {
  return (f, inst) => {
    switch (f.operandClass(inst)) {
      case NumberClass.plain:
      case NumberClass.vector:
        plain(f, inst);
        return;
      case NumberClass.half:
        half(f, inst);
        return;
      case NumberClass.wideFloat:
        wideFloat(f, inst);
        return;
      case NumberClass.wideInt:
        wideInt(f, inst);
        return;
    }
  };
}

/** By operand 0, for floats. */
export function byFormat(plain: Lowering, half: Lowering, wide: Lowering): Lowering {
  return byNumber(plain, half, wide, plain);
}

/** `wide` if operand 0 or the result is an f80 or f128. */
export function besideWide(plain: Lowering, wide: Lowering): Lowering {
  return (f, inst) => {
    const isWide = f.operandClass(inst) === NumberClass.wideFloat || f.resultClass(inst) === NumberClass.wideFloat;
    (isWide ? wide : plain)(f, inst);
  };
}
