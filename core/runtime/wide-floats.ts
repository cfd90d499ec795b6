/**
 * Runtime library: f80 and f128, by the names of compiler-rt and libm.
 *
 * Every routine takes its operands apart, works on the parts, and rounds once when it puts the result together.
 */
import type { Operand, Routine, Source } from './assembler.ts';
import { i64, routine, sourceOf, u64 } from './assembler.ts';
import type { Codec } from './float-codecs.ts';
import { DOUBLE, EXTENDED, giveBack, HALF, libmName, QUADRUPLE, signature, SINGLE, takeApart } from './float-codecs.ts';
import { FLOAT_DIVISION } from './float-division.ts';
import { DOWN, EXPONENT, FLOAT_PARTS, KIND, NEAREST, NUMBER, SIGN, TOWARD_ZERO, UP } from './float-parts.ts';
import { LIMBS, wordOf } from './limb-loops.ts';

/** A routine and its name. */
interface Made {
  readonly name: string;
  readonly source: Source;
}

/** A routine of `count` operands of a format, with a result of that format. */
function arithmetic(
  codec: Codec,
  name: string,
  count: number,
  body: (r: Routine, operands: readonly Operand[]) => Operand,
): Made {
  const one = codec.params;
  const [params, result] = signature(codec, Array.from({ length: count }, () => one).flat());
  const first = params.length - count * one.length;
  const source = routine(name, params, result, (r, args) => {
    const operands = Array.from({ length: count }, (_, n) => takeApart(r, codec, args, first + n * one.length));
    giveBack(r, codec, args, body(r, operands));
  });
  return { name, source };
}

function onBoth(name: string): (r: Routine, operands: readonly Operand[]) => Operand {
  return (r, [a, b]) => {
    r.call(name, a!, b!);
    return a!;
  };
}

function* arithmeticOf(codec: Codec): Generator<Made> {
  const { letter } = codec;
  yield arithmetic(codec, `__add${letter}f3`, 2, onBoth('__float_add'));
  yield arithmetic(codec, `__sub${letter}f3`, 2, (r, [a, b]) => {
    r.store(b!, SIGN, r.xor(r.load(b!, SIGN), u64(1)));
    r.call('__float_add', a!, b!);
    return a!;
  });
  yield arithmetic(codec, `__mul${letter}f3`, 2, onBoth('__float_multiply'));
  yield arithmetic(codec, `__div${letter}f3`, 2, onBoth('__float_divide'));
  yield arithmetic(codec, libmName(codec, 'fmod'), 2, onBoth('__float_remainder'));
  yield arithmetic(codec, libmName(codec, 'sqrt'), 1, (r, [a]) => {
    r.call('__float_root', a!);
    return a!;
  });
  const modes = { trunc: TOWARD_ZERO, floor: DOWN, ceil: UP, round: NEAREST };
  for (const [name, mode] of Object.entries(modes)) {
    yield arithmetic(codec, libmName(codec, name), 1, (r, [a]) => {
      r.call('__float_integral', a!, mode);
      return a!;
    });
  }
}

/** Words of the two operands of a comparison: magnitudes without what lies above the format, and signs. */
interface Compared {
  readonly low: Operand;
  readonly high: Operand;
  readonly sign: Operand;
  readonly isNan: Operand;
}

function compared(r: Routine, codec: Codec, low: Operand, word: Operand): Compared {
  if (codec.letter === 't') {
    const high = r.and(word, u64((1n << 63n) - 1n));
    const infinity = u64(0x7fffn << 48n);
    const isNan = r.or(r.gt(high, infinity), r.and(r.eq(high, infinity), r.ne(low, u64(0))));
    return { low, high, sign: r.shr(word, 63), isNan };
  }
  const high = r.and(word, u64(0x7fff));
  const isNan = r.and(r.eq(high, u64(0x7fff)), r.ne(low, u64(1n << 63n)));
  return { low, high, sign: r.and(r.shr(word, 15), u64(1)), isNan };
}

/** -1, 0 or 1 as an i32 by the order of the operands; `unordered` if one is a NaN. */
function comparison(codec: Codec, relation: string, unordered: -1 | 1): Made {
  const name = `__${relation}${codec.letter}f2`;
  const source = routine(name, ['u64', 'u64', 'u64', 'u64'], 'i32', (r, args) => {
    const constant = (value: number): Operand => ({ text: `i32 ${value}`, type: 'i32' });
    const a = compared(r, codec, args[0]!, args[1]!);
    const b = compared(r, codec, args[2]!, args[3]!);
    r.when(r.or(a.isNan, b.isNan), () => {
      r.ret(constant(unordered));
    });
    const magnitudes = r.and(r.eq(a.low, b.low), r.eq(a.high, b.high));
    const areZero = r.eq(r.or(a.low, a.high, b.low, b.high), u64(0));
    r.when(r.or(areZero, r.and(magnitudes, r.eq(a.sign, b.sign))), () => {
      r.ret(constant(0));
    });
    const isNegative = r.ne(a.sign, u64(0));
    r.when(r.ne(a.sign, b.sign), () => {
      r.ret(r.choose(isNegative, constant(-1), constant(1)));
    });
    const isLess = r.or(r.lt(a.high, b.high), r.and(r.eq(a.high, b.high), r.lt(a.low, b.low)));
    const differ = r.ne(r.flag(isLess), r.flag(isNegative));
    r.ret(r.choose(differ, constant(-1), constant(1)));
  });
  return { name, source };
}

function* comparisonsOf(codec: Codec): Generator<Made> {
  for (const relation of ['eq', 'ne', 'lt', 'le']) yield comparison(codec, relation, 1);
  for (const relation of ['gt', 'ge']) yield comparison(codec, relation, -1);
}

/** The number of two operands if one is a NaN; -0 is less than +0. */
function extreme(codec: Codec, isMax: boolean): Made {
  const name = libmName(codec, isMax ? 'fmax' : 'fmin');
  const [params, result] = signature(codec, ['u64', 'u64', 'u64', 'u64']);
  // fmax of f80 is not to be taken for fma.
  const source = routine(name, params, result, (r, args) => {
    const [to, a0, a1, b0, b1] = args as readonly [Operand, Operand, Operand, Operand, Operand];
    const a = compared(r, codec, a0, a1);
    const b = compared(r, codec, b0, b1);
    const give = (low: Operand, high: Operand): void => {
      r.store(to, 0, low);
      r.store(to, 1, high);
      r.ret();
    };
    r.when(r.and(a.isNan, b.isNan), () => {
      if (codec.letter === 't') give(u64(0), u64(0xffffn << 47n));
      else give(u64(3n << 62n), u64(0x7fff));
    });
    const isLess = r.or(r.lt(a.high, b.high), r.and(r.eq(a.high, b.high), r.lt(a.low, b.low)));
    const isNegative = r.ne(a.sign, u64(0));
    const sameSign = r.ne(r.flag(isLess), r.flag(isNegative));
    const isBefore = r.choose(r.ne(a.sign, b.sign), isNegative, sameSign);
    const wanted = isMax ? r.not(isBefore) : isBefore;
    const isFirst = r.or(b.isNan, r.and(r.not(a.isNan), wanted));
    give(r.choose(isFirst, a0, b0), r.choose(isFirst, a1, b1));
  });
  return { name, source };
}

/** From one format to another. */
function conversion(from: Codec, to: Codec): Made {
  const isWider = to.precision > from.precision;
  const name = `__${isWider ? 'extend' : 'trunc'}${from.letter}f${to.letter}f2`;
  const [params, result] = signature(to, from.params);
  const source = routine(name, params, result, (r, args) => {
    giveBack(r, to, args, takeApart(r, from, args, params.length - from.params.length));
  });
  return { name, source };
}

/** Integers of 32, 64 and 128 bits. */
type IntClass = 'si' | 'di' | 'ti';

function intFromFloat(from: Codec, to: IntClass, signed: boolean): Made {
  const name = `__fix${signed ? '' : 'uns'}${from.letter}f${to}`;
  const word = to === 'si' ? (signed ? 'i32' : 'u32') : signed ? 'i64' : 'u64';
  const [params, result] = to === 'ti' ? [['*[2]u64', ...from.params], 'void'] : [from.params, word];
  const source = routine(name, params, result, (r, args) => {
    const parts = takeApart(r, from, args, params.length - from.params.length);
    if (to === 'ti') {
      r.call('__float_to_integer', args[0]!, parts);
      r.ret();
      return;
    }
    const words = r.words(2);
    r.call('__float_to_integer', words, parts);
    const low = r.load(words, 0);
    const cut = to === 'si' ? r.resize('u32', low) : low;
    r.ret(r.bitcast(word, cut));
  });
  return { name, source };
}

function floatFromInt(from: IntClass, to: Codec, signed: boolean): Made {
  const name = `__float${signed ? '' : 'un'}${from}${to.letter}f`;
  const word = from === 'si' ? (signed ? 'i32' : 'u32') : signed ? 'i64' : 'u64';
  const ints = from === 'ti' ? ['u64', 'u64'] : [word];
  const [params, result] = signature(to, ints);
  const source = routine(name, params, result, (r, args) => {
    const given = args.slice(params.length - ints.length);
    const parts = r.words(7);
    if (from === 'ti') {
      const [low, high] = [given[0]!, given[1]!];
      const isNegative = signed ? r.ne(r.shr(high, 63), u64(0)) : null;
      if (isNegative === null) {
        r.call('__float_from_integer', parts, low, high, u64(0));
      } else {
        const negatedHigh = r.sub(r.sub(u64(0), high), r.flag(r.ne(low, u64(0))));
        const magnitude = r.choose(isNegative, r.sub(u64(0), low), low);
        r.call('__float_from_integer', parts, magnitude, r.choose(isNegative, negatedHigh, high), r.flag(isNegative));
      }
    } else {
      const wide =
        from === 'si'
          ? r.emit(`intcast ${signed ? 'i64' : 'u64'} ${given[0]!.text}`, signed ? 'i64' : 'u64')
          : given[0]!;
      const pattern = r.bitcast('u64', wide);
      const sign = signed ? r.shr(pattern, 63) : u64(0);
      const magnitude = signed ? r.choose(r.ne(sign, u64(0)), r.sub(u64(0), pattern), pattern) : pattern;
      r.call('__float_from_integer', parts, magnitude, u64(0), sign);
    }
    giveBack(r, to, args, parts);
  });
  return { name, source };
}

/** The float of the magnitude in n limbs: four limbs from the highest one that is not 0, and a last bit for those below. */
function floatFromLimbs(to: Codec): Made {
  const name = `__air_bigfloat${to.letter === 'x' ? 80 : 128}`;
  const [params, result] = signature(to, [LIMBS, 'usize', 'u64']);
  const source = routine(name, params, result, (r, args) => {
    const [from, n, sign] = args.slice(1) as [Operand, Operand, Operand];
    const top = r.variable(wordOf(r, n));
    r.loop(
      () => r.and(r.gt(top.get(), u64(1)), r.eq(r.load(from, r.sub(r.max(top.get(), u64(1)), u64(1))), u64(0))),
      () => {
        top.set(r.sub(top.get(), u64(1)));
      },
    );
    const count = top.get();
    const parts = r.words(7);
    r.store(parts, KIND, NUMBER);
    r.store(parts, SIGN, sign);
    r.store(parts, EXPONENT, r.sub(r.shl(count, 6), u64(1)));
    for (let k = 0; k < 4; k++) {
      const word = r.variable(u64(0));
      r.when(r.gt(count, u64(3 - k)), () => {
        word.set(r.load(from, r.sub(count, u64(4 - k))));
      });
      r.store(parts, k, word.get());
    }
    const lost = r.variable(u64(0));
    r.count(r.sub(r.max(count, u64(4)), u64(4)), (k) => {
      lost.set(r.or(lost.get(), r.load(from, k)));
    });
    r.store(parts, 0, r.or(r.load(parts, 0), r.flag(r.ne(lost.get(), u64(0)))));
    r.call('__float_normalise', parts);
    giveBack(r, to, args, parts);
  });
  return { name, source };
}

/** The n limbs of the integer that a float is rounded to toward zero: limb k has the significand's bits from 255 - exponent + 64k on. */
function limbsFromFloat(from: Codec): Made {
  const name = `__air_bigfix${from.letter === 'x' ? 80 : 128}`;
  const source = routine(name, [LIMBS, 'usize', ...from.params], 'void', (r, args) => {
    const [to, n] = [args[0]!, args[1]!];
    const parts = takeApart(r, from, args, 2);
    const isNumber = r.eq(r.load(parts, KIND), NUMBER);
    const sign = r.load(parts, SIGN);
    const at = r.variable(r.sub(i64(255), r.loadSigned(parts, EXPONENT)));
    const carry = r.variable(sign);
    r.count(wordOf(r, n), (k) => {
      const word = r.variable(u64(0));
      const start = at.get();
      at.set(r.add(start, i64(64)));
      r.when(r.and(isNumber, r.and(r.gt(start, i64(-64)), r.lt(start, i64(256)))), () => {
        const shift = r.and(r.bitcast('u64', start), u64(63));
        for (let part = 0; part < 4; part++) {
          // The part whose bits are the lowest ones of the limb, then the one whose bits are above them.
          const isLow = r.and(r.ge(start, i64(64 * part)), r.lt(start, i64(64 * part + 64)));
          const isHigh = r.and(r.gt(start, i64(64 * part - 64)), r.lt(start, i64(64 * part)));
          const value = r.load(parts, part);
          r.when(isLow, () => {
            word.set(r.or(word.get(), r.shr(value, shift)));
          });
          r.when(isHigh, () => {
            word.set(r.or(word.get(), r.shl(value, r.sub(u64(64), shift))));
          });
        }
      });
      const flipped = r.xor(word.get(), r.sub(u64(0), sign));
      const limb = r.add(flipped, carry.get());
      carry.set(r.flag(r.lt(limb, carry.get())));
      r.store(to, k, limb);
    });
    r.ret();
  });
  return { name, source };
}

function* routines(): Generator<Made> {
  for (const codec of [EXTENDED, QUADRUPLE]) {
    yield* arithmeticOf(codec);
    yield* comparisonsOf(codec);
    yield extreme(codec, false);
    yield extreme(codec, true);
    for (const narrow of [HALF, SINGLE, DOUBLE]) {
      yield conversion(narrow, codec);
      yield conversion(codec, narrow);
    }
    yield floatFromLimbs(codec);
    yield limbsFromFloat(codec);
    for (const signed of [true, false]) {
      for (const ints of ['si', 'di', 'ti'] as const) {
        yield intFromFloat(codec, ints, signed);
        yield floatFromInt(ints, codec, signed);
      }
    }
  }
  for (const codec of [HALF, SINGLE, DOUBLE, EXTENDED, QUADRUPLE]) {
    yield arithmetic(codec, libmName(codec, 'fma'), 3, (r, [a, b, c]) => {
      r.call('__float_multiply', a!, b!);
      r.call('__float_add', a!, c!);
      return a!;
    });
  }
  yield conversion(EXTENDED, QUADRUPLE);
  yield conversion(QUADRUPLE, EXTENDED);
}

let made: readonly Made[] | null = null;

function allRoutines(): readonly Made[] {
  return (made ??= [...routines()]);
}

/** AIR text of the family. */
export function wideFloatsSource(): string {
  const codecs = [HALF, SINGLE, DOUBLE, EXTENDED, QUADRUPLE];
  return sourceOf([
    ...FLOAT_PARTS,
    ...FLOAT_DIVISION,
    ...codecs.flatMap(({ routines }) => routines),
    ...allRoutines().map(({ source }) => source),
  ]);
}

/** Names that code asks for. */
export function wideFloatNames(): readonly string[] {
  return allRoutines().map(({ name }) => name);
}
