/**
 * f80 and f128, and what needs more than f64 in any format: calls of the runtime library on values in 16-byte slots (codegen specification 6, 6.1).
 *
 * An operand travels as two i64, low word first; a result is written through an address in the first parameter. The upper word
 * of an f80 has 16 bits of the value, and anything above them. Signs change inline.
 */
import type { InstIndex, Ref } from '../../air/body/ref.ts';
import type { FloatBits } from '../../intern/float-formats.ts';
import type { IpIndex } from '../../intern/keys.ts';
import type { IntrinsicName } from '../../mir/intrinsics.ts';
import { intrinsicIndex } from '../../mir/intrinsics.ts';
import { MirTag } from '../../mir/ops.ts';
import { allocateSlot } from '../memory/memory-access.ts';
import { wrap } from '../scalar/integers.ts';
import { Rep } from '../state/abi.ts';
import type { FunctionState, Lowering } from '../state/function-state.ts';
import type { WValue } from '../state/wvalue.ts';
import { isBig, withMagnitude } from './big-calls.ts';
import { callLimbs, isWide, isWideType, operandLimbs, placeLimbs, pushSign, storeLimb, wideTypeOf } from './limbs.ts';
import { callInto, pushWords } from './runtime-calls.ts';

/** Instructions that are a function of libm of the same name. */
type ElementaryTag = 'sin' | 'cos' | 'tan' | 'exp' | 'exp2' | 'log' | 'log2' | 'log10';

/** Letters of float formats and of integer containers in names of the runtime library. */
const LETTERS: Readonly<Record<FloatBits, string>> = { 16: 'h', 32: 's', 64: 'd', 80: 'x', 128: 't' };

function letterOf(f: FunctionState, ty: IpIndex): string {
  return LETTERS[f.pool.floatBits(ty)];
}

/** Whether floats of `ty` are lowered here. */
function isWideFloat(f: FunctionState, ty: IpIndex): boolean {
  return f.pool.isFloat(ty) && f.pool.floatBits(ty) > 64;
}

/** The name of a function of libm in the format with `letter`. */
function libm(letter: string, stem: string): string {
  if (letter === 'd') return stem;
  if (letter === 's') return `${stem}f`;
  return letter === 't' ? `${stem}q` : `__${stem}${letter}`;
}

/** Pushes both words of a value in a slot. */
function pushValue(f: FunctionState, v: WValue): void {
  pushWords(placeLimbs(f, v));
}

/** Pushes the upper word of a value in a slot. */
function pushUpper(f: FunctionState, v: WValue): void {
  placeLimbs(f, v)(1);
}

function call(f: FunctionState, name: string): void {
  f.mir.callIntrinsic(intrinsicIndex(name as IntrinsicName));
}

/** Calls `name` with the address of `slot` and what `pushOperands` leaves. */
function callSlot(f: FunctionState, slot: WValue, name: string, pushOperands: () => void): void {
  callInto(f, slot, name as IntrinsicName, pushOperands);
}

/** Names by the letter of the format. */
type NameOf = (letter: string) => string;

/** A function of as many operands as the instruction has. */
function through(name: NameOf, count: 1 | 2): Lowering {
  return (f, inst) => {
    const ty = f.resultType(inst);
    const slot = allocateSlot(f, ty);
    callSlot(f, slot, name(letterOf(f, ty)), () => {
      for (let k = 0; k < count; k++) pushValue(f, f.resolve(f.operand(inst, k)));
    });
    f.finish(inst, slot);
  };
}

function unaryLibm(name: string): Lowering {
  return through((letter) => libm(letter, name), 1);
}

export const lowerWideAdd = through((letter) => `__add${letter}f3`, 2);
export const lowerWideSub = through((letter) => `__sub${letter}f3`, 2);
export const lowerWideMul = through((letter) => `__mul${letter}f3`, 2);
export const lowerWideDiv = through((letter) => `__div${letter}f3`, 2);
export const lowerWideRem = through((letter) => libm(letter, 'fmod'), 2);
export const lowerWideMin = through((letter) => libm(letter, 'fmin'), 2);
export const lowerWideMax = through((letter) => libm(letter, 'fmax'), 2);
export const lowerWideSqrt = unaryLibm('sqrt');
export const lowerWideFloor = unaryLibm('floor');
export const lowerWideCeil = unaryLibm('ceil');
export const lowerWideTrunc = unaryLibm('trunc');
export const lowerWideRound = unaryLibm('round');

/** The quotient, then its integer part. */
function quotient(rounding: 'trunc' | 'floor'): Lowering {
  return (f, inst) => {
    const ty = f.resultType(inst);
    const letter = letterOf(f, ty);
    const slot = allocateSlot(f, ty);
    callSlot(f, slot, `__div${letter}f3`, () => {
      pushValue(f, f.resolve(f.operand(inst, 0)));
      pushValue(f, f.resolve(f.operand(inst, 1)));
    });
    callSlot(f, slot, libm(letter, rounding), () => {
      pushValue(f, slot);
    });
    f.finish(inst, slot);
  };
}

export const lowerWideDivTrunc = quotient('trunc');
export const lowerWideDivFloor = quotient('floor');

/** The bit of the upper word that is the sign, as the words of an i64. */
function signBit(letter: string): readonly [low: number, high: number] {
  return letter === 't' ? [0, -0x8000_0000] : [0x8000, 0];
}

/** r = fmod(a, b), and r + b if r is not zero and the signs of r and b differ. */
export const lowerWideMod: Lowering = (f, inst) => {
  const { mir } = f;
  const ty = f.resultType(inst);
  const letter = letterOf(f, ty);
  const divisor = f.resolve(f.operand(inst, 1));
  const slot = allocateSlot(f, ty);
  callSlot(f, slot, libm(letter, 'fmod'), () => {
    pushValue(f, f.resolve(f.operand(inst, 0)));
    pushValue(f, divisor);
  });
  const [low, high] = signBit(letter);
  mir.block();
  pushUpper(f, slot);
  pushUpper(f, divisor);
  mir.op(MirTag.i64_xor);
  mir.i64Const(low, high);
  mir.op(MirTag.i64_and);
  mir.op(MirTag.i64_eqz);
  mir.brIf(0);
  pushUpper(f, slot);
  pushMagnitude(f, letter);
  placeLimbs(f, slot)(0);
  mir.op(MirTag.i64_or);
  mir.op(MirTag.i64_eqz);
  mir.brIf(0);
  callSlot(f, slot, `__add${letter}f3`, () => {
    pushValue(f, slot);
    pushValue(f, divisor);
  });
  mir.end();
  f.finish(inst, slot);
};

/** Cuts the sign, and what lies above it, off the upper word on the stack. */
function pushMagnitude(f: FunctionState, letter: string): void {
  if (letter === 't') f.mir.i64Const(-1, 0x7fff_ffff);
  else f.mir.i64Const(0x7fff, 0);
  f.mir.op(MirTag.i64_and);
}

/** abs and neg, of a NaN too. */
function signChange(change: (f: FunctionState, letter: string) => void): Lowering {
  return (f, inst) => {
    const ty = f.resultType(inst);
    const value = f.resolve(f.operand(inst, 0));
    const slot = allocateSlot(f, ty);
    storeLimb(f, slot, 0, placeLimbs(f, value));
    storeLimb(f, slot, 1, () => {
      pushUpper(f, value);
      change(f, letterOf(f, ty));
    });
    f.finish(inst, slot);
  };
}

export const lowerWideAbs = signChange(pushMagnitude);
export const lowerWideNeg = signChange((f, letter) => {
  f.mir.i64Const(...signBit(letter));
  f.mir.op(MirTag.i64_xor);
});

/** cmp_*: the function gives a number that has the relation to 0 that the operands have; none for a NaN. */
export function wideComparison(relation: 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge', tag: MirTag): Lowering {
  return (f, inst) => {
    const operand = f.operand(inst, 0);
    pushValue(f, f.resolve(operand));
    pushValue(f, f.resolve(f.operand(inst, 1)));
    call(f, `__${relation}${letterOf(f, f.typeOf(operand))}f2`);
    f.mir.i32Const(0);
    f.mir.op(tag);
    f.finishStack(inst, Rep.i32);
  };
}

/** Answer of a comparison of the runtime library, by the relation that it stands for. */
const ANSWERS = { lt: MirTag.i32_lt_s, ge: MirTag.i32_ge_s, gt: MirTag.i32_gt_s } as const;

/** Pushes whether operand `ref` has `relation` to the float of its format with `pattern`. */
export function pushWideComparison(f: FunctionState, ref: Ref, pattern: bigint, relation: keyof typeof ANSWERS): void {
  pushValue(f, f.resolve(ref));
  for (const word of [pattern, pattern >> 64n]) {
    f.mir.i64Const(Number(BigInt.asIntN(32, word)), Number(BigInt.asIntN(32, word >> 32n)));
  }
  call(f, `__${relation}${letterOf(f, f.typeOf(ref))}f2`);
  f.mir.i32Const(0);
  f.mir.op(ANSWERS[relation]);
}

function pushFloat(f: FunctionState, ref: Ref): void {
  if (isWideFloat(f, f.typeOf(ref))) pushValue(f, f.resolve(ref));
  else f.push(ref);
}

/** fptrunc and fpext from or to f80 or f128. */
export function lowerWideResize(f: FunctionState, inst: InstIndex): void {
  const operand = f.operand(inst, 0);
  const from = f.typeOf(operand);
  const to = f.resultType(inst);
  const kind = f.pool.floatBits(from) < f.pool.floatBits(to) ? 'extend' : 'trunc';
  finishCall(f, inst, `__${kind}${letterOf(f, from)}f${letterOf(f, to)}f2`, () => {
    pushFloat(f, operand);
  });
}

/** Calls `name` and finishes with its result: in a slot, or as a value. */
function finishCall(f: FunctionState, inst: InstIndex, name: string, pushOperands: () => void): void {
  const rep = f.resultRep(inst);
  if (rep !== Rep.address) {
    pushOperands();
    call(f, name);
    f.finishStack(inst, rep);
    return;
  }
  const slot = allocateSlot(f, f.resultType(inst));
  callSlot(f, slot, name, pushOperands);
  f.finish(inst, slot);
}

/** Letters of the container of an integer type. */
function intLetters(f: FunctionState, ty: IpIndex): string {
  const bits = f.pool.intBits(ty);
  return bits <= 32 ? 'si' : bits <= 64 ? 'di' : 'ti';
}

/** int_from_float of f80 or f128: a legal value is in range, so the container has its canonical form. */
export function lowerIntFromWide(f: FunctionState, inst: InstIndex): void {
  const operand = f.operand(inst, 0);
  const to = f.resultType(inst);
  if (isWideType(f, to) && isBig(wideTypeOf(f, to))) {
    const slot = allocateSlot(f, to);
    callSlot(f, slot, `__air_bigfix${f.pool.floatBits(f.typeOf(operand))}`, () => {
      f.pushInt(f.addressRep, wideTypeOf(f, to).slots);
      pushFloat(f, operand);
    });
    f.finish(inst, slot);
    return;
  }
  const sign = f.pool.intSigned(to) ? '' : 'uns';
  finishCall(f, inst, `__fix${sign}${letterOf(f, f.typeOf(operand))}f${intLetters(f, to)}`, () => {
    pushFloat(f, operand);
  });
}

/** float_from_int to f80 or f128. */
export function lowerWideFromInt(f: FunctionState, inst: InstIndex): void {
  const operand = f.operand(inst, 0);
  const from = f.typeOf(operand);
  if (isWide(f, operand) && isBig(wideTypeOf(f, from))) {
    lowerWideFromBig(f, inst);
    return;
  }
  const sign = f.pool.intSigned(from) ? '' : 'un';
  finishCall(f, inst, `__float${sign}${intLetters(f, from)}${letterOf(f, f.resultType(inst))}f`, () => {
    if (f.repOf(operand) === Rep.address) pushValue(f, f.resolve(operand));
    else f.push(operand);
  });
}

/** The same of an integer of more than 128 bits: its magnitude, and its sign. */
function lowerWideFromBig(f: FunctionState, inst: InstIndex): void {
  const operand = f.operand(inst, 0);
  const ty = f.resultType(inst);
  const t = wideTypeOf(f, f.typeOf(operand));
  const limbs = operandLimbs(f, operand);
  const slot = allocateSlot(f, ty);
  withMagnitude(f, t, limbs, (from) => {
    const name = f.pool.floatBits(ty) === 80 ? '__air_bigfloat80' : '__air_bigfloat128';
    callLimbs(f, name, slot, from, t.slots, () => {
      f.pushInt(Rep.i64, 0);
      if (!t.signed) return;
      pushSign(f, t, limbs);
      f.mir.op(MirTag.i64_sub);
    });
  });
  f.finish(inst, slot);
}

/** bitcast of f80 or f128 to an integer of as many bits, and back: the same memory, where the integer is extended. */
export function lowerWideBits(f: FunctionState, inst: InstIndex): void {
  const operand = f.operand(inst, 0);
  const to = f.resultType(inst);
  const value = f.resolve(operand);
  if (f.pool.isFloat(to) || f.pool.intBits(to) === 128) {
    f.finishAlias(inst, value);
    return;
  }
  const slot = allocateSlot(f, to);
  storeLimb(f, slot, 0, placeLimbs(f, value));
  storeLimb(f, slot, 1, () => {
    pushUpper(f, value);
    wrap(f, Rep.i64, f.pool.intBits(to) - 64, f.pool.intSigned(to));
  });
  f.finish(inst, slot);
}

/** mul_add of any format: one rounding is more than two instructions can give. */
export function lowerMulAdd(f: FunctionState, inst: InstIndex): void {
  finishCall(f, inst, libm(letterOf(f, f.resultType(inst)), 'fma'), () => {
    for (let k = 0; k < 3; k++) pushFloat(f, f.operand(inst, k));
  });
}

/** sin to log10, of any format. */
export function elementary(name: ElementaryTag): Lowering {
  return (f, inst) => {
    const operand = f.operand(inst, 0);
    finishCall(f, inst, libm(letterOf(f, f.resultType(inst)), name), () => {
      pushFloat(f, operand);
    });
  };
}
