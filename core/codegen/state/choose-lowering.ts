/**
 * Which of several lowerings an instruction takes, by the class of its types.
 *
 * So the lowerings for values of wasm stay as they are and never ask. Types that are no numbers take the first one. Where operand 0
 * decides, a body is lowered without asking twice: see `byClass` of Lowering.
 */
import type { FunctionState, Lowering } from './function-state.ts';
import { NUMBER_CLASSES, NumberClass } from './number-class.ts';
import type { InstIndex } from '../../air/body/ref.ts';

/** The lowering of `lowerings` for the class of operand 0. A lowering in it that chooses again by that class is not asked for it. */
export function byClassOfOperand(lowerings: Readonly<Record<NumberClass, Lowering>>): Lowering {
  const byClass: Lowering[] = [];
  for (const one of NUMBER_CLASSES) byClass[one] = lowerings[one].byClass?.[one] ?? lowerings[one];
  const choose = (f: FunctionState, inst: InstIndex): void => {
    byClass[f.operandClass(inst)]!(f, inst);
  };
  return Object.assign(choose, { byClass });
}

/** By operand 0, for integers. */
export function byOperand(narrow: Lowering, wide: Lowering): Lowering {
  return byNumber(narrow, narrow, narrow, wide);
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
  return byClassOfOperand({
    [NumberClass.plain]: plain,
    [NumberClass.vector]: plain,
    [NumberClass.half]: half,
    [NumberClass.wideFloat]: wideFloat,
    [NumberClass.wideInt]: wideInt,
  });
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

/** `vector` if operand 0 or the result is a vector. */
export function besideVector(plain: Lowering, vector: Lowering): Lowering {
  return (f, inst) => {
    const isVector = f.operandClass(inst) === NumberClass.vector || f.resultClass(inst) === NumberClass.vector;
    (isVector ? vector : plain)(f, inst);
  };
}
